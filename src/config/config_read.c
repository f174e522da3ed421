#include "config/config_read.h"
#include "config/config_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "io/file.h"

/// A configuration has some thirty lines; what is a thousand times larger is another file.
enum { FILE_SIZE_MAX = 1 << 20 };

/// Where the reader is: the file has one mapping, in it keys and values take turns.
typedef struct {
    QmtContext *ctx;
    const char *file;
    Config config;
    bool in_mapping, mapping_done, has_key;
    char block[64]; ///< "bias.torsion." inside that block, "" outside
    bool has_block; ///< its name is read, what is below it comes
    char key[64];   ///< with the names of its blocks
    int key_line;
    bool in_list;
    char list[CONFIG_TEXT_SIZE], list_place[320]; ///< its items so far, and where it begins
} Reader;

/// "qm.yaml:3:5"; libyaml counts from 0, editors from 1.
static void mark_place(const Reader *reader, const yaml_mark_t *mark, char place[320])
{
    snprintf(place, 320, "%.200s:%zu:%zu", reader->file, mark->line + 1, mark->column + 1);
}

static QmtStatus refuse(const Reader *reader, const yaml_event_t *event, const char *what)
{
    char place[320];
    mark_place(reader, &event->start_mark, place);
    return FAIL(reader->ctx, QMT_ERR_CONFIG, "%s: %s", place, what);
}

/// "at_degree, to_degree, ...": what a block may hold.
static void block_keys_text(const char *block, char text[CONFIG_TEXT_SIZE])
{
    const size_t size = strlen(block);
    size_t length = 0;
    char last[64] = "";
    text[0] = '\0';
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char name[64];
        if (strncmp(CONFIG_KEYS[k].name, block, size) != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(CONFIG_KEYS[k].name + size, "."),
                 CONFIG_KEYS[k].name + size);
        if (strcmp(name, last) != 0 && length < CONFIG_TEXT_SIZE)
            length += (size_t)snprintf(text + length, CONFIG_TEXT_SIZE - length, "%s%s",
                                       length > 0 ? ", " : "", name);
        snprintf(last, sizeof last, "%s", name);
    }
}

/// What follows the name of a block is no block.
static QmtStatus block_refuse(const Reader *reader, const yaml_event_t *event)
{
    char place[320], keys[CONFIG_TEXT_SIZE];
    mark_place(reader, &event->start_mark, place);
    block_keys_text(reader->block, keys);
    return FAIL(reader->ctx, QMT_ERR_CONFIG, "%s: %.*s wants keys below it: %s", place,
                (int)strlen(reader->block) - 1, reader->block, keys);
}

/// Takes the outermost name off "bias.torsion.".
static void block_leave(Reader *reader)
{
    size_t length = strlen(reader->block);
    if (length > 0)
        length--;
    while (length > 0 && reader->block[length - 1] != '.')
        length--;
    reader->block[length] = '\0';
}

static QmtStatus key_take(Reader *reader, const yaml_event_t *event)
{
    char place[320], name[64 + sizeof reader->block];
    mark_place(reader, &event->start_mark, place);
    snprintf(name, sizeof name, "%s%.60s", reader->block, (const char *)event->data.scalar.value);

    if (config_is_block(name)) {
        snprintf(reader->block, sizeof reader->block, "%.62s.", name);
        reader->has_block = true;
        return QMT_OK;
    }
    const size_t k = config_key(name);
    if (k < CONFIG_KEY_COUNT && reader->config.line[k] > 0)
        return FAIL(reader->ctx, QMT_ERR_CONFIG, "%s: duplicate key %s, first on line %d", place,
                    name, reader->config.line[k]);
    if (k == CONFIG_KEY_COUNT) // the sentence about unknown keys is written there
        return config_set_key(reader->ctx, place, 1, name, "", false, &reader->config);
    snprintf(reader->key, sizeof reader->key, "%s", CONFIG_KEYS[k].name);
    reader->key_line = (int)event->start_mark.line + 1;
    reader->has_key = true;
    return QMT_OK;
}

