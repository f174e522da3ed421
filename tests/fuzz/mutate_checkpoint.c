#include <string.h>

#include "fuzz/fuzz.h"
#include "io/zip.h"

/// Mutates checkpoints so that most get past the checksum: one section of six is changed and the file is
/// put together again, lengths and CRC-32 right; or the bytes are changed anywhere and the CRC-32 is made
/// to fit; or, one time in eight, it is not.

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

enum { HEAD = 16, TAIL = 4, N_SECTIONS = 8, WORK_MAX = 1 << 16 };

typedef struct {
    size_t offset, size;
} Section;

static size_t filled(size_t size)
{
    return (size + 7) / 8 * 8;
}

/// Where the sections are; false if the file is not that far in order.
static bool sections_find(const uint8_t *data, size_t size, Section sections[N_SECTIONS])
{
    size_t at = HEAD;
    for (int s = 0; s < N_SECTIONS; s++) {
        uint64_t length;
        if (size < TAIL || at + sizeof length > size - TAIL)
            return false;
        memcpy(&length, data + at, sizeof length);
        at += sizeof length;
        if (length > size - TAIL - at || filled((size_t)length) > size - TAIL - at)
            return false;
        sections[s] = (Section){at, (size_t)length};
        at += filled((size_t)length);
    }
    return at == size - TAIL;
}

static void crc_fit(uint8_t *data, size_t size)
{
    if (size < TAIL)
        return;
    const uint32_t crc = zip_crc(0, data, size - TAIL);
    memcpy(data + size - TAIL, &crc, TAIL);
}

/// Replaces one section by a mutation of it. Returns the new size, 0 if there is no room.
static size_t section_mutate(uint8_t *data, size_t size, size_t max,
                             const Section sections[N_SECTIONS], int which, bool keep_size)
{
    static uint8_t work[WORK_MAX], out[2 * WORK_MAX];
    const Section chosen = sections[which];
    const size_t others = size - filled(chosen.size);
    if (chosen.size > WORK_MAX || size > WORK_MAX || others >= max)
        return 0;
    memcpy(work, data + chosen.offset, chosen.size);
    const size_t room = max - others < WORK_MAX ? max - others : WORK_MAX;
    size_t n = LLVMFuzzerMutate(work, chosen.size, keep_size ? chosen.size : room / 8 * 8);
    if (keep_size)
        n = chosen.size;

    size_t at = chosen.offset;
    const uint64_t length = n;
    memcpy(out, data, at);
    memcpy(out + at - sizeof length, &length, sizeof length);
    memset(out + at, 0, filled(n));
    memcpy(out + at, work, n);
    at += filled(n);
    const size_t rest = chosen.offset + filled(chosen.size);
    memcpy(out + at, data + rest, size - rest);
    at += size - rest;
    if (at > max)
        return 0;
    memcpy(data, out, at);
    crc_fit(data, at);
    return at;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    Section sections[N_SECTIONS];
    if (size < 2 * HEAD && seed % 4 != 0) {
        const size_t n = fuzz_seed(seed / 4 % 6, data, max);
        if (n > 0)
            return n;
    }
    const unsigned way = seed % 8, which = seed / 8 % N_SECTIONS;
    if (way >= 2 && sections_find(data, size, sections) && sections[which].size > 0) {
        // The numbers and the snapshot have sizes that must be right.
        const size_t n = section_mutate(data, size, max, sections, (int)which,
                                        which == 3 || (which == 4 && way != 7));
        if (n > 0)
            return n;
    }
    const size_t n = LLVMFuzzerMutate(data, size, max);
    if (way > 0)
        crc_fit(data, n);
    return n;
}
