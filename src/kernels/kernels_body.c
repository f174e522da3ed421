// Compiled once per instruction set; KERNELS_TABLE and KERNELS_ISA come from the build.
#include "kernels/kernels.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// Order matters: the later parts use the earlier ones.
#include "kernels/body_linalg.h"
#include "kernels/body_matmul.h"

#include "kernels/body_pattern.h"
#include "kernels/body_strips.h"

#include "kernels/body_orbital_update.h"
#include "kernels/body_transpose.h"

#include "kernels/body_block_traces.h"

#include "kernels/body_simd.h"

#include "kernels/body_radial.h"

#include "kernels/body_moments.h"

#include "kernels/body_classical.h"
#include "kernels/body_dispersion.h"

#include "kernels/body_pair_batch.h"

#include "kernels/body_eigenvector.h"

#include "kernels/body_born.h"
#include "kernels/body_pair_slope.h"
#include "kernels/body_surface.h"

extern const Kernels KERNELS_TABLE;

const Kernels KERNELS_TABLE = {
    .isa = KERNELS_ISA,
    .panel_columns = 3 * LANES_DOUBLE,
    .matmul_nn = matmul_nn,
    .matmul_tn = matmul_tn,
    .matmul_tn_symmetric = matmul_tn_symmetric,
    .matmul_tn_lower = matmul_tn_lower,
    .mirror = mirror,
    .matmul_single = matmul_single,
    .matmul_tn_single = matmul_tn_single,
    .matmul_tn_triangle_single = matmul_tn_triangle_single,
    .matmul_tn_lower_single = matmul_tn_lower_single,
    .matmul_correction = matmul_correction,
    .matmul_pattern = matmul_pattern,
    .matmul_pattern_single = matmul_pattern_single,
    .matmul_tn_pattern = matmul_tn_pattern,
    .pack_pattern = pack_pattern_double,
    .pack_pattern_single = pack_pattern_float,
    .matmul_packed = matmul_packed,
    .matmul_packed_single = matmul_packed_single,
    .matmul_packed_part = matmul_packed_part,
    .matmul_packed_part_single = matmul_packed_part_single,
    .pack_strips = pack_strips,
    .matmul_strips_lower = matmul_strips_lower,
    .matmul_strips_triangle = matmul_strips_triangle,
    .mirror_pattern = mirror_pattern,
    .transpose = transpose_double,
    .transpose_single = transpose_single,
    .narrow = narrow,
    .narrow_transposed = narrow_transposed,
    .largest_single = largest_single,
    .sylvester_start = sylvester_start,
    .sylvester_step = sylvester_step,
    .gradient_direction = gradient_direction,
    .gradient_curvature = gradient_curvature,
    .gradient_step = gradient_step,
    .combine_single = combine_single,
    .difference_squares = difference_squares,
    .traces_of_blocks = traces_of_blocks,
    .dot = dot,
    .axpy = axpy,
    .matvec = matvec,
    .matvec_single = matvec_single,
    .combine = combine,
    .difference_store = difference_store,
    .eigenvector = eigenvector,
    .quotient_of_columns = quotient_of_columns,
    .batch_update = batch_update,
    .batch_overlap = batch_overlap,
    .batch_fock = batch_fock,
    .batch_moments = batch_moments,
    .batch_gradient = batch_gradient,
    .exponentials = exponentials,
    .inverse_roots = inverse_roots,
    .cubic_slopes = cubic_slopes,
    .repulsion_pairs = repulsion_pairs,
    .counting_pairs = counting_pairs,
    .multipole_damping_row = multipole_damping_row,
    .multipole_potentials = multipole_potentials,
    .multipole_slopes = multipole_slopes,
    .counting_row = counting_row,
    .damped_pair_row = damped_pair_row,
    .charge_scaling = charge_scaling,
    .reference_coefficients = reference_coefficients,
    .reference_sums = reference_sums,
    .pair_coefficients = pair_coefficients,
    .pair_force_row = pair_force_row,
    .atm_pair_row = atm_pair_row,
    .atm_row = atm_row,
    .sphere_masks = sphere_masks,
    .sphere_area = sphere_area,
    .descreening_pairs = descreening_pairs,
    .born_pairs_p16 = born_pairs_p16,
    .born_pairs_still = born_pairs_still,
};
