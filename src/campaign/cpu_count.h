#ifndef CAMPAIGN_CPU_COUNT_H
#define CAMPAIGN_CPU_COUNT_H

#include <stddef.h>

/// How many cores this process may use: the smallest of
///  - the processors it is allowed to run on (taskset, cpusets),
///  - the quota of its control group, version 2 or 1, rounded up (containers),
///  - SLURM_CPUS_PER_TASK, where Slurm sets it.
/// At least 1. Cannot fail: a limit that cannot be read is no limit.
size_t cpu_count(void);

/// Processors of this machine, whoever may use them; at least 1.
size_t cpu_count_of_machine(void);

/// The quota of a control group in cores, rounded up; 0: none.
///
/// @param proc_cgroup  the file that names the groups of a process, e.g. "/proc/self/cgroup"
/// @param mount        where control groups are mounted, e.g. "/sys/fs/cgroup"
size_t cpu_count_of_cgroup(const char *proc_cgroup, const char *mount);

/// Reads a positive whole number; 0 if the text is none (or NULL).
size_t cpu_count_of_text(const char *text);

#endif
