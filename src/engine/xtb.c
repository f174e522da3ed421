#include "engine/xtb.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/team_kernels.h"
#include "base/vec3.h"
#include "data/element.h"
#include "data/method.h"
#include "engine/property_source.h"
#include "engine/xtb_order.h"
#include "engine/xtb_terms.h"
#include "scf/bond_orders.h"
#include "scf/homo_lumo_gap.h"
#include "scf/scf.h"
#include "system/atom_order.h"
#include "terms/hamiltonian.h"

/// One GFN-xTB engine: everything of one molecule, in one block of memory.
typedef struct {
    Engine face; // first: an Engine * is an Xtb *
    Arena arena;
    Team *team;      ///< NULL: one thread
    Kernels divided; ///< with a team
    const Method *method;
    XtbOrder order;
    int *numbers; ///< [n_atoms] in that order, as everything below
    Pairs pairs;
    Coordination coordination;
    Basis basis;
    Hamiltonian hamiltonian;
    XtbTerms terms;
    Scf scf;
    GapSearch gap_search;
    BondOrders bond_orders;
    double *electrons;       ///< [n_atoms] scratch of the properties
    double (*dipole)[3];     ///< [n_atoms][3] e bohr, of methods whose loop has none
    double (*quadrupole)[6]; ///< [n_atoms][6] e bohr^2, likewise
    double (*gradient)[3];
    double *de_dcn;
    double *mass; ///< [n_atoms] dalton
    EnergyTerm energy[ENERGY_TERMS_MAX];
    size_t n_energy;
    long fail_at; ///< for tests: evaluations until a forced failure, 0: none
} Xtb;

QmtEngineOptions xtb_options_default(void)
{
    return (QmtEngineOptions){
        .struct_size = sizeof(QmtEngineOptions),
        .method = "GFN2-xTB",
        .charge = 0,
        .unpaired = -1,
        .electronic_temperature_k = METHOD_GFN2.electronic_temperature_k,
        // Forces err in first order and, where one density was enough, to one side: 1e-9 leaves slopes
        // of the shadow energy of up to 2e-7 kJ/mol/ps per atom in the mean, 1e-10 at most 2e-8.
        .scf_tolerance = 1e-10,
        .scf_max_iterations = METHOD_GFN2.scf_max_iterations,
        .fermi_stop_reference = 0,
        .solvent = NULL,
        .solvation_model = "alpb",
        .solvation_state = "gsolv",
        .solvation_grid = "reference",
        .cores = 1,
    };
}

static TermSpec term_spec(const Xtb *xtb, const Kernels *kernels, const int *numbers,
                          const Solvent *solvent)
{
    return (TermSpec){.kernels = kernels,
                      .method = xtb->method,
                      .basis = &xtb->basis,
                      .pairs = &xtb->pairs,
                      .numbers = numbers,
                      .solvent = solvent};
}

static void layout(Xtb *xtb, const int *numbers, const Solvent *solvent)
{
    Arena *arena = &xtb->arena;
    const size_t n_atoms = xtb->face.n_atoms;
    xtb_order_layout(&xtb->order, arena);
    xtb->numbers = arena_ints(arena, n_atoms);
    pairs_layout(&xtb->pairs, arena, n_atoms);
    coordination_layout(&xtb->coordination, arena, &xtb->pairs);
    basis_layout(&xtb->basis, arena, xtb->method, n_atoms, numbers);
    hamiltonian_layout(&xtb->hamiltonian, arena, &xtb->basis, numbers);
    const TermSpec spec = term_spec(xtb, NULL, numbers, solvent);
    xtb_terms_layout(&xtb->terms, arena, &spec);
    scf_layout(&xtb->scf, arena, &xtb->basis, solvent != NULL);
    homo_lumo_gap_layout(&xtb->gap_search, arena, xtb->basis.n_ao);
    bond_orders_layout(&xtb->bond_orders, arena, &xtb->basis);
    xtb->electrons = arena_doubles(arena, n_atoms);
    if (!xtb->method->multipoles) {
        xtb->dipole = arena_vectors(arena, n_atoms);
        xtb->quadrupole = (double(*)[6])arena_doubles(arena, 6 * n_atoms);
    }
    xtb->gradient = arena_vectors(arena, n_atoms);
    xtb->mass = arena_doubles(arena, n_atoms);
    xtb->de_dcn = arena_doubles(arena, n_atoms);
    xtb->face.kept = arena_kept_since(arena, 0);
}

