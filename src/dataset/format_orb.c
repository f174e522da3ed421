#include "dataset/format_extxyz.h"

static void orb_training(const Set *set, FILE *out)
{
    (void)set;
    fputs("Orb reads databases of ASE, with charge and spin (2S+1) among the data of a row:\n\n"
          "```python\nimport ase.db, ase.io\nfor part in (\"train\", \"valid\"):\n"
          "    with ase.db.connect(part + \".db\") as db:\n"
          "        for atoms in ase.io.iread(part + \".extxyz\"):\n"
          "            state = {key: atoms.info[key] for key in (\"charge\", \"spin\")}\n"
          "            db.write(atoms, data=state)\n```\n\n"
          "then, in a checkout of orb-models,\n\n"
          "```sh\npython finetune.py --dataset=mydata --data_path=train.db "
          "--base_model=orb_v3_conservative_omol\n```\n",
          out);
}

static const ExtxyzDialect ORB = {.files = {"train.extxyz", "valid.extxyz", "test.extxyz"},
                                  .energy = "energy free_energy",
                                  .forces = "forces",
                                  .more = "",
                                  .training = orb_training};
const SetFormat FORMAT_ORB =
    EXTXYZ_FORMAT("orb", "extended XYZ, and how it becomes a database of ASE", false, &ORB);
