#ifndef DATA_TABLES_H
#define DATA_TABLES_H

/// Structs of the tables that tools/tablegen.c makes from data/*.csv: one struct per file, one member
/// per column, in the units of the CSV header. A column that a struct does not know does not compile.
/// Row counts are enum constants of the generated header tables_gen.h.

/// data/gfn2_elements.csv: one element of GFN2-xTB.
/// Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), 10.1021/acs.jctc.8b01176.
typedef struct {
    int z;
    const char *symbol;
    int nshell;         ///< rows in gfn2_shells.csv
    double zval;        ///< valence electrons
    double rep_alpha;   ///< repulsion exponent, bohr^-1.5 (bohr^-1 in H/He pairs)
    double rep_zeff;    ///< effective nuclear charge of the repulsion, e
    double hardness;    ///< hartree/e^2
    double gamma3;      ///< third-order parameter, hartree/e^3
    double dip_kernel;  ///< hartree/(e bohr)^2
    double quad_kernel; ///< hartree/(e bohr^2)^2
    double mp_vcn;      ///< valence coordination number of the multipole radius
    double mp_rad;      ///< multipole base radius, bohr
    double en_pauling;  ///< Pauling electronegativity
    double poly_rad;    ///< radius of the shell polynomial, angstrom
    double cov_rad;     ///< covalent radius before the factor 4/3, angstrom
} Gfn2Element;

/// data/gfn2_shells.csv: one shell, in basis order.
typedef struct {
    int z;
    const char *symbol;
    int shell;             ///< running number inside the element, from 0
    int n, l, nprim;       ///< quantum numbers, length of the STO-NG expansion
    double zeta;           ///< Slater exponent, 1/bohr
    double level;          ///< eV of the method (27.21138505 per hartree)
    double kcn;            ///< shift with the coordination number, eV of the method
    double poly;           ///< shell polynomial coefficient
    double hardness_scale; ///< factor on the hardness of the element
    double gamma3_scale;   ///< factor on gamma3 of the element
    double refocc;         ///< reference occupation, e
} Gfn2Shell;

/// data/gfn1_elements.csv: one element of GFN1-xTB.
/// Grimme, Bannwarth, Shushkov, J. Chem. Theory Comput. 13, 1989 (2017), 10.1021/acs.jctc.7b00118.
typedef struct {
    int z;
    const char *symbol;
    int nshell;         ///< rows in gfn1_shells.csv
    double rep_alpha;   ///< repulsion exponent, bohr^-1.5
    double rep_zeff;    ///< effective nuclear charge of the repulsion, e
    double hardness;    ///< hartree/e^2
    double gamma3;      ///< third-order parameter of the atom, hartree/e^3
    double xb_strength; ///< as donor of a halogen bond, hartree
    double en_pauling;  ///< Pauling electronegativity
    double poly_rad;    ///< radius of the shell polynomial and the halogen bond, angstrom
    double cov_rad;     ///< covalent radius before the factor 4/3, angstrom
    int d_row;          ///< 1 Sc-Cu, 2 Y-Ag, 3 La-Au, else 0; gfn1_pairs.csv has used it
} Gfn1Element;

/// data/gfn1_shells.csv: one shell, in basis order.
typedef struct {
    int z;
    const char *symbol;
    int shell;             ///< running number inside the element, from 0
    int n, l, nprim;       ///< quantum numbers, length of the STO-NG expansion
    double zeta;           ///< Slater exponent, 1/bohr
    double level;          ///< eV of the method (27.21138505 per hartree)
    double kcn;            ///< shift with the coordination number, eV of the method
    double poly;           ///< shell polynomial coefficient
    double hardness_scale; ///< factor on the hardness of the element
    double refocc;         ///< reference occupation, e
    int valence;           ///< 0: the diffuse 2s of hydrogen
} Gfn1Shell;

/// data/gfn1_pairs.csv: factor of a pair of elements in the Hamiltonian, z_a <= z_b.
typedef struct {
    int z_a, z_b;
    double k_pair;      ///< 1 for pairs without a row
    const char *origin; ///< "fitted" or "d_block"
} Gfn1Pair;

/// data/sto_ng.csv: one primitive of a Slater function with exponent 1.
/// Stewart, J. Chem. Phys. 52, 431 (1970), 10.1063/1.1672702.
typedef struct {
    int n, l;
    int N;              ///< length of the expansion
    int index;          ///< from 0
    double exponent;    ///< 1/bohr^2
    double coefficient; ///< for normalised primitives
} StoPrimitive;