/// What cannot fit into the machine is refused: the system would end the process without a word.
static QmtStatus claim_memory(QmtContext *ctx, Xtb *xtb, const int *numbers, const Solvent *solvent,
                              int cores)
{
    TRY(xtb_terms_create(ctx, xtb->method, solvent, &xtb->terms));
    layout(xtb, numbers, solvent);
    const double wanted = (double)arena_total(&xtb->arena);
    if (wanted > memory_of_machine())
        return FAIL(ctx, QMT_ERR_MEMORY,
                    "%zu atoms with %zu orbitals need %.0f GB of memory, this machine has %.0f GB; "
                    "take a smaller molecule",
                    xtb->face.n_atoms, xtb->basis.n_ao, 1e-9 * wanted, 1e-9 * memory_of_machine());
    TRY(arena_reserve(ctx, &xtb->arena));
    layout(xtb, numbers, solvent);
    return cores > 1 ? team_create(ctx, (size_t)cores, &xtb->team) : QMT_OK;
}

static void setup(Xtb *xtb, const Kernels *kernels, const int *numbers, const Solvent *solvent)
{
    const size_t n_atoms = xtb->face.n_atoms;
    memcpy(xtb->numbers, numbers, n_atoms * sizeof *numbers);
    pairs_setup(&xtb->pairs);
    xtb->pairs.atom = xtb->order.atom;
    coordination_setup(&xtb->coordination, kernels, xtb->method, &xtb->pairs, numbers);
    basis_setup(&xtb->basis, n_atoms, numbers);
    hamiltonian_setup(&xtb->hamiltonian, kernels, numbers);
    const TermSpec spec = term_spec(xtb, kernels, numbers, solvent);
    xtb_terms_setup(&xtb->terms, &spec);
}

/// Splits the electrons into spins.
static QmtStatus count_electrons(QmtContext *ctx, const Method *method, const int *numbers,
                                 size_t n_atoms, size_t n_ao, const QmtEngineOptions *options,
                                 size_t *n_alpha, size_t *n_beta)
{
    double valence = 0.0;
    for (size_t a = 0; a < n_atoms; a++)
        valence += method_electrons(method, numbers[a]);
    const long n = lround(valence) - options->charge;
    if (n < 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "charge %+d: the molecule has only %ld valence electrons to give",
                    options->charge, n + options->charge);
    const long unpaired = options->unpaired < 0 ? n % 2 : options->unpaired;
    if (unpaired > n || (n - unpaired) % 2 != 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "charge %+d and multiplicity %ld do not fit together: %ld valence electrons "
                    "need %s multiplicity up to %ld",
                    options->charge, unpaired + 1, n, n % 2 == 0 ? "an odd" : "an even", n + 1);
    *n_alpha = (size_t)((n + unpaired) / 2);
    *n_beta = (size_t)((n - unpaired) / 2);
    if (*n_alpha > n_ao)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "charge %+d and multiplicity %ld: %zu electrons of one spin do not fit into "
                    "the %zu orbitals of the basis",
                    options->charge, unpaired + 1, *n_alpha, n_ao);
    return QMT_OK;
}

