#ifndef IO_JSON_H
#define IO_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/// JSON that is complete or not there at all. cJSON leaves an item out when it has no memory for it, and
/// says nothing; these words remember that an allocation failed.

/// Begins a new text: what failed before is forgotten.
void json_begin(void);
/// True if every allocation of cJSON since json_begin() succeeded.
bool json_is_whole(void);

/// Text of an object made since json_begin(), which is deleted; NULL if any part of it found no memory. Characters
/// that are not seen (base/printable.h) are written as \uXXXX, so that the text may go to a terminal; a byte that is no
/// UTF-8 as \ufffd, so that it is JSON. The caller frees it with cJSON_free().
char *json_text(cJSON *object, bool formatted);

/// Copies a text of JSON with such characters and bytes escaped; NULL if there is no memory. To be freed with free().
char *json_escape_unseen(const char *text);

/// Makes every number below item the text that gives it again to the last bit: cJSON itself prints what is equal to
/// 2e-16 of it. For a text that was read and is written again.
void json_numbers_keep(cJSON *item);

#endif
