/* Makes fsync and fdatasync hang for as long as the file named by SLOW_SYNC exists.
   It proves that it is in force: its first call leaves SLOW_SYNC + ".in-force". */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_for_the_disk(void) {
    const char *flag = getenv("SLOW_SYNC");
    if (!flag) return;
    char proof[4096];
    snprintf(proof, sizeof proof, "%s.in-force", flag);
    int fd = open(proof, O_CREAT | O_WRONLY, 0600);
    if (fd >= 0) close(fd);
    while (access(flag, F_OK) == 0) usleep(10000);
}

int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_for_the_disk();
    return real(fd);
}

int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_for_the_disk();
    return real(fd);
}
