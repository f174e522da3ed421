#include "support/check.h"

#include <stdio.h>

#include "dataset/split.h"

enum { N = 2000 };

static QmtContext *ctx;
static Source sources[N];
static const double PARTS[N_SPLITS] = {80.0, 10.0, 10.0};

static SourceList list_of(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sources[i] = (Source){.replica = 1 + (int)(i % 2), .n_frames = 1000, .interval_ps = 0.001};
        snprintf(sources[i].name, sizeof sources[i].name, "molecule_%04zu", i / 2);
    }
    return (SourceList){.items = sources, .n = n};
}

static void parts_are_as_large_as_asked_for(void **state)
{
    (void)state;
    const SourceList list = list_of(N);
    SplitPlan plan;
    size_t n[N_SPLITS] = {0};
    assert_int_equal(split_plan(ctx, &list, PARTS, "replica", 5, -1.0, &plan), QMT_OK);
    for (size_t i = 0; i < N; i++)
        n[split_of(&plan, &sources[i])]++;
    // four standard deviations of a binomial distribution
    CHECK_NEAR((double)n[SPLIT_TRAIN] / N, 0.8, 4.0 * 0.009);
    CHECK_NEAR((double)n[SPLIT_VALID] / N, 0.1, 4.0 * 0.0067);
    CHECK_NEAR((double)n[SPLIT_TEST] / N, 0.1, 4.0 * 0.0067);
}

static void a_molecule_stays_where_it_is_when_others_are_added(void **state)
{
    (void)state;
    Split before[40];
    SplitPlan plan;
    SourceList list = list_of(40);
    assert_int_equal(split_plan(ctx, &list, PARTS, "molecule", 3, -1.0, &plan), QMT_OK);
    for (size_t i = 0; i < 40; i++)
        before[i] = split_of(&plan, &sources[i]);
    list = list_of(400);
    assert_int_equal(split_plan(ctx, &list, PARTS, "molecule", 3, -1.0, &plan), QMT_OK);
    for (size_t i = 0; i < 40; i++) {
        assert_int_equal(split_of(&plan, &sources[i]), before[i]);
        assert_int_equal(before[i], before[i - i % 2]); // replicas together
    }
}

static void without_a_seed_no_part_is_empty(void **state)
{
    (void)state;
    for (size_t n = 6; n <= 40; n += 2) {
        const SourceList list = list_of(n);
        SplitPlan plan;
        bool filled[N_SPLITS] = {false};
        assert_int_equal(split_plan(ctx, &list, PARTS, NULL, 0, -1.0, &plan), QMT_OK);
        assert_int_equal(plan.kind, SPLIT_BY_MOLECULE);
        for (size_t i = 0; i < n; i++)
            filled[split_of(&plan, &sources[i])] = true;
        assert_true(filled[SPLIT_TRAIN] && filled[SPLIT_VALID] && filled[SPLIT_TEST]);
    }
    const SourceList two = list_of(4);
    SplitPlan plan;
    assert_int_equal(split_plan(ctx, &two, PARTS, NULL, 0, -1.0, &plan), QMT_OK);
    assert_int_equal(plan.kind, SPLIT_BY_BLOCK);
}

static void blocks_fill_a_trajectory_but_for_the_gaps(void **state)
{
    (void)state;
    const SourceList list = list_of(20);
    SplitPlan plan;
    bool others = false;
    assert_int_equal(split_plan(ctx, &list, PARTS, "block", 1, -1.0, &plan), QMT_OK);
    for (size_t i = 0; i < 20; i++) {
        Block blocks[N_SPLITS];
        assert_int_equal(split_blocks(&plan, &sources[i], 50, blocks), 3);
        assert_int_equal(blocks[0].begin, 0);
        assert_int_equal(blocks[1].begin, blocks[0].end + 50);
        assert_int_equal(blocks[2].begin, blocks[1].end + 50);
        assert_int_equal(blocks[2].end, 1000);
        for (size_t b = 0; b < 3; b++)
            assert_int_equal(blocks[b].end - blocks[b].begin,
                             blocks[b].split == SPLIT_TRAIN ? 720 : 90);
        others = others || blocks[0].split != SPLIT_TRAIN;
    }
    assert_true(others); // the order is drawn
    Block blocks[N_SPLITS];
    assert_int_equal(split_blocks(&plan, &sources[0], 2000, blocks), 3);
    for (size_t b = 0; b < 3; b++)
        assert_int_equal(blocks[b].end, blocks[b].begin); // nothing is left, and nothing overflows
}

static int make_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int drop_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_as_large_as_asked_for),
        cmocka_unit_test(a_molecule_stays_where_it_is_when_others_are_added),
        cmocka_unit_test(without_a_seed_no_part_is_empty),
        cmocka_unit_test(blocks_fill_a_trajectory_but_for_the_gaps),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
