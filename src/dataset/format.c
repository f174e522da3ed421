#include "dataset/format.h"

#include <string.h>

#include "base/units.h"

const SetFormat *const SET_FORMATS[] = {&FORMAT_MACE,
                                        &FORMAT_NEQUIP,
                                        &FORMAT_SEVENNET,
                                        &FORMAT_ORB,
                                        &FORMAT_FAIRCHEM,
                                        &FORMAT_METATRAIN,
                                        &FORMAT_METATRAIN_MMAP,
                                        &FORMAT_GPUMD,
                                        &FORMAT_QUIP,
                                        &FORMAT_DEEPMD,
                                        &FORMAT_DEEPMD_MIXED,
                                        &FORMAT_SGDML,
                                        &FORMAT_RMD17,
                                        &FORMAT_NPY,
                                        &FORMAT_HDF5,
                                        &FORMAT_TORCHMD,
                                        &FORMAT_TORCHMD_MMAP,
                                        &FORMAT_SPICE,
                                        &FORMAT_ANI,
                                        &FORMAT_PSI4,
                                        &FORMAT_PYSCF,
                                        &FORMAT_ORCA};
const size_t N_SET_FORMATS = sizeof SET_FORMATS / sizeof *SET_FORMATS;

const SetFormat *set_format_find(const char *name)
{
    for (size_t i = 0; i < N_SET_FORMATS; i++)
        if (strcmp(SET_FORMATS[i]->name, name) == 0)
            return SET_FORMATS[i];
    return NULL;
}

void set_place_molecule(const SetFormat *format, Split split, const System *system,
                        char text[SET_PLACE_SIZE])
{
    (void)format;
    snprintf(text, SET_PLACE_SIZE, "%s/%s", split_name(split), system->file);
}

void set_place_part(const SetFormat *format, Split split, const System *system,
                    char text[SET_PLACE_SIZE])
{
    (void)format, (void)system;
    snprintf(text, SET_PLACE_SIZE, "%s", split_name(split));
}

static void list_print(const Set *set, const char *quote, const char *between, bool energies,
                       FILE *out)
{
    bool first = true;
    for (int z = 1; z <= ELEMENT_MAX; z++) {
        if (set->atoms[z].multiplicity == 0)
            continue;
        fprintf(out, "%s%s%s%s", first ? "" : between, quote, element_symbol(z), quote);
        if (energies)
            fprintf(out, ": %.9f", set->atoms[z].hartree * EV_PER_HARTREE);
        first = false;
    }
}

void set_elements_print(const Set *set, const char *quote, const char *between, FILE *out)
{
    list_print(set, quote, between, false, out);
}

void set_atoms_print(const Set *set, const char *quote, const char *between, FILE *out)
{
    list_print(set, quote, between, true, out);
}
