#include "structure/state_keys.h"

#include <string.h>
#include <strings.h>

#include "base/suggest.h"

enum { KEY_SIZE = 64 };

/// Lower case, without what is written between words.
static void key_plain(const char *key, char plain[KEY_SIZE])
{
    size_t n = 0;
    for (; *key != '\0' && n + 1 < KEY_SIZE; key++)
        if (strchr("_-. ", *key) == NULL)
            plain[n++] = *key >= 'A' && *key <= 'Z' ? (char)(*key - 'A' + 'a') : *key;
    plain[n] = '\0';
}

/// Every name in use, in lower case and without separators.
static const struct {
    const char *plain;
    StateQuantity quantity;
} ALIASES[] = {
    {"charge", STATE_CHARGE},
    {"q", STATE_CHARGE},
    {"chrg", STATE_CHARGE},
    {"chg", STATE_CHARGE},
    {"qtot", STATE_CHARGE},
    {"qtotal", STATE_CHARGE},
    {"totalq", STATE_CHARGE},
    {"netq", STATE_CHARGE},
    {"totq", STATE_CHARGE},
    {"totalcharge", STATE_CHARGE},
    {"totcharge", STATE_CHARGE},
    {"totalchrg", STATE_CHARGE},
    {"chargetotal", STATE_CHARGE},
    {"netcharge", STATE_CHARGE},
    {"formalcharge", STATE_CHARGE},
    {"totalformalcharge", STATE_CHARGE},
    {"molecularcharge", STATE_CHARGE},
    {"moleculecharge", STATE_CHARGE},
    {"molcharge", STATE_CHARGE},
    {"systemcharge", STATE_CHARGE},
    {"qmcharge", STATE_CHARGE},
    {"pubchemtotalcharge", STATE_CHARGE},
    {"multiplicity", STATE_MULTIPLICITY},
    {"mult", STATE_MULTIPLICITY},
    {"multip", STATE_MULTIPLICITY},
    {"mul", STATE_MULTIPLICITY},
    {"spinmultiplicity", STATE_MULTIPLICITY},
    {"spinmult", STATE_MULTIPLICITY},
    {"multiplicityspin", STATE_MULTIPLICITY},
    {"molecularmultiplicity", STATE_MULTIPLICITY},
    {"moleculemultiplicity", STATE_MULTIPLICITY},
    {"molmultiplicity", STATE_MULTIPLICITY},
    {"totalmultiplicity", STATE_MULTIPLICITY},
    {"totalspinmultiplicity", STATE_MULTIPLICITY},
    {"electronicmultiplicity", STATE_MULTIPLICITY},
    {"systemmultiplicity", STATE_MULTIPLICITY},
    {"qmmultiplicity", STATE_MULTIPLICITY},
    {"2s+1", STATE_MULTIPLICITY},
    {"totalspin", STATE_TOTAL_SPIN},
    {"uhf", STATE_UNPAIRED},
    {"unpaired", STATE_UNPAIRED},
    {"nunpaired", STATE_UNPAIRED},
    {"numunpaired", STATE_UNPAIRED},
    {"unpairedelectrons", STATE_UNPAIRED},
    {"nunpairedelectrons", STATE_UNPAIRED},
    {"numunpairedelectrons", STATE_UNPAIRED},
    {"numberofunpairedelectrons", STATE_UNPAIRED},
    {"nelunpaired", STATE_UNPAIRED},
    {"nopen", STATE_UNPAIRED},
    {"2s", STATE_UNPAIRED},
    {"spin", STATE_SPIN},
    {"s", STATE_QUANTUM},
    {"spinquantumnumber", STATE_QUANTUM},
    {"magmom", STATE_MOMENT},
    {"totalmagmom", STATE_MOMENT},
    {"magneticmoment", STATE_MOMENT},
    {"state", STATE_WORD},
    {"spinstate", STATE_LEVEL},
    {"electronicstate", STATE_LEVEL},
    {"m", STATE_SHORT_M},
    {"initialmagmom", STATE_MOMENT},
    {"nalpha", STATE_ALPHA},
    {"nbeta", STATE_BETA},
    {"nelectronsalpha", STATE_ALPHA},
    {"nelectronsbeta", STATE_BETA},
    {"alphaelectrons", STATE_ALPHA},
    {"betaelectrons", STATE_BETA},
    {"ms", STATE_ASK},
    {"ms2", STATE_ASK},
    {"sz", STATE_ASK},
};

StateQuantity state_quantity(const char *key)
{
    char plain[KEY_SIZE];
    key_plain(key, plain);
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (strcmp(plain, ALIASES[i].plain) == 0)
            return ALIASES[i].quantity;
    return STATE_NONE;
}

StateQuantity state_quantity_meant(const char *key)
{
    static const struct {
        const char *part;
        StateQuantity quantity;
        bool only_begin;
    } PARTS[] = {
        {"charge", STATE_CHARGE, false},       {"chrg", STATE_CHARGE, false},
        {"multip", STATE_MULTIPLICITY, false}, {"unpaired", STATE_MULTIPLICITY, false},
        {"char", STATE_CHARGE, true},          {"chg", STATE_CHARGE, true},
        {"mult", STATE_MULTIPLICITY, true},    {"spin", STATE_MULTIPLICITY, true},
        {"uhf", STATE_MULTIPLICITY, true},
    };
    static const char *const NAMES[] = {"charge", "multiplicity"};
    char plain[KEY_SIZE], hint[SUGGEST_HINT_SIZE];
    key_plain(key, plain);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        const char *const at = strstr(plain, PARTS[i].part);
        if (at == plain || (at != NULL && !PARTS[i].only_begin))
            return PARTS[i].quantity;
    }
    // Two letters, like mu, begin many a word.
    if (strlen(plain) < 4)
        return STATE_NONE;
    for (size_t i = 0; i < 2; i++)
        if (suggest_hint(plain, &NAMES[i], 1, hint)[0] != '\0')
            return i == 0 ? STATE_CHARGE : STATE_MULTIPLICITY;
    return STATE_NONE;
}

int state_multiplicity_word(const char *word)
{
    static const char *const WORDS[] = {"singlet", "doublet", "triplet", "quartet",
                                        "quintet", "sextet",  "septet",  "octet"};
    for (int i = 0; i < 8; i++)
        if (strcasecmp(word, WORDS[i]) == 0)
            return i + 1;
    return 0;
}
