#include "structure/smiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "data/element.h"
#include "structure/smiles_rdkit.h"
#include "structure/smiles_state.h"

#ifdef QMTRAJ_HAVE_RDKIT

enum { EMBED_SEED = 42, SMILES_LENGTH_MAX = 4000 };

bool smiles_can_embed(void)
{
    return true;
}

static void made_release(RdkitMolecule *made)
{
    free(made->numbers);
    free(made->xyz);
    free(made->isotopes);
    free(made->bonds);
}

void smiles_prepare(void)
{
    RdkitMolecule made = {0};
    char reason[400];
    // butane: the smallest molecule that has a torsion
    if (smiles_rdkit_embed("CCCC", EMBED_SEED, NULL, 0, &made, reason, sizeof reason) == RDKIT_OK)
        made_release(&made);
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
    for (size_t a = 0; a < made->n_atoms; a++)
        if (made->numbers[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: the SMILES \"%.200s\" holds element %d; 1 (H) to %d "
                        "(%s) can be computed",
                        s->source, s->smiles, made->numbers[a], ELEMENT_MAX,
                        element_symbol(ELEMENT_MAX));
    TRY(structure_reserve(ctx, s, made->n_atoms));
    TRY(structure_set_bonds(ctx, s, made->n_bonds, (const int(*)[2])made->bonds));
    for (size_t a = 0; a < made->n_atoms; a++) {
        s->numbers[a] = made->numbers[a];
        for (int x = 0; x < 3; x++)
            s->xyz[a][x] = made->known ? known->xyz[a][x] : made->xyz[a][x] * BOHR_PER_ANGSTROM;
        if (made->isotopes[a] == 0)
            continue;
        if (isotope_mass_da(made->numbers[a], made->isotopes[a]) == 0.0)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: the SMILES \"%.200s\" holds %d%s, whose mass is not known", s->source,
                        s->smiles, made->isotopes[a], element_symbol(made->numbers[a]));
        TRY(structure_set_isotope(ctx, s, a, made->isotopes[a]));
    }
    if (!made->force_field && made->n_atoms > 1)
        context_log(ctx, QMT_LOG_INFO,
                    "%s: MMFF94 does not know all atoms of \"%.200s\"; the first "
                    "geometry is that of ETKDGv3",
                    s->source, s->smiles);
    return smiles_state_settle(ctx, s, made->charge, made->radicals, made->radicals_most);
}

/// RDKit's table of valences lacks atoms that exist, as in ClF3 and SiF6 2-.
static const char *valence_advice(const char *reason)
{
    return strncmp(reason, "Explicit valence", strlen("Explicit valence")) == 0
               ? "; if this is meant, give an XYZ file"
               : "";
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
        return FAIL(ctx, QMT_ERR_INPUT, "%s: the SMILES \"%.200s\" is not a molecule: %s%s",
                    s->source, s->smiles, reason, valence_advice(reason));
    case RDKIT_NO_GEOMETRY:
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: no geometry for the SMILES \"%.200s\": %s; give an XYZ "
                    "file",
                    s->source, s->smiles, reason);
    case RDKIT_NO_MEMORY:
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to embed \"%.200s\"", s->source, s->smiles);
    }
    const QmtStatus status = take(ctx, &made, known, s);
    made_release(&made);
    if (status != QMT_OK) {
        free(s->numbers);
        free(s->xyz);
        free(s->isotopes);
        free(s->bonds);
        s->numbers = s->isotopes = NULL;
        s->xyz = NULL;
        s->n_atoms = s->n_bonds = 0;
        s->bonds = NULL;
    }
    return status;
}

QmtStatus smiles_embed_seed(QmtContext *ctx, const Structure *s, size_t i, double (*xyz)[3])
{
    enum { APART = 100 }; // seeds that one embedding may try
    RdkitMolecule made = {0};
    char reason[400] = "";
    const int seed = EMBED_SEED + APART * (int)i;
    const RdkitResult result =
        smiles_rdkit_embed(s->smiles, seed, NULL, 0, &made, reason, sizeof reason);
    if (result == RDKIT_NO_MEMORY)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to embed \"%.200s\"", s->source, s->smiles);
    if (result != RDKIT_OK || made.n_atoms != s->n_atoms) {
        made_release(&made);
        return FAIL(ctx, QMT_ERR_INPUT, "%s: no geometry for the SMILES \"%.200s\": %s", s->source,
                    s->smiles, reason);
    }
    for (size_t a = 0; a < s->n_atoms; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] = made.xyz[a][x] * BOHR_PER_ANGSTROM;
    made_release(&made);
    return QMT_OK;
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
        return FAIL(ctx, QMT_ERR_INPUT, "the SMILES \"%.200s\" is not a molecule: %s%s", smiles,
                    reason, valence_advice(reason));
    *numbers = made.numbers;
    *n = made.n_atoms;
    return QMT_OK;
}

#else

bool smiles_can_embed(void)
{
    return false;
}

void smiles_prepare(void)
{
}

QmtStatus smiles_atoms(QmtContext *ctx, const char *smiles, int **numbers, size_t *n)
{
    (void)numbers;
    (void)n;
    return FAIL(ctx, QMT_ERR_INPUT, "\"%.200s\": this qmtraj was built without RDKit", smiles);
}

QmtStatus smiles_embed_seed(QmtContext *ctx, const Structure *s, size_t i, double (*xyz)[3])
{
    (void)i, (void)xyz;
    return FAIL(ctx, QMT_ERR_INPUT, "%s: this qmtraj was built without RDKit", s->source);
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
