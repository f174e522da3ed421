/// Energy, forces and charges of water, and how they change with the method.
///
///     cc single_point.c -o single_point $(pkg-config --cflags --libs qmtraj) && ./single_point

#include <stdio.h>
#include <stdlib.h>

#include <qmtraj/qmtraj.h>

enum { N_ATOMS = 3 };

static void end_with(const QmtContext *ctx, QmtStatus status)
{
    if (status == QMT_OK)
        return;
    fprintf(stderr, "%s: %s\n", qmt_status_name(status), qmt_context_message(ctx));
    exit(1);
}

int main(void)
{
    const int numbers[N_ATOMS] = {8, 1, 1};
    const double xyz[3 * N_ATOMS] = {0.0, 0.0,   0.221,  // bohr
                                     0.0, 1.43,  -0.885, //
                                     0.0, -1.43, -0.885};
    double energy, gradient[3 * N_ATOMS], charges[N_ATOMS], dipole[3];
    QmtContext *ctx = NULL;
    end_with(ctx, qmt_context_create(&ctx));

    for (size_t m = 0; qmt_method_name(m) != NULL; m++) {
        QmtEngineOptions options = qmt_engine_options_default();
        QmtEngine *engine = NULL;
        options.method = qmt_method_name(m);
        end_with(ctx, qmt_engine_create(ctx, N_ATOMS, numbers, &options, &engine));

        QmtReport report = qmt_report_empty();
        QmtResult result = qmt_result_empty();
        result.energy = &energy;
        result.gradient = gradient;
        result.charges = charges;
        result.dipole = dipole;
        result.report = &report;
        end_with(ctx, qmt_engine_evaluate(ctx, engine, xyz, NULL, &result));

        printf("%s: %.9f hartree in %d iterations\n", options.method, energy,
               report.scf_iterations);
        for (size_t a = 0; a < N_ATOMS; a++)
            printf("  %-2s  force %9.6f %9.6f %9.6f hartree/bohr  charge %7.4f e\n",
                   qmt_element_symbol(numbers[a]), -gradient[3 * a], -gradient[3 * a + 1],
                   -gradient[3 * a + 2], charges[a]);
        printf("  dipole along z %.4f e bohr\n", dipole[2]);

        QmtTerm terms[32];
        const size_t n = qmt_engine_terms(engine, terms, 32);
        for (size_t t = 0; t < n && t < 32; t++)
            printf("  %-34s %14.9f\n", terms[t].name, terms[t].energy);
        qmt_engine_destroy(&engine);
    }
    qmt_context_destroy(&ctx);
    return 0;
}