static QmtStatus check_arguments(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                 const QmtEngineOptions *options, const Method **method)
{
    *method = method_find(options->method);
    if (*method == NULL)
        return FAIL(ctx, QMT_ERR_CONFIG, "unknown method \"%s\"; did you mean %s?", options->method,
                    method_nearest(options->method));
    if (n_atoms == 0)
        return FAIL(ctx, QMT_ERR_INPUT, "the molecule has no atoms");
    for (size_t a = 0; a < n_atoms; a++)
        if (numbers[a] < 1 || numbers[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "atom %zu has atomic number %d; %s covers 1 (H) to %d (Rn)", a + 1,
                        numbers[a], (*method)->name, ELEMENT_MAX);
    if (!(options->electronic_temperature_k > 0.0) || !isfinite(options->electronic_temperature_k))
        return FAIL(ctx, QMT_ERR_CONFIG, "electronic temperature %g K: must be above 0",
                    options->electronic_temperature_k);
    if (!(options->scf_tolerance > 0.0) || options->scf_max_iterations < 1)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "scf: tolerance %g and %d iterations: both must be above 0",
                    options->scf_tolerance, options->scf_max_iterations);
    if (options->cores < 1 || options->cores > TEAM_THREADS_MAX)
        return FAIL(ctx, QMT_ERR_CONFIG, "%d cores for one molecule: 1 to %d are possible",
                    options->cores, (int)TEAM_THREADS_MAX);
    return QMT_OK;
}

/// The solvent of the options; *solvent points to *found, or to nothing in the gas phase.
static QmtStatus check_solvent(QmtContext *ctx, const Method *method,
                               const QmtEngineOptions *options, Solvent *found,
                               const Solvent **solvent)
{
    SolvationModel model = {0};
    SolvationState state = {0};
    SolvationGrid grid = {0};
    *solvent = NULL;
    if (options->solvation_model != NULL && !solvation_model_find(options->solvation_model, &model))
        return FAIL(ctx, QMT_ERR_CONFIG, "unknown solvation model \"%s\"; did you mean %s?",
                    options->solvation_model, solvation_model_nearest(options->solvation_model));
    if (options->solvation_state != NULL && !solvation_state_find(options->solvation_state, &state))
        return FAIL(ctx, QMT_ERR_CONFIG, "unknown solvation state \"%s\"; did you mean %s?",
                    options->solvation_state, solvation_state_nearest(options->solvation_state));
    if (options->solvation_grid != NULL && !solvation_grid_find(options->solvation_grid, &grid))
        return FAIL(ctx, QMT_ERR_CONFIG, "unknown solvation grid \"%s\"; did you mean %s?",
                    options->solvation_grid, solvation_grid_nearest(options->solvation_grid));
    if (options->solvent == NULL)
        return QMT_OK;
    if (!solvent_find(method, model, options->solvent, found) && solvent_is_known(options->solvent))
        return FAIL_HINT(ctx, QMT_ERR_CONFIG, QMT_HINT_SOLVENTS,
                         "the solvent \"%s\" has no parameters for %s with %s", options->solvent,
                         method->name, solvation_model_name(model));
    if (!solvent_find(method, model, options->solvent, found))
        return FAIL_HINT(ctx, QMT_ERR_CONFIG, QMT_HINT_SOLVENTS,
                         "unknown solvent \"%s\" for %s with %s; did you mean %s?",
                         options->solvent, method->name, solvation_model_name(model),
                         solvent_nearest(method, model, options->solvent));
    found->state = state;
    found->grid = grid;
    *solvent = found;
    return QMT_OK;
}

static void xtb_destroy(Engine *engine)
{
    Xtb *xtb = (Xtb *)engine;
    team_destroy(&xtb->team);
    xtb_terms_release(&xtb->terms);
    arena_release(&xtb->arena);
    free(xtb);
}

_Static_assert(XTB_TERMS_MAX + 2 <= ENERGY_TERMS_MAX, "room in the energy breakdown");

/// Adds a line to the energy breakdown.
static void record(Xtb *xtb, const char *name, double energy)
{
    assert(xtb->n_energy < ENERGY_TERMS_MAX);
    xtb->energy[xtb->n_energy++] = (EnergyTerm){.name = name, .energy = energy};
}

static double collect_energy(Xtb *xtb, const Geometry *geometry, const Moments *moments)
{
    xtb->n_energy = 0;
    record(xtb, "band structure", xtb->scf.band_energy);
    record(xtb, "electronic entropy", xtb->scf.density.entropy);
    for (size_t t = 0; t < xtb->terms.n; t++) {
        const Term *term = &xtb->terms.list[t];
        record(xtb, term->type->name, term->type->energy(term->self, geometry, moments));
    }
    double sum = 0.0;
    for (size_t i = 0; i < xtb->n_energy; i++)
        sum += xtb->energy[i].energy;
    return sum;
}

