#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

/// Feeds a fuzz target its seeds and every file of a folder, for compilers without libFuzzer:
///
///     replay_NAME FOLDER...
///
/// An input that takes longer than INPUT_SECONDS ends the program, and so does one that aborts it; the
/// name of the input is on the screen then.

enum { INPUT_MAX = 1 << 20, INPUT_SECONDS = 20 };

static void feed(const char *name, const uint8_t *data, size_t size)
{
    printf("%s\n", name);
    fflush(stdout);
    // Exactly as long as the input, so that the sanitizer sees what reads beyond it.
    uint8_t *const copy = malloc(size > 0 ? size : 1);
    FUZZ_REQUIRE(copy != NULL);
    for (size_t i = 0; i < size; i++)
        copy[i] = data[i];
    alarm(INPUT_SECONDS);
    LLVMFuzzerTestOneInput(copy, size);
    alarm(0);
    free(copy);
}

static int feed_folder(const char *folder, uint8_t *buffer)
{
    struct dirent **names = NULL;
    const int n = scandir(folder, &names, NULL, alphasort);
    if (n < 0) {
        perror(folder);
        return 1;
    }
    for (int i = 0; i < n; i++) {
        char path[4096];
        struct stat about;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        free(names[i]);
        FILE *const file = fopen(path, "rb");
        if (file == NULL || fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
            if (file != NULL)
                fclose(file);
            continue;
        }
        const size_t size = fread(buffer, 1, INPUT_MAX, file);
        fclose(file);
        feed(path, buffer, size);
    }
    free(names);
    return 0;
}

int main(int argc, char **argv)
{
    static uint8_t buffer[INPUT_MAX];
    int failures = 0;
#ifndef __SANITIZE_ADDRESS__
    // The sanitizer reserves address space by the terabyte, and has a limit of its own.
    const rlim_t memory_max = (rlim_t)1 << 30;
    setrlimit(RLIMIT_AS, &(struct rlimit){memory_max, memory_max});
#endif
    for (unsigned which = 0;; which++) {
        char name[32];
        snprintf(name, sizeof name, "seed %u", which);
        const size_t size = fuzz_seed(which, buffer, sizeof buffer);
        if (size == 0)
            break;
        feed(name, buffer, size);
    }
    for (int i = 1; i < argc; i++)
        failures += feed_folder(argv[i], buffer);
    return failures == 0 ? 0 : 1;
}
