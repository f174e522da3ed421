#include "support/check.h"

#include <string.h>

#include "io/npy.h"
#include "io/zip.h"

static void headers_are_numpys_own_bytes(void **state)
{
    (void)state;
    // numpy.save(f, numpy.zeros((2, 3), "<f4")) begins with exactly these bytes, padded to 128.
    static const char WANTED[] = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, "
                                 "'shape': (2, 3), }";
    unsigned char header[NPY_HEADER_MAX];
    const size_t n = npy_header("<f4", 2, (uint64_t[]){2, 3}, header);
    assert_int_equal(n, 128);
    assert_memory_equal(header, WANTED, sizeof WANTED - 1);
    for (size_t i = sizeof WANTED - 1; i < n - 1; i++)
        assert_int_equal(header[i], ' ');
    assert_int_equal(header[n - 1], '\n');
}

static void shapes_are_python_tuples(void **state)
{
    (void)state;
    static const struct {
        size_t n_dims;
        uint64_t shape[3];
        const char *text;
    } CASES[] = {
        {0, {0}, "'shape': (), }"},
        {1, {5}, "'shape': (5,), }"},
        {3, {0, 2, 3}, "'shape': (0, 2, 3), }"},
        {2, {UINT64_MAX, UINT64_MAX}, "'shape': (18446744073709551615, 18446744073709551615), }"}};
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        unsigned char header[NPY_HEADER_MAX + 1] = {0};
        const size_t n = npy_header("<i4", CASES[c].n_dims, CASES[c].shape, header);
        assert_int_equal(n % 64, 0);
        assert_int_equal(n, 10 + header[8] + 256 * header[9]);
        assert_non_null(strstr((const char *)header + 10, CASES[c].text));
    }
}

static void strings_have_at_least_one_character(void **state)
{
    (void)state;
    unsigned char header[NPY_HEADER_MAX + 1] = {0};
    npy_string_header(0, header);
    assert_non_null(strstr((const char *)header + 10, "'<U1'"));
    npy_string_header(1234567, header);
    assert_non_null(strstr((const char *)header + 10, "'<U1234567'"));
}

static void utf8_becomes_code_points(void **state)
{
    (void)state;
    const char *text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80";
    assert_int_equal(npy_utf8_next(&text), 'a');
    assert_int_equal(npy_utf8_next(&text), 0xE4);
    assert_int_equal(npy_utf8_next(&text), 0x20AC);
    assert_int_equal(npy_utf8_next(&text), 0x1F600);
    assert_int_equal(*text, '\0');
}

static void data_begin_at_multiples_of_64(void **state)
{
    (void)state;
    for (size_t n_name = 1; n_name < ZIP_NAME_MAX; n_name++) {
        ZipMember member = {.size = 1000};
        memset(member.name, 'x', n_name);
        for (uint64_t offset = 4294967290u; offset < 4294967290u + 70; offset++) {
            unsigned char header[ZIP_LOCAL_MAX];
            assert_int_equal(zip_place(&member, offset), member.data_offset + 1000);
            assert_int_equal(member.header_offset, offset);
            assert_int_equal(member.data_offset % ZIP_ALIGNMENT, 0);
            assert_int_equal(zip_local_header(&member, header), member.data_offset - offset);
        }
    }
}

static void crc_is_that_of_zip(void **state)
{
    (void)state;
    // The check value of CRC-32/ISO-HDLC.
    assert_int_equal(zip_crc(0, "123456789", 9), 0xCBF43926);
    assert_int_equal(zip_crc(zip_crc(0, "1234", 4), "56789", 5), 0xCBF43926);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_numpys_own_bytes),
        cmocka_unit_test(shapes_are_python_tuples),
        cmocka_unit_test(strings_have_at_least_one_character),
        cmocka_unit_test(utf8_becomes_code_points),
        cmocka_unit_test(data_begin_at_multiples_of_64),
        cmocka_unit_test(crc_is_that_of_zip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
