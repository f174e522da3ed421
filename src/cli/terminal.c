#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <qmtraj/text.h>

#include "cli/options.h"

Terminal terminal_of(FILE *stream)
{
    const char *const term = getenv("TERM"), *const no_color = getenv("NO_COLOR");
    const bool moves =
        isatty(fileno(stream)) != 0 && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
    return (Terminal){.moves = moves,
                      .colours = moves && (no_color == NULL || no_color[0] == '\0')};
}

void terminal_size(FILE *stream, int *columns, int *rows)
{
    struct winsize window = {0};
    const bool known = ioctl(fileno(stream), TIOCGWINSZ, &window) == 0;
    *columns = known && window.ws_col > 0 ? window.ws_col : 80;
    *rows = known && window.ws_row > 0 ? window.ws_row : 24;
}

const char *colour_begin(const Terminal *terminal, Colour colour)
{
    static const char *const BEGIN[] = {"", "\033[1m", "\033[32m", "\033[33m", "\033[31m"};
    return terminal->colours ? BEGIN[colour] : "";
}

const char *colour_end(const Terminal *terminal, Colour colour)
{
    return terminal->colours && colour != COLOUR_NONE ? "\033[0m" : "";
}

void sentence_print(FILE *stream, Colour colour, const char *about, const char *sentence)
{
    const Terminal terminal = terminal_of(stream);
    int columns, rows;
    fprintf(stream, "%s%s%s: ", colour_begin(&terminal, colour), about,
            colour_end(&terminal, colour));
    if (!terminal.moves) {
        fprintf(stream, "%s\n", sentence);
        return;
    }
    terminal_size(stream, &columns, &rows);
    // The last column stays free: there some terminals wrap.
    text_print_within(stream, sentence, qmt_text_columns(about) + 2, 2, columns - 1);
}

void note_print(void *user, QmtLogLevel level, const char *sentence)
{
    (void)user;
    const bool warning = level == QMT_LOG_WARNING;
    sentence_print(stderr, warning ? COLOUR_WARNING : COLOUR_NONE, warning ? "warning" : "note",
                   sentence);
}

Colour colour_of_status(const char *word)
{
    static const char *const GOOD[] = {"complete", "running"}, *const NEUTRAL[] = {"waiting"},
                             *const WARNING[] = {"interrupted", "stopped", "held elsewhere"};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        if (strcmp(word, GOOD[i]) == 0)
            return COLOUR_GOOD;
    for (size_t i = 0; i < sizeof NEUTRAL / sizeof NEUTRAL[0]; i++)
        if (strcmp(word, NEUTRAL[i]) == 0)
            return COLOUR_NONE;
    for (size_t i = 0; i < sizeof WARNING / sizeof WARNING[0]; i++)
        if (strcmp(word, WARNING[i]) == 0)
            return COLOUR_WARNING;
    return COLOUR_FAILURE;
}
