/* Makes a folder's file system read-only for as long as the file named by READ_ONLY exists.
   A mount cannot be made so under a process that has files open for writing (EBUSY): the kernel
   does it only by itself, after an error. What it then answers to those files is EROFS.
   READ_ONLY_FOLDER is the folder. The first call that is refused leaves READ_ONLY + ".in-force". */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name, ...) static __typeof__(__VA_ARGS__) real; if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, name)

static int refused(const char *path) {
    const char *flag = getenv("READ_ONLY"), *folder = getenv("READ_ONLY_FOLDER");
    if (!flag || !folder || strncmp(path, folder, strlen(folder)) || access(flag, F_OK)) return 0;
    char proof[4096];
    snprintf(proof, sizeof proof, "%s.in-force", flag);
    int fd = creat(proof, 0600);
    if (fd >= 0) close(fd);
    errno = EROFS;
    return 1;
}

static int refused_fd(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return refused(path);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL("pwrite", ssize_t (*)(int, const void *, size_t, off_t));
    return refused_fd(fd) ? -1 : real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL("pwrite64", ssize_t (*)(int, const void *, size_t, off64_t));
    return refused_fd(fd) ? -1 : real(fd, data, size, at);
}

int ftruncate(int fd, off_t size) {
    REAL("ftruncate", int (*)(int, off_t));
    return refused_fd(fd) ? -1 : real(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    REAL("ftruncate64", int (*)(int, off64_t));
    return refused_fd(fd) ? -1 : real(fd, size);
}

int unlink(const char *path) {
    REAL("unlink", int (*)(const char *));
    return refused(path) ? -1 : real(path);
}

static int opens_for_writing(const char *path, int flags) {
    return (flags & (O_WRONLY | O_RDWR | O_CREAT)) && refused(path);
}

int open(const char *path, int flags, ...) {
    REAL("open", int (*)(const char *, int, ...));
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opens_for_writing(path, flags) ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL("open64", int (*)(const char *, int, ...));
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opens_for_writing(path, flags) ? -1 : real(path, flags, mode);
}

int statvfs(const char *path, struct statvfs *found) {
    REAL("statvfs", int (*)(const char *, struct statvfs *));
    int result = real(path, found);
    if (result == 0 && refused(path)) found->f_flag |= ST_RDONLY;
    return result;
}

int statvfs64(const char *path, struct statvfs64 *found) {
    REAL("statvfs64", int (*)(const char *, struct statvfs64 *));
    int result = real(path, found);
    if (result == 0 && refused(path)) found->f_flag |= ST_RDONLY;
    return result;
}
