#include "dataset/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "engine/xtb.h"
#include "label/atom_energy.h"

enum { SHOWN = 160 };

bool sources_alike(const Source *a, const Source *b)
{
    return a->n_atoms == b->n_atoms &&
           memcmp(a->numbers, b->numbers, a->n_atoms * sizeof *a->numbers) == 0;
}

/// True if two systems are one molecule in one state, so that only what is around it differs.
static bool same_molecule(const Source *a, const Source *b)
{
    return strcmp(a->name, b->name) == 0 && sources_alike(a, b) && a->charge == b->charge &&
           a->multiplicity == b->multiplicity;
}

/// "in the gas phase", or "in water (alpb)".
static const char *surroundings(const Source *source, char text[SHOWN])
{
    if (source->solvent[0] == '\0')
        return "in the gas phase";
    snprintf(text, SHOWN, "in %s (%s)", source->solvent, source->solvation_model);
    return text;
}

/// Says where one molecule is there in several surroundings: geometries do not tell which energy is meant.
static void surroundings_tell(QmtContext *ctx, const Set *set)
{
    const Source *one = NULL, *other = NULL;
    size_t n = 0;
    for (size_t s = 1; s < set->n_systems; s++) {
        const Source *const a = set->systems[s - 1].first, *const b = set->systems[s].first;
        if (!same_molecule(a, b))
            continue;
        if (n++ == 0) {
            one = a;
            other = b;
        }
    }
    if (n == 0)
        return;
    char first[SHOWN], second[SHOWN];
    context_log(ctx, QMT_LOG_WARNING,
                "%.400s is %s and %.400s %s, of one molecule%s: a model that is not told the "
                "solvent cannot learn both; make a set of each",
                one->path, surroundings(one, first), other->path, surroundings(other, second),
                n > 1 ? ", and so are others" : "");
}

/// The name, or name_2, ... for another molecule or state of the same name.
static void label_make(const Set *set, size_t s)
{
    System *const system = &set->systems[s];
    size_t n_before = 0;
    for (size_t k = s; k > 0 && strcmp(set->systems[k - 1].first->name, system->first->name) == 0;
         k--)
        n_before++;
    if (n_before == 0)
        snprintf(system->label, sizeof system->label, "%s", system->first->name);
    else
        snprintf(system->label, sizeof system->label, "%.250s_%zu", system->first->name,
                 n_before + 1);
}

/// The label where it is a sensible name of a file; what was changed gets the number of the system behind it.
static void file_name_make(System *system, size_t s)
{
    bool changed = false;
    snprintf(system->file, sizeof system->file, "%s", system->label);
    for (char *at = system->file; *at != '\0'; at++)
        if (strchr("/\\*?[]\"'`$&;|<>() ", *at) != NULL || (unsigned char)*at < 0x20 ||
            (at == system->file && (*at == '.' || *at == '-'))) {
            *at = '_';
            changed = true;
        }
    const size_t n = strlen(system->file);
    if (changed)
        snprintf(system->file + n, sizeof system->file - n, "_%zu", s + 1);
}

static QmtStatus filled_check(QmtContext *ctx, const Set *set)
{
    for (int s = 0; s < N_SPLITS; s++)
        if (set->plan.fraction[s] > 0.0 && set->n_frames[s] == 0)
            return FAIL(ctx, QMT_ERR_USAGE,
                        "no frame is left for %s: the trajectories are too short, the windows too "
                        "narrow, or the gap between blocks too long",
                        split_name((Split)s));
    return QMT_OK;
}

QmtStatus set_systems_find(QmtContext *ctx, Set *set)
{
    set->systems = calloc(set->sources.n, sizeof *set->systems);
    if (set->systems == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu molecules", set->sources.n);
    set->properties = set->sources.items[0].properties;
    for (size_t i = 0; i < set->sources.n; i++) {
        Source *const source = &set->sources.items[i];
        set->properties &= source->properties;
        if (i == 0 || sources_compare(source, source - 1) != 0) {
            set->systems[set->n_systems++].first = source;
            label_make(set, set->n_systems - 1);
            file_name_make(&set->systems[set->n_systems - 1], set->n_systems - 1);
        }
        System *const system = &set->systems[set->n_systems - 1];
        system->n_sources++;
        source->system = set->n_systems - 1;
        for (int s = 0; s < N_SPLITS; s++) {
            system->n_frames[s] += source->n_chosen[s];
            set->n_frames[s] += source->n_chosen[s];
        }
    }
    surroundings_tell(ctx, set);
    return filled_check(ctx, set);
}

/// One atom alone.
static QmtStatus atom_compute(QmtContext *ctx, const Source *settings, int z, AtomEnergy *atom)
{
    QmtEngineOptions options = xtb_options_default();
    QmtAtomEnergy made;
    options.method = settings->method;
    options.electronic_temperature_k = settings->electronic_temperature_k;
    TRY(atom_energy(ctx, z, &options, &made));
    *atom = (AtomEnergy){.multiplicity = made.multiplicity, .hartree = made.energy};
    return QMT_OK;
}

QmtStatus set_atoms_compute(QmtContext *ctx, Set *set)
{
    for (size_t s = 0; s < set->n_systems; s++) {
        System *const system = &set->systems[s];
        const Source *const source = system->first;
        double hartree = 0.0;
        for (size_t a = 0; a < source->n_atoms; a++) {
            AtomEnergy *const atom = &set->atoms[source->numbers[a]];
            if (atom->multiplicity == 0) {
                TRY(atom_compute(ctx, source, source->numbers[a], atom));
                set->n_elements++;
            }
            hartree += atom->hartree;
        }
        system->atoms_energy_kjmol = hartree * KJMOL_PER_HARTREE;
    }
    return QMT_OK;
}

void set_release(Set *set)
{
    sources_release(&set->sources);
    free(set->systems);
    set->systems = NULL;
}
