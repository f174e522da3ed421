#ifndef DATA_ELEMENT_H
#define DATA_ELEMENT_H

/// Elements 1..86 by number and symbol.

enum { ELEMENT_MAX = 86 };

/// Atomic number of a symbol in any case ("Cl", "CL", "cl"); 0 if there is none.
int element_number(const char *symbol);
/// "H" .. "Rn"; "?" outside 1..86.
const char *element_symbol(int z);
/// Standard atomic weight in dalton; 0 outside 1..86.
double element_mass_da(int z);
/// Mass of an isotope in dalton; 0 if the table has none of this mass number.
double isotope_mass_da(int z, int mass_number);
/// Multiplicity (2S + 1) of the ground level of a free atom or ion; 0 if the table does not know it, as of Ce to
/// Yb, whose 4f electrons belong to the core of the methods.
int atom_ground_multiplicity(int z, int charge);
/// Multiplicity of the ground state of a neutral atom as the methods see it: the table's, and 2 for Ce to Yb, whose
/// three valence electrons are 5d1 6s2 above a core that holds the 4f electrons; 0 outside 1..86.
int atom_valence_multiplicity(int z);
/// The symbol nearest in spelling, for error messages.
const char *element_nearest(const char *symbol);

#endif