static void collect_gradient(Xtb *xtb, const Geometry *geometry, const Moments *moments)
{
    const size_t n = xtb->face.n_atoms;
    Density *density = &xtb->scf.density;
    Gradient gradient = {.xyz = xtb->gradient, .cn = xtb->de_dcn};
    memset(xtb->gradient, 0, n * sizeof xtb->gradient[0]);
    memset(xtb->de_dcn, 0, n * sizeof xtb->de_dcn[0]);

    density_build_weighted(density);
    hamiltonian_gradient(&xtb->hamiltonian, density->density, density->weighted, density->ld,
                         &gradient);
    for (size_t t = 0; t < xtb->terms.n; t++)
        if (xtb->terms.list[t].type->gradient != NULL)
            xtb->terms.list[t].type->gradient(xtb->terms.list[t].self, geometry, moments,
                                              &gradient);
    coordination_gradient(&xtb->pairs, &xtb->coordination, xtb->de_dcn, xtb->gradient);
}

/// Atomic dipoles and quadrupoles of the density, of methods whose loop has none, too.
static void collect_atomic_moments(Xtb *xtb, Moments *moments)
{
    if (moments->dipole != NULL)
        return;
    // Charges and band energy of this density again, and the moments that the loop has not needed.
    hamiltonian_moments(&xtb->hamiltonian, xtb->scf.density.density, xtb->scf.density.ld,
                        xtb->scf.x_out, xtb->dipole, xtb->quadrupole);
    moments->dipole = (const double(*)[3])xtb->dipole;
    moments->quadrupole = (const double(*)[6])xtb->quadrupole;
}

/// Mulliken's electrons of each atom.
static void electrons_of_atoms(const Xtb *xtb, const Moments *moments, double *electrons)
{
    const Basis *basis = &xtb->basis;
    for (size_t a = 0; a < basis->n_atoms; a++) {
        electrons[a] = -moments->atom[a];
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            electrons[a] += xtb->hamiltonian.reference[s];
    }
}

/// What properties are made of. After the gradient, whose matrices they overwrite.
static PropertySource property_source(Xtb *xtb, const Geometry *geometry, const Moments *moments)
{
    electrons_of_atoms(xtb, moments, xtb->electrons);
    return (PropertySource){.geometry = geometry,
                            .moments = moments,
                            .basis = &xtb->basis,
                            .density = &xtb->scf.density,
                            .bond_orders = &xtb->bond_orders,
                            .gap_search = &xtb->gap_search,
                            .electrons = xtb->electrons,
                            .residual = xtb->scf.residual};
}

/// Dipole and properties, in the order of the caller.
static void give_properties(Xtb *xtb, const PropertySource *source, const EngineResult *result,
                            unsigned property_set)
{
    if (result->dipole != NULL)
        properties_compute(source, 1u << PROPERTY_DIPOLE, result->dipole);
    if (!xtb->order.sorted) {
        properties_compute(source, property_set, result->properties);
        return;
    }
    properties_compute(source, property_set, xtb->order.properties);
    xtb_order_restore_properties(&xtb->order, property_set, result->properties);
}

