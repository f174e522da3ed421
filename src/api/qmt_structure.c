// include/qmtraj/structure.h
#include "api/qmt_structure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "data/element.h"
#include "io/file.h"
#include "structure/atom_columns.h"
#include "structure/smiles_list.h"
#include "structure/structure_names.h"
#include "structure/structure_read.h"
#include "structure/xyz.h"

enum { READ_FIRST_SIZE = 24 };
_Static_assert(sizeof(QmtReadOptions) == READ_FIRST_SIZE, "it has not grown yet");
_Static_assert((int)QMT_NAMES_OF_FILE == (int)NAMES_OF_FILE &&
                   (int)QMT_NAMES_OF_FOLDER == (int)NAMES_OF_FOLDER,
               "one list of names");

void qmt_read_options_init(QmtReadOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    options->struct_size = struct_size;
}

static QmtStatus columns_take(QmtContext *ctx, const QmtReadOptions *options,
                              SmilesColumns *columns)
{
    QmtReadOptions own = qmt_read_options_default();
    if (options != NULL)
        TRY(struct_take(ctx, "QmtReadOptions", options, READ_FIRST_SIZE, &own, sizeof own));
    *columns = (SmilesColumns){.smiles = own.smiles_column, .name = own.name_column};
    return QMT_OK;
}

QmtStatus qmt_structures_create(QmtContext *ctx, QmtStructures **structures)
{
    NEEDS(ctx, structures != NULL, "structures: structures is NULL");
    QmtStructures *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a list of molecules");
    *structures = made;
    return QMT_OK;
}

void qmt_structures_destroy(QmtStructures **structures)
{
    if (structures == NULL || *structures == NULL)
        return;
    structures_release(&(*structures)->list);
    rejections_release(&(*structures)->rejected);
    free(*structures);
    *structures = NULL;
}

void qmt_structures_set_tolerant(QmtStructures *structures, int tolerant)
{
    if (structures != NULL)
        structures->list.rejected = tolerant ? &structures->rejected : NULL;
}

QmtRejection rejection_shown(const Rejection *rejection)
{
    return (QmtRejection){.source = rejection->source,
                          .name = rejection->name,
                          .reason = reject_reason_word(rejection->reason),
                          .sentence = rejection->sentence};
}

size_t qmt_structures_rejection_count(const QmtStructures *structures)
{
    return structures != NULL ? structures->rejected.n : 0;
}

QmtStatus qmt_structures_rejection(QmtContext *ctx, const QmtStructures *structures, size_t i,
                                   QmtRejection *rejection)
{
    NEEDS(ctx, structures != NULL && rejection != NULL,
          "structures: structures or rejection is NULL");
    NEEDS(ctx, i < structures->rejected.n, "structures: rejection %zu of %zu", i,
          structures->rejected.n);
    *rejection = rejection_shown(&structures->rejected.items[i]);
    return QMT_OK;
}

QmtStatus qmt_structures_read_xyz(QmtContext *ctx, QmtStructures *structures, const char *path)
{
    NEEDS(ctx, structures != NULL && path != NULL, "structures: structures or path is NULL");
    return xyz_read(ctx, path, &structures->list);
}

QmtStatus qmt_structures_read(QmtContext *ctx, QmtStructures *structures, const char *path,
                              const QmtReadOptions *options)
{
    SmilesColumns columns;
    NEEDS(ctx, structures != NULL && path != NULL, "structures: structures or path is NULL");
    TRY(columns_take(ctx, options, &columns));
    return structures_read(ctx, path, &columns, &structures->list);
}

QmtStatus qmt_structures_read_smiles(QmtContext *ctx, QmtStructures *structures, const char *path,
                                     const QmtReadOptions *options)
{
    SmilesColumns columns;
    NEEDS(ctx, structures != NULL && path != NULL, "structures: structures or path is NULL");
    TRY(columns_take(ctx, options, &columns));
    return smiles_read_table(ctx, path, &columns, &structures->list);
}

QmtStatus qmt_structures_add_word(QmtContext *ctx, QmtStructures *structures, const char *word)
{
    NEEDS(ctx, structures != NULL && word != NULL, "structures: structures or word is NULL");
    return smiles_read_word(ctx, word, &structures->list);
}

QmtStatus qmt_structures_name(QmtContext *ctx, QmtStructures *structures, QmtNames names)
{
    NEEDS(ctx, structures != NULL, "structures: structures is NULL");
    NEEDS(ctx, (int)names >= QMT_NAMES_APART && names <= QMT_NAMES_OF_FOLDER,
          "structures: %d is no QmtNames", (int)names);
    return structures_name_apart(ctx, &structures->list, (NamesFrom)names);
}

