// include/qmtraj/engine.h
#include "api/qmt_engine.h"

#include <stddef.h>
#include <stdlib.h>

#include "api/argument.h"
#include "data/element.h"
#include "engine/callback.h"
#include "engine/xtb.h"
#include "io/zip.h"

/// More cannot be addressed by the integers of LAPACK, long before memory ends.
static const size_t ATOMS_MAX = 1000000;

/// Sizes of the first versions.
enum { RESULT_FIRST_SIZE = 72, REPORT_FIRST_SIZE = 40 };
_Static_assert(offsetof(QmtEngineOptions, cores) == ENGINE_OPTIONS_FIRST_SIZE,
               "cores came after the first version");
_Static_assert((int)QMT_SCF_FOLLOW == SCF_FOLLOW && (int)QMT_SCF_CROSSED == SCF_CROSSED &&
                   (int)QMT_SCF_HIGHER == SCF_NOT_LEAST,
               "the same numbers inside");
_Static_assert(sizeof(QmtResult) == RESULT_FIRST_SIZE, "it has not grown yet");
_Static_assert(sizeof(QmtReport) == REPORT_FIRST_SIZE, "it has not grown yet");

void qmt_engine_options_init(QmtEngineOptions *options, size_t struct_size)
{
    const QmtEngineOptions initial = xtb_options_default();
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &initial, struct_size < sizeof initial ? struct_size : sizeof initial);
    options->struct_size = struct_size;
}

/// A wrapper without its engine.
static QmtStatus wrapper_create(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                QmtEngine **engine)
{
    if (n_atoms == 0)
        return FAIL(ctx, QMT_ERR_INPUT, "the molecule has no atoms");
    if (n_atoms > ATOMS_MAX)
        return FAIL(ctx, QMT_ERR_ARGUMENT, "%zu atoms: at most %zu are possible", n_atoms,
                    ATOMS_MAX);
    for (size_t a = 0; a < n_atoms; a++)
        if (numbers[a] < 1 || numbers[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "atom %zu has atomic number %d; 1 (H) to %d (%s) are possible", a + 1,
                        numbers[a], ELEMENT_MAX, element_symbol(ELEMENT_MAX));
    QmtEngine *const made = calloc(1, sizeof *made + n_atoms * sizeof made->numbers[0]);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for an engine of %zu atoms", n_atoms);
    memcpy(made->numbers, numbers, n_atoms * sizeof *numbers);
    *engine = made;
    return QMT_OK;
}

static uint32_t text_add(uint32_t crc, const char *text)
{
    return text != NULL ? zip_crc(crc, text, strlen(text) + 1) : zip_crc(crc, "\1", 2);
}

/// Checksum of the options that decide numbers, which all do but the number of cores, and of the order of the atoms that
/// came of the start.
static uint32_t kind_of(const QmtEngineOptions *o, const Engine *engine)
{
    _Static_assert(offsetof(QmtEngineOptions, start) + sizeof o->start == sizeof *o,
                   "a new option decides numbers, too, or not");
    const double reals[] = {o->electronic_temperature_k, o->scf_tolerance};
    const int wholes[] = {o->charge, o->unpaired, o->scf_max_iterations, o->fermi_stop_reference,
                          o->scf_state};
    const size_t *const order = xtb_atom_order(engine);
    uint32_t crc = zip_crc(0, reals, sizeof reals);
    crc = zip_crc(crc, wholes, sizeof wholes);
    crc = text_add(crc, o->method);
    crc = text_add(crc, o->solvent);
    if (o->solvent != NULL) {
        crc = text_add(crc, o->solvation_model);
        crc = text_add(crc, o->solvation_state);
        crc = text_add(crc, o->solvation_grid);
    }
    return order != NULL ? zip_crc(crc, order, engine->n_atoms * sizeof *order) : crc;
}

QmtStatus qmt_engine_create(QmtContext *ctx, size_t n_atoms, const int *numbers,
                            const QmtEngineOptions *options, QmtEngine **engine)
{
    QmtEngineOptions own = xtb_options_default();
    QmtEngine *made = NULL;
    NEEDS(ctx, numbers != NULL && engine != NULL, "engine: numbers or engine is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtEngineOptions", options, ENGINE_OPTIONS_FIRST_SIZE, &own,
                        sizeof own));
    NEEDS(ctx, own.method != NULL, "engine: options.method is NULL; GFN2-xTB is the default");
    NEEDS(ctx,
          own.solvent == NULL || (own.solvation_model != NULL && own.solvation_state != NULL &&
                                  own.solvation_grid != NULL),
          "engine: a solvent without solvation_model, solvation_state or solvation_grid");
    NEEDS(ctx, own.scf_state == QMT_SCF_LOWEST || own.scf_state == QMT_SCF_FOLLOW,
          "engine: scf_state is neither QMT_SCF_LOWEST nor QMT_SCF_FOLLOW");
    NEEDS(ctx, own.unpaired >= -1, "engine: unpaired is %d; -1 is 0 or 1 by parity", own.unpaired);
    TRY(wrapper_create(ctx, n_atoms, numbers, &made));
    made->is_xtb = true;
    const QmtStatus status = xtb_create(ctx, n_atoms, numbers, &own, &made->engine);
    if (status != QMT_OK) {
        free(made);
        return status;
    }
    made->kind = kind_of(&own, made->engine);
    *engine = made;
    return QMT_OK;
}

