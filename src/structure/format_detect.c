#include "structure/format_detect.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINES = 8, LINE_SIZE = 160, SEARCH = 1 << 16 };

/// The first lines of a file, cut to LINE_SIZE.
typedef struct {
    char line[LINES][LINE_SIZE];
    size_t n;
} Head;

#define OBABEL(in, out) "obabel -i" in " \"%s\" -O \"%s" out "\""

static const DetectedFormat PDB = {FORMAT_FOREIGN, "a PDB file", OBABEL("pdb", ".xyz")};
static const DetectedFormat MOL2 = {FORMAT_FOREIGN, "a Tripos mol2 file", OBABEL("mol2", ".sdf")};
static const DetectedFormat CIF = {FORMAT_FOREIGN, "a CIF file", OBABEL("cif", ".xyz")};
static const DetectedFormat CML = {FORMAT_FOREIGN, "an XML or CML file", OBABEL("cml", ".xyz")};
static const DetectedFormat CUBE = {FORMAT_FOREIGN, "a Gaussian cube file", OBABEL("cub", ".xyz")};
static const DetectedFormat GROMACS = {FORMAT_FOREIGN, "a GROMACS gro file", OBABEL("gro", ".xyz")};
static const DetectedFormat ORCA_OUT = {FORMAT_FOREIGN, "an output of ORCA",
                                        OBABEL("orca", ".xyz")};
static const DetectedFormat GAUSSIAN_OUT = {FORMAT_FOREIGN, "an output of Gaussian",
                                            OBABEL("g09", ".xyz")};
static const DetectedFormat POSCAR = {FORMAT_FOREIGN, "a POSCAR of VASP, a periodic cell",
                                      "ase convert -i vasp \"%s\" \"%s.xyz\""};
static const DetectedFormat GEN = {FORMAT_FOREIGN, "a gen file of DFTB+",
                                   "ase convert -i gen \"%s\" \"%s.xyz\""};
static const DetectedFormat AIMS = {FORMAT_FOREIGN, "a geometry.in of FHI-aims",
                                    "ase convert -i aims \"%s\" \"%s.xyz\""};
static const DetectedFormat GAUSSIAN_IN = {FORMAT_FOREIGN, "an input of Gaussian",
                                           "ase convert -i gaussian-in \"%s\" \"%s.xyz\""};
static const DetectedFormat QCSCHEMA = {FORMAT_FOREIGN, "QCSchema JSON",
                                        "python3 -c \"import qcelemental.models as m; "
                                        "m.Molecule.from_file('%s').to_file('%s.xyz')\""};
static const DetectedFormat JSON = {FORMAT_FOREIGN, "a JSON file", NULL};
static const DetectedFormat TINKER = {FORMAT_FOREIGN, "an XYZ file of Tinker",
                                      OBABEL("txyz", ".xyz")};
static const DetectedFormat PROGRAM_INPUT = {FORMAT_FOREIGN,
                                             "an input of a quantum chemistry program",
                                             "copy its atom lines into \"%.0s%s.xyz\" behind their "
                                             "number and a line \"CHARGE MULTIPLICITY\""};
static const DetectedFormat LFS = {FORMAT_FOREIGN, "a pointer of Git LFS, not the file itself",
                                   "git lfs pull -I \"%s\""};
static const DetectedFormat HTML = {FORMAT_FOREIGN, "a web page (HTML), not a file of molecules",
                                    "download the raw file"};
static const DetectedFormat BZIP2 = {FORMAT_FOREIGN, "compressed with bzip2", "bunzip2 -k \"%s\""};
static const DetectedFormat XZ = {FORMAT_FOREIGN, "compressed with xz", "unxz -k \"%s\""};
static const DetectedFormat ZSTD = {FORMAT_FOREIGN, "compressed with zstd", "unzstd \"%s\""};
static const DetectedFormat ZIP = {FORMAT_FOREIGN, "a ZIP archive", "unzip \"%s\""};
static const DetectedFormat HDF5 = {FORMAT_FOREIGN, "an HDF5 file", NULL};
static const DetectedFormat SQLITE = {FORMAT_FOREIGN, "a database (SQLite, as of ASE)",
                                      "ase convert -i db \"%s\" \"%s.xyz\""};

