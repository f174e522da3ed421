#include "io/smiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "data/element.h"
#include "io/smiles_rdkit.h"
#include "io/text.h"

/// One line of the file; column counts bytes from 1.
static QmtStatus read_line(QmtContext *ctx, const char *path, size_t number, char *line,
                           StructureList *list)
{
    char *words[3];
    const size_t n_words = text_split(line, words, 3);
    if (n_words == 0 || words[0][0] == '#')
        return QMT_OK;
    if (n_words == 1 || words[1][0] == '#')
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s:%zu:%zu: no name after the SMILES \"%.80s\"; write "
                    "\"SMILES name\"",
                    path, number, (size_t)(words[0] - line) + strlen(words[0]) + 1, words[0]);
    const size_t name_column = (size_t)(words[1] - line) + 1;
    if (n_words > 2 && words[2][0] != '#')
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s:%zu:%zu: \"%.40s\" follows the name \"%.80s\"; names have "
                    "no blanks, and comments begin with #",
                    path, number, (size_t)(words[2] - line) + 1, words[2], words[1]);
    for (const char *at = words[0]; *at != '\0'; at++)
        if ((unsigned char)*at < 0x21 || (unsigned char)*at > 0x7E || *at == '"')
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s:%zu:%zu: a byte 0x%02x in the SMILES \"%.80s\"; only "
                        "ASCII without quotes is possible",
                        path, number, (size_t)(at - line) + 1, (unsigned)(unsigned char)*at,
                        words[0]);
    const char *problem = structure_name_problem(words[1]);
    if (problem != NULL)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s:%zu:%zu: the name \"%.220s\" %s, but it is to become a "
                    "folder; choose another one",
                    path, number, name_column, words[1], problem);

    Structure s = {0};
    strcpy(s.name, words[1]);
    snprintf(s.source, sizeof s.source, "%.460s:%zu:%zu", path, number,
             (size_t)(words[0] - line) + 1);
    QmtStatus status = structure_set_smiles(ctx, &s, words[0]);
    if (status == QMT_OK)
        status = structures_append(ctx, list, &s);
    structure_release(&s);
    return status;
}

static QmtStatus read_text(QmtContext *ctx, const char *path, Text *text, StructureList *list)
{
    const size_t before = list->n, rejected = list->rejected != NULL ? list->rejected->n : 0;
    QmtStatus status = QMT_OK;
    for (size_t l = 0; l < text->n_lines && status == QMT_OK; l++) {
        char place[STRUCTURE_SOURCE_SIZE];
        snprintf(place, sizeof place, "%.460s:%zu", path, l + 1);
        status = read_line(ctx, path, l + 1, text->line[l], list);
        status = rejection_take(ctx, list->rejected, place, NULL, REJECT_FORMAT, status);
    }
    if (status == QMT_OK && list->n == before &&
        (list->rejected == NULL || list->rejected->n == rejected))
        status = FAIL(ctx, QMT_ERR_FORMAT,
                      "%s: no molecule in the file; write lines \"SMILES name\"", path);
    if (status != QMT_OK)
        structures_truncate(list, before);
    text_release(text);
    return status;
}

QmtStatus smiles_read(QmtContext *ctx, const char *path, StructureList *list)
{
    Text text;
    TRY(text_read(ctx, path, SMILES_SIZE_LIMIT, &text));
    return read_text(ctx, path, &text, list);
}

QmtStatus smiles_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                             StructureList *list)
{
    Text text;
    TRY(text_from_memory(ctx, path, data, n, &text));
    return read_text(ctx, path, &text, list);
}

#ifdef QMTRAJ_HAVE_RDKIT

enum { EMBED_SEED = 42, SMILES_LENGTH_MAX = 4000 };

bool smiles_can_embed(void)
{
    return true;
}

