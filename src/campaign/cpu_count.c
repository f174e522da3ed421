#include "campaign/cpu_count.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 1024 };

static size_t smaller_limit(size_t a, size_t b)
{
    if (a == 0 || b == 0)
        return a + b;
    return a < b ? a : b;
}

size_t cpu_count_of_text(const char *text)
{
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return 0;
    char *end;
    errno = 0;
    const unsigned long n = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' ? (size_t)n : 0;
}

/// First line of MOUNT/MIDDLE/GROUP/NAME without its line end.
static bool group_line(const char *mount, const char *middle, const char *group, const char *name,
                       char line[LINE_SIZE])
{
    char path[4 * LINE_SIZE];
    snprintf(path, sizeof path, "%s%s%s/%s", mount, middle, group, name);
    FILE *const file = fopen(path, "r");
    if (file == NULL)
        return false;
    const bool found = fgets(line, LINE_SIZE, file) != NULL;
    fclose(file);
    if (found)
        line[strcspn(line, "\n")] = '\0';
    return found;
}

static size_t quota_cores(long long quota, long long period)
{
    if (quota <= 0 || period <= 0)
        return 0;
    return (size_t)((quota + period - 1) / period);
}

/// Version 2: "QUOTA PERIOD" or "max PERIOD".
static size_t level_v2(const char *mount, const char *group)
{
    char line[LINE_SIZE];
    long long quota, period;
    if (!group_line(mount, "", group, "cpu.max", line) ||
        sscanf(line, "%lld %lld", &quota, &period) != 2)
        return 0;
    return quota_cores(quota, period);
}

/// Version 1: two files; a quota of -1 is none.
static size_t level_v1(const char *mount, const char *group)
{
    static const char *const controllers[] = {"/cpu", "/cpu,cpuacct"};
    char line[LINE_SIZE];
    long long quota, period;
    for (size_t i = 0; i < sizeof controllers / sizeof controllers[0]; i++) {
        if (!group_line(mount, controllers[i], group, "cpu.cfs_quota_us", line) ||
            sscanf(line, "%lld", &quota) != 1)
            continue;
        if (group_line(mount, controllers[i], group, "cpu.cfs_period_us", line) &&
            sscanf(line, "%lld", &period) == 1)
            return quota_cores(quota, period);
    }
    return 0;
}

/// A group is bound by the limits of all groups above it too. Inside a container the path of the
/// group is often that of the host and not there; the mount itself is then the group.
static size_t group_cores(const char *mount, const char *group,
                          size_t (*level)(const char *, const char *))
{
    char path[LINE_SIZE];
    size_t cores = 0;
    snprintf(path, sizeof path, "%s", strcmp(group, "/") == 0 ? "" : group);
    for (;;) {
        cores = smaller_limit(cores, level(mount, path));
        char *const slash = strrchr(path, '/');
        if (slash == NULL)
            return cores;
        *slash = '\0';
    }
}

size_t cpu_count_of_cgroup(const char *proc_cgroup, const char *mount)
{
    FILE *const file = fopen(proc_cgroup, "r");
    if (file == NULL)
        return 0;

    size_t cores = 0;
    char line[LINE_SIZE];
    while (fgets(line, sizeof line, file) != NULL) {
        // "0::/user.slice" in version 2, "4:cpu,cpuacct:/docker/ab12" in version 1
        line[strcspn(line, "\n")] = '\0';
        char *const controllers = strchr(line, ':');
        char *const group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        if (group == NULL)
            continue;
        *group = '\0';
        if (controllers[1] == '\0')
            cores = smaller_limit(cores, group_cores(mount, group + 1, level_v2));
        else if (strstr(controllers + 1, "cpu") != NULL &&
                 strstr(controllers + 1, "cpuset") == NULL)
            cores = smaller_limit(cores, group_cores(mount, group + 1, level_v1));
    }
    fclose(file);
    return cores;
}

size_t cpu_count_of_machine(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}

size_t cpu_count(void)
{
    size_t cores = 0;

    // Machines with more than 1024 processors need a larger set than the default one.
    for (int n_cpu = 1024; cores == 0 && n_cpu <= 1 << 18; n_cpu *= 4) {
        cpu_set_t *const set = CPU_ALLOC((size_t)n_cpu);
        if (set == NULL)
            break;
        const size_t size = CPU_ALLOC_SIZE((size_t)n_cpu);
        if (sched_getaffinity(0, size, set) == 0)
            cores = (size_t)CPU_COUNT_S(size, set);
        CPU_FREE(set);
    }
    cores = smaller_limit(cores, cpu_count_of_cgroup("/proc/self/cgroup", "/sys/fs/cgroup"));
    cores = smaller_limit(cores, cpu_count_of_text(getenv("SLURM_CPUS_PER_TASK")));
    return cores > 0 ? cores : 1;
}
