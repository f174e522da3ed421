#ifndef SCF_SOLUTION_H
#define SCF_SOLUTION_H

/// Where the loop has more than one solution, and levels cross or nearly so, the one that a motion is on may cease to
/// exist, or to be the lowest.
typedef enum {
    SCF_LOWEST, ///< a second solution is followed beside that of the motion, and taken when it is the lower one
    SCF_FOLLOW, ///< the motion stays on its solution; that another is lower is reported
    SCF_STATES
} ScfState;

/// How the solution of a geometry came from that of the geometry before.
typedef enum {
    SCF_SAME,     ///< it continues it, as far as charges and moments tell
    SCF_JUMPED,   ///< charges or moments are not where they were going: that solution was lost
    SCF_CROSSED,  ///< another solution is the lower one now, and was taken
    SCF_NOT_LEAST ///< another solution is the lower one, and was not taken
} ScfChange;

#endif
