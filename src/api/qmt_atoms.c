// include/qmtraj/atoms.h
#include "qmtraj/atoms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "api/qmt_config.h"
#include "data/element.h"
#include "data/method.h"
#include "label/atom_energy.h"
#include "label/atom_format.h"
#include "run/run.h"

int qmt_atom_multiplicity(int number)
{
    return atom_valence_multiplicity(number);
}

int qmt_element_number(const char *symbol)
{
    return symbol != NULL ? element_number(symbol) : 0;
}

static Config config_of(const QmtConfig *config)
{
    return config != NULL ? config->values : config_default();
}

QmtStatus qmt_atom_energies(QmtContext *ctx, const QmtConfig *config, size_t n, const int *numbers,
                            QmtAtomEnergy *energies)
{
    NEEDS(ctx, n > 0 && numbers != NULL && energies != NULL,
          "atoms: no atoms, or numbers or energies is NULL");
    const RunSpec spec = {.config = config_of(config)};
    const QmtEngineOptions options = run_engine_options(&spec);
    QmtAtomEnergy *const made = malloc(n * sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", n);
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < n && status == QMT_OK; i++)
        status = atom_energy(ctx, numbers[i], &options, &made[i]);
    if (status == QMT_OK)
        memcpy(energies, made, n * sizeof *made);
    free(made);
    return status;
}

const char *qmt_atom_format_name(size_t i)
{
    return i < N_ATOM_FORMATS ? ATOM_FORMATS[i].name : NULL;
}

const char *qmt_atom_format_help(size_t i)
{
    return i < N_ATOM_FORMATS ? ATOM_FORMATS[i].help : NULL;
}

QmtStatus qmt_atom_energies_text(QmtContext *ctx, const QmtConfig *config, const char *format,
                                 size_t n, const QmtAtomEnergy *energies, char **text)
{
    NEEDS(ctx, n > 0 && format != NULL && energies != NULL && text != NULL,
          "atoms: no atoms, or format, energies or text is NULL");
    for (size_t i = 0; i < n; i++)
        if (energies[i].number < 1 || energies[i].number > ELEMENT_MAX ||
            !isfinite(energies[i].energy))
            return FAIL(ctx, QMT_ERR_INPUT,
                        "atoms: %zu has atomic number %d and an energy of %g hartree; 1 to %d and "
                        "finite ones are possible",
                        i + 1, energies[i].number, energies[i].energy, ELEMENT_MAX);
    const Config values = config_of(config);
    const AtomTable table = {.method = method_name((size_t)values.method),
                             .electronic_temperature_k = values.electronic_temperature_k,
                             .n = n,
                             .atoms = energies};
    for (size_t i = 0; i < N_ATOM_FORMATS; i++)
        if (strcmp(format, ATOM_FORMATS[i].name) == 0)
            return atom_format_text(ctx, &ATOM_FORMATS[i], &table, text);
    return FAIL(ctx, QMT_ERR_USAGE, "%.60s: energies of atoms have no such form", format);
}
