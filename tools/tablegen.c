// Host tool: turns the CSV files of data/ into const C tables, copying digits as text.
//
//     tablegen DATADIR OUTDIR FILE.csv:STRUCT ...
//
// FILE.csv has comment lines (#), one header line with the member names of STRUCT, then rows. It
// becomes `const STRUCT TABLE_FILE[N_FILE]` with designated members, so that a column the struct
// does not know is a compile error. If STRUCT is the word "constants", the file has the columns
// name and value, and every row of gfn2_globals.csv becomes a macro GFN2_NAME.
//
// Columns in TEXT_COLUMNS become strings, all others must be numbers. Fields may be in double
// quotes; line ends may be LF or CRLF.
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 4096, MAX_FIELDS = 64, MAX_NAME = 64 };

static const char *const TEXT_COLUMNS[] = {"symbol", "name",   "unit",    "meaning",
                                           "model",  "method", "solvent", "origin"};

/// One CSV file while it is read.
typedef struct {
    const char *path;
    FILE *file;
    long line_number;
    uint64_t *checksum; ///< FNV-1a over all bytes read so far
    char line[MAX_LINE];
    char *fields[MAX_FIELDS]; ///< inside line
    size_t n_fields;
} Csv;

static void die(const Csv *csv, const char *what)
{
    fprintf(stderr, "tablegen: %s:%ld: %s\n", csv->path, csv->line_number, what);
    exit(1);
}

