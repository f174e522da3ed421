#include "audit/work.h"

#include <inttypes.h>
#include <math.h>

#include "base/units.h"

void work_layout(Work *work, Arena *arena, const Check *check)
{
    work_test_layout(&work->test, arena, check->n_atoms);
    work->xyz = arena_vectors(arena, check->n_atoms);
    work->gradient = arena_vectors(arena, check->n_atoms);
}

/// What the rounding of positions changes the work by, four times its standard deviation.
static double rounding_of_work(const Check *check, const CheckFrame *frame)
{
    double square = 0.0;
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        const double part = frame->forces[i] * frame->pos_rounding[i];
        square += part * part;
    }
    return 4.0 * sqrt(square);
}

static double excess_of(const WorkStep *step)
{
    return fabs(step->off) - step->resolution;
}

static void step_take(Work *work, const WorkStep *step)
{
    if (scf_events_at(&work->events, step->point)) {
        if (work->recorded.point == 0 || !(excess_of(step) <= excess_of(&work->recorded)))
            work->recorded = *step;
        return;
    }
    if (work->worst.point == 0 || !(excess_of(step) <= excess_of(&work->worst)))
        work->worst = *step;
    if (work->furthest.point == 0 || !(fabs(step->off) <= fabs(work->furthest.off)))
        work->furthest = *step;
}

void work_add(const Check *check, Work *work, const CheckFrame *frame)
{
    if (frame->pos == NULL || frame->forces == NULL || frame->potential == NULL ||
        frame->time == NULL)
        return;
    if (frame->number == 0) {
        work_test_begin(&work->test, 0.0);
        scf_events_read(check, &work->events);
        work->time_before = *frame->time;
    }
    if (frame->number == 1)
        work->test.step_fs = 1e3 * (*frame->time - work->time_before);
    double *const xyz = (double *)work->xyz, *const gradient = (double *)work->gradient;
    for (size_t i = 0; i < 3 * check->n_atoms; i++)
        xyz[i] = frame->pos[i] / NM_PER_BOHR;
    for (size_t i = 0; i < 3 * check->n_atoms; i++)
        gradient[i] = -frame->forces[i] * NM_PER_BOHR / KJMOL_PER_HARTREE;
    work->rounding = fmax(work->rounding, rounding_of_work(check, frame));
    WorkStep step;
    if (!work_test_add(&work->test, (const double(*)[3])work->xyz,
                       (const double(*)[3])work->gradient, *frame->potential / KJMOL_PER_HARTREE,
                       &step))
        return;
    step_take(work, &step);
    if (frame->number + 1 < check->n_frames)
        return;
    step = work_test_end(&work->test);
    step_take(work, &step);
}

static bool step_is_good(const Work *work, const WorkStep *step, double rms)
{
    return KJMOL_PER_HARTREE * fabs(step->off) <=
           KJMOL_PER_HARTREE * work_step_limit(step, rms) + work->rounding;
}

void work_report(Check *check, const Work *work)
{
    if (check->n_frames < 3 || check->array[ARRAY_TIME] == NULL ||
        check->array[ARRAY_EPOT] == NULL || check->array[ARRAY_POS] == NULL ||
        check->array[ARRAY_FORCES] == NULL)
        return;
    if (!(work->test.step_fs <= WORK_LONGEST_STEP_FS)) {
        check_say(check, CHECK_WORK, CHECK_NOT_RUN,
                  "frames are %.3g fs apart; the work can be told up to 1 fs", work->test.step_fs);
        return;
    }
    const double rms = work_test_rms(&work->test);
    if (!isfinite(rms)) {
        check_say(check, CHECK_WORK, CHECK_FAIL, "an energy or a force is not a finite number");
        return;
    }
    const bool good = step_is_good(work, &work->worst, rms);
    const WorkStep *const shown = good ? &work->furthest : &work->worst;
    check_say(check, CHECK_WORK, good ? CHECK_PASS : CHECK_FAIL,
              "frame %" PRIu64 ": the change of Epot is off the work of the forces by %.1e kJ/mol; "
              "%.1e is allowed",
              shown->point, KJMOL_PER_HARTREE * fabs(shown->off),
              KJMOL_PER_HARTREE * work_step_limit(shown, rms) + work->rounding);
    if (!step_is_good(work, &work->recorded, rms))
        check_say(check, CHECK_WORK, CHECK_WARN,
                  "frame %" PRIu64 ": the change of Epot is off the work of the forces by %.1e "
                  "kJ/mol, and the file records that the SCF changed its solution there",
                  work->recorded.point, KJMOL_PER_HARTREE * fabs(work->recorded.off));
}
