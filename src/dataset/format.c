#include "dataset/format.h"

#include <string.h>

// Of format_extxyz.c and so on; a new format is a name here and in the list below.
extern const SetFormat FORMAT_MACE;

const SetFormat *const SET_FORMATS[] = {&FORMAT_MACE};
const size_t N_SET_FORMATS = sizeof SET_FORMATS / sizeof *SET_FORMATS;

const SetFormat *set_format_find(const char *name)
{
    for (size_t i = 0; i < N_SET_FORMATS; i++)
        if (strcmp(SET_FORMATS[i]->name, name) == 0)
            return SET_FORMATS[i];
    return NULL;
}
