#include "cli/help_tables.h"

#include <string.h>

#include "cli/options.h"
#include "config/config.h"
#include "config/value_text.h"
#include "trajectory/trajectory_schema.h"

enum { INDENT = 4, SHAPE_SIZE = 64 };

/// A sentence in lines of its own.
static void indented_print(FILE *out, const char *text)
{
    fprintf(out, "%*s", INDENT, "");
    text_print_wrapped(out, text, INDENT, INDENT);
}

void help_config(FILE *out)
{
    fputs("Keys of the configuration: `key: value` in a YAML file, `--set key=value` or\n"
          "`--key value` on the command line of `qmtraj run`.\n",
          out);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        const ConfigKey *const key = &CONFIG_KEYS[k];
        char initial[CONFIG_TEXT_SIZE], range[CONFIG_TEXT_SIZE], values[3 * CONFIG_TEXT_SIZE];
        config_default_text(k, initial);
        config_range_text(k, range);
        snprintf(values, sizeof values, "default %s%s%s; %s", initial,
                 key->unit[0] != '\0' ? " " : "", key->unit, range);
        fprintf(out, "\n%s\n", key->name);
        indented_print(out, key->help);
        indented_print(out, values);
    }
}

void help_config_markdown(FILE *out)
{
    fputs("| key | default | unit | values | meaning |\n|---|---|---|---|---|\n", out);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char initial[CONFIG_TEXT_SIZE], range[CONFIG_TEXT_SIZE];
        config_default_text(k, initial);
        config_range_text(k, range);
        fprintf(out, "| `%s` | %s | %s | %s | %s |\n", CONFIG_KEYS[k].name, initial,
                CONFIG_KEYS[k].unit, range, CONFIG_KEYS[k].help);
    }
}

static const char *type_name(const TrajectoryArray *array)
{
    static const char *const TYPES[] = {[TYPE_REAL] = "float32 *",
                                        [TYPE_FLOAT32] = "float32",
                                        [TYPE_FLOAT64] = "float64",
                                        [TYPE_INT32] = "int32",
                                        [TYPE_TEXT] = "unicode"};
    return TYPES[array->type];
}

/// "(F, N, 3)" as NumPy writes a shape.
static void shape_text(const char *axes, char text[SHAPE_SIZE])
{
    size_t n = (size_t)snprintf(text, SHAPE_SIZE, "(");
    for (const char *axis = axes; *axis != '\0' && n < SHAPE_SIZE; axis++)
        n += (size_t)snprintf(text + n, SHAPE_SIZE - n, "%s%c%s", axis > axes ? ", " : "", *axis,
                              axis == axes && axis[1] == '\0' ? "," : "");
    if (n < SHAPE_SIZE)
        snprintf(text + n, SHAPE_SIZE - n, ")");
}

void help_arrays(FILE *out)
{
    fputs("Arrays of a trajectory with shape, type and unit; *: float64 with `precision:\n"
          "float64`.\n",
          out);
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++) {
        const TrajectoryArray array = trajectory_array(i);
        char shape[SHAPE_SIZE];
        shape_text(array.axes, shape);
        if (i == N_ARRAYS)
            fputs("\nWith the key `properties`:\n", out);
        fprintf(out, "\n%s  %s  %s%s%s\n", array.name, shape, type_name(&array),
                array.unit[0] != '\0' ? "  " : "", array.unit);
        indented_print(out, array.help);
    }
}

static void array_rows_print(FILE *out, size_t from, size_t to)
{
    fputs("| array | type | shape | unit | meaning |\n|---|---|---|---|---|\n", out);
    for (size_t i = from; i < to; i++) {
        const TrajectoryArray array = trajectory_array(i);
        char shape[SHAPE_SIZE];
        shape_text(array.axes, shape);
        fprintf(out, "| `%s` | %s | %s | %s | %s |\n", array.name, type_name(&array), shape,
                array.unit, array.help);
    }
}

void help_arrays_markdown(FILE *out)
{
    array_rows_print(out, 0, N_ARRAYS);
    fputc('\n', out);
    array_rows_print(out, N_ARRAYS, N_TRAJECTORY_ARRAYS);
}
