#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "io/text.h"
#include "run/run_bias.h"

static const double DEGREE_PER_RADIAN = 180.0 / 3.14159265358979323846;

static void add_number(cJSON *list, double value)
{
    char text[TEXT_DOUBLE_SIZE];
    text_format_double(value, text);
    cJSON_AddItemToArray(list, cJSON_CreateRaw(text));
}

/// [time_ps, place, height_kJ_mol], the place in degrees or nm; of a kept structure, which is long, [time_ps].
static cJSON *hill_json(const BiasHill *hill)
{
    cJSON *const list = cJSON_CreateArray();
    add_number(list, hill->time * PS_PER_AUT);
    if (hill->variable == NULL)
        return list;
    const double unit = hill->variable->periodic ? DEGREE_PER_RADIAN : NM_PER_BOHR;
    add_number(list, hill->place[0] * unit);
    add_number(list, hill->height * KJMOL_PER_HARTREE);
    return list;
}

static void hills_add(cJSON *object, const Engine *bias)
{
    cJSON *const hills = cJSON_AddObjectToObject(object, "hills");
    for (size_t i = 0; i < bias_n_hills(bias); i++) {
        const BiasHill hill = bias_hill(bias, i);
        cJSON *list = cJSON_GetObjectItemCaseSensitive(hills, hill.kind);
        if (list == NULL)
            list = cJSON_AddArrayToObject(hills, hill.kind);
        cJSON_AddItemToArray(list, hill_json(&hill));
    }
}

struct cJSON *run_bias_json(const RunSpec *task, const Engine *bias)
{
    cJSON *const object = cJSON_CreateObject();
    const double radius = run_bias_radius_nm(task);
    if (radius > 0.0) {
        char text[TEXT_DOUBLE_SIZE];
        text_format_double(radius, text);
        cJSON_AddRawToObject(object, "sphere_nm", text);
    }
    if (bias != NULL && bias_n_hills(bias) > 0)
        hills_add(object, bias);
    return object;
}
