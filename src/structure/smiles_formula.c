#include "structure/smiles_formula.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/// Longer ones are not embedded either.
enum { ATOMS_MAX = 4000, RINGS_MAX = 100, DEPTH_MAX = 1000 };

/// One atom while the text is read.
typedef struct {
    unsigned char z;
    unsigned char bonds; ///< sum of the orders, an aromatic atom with one more
    bool aromatic;
    bool in_brackets;         ///< says its hydrogen atoms itself
    unsigned char n_hydrogen; ///< that it says
} Atom;

typedef struct {
    const char *at;
    Atom atoms[ATOMS_MAX];
    int n;
    int last;  ///< atom that the next bond begins at, -1: none
    int order; ///< of the next bond
    int branch[DEPTH_MAX], depth;
    int ring[RINGS_MAX], ring_order[RINGS_MAX]; ///< atom + 1 where a ring is open
} Reader;

static void atom_add(Reader *r, int z, bool aromatic, bool in_brackets, int n_hydrogen)
{
    if (r->n == ATOMS_MAX)
        return;
    r->atoms[r->n] = (Atom){.z = (unsigned char)z,
                            .bonds = aromatic,
                            .aromatic = aromatic,
                            .in_brackets = in_brackets,
                            .n_hydrogen = (unsigned char)n_hydrogen};
    if (r->last >= 0) {
        r->atoms[r->last].bonds += (unsigned char)r->order;
        r->atoms[r->n].bonds += (unsigned char)r->order;
    }
    r->order = 1;
    r->last = r->n++;
}

/// The symbol at the reader, of two letters if there is such an element; 0: none.
static int symbol_take(Reader *r, bool *aromatic)
{
    char symbol[3] = {r->at[0], 0, 0};
    int z = 0;
    *aromatic = islower((unsigned char)symbol[0]) != 0;
    if (symbol[0] != '\0' && islower((unsigned char)r->at[1])) {
        symbol[1] = r->at[1];
        z = element_number(symbol);
    }
    if (z == 0) {
        symbol[1] = '\0';
        z = element_number(symbol);
    }
    r->at += z != 0 ? strlen(symbol) : 0;
    return z;
}

/// "[13C@@H2+:1]"
static void bracket_read(Reader *r)
{
    bool aromatic;
    r->at++;
    r->at += strspn(r->at, "0123456789");
    const int z = symbol_take(r, &aromatic);
    r->at += strspn(r->at, "@");
    int n_hydrogen = 0;
    if (*r->at == 'H') {
        r->at++;
        n_hydrogen = isdigit((unsigned char)*r->at) ? *r->at - '0' : 1;
    }
    r->at += strcspn(r->at, "]");
    if (z > 0)
        atom_add(r, z, aromatic, true, n_hydrogen);
}

/// An atom without brackets: of two letters there are only Cl and Br.
static void bare_atom_read(Reader *r)
{
    static const char *const PAIRS[] = {"Cl", "Br"};
    for (int i = 0; i < 2; i++) {
        if (strncmp(r->at, PAIRS[i], 2) == 0) {
            atom_add(r, element_number(PAIRS[i]), false, false, 0);
            r->at++;
            return;
        }
    }
    const char symbol[2] = {*r->at, 0};
    const int z = strchr("BCNOPSFIbcnops", *r->at) != NULL ? element_number(symbol) : 0;
    if (z > 0)
        atom_add(r, z, islower((unsigned char)*r->at) != 0, false, 0);
}

static void ring_bond(Reader *r, int number)
{
    if (r->last < 0)
        return;
    if (r->ring[number] == 0) {
        r->ring[number] = r->last + 1;
        r->ring_order[number] = r->order;
    } else {
        const int order = r->order > r->ring_order[number] ? r->order : r->ring_order[number];
        r->atoms[r->ring[number] - 1].bonds += (unsigned char)order;
        r->atoms[r->last].bonds += (unsigned char)order;
        r->ring[number] = 0;
    }
    r->order = 1;
}

static void character_read(Reader *r)
{
    const char c = *r->at;
    if (c == '[')
        bracket_read(r);
    else if (isdigit((unsigned char)c))
        ring_bond(r, c - '0');
    else if (c == '%' && isdigit((unsigned char)r->at[1]) && isdigit((unsigned char)r->at[2])) {
        ring_bond(r, 10 * (r->at[1] - '0') + r->at[2] - '0');
        r->at += 2;
    } else if (c == '(' && r->depth < DEPTH_MAX)
        r->branch[r->depth++] = r->last;
    else if (c == ')' && r->depth > 0)
        r->last = r->branch[--r->depth];
    else if (c == '.')
        r->last = -1;
    else if (strchr("=#$", c) != NULL)
        r->order = c == '=' ? 2 : c == '#' ? 3 : 4;
    else
        bare_atom_read(r);
}

/// Hydrogen atoms that an atom carries: up to the smallest of its usual valences that its bonds leave room in, of an
/// aromatic one the smallest at all.
static size_t hydrogen_of(const Atom *atom)
{
    static const struct {
        int z, valence[3];
    } USUAL[] = {{5, {3, 3, 3}},  {6, {4, 4, 4}},  {7, {3, 5, 5}},  {8, {2, 2, 2}},
                 {9, {1, 1, 1}},  {15, {3, 5, 5}}, {16, {2, 4, 6}}, {17, {1, 1, 1}},
                 {35, {1, 1, 1}}, {53, {1, 1, 1}}};
    if (atom->in_brackets)
        return atom->n_hydrogen;
    for (size_t i = 0; i < sizeof USUAL / sizeof USUAL[0]; i++)
        for (int v = 0; USUAL[i].z == atom->z && v < (atom->aromatic ? 1 : 3); v++)
            if (USUAL[i].valence[v] >= atom->bonds)
                return (size_t)(USUAL[i].valence[v] - atom->bonds);
    return 0;
}

size_t smiles_formula(const char *smiles, size_t count[ELEMENT_MAX + 1])
{
    Reader reader; // its arrays are written before they are read
    size_t n = 0;
    reader.at = smiles;
    reader.n = reader.depth = 0;
    reader.last = -1;
    reader.order = 1;
    memset(reader.ring, 0, sizeof reader.ring);
    memset(count, 0, (ELEMENT_MAX + 1) * sizeof *count);

    while (*reader.at != '\0') {
        character_read(&reader);
        reader.at += *reader.at != '\0';
    }
    for (int a = 0; a < reader.n; a++) {
        count[reader.atoms[a].z]++;
        count[1] += hydrogen_of(&reader.atoms[a]);
    }
    for (int z = 1; z <= ELEMENT_MAX; z++)
        n += count[z];
    return n;
}
