#include "dataset/format_relabel.h"

/// Inputs of ORCA, which leaves energy and gradient in a file of its own, NAME.engrad. Neese, WIREs Comput. Mol. Sci. 12,
/// e1606 (2022), 10.1002/wcms.1606.
static void orca_write(const RelabelJob *job, FILE *out)
{
    const Source *const source = job->frame->source;
    fprintf(out, "! %s %s EnGrad TightSCF NoAutoStart\n* xyz %d %d\n", job->method, job->basis,
            source->charge, source->multiplicity);
    relabel_atoms_print(job, "  ", out);
    fprintf(out, "*\n");
}

static const RelabelProgram ORCA = {.dialect = RELABEL_DIALECT,
                                    .program = "ORCA",
                                    .ending = ".inp",
                                    .result = ".engrad",
                                    .command = "\"${ORCA:-orca}\" \"$id.inp\"",
                                    .input_write = orca_write};
const SetFormat FORMAT_ORCA =
    RELABEL_FORMAT("orca", "inputs of ORCA for labels of a higher level, see --collect", &ORCA);
