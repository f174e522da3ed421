#ifndef RUN_WATCH_H
#define RUN_WATCH_H

#include "analysis/bonds.h"
#include "analysis/work_test.h"
#include "md/md.h"
#include "run/spec.h"

/// What happens to a molecule while it moves: bonds that break and form, parts that drift away, an energy that
/// leaves the surface. Its state is plain bytes that go into the checkpoint, so that an interrupted
/// trajectory tells the same story as one that ran through.
///
/// Bonds are looked at every femtosecond, drifting parts every 100 fs: a stretching X-H bond takes 10 fs
/// for one swing, and a look at every step of 0.25 fs would cost 0.3 % of a step of 23 atoms, this
/// costs less than 0.1 %. The work of the forces is taken at every step. Equilibration and production are
/// watched; the side runs at constant energy are not.

/// Kinds of events: those of analysis/bonds.h and some more. The last four say that the SCF has more than one solution.
enum {
    WATCH_SEPARATION = BOND_PROTON_TRANSFER + 1, ///< parts are more than 0.8 nm from each other
    WATCH_SCF_JUMP,                              ///< the energy left the work of the forces
    WATCH_SCF_CHANGE,                            ///< charges or moments left their way
    WATCH_SCF_CROSSING,                          ///< the lower one of two solutions was taken
    WATCH_SCF_HIGHER,                            ///< another solution is lower
    WATCH_KINDS
};
/// Kept of each kind; more are counted.
enum { WATCH_EVENTS_OF_KIND = 16, WATCH_EVENTS_MAX = WATCH_KINDS * WATCH_EVENTS_OF_KIND };

/// Plain data.
typedef struct {
    uint64_t step; ///< of its phase
    double size;   ///< kJ/mol, of the kinds of the SCF; e, of an scf_change
    int32_t kind;
    int32_t in_production; ///< 0: while it equilibrated
    int32_t n_atoms;
    int32_t atoms[3]; ///< as in BondEvent; of a separation the lowest atom of up to three parts
} WatchEvent;

typedef struct {
    uint32_t version;
    int32_t at_rest_known; ///< the relaxation is over
    int32_t has_smiles;    ///< the bonds of a SMILES are known
    int32_t padding;
    uint64_t n_events;            ///< kept
    uint64_t counts[WATCH_KINDS]; ///< all
    uint64_t n_parts;             ///< most parts seen so far
    uint64_t last_step;           ///< of production
    WatchEvent events[WATCH_EVENTS_MAX];
} WatchRecord;

typedef struct {
    const RunSpec *task;
    WatchRecord record;
    Bonds smiles;    ///< of the SMILES
    Bonds at_rest;   ///< of the geometry that the motion starts from
    Bonds now, next; ///< of the last look; scratch
    WorkTest work;
    uint64_t bonds_every, parts_every; ///< steps
    size_t *parts;                     ///< scratch
    double (*gradient)[3];             ///< [n_atoms] scratch
    uint64_t n_said;                   ///< events that were told as notes; of this process
    Arena arena;
} Watch;

/// Fails with QMT_ERR_MEMORY.
QmtStatus watch_create(QmtContext *ctx, const RunSpec *task, Watch *watch);
void watch_release(Watch *watch);

/// After every step of the motion.
void watch_step(Watch *watch, const MdProgress *progress, const MdState *state);

size_t watch_state_size(const Watch *watch);
void watch_state_save(const Watch *watch, void *buffer);
/// Fails with QMT_ERR_CHECKPOINT, the watch as before, if these bytes are not such a state.
QmtStatus watch_state_load(QmtContext *ctx, Watch *watch, const void *buffer, size_t size);

/// "dissociation", ..., "separation", "scf_jump", ...
const char *watch_kind_name(int kind);
/// The first event of a kind; NULL: none.
const WatchEvent *watch_first(const Watch *watch, int kind);
/// The first event of production in which the solution of the SCF was not that of the step before; NULL: none.
const WatchEvent *watch_first_state_lost(const Watch *watch);
/// The first event in which a bond breaks, while it equilibrates included; NULL: none.
const WatchEvent *watch_first_break(const Watch *watch);
/// True if bonds broke or formed in production.
bool watch_has_reaction(const Watch *watch);
/// Frame that shows an event, the last one before it if it lies between two; -1: before the first.
int64_t watch_event_frame(const Watch *watch, const WatchEvent *event);
/// How many frames of the production lie before the event.
int64_t watch_frames_before(const Watch *watch, const WatchEvent *event);
double watch_event_time_ps(const Watch *watch, const WatchEvent *event);

enum { WATCH_TEXT_SIZE = 256 };
/// "frame 120 (0.0300 ps): the bond of atoms 3 (C) and 9 (H) breaks, and the fragments part"
void watch_event_text(const Watch *watch, const WatchEvent *event, char text[WATCH_TEXT_SIZE]);

/// What distinguishes the molecule at rest from its SMILES, as the middle of a sentence: "1 proton moves (atom
/// 9 from 0 to 4)". "" if nothing, or if there is no SMILES to compare with.
void watch_smiles_text(const Watch *watch, char text[WATCH_TEXT_SIZE]);
/// 1: the bonds are those of the SMILES; 0: they are not; -1: not known.
int watch_smiles_kept(const Watch *watch, bool at_end);

#endif