QmtStatus qmt_engine_from_callback(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                   QmtForceFunction function, void *user, QmtEngine **engine)
{
    QmtEngine *made = NULL;
    NEEDS(ctx, numbers != NULL && function != NULL && engine != NULL,
          "engine: numbers, function or engine is NULL");
    TRY(wrapper_create(ctx, n_atoms, numbers, &made));
    const QmtStatus status = callback_engine_create(ctx, n_atoms, function, user, &made->engine);
    if (status != QMT_OK) {
        free(made);
        return status;
    }
    *engine = made;
    return QMT_OK;
}

void qmt_engine_destroy(QmtEngine **engine)
{
    if (engine == NULL || *engine == NULL)
        return;
    engine_destroy(&(*engine)->engine);
    free(*engine);
    *engine = NULL;
}

size_t qmt_engine_n_atoms(const QmtEngine *engine)
{
    return engine != NULL ? engine->engine->n_atoms : 0;
}

/// What only GFN-xTB can say.
static QmtStatus result_check(QmtContext *ctx, const QmtEngine *engine, const QmtResult *result)
{
    const unsigned known = (unsigned)ALL_PROPERTIES;
    NEEDS(ctx, result->virial == NULL, "engine: there is no virial yet; leave it NULL");
    NEEDS(ctx, (result->property_set & ~known) == 0,
          "engine: property_set has bits that are no property; qmt_property_name() lists them");
    NEEDS(ctx, result->properties == NULL || result->property_set != 0,
          "engine: properties without a property_set");
    NEEDS(ctx, result->properties != NULL || result->property_set == 0,
          "engine: a property_set without properties");
    NEEDS(ctx,
          engine->is_xtb ||
              (result->charges == NULL && result->dipole == NULL && result->properties == NULL),
          "engine: a force function has no charges, dipole or properties; leave them NULL");
    return QMT_OK;
}

static QmtReport report_of(const EngineReport *report)
{
    QmtReport made = qmt_report_empty();
    made.scf_residual = report->scf_residual;
    made.scf_iterations = report->scf_iterations;
    made.recovery = report->recovery;
    made.diagonalisations = report->diagonalisations;
    made.checked = report->checked;
    made.check_failed = report->check_failed;
    made.scf_change = (int)report->change;
    return made;
}

QmtStatus qmt_engine_evaluate(QmtContext *ctx, QmtEngine *engine, const double *xyz,
                              const double *lattice, const QmtResult *result)
{
    QmtResult own = qmt_result_empty();
    QmtReport room = qmt_report_empty();
    EngineReport report = {0};
    NEEDS(ctx, engine != NULL && xyz != NULL && result != NULL,
          "engine: engine, xyz or result is NULL");
    NEEDS(ctx, lattice == NULL, "engine: there are no periodic cells yet; lattice is to be NULL");
    TRY(struct_take(ctx, "QmtResult", result, RESULT_FIRST_SIZE, &own, sizeof own));
    TRY(result_check(ctx, engine, &own));
    // The size of the report is looked at before anything is computed.
    if (own.report != NULL)
        TRY(struct_take(ctx, "QmtReport", own.report, REPORT_FIRST_SIZE, &room, sizeof room));
    const EngineResult inner = {.energy = own.energy,
                                .gradient = (double(*)[3])own.gradient,
                                .charges = own.charges,
                                .dipole = own.dipole,
                                .properties = own.properties,
                                .property_set = own.property_set,
                                .report = &report};
    TRY(engine_evaluate(ctx, engine->engine, (const double(*)[3])xyz, &inner));
    if (own.report == NULL)
        return QMT_OK;
    room = report_of(&report);
    return struct_give(ctx, "QmtReport", &room, sizeof room, REPORT_FIRST_SIZE, own.report);
}

void qmt_engine_forget(QmtEngine *engine)
{
    if (engine != NULL)
        engine_forget(engine->engine);
}

size_t qmt_engine_terms(const QmtEngine *engine, QmtTerm *terms, size_t room)
{
    EnergyTerm made[ENERGY_TERMS_MAX];
    if (engine == NULL || !engine->is_xtb)
        return 0;
    const size_t n = xtb_energy_terms(engine->engine, made);
    for (size_t t = 0; terms != NULL && t < n && t < room; t++)
        terms[t] = (QmtTerm){.name = made[t].name, .energy = made[t].energy};
    return n;
}

QmtStatus qmt_property(QmtContext *ctx, size_t p, QmtProperty *property)
{
    NEEDS(ctx, property != NULL, "engine: property is NULL");
    NEEDS(ctx, p < N_PROPERTIES, "engine: property %zu of %d", p, (int)N_PROPERTIES);
    *property = (QmtProperty){.name = property_name((Property)p),
                              .title = PROPERTIES[p].title,
                              .unit = PROPERTIES[p].au,
                              .axes = PROPERTIES[p].axes};
    return QMT_OK;
}

size_t qmt_property_count(void)
{
    return N_PROPERTIES;
}

const char *qmt_property_name(size_t p)
{
    return p < N_PROPERTIES ? property_name((Property)p) : NULL;
}

size_t qmt_property_size(size_t p, size_t n_atoms)
{
    return p < N_PROPERTIES ? property_size((Property)p, n_atoms) : 0;
}

size_t qmt_properties_size(unsigned property_set, size_t n_atoms)
{
    return properties_size(property_set & (unsigned)ALL_PROPERTIES, n_atoms);
}

const char *qmt_element_symbol(int number)
{
    return element_symbol(number);
}

double qmt_element_mass(int number)
{
    return number >= 1 && number <= ELEMENT_MAX ? element_mass_da(number) : 0.0;
}
