#ifndef CONFIG_RECIPE_H
#define CONFIG_RECIPE_H

#include "config/config.h"

/// Recipes: the sampling of published training sets as presets of keys. A recipe sets keys and does nothing else, and
/// a key that somebody gives wins over it.
///
///     spice  P. Eastman et al., Sci. Data 10, 11 (2023), 10.1038/s41597-022-01882-6: ten conformers, each relaxed
///            and moved for 100 ps at 500 K with a friction of 1 /ps and steps of 1 fs, a frame every 10 ps; of each
///            frame a copy that is relaxed by 5 steps and moved for 1 ps at 100 K
///     ani    J. S. Smith et al., J. Chem. Phys. 148, 241733 (2018), 10.1063/1.5023802: two trajectories of 3 ps that
///            heat the relaxed molecule from 300 to 1000 K, with a friction of 2 /ps and steps of 0.5 fs

struct cJSON;

/// Sets the keys of config->recipe that are not given, after those of another recipe went back to their defaults.
/// To be called whenever keys were set.
///
/// Fails with QMT_ERR_MEMORY only.
QmtStatus recipe_apply(QmtContext *ctx, Config *config);

/// "recipe: spice": where the keys that it set come from.
void recipe_place(const Config *config, char text[320]);

/// Notes which keys the recipe sets, and which ones it leaves as they are given.
void recipe_say(QmtContext *ctx, const Config *config);

/// {"name", "step", "keys_set", "keys_given"} for metadata; NULL without a recipe or memory. To be called between
/// json_begin() and json_text().
///
/// @param is_copy  of a trajectory that is a copy of a frame of another
struct cJSON *recipe_json(const Config *config, bool is_copy);

#endif
