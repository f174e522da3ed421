#include "scf/scf_parts.h"

#include <math.h>
#include <string.h>

enum {
    /// Geometries from one search to the next while levels are partly filled, and from one test for a saddle to the next,
    /// which costs a fourth of a cycle for each of some 20 products: the loop follows a minimum that becomes a saddle.
    SEARCH_EVERY = 200,
    STABILITY_EVERY = 10,
    /// The same from one look at where a raised electronic temperature or, in turns, neutral atoms lead downhill, which costs 20 to 50
    /// cycles; an eighth more for each
    /// search in vain, so that a radical pays less and less for what a metal needs.
    COOLED_EVERY = 40,
    COOLED_EIGHTH = COOLED_EVERY / 8,
    /// Geometries after searches in vain in which nothing suspicious starts another: 1, 2, 3, ... at most
    SEARCH_PAUSE_MAX = 63,
    /// After searches in vain the entropy must change by a fourth of ENTROPY_CHANGED more for each, up to ten times as
    /// much: a pair of levels changes it by no more than seven times.
    CHANGES_MAX = 36,
    /// Cycles that a step of a motion needs where its solution becomes a saddle; the Jacobian has failed by then.
    SLOW_ITERATIONS = 40,
    /// Searches in vain after which long steps are no reason any more: the motion of a hot molecule, not a scan.
    FAR_MAX = 256,
    /// Cycles of mixing; where it has not converged then, the free energy is minimised.
    SEARCH_ITERATIONS = 60
};

/// Difference between a variable and its extrapolation that no step of a motion has: a hydrogen atom at 5000 K moves its
/// charges and moments by 0.01 in a step, solutions differ by the place of an electron. Steps that a relaxation makes
/// are longer; they are looked at once more than need be.
#define JUMP 0.1
/// Way of an atom, bohr, in which solutions may cross unseen; a hydrogen atom of 5000 K goes 0.06 in 0.25 fs.
#define FAR 0.09
/// A jump after which all is looked for, however often that was in vain.
#define LEAP 0.5
/// Points of the history from which on an extrapolation says where charges are going.
enum { JUMP_POINTS = 3 };
/// Ways of the charges and moments, e, after which a saddle is tested for sooner: the steps are long.
#define MOVED 0.1
/// Free energies that belong to one solution, or to two that differ by a turn, hartree.
#define SAME_ENERGY 1e-8
/// A second solution so far above the first is followed no longer, hartree; a search finds it again.
#define FOLLOWED_WITHIN 0.02

/// Change of the entropy over kT since the last search that shows levels that have met or parted; of an electron in two
/// levels it is 2 ln 2.
#define ENTROPY_CHANGED 0.2
/// The same of the largest charge where it is more than molecules have, e; vibrations change it by less.
#define CHARGE_CHANGED 0.1

/// What is to be done about other solutions.
typedef enum { SEARCH_NOT, SEARCH_SADDLE, SEARCH_COOLED, SEARCH_NEUTRAL, SEARCH_ALL } Search;

/// What solutions are ranked by.
typedef struct {
    bool known;
    double a, charge; ///< free energy, hartree; largest charge of an atom, e
} Rank;

double scf_largest_difference(const Scf *scf, const double *y)
{
    double most = 0.0;
    for (size_t i = 0; i < scf->n_variables; i++)
        most = fmax(most, fabs(scf->x_best[i] - y[i]));
    return most;
}

/// The largest difference between a variable of x and what it was expected to be, the guess of this geometry.
static double largest_jump(const Scf *scf, const double *x)
{
    double most = 0.0;
    if (guess_points(&scf->guess) < JUMP_POINTS)
        return 0.0;
    for (size_t i = 0; i < scf->n_variables; i++)
        most = fmax(most, fabs(x[i] - scf->guess_error[i]));
    return most;
}

/// A length that no rotation changes, of a dipole, x y z, or of a quadrupole, xx xy yy xz yz zz.
static double length_of(const double *multipole, size_t n)
{
    static const double TWICE[6] = {1.0, 2.0, 1.0, 2.0, 2.0, 1.0};
    double square = 0.0;
    for (size_t k = 0; k < n; k++)
        square += (n == 6 ? TWICE[k] : 1.0) * multipole[k] * multipole[k];
    return sqrt(square);
}

