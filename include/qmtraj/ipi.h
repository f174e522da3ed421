#ifndef QMTRAJ_IPI_H
#define QMTRAJ_IPI_H

/// Energies and forces for a program that moves the nuclei, through a socket: the client side of the i-PI protocol, as
/// spoken by i-PI and ASE's SocketIOCalculator (Kapil et al., Comput. Phys. Commun. 236, 214 (2019),
/// 10.1016/j.cpc.2018.09.020).
///
/// Threads: as an engine.

#include <stdint.h>

#include <qmtraj/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Where the server is, and what it gets. Start from qmt_ipi_options_default().
typedef struct {
    size_t struct_size;    ///< sizeof(QmtIpiOptions), set by qmt_ipi_options_default()
    const char *unix_path; ///< path of a UNIX socket, "/tmp/ipi_water"; NULL: by host and port
    const char *host;
    int port;
    int extras;        ///< 1: dipole and charges go with the forces, as JSON in atomic units
    double patience_s; ///< tries to connect for so long, also after a connection that broke
} QmtIpiOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_ipi_options_init(QmtIpiOptions *options, size_t struct_size);

/// localhost, port 31415, ten seconds, no extras.
static inline QmtIpiOptions qmt_ipi_options_default(void)
{
    QmtIpiOptions options;
    qmt_ipi_options_init(&options, sizeof options);
    return options;
}

/// Answers a server until it says EXIT or closes the connection. Each evaluation starts from the electrons of the one
/// before. Cells are ignored and the virial is zero: molecules are not periodic.
///
/// @param options  NULL: the defaults
/// @param n_done   geometries that were evaluated; may be NULL
/// Fails with QMT_ERR_IO (no server, a connection that broke and did not come back), QMT_ERR_INPUT (another number of
/// atoms), QMT_ERR_FORMAT (not this protocol), as qmt_engine_evaluate(), QMT_ERR_ARGUMENT (also for extras of a force
/// function) or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_ipi_serve(QmtContext *ctx, QmtEngine *engine, const QmtIpiOptions *options,
                                uint64_t *n_done);

#ifdef __cplusplus
}
#endif
#endif
