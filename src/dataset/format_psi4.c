#include <strings.h>

#include "dataset/format_relabel.h"

/// Inputs of Psi4, which are Python: the last lines leave the result. Turney et al., WIREs Comput. Mol. Sci. 2, 556
/// (2012), 10.1002/wcms.93.
static void psi4_write(const RelabelJob *job, FILE *out)
{
    const Source *const source = job->frame->source;
    fprintf(out, "molecule {\n%d %d\n", source->charge, source->multiplicity);
    relabel_atoms_print(job, "", out);
    fprintf(out,
            "units angstrom\nno_com\nno_reorient\nsymmetry c1\n}\n"
            "set {\nbasis %s\nreference %s\n}\n"
            "slope, wfn = gradient(\"%s\", return_wfn=True)\n\n"
            "import json, os\n"
            "result = {\"energy\": wfn.energy(), \"gradient\": "
            "slope.to_array().ravel().tolist(),\n"
            "          \"geometry\": wfn.molecule().geometry().to_array().ravel().tolist()}\n"
            "with open(\"%s.json.part\", \"w\") as file:\n"
            "    json.dump(result, file)\n"
            "os.replace(\"%s.json.part\", \"%s.json\")\n",
            job->basis, source->multiplicity > 1 ? "uhf" : "rhf", job->method, job->id, job->id,
            job->id);
}

static const RelabelProgram PSI4 = {.dialect = RELABEL_DIALECT,
                                    .program = "Psi4",
                                    .ending = ".dat",
                                    .result = ".json",
                                    .command = "psi4 -n \"$THREADS\" -i \"$id.dat\" -o \"$id.out\"",
                                    .input_write = psi4_write};
const SetFormat FORMAT_PSI4 =
    RELABEL_FORMAT("psi4", "inputs of Psi4 for labels of a higher level, see --collect", &PSI4);
