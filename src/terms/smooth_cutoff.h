#ifndef TERMS_SMOOTH_CUTOFF_H
#define TERMS_SMOOTH_CUTOFF_H

/// The smooth end of the dispersion interactions at a distance Rc, over the last w bohr:
///
///     S(r) = 1                          r <= Rc - w
///     S(r) = x^3 (10 - 15 x + 6 x^2)    x = (Rc - r)/w
///     S(r) = 0                          r > Rc
///
/// with two continuous derivatives. w <= 0 means a hard step at Rc.
typedef struct {
    double range; ///< Rc, bohr
    double width; ///< w, bohr
} SmoothCutoff;

/// S(r); its derivative in 1/bohr goes to *slope.
static inline double smooth_cutoff(const SmoothCutoff *cutoff, double r, double *slope)
{
    *slope = 0.0;
    if (r > cutoff->range)
        return 0.0;
    if (cutoff->width <= 0.0 || r <= cutoff->range - cutoff->width)
        return 1.0;
    const double x = (cutoff->range - r) / cutoff->width;
    *slope = -30.0 * x * x * (1.0 - x) * (1.0 - x) / cutoff->width;
    return x * x * x * (10.0 - 15.0 * x + 6.0 * x * x);
}

#endif
