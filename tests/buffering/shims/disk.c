/* Stands between a process and the files below DISK_ROOT, by LD_PRELOAD.

   Records, when DISK_LOG is set: every change of these files, in the order in which it
   happened, with its data. From that, what a power cut leaves can be built: all that
   was synced, and any part of what was not.

   Fails, when disk_arm() says so: the n-th change from now on, once or for ever, with
   a given errno. A failed fsync syncs nothing.

   It proves that it is in force: disk_in_force() can be called. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FDS 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FDS]; /* of the open files that we watch */
static int log_fd = -1;
static long countdown = 0, counted = 0;
static int lasting = 0, error_number = 0;

int disk_in_force(void) { return 1; }

void disk_arm(long n, int is_lasting, int error) {
    pthread_mutex_lock(&lock);
    countdown = n;
    counted = 0;
    lasting = is_lasting;
    error_number = error;
    pthread_mutex_unlock(&lock);
}

long disk_counted(void) { return counted; }

/* Called with the lock held: count one change; true if it fails. */
static int fails(void) {
    counted++;
    if (countdown <= 0) return 0;
    if (counted == countdown || (lasting && counted > countdown)) {
        errno = error_number;
        return 1;
    }
    return 0;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static ssize_t real_write(int fd, const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return real(fd, data, size);
}

static int real_open(const char *path, int flags, mode_t mode) {
    static int (*real)(const char *, int, ...);
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    return real(path, flags, mode);
}

static char *watched(const char *path) {
    const char *root = getenv("DISK_ROOT");
    if (!root || !path) return NULL;
    char full[8192];
    if (path[0] == '/') {
        snprintf(full, sizeof full, "%s", path);
    } else {
        if (!getcwd(full, sizeof full)) return NULL;
        strncat(full, "/", sizeof full - strlen(full) - 1);
        strncat(full, path, sizeof full - strlen(full) - 1);
    }
    size_t length = strlen(root);
    if (strncmp(full, root, length) != 0 || (full[length] != '/' && full[length] != 0)) return NULL;
    return strdup(full);
}

/* One entry: kind, path, number, data; lengths before both texts. Called with the lock held. */
static void note(char kind, const char *path, uint64_t number, const void *data, uint32_t size) {
    const char *name = getenv("DISK_LOG");
    if (!name) return;
    if (log_fd < 0) log_fd = real_open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    uint32_t length = strlen(path);
    size_t total = 1 + 4 + length + 8 + 4 + size, place = 0;
    char *entry = malloc(total);
#define PUT(from, bytes) (memcpy(entry + place, from, bytes), place += bytes)
    PUT(&kind, 1);
    PUT(&length, 4);
    PUT(path, length);
    PUT(&number, 8);
    PUT(&size, 4);
    if (size) PUT(data, size);
    real_write(log_fd, entry, total);
    free(entry);
}

static int opened(const char *path, int flags, mode_t mode) {
    char *full = watched(path);
    if (!full) return real_open(path, flags, mode);
    pthread_mutex_lock(&lock);
    int is_new = (flags & O_CREAT) && access(full, F_OK) != 0;
    int fd = is_new && fails() ? -1 : real_open(path, flags, mode);
    int kept = errno;
    if (fd >= 0 && fd < FDS) {
        free(paths[fd]);
        paths[fd] = strdup(full);
        if (is_new) note('c', full, 0, NULL, 0);
        if (flags & O_TRUNC) note('t', full, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    free(full);
    errno = kept;
    return fd;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return opened(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    REAL(close);
    pthread_mutex_lock(&lock);
    if (fd >= 0 && fd < FDS) {
        free(paths[fd]);
        paths[fd] = NULL;
    }
    pthread_mutex_unlock(&lock);
    return real(fd);
}

static char *path_of(int fd) { return fd >= 0 && fd < FDS ? paths[fd] : NULL; }

static ssize_t written(int fd, const void *data, size_t size, off64_t place) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    if (!path_of(fd)) return real(fd, data, size, place);
    pthread_mutex_lock(&lock);
    ssize_t done = fails() ? -1 : real(fd, data, size, place);
    int kept = errno;
    if (done > 0) note('w', paths[fd], place, data, done);
    pthread_mutex_unlock(&lock);
    errno = kept;
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t place) { return written(fd, data, size, place); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t place) { return written(fd, data, size, place); }

ssize_t write(int fd, const void *data, size_t size) {
    if (!path_of(fd)) return real_write(fd, data, size);
    pthread_mutex_lock(&lock);
    int is_appending = fcntl(fd, F_GETFL) & O_APPEND;
    off64_t place = lseek64(fd, 0, is_appending ? SEEK_END : SEEK_CUR);
    ssize_t done = fails() ? -1 : real_write(fd, data, size);
    int kept = errno;
    if (done > 0) note('w', paths[fd], place, data, done);
    pthread_mutex_unlock(&lock);
    errno = kept;
    return done;
}

static int truncated(int fd, off64_t size) {
    static int (*real)(int, off64_t);
    if (!real) real = (int (*)(int, off64_t))dlsym(RTLD_NEXT, "ftruncate64");
    if (!path_of(fd)) return real(fd, size);
    pthread_mutex_lock(&lock);
    int done = fails() ? -1 : real(fd, size);
    int kept = errno;
    if (done == 0) note('t', paths[fd], size, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = kept;
    return done;
}

int ftruncate(int fd, off_t size) { return truncated(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncated(fd, size); }

#define SYNC(name) \
    int name(int fd) { \
        REAL(name); \
        if (!path_of(fd)) return real(fd); \
        pthread_mutex_lock(&lock); \
        int done = fails() ? -1 : real(fd); \
        int kept = errno; \
        if (done == 0) note('s', paths[fd], 0, NULL, 0); \
        pthread_mutex_unlock(&lock); \
        errno = kept; \
        return done; \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    REAL(unlink);
    char *full = watched(path);
    if (!full) return real(path);
    pthread_mutex_lock(&lock);
    int done = fails() ? -1 : real(path);
    int kept = errno;
    if (done == 0) note('u', full, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    free(full);
    errno = kept;
    return done;
}

int rename(const char *path, const char *target) {
    REAL(rename);
    char *full = watched(path), *to = watched(target);
    if (!full || !to) {
        free(full);
        free(to);
        return real(path, target);
    }
    pthread_mutex_lock(&lock);
    int done = fails() ? -1 : real(path, target);
    int kept = errno;
    if (done == 0) note('r', full, 0, to, strlen(to));
    pthread_mutex_unlock(&lock);
    free(full);
    free(to);
    errno = kept;
    return done;
}