QmtStatus qmt_structures_add_smiles(QmtContext *ctx, QmtStructures *structures, const char *smiles,
                                    const char *name)
{
    NEEDS(ctx, structures != NULL && smiles != NULL && name != NULL,
          "structures: structures, smiles or name is NULL");
    const size_t room = strlen(smiles) + strlen(name) + 3;
    char *const line = malloc(room);
    if (line == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a SMILES of %zu bytes", room);
    const int n = snprintf(line, room, "%s %s\n", smiles, name);
    const QmtStatus status =
        smiles_read_memory(ctx, "molecule", line, (size_t)n, &structures->list);
    free(line);
    return status;
}

QmtStatus structure_atoms_check(QmtContext *ctx, const char *name, size_t n_atoms,
                                const int *numbers, const double *xyz)
{
    static const size_t atoms_max = 1000000;
    NEEDS(ctx, numbers != NULL && xyz != NULL, "structures: numbers or xyz is NULL");
    NEEDS(ctx, n_atoms >= 1 && n_atoms <= atoms_max, "structures: %zu atoms, 1 to %zu are possible",
          n_atoms, atoms_max);
    const char *const problem = structure_name_problem(name);
    if (problem != NULL)
        return FAIL(ctx, QMT_ERR_INPUT, "the name \"%.200s\" %s, but it is to become a folder",
                    name, problem);
    for (size_t a = 0; a < n_atoms; a++) {
        if (numbers[a] < 1 || numbers[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: atom %zu has atomic number %d, 1 to %d are possible", name, a + 1,
                        numbers[a], ELEMENT_MAX);
        for (int x = 0; x < 3; x++)
            if (!isfinite(xyz[3 * a + (size_t)x]))
                return FAIL(ctx, QMT_ERR_INPUT, "%s: atom %zu: a coordinate is not finite", name,
                            a + 1);
    }
    return QMT_OK;
}

QmtStatus qmt_structures_add_atoms(QmtContext *ctx, QmtStructures *structures, const char *name,
                                   size_t n_atoms, const int *numbers, const double *xyz)
{
    Structure made = {0};
    NEEDS(ctx, structures != NULL && name != NULL, "structures: structures or name is NULL");
    TRY(structure_atoms_check(ctx, name, n_atoms, numbers, xyz));
    TRY(structure_reserve(ctx, &made, n_atoms));
    snprintf(made.name, sizeof made.name, "%s", name);
    memcpy(made.numbers, numbers, n_atoms * sizeof *numbers);
    memcpy(made.xyz, xyz, n_atoms * sizeof *made.xyz);
    QmtStatus status = structure_set_source(ctx, &made, name);
    if (status == QMT_OK)
        status = structures_append(ctx, &structures->list, &made);
    structure_release(&made);
    return status;
}

QmtStatus structures_place_check(QmtContext *ctx, const QmtStructures *structures, size_t i)
{
    NEEDS(ctx, structures != NULL, "structures: structures is NULL");
    NEEDS(ctx, i < structures->list.n, "structures: molecule %zu of %zu", i, structures->list.n);
    return QMT_OK;
}

QmtStatus qmt_structures_set_charge(QmtContext *ctx, QmtStructures *structures, size_t i,
                                    int charge, int multiplicity)
{
    TRY(structures_place_check(ctx, structures, i));
    NEEDS(ctx, multiplicity >= 1, "structures: multiplicity %d, at least 1 is expected",
          multiplicity);
    Structure *const structure = &structures->list.items[i];
    structure->has_charge = structure->has_multiplicity = true;
    structure->charge = charge;
    structure->multiplicity = multiplicity;
    snprintf(structure->charge_source, sizeof structure->charge_source, "the caller");
    snprintf(structure->multiplicity_source, sizeof structure->multiplicity_source, "the caller");
    return QMT_OK;
}

QmtStatus qmt_structures_set_masses(QmtContext *ctx, QmtStructures *structures, size_t i,
                                    const double *masses)
{
    TRY(structures_place_check(ctx, structures, i));
    NEEDS(ctx, masses != NULL, "structures: masses is NULL");
    Structure *const structure = &structures->list.items[i];
    Structure heavy = *structure; // shares all but the isotopes, which come over when all are known
    ReaderNotes notes = {.ctx = ctx, .path = structure->name};
    QmtStatus status = QMT_OK;
    heavy.isotopes = NULL;
    for (size_t a = 0; structure->isotopes != NULL && a < heavy.n_atoms && status == QMT_OK; a++)
        status = structure_set_isotope(ctx, &heavy, a, structure->isotopes[a]);
    for (size_t a = 0; a < heavy.n_atoms && status == QMT_OK; a++)
        status = atom_mass_take(ctx, heavy.name, masses[a], a, &notes, &heavy);
    if (status != QMT_OK) {
        free(heavy.isotopes);
        return status;
    }
    free(structure->isotopes);
    structure->isotopes = heavy.isotopes;
    reader_notes_end(&notes);
    return QMT_OK;
}

size_t qmt_structures_count(const QmtStructures *structures)
{
    return structures != NULL ? structures->list.n : 0;
}

QmtStatus qmt_structures_get(QmtContext *ctx, const QmtStructures *structures, size_t i,
                             QmtStructure *structure)
{
    TRY(structures_place_check(ctx, structures, i));
    NEEDS(ctx, structure != NULL, "structures: structure is NULL");
    const Structure *item = &structures->list.items[i];
    *structure = (QmtStructure){.name = item->name,
                                .source = item->source,
                                .smiles = item->smiles,
                                .n_atoms = item->n_atoms,
                                .numbers = item->numbers,
                                .xyz = item->n_atoms > 0 ? &item->xyz[0][0] : NULL,
                                .has_charge = item->has_charge,
                                .has_multiplicity = item->has_multiplicity,
                                .charge = item->charge,
                                .multiplicity = item->multiplicity};
    return QMT_OK;
}

QmtStatus qmt_structures_write_xyz(QmtContext *ctx, const QmtStructures *structures,
                                   const char *path)
{
    char *text = NULL;
    QmtStatus status = QMT_OK;
    NEEDS(ctx, structures != NULL && path != NULL, "structures: structures or path is NULL");
    NEEDS(ctx, structures->list.n > 0, "structures: there is not a molecule to write");
    for (size_t i = 0; i < structures->list.n && status == QMT_OK; i++) {
        const Structure *item = &structures->list.items[i];
        status = item->n_atoms > 0 ? xyz_format(ctx, item, &text)
                                   : FAIL(ctx, QMT_ERR_INPUT, "%s: has no atoms yet", item->name);
    }
    if (status == QMT_OK)
        status = file_write_whole(ctx, path, text, strlen(text));
    free(text);
    return status;
}
