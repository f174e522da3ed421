#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/vec3.h"
#include "io/text.h"
#include "run/run_parts.h"
#include "structure/xyz.h"

/// Of the gradient of the method at one atom.
static double square_of_method(const MdState *state, size_t a)
{
    double gradient[3];
    for (int x = 0; x < 3; x++)
        gradient[x] = state->gradient[a][x] -
                      (state->bias_gradient != NULL ? state->bias_gradient[a][x] : 0.0);
    return vec3_dot(gradient, gradient);
}

/// Keys of the comment line. They name their units: no reader takes them for its own energy.
static void keys_write(const MdState *state, char *keys, size_t size)
{
    char energy[TEXT_DOUBLE_SIZE], slope[TEXT_DOUBLE_SIZE];
    double square = 0.0;
    for (size_t a = 0; a < state->n_atoms; a++)
        square += square_of_method(state, a);
    text_format_double(state->at.energy - state->at.bias, energy);
    text_format_double(sqrt(square), slope);
    snprintf(keys, size, "energy_hartree=%s gradient_norm_hartree_bohr=%s", energy, slope);
}

QmtStatus run_relaxed_write(QmtContext *ctx, Run *run, const MdState *state)
{
    char keys[160], *text = NULL;
    Structure relaxed = *run->task->structure; // shares what does not change
    relaxed.xyz = state->xyz;
    relaxed.has_charge = relaxed.has_multiplicity = true;
    relaxed.charge = (int)run->task->config.charge;
    relaxed.multiplicity = (int)run->task->config.spin_multiplicity;
    keys_write(state, keys, sizeof keys);
    TRY(xyz_format_with(ctx, &relaxed, keys, &text));
    const QmtStatus status = run_text_write_later(ctx, run, RUN_FILE_RELAXED, text);
    free(text);
    return status;
}
