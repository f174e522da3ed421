#ifndef PROOF_RECOVERY_CLOCK_H
#define PROOF_RECOVERY_CLOCK_H

/// Processor time of this process, and of it that in the parts of the SCF that a quiet motion does without, in seconds. The
/// linker puts a clock around them, in the proof only.
typedef struct {
    double all;
    double
        recovery; ///< stages below the first of a motion, and solutions from nothing, its first one among them
    double search; ///< comparing the solution of a suspicious step with others
} RecoveryTime;

/// Since the program began.
RecoveryTime recovery_clock_read(void);

#endif
