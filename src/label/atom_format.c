#include "label/atom_format.h"

#include <stdlib.h>

#include "base/units.h"
#include "data/element.h"
#include "io/text.h"

static const char *number_text(double value, char text[TEXT_DOUBLE_SIZE])
{
    text_format_double(value, text);
    return text;
}

static const char *ev_text(const QmtAtomEnergy *atom, char text[TEXT_DOUBLE_SIZE])
{
    return number_text(atom->energy * EV_PER_HARTREE, text);
}

/// A comment of YAML.
static void source_write(FILE *out, const AtomTable *table)
{
    char kelvin[TEXT_DOUBLE_SIZE];
    fprintf(out, "# free atoms, %s, electrons at %s K, eV\n", table->method,
            number_text(table->electronic_temperature_k, kelvin));
}

/// Frames of one atom, which MACE takes out of the set for their energies.
static void mace_write(FILE *out, const AtomTable *table)
{
    char ev[TEXT_DOUBLE_SIZE];
    for (size_t i = 0; i < table->n; i++) {
        const QmtAtomEnergy *const atom = &table->atoms[i];
        const int m = atom->multiplicity;
        ev_text(atom, ev);
        fprintf(out,
                "1\nProperties=species:S:1:pos:R:3:forces:R:3:REF_forces:R:3 energy=%s "
                "free_energy=%s REF_energy=%s config_type=IsolatedAtom charge=0 spin=%d "
                "total_charge=0 total_spin=%d spin_multiplicity=%d method=%s pbc=\"F F F\"\n",
                ev, ev, ev, m, m, m, table->method);
        fprintf(out, "%-2s 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0\n", element_symbol(atom->number));
    }
}

/// A dictionary of the model: per_type_energy_shifts of NequIP and Allegro, by symbol.
static void nequip_write(FILE *out, const AtomTable *table)
{
    char ev[TEXT_DOUBLE_SIZE];
    source_write(out, table);
    fprintf(out, "per_type_energy_shifts:\n");
    for (size_t i = 0; i < table->n; i++)
        fprintf(out, "  %s: %s\n", element_symbol(table->atoms[i].number),
                ev_text(&table->atoms[i], ev));
}

/// A hyperparameter of the training of an architecture, by atomic number.
static void metatrain_write(FILE *out, const AtomTable *table)
{
    char ev[TEXT_DOUBLE_SIZE];
    source_write(out, table);
    fprintf(out, "atomic_baseline:\n  energy:\n");
    for (size_t i = 0; i < table->n; i++)
        fprintf(out, "    %d: %s\n", table->atoms[i].number, ev_text(&table->atoms[i], ev));
}

/// Metadata of its databases: a list with the place of an element at its number.
static void schnetpack_write(FILE *out, const AtomTable *table)
{
    char ev[TEXT_DOUBLE_SIZE];
    int last = 0;
    for (size_t i = 0; i < table->n; i++)
        last = table->atoms[i].number > last ? table->atoms[i].number : last;
    fprintf(out, "{\"atomrefs\": {\"energy\": [");
    for (int z = 0; z <= last; z++) {
        const QmtAtomEnergy *atom = NULL;
        for (size_t i = 0; i < table->n; i++)
            if (table->atoms[i].number == z)
                atom = &table->atoms[i];
        fprintf(out, "%s%s", z > 0 ? ", " : "", atom != NULL ? ev_text(atom, ev) : "0.0");
    }
    fprintf(out, "]}, \"_property_unit_dict\": {\"energy\": \"eV\"}}\n");
}

/// The file of self-atomic energies, by atomic number.
static void aimnet_write(FILE *out, const AtomTable *table)
{
    char ev[TEXT_DOUBLE_SIZE];
    source_write(out, table);
    for (size_t i = 0; i < table->n; i++)
        fprintf(out, "%d: %s\n", table->atoms[i].number, ev_text(&table->atoms[i], ev));
}

static void json_write(FILE *out, const AtomTable *table)
{
    char ev[TEXT_DOUBLE_SIZE], hartree[TEXT_DOUBLE_SIZE], kelvin[TEXT_DOUBLE_SIZE];
    fprintf(out, "{\"method\": \"%s\", \"electronic_temperature_K\": %s, \"unit\": \"eV\",\n",
            table->method, number_text(table->electronic_temperature_k, kelvin));
    fprintf(out, " \"atoms\": {");
    for (size_t i = 0; i < table->n; i++) {
        const QmtAtomEnergy *const atom = &table->atoms[i];
        fprintf(out,
                "%s\"%s\": {\"number\": %d, \"multiplicity\": %d, \"energy\": %s, "
                "\"energy_hartree\": %s, \"scf_iterations\": %d, \"scf_recovery\": %d}",
                i > 0 ? ",\n           " : "", element_symbol(atom->number), atom->number,
                atom->multiplicity, ev_text(atom, ev), number_text(atom->energy, hartree),
                atom->scf_iterations, atom->recovery);
    }
    fprintf(out, "}}\n");
}

const AtomFormat ATOM_FORMATS[] = {
    {"json", "an object by symbol, with multiplicities", json_write},
    {"mace", "frames of extended XYZ with config_type=IsolatedAtom", mace_write},
    {"nequip", "YAML, per_type_energy_shifts of the model, also for Allegro", nequip_write},
    {"metatrain", "YAML, atomic_baseline of the training", metatrain_write},
    {"schnetpack", "JSON, atomrefs of the metadata of a database", schnetpack_write},
    {"aimnet", "YAML, the file of self-atomic energies", aimnet_write},
};
const size_t N_ATOM_FORMATS = sizeof ATOM_FORMATS / sizeof *ATOM_FORMATS;

QmtStatus atom_format_text(QmtContext *ctx, const AtomFormat *format, const AtomTable *table,
                           char **text)
{
    char *made = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&made, &size);
    if (out != NULL) {
        const locale_t locale = text_enter_c_locale();
        format->write(out, table);
        text_leave_c_locale(locale);
    }
    const bool lost = out == NULL || ferror(out) != 0;
    if ((out != NULL && fclose(out) != 0) || lost) {
        free(made);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the text of %zu atoms", table->n);
    }
    *text = made;
    return QMT_OK;
}
