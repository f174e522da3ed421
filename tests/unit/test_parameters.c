#include "support/check.h"

#include <stdbool.h>
#include <string.h>

#include "data/element.h"
#include "data/method.h"
#include "data/parameters.h"
#include "qmtraj/qmtraj.h"

/// Where one column of a table lies in memory.
typedef struct {
    const char *name;
    const void *table;
    size_t n_rows, row_size, offset, size;
} Column;

#define COLUMN(file, type, member)                                                                 \
    {                                                                                              \
#file "." #member, TABLE_##file, N_##file, sizeof(type), offsetof(type, member),           \
            sizeof((type){0}.member)                                                               \
    }

static const Column COLUMNS[] = {
    COLUMN(GFN2_ELEMENTS, Gfn2Element, z),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, symbol),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, nshell),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, zval),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, rep_alpha),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, rep_zeff),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, hardness),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, gamma3),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, dip_kernel),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, quad_kernel),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, mp_vcn),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, mp_rad),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, en_pauling),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, poly_rad),
    COLUMN(GFN2_ELEMENTS, Gfn2Element, cov_rad),
    COLUMN(GFN2_SHELLS, Gfn2Shell, z),
    COLUMN(GFN2_SHELLS, Gfn2Shell, symbol),
    COLUMN(GFN2_SHELLS, Gfn2Shell, shell),
    COLUMN(GFN2_SHELLS, Gfn2Shell, n),
    COLUMN(GFN2_SHELLS, Gfn2Shell, l),
    COLUMN(GFN2_SHELLS, Gfn2Shell, nprim),
    COLUMN(GFN2_SHELLS, Gfn2Shell, zeta),
    COLUMN(GFN2_SHELLS, Gfn2Shell, level),
    COLUMN(GFN2_SHELLS, Gfn2Shell, kcn),
    COLUMN(GFN2_SHELLS, Gfn2Shell, poly),
    COLUMN(GFN2_SHELLS, Gfn2Shell, hardness_scale),
    COLUMN(GFN2_SHELLS, Gfn2Shell, gamma3_scale),
    COLUMN(GFN2_SHELLS, Gfn2Shell, refocc),
    COLUMN(STO_NG, StoPrimitive, n),
    COLUMN(STO_NG, StoPrimitive, l),
    COLUMN(STO_NG, StoPrimitive, N),
    COLUMN(STO_NG, StoPrimitive, index),
    COLUMN(STO_NG, StoPrimitive, exponent),
    COLUMN(STO_NG, StoPrimitive, coefficient),
    COLUMN(DISP_ELEMENT, DispElement, z),
    COLUMN(DISP_ELEMENT, DispElement, symbol),
    COLUMN(DISP_ELEMENT, DispElement, rcov_angstrom_raw),
    COLUMN(DISP_ELEMENT, DispElement, rcov_bohr),
    COLUMN(DISP_ELEMENT, DispElement, r4_over_r2_raw),
    COLUMN(DISP_ELEMENT, DispElement, sqrt_q),
    COLUMN(DISP_ELEMENT, DispElement, en_pauling),
    COLUMN(DISP_ELEMENT, DispElement, d4_zeff),
    COLUMN(DISP_ELEMENT, DispElement, d4_hardness),
    COLUMN(DISP_ELEMENT, DispElement, d4_nref),
    COLUMN(DISP_ELEMENT, DispElement, d3_nref),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, index),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, z),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, ref),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, cn),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, q_gfn2),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, ngauss),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, cn_d3count),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, subtracted_system),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, q_subtracted),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, n_subtracted),
    COLUMN(D4_GFN2_REFERENCE, D4Reference, scale),
    COLUMN(D4_GFN2_C6, D4C6, z_a),
    COLUMN(D4_GFN2_C6, D4C6, ref_a),
    COLUMN(D4_GFN2_C6, D4C6, z_b),
    COLUMN(D4_GFN2_C6, D4C6, ref_b),
    COLUMN(D4_GFN2_C6, D4C6, c6),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, z),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, symbol),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, nshell),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, rep_alpha),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, rep_zeff),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, hardness),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, gamma3),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, xb_strength),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, en_pauling),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, poly_rad),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, cov_rad),
    COLUMN(GFN1_ELEMENTS, Gfn1Element, d_row),
    COLUMN(GFN1_SHELLS, Gfn1Shell, z),
    COLUMN(GFN1_SHELLS, Gfn1Shell, symbol),
    COLUMN(GFN1_SHELLS, Gfn1Shell, shell),
    COLUMN(GFN1_SHELLS, Gfn1Shell, n),
    COLUMN(GFN1_SHELLS, Gfn1Shell, l),
    COLUMN(GFN1_SHELLS, Gfn1Shell, nprim),
    COLUMN(GFN1_SHELLS, Gfn1Shell, zeta),
    COLUMN(GFN1_SHELLS, Gfn1Shell, level),
    COLUMN(GFN1_SHELLS, Gfn1Shell, kcn),
    COLUMN(GFN1_SHELLS, Gfn1Shell, poly),
    COLUMN(GFN1_SHELLS, Gfn1Shell, hardness_scale),
    COLUMN(GFN1_SHELLS, Gfn1Shell, refocc),
    COLUMN(GFN1_SHELLS, Gfn1Shell, valence),
    COLUMN(GFN1_PAIRS, Gfn1Pair, z_a),
    COLUMN(GFN1_PAIRS, Gfn1Pair, z_b),
    COLUMN(GFN1_PAIRS, Gfn1Pair, k_pair),
    COLUMN(GFN1_PAIRS, Gfn1Pair, origin),
    COLUMN(D3_REFERENCE, D3Reference, index),
    COLUMN(D3_REFERENCE, D3Reference, z),
    COLUMN(D3_REFERENCE, D3Reference, ref),
    COLUMN(D3_REFERENCE, D3Reference, cn),
    COLUMN(D3_C6, D3C6, z_a),
    COLUMN(D3_C6, D3C6, ref_a),
    COLUMN(D3_C6, D3C6, z_b),
    COLUMN(D3_C6, D3C6, ref_b),
    COLUMN(D3_C6, D3C6, c6),
    COLUMN(MASSES, AtomicMass, z),
    COLUMN(MASSES, AtomicMass, symbol),
    COLUMN(MASSES, AtomicMass, mass_da),
    COLUMN(SOLVATION_ELEMENTS, SolvationElement, z),
    COLUMN(SOLVATION_ELEMENTS, SolvationElement, symbol),
    COLUMN(SOLVATION_ELEMENTS, SolvationElement, vdw),
    COLUMN(SOLVATION_ELEMENTS, SolvationElement, cm5_a0),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, model),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, method),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, solvent),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, epsilon),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, born_scale),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, born_offset),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, probe),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, molar_mass),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, density),
    COLUMN(SOLVATION_SOLVENTS, SolventRow, gshift),
    COLUMN(ALPB_GFN1_PARAMS, SolventElement, solvent),
    COLUMN(ALPB_GFN1_PARAMS, SolventElement, z),
    COLUMN(ALPB_GFN1_PARAMS, SolventElement, symbol),
    COLUMN(ALPB_GFN1_PARAMS, SolventElement, descreening),
    COLUMN(ALPB_GFN1_PARAMS, SolventElement, tension),
    COLUMN(ALPB_GFN1_PARAMS, SolventElement, hb_sqrt),
    COLUMN(ALPB_GFN2_PARAMS, SolventElement, solvent),
    COLUMN(ALPB_GFN2_PARAMS, SolventElement, z),
    COLUMN(ALPB_GFN2_PARAMS, SolventElement, symbol),
    COLUMN(ALPB_GFN2_PARAMS, SolventElement, descreening),
    COLUMN(ALPB_GFN2_PARAMS, SolventElement, tension),
    COLUMN(ALPB_GFN2_PARAMS, SolventElement, hb_sqrt),
    COLUMN(GBSA_GFN1_PARAMS, SolventElement, solvent),
    COLUMN(GBSA_GFN1_PARAMS, SolventElement, z),
    COLUMN(GBSA_GFN1_PARAMS, SolventElement, symbol),
    COLUMN(GBSA_GFN1_PARAMS, SolventElement, descreening),
    COLUMN(GBSA_GFN1_PARAMS, SolventElement, tension),
    COLUMN(GBSA_GFN1_PARAMS, SolventElement, hb_sqrt),
    COLUMN(GBSA_GFN2_PARAMS, SolventElement, solvent),
    COLUMN(GBSA_GFN2_PARAMS, SolventElement, z),
    COLUMN(GBSA_GFN2_PARAMS, SolventElement, symbol),
    COLUMN(GBSA_GFN2_PARAMS, SolventElement, descreening),
    COLUMN(GBSA_GFN2_PARAMS, SolventElement, tension),
    COLUMN(GBSA_GFN2_PARAMS, SolventElement, hb_sqrt),
    COLUMN(LEBEDEV_230, SpherePoint, x),
    COLUMN(LEBEDEV_230, SpherePoint, y),
    COLUMN(LEBEDEV_230, SpherePoint, z),
    COLUMN(LEBEDEV_230, SpherePoint, weight),
    COLUMN(CM5_PAIRS, Cm5Pair, z_a),
    COLUMN(CM5_PAIRS, Cm5Pair, z_b),
    COLUMN(CM5_PAIRS, Cm5Pair, d),
};

