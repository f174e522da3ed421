#ifndef QMTRAJ_HESSIAN_H
#define QMTRAJ_HESSIAN_H

/// Second derivatives of the energy, harmonic vibrations and thermochemistry of one molecule.

#include <stddef.h>
#include <string.h>

#include <qmtraj/context.h>
#include <qmtraj/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How a Hessian is made. Start from qmt_hessian_options_default().
typedef struct {
    size_t struct_size; ///< sizeof(QmtHessianOptions), set by qmt_hessian_options_default()
    double step;        ///< displacement, bohr
    int points;         ///< of the differences, 3 or 5
    int n_workers;      ///< processes side by side; no result depends on it
} QmtHessianOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_hessian_options_init(QmtHessianOptions *options, size_t struct_size);

/// Five points, steps of 0.005 bohr, one process.
static inline QmtHessianOptions qmt_hessian_options_default(void)
{
    QmtHessianOptions options;
    qmt_hessian_options_init(&options, sizeof options);
    return options;
}

/// Where results go. Any pointer may be NULL. Start from qmt_hessian_result_empty().
typedef struct {
    size_t struct_size; ///< sizeof(QmtHessianResult), set by qmt_hessian_result_empty()
    double energy;      ///< hartree
    double dipole[3];   ///< e bohr, about the origin; GFN-xTB only
    double
        asymmetry; ///< largest |H_ij - H_ji| before their mean is taken: an estimate of the error
    double *gradient; ///< [3 n_atoms] hartree/bohr: a Hessian says little where it is not small
    double *hessian;  ///< [3 n_atoms * 3 n_atoms] hartree/bohr^2, symmetric
    double *dipole_slopes; ///< [3 n_atoms * 3] e, by coordinate; GFN-xTB only
    int scf_iterations; ///< at rest; above QMT_SCF_SLOW_ITERATIONS there may be more than one solution
    int recovery;       ///< 0: it converged normally, else the recovery stage that found a solution
} QmtHessianResult;

/// A result that asks for nothing yet.
static inline QmtHessianResult qmt_hessian_result_empty(void)
{
    QmtHessianResult result;
    memset(&result, 0, sizeof result);
    result.struct_size = sizeof result;
    return result;
}

/// The Hessian by differences of analytic gradients: 6 or 12 evaluations per atom, each from what is remembered of the
/// geometry at rest. With several workers processes are forked.
///
/// @param xyz      [3 n_atoms] bohr
/// @param options  NULL: the defaults
/// Fails as qmt_engine_evaluate() does, with QMT_ERR_IO (no processes), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_hessian(QmtContext *ctx, QmtEngine *engine, const double *xyz,
                              const QmtHessianOptions *options, QmtHessianResult *result);

/// Writes a Hessian as an array of NumPy, float64 [3 n_atoms, 3 n_atoms], hartree/bohr^2. The file appears when it is
/// whole. Fails with QMT_ERR_IO, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_hessian_write_npy(QmtContext *ctx, const char *path, size_t n_atoms,
                                        const double *hessian);

/// Harmonic vibrations.
typedef struct QmtModes QmtModes;

/// Makes them from a Hessian, with translations and rotations projected out. A molecule within 0.2 bohr of a line is linear
/// if turning it around the line costs more than half of what bending it costs: one at a bent stationary point turns freely.
///
/// @param masses         [n_atoms] dalton
/// @param xyz            [3 n_atoms] bohr
/// @param hessian        [3 n_atoms * 3 n_atoms] hartree/bohr^2
/// @param dipole_slopes  [3 n_atoms * 3] e; NULL: no intensities
/// @param modes          to be destroyed with qmt_modes_destroy()
/// Fails with QMT_ERR_PHYSICS (a Hessian or slopes that are not finite), QMT_ERR_INPUT (a coordinate that is not finite),
/// QMT_ERR_ARGUMENT (a mass that is not positive) or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_modes_create(QmtContext *ctx, size_t n_atoms, const double *masses,
                                   const double *xyz, const double *hessian,
                                   const double *dipole_slopes, QmtModes **modes);
/// Destroys modes and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_modes_destroy(QmtModes **modes);

/// The modes, valid as long as they live. Filled by the library.
typedef struct {
    size_t n_modes, n_rigid; ///< vibrations; translations and rotations, 3, 5 or 6
    const double *frequency; ///< [n_modes] cm-1, rising; negative: imaginary
    const double *rigid;     ///< [n_rigid] cm-1, the smallest before projection, 0 but for errors
    const double *mode;      ///< [n_modes * 3 n_atoms] orthonormal, mass-weighted
    const double *reduced_mass; ///< [n_modes] dalton
    const double *intensity;    ///< [n_modes] km/mol
} QmtModesView;

/// Distance of the farthest atom from the line of a molecule that is taken as linear, bohr; 0: it is straight, or bent, or modes is NULL.
QMT_API double qmt_modes_off_line(const QmtModes *modes);

/// Fails with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_modes_get(QmtContext *ctx, const QmtModes *modes, QmtModesView *view);

/// Conditions of an ideal gas. Start from qmt_thermo_options_default().
typedef struct {
    size_t struct_size;   ///< sizeof(QmtThermoOptions), set by qmt_thermo_options_default()
    double temperature_k; ///< kelvin
    double pressure_pa;   ///< pascal
    double
        rotor_cm; ///< below about this, entropies are those of free rotors (Grimme 2012); 0: nowhere
    int symmetry_number; ///< of rotation
    int multiplicity;    ///< unpaired electrons + 1
} QmtThermoOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_thermo_options_init(QmtThermoOptions *options, size_t struct_size);

/// 298.15 K, 101325 Pa, harmonic, symmetry number 1, singlet.
static inline QmtThermoOptions qmt_thermo_options_default(void)
{
    QmtThermoOptions options;
    qmt_thermo_options_init(&options, sizeof options);
    return options;
}

/// Corrections to the electronic energy, hartree and hartree/K. Filled by the library.
typedef struct {
    double zero_point;
    double energy;   ///< thermal: zero point, vibration, rotation, translation
    double enthalpy; ///< the same plus kT
    double entropy;  ///< the sum of the next four
    double entropy_translation, entropy_rotation, entropy_vibration, entropy_electronic;
    double gibbs; ///< enthalpy less T times entropy
    double heat_capacity_volume;
    double rotational_constant[3]; ///< cm-1, falling; 0: none
} QmtThermo;

/// Thermochemistry of rigid rotors and harmonic oscillators; imaginary frequencies are left out.
///
/// @param options  NULL: the defaults
/// Fails with QMT_ERR_ARGUMENT, also for conditions so extreme that the results are no numbers.
QMT_API QmtStatus qmt_thermo(QmtContext *ctx, const QmtModes *modes,
                             const QmtThermoOptions *options, QmtThermo *thermo);

#ifdef __cplusplus
}
#endif
#endif
