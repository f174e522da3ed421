#include "cli/help_tables.h"

#include <stdbool.h>

#include <qmtraj/config.h>
#include <qmtraj/trajectory.h>

#include "cli/options.h"

enum { INDENT = 4, SHAPE_SIZE = 64 };

/// A sentence in lines of its own.
static void indented_print(FILE *out, const char *text)
{
    fprintf(out, "%*s", INDENT, "");
    text_print_wrapped(out, text, INDENT, INDENT);
}

/// The names of the keys that count somewhere, in a paragraph.
static void used_print(QmtContext *ctx, FILE *out, const char *title, QmtKeyUse use)
{
    char text[1024];
    QmtConfigKey key;
    size_t used = (size_t)snprintf(text, sizeof text, "%s", title);
    for (size_t k = 0; k < qmt_config_key_count() && qmt_config_key(ctx, k, &key) == QMT_OK; k++)
        if (qmt_config_key_use(k) == use && used < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, " %s", key.name);
    text_print_wrapped(out, text, 0, 0);
}

void help_config(QmtContext *ctx, FILE *out)
{
    QmtConfigKey key;
    fputs("Keys of the configuration: `key: value` in a YAML file, `--set key=value` or\n"
          "`--key value` on the command line of `qmtraj run`.\n\n",
          out);
    used_print(ctx, out, "Wherever energies are computed (energy, opt, label, ...) these count:",
               QMT_KEY_OF_ENERGY);
    text_print_wrapped(out,
                       "The others are of trajectories; energy and label take properties, too. "
                       "With --set they are warned of elsewhere, those of walls, biases, pushes "
                       "and solvent shells refused.",
                       0, 0);
    for (size_t k = 0; k < qmt_config_key_count() && qmt_config_key(ctx, k, &key) == QMT_OK; k++) {
        char values[sizeof key.initial + sizeof key.range + 64];
        snprintf(values, sizeof values, "default %s%s%s; %s", key.initial,
                 key.unit[0] != '\0' ? " " : "", key.unit, key.range);
        fprintf(out, "\n%s\n", key.name);
        indented_print(out, key.help);
        indented_print(out, values);
    }
}

void help_config_markdown(QmtContext *ctx, FILE *out)
{
    QmtConfigKey key;
    fputs("| key | default | unit | values | meaning |\n|---|---|---|---|---|\n", out);
    for (size_t k = 0; k < qmt_config_key_count() && qmt_config_key(ctx, k, &key) == QMT_OK; k++)
        fprintf(out, "| `%s` | %s | %s | %s | %s |\n", key.name, key.initial, key.unit, key.range,
                key.help);
}

/// "*": the type follows the key `precision`.
static const char *type_mark(const QmtArray *array)
{
    return array->follows_precision ? " *" : "";
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

void help_arrays(QmtContext *ctx, FILE *out)
{
    QmtArray array;
    bool properties = false;
    fputs("Arrays of a trajectory with shape, type and unit; *: float64 with `precision:\n"
          "float64`.\n",
          out);
    for (size_t i = 0; i < qmt_array_count() && qmt_array(ctx, i, &array) == QMT_OK; i++) {
        char shape[SHAPE_SIZE];
        shape_text(array.axes, shape);
        if (array.is_property && !properties)
            fputs("\nWith the key `properties`:\n", out);
        properties = array.is_property;
        fprintf(out, "\n%s  %s  %s%s%s%s\n", array.name, shape, array.type, type_mark(&array),
                array.unit[0] != '\0' ? "  " : "", array.unit);
        indented_print(out, array.help);
    }
}

/// The arrays that every trajectory has, or those of properties.
static void array_rows_print(QmtContext *ctx, FILE *out, bool properties)
{
    QmtArray array;
    fputs("| array | type | shape | unit | meaning |\n|---|---|---|---|---|\n", out);
    for (size_t i = 0; i < qmt_array_count() && qmt_array(ctx, i, &array) == QMT_OK; i++) {
        char shape[SHAPE_SIZE];
        if (properties != (array.is_property != 0))
            continue;
        shape_text(array.axes, shape);
        fprintf(out, "| `%s` | %s%s | %s | %s | %s |\n", array.name, array.type, type_mark(&array),
                shape, array.unit, array.help);
    }
}

void help_arrays_markdown(QmtContext *ctx, FILE *out)
{
    array_rows_print(ctx, out, false);
    fputc('\n', out);
    array_rows_print(ctx, out, true);
}
