#include "dataset/format_extxyz.h"

static void quip_training(const Set *set, FILE *out)
{
    (void)set;
    fputs("```sh\ngap_fit at_file=train.xyz energy_parameter_name=energy "
          "force_parameter_name=forces \\\n"
          "    e0_method=isolated default_sigma=\"{0.002 0.1 0 0}\" sparse_jitter=1e-8 "
          "gp_file=gap.xml \\\n"
          "    gap=\"{soap l_max=6 n_max=8 cutoff=5.0 cutoff_transition_width=1.0 "
          "atom_sigma=0.5 \\\n"
          "    zeta=4 delta=0.3 n_sparse=2000 sparse_method=cur_points "
          "covariance_type=dot_product add_species=T}\"\n```\n\n"
          "The energies of single atoms are those of the frames with "
          "`config_type=isolated_atom`.\n",
          out);
}

static const ExtxyzDialect QUIP = {.files = {"train.xyz", "valid.xyz", "test.xyz"},
                                   .energy = "energy",
                                   .forces = "forces",
                                   .atom_type = "isolated_atom",
                                   .lattice = true,
                                   .more = "",
                                   .training = quip_training};
const SetFormat FORMAT_QUIP = EXTXYZ_FORMAT(
    "quip", "extended XYZ with a lattice and frames of single atoms: GAP", true, &QUIP);
