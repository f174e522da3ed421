#ifndef CONFIG_VALUE_TEXT_H
#define CONFIG_VALUE_TEXT_H

#include "config/config.h"

/// Values, defaults and ranges of keys as text, for YAML, tables and messages.

/// The value of key k (of CONFIG_KEYS) as YAML writes it; a number so that reading gives it back.
void config_value_text(const Config *config, size_t k, char text[CONFIG_TEXT_SIZE]);

/// The name of the choice at a place of the key's list.
void config_choice_text(const ConfigKey *key, int64_t place, char text[CONFIG_TEXT_SIZE]);

/// The default of key k, in the same way.
void config_default_text(size_t k, char text[CONFIG_TEXT_SIZE]);

/// "> 0, <= 100" or "nvt | nve": the values key k accepts.
void config_range_text(size_t k, char text[CONFIG_TEXT_SIZE]);

/// The text of a choice, e.g. "GFN2-xTB"; name is that of the key.
const char *config_choice(const Config *config, const char *name, char text[32]);

#endif
