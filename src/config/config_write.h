#ifndef CONFIG_CONFIG_WRITE_H
#define CONFIG_CONFIG_WRITE_H

#include "config/config.h"

struct cJSON;

/// The configuration as YAML with every default (but those of blocks that are not in use), each key with its unit and help: reading it again
/// gives the same values. The caller frees it; NULL if there is no memory.
char *config_yaml(const Config *config);

/// The keys that decide numbers, as an object; the caller deletes it. NULL if there is no memory.
struct cJSON *config_json(const Config *config);
/// The same as it comes out of metadata that are read, in which numbers are numbers and no text any more; to compare with them.
struct cJSON *config_json_again(const Config *config);

#endif
