#ifndef CLI_JSON_PRINT_H
#define CLI_JSON_PRINT_H

#include <cjson/cJSON.h>

#include "cli/fail.h"

/// JSON on standard output, whole or not at all. cJSON leaves an item out when it has no memory for it, and says
/// nothing; between these words a failed allocation is remembered.

/// Begins an object: what failed before is forgotten.
void json_print_begin(void);
/// Goes on with it after calls of the library, which makes JSON of its own.
void json_print_go_on(void);

/// A number that is read back as it was; null for what is not finite.
cJSON *json_number(double value);
/// [n] numbers as an array.
cJSON *json_numbers(const double *values, size_t n);

/// Text of an object, which is deleted: what is not seen on a terminal is escaped. To be freed with qmt_text_free();
/// NULL if any part of it found no memory.
char *json_print_text(cJSON *object, bool formatted);
/// Prints it in a line of its own, and deletes the object. Fails with QMT_ERR_MEMORY, before anything is printed.
///
/// @param what  for the message
QmtStatus json_print(QmtContext *ctx, cJSON *object, bool formatted, const char *what);

#endif