/// Moves what RDKit made into the structure, if it is a molecule that can be computed.
///
/// @param known  whose geometry it is if made has none
static QmtStatus take(QmtContext *ctx, const RdkitMolecule *made, const Structure *known,
                      Structure *s)
{
    if (made->fragments > 1)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: the SMILES \"%.200s\" holds %d separate molecules, whose "
                    "places to each other it does not tell; give an XYZ file",
                    s->source, s->smiles, made->fragments);
    if (made->isotopes > 0)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: the SMILES \"%.200s\" holds isotopes, but all masses are "
                    "the standard atomic weights; write it without mass numbers",
                    s->source, s->smiles);
    for (size_t a = 0; a < made->n_atoms; a++)
        if (made->numbers[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: the SMILES \"%.200s\" holds element %d; 1 (H) to %d "
                        "(%s) can be computed",
                        s->source, s->smiles, made->numbers[a], ELEMENT_MAX,
                        element_symbol(ELEMENT_MAX));
    TRY(structure_reserve(ctx, s, made->n_atoms));
    for (size_t a = 0; a < made->n_atoms; a++) {
        s->numbers[a] = made->numbers[a];
        for (int x = 0; x < 3; x++)
            s->xyz[a][x] = made->known ? known->xyz[a][x] : made->xyz[a][x] * BOHR_PER_ANGSTROM;
    }
    s->has_charge = s->has_multiplicity = true;
    s->charge = made->charge;
    s->multiplicity = made->radicals + 1;
    s->multiplicity_assumed = true;
    strcpy(s->charge_source, "SMILES");
    strcpy(s->multiplicity_source, "SMILES");
    if (!made->force_field)
        context_log(ctx, QMT_LOG_INFO,
                    "%s: MMFF94 does not know all atoms of \"%.200s\"; the first "
                    "geometry is that of ETKDGv3",
                    s->source, s->smiles);
    return QMT_OK;
}

QmtStatus smiles_embed_known(QmtContext *ctx, const Structure *known, Structure *s)
{
    // The parser of RDKit is recursive in places: an absurd length would end the program.
    if (strlen(s->smiles) > SMILES_LENGTH_MAX)
        return FAIL(ctx, QMT_ERR_INPUT, "%s: a SMILES of %zu bytes, %d are possible", s->source,
                    strlen(s->smiles), SMILES_LENGTH_MAX);
    RdkitMolecule made = {0};
    char reason[400] = "";
    switch (smiles_rdkit_embed(s->smiles, EMBED_SEED, known != NULL ? known->numbers : NULL,
                               known != NULL ? known->n_atoms : 0, &made, reason, sizeof reason)) {
    case RDKIT_OK:
        break;
    case RDKIT_NO_MOLECULE:
        return FAIL(ctx, QMT_ERR_INPUT, "%s: the SMILES \"%.200s\" is no molecule: %s", s->source,
                    s->smiles, reason);
    case RDKIT_NO_GEOMETRY:
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: no geometry for the SMILES \"%.200s\": %s; give an XYZ "
                    "file",
                    s->source, s->smiles, reason);
    case RDKIT_NO_MEMORY:
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to embed \"%.200s\"", s->source, s->smiles);
    }
    const QmtStatus status = take(ctx, &made, known, s);
    free(made.numbers);
    free(made.xyz);
    return status;
}

QmtStatus smiles_atoms(QmtContext *ctx, const char *smiles, int **numbers, size_t *n)
{
    RdkitMolecule made = {0};
    char reason[400] = "";
    if (strlen(smiles) > SMILES_LENGTH_MAX)
        return FAIL(ctx, QMT_ERR_INPUT, "a SMILES of %zu bytes, %d are possible", strlen(smiles),
                    SMILES_LENGTH_MAX);
    const RdkitResult result = smiles_rdkit_atoms(smiles, &made, reason, sizeof reason);
    if (result == RDKIT_NO_MEMORY)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for \"%.200s\"", smiles);
    if (result != RDKIT_OK)
        return FAIL(ctx, QMT_ERR_INPUT, "the SMILES \"%.200s\" is no molecule: %s", smiles, reason);
    *numbers = made.numbers;
    *n = made.n_atoms;
    return QMT_OK;
}

#else

bool smiles_can_embed(void)
{
    return false;
}

QmtStatus smiles_atoms(QmtContext *ctx, const char *smiles, int **numbers, size_t *n)
{
    (void)numbers;
    (void)n;
    return FAIL(ctx, QMT_ERR_INPUT, "\"%.200s\": this qmtraj was built without RDKit", smiles);
}

QmtStatus smiles_embed_known(QmtContext *ctx, const Structure *known, Structure *s)
{
    (void)known;
    return FAIL(ctx, QMT_ERR_INPUT,
                "%s: this qmtraj was built without RDKit and cannot make atoms from "
                "the SMILES \"%.200s\"; install librdkit-dev and build again, or give an XYZ file",
                s->source, s->smiles);
}

#endif

QmtStatus smiles_embed(QmtContext *ctx, Structure *s)
{
    return smiles_embed_known(ctx, NULL, s);
}
