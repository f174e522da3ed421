#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "data/element.h"
#include "run/watch.h"

const char *watch_kind_name(int kind)
{
    switch (kind) {
    case WATCH_SEPARATION:
        return "separation";
    case WATCH_SCF_JUMP:
        return "scf_jump";
    case WATCH_SCF_CHANGE:
        return "scf_change";
    case WATCH_SCF_CROSSING:
        return "scf_crossing";
    case WATCH_SCF_HIGHER:
        return "scf_higher";
    default:
        return bond_event_name((BondEventKind)kind);
    }
}

const WatchEvent *watch_first_break(const Watch *watch)
{
    for (uint64_t i = 0; i < watch->record.n_events; i++) {
        const WatchEvent *const event = &watch->record.events[i];
        if (event->kind == BOND_BREAKS || event->kind == BOND_DISSOCIATION ||
            event->kind == BOND_PROTON_TRANSFER)
            return event;
    }
    return NULL;
}

const WatchEvent *watch_first_state_lost(const Watch *watch)
{
    for (uint64_t i = 0; i < watch->record.n_events; i++) {
        const WatchEvent *const event = &watch->record.events[i];
        if (event->in_production &&
            (event->kind == WATCH_SCF_JUMP || event->kind == WATCH_SCF_CHANGE))
            return event;
    }
    return NULL;
}

const WatchEvent *watch_first(const Watch *watch, int kind)
{
    for (uint64_t i = 0; i < watch->record.n_events; i++)
        if (watch->record.events[i].kind == kind)
            return &watch->record.events[i];
    return NULL;
}

bool watch_has_reaction(const Watch *watch)
{
    for (uint64_t i = 0; i < watch->record.n_events; i++)
        if (watch->record.events[i].in_production &&
            watch->record.events[i].kind <= BOND_PROTON_TRANSFER)
            return true;
    return false;
}

int64_t watch_event_frame(const Watch *watch, const WatchEvent *event)
{
    return event->in_production ? (int64_t)event->step / watch->task->config.save_interval_steps
                                : -1;
}

int64_t watch_frames_before(const Watch *watch, const WatchEvent *event)
{
    const int64_t every = watch->task->config.save_interval_steps;
    return ((int64_t)event->step + every - 1) / every;
}

double watch_event_time_ps(const Watch *watch, const WatchEvent *event)
{
    return (double)event->step * watch->task->config.dt_fs * 1e-3; // as md_time_ps()
}

static const char *symbol(const Watch *watch, int atom)
{
    return element_symbol(watch->task->structure->numbers[atom]);
}

static void text_add(char text[WATCH_TEXT_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void text_add(char text[WATCH_TEXT_SIZE], const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, WATCH_TEXT_SIZE - used, format, arguments);
    va_end(arguments);
}

/// "the bond of atoms 3 (C) and 9 (H) breaks", ...; people count atoms from 1.
static void bond_text(const Watch *watch, const WatchEvent *event, char text[WATCH_TEXT_SIZE])
{
    static const char *const ENDS[] = {[BOND_BREAKS] = "breaks",
                                       [BOND_FORMS] = "forms",
                                       [BOND_DISSOCIATION] = "breaks, and the two parts separate",
                                       [BOND_ASSOCIATION] = "forms and joins two molecules"};
    const int a = event->atoms[0], b = event->atoms[1], c = event->atoms[2];
    if (event->kind == BOND_PROTON_TRANSFER)
        text_add(text, "hydrogen %d goes from atom %d (%s) to atom %d (%s)", a + 1, b + 1,
                 symbol(watch, b), c + 1, symbol(watch, c));
    else
        text_add(text, "the bond of atoms %d (%s) and %d (%s) %s", a + 1, symbol(watch, a), b + 1,
                 symbol(watch, b), ENDS[event->kind]);
}

static void solution_text(const WatchEvent *event, char text[WATCH_TEXT_SIZE])
{
    switch (event->kind) {
    case WATCH_SCF_JUMP:
        text_add(text,
                 "the potential energy jumps by %.2f kJ/mol beyond the work of the forces, as "
                 "where the SCF goes to another solution",
                 event->size);
        break;
    case WATCH_SCF_CHANGE:
        text_add(text,
                 "charges or moments of the atoms jump by up to %.2f e: the solution of the SCF is "
                 "not that of the step before",
                 event->size);
        break;
    case WATCH_SCF_CROSSING:
        text_add(text,
                 "the SCF goes to another solution, which is lower by %.2g kJ/mol (scf_state: "
                 "lowest)",
                 event->size);
        break;
    default:
        text_add(text,
                 "the SCF stays on its solution, and another is lower by %.2g kJ/mol (scf_state)",
                 event->size);
    }
}

void watch_event_text(const Watch *watch, const WatchEvent *event, char text[WATCH_TEXT_SIZE])
{
    const double time = watch_event_time_ps(watch, event);
    text[0] = '\0';
    if (event->in_production)
        text_add(text, "frame %lld (%.4g ps): ", (long long)watch_event_frame(watch, event), time);
    else
        text_add(text, "equilibration, %.4g ps: ", time);
    if (event->kind == WATCH_SEPARATION) {
        text_add(text, "it is in parts, more than 0.8 nm from each other, which hold atoms");
        for (int k = 0; k < event->n_atoms; k++)
            text_add(text, "%s %d (%s)",
                     k == 0                   ? ""
                     : k + 1 < event->n_atoms ? ","
                                              : " and",
                     event->atoms[k] + 1, symbol(watch, event->atoms[k]));
    } else if (event->kind >= WATCH_SCF_JUMP) {
        solution_text(event, text);
    } else {
        bond_text(watch, event, text);
    }
}

int watch_smiles_kept(const Watch *watch, bool at_end)
{
    const Bonds *const bonds = at_end ? &watch->now : &watch->at_rest;
    if (!watch->record.has_smiles || !watch->record.at_rest_known)
        return -1;
    return memcmp(bonds->bonded, watch->smiles.bonded, bonds_state_size(bonds)) == 0;
}

void watch_smiles_text(const Watch *watch, char text[WATCH_TEXT_SIZE])
{
    enum { SHOWN = 3, MOST = 64 };
    BondEvent changes[MOST];
    text[0] = '\0';
    if (watch_smiles_kept(watch, false) != 0)
        return;
    size_t n = bonds_compare(&watch->smiles, &watch->at_rest, changes, MOST), n_protons = 0;
    n = n < MOST ? n : MOST;
    for (size_t i = 0; i < n; i++)
        n_protons += changes[i].kind == BOND_PROTON_TRANSFER;
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        const BondEvent *change = &changes[i];
        const WatchEvent event = {.kind = (int32_t)change->kind,
                                  .n_atoms = (int32_t)change->n_atoms,
                                  .atoms = {(int32_t)change->atoms[0], (int32_t)change->atoms[1],
                                            (int32_t)change->atoms[2]}};
        text_add(text, "%s", i > 0 ? ", " : "");
        bond_text(watch, &event, text);
    }
    if (n > SHOWN)
        text_add(text, " and %zu more", n - SHOWN);
    if (n_protons == n && n > 1)
        text_add(text, " (%zu protons move)", n);
}
