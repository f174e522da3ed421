#include "audit/audit_parts.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/element.h"
#include "io/text.h"
#include "md/observables.h"

/// kJ/mol/ps per atom. The first is what this program is held to, the second what GROMACS allows its
/// pair lists by default (verlet-buffer-tolerance): beyond it nobody calls energy conserved.
static const double DRIFT_WARN = 1e-4, DRIFT_FAIL = 5e-3;
/// Two periods of the bonds with hydrogen, which the total energy ripples with most.
static const double DRIFT_SHORTEST_PS = 0.02;

/// Standard weights of different editions differ by less than this.
static const double MASS_TOLERANCE = 1e-3;

static const struct {
    const char *name;
    char kind;
    uint64_t item_bytes;
    bool or_double; ///< float64 on request
    size_t n_dims;
    bool frames, atoms; ///< first axis F; an axis N
    bool needed;
} ARRAYS[N_ARRAYS] = {
    [ARRAY_POS] = {"pos", 'f', 4, true, 3, true, true, true},
    [ARRAY_VEL] = {"vel", 'f', 4, true, 3, true, true, true},
    [ARRAY_FORCES] = {"forces", 'f', 4, true, 3, true, true, true},
    [ARRAY_EKIN] = {"Ekin", 'f', 8, false, 1, true, false, true},
    [ARRAY_EPOT] = {"Epot", 'f', 8, false, 1, true, false, true},
    [ARRAY_ETOT] = {"Etot", 'f', 8, false, 1, true, false, true},
    [ARRAY_TIME] = {"time_ps", 'f', 8, false, 1, true, false, true},
    [ARRAY_MASSES] = {"masses", 'f', 4, false, 1, false, true, true},
    [ARRAY_TYPES] = {"atom_types", 'i', 4, false, 1, false, true, true},
    [ARRAY_BOX] = {"box", 'f', 4, false, 3, true, false, false},
};

const char *check_item_name(CheckItem item)
{
#define CHECK_NAME(name, text) text,
    static const char *const NAMES[] = {CHECK_LIST(CHECK_NAME)};
#undef CHECK_NAME
    return NAMES[item];
}

const char *check_verdict_name(CheckVerdict verdict)
{
    static const char *const NAMES[] = {"NOT RUN", "PASS", "WARN", "FAIL"};
    return NAMES[verdict];
}

CheckVerdict check_worst(const CheckReport *report)
{
    CheckVerdict worst = CHECK_NOT_RUN;
    for (int i = 0; i < CHECK_COUNT; i++)
        if (report->line[i].verdict > worst)
            worst = report->line[i].verdict;
    return worst;
}

void check_say(Check *check, CheckItem item, CheckVerdict verdict, const char *format, ...)
{
    CheckLine *line = &check->report->line[item];
    if (line->sentence[0] != '\0' && line->verdict >= verdict)
        return;
    line->verdict = verdict;
    va_list words;
    va_start(words, format);
    vsnprintf(line->sentence, sizeof line->sentence, format, words);
    va_end(words);
}

static bool number_in(const cJSON *object, const char *name, double *value)
{
    const cJSON *const item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
        return false;
    *value = item->valuedouble;
    return true;
}

