#include "audit/reactions.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/vec3.h"
#include "data/element.h"

void reactions_layout(Reactions *reactions, Arena *arena, const Check *check)
{
    reactions->watched = check->array[ARRAY_POS] != NULL && check->numbers != NULL &&
                         check->n_atoms > 1 && check->n_atoms <= REACTION_ATOMS_MAX;
    if (!reactions->watched)
        return;
    bonds_layout(&reactions->before, arena, check->n_atoms);
    bonds_layout(&reactions->after, arena, check->n_atoms);
    bond_skin_layout(&reactions->skin, arena, check->n_atoms);
}

bool reactions_bonds_read(const cJSON *metadata, Bonds *bonds)
{
    const cJSON *const list = cJSON_GetObjectItemCaseSensitive(metadata, "bonds");
    if (!cJSON_IsArray(list))
        return false;
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        const cJSON *const a = cJSON_GetArrayItem(item, 0), *const b = cJSON_GetArrayItem(item, 1);
        if (!cJSON_IsNumber(a) || !cJSON_IsNumber(b) || a->valueint < 0 || b->valueint < 0)
            continue;
        const int pair[1][2] = {{a->valueint, b->valueint}};
        bonds_add_list(bonds, 1, pair);
    }
    return true;
}

static void event_say(Check *check, const CheckFrame *frame, const BondEvent *event)
{
    const size_t a = event->atoms[0], b = event->atoms[1];
    double way[3];
    if (event->kind == BOND_PROTON_TRANSFER) {
        const size_t to = event->atoms[2];
        check_say(check, CHECK_BONDS, CHECK_WARN,
                  "atom %zu (%s) goes from atom %zu (%s) to atom %zu (%s) in frame %" PRIu64, a + 1,
                  element_symbol(check->numbers[a]), b + 1, element_symbol(check->numbers[b]),
                  to + 1, element_symbol(check->numbers[to]), frame->number);
        return;
    }
    vec3_difference(frame->pos + 3 * a, frame->pos + 3 * b, way);
    check_say(check, CHECK_BONDS, CHECK_WARN,
              "the bond of atoms %zu (%s) and %zu (%s) %s in frame %" PRIu64 ": %.3f angstrom%s",
              a + 1, element_symbol(check->numbers[a]), b + 1, element_symbol(check->numbers[b]),
              event->kind == BOND_BREAKS || event->kind == BOND_DISSOCIATION ? "breaks" : "forms",
              frame->number, 10.0 * vec3_norm(way),
              event->kind == BOND_DISSOCIATION  ? ", and the molecule falls apart there"
              : event->kind == BOND_ASSOCIATION ? ", and joins two molecules"
                                                : "");
}

void reactions_add(Check *check, Reactions *reactions, const CheckFrame *frame)
{
    const double(*const xyz)[3] = (const double(*)[3])frame->pos;
    enum { EVENTS = 4 };
    BondEvent events[EVENTS];
    if (!reactions->watched)
        return;
    if (frame->number == 0) {
        bonds_setup(&reactions->before, check->numbers, 0.1);
        bonds_setup(&reactions->after, check->numbers, 0.1);
        if (!reactions_bonds_read(check->metadata, &reactions->before)) {
            bonds_find_moving(&reactions->before, xyz);
            return;
        }
    }
    if (!bond_skin_update(&reactions->skin, &reactions->before, xyz, &reactions->after))
        return;
    const size_t n = bonds_compare(&reactions->before, &reactions->after, events, EVENTS);
    if (n > 0)
        event_say(check, frame, &events[0]);
    reactions->n_events += n;
    bonds_copy(&reactions->before, &reactions->after);
}

void reactions_report(Check *check, const Reactions *reactions)
{
    if (reactions->n_events > 1) {
        char *const end = check->report->line[CHECK_BONDS].sentence;
        const size_t n = strlen(end);
        snprintf(end + n, CHECK_SENTENCE_SIZE - n, "; %" PRIu64 " changes in all",
                 reactions->n_events);
    }
    if (reactions->watched)
        check_say(check, CHECK_BONDS, CHECK_PASS, "none breaks, none forms");
    else if (check->n_atoms == 1)
        check_say(check, CHECK_BONDS, CHECK_NOT_RUN, "a single atom");
    else if (check->n_atoms > REACTION_ATOMS_MAX)
        check_say(check, CHECK_BONDS, CHECK_NOT_RUN, "more than %d atoms", REACTION_ATOMS_MAX);
}