static void head_take(Head *head, const char *data, size_t n)
{
    const char *at = data, *const end = data + n;
    head->n = 0;
    if (n >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end && head->n < LINES) {
        const char *stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        const size_t n_line = (size_t)(stop - at);
        const size_t length = n_line < LINE_SIZE - 1 ? n_line : LINE_SIZE - 1;
        memcpy(head->line[head->n], at, length);
        head->line[head->n++][length] = '\0';
        // A line ends with LF, CRLF, or CR alone.
        const char *next = stop;
        while (next < end && *next == '\r')
            next++;
        at = next < end && *next == '\n' ? next + 1 : stop < end ? stop + 1 : end;
    }
    for (size_t l = head->n; l < LINES; l++)
        head->line[l][0] = '\0';
}

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
    const size_t n = strlen(text), w = strlen(with);
    return n >= w && strcasecmp(text + n - w, with) == 0;
}

/// Words of a line that are numbers, up to the first that is none.
static int numbers_in(const char *line)
{
    int n = 0;
    for (char *end;; n++) {
        strtod(line, &end);
        if (end == line || (*end != '\0' && !isspace((unsigned char)*end)))
            return n;
        line = end;
    }
}

/// True for one word and nothing else.
static bool is_whole_number(const char *line)
{
    const char *const at = line + strspn(line, " \t");
    const size_t n = strspn(at, "0123456789");
    return n > 0 && at[n + strspn(at + n, " \t")] == '\0';
}

static const DetectedFormat *by_magic(const char *data, size_t n)
{
    static const struct {
        const char *bytes;
        size_t n;
        const DetectedFormat *format;
    } MAGIC[] = {{"BZh", 3, &BZIP2},
                 {"\xFD"
                  "7zXZ",
                  5, &XZ},
                 {"\x28\xB5\x2F\xFD", 4, &ZSTD},
                 {"PK\x03\x04", 4, &ZIP},
                 {"\x89HDF", 4, &HDF5},
                 {"SQLite format 3", 15, &SQLITE}};
    for (size_t i = 0; i < sizeof MAGIC / sizeof *MAGIC; i++)
        if (n >= MAGIC[i].n && memcmp(data, MAGIC[i].bytes, MAGIC[i].n) == 0)
            return MAGIC[i].format;
    return NULL;
}

/// True if the text occurs at the beginning of a line of the first SEARCH bytes.
static bool has_line(const char *data, size_t n, const char *text)
{
    const size_t length = strlen(text);
    n = n < SEARCH ? n : SEARCH;
    for (const char *at = data; at < data + n;) {
        const char *word = at;
        while (word < data + n && (*word == ' ' || *word == '\t'))
            word++;
        if ((size_t)(data + n - word) >= length && strncasecmp(word, text, length) == 0)
            return true;
        while (at < data + n && *at != '\n' && *at != '\r')
            at++;
        at++;
    }
    return false;
}

static const DetectedFormat *by_first_line(const char *first, const char *data, size_t n)
{
    static const char *const PDB_RECORDS[] = {"HEADER ", "ATOM  ",  "HETATM",  "CRYST1", "COMPND ",
                                              "REMARK",  "TITLE  ", "MODEL  ", "AUTHOR "};
    if (begins(first, "version https://git-lfs"))
        return &LFS;
    if (begins(first, "<!doctype") || begins(first, "<html") || begins(first, "<head"))
        return &HTML;
    if (begins(first, "<?xml") || begins(first, "<cml") || begins(first, "<molecule"))
        return &CML;
    if (first[0] == '{' || (first[0] == '[' && (first[1] == '{' || first[1] == '\0')))
        return memmem(data, n < SEARCH ? n : SEARCH, "\"symbols\"", 9) != NULL ||
                       memmem(data, n < SEARCH ? n : SEARCH, "qcschema", 8) != NULL
                   ? &QCSCHEMA
                   : &JSON;
    for (size_t i = 0; i < sizeof PDB_RECORDS / sizeof *PDB_RECORDS; i++)
        if (strncmp(first, PDB_RECORDS[i], strlen(PDB_RECORDS[i])) == 0)
            return &PDB;
    if (begins(first, "data_") || begins(first, "loop_"))
        return &CIF;
    if (begins(first, "Entering Gaussian") || begins(first, "Entering Link 1"))
        return &GAUSSIAN_OUT;
    if ((first[0] == '%' || begins(first, "#p ") || begins(first, "#n ") || begins(first, "#t ")) &&
        has_line(data, n, "#"))
        return &GAUSSIAN_IN;
    if ((first[0] == '!' || first[0] == '%') && has_line(data, n, "*"))
        return &PROGRAM_INPUT;
    if (begins(first, "$molecule") || begins(first, "molecule {") || begins(first, "&"))
        return &PROGRAM_INPUT;
    if (begins(first, "atom ") && numbers_in(first + 5) == 3)
        return &AIMS;
    return NULL;
}