static const char *text_in(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

bool check_metadata_number(const Check *check, const char *name, double *value)
{
    return number_in(check->metadata, name, value);
}

bool check_config_number(const Check *check, const char *name, double *value)
{
    return number_in(cJSON_GetObjectItemCaseSensitive(check->metadata, "config"), name, value);
}

const char *check_metadata_text(const Check *check, const char *name)
{
    return text_in(check->metadata, name);
}

const char *check_config_text(const Check *check, const char *name)
{
    return text_in(cJSON_GetObjectItemCaseSensitive(check->metadata, "config"), name);
}

QmtStatus check_read(QmtContext *ctx, Check *check, const NpzArray *array, uint64_t first,
                     uint64_t n, void *raw, double *out)
{
    TRY(npz_read_rows(ctx, &check->npz, array, first, n, raw));
    const size_t n_items = (size_t)(n * (array->row_bytes / array->item_bytes));
    const bool is_float = array->kind == 'f', is_wide = array->item_bytes == 8;
    for (size_t i = 0; i < n_items; i++) {
        const unsigned char *at = (const unsigned char *)raw + i * array->item_bytes;
        union {
            float f;
            double d;
            int32_t i;
            int64_t l;
        } value;
        memcpy(&value, at, array->item_bytes);
        out[i] = is_float ? (is_wide ? value.d : (double)value.f)
                          : (is_wide ? (double)value.l : (double)value.i);
    }
    return QMT_OK;
}

/// False if the array has a shape or a type that nothing can be made of.
static bool shape_fits(const Check *check, ArrayPlace place, const NpzArray *array)
{
    if (array->n_dims != ARRAYS[place].n_dims || (array->kind != 'f' && array->kind != 'i') ||
        (array->item_bytes != 4 && array->item_bytes != 8))
        return false;
    if (ARRAYS[place].frames && array->shape[0] != check->n_frames)
        return false;
    if (ARRAYS[place].n_dims == 1)
        return ARRAYS[place].frames || array->shape[0] == check->n_atoms;
    return array->shape[1] == (ARRAYS[place].atoms ? check->n_atoms : 3) && array->shape[2] == 3;
}

static void arrays_check(Check *check)
{
    const NpzArray *const pos = npz_find(&check->npz, "pos");
    if (pos == NULL || pos->n_dims != 3) {
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  pos == NULL ? "pos is missing" : "pos has not the shape (frames, atoms, 3)");
        return;
    }
    check->n_frames = pos->shape[0];
    check->n_atoms = (size_t)pos->shape[1];
    if (!shape_fits(check, ARRAY_POS, pos)) {
        // Nothing follows from the size of the file then: (2^40, 2^40, 0) takes no byte.
        check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                  "pos has not the shape (frames, atoms, 3), or not the type f4 or f8");
        check->n_frames = 0;
        return;
    }
    if (check->n_frames == 0 || check->n_atoms == 0) {
        check_say(check, CHECK_ARRAYS, CHECK_FAIL, "there are no %s",
                  check->n_frames == 0 ? "frames" : "atoms");
        return;
    }
    for (int place = 0; place < N_ARRAYS; place++) {
        const char *const name = ARRAYS[place].name;
        const NpzArray *const array = npz_find(&check->npz, name);
        if (array == NULL) {
            check_say(check, CHECK_ARRAYS, ARRAYS[place].needed ? CHECK_FAIL : CHECK_WARN,
                      "%s is missing", name);
            continue;
        }
        if (array->kind != ARRAYS[place].kind ||
            (array->item_bytes != ARRAYS[place].item_bytes &&
             !(ARRAYS[place].or_double && array->item_bytes == 8)))
            check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                      "%s is of type %c%" PRIu64 ", not %c%" PRIu64, name, array->kind,
                      array->item_bytes, ARRAYS[place].kind, ARRAYS[place].item_bytes);
        if (shape_fits(check, (ArrayPlace)place, array))
            check->array[place] = array;
        else
            check_say(check, CHECK_ARRAYS, CHECK_FAIL,
                      "%s has not the shape that belongs to %" PRIu64 " frames of %zu atoms", name,
                      check->n_frames, check->n_atoms);
    }
    static const char *const TEXTS[] = {"metadata", "nve_windows"};
    for (size_t i = 0; i < 2; i++) {
        const NpzArray *const array = npz_find(&check->npz, TEXTS[i]);
        if (array == NULL)
            check_say(check, CHECK_ARRAYS, CHECK_WARN, "%s is missing", TEXTS[i]);
        else if (array->kind != 'U' || array->n_dims != 0)
            check_say(check, CHECK_ARRAYS, CHECK_FAIL, "%s is no text", TEXTS[i]);
    }
    check_say(check, CHECK_ARRAYS, CHECK_PASS, "%" PRIu64 " frames of %zu atoms", check->n_frames,
              check->n_atoms);
}

