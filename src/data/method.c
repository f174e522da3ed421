#include "data/method.h"

#include <strings.h>

#include "base/nearest.h"
#include "data/tables.h"

const Method METHOD_GFN2 = {
    .name = "GFN2-xTB",
    .citation = "Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), "
                "10.1021/acs.jctc.8b01176",
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
    .gamma_exp = GFN2_GAMMA_EXP,
    .gamma3_shell = {GFN2_GAMMA3_S, GFN2_GAMMA3_P, GFN2_GAMMA3_D},
    .aes_dmp3 = GFN2_AES_DMP3,
    .aes_dmp5 = GFN2_AES_DMP5,
    .aes_prefactor = GFN2_AES_PREFACTOR,
    .aes_shift = GFN2_AES_SHIFT,
    .aes_kexp = GFN2_AES_KEXP,
    .aes_rmax = GFN2_AES_RMAX,
    .rep_kexp = GFN2_REP_KEXP,
    .rep_kexp_light = GFN2_REP_KEXP_LIGHT,
    .rep_rexp = GFN2_REP_REXP,
    .rep_cutoff = GFN2_REP_CUTOFF,
    .int_cutoff = GFN2_INT_CUTOFF,
    .int_rmax = GFN2_INT_RMAX,
    .d4_s6 = GFN2_D4_S6,
    .d4_s8 = GFN2_D4_S8,
    .d4_a1 = GFN2_D4_A1,
    .d4_a2 = GFN2_D4_A2,
    .d4_s9 = GFN2_D4_S9,
    .scf_energy_tolerance = GFN2_SCF_ECONV,
    .scf_charge_tolerance = GFN2_SCF_PCONV,
    .scf_max_iterations = (int)GFN2_SCF_MAXITER,
    .scf_damping = GFN2_SCF_DAMPING,
};

static const Method *const METHODS[] = {&METHOD_GFN2};
enum { N_METHODS = sizeof METHODS / sizeof *METHODS };

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
    return nearest_name(name, names, N_METHODS);
}