static FILE *open_or_die(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file == NULL) {
        fprintf(stderr, "tablegen: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    return file;
}

/// Cuts csv->line at its commas, in place; quotes are removed, "" inside quotes becomes ".
static void split(Csv *csv)
{
    char *read = csv->line;
    csv->n_fields = 0;
    for (;;) {
        if (csv->n_fields == MAX_FIELDS)
            die(csv, "too many columns");
        char *write = read;
        csv->fields[csv->n_fields++] = write;
        bool quoted = false;
        for (; *read != '\0' && (quoted || *read != ','); read++) {
            if (*read != '"')
                *write++ = *read;
            else if (quoted && read[1] == '"')
                *write++ = *read++;
            else
                quoted = !quoted;
        }
        if (quoted)
            die(csv, "a quote is not closed");
        const bool last = *read == '\0';
        *write = '\0';
        if (last)
            return;
        read++;
    }
}

/// Reads and splits the next line that is neither empty nor a comment; false at the end of the
/// file.
static bool next_row(Csv *csv)
{
    while (fgets(csv->line, MAX_LINE, csv->file) != NULL) {
        csv->line_number++;
        for (const char *c = csv->line; *c != '\0'; c++)
            *csv->checksum = (*csv->checksum ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
        size_t length = strlen(csv->line);
        if (length == MAX_LINE - 1)
            die(csv, "line too long");
        while (length > 0 && (csv->line[length - 1] == '\n' || csv->line[length - 1] == '\r'))
            csv->line[--length] = '\0';
        if (length == 0 || csv->line[0] == '#')
            continue;
        split(csv);
        return true;
    }
    if (ferror(csv->file))
        die(csv, strerror(errno));
    return false;
}

static bool is_text_column(const char *name)
{
    for (size_t i = 0; i < sizeof TEXT_COLUMNS / sizeof *TEXT_COLUMNS; i++)
        if (strcmp(name, TEXT_COLUMNS[i]) == 0)
            return true;
    return false;
}

static void check_identifier(const Csv *csv, const char *name)
{
    bool good = isalpha((unsigned char)name[0]) && strlen(name) < MAX_NAME;
    for (const char *c = name; *c != '\0'; c++)
        good = good && (isalnum((unsigned char)*c) || *c == '_');
    if (!good)
        die(csv, "a name must be letters, digits and _");
}

static void check_number(const Csv *csv, const char *text)
{
    char *end;
    strtod(text, &end);
    if (end == text || *end != '\0' || strspn(text, "+-.0123456789eE") != strlen(text))
        die(csv, "a number is not a number");
}

/// Capitals up to the dot of a file name: "gfn2_elements.csv" -> "GFN2_ELEMENTS".
static void table_name(const char *file, char out[MAX_NAME])
{
    size_t i = 0;
    for (; file[i] != '\0' && file[i] != '.' && i < MAX_NAME - 1; i++)
        out[i] = (char)toupper((unsigned char)file[i]);
    out[i] = '\0';
}

static void write_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/// Rows name,value,... -> macros. The cast keeps "10" from taking part in integer arithmetic.
static void write_constants(Csv *csv, const char *name, FILE *header)
{
    if (!next_row(csv) || csv->n_fields < 2 || strcmp(csv->fields[0], "name") != 0 ||
        strcmp(csv->fields[1], "value") != 0)
        die(csv, "constants need the columns name,value");
    const size_t prefix = strcspn(name, "_");
    const size_t n_columns = csv->n_fields;
    while (next_row(csv)) {
        if (csv->n_fields != n_columns)
            die(csv, "wrong number of columns");
        check_identifier(csv, csv->fields[0]);
        check_number(csv, csv->fields[1]);
        char macro[MAX_NAME];
        table_name(csv->fields[0], macro);
        // A floating literal, and not a cast of one, so that (int)NAME is a constant in every compiler.
        const bool whole = strpbrk(csv->fields[1], ".eE") == NULL;
        fprintf(header, "#define %.*s_%s (%s%s)\n", (int)prefix, name, macro, csv->fields[1],
                whole ? ".0" : "");
    }
}

static void write_table(Csv *csv, const char *name, const char *type, FILE *header, FILE *source)
{
    if (!next_row(csv))
        die(csv, "no header line");
    const size_t n_columns = csv->n_fields;
    static char columns[MAX_FIELDS][MAX_NAME];
    for (size_t i = 0; i < n_columns; i++) {
        check_identifier(csv, csv->fields[i]);
        snprintf(columns[i], MAX_NAME, "%s", csv->fields[i]);
    }

    fprintf(source, "\nconst %s TABLE_%s[N_%s] = {\n", type, name, name);
    size_t n_rows = 0;
    for (; next_row(csv); n_rows++) {
        if (csv->n_fields != n_columns)
            die(csv, "wrong number of columns");
        fputs("    {", source);
        for (size_t i = 0; i < n_columns; i++) {
            fprintf(source, "%s.%s = ", i > 0 ? ", " : "", columns[i]);
            if (is_text_column(columns[i])) {
                write_string(source, csv->fields[i]);
            } else {
                check_number(csv, csv->fields[i]);
                fputs(csv->fields[i], source);
            }
        }
        fputs("},\n", source);
    }
    fputs("};\n", source);
    if (n_rows == 0)
        die(csv, "no rows");
    fprintf(header, "enum { N_%s = %zu };\nextern const %s TABLE_%s[N_%s];\n", name, n_rows, type,
            name, name);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: tablegen DATADIR OUTDIR FILE.csv:STRUCT ...\n");
        return 2;
    }

    char path[MAX_LINE];
    snprintf(path, sizeof path, "%s/tables_gen.h", argv[2]);
    FILE *header = open_or_die(path, "w");
    snprintf(path, sizeof path, "%s/tables_gen.c", argv[2]);
    FILE *source = open_or_die(path, "w");

    fputs("#ifndef TABLES_GEN_H\n#define TABLES_GEN_H\n\n"
          "// Made by tools/tablegen.c from data/*.csv; included by data/tables.h.\n\n",
          header);
    fputs("// Made by tools/tablegen.c from data/*.csv.\n#include \"data/tables.h\"\n", source);

    uint64_t checksum = UINT64_C(0xcbf29ce484222325);
    for (int i = 3; i < argc; i++) {
        char *colon = strchr(argv[i], ':');
        if (colon == NULL) {
            fprintf(stderr, "tablegen: %s: wanted FILE.csv:STRUCT\n", argv[i]);
            return 2;
        }
        *colon = '\0';
        const char *type = colon + 1;
        snprintf(path, sizeof path, "%s/%s", argv[1], argv[i]);
        static Csv csv;
        csv = (Csv){.path = path, .file = open_or_die(path, "rb"), .checksum = &checksum};
        char name[MAX_NAME];
        table_name(argv[i], name);
        if (strcmp(type, "constants") == 0)
            write_constants(&csv, name, header);
        else
            write_table(&csv, name, type, header, source);
        fclose(csv.file);
    }

    fputs("\n/// FNV-1a (64 bit, hex) over the bytes of all CSV files, in the order of the build "
          "list.\n"
          "extern const char TABLES_CHECKSUM[17];\n\n#endif\n",
          header);
    fprintf(source, "\nconst char TABLES_CHECKSUM[17] = \"%016llx\";\n",
            (unsigned long long)checksum);
    const bool failed =
        ferror(header) | ferror(source) | (fclose(header) != 0) | (fclose(source) != 0);
    if (failed) {
        fprintf(stderr, "tablegen: %s: writing failed\n", argv[2]);
        return 1;
    }
    return 0;
}
