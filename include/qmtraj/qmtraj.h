#ifndef QMTRAJ_H
#define QMTRAJ_H

/// The public face of qmtraj: GFN-xTB energies, forces and trajectories. A header per subject:
///
///     version.h     which library this is
///     status.h      how a call ended
///     context.h     what every function that can fail is given
///     engine.h      energy and forces of one geometry
///     atoms.h       energies of free atoms
///     label.h       energies and forces of given geometries, a file in, a file out
///     dynamics.h    motion of one molecule, step by step
///     structure.h   molecules from files and words
///     molecule.h    the charge and multiplicity that hold for a molecule, and the engine for it
///     single.h      one molecule with its engine, for the next
///     opt.h         minima of the energy
///     hessian.h     second derivatives, vibrations, thermochemistry
///     sample.h      geometries along normal modes
///     torsion.h     torsions, to look at and to turn
///     ipi.h         energies and forces for a program that moves the nuclei, through a socket
///     config.h      the keys of a configuration
///     campaign.h    trajectories from a configuration to finished files, one or many; how far a folder is
///     archive.h     finished trajectories in one file of a folder, and out of it
///     trajectory.h  files read, written and converted frame by frame
///     check.h       proof that a file is what it says
///     dataset.h     training sets from trajectories
///     report.h      a page of HTML about trajectories, and their spectra
///     text.h        words and numbers, the same in every locale
///     units.h       conversions from and to atomic units
///
/// Conventions for every function:
/// - Atomic units (hartree, bohr, e) unless a name says otherwise; arrays are flat and row-major.
/// - The first argument of what can fail is the context. After a failure the outputs are untouched and
///   qmt_context_message() holds one sentence that says what happened.
/// - NULL where a pointer is needed, or a number that makes no sense, gives QMT_ERR_ARGUMENT, never a crash; without
///   a context the status is all there is.
/// - Every create has a destroy that takes the address, sets NULL and accepts NULL. The library copies what it
///   keeps, never prints and never exits.
/// - Structs of options and results begin with struct_size and may grow at their end; docs/api.md has the rules.
/// - A context per thread; engines and dynamics are in one call at a time and may move between threads.

#include <qmtraj/archive.h>
#include <qmtraj/atoms.h>
#include <qmtraj/campaign.h>
#include <qmtraj/check.h>
#include <qmtraj/config.h>
#include <qmtraj/context.h>
#include <qmtraj/dataset.h>
#include <qmtraj/dynamics.h>
#include <qmtraj/engine.h>
#include <qmtraj/hessian.h>
#include <qmtraj/ipi.h>
#include <qmtraj/label.h>
#include <qmtraj/molecule.h>
#include <qmtraj/opt.h>
#include <qmtraj/report.h>
#include <qmtraj/sample.h>
#include <qmtraj/single.h>
#include <qmtraj/status.h>
#include <qmtraj/structure.h>
#include <qmtraj/text.h>
#include <qmtraj/torsion.h>
#include <qmtraj/trajectory.h>
#include <qmtraj/units.h>
#include <qmtraj/version.h>

#endif
