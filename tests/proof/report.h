#ifndef PROOF_REPORT_H
#define PROOF_REPORT_H

#include "proof/proof.h"

typedef enum { VERDICT_NOT_RUN, VERDICT_PASS, VERDICT_FAIL, VERDICT_COUNT } Verdict;

/// The lines of one section; a figure that is not a number is none.
typedef struct {
    const Section *section;
    bool chosen;
    double seconds; ///< that the section took
    double figure[PROOF_SUBJECTS_MAX][PROOF_CLAIMS_MAX];
    char sentence[PROOF_SUBJECTS_MAX][256]; ///< of a measurement that failed, else ""
} SectionReport;

typedef struct {
    const ProofRun *run;
    const char *command;
    const char *isa;
    SectionReport *sections; ///< [n]
    size_t n;
} Report;

/// Forgets all figures of a section.
void report_begin(SectionReport *lines, const Section *section, bool chosen);
Verdict report_verdict(const Report *report, size_t section, size_t subject, size_t claim);
size_t report_count(const Report *report, Verdict verdict);
/// Writes report.txt and report.json into the run's folder, whole or not at all, so that a proof that
/// is cut off leaves the lines it came to; what it did not come to says NOT RUN.
QmtStatus report_write(QmtContext *ctx, const Report *report);

#endif
