#include "dataset/format_extxyz.h"

static void gpumd_options(const Set *set, FILE *out)
{
    fprintf(out, "type %zu ", set->n_elements);
    set_elements_print(set, "", " ", out);
    fputs("\nversion 4\ncutoff 6 4\nneuron 50\nlambda_v 0\n", out);
}

static void gpumd_training(const Set *set, FILE *out)
{
    (void)set;
    fputs("```sh\nnep\n```\n\nin this folder: it reads `nep.in`, `train.xyz` and `test.xyz`, which "
          "is the part to validate; the part to test is `holdout.xyz`.\n",
          out);
}

static const ExtxyzDialect GPUMD = {.files = {"train.xyz", "test.xyz", "holdout.xyz"},
                                    .energy = "energy",
                                    .forces = "force",
                                    .lattice = true,
                                    .more = "",
                                    .training = gpumd_training,
                                    .options = "nep.in",
                                    .options_write = gpumd_options};
const SetFormat FORMAT_GPUMD =
    EXTXYZ_FORMAT("gpumd", "extended XYZ with a lattice, nep.in: NEP of GPUMD", false, &GPUMD);