/// A column that nobody filled is all zero.
static void no_column_is_all_zero(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof COLUMNS / sizeof *COLUMNS; c++) {
        const Column *column = &COLUMNS[c];
        bool filled = false;
        for (size_t i = 0; i < column->n_rows; i++) {
            const unsigned char *cell =
                (const unsigned char *)column->table + i * column->row_size + column->offset;
            for (size_t byte = 0; byte < column->size; byte++)
                filled = filled || cell[byte] != 0;
        }
        if (!filled)
            fail_msg("%s is all zero", column->name);
    }
}

static void elements_stand_in_the_order_of_their_numbers(void **state)
{
    (void)state;
    for (int z = 1; z <= ELEMENT_MAX; z++) {
        assert_int_equal(TABLE_MASSES[z - 1].z, z);
        assert_int_equal(gfn2_element(z)->z, z);
        assert_int_equal(disp_element(z)->z, z);
        assert_string_equal(gfn2_element(z)->symbol, element_symbol(z));
        assert_string_equal(disp_element(z)->symbol, element_symbol(z));
        assert_int_equal(gfn1_element(z)->z, z);
        assert_string_equal(gfn1_element(z)->symbol, element_symbol(z));
    }
}

static void shells_hold_the_valence_electrons(void **state)
{
    static const double GAMMA3_SHELL[] = {GFN2_GAMMA3_S, GFN2_GAMMA3_P, GFN2_GAMMA3_D};
    (void)state;
    for (int z = 1; z <= ELEMENT_MAX; z++) {
        size_t n = 0;
        const Gfn2Shell *shells = gfn2_shells(z, &n);
        double electrons = 0.0;
        for (size_t s = 0; s < n; s++) {
            assert_int_equal(shells[s].z, z);
            assert_int_equal(shells[s].shell, s);
            CHECK_NEAR(shells[s].gamma3_scale, GAMMA3_SHELL[shells[s].l], 0.0);
            electrons += shells[s].refocc;
        }
        // A sum of halves is exact; rounding if a table ever has thirds.
        CHECK_NEAR(electrons, gfn2_element(z)->zval, 1e-12);

        electrons = 0.0;
        const Gfn1Shell *others = gfn1_shells(z, &n);
        for (size_t s = 0; s < n; s++) {
            assert_int_equal(others[s].z, z);
            assert_int_equal(others[s].shell, s);
            assert_true(others[s].valence == 1 || (z == 1 && s == 1));
            electrons += others[s].refocc;
        }
        CHECK_NEAR(electrons, gfn2_element(z)->zval, 1e-12);
        CHECK_NEAR(method_electrons(&METHOD_GFN1, z), electrons, 0.0);
    }
}

