#ifndef JOB_CONFIG_WRITE_H
#define JOB_CONFIG_WRITE_H

#include "job/config.h"

struct cJSON;

/// The configuration as YAML with every default, each key with its unit and help: reading it again
/// gives the same values. The caller frees it; NULL if there is no memory.
char *config_yaml(const Config *config);

/// The value of key k (of CONFIG_KEYS) as YAML writes it; a number so that reading gives it back.
void config_value_text(const Config *config, size_t k, char text[CONFIG_TEXT_SIZE]);

/// The default of key k, in the same way.
void config_default_text(size_t k, char text[CONFIG_TEXT_SIZE]);

/// "> 0, <= 100" or "nvt | nve": the values key k accepts.
void config_range_text(size_t k, char text[CONFIG_TEXT_SIZE]);

/// The keys that decide numbers, as an object; the caller deletes it. NULL if there is no memory.
struct cJSON *config_json(const Config *config);

#endif
