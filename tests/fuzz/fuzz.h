#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/context.h"

/// What the fuzz targets share. A target is a file fuzz_NAME.c with the two functions below; `make fuzz`
/// links it with libFuzzer, CTest with replay.c, which feeds it its seeds and tests/fuzz/corpus/NAME.

/// One input. Aborts on what must not be.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/// Good inputs of formats that a text file cannot hold: writes seed number `which` into out and returns its
/// length, 0 if there are no more or it is longer than max.
size_t fuzz_seed(unsigned which, uint8_t *out, size_t max);

/// The context of all inputs; made at the first call.
QmtContext *fuzz_context(void);

/// Aborts, with the place, if something that every input must leave true is not.
#define FUZZ_REQUIRE(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fail(const char *file, int line, const char *what);

/// Passes a status on. A failure must have a sentence, and no input may make the program ask for memory
/// that is not there: under the limits of the fuzzers QMT_ERR_MEMORY means an absurd amount.
QmtStatus fuzz_status(QmtStatus status);

/// For what takes long: true for one input in `every`, chosen by its bytes, with libFuzzer; always true in
/// a replay.
bool fuzz_sometimes(const uint8_t *data, size_t size, uint32_t every);

/// A path under which the bytes can be read like a file; the same path each time, in memory.
const char *fuzz_file(const void *data, size_t size);

/// An empty folder in memory, made at the first call and removed at the end of the program.
const char *fuzz_folder(void);

#endif
