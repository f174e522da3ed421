#ifndef QMTRAJ_CONFIG_H
#define QMTRAJ_CONFIG_H

/// The configuration of trajectories: keys with values, from a YAML file or set one by one; docs/configuration.md
/// has the table.
///
/// Threads: as a context, a configuration belongs to one thread at a time.

#include <stddef.h>
#include <stdint.h>

#include <qmtraj/context.h>
#include <qmtraj/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Every key with its value.
typedef struct QmtConfig QmtConfig;

/// Makes a configuration with every key at its default. Fails with QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_config_create(QmtContext *ctx, QmtConfig **config);
/// Destroys a configuration and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_config_destroy(QmtConfig **config);

/// Reads a YAML file over what is set: keys that it does not name keep their values.
///
/// Fails with QMT_ERR_IO (cannot be read), QMT_ERR_FORMAT (larger than 1 MiB), QMT_ERR_CONFIG (with file, line and
/// column: no YAML, an unknown key, a value out of its range), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; the configuration is
/// then as it was.
QMT_API QmtStatus qmt_config_read(QmtContext *ctx, QmtConfig *config, const char *path);

/// The same from the text of a file.
///
/// @param place  in messages where a file would have its name
QMT_API QmtStatus qmt_config_parse(QmtContext *ctx, QmtConfig *config, const char *place,
                                   const char *text);

/// Sets one key from the text of its value, as YAML would write it: "dt_fs", "0.5".
///
/// Fails with QMT_ERR_CONFIG (unknown key, wrong type, out of range) or QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_config_set(QmtContext *ctx, QmtConfig *config, const char *key,
                                 const char *value);

/// The same for programs that have options: their sentences begin with place, "--charge", instead of "set".
QMT_API QmtStatus qmt_config_set_at(QmtContext *ctx, QmtConfig *config, const char *place,
                                    const char *key, const char *value);

/// Checks what no single key can know: that lengths are whole numbers of steps and the save interval fits.
///
/// Fails with QMT_ERR_CONFIG or QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_config_check(QmtContext *ctx, const QmtConfig *config);

/// Steps of all phases of a trajectory, equilibration to the last window; 0 for NULL.
QMT_API int64_t qmt_config_steps(const QmtConfig *config);
/// Frames in its file; 0 for NULL.
QMT_API int64_t qmt_config_frames(const QmtConfig *config);

/// The value of a key as YAML writes it; a number so that reading gives it back.
///
/// @param text  [size] the value is cut off if it does not fit
/// Fails with QMT_ERR_CONFIG (unknown key) or QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_config_get(QmtContext *ctx, const QmtConfig *config, const char *key,
                                 char *text, size_t size);

/// 1 if a key was set by a file or a call rather than left at its default or to a recipe; 0 otherwise, also for what is no
/// key.
QMT_API int qmt_config_is_given(const QmtConfig *config, const char *key);

/// Where a key was given: its line in qmt_config_file(), -1 by a call, 0 nowhere, which is also that of what is no key.
QMT_API int qmt_config_line(const QmtConfig *config, const char *key);
/// 1 if a key has its default, given or not; 0 otherwise, also for what is no key.
QMT_API int qmt_config_is_default(const QmtConfig *config, const char *key);
/// The file that was read last, "qm.yaml"; "" if none was. Valid until the configuration changes.
QMT_API const char *qmt_config_file(const QmtConfig *config);

/// The whole configuration as YAML with every default, unit and help, to be freed with qmt_text_free(): reading it
/// again gives the same values; those that a recipe set are written out, and `recipe` is none. Fails with QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_config_yaml(QmtContext *ctx, const QmtConfig *config, char **text);

/// A key of the configuration, texts valid for ever. Filled by the library.
typedef struct {
    const char *name;    ///< "dt_fs"
    const char *unit;    ///< "fs"; "" if it has none
    const char *choices; ///< "nvt|nve"; NULL if any value of the range will do
    const char *help;    ///< one sentence
    int decides_numbers; ///< 1: a different value gives different trajectories
    char initial[256];   ///< its default, as YAML writes it
    char range[256];     ///< "> 0, <= 20" or "nvt | nve"
} QmtConfigKey;

/// Key i = 0, 1, ... of the table. Fails with QMT_ERR_ARGUMENT after the last one.
QMT_API QmtStatus qmt_config_key(QmtContext *ctx, size_t i, QmtConfigKey *key);
/// How many keys there are.
QMT_API size_t qmt_config_key_count(void);

/// Where a key counts.
typedef enum {
    QMT_KEY_OF_RUN = 0,    ///< in trajectories alone: motion, sampling, files
    QMT_KEY_OF_ENERGY = 1, ///< wherever energies are computed: state of the molecule, method, SCF
    QMT_KEY_BESIDE_METHOD =
        2, ///< in trajectories alone, where it acts on the nuclei beside the method: walls, biases
    QMT_KEY_USE_COUNT
} QmtKeyUse;

/// Where key i = 0, 1, ... of the table counts; QMT_KEY_OF_RUN after the last one.
QMT_API QmtKeyUse qmt_config_key_use(size_t i);

/// What a hint means in keys of the configuration, "try a smaller dt_fs"; "" for QMT_HINT_NONE and what is none.
QMT_API const char *qmt_config_advice(QmtHint hint);

/// Name of method i = 0, 1, ..., "GFN2-xTB"; NULL after the last one.
QMT_API const char *qmt_method_name(size_t i);
/// Name of solvation model i = 0, 1, ..., "alpb"; NULL after the last one.
QMT_API const char *qmt_solvation_model_name(size_t i);
/// Name of solvent i = 0, 1, ... of a method and model, "water"; NULL after the last one and for what is no method or
/// model.
QMT_API const char *qmt_solvent_name(const char *method, const char *model, size_t i);
/// Other name i = 0, 1, ... of a solvent, "h2o"; NULL after the last one.
QMT_API const char *qmt_solvent_alias(const char *solvent, size_t i);

#ifdef __cplusplus
}
#endif
#endif
