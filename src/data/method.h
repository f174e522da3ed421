#ifndef DATA_METHOD_H
#define DATA_METHOD_H

#include <stdbool.h>
#include <stddef.h>

/// What the methods of the family have in common about an element; units as in tables.h. Parameters
/// that one method alone has are looked up in its own table.
typedef struct {
    double rep_alpha, rep_zeff;
    double hardness, gamma3;
    double en_pauling, poly_rad, cov_rad;
} MethodElement;

/// The same about a shell.
typedef struct {
    int n, l, nprim;
    double zeta, level, kcn, poly;
    double hardness_scale, gamma3_scale;
    double refocc;
    bool valence; ///< false for a diffuse shell, which is made orthogonal to the shell before it
} MethodShell;

/// Mean of the two hardnesses in the Coulomb kernel.
typedef enum {
    MEAN_ARITHMETIC, ///< (a + b)/2
    MEAN_HARMONIC    ///< 2/(1/a + 1/b)
} HardnessMean;

/// A method of the GFN family: its name, where its element tables are, and the constants that belong
/// to no element. The numbers come from data/gfn2_globals.csv and data/gfn1_globals.csv, which say the
/// unit and the meaning of each; 0 where a method lacks the term. The terms themselves are listed in
/// engine/xtb_terms.c, as this floor does not know them.
typedef struct {
    const char *name;

    // Tables of the elements, z = 1..86.
    MethodElement (*element)(int z);
    size_t (*n_shells)(int z);
    MethodShell (*shell)(int z, size_t i); ///< i = 0..n_shells - 1, in basis order
    double (*pair_scale)(int za, int zb);  ///< factor of a pair of elements in H0; NULL: none

    // Units and temperature. The fit used an older eV and Boltzmann constant than base/units.h.
    double bohr_per_angstrom;
    double ev_per_hartree;           ///< for `level` and `kcn` of the shells only
    double boltzmann;                ///< hartree/K, of the electrons
    double electronic_temperature_k; ///< default, kelvin

    // Coordination number of the Hamiltonian.
    double cn_ka, cn_kb; ///< steepness of the two exponentials; cn_kb = 0: there is only the first
    double cn_rshift;    ///< bohr, added to the distance of the second one
    double cn_rscale;    ///< 4/3, factor on the covalent radii
    double cn_cutoff;    ///< bohr

    // Extended Hueckel Hamiltonian.
    double k_shell[3][3]; ///< k_ll', [l][l'] with l = s, p, d; symmetric
    double k_diffuse;     ///< of two diffuse shells; with a valence shell the mean with k_ll
    double k_en;          ///< of the squared electronegativity difference
    double w_exp;         ///< exponent of the ratio of Slater exponents

    // Isotropic electrostatics and third order.
    HardnessMean hardness_mean;

    // Anisotropic electrostatics.
    bool multipoles; ///< atomic dipoles and quadrupoles are variables of the self-consistent loop
    double aes_prefactor;       ///< 6 in 1/(1 + 6 (R0/R)^dmp)
    double aes_shift, aes_kexp; ///< of the radius as a function of the coordination number
    double aes_rmax;            ///< bohr, upper limit of the radius

    // Repulsion.
    double rep_kexp, rep_kexp_light; ///< distance exponent; the same between H and He
    double rep_cutoff;               ///< bohr

    // Integrals.
    double int_cutoff; ///< primitive pairs with a b R^2/(a + b) above are dropped
    double int_rmax;   ///< bohr, no pair of shells beyond

    // Dispersion (D4).
    double d4_s6, d4_s8, d4_a1;
    double d4_a2; ///< bohr
    double d4_s9; ///< three-body scale

    // Dispersion (D3).
    double d3_s6, d3_s8, d3_a1;
    double d3_a2; ///< bohr

    // Halogen bonds.
    double xb_rscale;  ///< factor on the sum of the radii
    double xb_damping; ///< coefficient of the attractive part
    double xb_cutoff;  ///< bohr

    bool cm5_charges; ///< solvation acts on CM5 charges, not on Mulliken's

    // Defaults of the reference program's self-consistent loop.
    int scf_max_iterations;
    double scf_damping; ///< linear step of the Broyden mixer
} Method;

/// GFN2-xTB. Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019),
/// 10.1021/acs.jctc.8b01176.
extern const Method METHOD_GFN2;

/// GFN1-xTB. Grimme, Bannwarth, Shushkov, J. Chem. Theory Comput. 13, 1989 (2017),
/// 10.1021/acs.jctc.7b00118.
extern const Method METHOD_GFN1;

/// Valence electrons of the neutral atom.
double method_electrons(const Method *method, int z);

/// Names of all methods, for messages: [i], NULL after the last.
const char *method_name(size_t i);

/// The method with this name in any case ("GFN2-xTB"), NULL if there is none.
const Method *method_find(const char *name);

/// Name of the method nearest in spelling, for error messages.
const char *method_nearest(const char *name);

#endif
