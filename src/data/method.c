#include "data/method.h"

#include <strings.h>

#include "base/suggest.h"
#include "data/parameters.h"

static MethodElement gfn2_method_element(int z)
{
    const Gfn2Element *e = gfn2_element(z);
    return (MethodElement){.rep_alpha = e->rep_alpha,
                           .rep_zeff = e->rep_zeff,
                           .hardness = e->hardness,
                           .gamma3 = e->gamma3,
                           .en_pauling = e->en_pauling,
                           .poly_rad = e->poly_rad,
                           .cov_rad = e->cov_rad};
}

static size_t gfn2_n_shells(int z)
{
    return (size_t)gfn2_element(z)->nshell;
}

static MethodShell gfn2_method_shell(int z, size_t i)
{
    size_t n;
    const Gfn2Shell *s = gfn2_shells(z, &n) + i;
    return (MethodShell){.n = s->n,
                         .l = s->l,
                         .nprim = s->nprim,
                         .zeta = s->zeta,
                         .level = s->level,
                         .kcn = s->kcn,
                         .poly = s->poly,
                         .hardness_scale = s->hardness_scale,
                         .gamma3_scale = s->gamma3_scale,
                         .refocc = s->refocc,
                         .valence = true};
}

static MethodElement gfn1_method_element(int z)
{
    const Gfn1Element *e = gfn1_element(z);
    return (MethodElement){.rep_alpha = e->rep_alpha,
                           .rep_zeff = e->rep_zeff,
                           .hardness = e->hardness,
                           .gamma3 = e->gamma3,
                           .en_pauling = e->en_pauling,
                           .poly_rad = e->poly_rad,
                           .cov_rad = e->cov_rad};
}

static size_t gfn1_n_shells(int z)
{
    return (size_t)gfn1_element(z)->nshell;
}

static MethodShell gfn1_method_shell(int z, size_t i)
{
    size_t n;
    const Gfn1Shell *s = gfn1_shells(z, &n) + i;
    return (MethodShell){.n = s->n,
                         .l = s->l,
                         .nprim = s->nprim,
                         .zeta = s->zeta,
                         .level = s->level,
                         .kcn = s->kcn,
                         .poly = s->poly,
                         .hardness_scale = s->hardness_scale,
                         .gamma3_scale = 1.0,
                         .refocc = s->refocc,
                         .valence = s->valence != 0};
}

const Method METHOD_GFN2 = {
    .name = "GFN2-xTB",
    .element = gfn2_method_element,
    .n_shells = gfn2_n_shells,
    .shell = gfn2_method_shell,
    .bohr_per_angstrom = GFN2_BOHR_PER_ANGSTROM,
    .ev_per_hartree = GFN2_EV_PER_HARTREE,
    .boltzmann = GFN2_KBOLTZMANN,
    .electronic_temperature_k = GFN2_TEMPERATURE,
    .cn_ka = GFN2_CN_KA,
    .cn_kb = GFN2_CN_KB,
    .cn_rshift = GFN2_CN_RSHIFT,
    .cn_rscale = GFN2_CN_RSCALE,
    .cn_cutoff = GFN2_CN_CUTOFF,
    .k_shell = {{GFN2_K_SS, GFN2_K_SP, GFN2_K_SD},
                {GFN2_K_SP, GFN2_K_PP, GFN2_K_PD},
                {GFN2_K_SD, GFN2_K_PD, GFN2_K_DD}},
    .k_en = GFN2_K_EN,
    .w_exp = GFN2_W_EXP,
    .hardness_mean = MEAN_ARITHMETIC,
    .multipoles = true,
    .aes_prefactor = GFN2_AES_PREFACTOR,
    .aes_shift = GFN2_AES_SHIFT,
    .aes_kexp = GFN2_AES_KEXP,
    .aes_rmax = GFN2_AES_RMAX,
    .rep_kexp = GFN2_REP_KEXP,
    .rep_kexp_light = GFN2_REP_KEXP_LIGHT,
    .rep_cutoff = GFN2_REP_CUTOFF,
    .int_cutoff = GFN2_INT_CUTOFF,
    .int_rmax = GFN2_INT_RMAX,
    .d4_s6 = GFN2_D4_S6,
    .d4_s8 = GFN2_D4_S8,
    .d4_a1 = GFN2_D4_A1,
    .d4_a2 = GFN2_D4_A2,
    .d4_s9 = GFN2_D4_S9,
    .scf_max_iterations = (int)GFN2_SCF_MAXITER,
    .scf_damping = GFN2_SCF_DAMPING,
};

const Method METHOD_GFN1 = {
    .name = "GFN1-xTB",
    .element = gfn1_method_element,
    .n_shells = gfn1_n_shells,
    .shell = gfn1_method_shell,
    .pair_scale = gfn1_pair_scale,
    .bohr_per_angstrom = GFN1_BOHR_PER_ANGSTROM,
    .ev_per_hartree = GFN1_EV_PER_HARTREE,
    .boltzmann = GFN1_KBOLTZMANN,
    .electronic_temperature_k = GFN1_TEMPERATURE,
    .cn_ka = GFN1_CN_K,
    .cn_rscale = GFN1_CN_RSCALE,
    .cn_cutoff = GFN1_CN_CUTOFF,
    // s-d and p-d have no value of their own: the means.
    .k_shell = {{GFN1_K_SS, GFN1_K_SP, 0.5 * (GFN1_K_SS + GFN1_K_DD)},
                {GFN1_K_SP, GFN1_K_PP, 0.5 * (GFN1_K_PP + GFN1_K_DD)},
                {0.5 * (GFN1_K_SS + GFN1_K_DD), 0.5 * (GFN1_K_PP + GFN1_K_DD), GFN1_K_DD}},
    .k_diffuse = GFN1_K_DIFF,
    .k_en = GFN1_K_EN,
    .hardness_mean = MEAN_HARMONIC,
    .rep_kexp = GFN1_REP_KEXP,
    .rep_kexp_light = GFN1_REP_KEXP,
    .rep_cutoff = GFN1_REP_CUTOFF,
    .int_cutoff = GFN1_INT_EXPCUT,
    .int_rmax = GFN1_INT_RCUT,
    .d3_s6 = GFN1_D3_S6,
    .d3_s8 = GFN1_D3_S8,
    .d3_a1 = GFN1_D3_A1,
    .d3_a2 = GFN1_D3_A2,
    .xb_rscale = GFN1_XB_RSCALE,
    .xb_damping = GFN1_XB_DAMPING,
    .xb_cutoff = GFN1_XB_CUTOFF,
    .cm5_charges = true,
    .scf_max_iterations = (int)GFN1_SCF_MAX_ITER,
    .scf_damping = GFN1_MIXER_DAMPING,
};

static const Method *const METHODS[] = {&METHOD_GFN2, &METHOD_GFN1};
enum { N_METHODS = sizeof METHODS / sizeof *METHODS };

double method_electrons(const Method *method, int z)
{
    double sum = 0.0;
    for (size_t i = 0; i < method->n_shells(z); i++)
        sum += method->shell(z, i).refocc;
    return sum;
}

const char *method_name(size_t i)
{
    return i < N_METHODS ? METHODS[i]->name : NULL;
}

const Method *method_find(const char *name)
{
    for (int i = 0; i < N_METHODS; i++)
        if (strcasecmp(name, METHODS[i]->name) == 0)
            return METHODS[i];
    return NULL;
}

const char *method_nearest(const char *name)
{
    const char *names[N_METHODS];
    for (int i = 0; i < N_METHODS; i++)
        names[i] = METHODS[i]->name;
    return suggest_name(name, names, N_METHODS);
}
