// Parts of a list: which molecule is in which, and what launchers say of it.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/launcher.h"
#include "campaign/shard.h"

static uint64_t part_of(const char *name, uint64_t count)
{
    uint64_t found = count;
    for (uint64_t i = 0; i < count; i++) {
        if (!shard_has(&(Shard){.index = i, .count = count}, name))
            continue;
        assert_int_equal(found, count);
        found = i;
    }
    assert_int_not_equal(found, count);
    return found;
}

static void every_molecule_is_in_one_part(void **state)
{
    (void)state;
    size_t n[7] = {0};
    for (int i = 0; i < 7000; i++) {
        char name[16];
        snprintf(name, sizeof name, "m%05d", i);
        n[part_of(name, 7)]++;
    }
    // 1000 each by chance, with a spread of sqrt(1000 * 6/7) = 29; five of them.
    for (int i = 0; i < 7; i++)
        assert_in_range(n[i], 1000 - 146, 1000 + 146);
}

// Jobs go on with parts that earlier versions began: these numbers may never change. Computed with Python from the
// formula of shard.h.
static void the_parts_stay(void **state)
{
    (void)state;
    assert_int_equal(part_of("water", 100), 20);
    assert_int_equal(part_of("glycine", 100), 76);
    assert_int_equal(part_of("m00001", 3), 0);
    assert_int_equal(part_of("", 1000), 203);
}

static void whole_lists_are_no_parts(void **state)
{
    (void)state;
    char suffix[SHARD_TEXT_SIZE];
    assert_true(shard_has(&(Shard){0}, "water"));
    assert_true(shard_has(&(Shard){0, 1}, "water"));
    assert_false(shard_is_part(&(Shard){0, 1}));
    shard_suffix(&(Shard){0, 1}, suffix);
    assert_string_equal(suffix, "");
    shard_suffix(&(Shard){3, 100}, suffix);
    assert_string_equal(suffix, ".3-of-100");
}

static void texts_that_are_no_parts_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",      "3",    "/",         "3/",
        "/3",    "a/b",  "3/3",       "4/3",
        "-1/3",  "1/0",  "1/-1",      "1.5/3",
        "1/3/5", "1 /3", "1/1000001", "99999999999999999999999999/3"};
    QmtContext *ctx;
    Shard shard = {7, 8};
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(shard_parse(ctx, wrong[i], &shard), QMT_ERR_USAGE);
        // of no program's options
        assert_null(strstr(qmt_context_message(ctx), "--"));
        assert_int_equal(strncmp(qmt_context_message(ctx), "part ", 5), 0);
        assert_int_equal(shard.index, 7);
    }
    assert_int_equal(shard_parse(ctx, "3/100", &shard), QMT_OK);
    assert_int_equal(shard.index, 3);
    assert_int_equal(shard.count, 100);
    qmt_context_destroy(&ctx);
}

/// An environment: pairs of name and value, NULL at the end.
static const char *const *environment;

static char *variable(const char *name)
{
    for (size_t i = 0; environment[i] != NULL; i += 2)
        if (strcmp(environment[i], name) == 0)
            return (char *)environment[i + 1];
    return NULL;
}

static Launcher found(const char *const *pairs)
{
    environment = pairs;
    return launcher_find(variable);
}

static void launchers_say_rank_and_size(void **state)
{
    (void)state;
    Launcher launcher =
        found((const char *const[]){"SLURM_PROCID", "3", "SLURM_STEP_NUM_TASKS", "8",
                                    "SLURM_STEP_TASKS_PER_NODE", "4(x2)", NULL});
    assert_string_equal(launcher.name, "Slurm");
    assert_int_equal(launcher.shard.index, 3);
    assert_int_equal(launcher.shard.count, 8);
    assert_int_equal(launcher.n_on_node, 4);

    launcher = found((const char *const[]){"PMI_RANK", "0", "PMI_SIZE", "3", NULL});
    assert_string_equal(launcher.name, "PMI");
    assert_int_equal(launcher.shard.index, 0);
    assert_int_equal(launcher.n_on_node, 3);

    // mpirun under Slurm: its daemon on each node is a step of srun
    launcher = found((const char *const[]){"SLURM_PROCID", "1", "SLURM_STEP_NUM_TASKS", "2",
                                           "OMPI_COMM_WORLD_RANK", "11", "OMPI_COMM_WORLD_SIZE",
                                           "12", "OMPI_COMM_WORLD_LOCAL_SIZE", "6", NULL});
    assert_string_equal(launcher.name, "Open MPI");
    assert_int_equal(launcher.shard.index, 11);
    assert_int_equal(launcher.n_on_node, 6);
}

static void batch_scripts_and_single_ranks_are_no_launchers(void **state)
{
    (void)state;
    // sbatch -n 4: the script has a rank and a number of tasks, but is no step
    assert_null(found((const char *const[]){"SLURM_PROCID", "0", "SLURM_NTASKS", "4", NULL}).name);
    assert_null(found((const char *const[]){"PMI_RANK", "0", "PMI_SIZE", "1", NULL}).name);
    assert_null(found((const char *const[]){"PMI_RANK", "5", "PMI_SIZE", "3", NULL}).name);
    assert_null(found((const char *const[]){"PMI_RANK", "x", "PMI_SIZE", "3", NULL}).name);
    assert_null(found((const char *const[]){NULL}).name);
}

static void ranks_of_a_machine_share_its_cores(void **state)
{
    (void)state;
    const Launcher four = {.name = "PMI", .shard = {0, 4}, .n_on_node = 4};
    assert_int_equal(launcher_workers(&four, 16, 16), 4); // not bound
    assert_int_equal(launcher_workers(&four, 1, 16), 1);  // bound to a core
    assert_int_equal(launcher_workers(&four, 2, 2), 1);   // more ranks than cores
    assert_int_equal(launcher_workers(&(Launcher){0}, 16, 16), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_molecule_is_in_one_part),
        cmocka_unit_test(the_parts_stay),
        cmocka_unit_test(whole_lists_are_no_parts),
        cmocka_unit_test(texts_that_are_no_parts_are_refused),
        cmocka_unit_test(launchers_say_rank_and_size),
        cmocka_unit_test(batch_scripts_and_single_ranks_are_no_launchers),
        cmocka_unit_test(ranks_of_a_machine_share_its_cores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
