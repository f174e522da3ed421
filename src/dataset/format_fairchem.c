#include "dataset/format_extxyz.h"

static void fairchem_training(const Set *set, FILE *out)
{
    (void)set;
    fputs("In a checkout of fairchem, with OUT for this folder:\n\n"
          "```sh\npython src/fairchem/core/scripts/create_uma_finetune_dataset.py \\\n"
          "    --train-dir OUT/train --val-dir OUT/val --output-dir OUT/fairchem \\\n"
          "    --uma-task omol --regression-task ef\n"
          "fairchem -c OUT/fairchem/uma_sm_finetune_template.yaml\n```\n\n"
          "`charge` and `spin` (2S+1) are those that the task omol asks for.\n",
          out);
}

static const ExtxyzDialect FAIRCHEM = {
    .files = {"train/train.extxyz", "val/valid.extxyz", "test/test.extxyz"},
    .energy = "energy free_energy",
    .forces = "forces",
    .more = "",
    .training = fairchem_training};
const SetFormat FORMAT_FAIRCHEM = EXTXYZ_FORMAT(
    "fairchem", "extended XYZ in folders, charge and spin for UMA and eSEN", false, &FAIRCHEM);
