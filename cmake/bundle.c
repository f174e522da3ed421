// What libqmtraj.so of a wheel has in place of the newest symbols of the C library, so that one file
// serves all systems with glibc 2.28 or newer and leans on nothing else.
#ifdef __x86_64__
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
#endif
