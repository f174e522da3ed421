#include "dataset/format_extxyz.h"

static void nequip_data(const Set *set, FILE *out)
{
    fputs("run: [train, test]\n\ncutoff_radius: 5.0\nchemical_symbols: [", out);
    set_elements_print(set, "", ", ", out);
    fputs("]\nmodel_type_names: ${chemical_symbols}\n"
          "monitored_metric: val0_epoch/weighted_sum\n\n"
          "data:\n  _target_: nequip.data.datamodule.ASEDataModule\n  seed: 1\n"
          "  train_file_path: train.extxyz\n  val_file_path: valid.extxyz\n",
          out);
    fprintf(out, "  test_file_path: %s.extxyz\n", set->n_frames[SPLIT_TEST] > 0 ? "test" : "valid");
    fputs("  transforms:\n"
          "    - _target_: nequip.data.transforms.ChemicalSpeciesToAtomTypeMapper\n"
          "      model_type_names: ${model_type_names}\n"
          "    - _target_: nequip.data.transforms.NeighborListTransform\n"
          "      r_max: ${cutoff_radius}\n"
          "  train_dataloader:\n    _target_: torch.utils.data.DataLoader\n    batch_size: 5\n"
          "    shuffle: true\n"
          "  val_dataloader:\n    _target_: torch.utils.data.DataLoader\n    batch_size: 10\n"
          "  test_dataloader: ${data.val_dataloader}\n"
          "  stats_manager:\n    _target_: nequip.data.CommonDataStatisticsManager\n"
          "    dataloader_kwargs:\n      batch_size: 10\n"
          "    type_names: ${model_type_names}\n\n",
          out);
}

static void nequip_trainer(FILE *out)
{
    fputs("trainer:\n  _target_: lightning.Trainer\n  accelerator: auto\n  max_epochs: 200\n"
          "  log_every_n_steps: 20\n  logger:\n"
          "    _target_: lightning.pytorch.loggers.CSVLogger\n"
          "    save_dir: ${hydra:runtime.output_dir}\n"
          "  callbacks:\n    - _target_: lightning.pytorch.callbacks.ModelCheckpoint\n"
          "      monitor: ${monitored_metric}\n      dirpath: ${hydra:runtime.output_dir}\n"
          "      filename: best\n      save_last: true\n\n",
          out);
}

/// Options that are known to train, after the tutorial of NequIP 0.7 and later.
static void nequip_options(const Set *set, FILE *out)
{
    nequip_data(set, out);
    nequip_trainer(out);
    fputs("training_module:\n  _target_: nequip.train.EMALightningModule\n  ema_decay: 0.99\n"
          "  loss:\n    _target_: nequip.train.EnergyForceLoss\n    per_atom_energy: true\n"
          "    coeffs:\n      total_energy: 1.0\n      forces: 1.0\n"
          "  val_metrics:\n    _target_: nequip.train.EnergyForceMetrics\n"
          "    coeffs:\n      total_energy_mae: 1.0\n      forces_mae: 1.0\n"
          "  train_metrics: ${training_module.val_metrics}\n"
          "  test_metrics: ${training_module.val_metrics}\n"
          "  optimizer:\n    _target_: torch.optim.Adam\n    lr: 0.01\n"
          "  model:\n    _target_: nequip.model.NequIPGNNModel\n    seed: 1\n"
          "    model_dtype: float32\n    type_names: ${model_type_names}\n"
          "    r_max: ${cutoff_radius}\n    num_layers: 3\n    l_max: 1\n    num_features: 32\n"
          "    radial_mlp_depth: 2\n    radial_mlp_width: 64\n"
          "    avg_num_neighbors: ${training_data_stats:num_neighbors_mean}\n"
          "    per_type_energy_scales: ${training_data_stats:per_type_forces_rms}\n"
          "    per_type_energy_shifts: {",
          out);
    set_atoms_print(set, "", ", ", out);
    fputs("}\n\nglobal_options:\n  allow_tf32: false\n", out);
}

static void nequip_training(const Set *set, FILE *out)
{
    (void)set;
    fputs("```sh\nnequip-train -cp \"$PWD\" -cn nequip.yaml\n```\n\n`nequip.yaml` is a start: its "
          "`per_type_energy_shifts` are the energies of single atoms.\n",
          out);
}

static const ExtxyzDialect NEQUIP = {.files = {"train.extxyz", "valid.extxyz", "test.extxyz"},
                                     .energy = "energy free_energy",
                                     .forces = "forces",
                                     .more = "",
                                     .training = nequip_training,
                                     .options = "nequip.yaml",
                                     .options_write = nequip_options};
const SetFormat FORMAT_NEQUIP = EXTXYZ_FORMAT(
    "nequip", "extended XYZ with energy and forces, nequip.yaml; also for Allegro", false, &NEQUIP);