static bool key_wants_list(const Reader *reader)
{
    if (!reader->has_key)
        return false;
    const ConfigType type = CONFIG_KEYS[config_key(reader->key)].type;
    return type == CONFIG_SET || type == CONFIG_ATOMS || type == CONFIG_REALS;
}

static QmtStatus list_take(Reader *reader, const yaml_event_t *event)
{
    const char *const item = (const char *)event->data.scalar.value;
    const size_t length = strlen(reader->list);
    if (length + strlen(item) + 2 > sizeof reader->list)
        return refuse(reader, event, "the list is too long");
    snprintf(reader->list + length, sizeof reader->list - length, "%s%s", length > 0 ? "," : "",
             item);
    return QMT_OK;
}

static QmtStatus list_end(Reader *reader)
{
    char list[sizeof reader->list + 2];
    // "298,15" may be one number, "[298,15]" is two.
    const bool several = strchr(reader->list, ',') != NULL;
    snprintf(list, sizeof list, several ? "[%s]" : "%s", reader->list);
    reader->in_list = reader->has_key = false;
    return config_set_key(reader->ctx, reader->list_place, reader->key_line, reader->key, list,
                          false, &reader->config);
}

static QmtStatus scalar_take(Reader *reader, const yaml_event_t *event)
{
    if (event->data.scalar.anchor != NULL)
        return refuse(reader, event, "anchors (&name) are not allowed, write the value");
    if (event->data.scalar.tag != NULL)
        return refuse(reader, event, "tags (!name) are not allowed, write the value");
    if (!reader->in_mapping)
        return refuse(reader, event,
                      "wants lines of \"key: value\"; is the space after the colon "
                      "missing?");
    const char *const value = (const char *)event->data.scalar.value;
    if (strlen(value) != event->data.scalar.length)
        return refuse(reader, event, "a zero byte inside a value");
    if (reader->in_list)
        return list_take(reader, event);
    if (reader->has_block)
        return block_refuse(reader, event);
    if (!reader->has_key)
        return key_take(reader, event);

    char place[320];
    mark_place(reader, &event->start_mark, place);
    const bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    reader->has_key = false;
    return config_set_key(reader->ctx, place, reader->key_line, reader->key, value, quoted,
                          &reader->config);
}

static QmtStatus list_begin(Reader *reader, const yaml_event_t *event)
{
    if (event->data.sequence_start.anchor != NULL)
        return refuse(reader, event, "anchors (&name) are not allowed, write the value");
    if (event->data.sequence_start.tag != NULL)
        return refuse(reader, event, "tags (!name) are not allowed, write the value");
    if (reader->in_list)
        return refuse(reader, event, "nested lists are not allowed");
    if (reader->has_block)
        return block_refuse(reader, event);
    if (key_wants_list(reader)) {
        reader->in_list = true;
        reader->list[0] = '\0';
        mark_place(reader, &event->start_mark, reader->list_place);
        return QMT_OK;
    }
    if (reader->has_key) {
        char place[320];
        mark_place(reader, &event->start_mark, place);
        return FAIL(reader->ctx, QMT_ERR_CONFIG, "%s: %s wants one value, got a list", place,
                    reader->key);
    }
    return refuse(reader, event, "wants lines of \"key: value\", got a list");
}

static QmtStatus mapping_begin(Reader *reader, const yaml_event_t *event)
{
    if (event->data.mapping_start.anchor != NULL)
        return refuse(reader, event, "anchors (&name) are not allowed, write the value");
    if (event->data.mapping_start.tag != NULL)
        return refuse(reader, event, "tags (!name) are not allowed, write the value");
    if (reader->has_key) {
        char place[320];
        mark_place(reader, &event->start_mark, place);
        return FAIL(reader->ctx, QMT_ERR_CONFIG, "%s: %s wants one value, got a nested block",
                    place, reader->key);
    }
    if (reader->has_block) {
        reader->has_block = false;
        return QMT_OK;
    }
    if (reader->in_mapping || reader->mapping_done)
        return refuse(reader, event, "nested blocks are not allowed");
    reader->in_mapping = true;
    return QMT_OK;
}

