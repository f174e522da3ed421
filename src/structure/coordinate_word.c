#include "structure/coordinate_word.h"

#include <string.h>

#include "io/text.h"

const char *coordinate_parse(char *word, double *value)
{
    char *const power = strstr(word, "*^");
    char *const fortran = strpbrk(word, "dD");
    if (power != NULL) {
        power[0] = 'e';
        memmove(power + 1, power + 2, strlen(power + 2) + 1);
    } else if (fortran != NULL && fortran[1] != '\0' && strchr("+-0123456789", fortran[1])) {
        // A word that is no number without it stays one that is none.
        *fortran = 'e';
    }
    return text_parse_double(word, value);
}
