#ifndef DATASET_FORMAT_EXTXYZ_H
#define DATASET_FORMAT_EXTXYZ_H

#include "dataset/format.h"

/// Extended XYZ in the dialects of its readers: positions in angstrom, energies in eV, forces in eV/angstrom, each under
/// the name that the reader looks for. Charge and multiplicity stand there under every name in use:
///
///     charge spin               NequIP, fairchem, Orb (spin is the multiplicity)
///     total_charge total_spin   MACE (likewise)
///     spin_multiplicity         mlip, metatrain
///
/// A reader is a file format_NAME.c with its dialect.

/// What differs from reader to reader.
typedef struct {
    const char *files[N_SPLITS];
    const char *energy;    ///< keys, blanks between them
    const char *forces;    ///< columns
    const char *atom_type; ///< config_type of the frames of single atoms; NULL: there are none
    bool lattice;          ///< a box is expected, though nothing is periodic
    const char *more;      ///< further words of the comment line
    void (*training)(const Set *set, FILE *out); ///< how to start, Markdown
    const char *options;                         ///< name of a file of options; NULL: none
    void (*options_write)(const Set *set, FILE *out);
} ExtxyzDialect;

// The functions of SetFormat.

QmtStatus extxyz_open(QmtContext *ctx, const SetFormat *format, const Set *set, const char *folder,
                      Split split, SetWriter **writer);
QmtStatus extxyz_system(QmtContext *ctx, SetWriter *face, const System *system);
QmtStatus extxyz_append(QmtContext *ctx, SetWriter *face, const SetFrame *f);
QmtStatus extxyz_finish(QmtContext *ctx, SetWriter *face);
void extxyz_close(SetWriter *face);
QmtStatus extxyz_extras(QmtContext *ctx, const SetFormat *format, const Set *set,
                        const char *folder);
void extxyz_place(const SetFormat *format, Split split, const System *system,
                  char text[SET_PLACE_SIZE]);
void extxyz_contents(const SetFormat *format, const Set *set, FILE *out);
void extxyz_training(const SetFormat *format, const Set *set, FILE *out);

/// A format whose dialect is this.
#define EXTXYZ_FORMAT(word, text, with_atoms, dialect)                                             \
    {                                                                                              \
        .name = word, .help = text, .pairs = true, .atom_frames = with_atoms,                      \
        .place = extxyz_place, .open = extxyz_open, .system = extxyz_system,                       \
        .append = extxyz_append, .finish = extxyz_finish, .close = extxyz_close,                   \
        .extras = extxyz_extras, .contents = extxyz_contents, .training = extxyz_training,         \
        .more = dialect                                                                            \
    }

#endif