/// "3 C" and then the symbols: DFTB+.
static bool is_gen(const Head *head)
{
    char *end;
    const long n = strtol(head->line[0], &end, 10);
    const char *const kind = end + strspn(end, " \t");
    return n > 0 && end != head->line[0] && strchr("CSFH", kind[0]) != NULL && kind[0] != '\0' &&
           kind[1 + strspn(kind + 1, " \t")] == '\0' && numbers_in(head->line[2]) == 5;
}

/// A scale and three vectors.
static bool is_poscar(const Head *head)
{
    return numbers_in(head->line[1]) == 1 && numbers_in(head->line[2]) == 3 &&
           numbers_in(head->line[3]) == 3 && numbers_in(head->line[4]) == 3 &&
           !is_whole_number(head->line[0]);
}

/// Origin and three axes of a grid behind two lines of text.
static bool is_cube(const Head *head)
{
    return numbers_in(head->line[2]) >= 4 && numbers_in(head->line[3]) == 4 &&
           numbers_in(head->line[4]) == 4 && numbers_in(head->line[5]) == 4 &&
           !is_whole_number(head->line[0]);
}

/// "1 O x y z type bonds" behind "3" or "3 title".
static bool is_tinker(const Head *head)
{
    char *end;
    const long count = strtol(head->line[0], &end, 10), first = strtol(head->line[1], &end, 10);
    const char *const symbol = end + strspn(end, " \t");
    const size_t n = strcspn(symbol, " \t");
    return count > 0 && first == 1 && isalpha((unsigned char)symbol[0]) &&
           numbers_in(symbol + n) >= 4;
}

static const DetectedFormat *by_shape(const Head *head, const char *path)
{
    if (ends(path, ".gro") && is_whole_number(head->line[1]))
        return &GROMACS;
    if (is_tinker(head))
        return &TINKER;
    if (is_gen(head))
        return &GEN;
    if (is_cube(head))
        return &CUBE;
    return is_poscar(head) ? &POSCAR : NULL;
}

/// The format that a name promises; used where the text is no witness.
static InputFormat by_name(const char *path)
{
    static const char *const LISTS[] = {".smi", ".smiles", ".ism", ".can", ".csv", ".tsv"};
    char plain[LINE_SIZE];
    size_t n = strlen(path);
    if (ends(path, ".gz"))
        n -= 3;
    const size_t from = n < LINE_SIZE ? 0 : n - (LINE_SIZE - 1);
    memcpy(plain, path + from, n - from);
    plain[n - from] = '\0';
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        if (ends(plain, LISTS[i]))
            return FORMAT_SMILES;
    return FORMAT_XYZ;
}

/// True for a word of the letters that SMILES are made of, an element among them. What comes on standard input has no
/// name that tells.
static bool looks_like_smiles(const char *line)
{
    const size_t n = strcspn(line, " \t,;|");
    const size_t good = strspn(line, "BCNOPSFIHlrbcnops[]()=#+-@/\\.%0123456789aegiktuy");
    return n > 0 && good >= n && strpbrk(line, "BCNOPSFIcnops[") != NULL &&
           (isalpha((unsigned char)line[0]) || line[0] == '[');
}

DetectedFormat format_detect(const char *path, const char *data, size_t n)
{
    Head head;
    const DetectedFormat *foreign = by_magic(data, n);
    if (foreign != NULL)
        return *foreign;
    head_take(&head, data, n);
    size_t l = 0;
    while (l < head.n && head.line[l][strspn(head.line[l], " \t")] == '\0')
        l++;
    const char *const first = l < head.n ? head.line[l] + strspn(head.line[l], " \t") : "";
    if (strstr(head.line[3], "V2000") != NULL || strstr(head.line[3], "V3000") != NULL)
        return (DetectedFormat){.format = FORMAT_SDF};
    if (is_whole_number(first) && !ends(path, ".gro") && !is_tinker(&head))
        return (DetectedFormat){.format = FORMAT_XYZ};
    if (by_name(path) == FORMAT_SMILES)
        return (DetectedFormat){.format = FORMAT_SMILES};
    if (has_line(data, n, "$coord"))
        return (DetectedFormat){.format = FORMAT_COORD};
    if (has_line(data, n, "@<TRIPOS>"))
        return MOL2;
    foreign = by_first_line(first, data, n);
    if (foreign == NULL && has_line(data, n, "* O   R   C   A *"))
        foreign = &ORCA_OUT;
    if (foreign == NULL)
        foreign = by_shape(&head, path);
    if (foreign != NULL)
        return *foreign;
    const bool is_list = strcmp(path, "-") == 0 && looks_like_smiles(first);
    return (DetectedFormat){.format = is_list ? FORMAT_SMILES : FORMAT_XYZ};
}
