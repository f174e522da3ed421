#include <stdlib.h>
#include <string.h>

#include "config/config_check.h"
#include "config/config_read.h"
#include "config/config_write.h"
#include "config/value_text.h"
#include "fuzz/fuzz.h"
#include "support/config_word.h"

size_t fuzz_seed(unsigned which, uint8_t *out, size_t max)
{
    (void)which;
    (void)out;
    (void)max;
    return 0;
}

/// What was read can be written and read again, and is then the same.
static void echo_require(const Config *config)
{
    char *const yaml = config_yaml(config);
    FUZZ_REQUIRE(yaml != NULL);
    Config again = config_default();
    FUZZ_REQUIRE(config_parse(fuzz_context(), "echo", yaml, strlen(yaml), &again) == QMT_OK);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char first[CONFIG_TEXT_SIZE], second[CONFIG_TEXT_SIZE];
        config_value_text(config, k, first);
        config_value_text(&again, k, second);
        FUZZ_REQUIRE(strcmp(first, second) == 0);
    }
    free(yaml);
}

/// The input as a YAML file, and as the text after --set.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QmtContext *const ctx = fuzz_context();
    const Config defaults = config_default();
    Config config = defaults;
    if (fuzz_status(config_parse(ctx, "fuzz.yaml", (const char *)data, size, &config)) == QMT_OK) {
        echo_require(&config);
        if (fuzz_status(config_check(ctx, &config)) == QMT_OK)
            FUZZ_REQUIRE(config_frames(&config) >= 1);
    } else {
        FUZZ_REQUIRE(memcmp(&config, &defaults, sizeof config) == 0);
        FUZZ_REQUIRE(qmt_context_message(ctx)[0] != '\0');
    }

    char *const assignment = malloc(size + 1);
    FUZZ_REQUIRE(assignment != NULL);
    memcpy(assignment, data, size);
    assignment[size] = '\0';
    config = defaults;
    if (fuzz_status(config_set(ctx, assignment, &config)) == QMT_OK)
        echo_require(&config);
    free(assignment);
    return 0;
}
