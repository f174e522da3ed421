#include "dataset/format_metatrain.h"

#include "base/units.h"
#include "dataset/format_extxyz.h"

static void part_print(const char *section, const char *file, const Set *set, FILE *out)
{
    fprintf(out, "\n%s:\n  systems:\n    read_from: %s\n    length_unit: A\n  targets:\n", section,
            file);
    if (set->options->lag_fs > 0.0)
        fputs("    position:\n      key: future_positions\n      quantity: length\n      unit: A\n"
              "      type: {cartesian: {rank: 1}}\n      per_atom: true\n"
              "    momentum:\n      key: future_momenta\n      quantity: momentum\n"
              "      unit: (eV*u)^(1/2)\n"
              "      type: {cartesian: {rank: 1}}\n      per_atom: true\n",
              out);
    else
        fputs("    energy:\n      key: energy\n      unit: eV\n      forces: {key: forces}\n      "
              "stress: false\n",
              out);
}

void metatrain_options_print(const Set *set, const char *const *files, bool baselines, FILE *out)
{
    const bool pairs = set->options->lag_fs > 0.0;
    fprintf(out, "architecture:\n  name: %s\n  training:\n    num_epochs: 200\n    batch_size: 8\n",
            pairs ? "experimental.flashmd" : "pet");
    if (pairs)
        fprintf(out, "    timestep: %.12g # fs\n", set->options->lag_fs);
    else if (baselines) {
        fputs("    atomic_baseline:\n      energy:\n", out);
        for (int z = 1; z <= ELEMENT_MAX; z++)
            if (set->atoms[z].multiplicity > 0)
                fprintf(out, "        %d: %.9f\n", z, set->atoms[z].hartree * EV_PER_HARTREE);
    }
    part_print("training_set", files[SPLIT_TRAIN], set, out);
    part_print("validation_set", files[SPLIT_VALID], set, out);
    if (set->n_frames[SPLIT_TEST] > 0)
        part_print("test_set", files[SPLIT_TEST], set, out);
}

void metatrain_training_print(const Set *set, FILE *out)
{
    fputs("```sh\nmtt train options.yaml\n```\n\n", out);
    if (set->options->lag_fs > 0.0)
        fprintf(out,
                "Every frame is a pair: `momenta` now, `future_positions` and `future_momenta` %g "
                "fs later, for FlashMD.\n",
                set->options->lag_fs);
    else
        fputs("`options.yaml` is a start; with total energies its `atomic_baseline` are those of "
              "single atoms.\n",
              out);
}

static const char *const FILES[N_SPLITS] = {"train.extxyz", "valid.extxyz", "test.extxyz"};

static void metatrain_options(const Set *set, FILE *out)
{
    metatrain_options_print(set, FILES, true, out);
}

static const ExtxyzDialect METATRAIN = {.files = {"train.extxyz", "valid.extxyz", "test.extxyz"},
                                        .energy = "energy free_energy",
                                        .forces = "forces",
                                        .more = "",
                                        .training = metatrain_training_print,
                                        .options = "options.yaml",
                                        .options_write = metatrain_options};
const SetFormat FORMAT_METATRAIN =
    EXTXYZ_FORMAT("metatrain", "extended XYZ with options.yaml: PET, and FlashMD with --lag-fs",
                  false, &METATRAIN);
