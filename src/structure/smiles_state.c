#include "structure/smiles_state.h"

#include <stdio.h>
#include <string.h>

#include "data/element.h"

/// Ground states of AH and AH2 whose central atom has more than one unpaired electron by its valence. Spectroscopic:
/// Huber, Herzberg, Molecular Spectra and Molecular Structure IV (1979); CH2: Bunker, Jensen, J. Chem. Phys. 79,
/// 1224 (1983), 10.1063/1.445927; SiH2: Berkowitz et al., J. Chem. Phys. 86, 1235 (1987), 10.1063/1.452213.
static const struct {
    int z, n_hydrogen, charge, multiplicity;
} HYDRIDES[] = {
    {5, 1, 0, 1},  {13, 1, 0, 1}, {6, 1, 0, 2},  {14, 1, 0, 2},  {32, 1, 0, 2}, {6, 2, 0, 3},
    {14, 2, 0, 1}, {32, 2, 0, 1}, {7, 1, 0, 3},  {15, 1, 0, 3},  {7, 2, 1, 3},  {8, 1, 1, 3},
    {16, 1, 1, 3}, {5, 2, -1, 3}, {6, 1, -1, 3}, {14, 1, -1, 3},
};

/// The known multiplicity of AH or AH2; 0: it is none of these.
static int hydride_multiplicity(const Structure *s, int charge)
{
    int centre = 0, n_hydrogen = 0;
    for (size_t a = 0; a < s->n_atoms; a++) {
        if (s->numbers[a] == 1)
            n_hydrogen++;
        else if (centre == 0)
            centre = s->numbers[a];
        else
            return 0;
    }
    for (size_t i = 0; i < sizeof HYDRIDES / sizeof *HYDRIDES; i++)
        if (HYDRIDES[i].z == centre && HYDRIDES[i].n_hydrogen == n_hydrogen &&
            HYDRIDES[i].charge == charge)
            return HYDRIDES[i].multiplicity;
    return 0;
}

/// Elements with d electrons that a SMILES does not tell.
static bool has_transition_metal(const Structure *s)
{
    for (size_t a = 0; a < s->n_atoms; a++) {
        const int z = s->numbers[a];
        if ((z >= 21 && z <= 29) || (z >= 39 && z <= 47) || (z >= 57 && z <= 79))
            return true;
    }
    return false;
}

static void multiplicity_set(Structure *s, int multiplicity, const char *source)
{
    s->has_multiplicity = s->multiplicity_assumed = true;
    s->multiplicity = multiplicity;
    snprintf(s->multiplicity_source, sizeof s->multiplicity_source, "%s", source);
}

static QmtStatus multiplicity_ask(QmtContext *ctx, Structure *s, const char *what)
{
    char sentence[600];
    snprintf(
        sentence, sizeof sentence,
        "%.200s: the SMILES \"%.120s\" %s; give its multiplicity (unpaired electrons + 1) in a "
        "third column of the list, or in the configuration",
        s->source, s->smiles, what);
    s->multiplicity_assumed = true;
    return structure_set_unclear(ctx, s, false, true, sentence);
}

static QmtStatus atom_settle(QmtContext *ctx, Structure *s, int charge)
{
    const int ground = atom_ground_multiplicity(s->numbers[0], charge);
    if (ground == 0)
        return multiplicity_ask(ctx, s, "is an atom or ion whose ground state is not in the table");
    multiplicity_set(s, ground, "ground state of the atom");
    if (ground > 1)
        context_log(ctx, QMT_LOG_INFO,
                    "%s: the atom \"%.40s\" gets multiplicity %d, its ground state", s->source,
                    s->smiles, ground);
    return QMT_OK;
}

QmtStatus smiles_state_settle(QmtContext *ctx, Structure *s, int charge, int radicals,
                              int radicals_most)
{
    if (s->has_charge && s->charge != charge)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: charge %d by the %s, but the SMILES \"%.120s\" has charge %d; correct one",
                    s->source, s->charge, s->charge_source, s->smiles, charge);
    s->has_charge = true;
    s->charge = charge;
    strcpy(s->charge_source, "SMILES");
    if (s->has_multiplicity)
        return QMT_OK;
    if (s->n_atoms == 1)
        return atom_settle(ctx, s, charge);
    if (radicals_most > 1) {
        const int known = hydride_multiplicity(s, charge);
        if (known == 0)
            return multiplicity_ask(ctx, s, "leaves several electrons unpaired on one atom");
        multiplicity_set(s, known, "ground state of the molecule");
        context_log(ctx, QMT_LOG_INFO, "%s: \"%.40s\" gets multiplicity %d, its ground state",
                    s->source, s->smiles, known);
        return QMT_OK;
    }
    multiplicity_set(s, radicals + 1, "SMILES");
    if (radicals > 1)
        context_log(
            ctx, QMT_LOG_INFO,
            "%s: %d unpaired electrons on different atoms are taken as parallel, multiplicity "
            "%d",
            s->source, radicals, radicals + 1);
    if (has_transition_metal(s))
        context_log(ctx, QMT_LOG_INFO,
                    "%s: a SMILES does not tell the spin of a transition metal; multiplicity %d by "
                    "valence is taken, another one goes into a third column of the list",
                    s->source, radicals + 1);
    return QMT_OK;
}
