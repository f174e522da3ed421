#include "dataset/format_extxyz.h"

static void mace_training(const Set *set, FILE *out)
{
    (void)set;
    fputs(
        "```sh\n"
        "mace_run_train --name=model --train_file=train.extxyz --valid_file=valid.extxyz \\\n"
        "    --energy_key=REF_energy --forces_key=REF_forces --model=MACE --num_channels=64 \\\n"
        "    --max_L=0 --r_max=5.0 --batch_size=10 --valid_batch_size=10 --max_num_epochs=200 \\\n"
        "    --E0s=IsolatedAtom --default_dtype=float64 --device=cuda --seed=1\n"
        "```\n",
        out);
}

static const ExtxyzDialect MACE = {.files = {"train.extxyz", "valid.extxyz", "test.extxyz"},
                                   .energy = "REF_energy",
                                   .forces = "REF_forces",
                                   .atom_type = "IsolatedAtom",
                                   .more = " head=Default",
                                   .training = mace_training};
const SetFormat FORMAT_MACE = EXTXYZ_FORMAT(
    "mace", "extended XYZ with REF_energy, REF_forces and frames of single atoms", true, &MACE);
