#include "support/check.h"

#include <string.h>

#include "label/frame_scanner.h"

/// Kinds of the lines of a text as letters.
static const char *kinds(const char *text, FrameScanner *scanner)
{
    static char letters[64];
    static const char LETTERS[] = ".nCaAt!";
    size_t n = 0;
    *scanner = (FrameScanner){0};
    while (*text != '\0') {
        const size_t length = strcspn(text, "\n");
        letters[n++] = LETTERS[frame_scanner_next(scanner, text, length)];
        text += length + (text[length] == '\n');
    }
    letters[n] = '\0';
    return letters;
}

static void frames_are_told_apart(void **state)
{
    (void)state;
    FrameScanner scanner;
    assert_string_equal(kinds("2\n\nH 0 0 0\nH 0 0 1\n1\r\nc\r\nHe 0 0 0\r\n", &scanner),
                        "nCaAnCA");
    assert_true(frame_scanner_at_end(&scanner));
    assert_string_equal(kinds("\n1\nx\nH\n>\n \t\n1\nx\nH\n", &scanner), ".nCA..nCA");
    assert_string_equal(kinds("1\n2\nH\n", &scanner), "nCA"); // the comment may be a number
    assert_string_equal(kinds("2\n\nH 0 0 0\n", &scanner), "nCa");
    assert_false(frame_scanner_at_end(&scanner));
    assert_string_equal(kinds("1\n", &scanner), "n");
    assert_false(frame_scanner_at_end(&scanner));
}

static void what_is_no_number_of_atoms_is_wrong(void **state)
{
    (void)state;
    FrameScanner scanner;
    static const char *const WRONG[] = {"H 0 0 0", "0", "-3",  "3 4",
                                        "3.0",     "x", "1e3", "99999999999999999999"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_string_equal(kinds(WRONG[i], &scanner), "!");
    assert_string_equal(kinds("1\n\nH 0 0 0\nH 0 0 0\n", &scanner), "nCA!");
}

static void qm9_has_lines_behind_its_atoms(void **state)
{
    (void)state;
    FrameScanner scanner;
    static const char QM9[] = "1\ngdb 1 0.1\nH 0 0 0 0.1\n100 200\nC\tC\nInChI=1S\tInChI=1S\n";
    assert_string_equal(kinds(QM9, &scanner), "nCAttt");
    assert_string_equal(kinds("1\ngdb 1\nH 0 0 0\n1.5 2.5\n1\ngdb 2\nH 0 0 0\n", &scanner),
                        "nCAtnCA");
    assert_true(frame_scanner_at_end(&scanner));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(frames_are_told_apart),
                                       cmocka_unit_test(what_is_no_number_of_atoms_is_wrong),
                                       cmocka_unit_test(qm9_has_lines_behind_its_atoms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
