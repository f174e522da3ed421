#include "audit/reactions.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/vec3.h"
#include "data/element.h"

/// ps: frames that show an event between them.
static const double CLOSE_PS = 0.00201;
/// Sums of the covalent radii: analysis/bonds.h, with a tenth for the way between two frames. A hydrogen atom that takes another
/// partner leaves the first beyond 1.3 of them.
static const double BREAKS = 0.9 * 1.7, HYDROGEN_BREAKS = 0.9 * 1.3, FORMS = 1.1 * 1.15;

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

/// An atom of an event; the number of atoms if it is none.
static size_t atom_of(const Check *check, const cJSON *event, int i)
{
    const cJSON *const atom =
        cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(event, "atoms"), i);
    const bool fits =
        cJSON_IsNumber(atom) && atom->valueint >= 0 && (size_t)atom->valueint < check->n_atoms;
    return fits ? (size_t)atom->valueint : check->n_atoms;
}

/// Events of bonds in production, where frames are close enough to show them.
static void recorded_read(const Check *check, Reactions *reactions)
{
    double every = 1.0; // of a converted file
    if (!check->is_current || !check->motion.known || check->motion.frame_ps > CLOSE_PS)
        return;
    if (!check_metadata_number(check, "every", &every) || !(every >= 1.0))
        every = 1.0;
    const cJSON *event;
    cJSON_ArrayForEach(event, cJSON_GetObjectItemCaseSensitive(check->metadata, "events"))
    {
        const char *const kind =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "kind"));
        const cJSON *const frame = cJSON_GetObjectItemCaseSensitive(event, "frame");
        BondEventKind of = BOND_BREAKS;
        while (of <= BOND_PROTON_TRANSFER &&
               (kind == NULL || strcmp(kind, bond_event_name(of)) != 0))
            of++;
        // Of a transfer the bond to the acceptor.
        const size_t a = atom_of(check, event, 0),
                     b = atom_of(check, event, of == BOND_PROTON_TRANSFER ? 2 : 1);
        if (of > BOND_PROTON_TRANSFER || !cJSON_IsNumber(frame) || !(frame->valuedouble >= 0.0) ||
            a == check->n_atoms || b == check->n_atoms ||
            reactions->n_recorded == RECORDED_BONDS_MAX)
            continue;
        const bool apart = of == BOND_BREAKS || of == BOND_DISSOCIATION;
        const bool hydrogen = check->numbers[a] == 1 || check->numbers[b] == 1;
        const double sum = reactions->before.radius[a] + reactions->before.radius[b];
        reactions->recorded[reactions->n_recorded++] = (RecordedBond){
            .frame = (uint64_t)(frame->valuedouble / every),
            .atoms = {a, b},
            .apart = apart,
            .distance = apart ? (hydrogen ? HYDROGEN_BREAKS : BREAKS) * sum : FORMS * sum,
            .seen = apart ? 0.0 : INFINITY};
    }
}

/// Looks for the recorded events at a frame.
static void recorded_add(Reactions *reactions, const CheckFrame *frame)
{
    for (size_t i = 0; i < reactions->n_recorded; i++) {
        RecordedBond *const bond = &reactions->recorded[i];
        double way[3];
        if (frame->number != bond->frame && frame->number != bond->frame + 1)
            continue;
        vec3_difference(frame->pos + 3 * bond->atoms[0], frame->pos + 3 * bond->atoms[1], way);
        const double distance = vec3_norm(way);
        bond->seen = bond->apart ? fmax(bond->seen, distance) : fmin(bond->seen, distance);
    }
}

static void recorded_report(Check *check, const Reactions *reactions)
{
    for (size_t i = 0; i < reactions->n_recorded; i++) {
        const RecordedBond *const bond = &reactions->recorded[i];
        if (bond->frame >= check->n_frames ||
            (bond->apart ? bond->seen >= bond->distance : bond->seen <= bond->distance))
            continue;
        check_say(check, CHECK_BONDS, CHECK_FAIL,
                  "events of the metadata has a bond of atoms %zu and %zu that %s in frame %" PRIu64
                  ", where they are %.3f angstrom apart",
                  bond->atoms[0] + 1, bond->atoms[1] + 1, bond->apart ? "breaks" : "forms",
                  bond->frame, 10.0 * bond->seen);
    }
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
        recorded_read(check, reactions);
        if (!reactions_bonds_read(check->metadata, &reactions->before)) {
            bonds_find_moving(&reactions->before, xyz);
            return;
        }
    }
    recorded_add(reactions, frame);
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
    recorded_report(check, reactions);
    if (reactions->watched)
        check_say(check, CHECK_BONDS, CHECK_PASS, "none breaks, none forms");
    else if (check->n_atoms == 1)
        check_say(check, CHECK_BONDS, CHECK_NOT_RUN, "a single atom");
    else if (check->n_atoms > REACTION_ATOMS_MAX)
        check_say(check, CHECK_BONDS, CHECK_NOT_RUN, "more than %d atoms", REACTION_ATOMS_MAX);
}