/// A text array as JSON; *json is NULL if there is none.
static QmtStatus json_read(QmtContext *ctx, Check *check, const char *name, CheckItem item,
                           cJSON **json)
{
    const NpzArray *const array = npz_find(&check->npz, name);
    char *text = NULL;
    *json = NULL;
    if (array == NULL || array->kind != 'U' || array->n_dims != 0) {
        check_say(check, item, CHECK_NOT_RUN, "there is no text %s", name);
        return QMT_OK;
    }
    const QmtStatus status = npz_read_text(ctx, &check->npz, array, &text);
    if (status == QMT_ERR_FORMAT) {
        check_say(check, item, CHECK_FAIL, "%s", qmt_context_message(ctx));
        return QMT_OK;
    }
    TRY(status);
    *json = cJSON_Parse(text);
    free(text);
    if (*json == NULL)
        check_say(check, item, CHECK_FAIL, "%s is not JSON", name);
    return QMT_OK;
}

static void metadata_check(Check *check)
{
    if (check->metadata == NULL)
        return;
    double number;
    const char *const units = check_metadata_text(check, "velocity_units");
    const char *const status = check_metadata_text(check, "status");
    if (check_metadata_number(check, "num_atoms", &number) && number != (double)check->n_atoms)
        check_say(check, CHECK_METADATA, CHECK_FAIL, "num_atoms is %.0f, the arrays have %zu",
                  number, check->n_atoms);
    if (units != NULL && strcmp(units, "nm/ps") != 0)
        check_say(check, CHECK_METADATA, CHECK_FAIL, "velocity_units is %.40s, not nm/ps", units);
    if (status != NULL && strcmp(status, "complete") != 0) {
        const char *const reason = check_metadata_text(check, "reason");
        check_say(check, CHECK_METADATA, CHECK_WARN, "status is %.40s: %.250s", status,
                  reason != NULL ? reason : "no reason given");
    }
    static const char *const KEYS[] = {"qm_method",      "charge", "multiplicity", "dof",
                                       "velocity_units", "config", "status"};
    char missing[128] = "";
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (!cJSON_HasObjectItem(check->metadata, KEYS[i]))
            snprintf(missing + strlen(missing), sizeof missing - strlen(missing), " %s", KEYS[i]);
    if (missing[0] != '\0')
        check_say(check, CHECK_METADATA, CHECK_WARN, "missing:%s", missing);
    const char *const method = check_metadata_text(check, "qm_method");
    check_say(check, CHECK_METADATA, CHECK_PASS, "%.40s%s", method != NULL ? method : "",
              status != NULL ? ", complete" : "");
}

/// The mass that an atom of these metadata has: of its isotope, else the standard atomic weight.
static double mass_expected(const Check *check, size_t atom)
{
    const cJSON *const list = cJSON_GetObjectItemCaseSensitive(check->metadata, "isotopes");
    const cJSON *const item = cJSON_GetArrayItem(list, (int)atom);
    const double isotope = cJSON_IsNumber(item) && item->valueint != 0
                               ? isotope_mass_da(check->numbers[atom], item->valueint)
                               : 0.0;
    return isotope > 0.0 ? isotope : element_mass_da(check->numbers[atom]);
}

/// Reads masses and atomic numbers; keeps what can be used.
static QmtStatus atoms_check(QmtContext *ctx, Check *check)
{
    const NpzArray *const types = check->array[ARRAY_TYPES];
    const NpzArray *const masses = check->array[ARRAY_MASSES];
    const size_t n = check->n_atoms;
    if (types == NULL || masses == NULL) {
        check_say(check, CHECK_ATOMS, CHECK_NOT_RUN, "atom_types or masses cannot be used");
        return QMT_OK;
    }
    double *const values = calloc(2 * n, sizeof *values);
    check->masses = calloc(n, sizeof *check->masses);
    check->numbers = calloc(n, sizeof *check->numbers);
    if (values == NULL || check->masses == NULL || check->numbers == NULL) {
        free(values);
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", check->npz.file.path, n);
    }
    QmtStatus status = check_read(ctx, check, types, 0, n, values + n, values);
    bool elements = status == QMT_OK, positive = true;
    for (size_t a = 0; a < n && elements; a++) {
        elements = values[a] >= 1.0 && values[a] <= ELEMENT_MAX && values[a] == floor(values[a]);
        if (elements)
            check->numbers[a] = (int)values[a];
        else
            check_say(check, CHECK_ATOMS, CHECK_FAIL,
                      "atom %zu has the atomic number %g, known are 1 to %d", a, values[a],
                      ELEMENT_MAX);
    }
    if (status == QMT_OK)
        status = check_read(ctx, check, masses, 0, n, values + n, check->masses);
    for (size_t a = 0; status == QMT_OK && a < n; a++) {
        const double mass = check->masses[a];
        positive = positive && mass > 0.0 && isfinite(mass);
        const double standard = elements ? mass_expected(check, a) : mass;
        if (!(fabs(mass - standard) <= MASS_TOLERANCE * standard) || !(mass > 0.0))
            check_say(check, CHECK_ATOMS, CHECK_FAIL, "atom %zu (%s) has the mass %.6g Da, not %g",
                      a, element_symbol(check->numbers[a]), mass, standard);
    }
    free(values);
    TRY(status);
    if (!elements) {
        free(check->numbers);
        check->numbers = NULL;
    }
    if (!positive) {
        free(check->masses);
        check->masses = NULL;
    }
    check_say(check, CHECK_ATOMS, CHECK_PASS, "all masses are those of the elements");
    return QMT_OK;
}

