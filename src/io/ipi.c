#include "io/ipi.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/printable.h"

enum { HEADER_SIZE = 12, CELL_NUMBERS = 9, INIT_TEXT_MAX = 65536, PLACE_SIZE = 320 };

/// Nanoseconds between two tries to connect.
static const long PAUSE_NS = 50 * 1000 * 1000;

/// A conversation with a server.
typedef struct {
    const IpiClient *client;
    int fd;
    bool broken;                  ///< the connection ended where it should not
    bool has_positions, has_data; ///< POSDATA came; a result waits to be fetched
    double *xyz, *gradient;       ///< [3 n_atoms]
    double energy;
    char place[PLACE_SIZE]; ///< of the server, for messages
} Session;

/// @param path  that fits into an address of a socket
static int connect_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        const int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/// The first of the host's addresses that takes a connection; *problem names a host that has none.
static int connect_inet(const char *host, int port, const char **problem)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    const int failed = getaddrinfo(host, service, &hints, &list);
    if (failed != 0) {
        *problem = gai_strerror(failed);
        return -1;
    }
    int fd = -1, error = ECONNREFUSED;
    for (const struct addrinfo *at = list; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            error = errno;
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    errno = error;
    if (fd >= 0) // a message waits for no second one
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static QmtStatus session_connect(QmtContext *ctx, Session *session)
{
    const IpiClient *client = session->client;
    const double end = clock_s() + client->patience_s;
    const size_t longest = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    if (client->unix_path != NULL && strlen(client->unix_path) > longest)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "%s: the path of a socket has at most %zu characters, this one %zu",
                    session->place, longest, strlen(client->unix_path));
    for (;;) {
        const char *problem = NULL;
        session->fd = client->unix_path != NULL
                          ? connect_unix(client->unix_path)
                          : connect_inet(client->host, client->port, &problem);
        if (session->fd >= 0)
            break;
        if (problem == NULL)
            problem = strerror(errno);
        if (clock_s() >= end)
            return FAIL(ctx, QMT_ERR_IO, "%s: no i-PI server answers: %s (tried for %.0f s)",
                        session->place, problem, client->patience_s);
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
    session->broken = session->has_positions = session->has_data = false;
    return QMT_OK;
}

/// Reads n bytes, or fewer at the end of the stream or after an error, which makes the session broken
/// unless not one byte had come.
static size_t session_read(Session *session, void *to, size_t n)
{
    size_t done = 0;
    while (done < n) {
        const ssize_t got = recv(session->fd, (char *)to + done, n - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            session->broken = done > 0 || got < 0;
            break;
        }
        done += (size_t)got;
    }
    return done;
}

/// The same inside a message, where the stream may not end.
static bool body_read(Session *session, void *to, size_t n)
{
    const bool whole = session_read(session, to, n) == n;
    session->broken = !whole;
    return whole;
}

static void session_write(Session *session, const void *from, size_t n)
{
    size_t done = 0;
    while (done < n && !session->broken) {
        const ssize_t sent = send(session->fd, (const char *)from + done, n - done, MSG_NOSIGNAL);
        if (sent > 0)
            done += (size_t)sent;
        else if (errno != EINTR)
            session->broken = true;
    }
}

static void header_write(Session *session, const char *word)
{
    char header[HEADER_SIZE + 1];
    snprintf(header, sizeof header, "%-12s", word);
    session_write(session, header, HEADER_SIZE);
}

/// Text of an INIT message; the one thing in it that matters here is a batch.
static QmtStatus init_take(QmtContext *ctx, Session *session)
{
    int32_t bead, n;
    if (!body_read(session, &bead, sizeof bead) || !body_read(session, &n, sizeof n))
        return QMT_OK;
    if (n < 0 || n > INIT_TEXT_MAX)
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: an INIT message of %d bytes; is it an i-PI server?",
                    session->place, n);
    char text[INIT_TEXT_MAX + 1];
    if (!body_read(session, text, (size_t)n))
        return QMT_OK;
    text[n] = '\0';
    const char *const batch = strstr(text, "batch_size:");
    if (batch != NULL && atoi(batch + strlen("batch_size:")) > 1)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: the server sends several structures at once (batch_size), one at a time "
                    "is understood",
                    session->place);
    return QMT_OK;
}