/// Whether charges, and lengths of dipoles and quadrupoles, are those of the geometry before: the hole of a degenerate shell turns
/// at no cost, as about the axis of OH, and moments with it. What was extrapolated across a turn means nothing. A solution of
/// another energy leaves the work of the forces besides.
static bool has_only_turned(Scf *scf, const double *x)
{
    const double *const before = scf->work;
    const size_t n_shells = scf->n_shells, n_atoms = scf->multipoles ? scf->n_atoms : 0;
    double most = 0.0;
    scf_newest(scf, scf->work);
    for (size_t i = 0; i < n_shells; i++)
        most = fmax(most, fabs(x[i] - before[i]));
    for (size_t a = 0; a < n_atoms; a++) {
        const size_t dipole = n_shells + 3 * a, quadrupole = n_shells + 3 * n_atoms + 6 * a;
        most = fmax(most, fabs(length_of(x + dipole, 3) - length_of(before + dipole, 3)));
        most = fmax(most, fabs(length_of(x + quadrupole, 6) - length_of(before + quadrupole, 6)));
    }
    return most <= JUMP;
}

/// The largest charge of an atom as far as it is more than molecules have.
static double unusual_charge(const Scf *scf)
{
    return fmax(scf_largest_charge(scf), scf_usual_charge(scf));
}

/// Whether an atom has come to, or lost, more charge than molecules have. Sulphur between oxygens and silicon between fluorines
/// have more at all times: a search in every step of theirs would cost ten times what the step costs.
static bool charge_has_changed(const Scf *scf, double patience)
{
    const double before = fmax(scf->kept->charge, scf_usual_charge(scf));
    return fabs(unusual_charge(scf) - before) > CHARGE_CHANGED * patience;
}

/// Orbitals that were refined are those of the step before, a clear gap above them: their density is its continuation, unless levels
/// were partly filled when solutions were last looked for.
static Search search_due(const Geometry *geometry, Scf *scf, bool jumped)
{
    ScfKept *kept = scf->kept;
    const bool suspicious =
        jumped || scf->recovery > 0 || scf->iterations > SLOW_ITERATIONS || kept->search_due != 0;
    const double patience = 1.0 + 0.25 * (double)kept->n_changed_in_vain;
    const bool charged = charge_has_changed(scf, patience);
    const bool changed = charged || fabs(scf->density.entropy - kept->entropy) >
                                        ENTROPY_CHANGED * scf->density.kt * patience;
    // A relaxation of a closed shell takes 41 cycles for its longest steps.
    const bool slow = scf->iterations > SCF_UNSUSPICIOUS_ITERATIONS && scf->way > FAR;
    const bool far = scf->way > FAR && kept->n_far < FAR_MAX &&
                     ((suspicious && !scf->density.refined) || scf_levels_are_near(scf) ||
                      scf_largest_charge(scf) > scf_usual_charge(scf) || scf_is_pressed(geometry));
    kept->n_since_search++;
    if (!suspicious && kept->n_in_vain > 0)
        kept->n_in_vain--;
    if (scf->density.refined && !changed && !far && !slow) {
        kept->entropy = 0.0;
        return SEARCH_NOT;
    }
    const bool leapt = jumped && scf->change_size > LEAP;
    if (changed || far)
        return SEARCH_ALL;
    const bool anywhere = slow || (jumped && scf->way > FAR); // these are no steps of a motion
    if (suspicious &&
        (leapt || anywhere || kept->search_due != 0 || kept->n_since_search > kept->n_in_vain))
        return SEARCH_ALL;
    if (suspicious)
        return SEARCH_SADDLE;
    if (scf->spec.options.state != SCF_LOWEST || !scf_levels_are_near(scf))
        return SEARCH_NOT;
    if (kept->n_since_search >= SEARCH_EVERY)
        return SEARCH_ALL;
    const int64_t every = COOLED_EVERY + COOLED_EIGHTH * kept->n_changed_in_vain;
    if (kept->n_since_search % every == 0)
        return kept->n_since_search / every % 2 == 0 ? SEARCH_NEUTRAL : SEARCH_COOLED;
    if (guess_points(&scf->guess) > 0) { // a self-check that failed has dropped them
        scf_newest(scf, scf->work);
        kept->moved += scf_largest_difference(scf, scf->work);
    }
    if (kept->moved < MOVED && kept->n_since_search % STABILITY_EVERY != 0)
        return SEARCH_NOT;
    kept->moved = 0.0;
    return SEARCH_SADDLE;
}

