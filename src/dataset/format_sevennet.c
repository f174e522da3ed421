#include "dataset/format_extxyz.h"

static void sevennet_training(const Set *set, FILE *out)
{
    fputs("In the `data` section of an `input.yaml` of SevenNet (`sevenn preset base "
          ">input.yaml`):\n\n"
          "```yaml\nload_trainset_path: ['train.extxyz']\nload_validset_path: ['valid.extxyz']\n"
          "```\n\nin its `model` section:\n\n```yaml\nchemical_species: [",
          out);
    set_elements_print(set, "'", ", ", out);
    fputs("]\nshift: 'elemwise_reference_energies'   # fitted; those of single atoms stand "
          "below\n```\n\nthen\n\n```sh\nsevenn train input.yaml\n```\n",
          out);
}

static const ExtxyzDialect SEVENNET = {.files = {"train.extxyz", "valid.extxyz", "test.extxyz"},
                                       .energy = "energy free_energy",
                                       .forces = "forces",
                                       .more = "",
                                       .training = sevennet_training};
const SetFormat FORMAT_SEVENNET =
    EXTXYZ_FORMAT("sevennet", "extended XYZ with energy, free_energy and forces", false, &SEVENNET);