static QmtStatus evaluate(QmtContext *ctx, Xtb *xtb, const double (*positions)[3],
                          const EngineResult *result)
{
    const size_t n = xtb->face.n_atoms;
    const double(*const xyz)[3] = xtb_order_positions(&xtb->order, positions);
    if (xtb->fail_at > 0 && --xtb->fail_at == 0)
        return FAIL(ctx, QMT_ERR_SCF, "scf: no convergence (a failure that a test asked for)");

    TRY(pairs_update(ctx, xyz, &xtb->pairs));
    coordination_update(&xtb->coordination, &xtb->pairs);
    const Geometry geometry = {
        .n_atoms = n, .xyz = xyz, .pairs = &xtb->pairs, .coordination = &xtb->coordination};
    const unsigned property_set = result->properties != NULL ? result->property_set : 0;
    xtb->hamiltonian.moments_wanted =
        result->dipole != NULL || properties_need_moments(property_set);
    hamiltonian_update(&xtb->hamiltonian, &geometry);
    for (size_t t = 0; t < xtb->terms.n; t++)
        if (xtb->terms.list[t].type->update != NULL)
            xtb->terms.list[t].type->update(xtb->terms.list[t].self, &geometry);
    TRY(scf_solve(ctx, &geometry, &xtb->scf));

    Moments moments = scf_moments(&xtb->scf);
    const double energy = collect_energy(xtb, &geometry, &moments);
    if (result->gradient != NULL) {
        collect_gradient(xtb, &geometry, &moments);
        xtb_order_restore(&xtb->order, 3, &xtb->gradient[0][0], &result->gradient[0][0]);
    }
    if (result->energy != NULL)
        *result->energy = energy;
    if (result->charges != NULL)
        xtb_order_restore(&xtb->order, 1, moments.atom, result->charges);
    if (result->dipole != NULL || property_set != 0) {
        if (xtb->hamiltonian.moments_wanted)
            collect_atomic_moments(xtb, &moments);
        const PropertySource source = property_source(xtb, &geometry, &moments);
        give_properties(xtb, &source, result, property_set);
    }
    if (result->report != NULL)
        *result->report = (EngineReport){.scf_iterations = xtb->scf.iterations,
                                         .scf_residual = xtb->scf.residual,
                                         .recovery = xtb->scf.recovery,
                                         .diagonalisations = (int)xtb->scf.diagonalisations,
                                         .checked = xtb->scf.checked,
                                         .check_failed = xtb->scf.check_failed,
                                         .change = xtb->scf.change,
                                         .change_size = xtb->scf.change_size};
    return QMT_OK;
}

static QmtStatus xtb_evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                              const EngineResult *result)
{
    Xtb *xtb = (Xtb *)engine;
    team_enter(xtb->team);
    const QmtStatus status = evaluate(ctx, xtb, xyz, result);
    team_leave();
    return status;
}

static const EngineType XTB = {
    .name = "GFN-xTB", .kept_version = 7, .evaluate = xtb_evaluate, .destroy = xtb_destroy};

/// Molecules with fewer orbitals are multiplied whole in any order.
enum { ORDERED_FROM = 200 };

/// The engine of atoms whose order is settled: `order`, or NULL for that of the caller.
static QmtStatus create(QmtContext *ctx, size_t n_atoms, const int *numbers, const size_t *order,
                        const QmtEngineOptions *options, Engine **engine)
{
    const Method *method;
    Solvent found;
    const Solvent *solvent;
    TRY(check_arguments(ctx, n_atoms, numbers, options, &method));
    TRY(check_solvent(ctx, method, options, &found, &solvent));
    size_t n_ao = 0, n_alpha = 0, n_beta = 0;
    for (size_t a = 0; a < n_atoms; a++)
        n_ao += basis_n_ao(method, numbers[a]);
    TRY(count_electrons(ctx, method, numbers, n_atoms, n_ao, options, &n_alpha, &n_beta));

    Xtb *xtb = calloc(1, sizeof *xtb);
    if (xtb == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "out of memory");
    xtb->face = (Engine){.type = &XTB, .n_atoms = n_atoms};
    xtb->method = method;
    xtb->order = (XtbOrder){.sorted = order != NULL, .n_atoms = n_atoms};
    const QmtStatus status = claim_memory(ctx, xtb, numbers, solvent, options->cores);
    if (status != QMT_OK) {
        xtb_destroy(&xtb->face);
        return status;
    }
    if (order != NULL)
        memcpy(xtb->order.atom, order, n_atoms * sizeof *order);
    xtb->divided = team_kernels(ctx->kernels);
    const Kernels *kernels = xtb->team != NULL ? &xtb->divided : ctx->kernels;
    team_enter(xtb->team);
    setup(xtb, kernels, numbers, solvent);
    team_leave();

    for (size_t a = 0; a < n_atoms; a++)
        xtb->mass[a] = element_mass_da(numbers[a]);
    const ScfSpec spec = {.kernels = kernels,
                          .hamiltonian = &xtb->hamiltonian,
                          .terms = xtb->terms.list,
                          .n_terms = xtb->terms.n,
                          .mass = xtb->mass,
                          .is_long = order != NULL,
                          .charge = options->charge,
                          .n_alpha = n_alpha,
                          .n_beta = n_beta,
                          .boltzmann = method->boltzmann,
                          .fermi_stop =
                              options->fermi_stop_reference ? FERMI_REFERENCE : FERMI_EXACT,
                          .options = {.tolerance = options->scf_tolerance,
                                      .max_iterations = options->scf_max_iterations,
                                      .damping = method->scf_damping,
                                      .temperature_k = options->electronic_temperature_k,
                                      .state = (ScfState)options->scf_state,
                                      .check_every = SCF_CHECK_EVERY,
                                      .check_limit = SCF_CHECK_LIMIT}};
    scf_setup(&xtb->scf, &spec);
    *engine = &xtb->face;
    return QMT_OK;
}