/// A solution lies in x_in: it goes to x_other if it is another than the main one and better than the best so far. One with more
/// charge than molecules have is none beside a main one without.
static void consider(QmtContext *ctx, Scf *scf, const Rank *main, Rank *best)
{
    double a;
    const double charge = scf_largest_charge(scf);
    if (scf_free_energy(ctx, scf, &a) != QMT_OK || fabs(a - main->a) < SAME_ENERGY ||
        charge > scf_charge_limit(scf) ||
        (charge > scf_usual_charge(scf) && main->charge <= scf_usual_charge(scf)))
        return;
    if (best->known && !scf_is_better(scf, best->a, best->charge, a, charge))
        return;
    *best = (Rank){.known = true, .a = a, .charge = charge};
    memcpy(scf->x_other, scf->x_in, scf->n_variables * sizeof(double));
}

/// Solves from x_in: by mixing, and downhill where that fails or may have found a saddle.
static void solve_from(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool always_downhill,
                       const Rank *main, Rank *best)
{
    bool converged = false;
    QmtStatus status =
        scf_mix(ctx, geometry, scf, scf->spec.options.damping, SEARCH_ITERATIONS, &converged);
    if (status == QMT_OK && (always_downhill || !converged))
        status = scf_go_downhill(ctx, geometry, scf, &converged);
    if (status == QMT_OK && converged)
        consider(ctx, scf, main, best);
}

/// What lies downhill from x_in, if it is a saddle or no solution.
static void go_downhill_from(QmtContext *ctx, const Geometry *geometry, Scf *scf, const Rank *main,
                             Rank *best)
{
    bool converged = false;
    if (scf_go_downhill(ctx, geometry, scf, &converged) == QMT_OK && converged)
        consider(ctx, scf, main, best);
}

/// The best solution beside the main one, which is in x_in, among the one that is followed and those that lie downhill
/// from it and from neutral atoms.
static QmtStatus best_other(QmtContext *ctx, const Geometry *geometry, Scf *scf, Search search,
                            Rank *main, Rank *best)
{
    const int n_polarised = scf_polarised_starts(scf);
    bool cooled = false;
    *main = (Rank){.known = true, .charge = scf_largest_charge(scf)};
    *best = (Rank){0};
    TRY(scf_free_energy(ctx, scf, &main->a));
    if (scf->kept->other_known != 0) {
        memcpy(scf->x_in, scf->followed, scf->n_variables * sizeof(double));
        solve_from(ctx, geometry, scf, false, main, best);
    }
    if (search == SEARCH_NOT)
        return QMT_OK;
    memcpy(scf->x_in, scf->x_main, scf->n_variables * sizeof(double));
    go_downhill_from(ctx, geometry, scf, main, best);
    if (search == SEARCH_SADDLE)
        return QMT_OK;
    if (search != SEARCH_NEUTRAL && scf_cool_downhill(ctx, geometry, scf, &cooled) == QMT_OK &&
        cooled)
        consider(ctx, scf, main, best);
    if (search == SEARCH_COOLED)
        return QMT_OK;
    scf_start_from_neutral_atoms(scf);
    go_downhill_from(ctx, geometry, scf, main, best);
    if (search == SEARCH_NEUTRAL)
        return QMT_OK;
    scf_start_from_neutral_atoms(scf);
    solve_from(ctx, geometry, scf, true, main, best);
    scf_start_without_symmetry(scf);
    go_downhill_from(ctx, geometry, scf, main, best);
    for (int start = 0; start < n_polarised; start++) {
        scf_start_polarised(geometry, scf, start);
        go_downhill_from(ctx, geometry, scf, main, best);
    }
    return QMT_OK;
}

/// The motion goes on with x_other; what was learnt about the solution before is of no use to it.
static QmtStatus adopt_other(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    const ScfKept kept = *scf->kept;
    scf_forget(scf);
    *scf->kept = kept;
    memcpy(scf->x_in, scf->x_other, scf->n_variables * sizeof(double));
    return scf_settle(ctx, geometry, scf, converged);
}

