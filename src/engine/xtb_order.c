#include "engine/xtb_order.h"

#include <string.h>

#include "engine/properties.h"

void xtb_order_layout(XtbOrder *order, Arena *arena)
{
    if (!order->sorted)
        return;
    const unsigned all = (1u << N_PROPERTIES) - 1;
    order->atom = arena_bytes(arena, order->n_atoms * sizeof *order->atom);
    order->xyz = arena_vectors(arena, order->n_atoms);
    order->properties = arena_doubles(arena, properties_size(all, order->n_atoms));
}

const double (*xtb_order_positions(XtbOrder *order, const double (*xyz)[3]))[3]
{
    if (!order->sorted)
        return xyz;
    for (size_t i = 0; i < order->n_atoms; i++)
        memcpy(order->xyz[i], xyz[order->atom[i]], sizeof order->xyz[i]);
    return (const double(*)[3])order->xyz;
}

void xtb_order_restore(const XtbOrder *order, size_t width, const double *from, double *to)
{
    if (!order->sorted) {
        memcpy(to, from, order->n_atoms * width * sizeof *to);
        return;
    }
    for (size_t i = 0; i < order->n_atoms; i++)
        memcpy(to + order->atom[i] * width, from + i * width, width * sizeof *to);
}

/// One number for every pair of atoms.
static void restore_pairs(const XtbOrder *order, const double *from, double *to)
{
    const size_t n = order->n_atoms;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            to[order->atom[i] * n + order->atom[j]] = from[i * n + j];
}

void xtb_order_restore_properties(const XtbOrder *order, unsigned set, double *to)
{
    const double *from = order->properties;
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (!(set & 1u << p))
            continue;
        const size_t size = property_size((Property)p, order->n_atoms);
        const char *axes = PROPERTIES[p].axes;
        if (strcmp(axes, "NN") == 0)
            restore_pairs(order, from, to);
        else if (axes[0] == 'N')
            xtb_order_restore(order, size / order->n_atoms, from, to);
        else
            memcpy(to, from, size * sizeof *to);
        from += size;
        to += size;
    }
}
