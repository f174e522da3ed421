#include "engine/properties.h"

#include "base/units.h"

const PropertyType PROPERTIES[N_PROPERTIES] = {
    [PROPERTY_DIPOLE] = {"dipole", "e nm", NM_PER_BOHR, 1, {3}},
    [PROPERTY_CHARGES] = {"charges", "e", 1.0, 1, {0}},
    [PROPERTY_BOND_ORDERS] = {"bond_orders", "1", 1.0, 2, {0, 0}},
    [PROPERTY_GAP] = {"homo_lumo_gap", "kJ/mol", KJMOL_PER_HARTREE, 0, {0}},
    [PROPERTY_QUADRUPOLE] = {"quadrupole", "e nm^2", NM_PER_BOHR *NM_PER_BOHR, 2, {3, 3}},
    [PROPERTY_SCF_RESIDUAL] = {"scf_residual", "a.u.", 1.0, 0, {0}},
};

size_t property_size(Property property, size_t n_atoms)
{
    const PropertyType *type = &PROPERTIES[property];
    size_t size = 1;
    for (size_t i = 0; i < type->n_axes; i++)
        size *= type->axis[i] != 0 ? type->axis[i] : n_atoms;
    return size;
}

size_t properties_size(unsigned set, size_t n_atoms)
{
    size_t size = 0;
    for (int p = 0; p < N_PROPERTIES; p++)
        if (set & 1u << p)
            size += property_size((Property)p, n_atoms);
    return size;
}