static void every_shell_has_its_expansion(void **state)
{
    (void)state;
    for (size_t s = 0; s < N_GFN2_SHELLS; s++) {
        const Gfn2Shell *shell = &TABLE_GFN2_SHELLS[s];
        const StoPrimitive *first = NULL;
        const size_t n = sto_expansion(shell->n, shell->l, shell->nprim, &first);
        assert_int_equal(n, shell->nprim);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(first[i].index, i);
            assert_int_equal(first[i].n, shell->n);
            assert_int_equal(first[i].l, shell->l);
            assert_int_equal(first[i].N, shell->nprim);
        }
    }
    for (size_t s = 0; s < N_GFN1_SHELLS; s++) {
        const Gfn1Shell *shell = &TABLE_GFN1_SHELLS[s];
        const StoPrimitive *first = NULL;
        assert_int_equal(sto_expansion(shell->n, shell->l, shell->nprim, &first), shell->nprim);
    }
    const StoPrimitive *none = NULL;
    assert_int_equal(sto_expansion(6, 2, 6, &none), 0);
    assert_null(none);
}

static void references_stand_side_by_side(void **state)
{
    (void)state;
    size_t index = 0, index_d3 = 0;
    for (int z = 1; z <= ELEMENT_MAX; z++) {
        size_t n = 0;
        const D4Reference *refs = d4_references(z, &n);
        for (size_t a = 0; a < n; a++, index++) {
            assert_int_equal(refs[a].z, z);
            assert_int_equal(refs[a].ref, a + 1);
            assert_int_equal(refs[a].index, index);
        }
        const D3Reference *others = d3_references(z, &n);
        for (size_t a = 0; a < n; a++, index_d3++) {
            assert_int_equal(others[a].z, z);
            assert_int_equal(others[a].ref, a + 1);
            assert_int_equal(others[a].index, index_d3);
        }
    }
    assert_int_equal(index, N_D4_GFN2_REFERENCE);
    assert_int_equal(index_d3, N_D3_REFERENCE);
}