static QmtStatus positions_take(QmtContext *ctx, Session *session)
{
    const size_t n_atoms = session->client->n_atoms;
    double cells[2 * CELL_NUMBERS];
    int32_t n;
    if (!body_read(session, cells, sizeof cells) || !body_read(session, &n, sizeof n))
        return QMT_OK;
    if (n < 0 || (size_t)n != n_atoms)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: the server sends %d atoms, the start structure has %zu; both must be the "
                    "same molecule, atoms in the same order",
                    session->place, n, n_atoms);
    if (body_read(session, session->xyz, 3 * n_atoms * sizeof *session->xyz)) {
        session->has_positions = true;
        session->has_data = false;
    }
    return QMT_OK;
}

/// Evaluates unless the result is there already.
static QmtStatus session_evaluate(QmtContext *ctx, Session *session, uint64_t *n_done)
{
    const IpiClient *client = session->client;
    if (!session->has_positions)
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: the server wants forces before it sent positions",
                    session->place);
    if (session->has_data)
        return QMT_OK;
    TRY(client->evaluate(ctx, client->user, session->xyz, &session->energy, session->gradient));
    session->has_data = true;
    ++*n_done;
    return QMT_OK;
}

static void forces_write(Session *session)
{
    const size_t n = 3 * session->client->n_atoms;
    const int32_t n_atoms = (int32_t)session->client->n_atoms;
    static const double virial[CELL_NUMBERS];
    const char *const extra =
        session->client->extra != NULL ? session->client->extra(session->client->user) : NULL;
    const int32_t n_extra = extra != NULL ? (int32_t)strlen(extra) : 0;
    for (size_t i = 0; i < n; i++)
        session->gradient[i] = -session->gradient[i];

    header_write(session, "FORCEREADY");
    session_write(session, &session->energy, sizeof session->energy);
    session_write(session, &n_atoms, sizeof n_atoms);
    session_write(session, session->gradient, n * sizeof *session->gradient);
    session_write(session, virial, sizeof virial);
    session_write(session, &n_extra, sizeof n_extra);
    session_write(session, extra, (size_t)n_extra);
    session->has_positions = session->has_data = false;
}

static QmtStatus message_do(QmtContext *ctx, Session *session, const char *word, bool *end,
                            uint64_t *n_done)
{
    if (strcmp(word, "STATUS") == 0) {
        // Evaluated as soon as somebody asks, so that the server can wait for HAVEDATA.
        if (session->has_positions)
            TRY(session_evaluate(ctx, session, n_done));
        header_write(session, session->has_data ? "HAVEDATA" : "READY");
    } else if (strcmp(word, "INIT") == 0) {
        TRY(init_take(ctx, session));
    } else if (strcmp(word, "POSDATA") == 0) {
        TRY(positions_take(ctx, session));
    } else if (strcmp(word, "GETFORCE") == 0) {
        TRY(session_evaluate(ctx, session, n_done));
        forces_write(session);
    } else if (strcmp(word, "EXIT") == 0) {
        *end = true;
    } else {
        char shown[4 * HEADER_SIZE + 1];
        text_printable(word, shown, sizeof shown);
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: unknown message \"%s\"; is it an i-PI server?",
                    session->place, shown);
    }
    return QMT_OK;
}

static QmtStatus messages_do(QmtContext *ctx, Session *session, uint64_t *n_done)
{
    bool end = false;
    while (!end) {
        char word[HEADER_SIZE + 1] = "";
        const size_t got = session_read(session, word, HEADER_SIZE);
        if (got == 0 && !session->broken)
            return QMT_OK; // servers that just close are done
        if (!session->broken) {
            for (size_t i = HEADER_SIZE; i > 0 && word[i - 1] == ' '; i--)
                word[i - 1] = '\0';
            TRY(message_do(ctx, session, word, &end, n_done));
        }
        if (session->broken) {
            context_log(ctx, QMT_LOG_WARNING, "%s: the connection broke; connecting again",
                        session->place);
            close(session->fd);
            session->fd = -1;
            TRY(session_connect(ctx, session));
        }
    }
    return QMT_OK;
}

QmtStatus ipi_serve(QmtContext *ctx, const IpiClient *client, uint64_t *n_done)
{
    Session session = {.client = client, .fd = -1};
    *n_done = 0;
    if (client->unix_path != NULL)
        snprintf(session.place, sizeof session.place, "%s", client->unix_path);
    else
        snprintf(session.place, sizeof session.place, "%s:%d", client->host, client->port);

    session.xyz = malloc(6 * client->n_atoms * sizeof *session.xyz);
    if (session.xyz == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "i-PI: no memory for %zu atoms", client->n_atoms);
    session.gradient = session.xyz + 3 * client->n_atoms;
    QmtStatus status = session_connect(ctx, &session);
    if (status == QMT_OK)
        status = messages_do(ctx, &session, n_done);
    if (session.fd >= 0)
        close(session.fd);
    free(session.xyz);
    return status;
}
