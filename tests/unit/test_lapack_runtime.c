#include "support/check.h"

#include <string.h>

#include "base/lapack_runtime.h"

static void words_are_joined_and_padded(void **state)
{
    (void)state;
    char to[6];
    qmtraj_fortran_concat_string(sizeof to, to, 2, "LT", 1, "N");
    assert_memory_equal(to, "LTN   ", sizeof to);
    qmtraj_fortran_concat_string(2, to, 1, "L", 4, "TRAN"); // what has no place is cut off
    assert_memory_equal(to, "LTN   ", sizeof to);
}

static void a_wrong_argument_does_not_end_the_program(void **state)
{
    (void)state;
    const int argument = 3;
    qmtraj_fortran_xerbla("DGEMM ", &argument, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_joined_and_padded),
        cmocka_unit_test(a_wrong_argument_does_not_end_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
