// What libqmtraj.so of a wheel has in place of the newest symbols of the C library, so that one file
// serves all systems with glibc 2.28 or newer and leans on nothing else.
#ifdef __x86_64__
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <threads.h>

// The linker's --wrap sends calls of NAME to __wrap_NAME (cmake/shared.cmake). glibc keeps its older versions of these,
// which compute the same: those of the functions of math.h differ in setting errno, those of stat() in how they are reached.
#define OLDER(name, version) __asm__(".symver older_" #name "," #name "@GLIBC_" version)

OLDER(exp, "2.2.5");
OLDER(log, "2.2.5");
OLDER(pow, "2.2.5");
OLDER(hypot, "2.2.5");
OLDER(call_once, "2.28");
double older_exp(double x);
double older_log(double x);
double older_pow(double x, double y);
double older_hypot(double x, double y);
void older_call_once(once_flag *flag, void (*function)(void));

double __wrap_exp(double x);
double __wrap_log(double x);
double __wrap_pow(double x, double y);
double __wrap_hypot(double x, double y);
void __wrap_call_once(once_flag *flag, void (*function)(void));

double __wrap_exp(double x)
{
    return older_exp(x);
}

double __wrap_log(double x)
{
    return older_log(x);
}

double __wrap_pow(double x, double y)
{
    return older_pow(x, y);
}

double __wrap_hypot(double x, double y)
{
    return older_hypot(x, y);
}

void __wrap_call_once(once_flag *flag, void (*function)(void))
{
    older_call_once(flag, function);
}

// Before 2.33 these three were inline functions over others that say the layout of struct stat; x86-64 has one.
enum { STAT_LAYOUT = 1 };
int __xstat(int layout, const char *path, struct stat *status);
int __lxstat(int layout, const char *path, struct stat *status);
int __fxstat(int layout, int file, struct stat *status);
int __wrap_stat(const char *path, struct stat *status);
int __wrap_lstat(const char *path, struct stat *status);
int __wrap_fstat(int file, struct stat *status);

int __wrap_stat(const char *path, struct stat *status)
{
    return __xstat(STAT_LAYOUT, path, status);
}

int __wrap_lstat(const char *path, struct stat *status)
{
    return __lxstat(STAT_LAYOUT, path, status);
}

int __wrap_fstat(int file, struct stat *status)
{
    return __fxstat(STAT_LAYOUT, file, status);
}

// Before 2.34 (pthread_sigmask: 2.32) these were in libpthread.so.0.
OLDER(pthread_create, "2.2.5");
OLDER(pthread_join, "2.2.5");
OLDER(pthread_once, "2.2.5");
OLDER(pthread_sigmask, "2.2.5");
OLDER(pthread_attr_setstacksize, "2.2.5");
int older_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*function)(void *),
                         void *argument);
int older_pthread_join(pthread_t thread, void **result);
int older_pthread_once(pthread_once_t *once, void (*function)(void));
int older_pthread_sigmask(int how, const sigset_t *set, sigset_t *before);
int older_pthread_attr_setstacksize(pthread_attr_t *how, size_t size);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*function)(void *),
                          void *argument);
int __wrap_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_once(pthread_once_t *once, void (*function)(void));
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *before);
int __wrap_pthread_attr_setstacksize(pthread_attr_t *how, size_t size);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*function)(void *),
                          void *argument)
{
    return older_pthread_create(thread, how, function, argument);
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
    return older_pthread_join(thread, result);
}

int __wrap_pthread_once(pthread_once_t *once, void (*function)(void))
{
    return older_pthread_once(once, function);
}

int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
    return older_pthread_sigmask(how, set, before);
}

int __wrap_pthread_attr_setstacksize(pthread_attr_t *how, size_t size)
{
    return older_pthread_attr_setstacksize(how, size);
}
#endif
