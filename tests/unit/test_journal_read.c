// What the journals of a folder say together, read in blocks: lines longer than a block, lines that were cut off, and
// the text of an entry again.

#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "campaign/journal_read.h"

static QmtContext *ctx;
static char out[64], journals[FILE_PATH_SIZE];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    strcpy(out, "/tmp/qmtraj_journal_XXXXXX");
    assert_non_null(mkdtemp(out));
    assert_int_equal(file_join(ctx, out, JOURNAL_FOLDER, journals), QMT_OK);
    assert_int_equal(mkdir(journals, 0777), 0);
    return 0;
}

static int teardown(void **state)
{
    static const char *const names[] = {"a.jsonl", "b.jsonl", "a.list"};
    char path[FILE_PATH_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (file_join(ctx, journals, names[i], path) == QMT_OK)
            unlink(path);
    assert_int_equal(rmdir(journals), 0);
    assert_int_equal(rmdir(out), 0);
    qmt_context_destroy(&ctx);
    return 0;
}

static FILE *journal_begin(const char *name)
{
    char path[FILE_PATH_SIZE];
    assert_int_equal(file_join(ctx, journals, name, path), QMT_OK);
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

static void line_put(FILE *file, const char *label, int second, const char *status,
                     size_t n_message)
{
    fprintf(file,
            "{\"molecule\":\"%s\",\"ended\":\"2027-01-31T12:00:%02dZ\",\"status\":\"%s\","
            "\"message\":\"",
            label, second, status);
    for (size_t i = 0; i < n_message; i++)
        fputc('a' + (int)(i % 26), file);
    fputs("\",\"wall_s\":1.5}\n", file);
}

/// Several blocks of 256 KiB with lines of all lengths across their ends: each entry's text is read again whole.
static void lines_of_any_length_are_read_and_read_again(void **state)
{
    enum { N = 2000 };
    JournalEntries found;
    (void)state;
    FILE *const file = journal_begin("a.jsonl");
    for (int i = 0; i < N; i++) {
        char label[16];
        snprintf(label, sizeof label, "m%04d", i);
        line_put(file, label, 0, "complete", i == 777 ? 1000000 : (size_t)i % 997);
    }
    fclose(file);
    assert_int_equal(journal_read(ctx, out, &found), QMT_OK);
    assert_int_equal(found.n, N);
    assert_int_equal(found.n_skipped, 0);
    for (int i = 0; i < N; i++) {
        char label[16], begin[32], *line;
        snprintf(label, sizeof label, "m%04d", i);
        const JournalEntry *const entry = journal_find(&found, label);
        assert_non_null(entry);
        assert_true(entry->is_complete);
        assert_float_equal(entry->wall_s, 1.5, 0.0);
        assert_int_equal(journal_line_read(ctx, &found, entry, &line), QMT_OK);
        snprintf(begin, sizeof begin, "{\"molecule\":\"%s\",", label);
        assert_memory_equal(line, begin, strlen(begin));
        assert_string_equal(line + strlen(line) - strlen("\"wall_s\":1.5}"), "\"wall_s\":1.5}");
        free(line);
    }
    assert_null(journal_find(&found, "m2000"));
    journal_entries_release(&found);
}

/// Of several lines of one molecule in several files the latest counts; what a kill cut off is counted and passed over.
static void the_latest_counts_and_torn_lines_are_skipped(void **state)
{
    JournalEntries found;
    char *line;
    (void)state;
    FILE *file = journal_begin("a.jsonl");
    line_put(file, "x", 7, "complete", 3);
    line_put(file, "y", 1, "complete", 3);
    fclose(file);
    file = journal_begin("b.jsonl");
    line_put(file, "x", 5, "interrupted", 3);
    fputs("{\"ended\": true}\n", file);
    fputs("{\"molecule\":\"z\",\"ended\":\"2027", file);
    fclose(file);
    assert_int_equal(journal_read(ctx, out, &found), QMT_OK);
    assert_int_equal(found.n, 2);
    assert_int_equal(found.n_skipped, 1);
    assert_true(journal_find(&found, "x")->is_complete);
    assert_string_equal(journal_find(&found, "x")->ended, "2027-01-31T12:00:07Z");
    assert_int_equal(journal_line_read(ctx, &found, journal_find(&found, "y"), &line), QMT_OK);
    assert_non_null(strstr(line, "\"y\""));
    free(line);
    journal_entries_release(&found);
}

static void a_folder_without_journals_is_empty(void **state)
{
    JournalEntries found;
    MoleculeList list;
    (void)state;
    assert_int_equal(journal_read(ctx, out, &found), QMT_OK);
    assert_int_equal(found.n, 0);
    journal_entries_release(&found);
    assert_int_equal(journal_lists_read(ctx, out, &list), QMT_OK);
    assert_int_equal(list.n, 0);
    molecule_list_release(&list);
}

static void a_list_has_each_molecule_once(void **state)
{
    MoleculeList list;
    (void)state;
    FILE *const file = journal_begin("a.list");
    fputs("b\t2.5\na\t1\nb\t2.5\nno number\tx\n", file);
    fclose(file);
    assert_int_equal(journal_lists_read(ctx, out, &list), QMT_OK);
    assert_int_equal(list.n, 2);
    assert_float_equal(molecule_find(&list, "b")->cost, 2.5, 0.0);
    assert_null(molecule_find(&list, "c"));
    molecule_list_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_of_any_length_are_read_and_read_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_latest_counts_and_torn_lines_are_skipped, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_folder_without_journals_is_empty, setup, teardown),
        cmocka_unit_test_setup_teardown(a_list_has_each_molecule_once, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