static QmtStatus event_take(Reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse(reader, event, "aliases (*name) are not allowed, write the value");
    case YAML_SEQUENCE_START_EVENT:
        return list_begin(reader, event);
    case YAML_SEQUENCE_END_EVENT:
        return list_end(reader);
    case YAML_MAPPING_START_EVENT:
        return mapping_begin(reader, event);
    case YAML_MAPPING_END_EVENT:
        if (reader->block[0] != '\0') {
            block_leave(reader);
            return QMT_OK;
        }
        reader->in_mapping = false;
        reader->mapping_done = true;
        return QMT_OK;
    case YAML_SCALAR_EVENT:
        // An empty file with a "---" line is one empty scalar.
        if (!reader->in_mapping && event->data.scalar.length == 0 &&
            event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
            event->data.scalar.anchor == NULL && event->data.scalar.tag == NULL)
            return QMT_OK;
        return scalar_take(reader, event);
    case YAML_DOCUMENT_START_EVENT:
        if (reader->mapping_done)
            return refuse(reader, event, "a second document (---); one file is one configuration");
        return QMT_OK;
    default:
        return QMT_OK;
    }
}

/// libyaml's words for what is not YAML, with our place. A tab is its most frequent cause, and its
/// message does not say the word.
static QmtStatus syntax_fail(const Reader *reader, const yaml_parser_t *parser, const char *text,
                             size_t size)
{
    size_t line = parser->problem_mark.line, column = parser->problem_mark.column;
    const char *const problem = parser->problem != NULL ? parser->problem : "no YAML";

    const char *start = text;
    for (size_t i = 0; i < line && start < text + size; i++) {
        const char *const newline = memchr(start, '\n', (size_t)(text + size - start));
        start = newline != NULL ? newline + 1 : text + size;
    }
    const char *const end = memchr(start, '\n', (size_t)(text + size - start));
    const size_t length = end != NULL ? (size_t)(end - start) : (size_t)(text + size - start);
    if (parser->error == YAML_READER_ERROR)
        return FAIL(reader->ctx, QMT_ERR_CONFIG, "%.200s: byte %zu: %s", reader->file,
                    parser->problem_offset + 1, problem);
    if (memchr(start, '\t', length) != NULL)
        return FAIL(reader->ctx, QMT_ERR_CONFIG, "%.200s:%zu:%zu: a tab; YAML wants spaces",
                    reader->file, line + 1, column + 1);
    return FAIL(reader->ctx, QMT_ERR_CONFIG, "%.200s:%zu:%zu: %s", reader->file, line + 1,
                column + 1, problem);
}

QmtStatus config_parse(QmtContext *ctx, const char *place, const char *text, size_t size,
                       Config *config)
{
    Reader reader = {.ctx = ctx, .file = place, .config = *config};
    snprintf(reader.config.place, sizeof reader.config.place, "%.200s", place);
    for (size_t k = 0; k < CONFIG_KEYS_MAX; k++)
        reader.config.line[k] = 0; // duplicates are counted within this file

    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the YAML reader", place);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);

    QmtStatus status = QMT_OK;
    bool at_end = false;
    while (status == QMT_OK && !at_end) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = parser.error == YAML_MEMORY_ERROR
                         ? FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the YAML reader", place)
                         : syntax_fail(&reader, &parser, text, size);
            break;
        }
        at_end = event.type == YAML_STREAM_END_EVENT;
        status = event_take(&reader, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);

    if (status == QMT_OK)
        *config = reader.config;
    return status;
}

QmtStatus config_read(QmtContext *ctx, const char *path, Config *config)
{
    char *text;
    size_t size;
    TRY(file_read_whole(ctx, path, FILE_SIZE_MAX, &text, &size));
    const QmtStatus status = config_parse(ctx, path, text, size, config);
    free(text);
    return status;
}