static void pairs_of_references_are_a_lower_triangle(void **state)
{
    (void)state;
    const D3C6 *other = TABLE_D3_C6;
    for (int a = 0; a < N_D3_REFERENCE; a++)
        for (int b = 0; b <= a; b++, other++) {
            const D3Reference *ra = &TABLE_D3_REFERENCE[a], *rb = &TABLE_D3_REFERENCE[b];
            assert_true(other->z_a == ra->z && other->ref_a == ra->ref);
            assert_true(other->z_b == rb->z && other->ref_b == rb->ref);
            assert_true(d3_c6(a, b) == other->c6 && d3_c6(b, a) == other->c6);
        }
    const D4C6 *row = TABLE_D4_GFN2_C6;
    for (int a = 0; a < N_D4_GFN2_REFERENCE; a++) {
        for (int b = 0; b <= a; b++, row++) {
            const D4Reference *ra = &TABLE_D4_GFN2_REFERENCE[a], *rb = &TABLE_D4_GFN2_REFERENCE[b];
            assert_true(row->z_a == ra->z && row->ref_a == ra->ref);
            assert_true(row->z_b == rb->z && row->ref_b == rb->ref);
            assert_true(row->c6 > 0.0);
            assert_true(d4_c6(a, b) == row->c6 && d4_c6(b, a) == row->c6);
        }
    }
}

static void spot_values_are_the_published_ones(void **state)
{
    (void)state;
    CHECK_NEAR(gfn2_element(8)->rep_alpha, 2.165712, 0.0);
    CHECK_NEAR(gfn2_element(7)->gamma3, -0.063978, 0.0);
    size_t n = 0;
    const Gfn2Shell *carbon = gfn2_shells(6, &n);
    assert_int_equal(n, 2);
    CHECK_NEAR(carbon[0].zeta, 2.096432, 0.0);
    CHECK_NEAR(carbon[1].level, -10.063292, 0.0);
    // As many digits as the published number has.
    CHECK_NEAR(disp_element(1)->sqrt_q, 2.00734899805689, 1e-14);
    CHECK_NEAR(d4_c6(0, 0), 7.6362412944832894, 0.0);

    const StoPrimitive *sto = NULL;
    assert_int_equal(sto_expansion(1, 0, 3, &sto), 3);
    CHECK_NEAR(sto[2].exponent, 0.1098175104, 0.0);
}

// The grid: on the unit sphere, weights of one in sum, quadratic forms integrated.
static void sphere_points_are_a_quadrature(void **state)
{
    (void)state;
    double sum = 0.0, xx = 0.0, xy = 0.0, z4 = 0.0;
    for (int i = 0; i < N_LEBEDEV_230; i++) {
        const SpherePoint *p = &TABLE_LEBEDEV_230[i];
        CHECK_NEAR(p->x * p->x + p->y * p->y + p->z * p->z, 1.0, 1e-14);
        sum += p->weight;
        xx += p->weight * p->x * p->x;
        xy += p->weight * p->x * p->y;
        z4 += p->weight * p->z * p->z * p->z * p->z;
    }
    CHECK_NEAR(sum, 1.0, 1e-13);
    CHECK_NEAR(xx, 1.0 / 3.0, 1e-13);
    CHECK_NEAR(xy, 0.0, 1e-13);
    CHECK_NEAR(z4, 1.0 / 5.0, 1e-13);
    for (int z = 1; z <= ELEMENT_MAX; z++)
        assert_int_equal(TABLE_SOLVATION_ELEMENTS[z - 1].z, z);
}

