#ifndef DATASET_FORMAT_METATRAIN_H
#define DATASET_FORMAT_METATRAIN_H

#include "dataset/format.h"

/// Options of a training of metatrain: PET, or FlashMD for pairs.
///
/// @param files      [N_SPLITS] what the systems of each part are read from
/// @param baselines  the energies are total ones: those of single atoms are given as baselines
void metatrain_options_print(const Set *set, const char *const *files, bool baselines, FILE *out);

/// Markdown: how the training starts.
void metatrain_training_print(const Set *set, FILE *out);

#endif