/// The last cycle of the main solution again: the same density, bit by bit.
static QmtStatus restore_main(QmtContext *ctx, const Geometry *geometry, Scf *scf)
{
    const size_t n = scf->n_variables;
    double rms;
    memcpy(scf->x_in, scf->x_main, n * sizeof(double));
    TRY(scf_cycle(ctx, geometry, scf, &rms));
    memcpy(scf->x_best, scf->x_main + n, n * sizeof(double));
    return QMT_OK;
}

/// Decides between the main solution, saved in x_main, and the best other one.
static QmtStatus decide(QmtContext *ctx, const Geometry *geometry, Scf *scf, const Rank *main,
                        const Rank *best, bool *converged)
{
    const size_t bytes = scf->n_variables * sizeof(double);
    const bool lower =
        best->known && scf_is_better(scf, main->a, main->charge, best->a, best->charge);
    const bool takes = scf->spec.options.state == SCF_LOWEST;
    ScfKept *kept = scf->kept;
    if (lower) {
        kept->n_in_vain = kept->n_changed_in_vain = kept->n_far = 0;
    } else if (kept->n_since_search == 0) {
        kept->n_in_vain += kept->n_in_vain < SEARCH_PAUSE_MAX;
        kept->n_changed_in_vain += kept->n_changed_in_vain < CHANGES_MAX;
        kept->n_far += scf->way > FAR && kept->n_far < FAR_MAX;
    }
    kept->other_known = takes && best->known && (lower || best->a - main->a < FOLLOWED_WITHIN);
    if (!lower || !takes) {
        if (lower && scf->change == SCF_SAME) {
            scf->change = SCF_NOT_LEAST;
            scf->change_size = main->a - best->a;
        }
        if (kept->other_known != 0)
            memcpy(scf->followed, scf->x_other, bytes);
        return restore_main(ctx, geometry, scf);
    }
    const bool continues = scf->change == SCF_JUMPED && largest_jump(scf, scf->x_other) <= JUMP;
    scf->change = continues ? SCF_SAME : SCF_CROSSED;
    scf->change_size = continues ? 0.0 : main->a - best->a;
    TRY(adopt_other(ctx, geometry, scf, converged));
    memcpy(scf->followed, scf->x_main, bytes);
    return QMT_OK;
}

void scf_compare_solutions(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    if (scf->n_atoms == 1) // stays spherical, as its first solution (scf_is_suspicious())
        return;
    const size_t bytes = scf->n_variables * sizeof(double);
    const double jump = scf->density.refined ? 0.0 : largest_jump(scf, scf->x_best);
    scf->change_size = jump > JUMP ? jump : 0.0;
    const Search search = search_due(geometry, scf, jump > JUMP);
    if (jump > JUMP && !has_only_turned(scf, scf->x_best))
        scf->change = SCF_JUMPED;
    else
        scf->change_size = 0.0;
    if (search == SEARCH_NOT && (scf->kept->other_known == 0 || scf->density.refined))
        return;
    if (search == SEARCH_ALL)
        scf->kept->n_since_search = scf->kept->search_due = 0;
    const bool always = scf->density.always_diagonalise;
    const int iterations = scf->iterations;
    Rank main, best;
    memcpy(scf->x_main, scf->x_in, bytes);
    memcpy(scf->x_main + scf->n_variables, scf->x_best, bytes);
    scf->spec.options.apart = true; // the Jacobian learns nothing from other solutions
    scf->density.always_diagonalise = true;
    scf->density.orbitals_known = false;
    QmtStatus status = best_other(ctx, geometry, scf, search, &main, &best);
    scf->density.always_diagonalise = always;
    scf->density.orbitals_known = false;
    if (status == QMT_OK)
        status = decide(ctx, geometry, scf, &main, &best, converged);
    scf->spec.options.apart = false;
    scf->iterations = iterations;
    if (search == SEARCH_ALL) {
        scf->kept->entropy = scf->density.entropy;
        scf->kept->charge = unusual_charge(scf);
    }
    if (status != QMT_OK)
        *converged = false;
}