static void gfn1_has_the_published_values(void **state)
{
    (void)state;
    const Method *m = method_find("gfn1-xtb");
    assert_ptr_equal(m, &METHOD_GFN1);
    CHECK_NEAR(m->k_shell[0][1], 2.08, 0.0);
    CHECK_NEAR(m->k_shell[0][2], 1.925, 1e-15);
    CHECK_NEAR(m->k_shell[1][2], 2.125, 1e-15);
    CHECK_NEAR(m->d3_s8, 2.4, 0.0);
    CHECK_NEAR(gfn1_element(35)->xb_strength, 0.0381742, 0.0);
    CHECK_NEAR(gfn1_element(17)->xb_strength, 0.0, 0.0);
    CHECK_NEAR(d3_c6(0, 0), 3.0267, 0.0);
    CHECK_NEAR(d3_c6(1, 0), 4.7379, 0.0);
    CHECK_NEAR(d3_c6(0, 1), 4.7379, 0.0);

    // Fitted pairs; d-block rows, whose means mix; zinc is no d-block element here.
    CHECK_NEAR(gfn1_pair_scale(1, 1), 0.96, 0.0);
    CHECK_NEAR(gfn1_pair_scale(78, 1), 0.80, 0.0);
    CHECK_NEAR(gfn1_pair_scale(26, 26), 1.1, 0.0);
    CHECK_NEAR(gfn1_pair_scale(79, 26), 1.15, 1e-15);
    CHECK_NEAR(gfn1_pair_scale(30, 26), 1.0, 0.0);
    CHECK_NEAR(gfn1_pair_scale(6, 8), 1.0, 0.0);
}

static void methods_have_names(void **state)
{
    (void)state;
    size_t n = 0;
    for (; method_name(n) != NULL; n++)
        assert_string_equal(method_find(method_name(n))->name, method_name(n));
    assert_int_equal(n, 2);
}

static void method_has_the_published_constants(void **state)
{
    (void)state;
    const Method *m = method_find("gfn2-XTB");
    assert_ptr_equal(m, &METHOD_GFN2);
    assert_null(method_find("GFN3-xTB"));
    assert_string_equal(method_nearest("gfn2xtb"), "GFN2-xTB");
    CHECK_NEAR(m->ev_per_hartree, 27.21138505, 0.0);
    CHECK_NEAR(m->boltzmann, 3.166808578545117e-06, 0.0);
    CHECK_NEAR(m->k_shell[0][0], 1.85, 0.0);
    CHECK_NEAR(m->k_shell[0][1], 2.04, 0.0);
    CHECK_NEAR(m->k_shell[1][2], 2.0, 0.0);
    CHECK_NEAR(m->d4_s8, 2.7, 0.0);
    assert_int_equal(m->scf_max_iterations, 250);
    for (int l = 0; l < 3; l++)
        for (int k = 0; k < 3; k++)
            assert_true(m->k_shell[l][k] == m->k_shell[k][l] && m->k_shell[l][k] > 0.0);
}

static void checksum_is_sixteen_hex_digits(void **state)
{
    (void)state;
    const char *sum = qmt_parameter_checksum();
    assert_int_equal(strlen(sum), 16);
    assert_int_equal(strspn(sum, "0123456789abcdef"), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_column_is_all_zero),
        cmocka_unit_test(elements_stand_in_the_order_of_their_numbers),
        cmocka_unit_test(shells_hold_the_valence_electrons),
        cmocka_unit_test(every_shell_has_its_expansion),
        cmocka_unit_test(references_stand_side_by_side),
        cmocka_unit_test(pairs_of_references_are_a_lower_triangle),
        cmocka_unit_test(spot_values_are_the_published_ones),
        cmocka_unit_test(sphere_points_are_a_quadrature),
        cmocka_unit_test(gfn1_has_the_published_values),
        cmocka_unit_test(methods_have_names),
        cmocka_unit_test(method_has_the_published_constants),
        cmocka_unit_test(checksum_is_sixteen_hex_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
