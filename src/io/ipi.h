#ifndef IO_IPI_H
#define IO_IPI_H

#include <stdint.h>

#include "base/context.h"

/// The client side of the i-PI protocol: a server (i-PI, ASE's SocketIOCalculator) moves the nuclei and asks
/// for forces through a socket. Everything on the wire is in atomic units and in the byte order of the
/// machine: headers of 12 bytes, int32, doubles.
///
///     server                                       client
///     STATUS                                       READY, or HAVEDATA with a result that was not fetched
///     INIT, bead, n, n bytes
///     POSDATA, cell [9], inverse [9], n, x [3 n]
///     GETFORCE                                     FORCEREADY, energy, n, forces [3 n], virial [9], n, n bytes
///     EXIT, or the end of the stream
///
/// Messages are taken in any order and however they are cut into packets. Cells are ignored and the virial is
/// zero: molecules are not periodic. Kapil et al., Comput. Phys. Commun. 236, 214 (2019),
/// 10.1016/j.cpc.2018.09.020.

typedef struct {
    const char *unix_path; ///< path of a UNIX socket; NULL: by host and port
    const char *host;
    int port;
    double patience_s; ///< tries to connect for so long, also after a connection that broke
    size_t n_atoms;

    void *user;
    /// Energy, hartree, and its gradient [3 n_atoms] hartree/bohr of positions [3 n_atoms] bohr.
    QmtStatus (*evaluate)(QmtContext *ctx, void *user, const double *xyz, double *energy,
                          double *gradient);
    /// Text that goes with the last result, valid until the next call; NULL: none.
    const char *(*extra)(void *user);
} IpiClient;

/// Answers a server until it says EXIT or closes the connection between two messages.
///
/// @param n_done  geometries that were evaluated
/// Fails with QMT_ERR_IO (no server, a connection that broke and did not come back), QMT_ERR_INPUT (another
/// number of atoms), QMT_ERR_FORMAT (not this protocol), QMT_ERR_MEMORY, and as evaluate().
QmtStatus ipi_serve(QmtContext *ctx, const IpiClient *client, uint64_t *n_done);

#endif