/// data/disp_element.csv: one element of D3 and D4.
typedef struct {
    int z;
    const char *symbol;
    double rcov_angstrom_raw; ///< before scaling
    double rcov_bohr;         ///< 4/3 of it
    double r4_over_r2_raw;    ///< bohr^2
    double sqrt_q;            ///< C8/C6 = 3 sqrt_q(A) sqrt_q(B)
    double en_pauling;
    double d4_zeff; ///< effective nuclear charge of the charge scaling, e
    double d4_hardness;
    int d4_nref, d3_nref; ///< number of reference systems
} DispElement;

/// data/d4_gfn2_reference.csv: one reference system of D4.
/// Caldeweyher et al., J. Chem. Phys. 150, 154122 (2019), 10.1063/1.5090222.
typedef struct {
    int index; ///< from 0 over all elements
    int z;
    int ref;           ///< from 1 inside the element
    double cn;         ///< coordination number in the Gaussian weights
    double q_gfn2;     ///< GFN2 charge of the reference atom, e
    int ngauss;        ///< 1 or 3
    double cn_d3count; ///< provenance only, as the next four
    int subtracted_system;
    double q_subtracted;
    double n_subtracted;
    double scale;
} D4Reference;

/// data/d4_gfn2_c6.csv: C6 of a pair of references, index_a >= index_b.
typedef struct {
    int z_a, ref_a, z_b, ref_b;
    double c6; ///< hartree bohr^6
} D4C6;

/// data/d3_reference.csv: one reference system of D3.
/// Grimme, Antony, Ehrlich, Krieg, J. Chem. Phys. 132, 154104 (2010), 10.1063/1.3382344.
typedef struct {
    int index; ///< from 0 over all elements
    int z;
    int ref;   ///< from 1 inside the element
    double cn; ///< coordination number in the Gaussian weights
} D3Reference;

/// data/d3_c6.csv: C6 of a pair of references, index_a >= index_b.
typedef struct {
    int z_a, ref_a, z_b, ref_b;
    double c6; ///< hartree bohr^6
} D3C6;

/// data/masses.csv: standard atomic weights, IUPAC 2016 abridged.
typedef struct {
    int z;
    const char *symbol;
    double mass_da;
} AtomicMass;

/// data/isotopes.csv: relative atomic masses, NIST.
typedef struct {
    int z;
    const char *symbol;
    int mass_number;
    double mass_da;
} IsotopeMass;

/// data/ground_states.csv: ground level of a free atom or ion, NIST Atomic Spectra Database, 10.18434/T4W30F.
typedef struct {
    int z;
    const char *symbol;
    int charge;       ///< e
    int multiplicity; ///< 2S + 1
} GroundState;

/// data/solvation_elements.csv: what the solvation models know of an element beside the solvent.
typedef struct {
    int z;
    const char *symbol;
    double vdw;    ///< van der Waals radius of D3, angstrom
    double cm5_a0; ///< CM5 parameter, e
} SolvationElement;

/// data/solvation_solvents.csv: one solvent in one model with one method.
/// Ehlert, Stahn, Spicher, Grimme, J. Chem. Theory Comput. 17, 4250 (2021), 10.1021/acs.jctc.1c00471.
typedef struct {
    const char *model;   ///< "alpb" or "gbsa"
    const char *method;  ///< "gfn1" or "gfn2"
    const char *solvent; ///< "water", ...
    double epsilon;      ///< dielectric constant
    double born_scale;   ///< factor on the Born radii
    double born_offset;  ///< taken off the van der Waals radii, angstrom
    double probe;        ///< radius of a molecule of the solvent, angstrom
    double molar_mass;   ///< g/mol
    double density;      ///< g/cm^3
    double gshift;       ///< constant of the fit, kcal/mol
} SolventRow;

/// data/alpb_gfn2_params.csv and its three sisters: one element in one solvent.
typedef struct {
    const char *solvent;
    int z;
    const char *symbol;
    double descreening; ///< factor on the van der Waals radius
    double tension;     ///< surface tension, hartree/bohr^2
    double hb_sqrt;     ///< square root of the hydrogen-bond strength, (kcal/mol)^(1/2)
} SolventElement;

/// data/lebedev_230.csv: one point of the grid on the unit sphere, order 25; the weights add to one.
/// Lebedev, Laikov, Dokl. Math. 59, 477 (1999).
typedef struct {
    double x, y, z, weight;
} SpherePoint;

/// data/cm5_pairs.csv: coefficient of a pair of elements, z_a < z_b.
typedef struct {
    int z_a, z_b;
    double d; ///< e, of the atom z_a; the negative for z_b
} Cm5Pair;

#include "tables_gen.h"

#endif
