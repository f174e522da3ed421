/// Included before every source of a mutated build (tests/mutation/mutate.py). QMT_MUTANT=k in the environment
/// switches mutant k on; QMT_MUTANT_MAP=FILE notes in byte k of the file that its place was reached.
#ifndef MUTATION_MUTANT_H
#define MUTATION_MUTANT_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MUTANTS_MAX = 4096 };

__attribute__((weak)) unsigned char mutant_nowhere[MUTANTS_MAX];
__attribute__((weak)) volatile unsigned char *mutant_map = mutant_nowhere;
__attribute__((weak)) int mutant_active = -1;

__attribute__((weak, constructor(101))) void mutant_start(void)
{
    const char *const which = getenv("QMT_MUTANT"), *const path = getenv("QMT_MUTANT_MAP");
    if (which != NULL)
        mutant_active = atoi(which);
    const int fd = path != NULL ? open(path, O_RDWR) : -1;
    void *const map =
        fd >= 0 ? mmap(NULL, MUTANTS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (map != MAP_FAILED)
        mutant_map = map;
    if (fd >= 0)
        close(fd);
}

#define MUTANT(k) (mutant_map[k] = 1, mutant_active == (k))

#endif