/// An oscillation cut off anywhere looks like a line of this slope.
static double slope_allowance(double ripple, double length_ps)
{
    return 2.0 * ripple / length_ps;
}

void check_slope(Check *check, const char *of, double slope, double ripple, double length_ps)
{
    const double n = (double)check->n_atoms;
    if (length_ps < 0.999 * DRIFT_SHORTEST_PS) {
        check_say(check, CHECK_DRIFT, CHECK_NOT_RUN,
                  "%s: %.4g ps are too short to tell a drift from vibrations; it takes %g ps", of,
                  length_ps, DRIFT_SHORTEST_PS);
        return;
    }
    const double allowance = slope_allowance(ripple, length_ps);
    const CheckVerdict verdict = !(fabs(slope) <= DRIFT_FAIL * n + allowance)   ? CHECK_FAIL
                                 : !(fabs(slope) <= DRIFT_WARN * n + allowance) ? CHECK_WARN
                                                                                : CHECK_PASS;
    check_say(check, CHECK_DRIFT, verdict,
              "%s: %.1e kJ/mol/ps per atom over %.4g ps, ripple %.1e kJ/mol; up to %.0e is good",
              of, slope / n, length_ps, ripple, DRIFT_WARN + allowance / n);
}

static double number_at(const cJSON *item)
{
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

/// The drift of one NVE window.
typedef struct {
    int number; ///< -1: none yet
    double slope, ripple, length_ps;
    double excess; ///< slope over the one that is still good
} WindowDrift;

/// Looks at one window; *worst becomes it if it drifts most and is not shorter than shortest_ps.
static void window_check(Check *check, const cJSON *window, int number, double dt_ps,
                         double shortest_ps, WindowDrift *worst_drift)
{
    const cJSON *kinetic = cJSON_GetObjectItemCaseSensitive(window, "kinetic");
    const cJSON *potential = cJSON_GetObjectItemCaseSensitive(window, "potential");
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(window, "total");
    const int n = cJSON_GetArraySize(total);
    char name[32];
    snprintf(name, sizeof name, "NVE window %d", number);
    if (n < 2 || cJSON_GetArraySize(kinetic) != n || cJSON_GetArraySize(potential) != n) {
        check_say(check, CHECK_DRIFT, CHECK_FAIL,
                  "%s: kinetic, potential and total are not of one length above 1", name);
        return;
    }
    LineFit fit = {0};
    double worst = 0.0, first = NAN;
    kinetic = kinetic->child;
    potential = potential->child;
    total = total->child;
    for (int i = 0; i < n; i++) {
        const double e = number_at(total);
        const double gap = fabs(e - number_at(kinetic) - number_at(potential));
        worst = gap <= worst ? worst : gap; // NaN stays
        first = i == 0 ? e : first;
        line_fit_add(&fit, i * dt_ps, e - first);
        kinetic = kinetic->next;
        potential = potential->next;
        total = total->next;
    }
    if (!(worst <= 1e-6))
        check_say(check, CHECK_DRIFT, CHECK_FAIL,
                  "%s: total differs from kinetic + potential by %.2g kJ/mol", name, worst);
    if (n * dt_ps < shortest_ps)
        return; // cut off where the trajectory ends: too short to be judged
    WindowDrift drift = {.number = number,
                         .slope = line_fit_slope(&fit),
                         .ripple = line_fit_rms(&fit),
                         .length_ps = n * dt_ps};
    drift.excess = fabs(drift.slope) / (DRIFT_WARN * (double)check->n_atoms +
                                        slope_allowance(drift.ripple, drift.length_ps));
    if (worst_drift->number < 0 || !(drift.excess <= worst_drift->excess))
        *worst_drift = drift; // NaN is the worst
}

static QmtStatus windows_check(QmtContext *ctx, Check *check)
{
    cJSON *windows;
    double dt_fs = 0.0;
    TRY(json_read(ctx, check, "nve_windows", CHECK_DRIFT, &windows));
    if (windows != NULL && cJSON_GetArraySize(windows) == 0)
        check_say(check, CHECK_DRIFT, CHECK_NOT_RUN,
                  "no NVE windows, and the trajectory itself has a thermostat or does not say");
    else if (windows != NULL && !(check_config_number(check, "dt_fs", &dt_fs) && dt_fs > 0.0))
        check_say(check, CHECK_DRIFT, CHECK_NOT_RUN, "the metadata do not say dt_fs");
    int number = 0;
    const cJSON *window;
    WindowDrift worst = {.number = -1};
    // Only a trajectory that did not complete may end inside a window.
    double shortest_ps = 0.0;
    const char *const status = check_metadata_text(check, "status");
    if (status != NULL && strcmp(status, "partial") == 0 &&
        check_config_number(check, "nve_window_ps", &shortest_ps))
        shortest_ps -= 0.5e-3 * dt_fs;
    if (dt_fs > 0.0)
        cJSON_ArrayForEach(window, windows)
            window_check(check, window, number++, 1e-3 * dt_fs, shortest_ps, &worst);
    if (worst.number >= 0) {
        char name[64];
        snprintf(name, sizeof name, number > 1 ? "NVE window %d, the worst of %d" : "NVE window %d",
                 worst.number, number);
        check_slope(check, name, worst.slope, worst.ripple, worst.length_ps);
    } else if (number > 0) {
        check_say(check, CHECK_DRIFT, CHECK_NOT_RUN, "no NVE window is complete");
    }
    cJSON_Delete(windows);
    return QMT_OK;
}

static QmtStatus opened_check(QmtContext *ctx, Check *check)
{
    arrays_check(check);
    if (check->n_frames == 0 || check->n_atoms == 0)
        return QMT_OK;
    TRY(json_read(ctx, check, "metadata", CHECK_METADATA, &check->metadata));
    metadata_check(check);
    TRY(atoms_check(ctx, check));
    TRY(check_frames(ctx, check));
    TRY(windows_check(ctx, check));
    TRY(check_properties(ctx, check));
    return check_labels(ctx, check);
}

static QmtStatus any_check(QmtContext *ctx, const char *path, Check *check)
{
    QmtStatus status = npz_open(ctx, path, &check->npz);
    if (status == QMT_ERR_FORMAT) {
        check_say(check, CHECK_ARCHIVE, CHECK_FAIL, "%s", qmt_context_message(ctx));
        return QMT_OK;
    }
    TRY(status);
    check_say(check, CHECK_ARCHIVE, CHECK_PASS, "%zu arrays", check->npz.n);
    status = npz_verify(ctx, &check->npz);
    if (status == QMT_ERR_FORMAT)
        check_say(check, CHECK_CHECKSUMS, CHECK_FAIL, "%s", qmt_context_message(ctx));
    else
        TRY(status);
    check_say(check, CHECK_CHECKSUMS, CHECK_PASS, "CRC-32 of all arrays");
    return opened_check(ctx, check);
}

QmtStatus check_file(QmtContext *ctx, const char *path, const CheckOptions *options,
                     CheckReport *report)
{
    CheckReport found = {0};
    Check check = {.npz = {.file = file_none()}, .options = options, .report = &found};
    const locale_t before = text_enter_c_locale();
    const QmtStatus status = any_check(ctx, path, &check);
    text_leave_c_locale(before);
    npz_close(&check.npz);
    free(check.masses);
    free(check.numbers);
    cJSON_Delete(check.metadata);
    TRY(status);
    for (int i = 0; i < CHECK_COUNT; i++)
        check_say(&check, (CheckItem)i, CHECK_NOT_RUN, "what it needs is missing");
    *report = found;
    return QMT_OK;
}
