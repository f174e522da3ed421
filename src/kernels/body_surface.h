// Part of kernels_body.c: the surface that a sphere shows to the solvent.

static double sphere_area(size_t n_points, const double *restrict points,
                          const double shape[KERNELS_SPHERE_SHAPE], size_t n,
                          const double *restrict others, size_t *restrict near,
                          double *restrict scratch, double (*restrict slopes)[3])
{
    const double radius = shape[0], per_width = 1.0 / shape[1], drop = shape[2];
    const Vec zero = {0.0}, one = zero + 1.0;
    double *restrict ratios = scratch, *restrict sums = scratch + KERNELS_PAD * n;
    memset(sums, 0, 3 * KERNELS_PAD * n * sizeof *sums);
    Vec area = zero;
    for (size_t p = 0; p < n_points; p += KERNELS_PAD) {
        const Vec x = load(points + p), y = load(points + n_points + p),
                  z = load(points + 2 * n_points + p);
        // First who covers all of these points, or some that are open in part: no root is needed for this.
        size_t n_near = 0;
        Mask open = equal(x, x);
        for (size_t b = 0; b < n && any(open); b++) {
            const double *o = others + KERNELS_SPHERE_ROW * b;
            const Vec c = o[0] * x + o[1] * y + o[2] * z;
            open &= less(all_lanes(o[5]), c);
            near[n_near] = b;
            n_near += any(less(c, all_lanes(o[6])) & open);
        }
        if (!any(open))
            continue;

        Vec factor = one;
        size_t n_edges = 0;
        for (size_t k = 0; k < n_near; k++) {
            const double *o = others + KERNELS_SPHERE_ROW * near[k];
            const Vec c = o[0] * x + o[1] * y + o[2] * z;
            // Others have closed points since.
            if (!any(less(c, all_lanes(o[6])) & open))
                continue;
            // Where the point is covered anything may come out: the lane is not open.
            const Vec r = root_of(o[3] + 2.0 * radius * c), there = (r - o[4]) * per_width;
            const Vec t = select_of(less(there, one), there, one);
            const Vec step = 0.5 + t * (0.75 - 0.25 * t * t);
            const Vec ratio = 0.75 * per_width * (1.0 - t * t) / (step * r);
            store(ratios + KERNELS_PAD * n_edges, select_of(less(zero, step), ratio, zero));
            near[n_edges++] = near[k];
            factor *= step;
        }
        // Weights may be negative.
        const Mask counts = less(all_lanes(drop), factor) & open;
        if (!any(counts))
            continue;
        factor = masked(factor * load(points + 3 * n_points + p), counts);
        area += factor;
        for (size_t k = 0; k < n_edges; k++) {
            const double *o = others + KERNELS_SPHERE_ROW * near[k];
            double *restrict sum = sums + 3 * KERNELS_PAD * near[k];
            const Vec w = factor * load(ratios + KERNELS_PAD * k);
            store(sum, load(sum) + w * (radius * x + o[0]));
            store(sum + KERNELS_PAD, load(sum + KERNELS_PAD) + w * (radius * y + o[1]));
            store(sum + 2 * KERNELS_PAD, load(sum + 2 * KERNELS_PAD) + w * (radius * z + o[2]));
        }
    }
    for (size_t b = 0; b < n; b++)
        for (size_t c = 0; c < 3; c++)
            slopes[b][c] = sum_of(load(sums + (3 * b + c) * KERNELS_PAD));
    return sum_of(area);
}