QmtStatus xtb_create(QmtContext *ctx, size_t n_atoms, const int *numbers,
                     const QmtEngineOptions *options, Engine **engine)
{
    const double(*start)[3] = (const double(*)[3])options->start;
    size_t n_ao = 0;
    const Method *method = method_find(options->method);
    for (size_t a = 0; a < n_atoms && method != NULL; a++)
        if (numbers[a] >= 1 && numbers[a] <= ELEMENT_MAX)
            n_ao += basis_n_ao(method, numbers[a]);
    if (start == NULL || n_ao < ORDERED_FROM)
        return create(ctx, n_atoms, numbers, NULL, options, engine);

    size_t *order = malloc(n_atoms * sizeof *order);
    double *work = malloc(n_atoms * sizeof *work);
    int *sorted = malloc(n_atoms * sizeof *sorted);
    QmtStatus status;
    if (order == NULL || work == NULL || sorted == NULL) {
        status = FAIL(ctx, QMT_ERR_MEMORY, "out of memory");
    } else if (!atom_order_along(n_atoms, start, order, work)) {
        status = create(ctx, n_atoms, numbers, NULL, options, engine);
    } else {
        for (size_t i = 0; i < n_atoms; i++)
            sorted[i] = numbers[order[i]];
        status = create(ctx, n_atoms, sorted, order, options, engine);
    }
    free(order);
    free(work);
    free(sorted);
    return status;
}

const size_t *xtb_atom_order(const Engine *engine)
{
    const Xtb *const xtb = (const Xtb *)engine;
    return xtb->order.sorted ? xtb->order.atom : NULL;
}

size_t xtb_energy_terms(const Engine *engine, EnergyTerm terms[ENERGY_TERMS_MAX])
{
    const Xtb *xtb = (const Xtb *)engine;
    memcpy(terms, xtb->energy, xtb->n_energy * sizeof *terms);
    return xtb->n_energy;
}

void xtb_plain_scf(Engine *engine)
{
    Scf *scf = &((Xtb *)engine)->scf;
    scf->spec.options.plain = true;
    scf->density.always_diagonalise = true;
}

void xtb_search_solutions(Engine *engine)
{
    ((Xtb *)engine)->scf.kept->search_due = 1;
}

void xtb_geometries_apart(Engine *engine)
{
    Scf *scf = &((Xtb *)engine)->scf;
    scf->spec.options.apart = true;
    scf->spec.options.check_every = SCF_CHECK_EVERY_APART;
    density_forget_history(&scf->density);
}

void xtb_check(Engine *engine, int every, double limit)
{
    ScfOptions *options = &((Xtb *)engine)->scf.spec.options;
    options->check_every = every;
    options->check_limit = limit;
}

bool xtb_is_local(const Engine *engine)
{
    return ((const Xtb *)engine)->scf.density.update.local;
}

void xtb_fail_at(Engine *engine, long n)
{
    ((Xtb *)engine)->fail_at = n;
}
