#ifndef SUPPORT_ALLOCATIONS_H
#define SUPPORT_ALLOCATIONS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/// Counts the calls of malloc, calloc, realloc, aligned_alloc, posix_memalign and free by everything in
/// the program, LAPACK included, by replacing them. To be included by the one file of a test program
/// that wants it.

static long allocation_calls;

/// Calls so far.
static long allocations_count(void)
{
    return allocation_calls;
}

// Under the address sanitizer and without glibc the allocator is not ours to replace.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)

static bool allocations_are_counted(void)
{
    return true;
}

// The program's own definitions come before those of libc, which keeps the real ones under these names.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

void *malloc(size_t size)
{
    allocation_calls++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    allocation_calls++;
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    allocation_calls++;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    allocation_calls++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    allocation_calls++;
    *block = __libc_memalign(alignment, size);
    return *block != NULL ? 0 : ENOMEM;
}

void free(void *block)
{
    allocation_calls++;
    __libc_free(block);
}

#else

static bool allocations_are_counted(void)
{
    return false;
}

#endif

#endif
