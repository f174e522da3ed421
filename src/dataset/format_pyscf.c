#include <string.h>
#include <strings.h>

#include "dataset/format_relabel.h"

/// Python scripts for PySCF, Sun et al., J. Chem. Phys. 153, 024109 (2020), 10.1063/5.0006074. A method that ends in -D3BJ or
/// -D4 is that functional with the dispersion of the package pyscf-dispersion.
static void method_print(const RelabelJob *job, FILE *out)
{
    static const char *const DISPERSIONS[] = {"-D3BJ", "-D4"};
    const size_t n = strlen(job->method);
    if (strcasecmp(job->method, "HF") == 0) {
        fprintf(out, "mf = scf.HF(mol)\n");
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        const size_t k = strlen(DISPERSIONS[i]);
        if (n <= k || strcasecmp(job->method + n - k, DISPERSIONS[i]) != 0)
            continue;
        fprintf(out, "mf = dft.KS(mol)\nmf.xc = \"%.*s\"\nmf.disp = \"%s\"\n", (int)(n - k),
                job->method, i == 0 ? "d3bj" : "d4");
        return;
    }
    fprintf(out, "mf = dft.KS(mol)\nmf.xc = \"%s\"\n", job->method);
}

static void pyscf_write(const RelabelJob *job, FILE *out)
{
    const Source *const source = job->frame->source;
    fprintf(out, "import json\nimport os\n\nfrom pyscf import dft, gto, scf\n\n"
                 "mol = gto.M(atom=\"\"\"\n");
    relabel_atoms_print(job, "", out);
    fprintf(out, "\"\"\", unit=\"Angstrom\", charge=%d, spin=%d, basis=\"%s\", symmetry=False)\n",
            source->charge, source->multiplicity - 1, job->basis);
    method_print(job, out);
    fprintf(out,
            "energy = mf.kernel()\n"
            "if not mf.converged:\n    raise SystemExit(\"the SCF does not converge\")\n"
            "result = {\"energy\": float(energy), \"gradient\": "
            "mf.nuc_grad_method().kernel().ravel().tolist(),\n"
            "          \"geometry\": mol.atom_coords().ravel().tolist()}\n"
            "with open(\"%s.json.part\", \"w\") as file:\n    json.dump(result, file)\n"
            "os.replace(\"%s.json.part\", \"%s.json\")\n",
            job->id, job->id, job->id);
}

static const RelabelProgram PYSCF = {.dialect = RELABEL_DIALECT,
                                     .program = "PySCF",
                                     .ending = ".py",
                                     .result = ".json",
                                     .command = "OMP_NUM_THREADS=\"$THREADS\" python3 \"$id.py\"",
                                     .input_write = pyscf_write};
const SetFormat FORMAT_PYSCF =
    RELABEL_FORMAT("pyscf", "scripts of PySCF for labels of a higher level, see --collect", &PYSCF);
