#include "proof/recovery_clock.h"

#include <time.h>

#include "scf/scf_parts.h"

static RecoveryTime total;
static double ladder_start; // of the recovery in progress: where its first stage ended

static double processor_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

RecoveryTime recovery_clock_read(void)
{
    total.all = processor_s();
    return total;
}

// --wrap=f sends calls of f to __wrap_f, and __real_f is f; those within the file of f stay as they are.
#define DECLARE(name) extern __typeof__(name) __real_##name, __wrap_##name;

DECLARE(scf_solve_warm)
QmtStatus __wrap_scf_solve_warm(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                bool *converged)
{
    const QmtStatus status = __real_scf_solve_warm(ctx, geometry, scf, converged);
    ladder_start = processor_s();
    return status;
}

DECLARE(scf_recover)
void __wrap_scf_recover(QmtContext *ctx, const Geometry *geometry, Scf *scf, int first,
                        bool *converged)
{
    if (first != SCF_STAGE_WARM)
        ladder_start = processor_s();
    __real_scf_recover(ctx, geometry, scf, first, converged);
    if (first != SCF_STAGE_WARM || scf->recovery > 0)
        total.recovery += processor_s() - ladder_start;
}

DECLARE(scf_compare_solutions)
void __wrap_scf_compare_solutions(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                  bool *converged)
{
    // A search runs the loop again and may recover itself: that belongs to the search.
    const double start = processor_s(), recovery = total.recovery;
    __real_scf_compare_solutions(ctx, geometry, scf, converged);
    total.search += processor_s() - start;
    total.recovery = recovery;
}
