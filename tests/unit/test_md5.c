#include "support/check.h"

#include <string.h>

#include "io/md5.h"

/// The test suite of RFC 1321.
static void sums_are_those_of_the_standard(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
        {NULL, NULL}};
    unsigned char digest[MD5_SIZE];
    char text[2 * MD5_SIZE + 1];
    for (size_t i = 0; CASES[i][1] != NULL; i++) {
        Md5 md5;
        md5_begin(&md5);
        md5_add(&md5, CASES[i][0], strlen(CASES[i][0]));
        md5_end(&md5, digest);
        md5_text(digest, text);
        assert_string_equal(text, CASES[i][1]);
    }
}

static void pieces_give_the_sum_of_the_whole(void **state)
{
    (void)state;
    unsigned char data[200], whole[MD5_SIZE], pieces[MD5_SIZE];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(7 * i + 3);
    for (size_t n = 0; n <= sizeof data; n++)
        for (size_t cut = 0; cut <= n; cut += 13) {
            Md5 md5;
            md5_begin(&md5);
            md5_add(&md5, data, n);
            md5_end(&md5, whole);
            md5_begin(&md5);
            md5_add(&md5, data, cut);
            md5_add(&md5, data + cut, n - cut);
            md5_end(&md5, pieces);
            assert_memory_equal(whole, pieces, MD5_SIZE);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_the_standard),
        cmocka_unit_test(pieces_give_the_sum_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
