#include "config/config_check.h"
#include "config/value_text.h"
#include "support/check.h"
#include "support/config_word.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "config/config_read.h"
#include "config/config_write.h"
#include "data/method.h"
#include "data/solvent.h"
#include "io/file.h"

static QmtContext *ctx;

static int make_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK;
}

static int drop_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static QmtStatus parse(const char *text, Config *config)
{
    return config_parse(ctx, "a.yaml", text, strlen(text), config);
}

/// Parses and checks; fails the test unless the message contains the words.
static void refuses(const char *text, const char *words)
{
    Config config = config_default();
    QmtStatus status = parse(text, &config);
    if (status == QMT_OK)
        status = config_check(ctx, &config);
    if (status != QMT_ERR_CONFIG)
        fail_msg("\"%s\" gave status %d, wanted \"%s\"", text, (int)status, words);
    if (strstr(qmt_context_message(ctx), words) == NULL)
        fail_msg("\"%s\" gave \"%s\", wanted \"%s\"", text, qmt_context_message(ctx), words);
}

static void defaults_are_those_of_the_pipeline(void **state)
{
    (void)state;
    const Config c = config_default();
    CHECK_NEAR(c.temperature_k.value[0], 300.0, 0.0);
    CHECK_NEAR(c.friction_per_ps, 0.002, 0.0);
    CHECK_NEAR(c.dt_fs, 0.25, 0.0);
    CHECK_NEAR(c.length_ps, 30.0, 0.0);
    assert_int_equal(c.save_interval_steps, 1);
    assert_int_equal(c.random_seed, 42);
    assert_int_equal(c.charge, 0);
    assert_int_equal(c.spin_multiplicity, 1);
    CHECK_NEAR(c.equilibration_ps, 5.0, 0.0);
    CHECK_NEAR(c.nve_window_ps, 10.0, 0.0);
    CHECK_NEAR(c.nve_every_ps, 20.0, 0.0);
    CHECK_NEAR(c.equilibration_friction_per_ps, 10.0, 0.0);
    assert_true(c.optimize);
    assert_int_equal(c.replicas, 1);
    char text[32];
    assert_string_equal(config_choice(&c, "method", text), "GFN2-xTB");
    assert_int_equal(config_steps(&c, c.length_ps), 120000);
    assert_int_equal(config_frames(&c), 120001);
    assert_int_equal(config_check(ctx, &c), QMT_OK);
}

static void methods_are_those_of_the_engine(void **state)
{
    (void)state;
    size_t n = 0;
    for (; method_name(n) != NULL; n++) {
        Config c = config_default();
        char line[64], text[32];
        snprintf(line, sizeof line, "method: %s\n", method_name(n));
        assert_int_equal(parse(line, &c), QMT_OK);
        assert_int_equal(c.method, n);
        assert_string_equal(config_choice(&c, "method", text), method_name(n));
    }
    size_t n_choices = 1;
    for (const char *c = CONFIG_KEYS[config_key("method")].choices; *c != '\0'; c++)
        n_choices += *c == '|';
    assert_int_equal(n_choices, n);
}

static void a_file_of_today_reads_as_it_means(void **state)
{
    (void)state;
    Config c = config_default();
    assert_int_equal(parse("# QM trajectory configuration\n"
                           "temperature_K: 310.0\n"
                           "friction_per_ps: 2e-3  # low\n"
                           "dt_fs: 0.5\n"
                           "length_ps: 1\n"
                           "save_interval_steps: 10\n"
                           "method: gfn2-xtb\n"
                           "charge: -1\n"
                           "ensemble: \"nve\"\n"
                           "optimize: False\n"
                           "random_seed: 9007199254740991\n",
                           &c),
                     QMT_OK);
    CHECK_NEAR(c.temperature_k.value[0], 310.0, 0.0);
    CHECK_NEAR(c.friction_per_ps, 0.002, 0.0);
    CHECK_NEAR(c.dt_fs, 0.5, 0.0);
    assert_int_equal(c.charge, -1);
    assert_int_equal(c.ensemble, CONFIG_NVE);
    assert_false(c.optimize);
    assert_int_equal(c.random_seed, INT64_C(9007199254740991));
    assert_int_equal(config_frames(&c), 201);
    assert_true(config_is_given(&c, "charge"));
    assert_false(config_is_given(&c, "spin_multiplicity"));
    assert_int_equal(config_check(ctx, &c), QMT_OK);
}

static void empty_files_are_all_defaults(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     "# nothing\n", "---\n", "---\n# x\n...\n",
                                        "{}\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        Config c = config_default();
        if (parse(texts[i], &c) != QMT_OK)
            fail_msg("text %zu: %s", i, qmt_context_message(ctx));
        CHECK_NEAR(c.dt_fs, 0.25, 0.0);
    }
}

static void traps_are_named_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } traps[] = {
        {"dt_fs: 0.25\nlenght_ps: 5\n",
         "a.yaml:2:1: unknown key \"lenght_ps\", did you mean length_ps?"},
        {"temperature_k: 300\n", "did you mean temperature_K?"},
        {"qqqqqqqqqqqqqqqq: 1\n", "a.yaml:1:1: unknown key"},
        {"dt_fs: 0.25\ndt_fs: 0.5\n", "a.yaml:2:1: duplicate key dt_fs, first on line 1"},
        {"dt_fs: fast\n", "a.yaml:1:8: dt_fs wants a number, got text \"fast\""},
        {"dt_fs: \"0.25\"\n", "remove the quotes"},
        {"dt_fs:\n", "dt_fs wants a number, got nothing"},
        {"dt_fs: ~\n", "dt_fs wants a number, got nothing"},
        {"dt_fs: no\n", "got a truth value"},
        {"dt_fs: .inf\n", "dt_fs wants a number"},
        {"dt_fs: .nan\n", "dt_fs wants a number"},
        {"dt_fs: nan\n", "dt_fs wants a number"},
        {"dt_fs: 1e999\n", "dt_fs"},
        {"dt_fs: 0x10\n", "dt_fs wants a number"},
        {"dt_fs: 1.0D-3\n", "dt_fs wants a number"},
        {"dt_fs: 0,25\n", "dt_fs wants a number"},
        {"length_ps: 1:30\n", "length_ps wants a number"},
        {"length_ps: 1_000\n", "length_ps wants a number"},
        {"dt_fs: 0\n", "dt_fs = 0 is out of range, wants >= 0.0001, <= 100 fs"},
        {"dt_fs: -0.25\n", "out of range"},
        {"temperature_K: -1\n", "out of range"},
        {"friction_per_ps: -1e-3\n", "out of range, wants >= 0"},
        {"save_interval_steps: 0\n", "save_interval_steps = 0 is out of range, wants >= 1"},
        {"save_interval_steps: 1.5\n", "wants a whole number, got 1.5"},
        {"save_interval_steps: 010\n", "without leading zeros"},
        {"temperature_K: 017\n", "without leading zeros"},
        {"random_seed: -1\n", "out of range"},
        {"random_seed: 9007199254740994\n", "out of range"},
        {"replicas: 0\n", "out of range"},
        {"optimize: yes\n", "optimize wants true or false, got \"yes\""},
        {"optimize: 1\n", "optimize wants true or false, got a number \"1\""},
        {"optimize: \"true\"\n", "optimize wants true or false, got text in quotes"},
        {"ensemble: nvtt\n", "ensemble = \"nvtt\" is unknown, did you mean nvt? (nvt or nve)"},
        {"ensemble: no\n", "ensemble = \"no\" is unknown"},
        {"method: GFN3-xTB\n", "(GFN2-xTB or GFN1-xTB)"},
        {"solvent: watr\n", "solvent = \"watr\" is unknown, did you mean water? `qmtraj solvents`"},
        {"solvent: gas\n", "solvent = \"gas\" is unknown, did you mean none, the gas phase?"},
        {"solvent: \"\"\n", "did you mean none, the gas phase?"},
        {"solvent: No\n", "did you mean none, the gas phase?"},
        {"solvent: 1\n", "solvent = \"1\" is unknown"},
        {"solvation_model: cosmo\n", "(alpb or gbsa)"},
        {"solvent: aniline\nsolvation_model: gbsa\n",
         "a.yaml:1: solvent = aniline has no parameters for GFN2-xTB with gbsa"},
        {"solvent: dmf\nsolvation_model: gbsa\nmethod: GFN1-xTB\n", "GFN1-xTB with gbsa"},
        {"length_ps: 1\nsolvation_model: gbsa\n",
         "a.yaml:2: solvation_model has no effect without solvent; give that, e.g. solvent: water"},
        {"solvation_grid: fine\n", "solvation_grid has no effect without solvent"},
        {"solvation_state: bar1mol\n", "solvation_state has no effect without solvent"},
        {"conformers_from: frames\n", "conformers_from has no effect without conformers"},
        {"bias:\n  distance: {atoms: [1, 2], over_ps: 5}\n",
         "bias.distance.over_ps has no effect without bias.distance.to_nm"},
        {"bias:\n  torsion: {atoms: [1, 2, 3, 4], over_ps: 5}\n",
         "bias.torsion.over_ps has no effect without bias.torsion.to_degree"},
        {"thermostat: andersen\n", "is unknown (langevin or bussi or nose-hoover)"},
        {"method:\n", "method"},
        {"precision: float16\n", "(float32 or float64)"},
        {"dt_fs: &a 0.25\n", "a.yaml:1:8: anchors"},
        {"dt_fs: *a\n", "aliases"},
        {"&a dt_fs: 0.25\n", "anchors"},
        {"&a {dt_fs: 0.25}\n", "anchors"},
        {"dt_fs: !!float 0.25\n", "tags"},
        {"<<: {dt_fs: 1}\n", "unknown key \"<<\""},
        {"dt_fs: [0.25]\n", "dt_fs wants one value, got a list"},
        {"dt_fs: {a: 1}\n", "dt_fs wants one value, got a nested block"},
        {"md:\n  dt_fs: 0.25\n", "unknown key \"md\""},
        {"- dt_fs: 0.25\n", "got a list"},
        {"dt_fs 0.25\n", "key: value"},
        {"dt_fs:0.25\n", "key: value"},
        {"[a]: 1\n", "got a list"},
        {"dt_fs: 0.25\n---\ndt_fs: 0.5\n", "a.yaml:2:1: a second document"},
        {"dt_fs: 0.25\n\tlength_ps: 1\n", "a.yaml:2:1: a tab"},
        {"dt_fs: 0.25: 3\n", "a.yaml:1:"},
        {"dt_fs: \"0.25\n", "a.yaml:"},
        {"dt_fs: \x01\n", "a.yaml: byte 8"},
        {"length_ps: 0.0001\n", "a.yaml:1: length_ps = 0.0001 ps is not a whole number of steps of "
                                "dt_fs = 0.25; the nearest is 0.00025"},
        {"dt_fs: 0.3\nlength_ps: 1\nequilibration_ps: 0\nnve_window_ps: 0\nnve_every_ps: 0\n",
         "a.yaml:2: length_ps = 1"},
        {"equilibration_ps: 1.0001\n", "equilibration_ps = 1.0001"},
        {"nve_window_ps: 1.0001\n", "nve_window_ps = 1.0001"},
        {"nve_every_ps: 0.0001\n", "nve_every_ps = 0.0001"},
        {"confine: {k_kJ_mol_nm3: 3}\n",
         "a.yaml:1: confine has no sphere; give it, e.g. sphere: auto"},
        {"bias: {torsion: {at_degree: 60}}\n",
         "a.yaml:1: bias.torsion has no atoms; give it, e.g. atoms: [1, 2, 3, 4]"},
        {"bias: {rmsd: {every_ps: 1}}\n", "bias.rmsd has no atoms; give it, e.g. atoms: heavy"},
        {"push: {eV: 2}\n", "push has no atoms"},
        {"solvate: {count: 3}\n", "solvate has no molecule; give it, e.g. molecule: O"},
        {"push: {atoms: [1, 2], eV: 0}\n", "push.eV = 0 pushes nothing"},
        {"bias: {rmsd: {atoms: all, every_ps: 0.0001}}\n",
         "bias.rmsd.every_ps = 0.0001 ps is not a whole number of steps"},
        {"bias:\n  torsion:\n    atoms: [1, 2, 3, 4]\n    mode: metadynamics\n    every_ps: "
         "0.0001\n",
         "a.yaml:5: bias.torsion.every_ps = 0.0001 ps"},
        {"bias: {torsion: {atoms: [1, 2, 3, 4], height_kJ_mol: 2}}\n",
         "bias.torsion.height_kJ_mol is for mode = metadynamics, but bias.torsion.mode is "
         "restrain"},
        {"temperature_ramp_K: [900, 1500]\nfriction_per_ps: 1\n"
         "bias: {distance: {atoms: [1, 2], mode: metadynamics, bias_factor: 5}}\n",
         "a.yaml:1: temperature_ramp_K: well-tempered metadynamics (bias.distance.bias_factor = 5) "
         "is of one temperature; take temperature_K instead of the ramp, or bias_factor: none"},
        {"bias: {torsion: {atoms: [1, 2, 3, 4], mode: metadynamics}}\n"
         "temperature_ramp_K: [900, 1500]\nfriction_per_ps: 1\n",
         "well-tempered metadynamics (bias.torsion.bias_factor = 10)"},
        {"bias: {distance: {atoms: [1, 2], mode: metadynamics, k_kJ_mol_nm2: 2}}\n",
         "bias.distance.k_kJ_mol_nm2 is for mode = restrain, but bias.distance.mode is "
         "metadynamics"},
        {"length_ps: 1e9\n", "is 4e+12 steps, at most 4294967295"},
        {"dt_fs: 0.0001\nlength_ps: 1e9\n", "steps, at most"},
        {"dt_fs: 1e-18\n", "out of range"},
        {"length_ps: 1\nsave_interval_steps: 4001\n",
         "a.yaml:2: save_interval_steps = 4001 is longer "
         "than the run of 4000 steps"},
    };
    for (size_t i = 0; i < sizeof traps / sizeof traps[0]; i++)
        refuses(traps[i].text, traps[i].words);
}

static void a_failure_leaves_the_configuration_alone(void **state)
{
    (void)state;
    Config c = config_default();
    const Config before = c;
    assert_int_equal(parse("dt_fs: 0.5\nlength_ps: x\n", &c), QMT_ERR_CONFIG);
    assert_memory_equal(&c, &before, sizeof c);
}

static void set_overrides_the_file(void **state)
{
    (void)state;
    Config c = config_default();
    assert_int_equal(parse("length_ps: 3\n", &c), QMT_OK);
    assert_int_equal(config_set(ctx, "length_ps=5", &c), QMT_OK);
    assert_int_equal(config_set(ctx, "ensemble=nve", &c), QMT_OK);
    CHECK_NEAR(c.length_ps, 5.0, 0.0);
    assert_int_equal(c.ensemble, CONFIG_NVE);
    assert_true(config_is_given(&c, "length_ps"));

    assert_int_equal(config_set(ctx, "length_ps=", &c), QMT_ERR_CONFIG);
    assert_int_equal(config_set(ctx, "=5", &c), QMT_ERR_CONFIG);
    assert_int_equal(config_set(ctx, "lengthps=5", &c), QMT_ERR_CONFIG);
    assert_non_null(strstr(qmt_context_message(ctx), "did you mean length_ps?"));
    assert_int_equal(config_set(ctx, "length_ps=0.0001", &c), QMT_OK);
    assert_int_equal(config_check(ctx, &c), QMT_ERR_CONFIG);
    assert_non_null(strstr(qmt_context_message(ctx), "--set: length_ps"));
}

static void the_echo_reads_back_as_itself(void **state)
{
    (void)state;
    Config c = config_default(), again = config_default();
    assert_int_equal(parse("friction_per_ps: 0.1\ndt_fs: 0.1\nlength_ps: 12.3\noptimize: false\n"
                           "precision: float64\ncharge: -2\ntemperature_K: 298.15\nreplicas: 3\n"
                           "solvent: Chloroform\nsolvation_model: gbsa\n"
                           "properties:\n  - quadrupole\n  - dipole\n",
                           &c),
                     QMT_OK);
    char *echo = config_yaml(&c);
    assert_non_null(echo);
    if (parse(echo, &again) != QMT_OK)
        fail_msg("%s\n%s", qmt_context_message(ctx), echo);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char a[CONFIG_TEXT_SIZE], b[CONFIG_TEXT_SIZE];
        config_value_text(&c, k, a);
        config_value_text(&again, k, b);
        assert_string_equal(a, b);
        assert_int_equal(strstr(echo, CONFIG_KEYS[k].name) == NULL, config_is_dormant(&c, k));
    }
    free(echo);
}

// A block of keys is its keys with their names in front; both ways of writing may be mixed.
static void blocks_are_keys_with_a_dot(void **state)
{
    (void)state;
    Config c = config_default();
    assert_int_equal(parse("confine: {sphere: 0.5}\nbias:\n  torsion:\n    atoms: [4, 2, 7-8]\n"
                           "  rmsd: {atoms: heavy}\nbias.torsion.at_degree: -60\nlength_ps: 2\n"
                           "solvate: {molecule: '[C-]#[O+]'}\n",
                           &c),
                     QMT_OK);
    size_t atoms[8];
    assert_int_equal(config_atoms(&c.torsion.atoms, atoms, 8), 4);
    assert_int_equal(atoms[0], 3);
    assert_int_equal(atoms[1], 1);
    assert_int_equal(atoms[2], 6);
    assert_int_equal(atoms[3], 7);
    assert_true(c.confine_nm == 0.5 && c.torsion.at == -60.0 && c.length_ps == 2.0);
    assert_int_equal(config_number_word(c.torsion.to), 0);
    assert_true(config_has_atoms(&c.rmsd.atoms) && !config_has_atoms(&c.distance.atoms));
    char *echo = config_yaml(&c);
    assert_non_null(echo);
    assert_non_null(strstr(echo, "bias.torsion.atoms: [4, 2, 7-8] "));
    assert_non_null(strstr(echo, "bias.rmsd.atoms: heavy "));
    assert_non_null(strstr(echo, "solvate.molecule: \"[C-]#[O+]\" "));
    assert_null(strstr(echo, "bias.distance"));
    Config again = config_default();
    assert_int_equal(parse(echo, &again), QMT_OK);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char a[CONFIG_TEXT_SIZE], b[CONFIG_TEXT_SIZE];
        config_value_text(&c, k, a);
        config_value_text(&again, k, b);
        assert_string_equal(a, b);
    }
    free(echo);
}

static void wrong_blocks_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *says;
    } CASES[] = {
        {"confine: auto\n", "a.yaml:1:10: confine wants keys below it: sphere, k_kJ_mol_nm3"},
        {"confine: [auto]\n", "confine wants keys below it"},
        {"confine:\n", "confine wants keys below it"},
        {"bias: {torsion: 3}\n", "bias.torsion wants keys below it: atoms, mode"},
        {"bias: {torsions: {k: 3}}\n", "unknown key \"bias.torsions\""},
        {"bias: 3\n", "bias wants keys below it: torsion, distance, rmsd"},
        {"confine: {spere: auto}\n", "did you mean confine.sphere?"},
        {"confine: {sphere: {a: 1}}\n", "confine.sphere wants one value, got a nested block"},
        {"confine: {sphere: big}\n", "confine.sphere wants a number or none/auto, got text"},
        {"confine: {sphere: 0}\n",
         "confine.sphere = 0 is out of range, wants > 0, <= 1000 nm, or none"},
        {"confine: {sphere: 1}\nconfine.sphere: 2\n",
         "duplicate key confine.sphere, first on line 1"},
        {"bias: {torsion: {atoms: [1, 2, 3]}}\n", "has 3 atoms, wants a list of 4 atoms, or none"},
        {"bias: {distance: {atoms: 1-3}}\n", "has 3 atoms, wants a list of 2 atoms"},
        {"bias: {torsion: {atoms: [0, 1, 2, 3]}}\n", "counts atoms from 1, there is no atom 0"},
        {"bias: {torsion: {atoms: [1, 2, 3, 2]}}\n", "has atom 2 twice"},
        {"bias: {torsion: {atoms: [1, 2, 9-8]}}\n", "the range 9-8 runs backwards"},
        {"bias: {rmsd: {atoms: havy}}\n", "or none or heavy or all, got \"havy\""},
        {"bias: {rmsd: {atoms: [1, C2]}}\n", "numbers of atoms like 3, ranges like 5-9"},
        {"bias: {torsion: {bias_factor: 1}}\n", "bias.torsion.bias_factor = 1 is out of range"},
        {"push: {atoms: [1, 2], eV: 1e3}\n", "push.eV = 1e3 is out of range"},
        {"solvate: {molecule: 'C C'}\n", "solvate.molecule is no SMILES: character 2"},
        {"solvate: {molecule: O, count: 0}\n", "solvate.count = 0 is out of range"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        Config c = config_default();
        assert_int_equal(parse(CASES[i].yaml, &c), QMT_ERR_CONFIG);
        if (strstr(qmt_context_message(ctx), CASES[i].says) == NULL)
            fail_msg("%s%s", CASES[i].yaml, qmt_context_message(ctx));
    }
}

// The lists in the table are copies: they follow the enumerations.
static void choices_of_solvation_are_its_names(void **state)
{
    (void)state;
    Config c = config_default();
    char text[32];
    for (c.solvation_model = 0; c.solvation_model < SOLVATION_MODELS; c.solvation_model++)
        assert_string_equal(config_choice(&c, "solvation_model", text),
                            solvation_model_name((SolvationModel)c.solvation_model));
    for (c.solvation_state = 0; c.solvation_state < SOLVATION_STATES; c.solvation_state++)
        assert_string_equal(config_choice(&c, "solvation_state", text),
                            solvation_state_name((SolvationState)c.solvation_state));
    for (c.solvation_grid = 0; c.solvation_grid < SOLVATION_GRIDS; c.solvation_grid++)
        assert_string_equal(config_choice(&c, "solvation_grid", text),
                            solvation_grid_name((SolvationGrid)c.solvation_grid));
    assert_null(config_solvent_name(&c));
    assert_int_equal(config_set(ctx, "solvent=h2o", &c), QMT_OK);
    assert_string_equal(config_solvent_name(&c), "water");
    // Every solvent of any model and method is one of the configuration.
    for (int model = 0; model < SOLVATION_MODELS; model++)
        for (size_t m = 0; method_name(m) != NULL; m++) {
            const char *name;
            for (size_t i = 0; (name = solvent_name(method_find(method_name(m)),
                                                    (SolvationModel)model, i)) != NULL;
                 i++) {
                char assignment[64];
                snprintf(assignment, sizeof assignment, "solvent=%s", name);
                assert_int_equal(config_set(ctx, assignment, &c), QMT_OK);
                assert_string_equal(config_solvent_name(&c), name);
            }
        }
}

static void sets_are_lists_or_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int set;
    } GOOD[] = {
        {"properties: []\n", 0},
        {"properties:\n", 0},
        {"properties: charges\n", 2},
        {"properties: [Dipole, charges, dipole]\n", 3},
        {"properties: \"scf_residual, bond_orders\"\n", 36},
        {"properties:\n- dipole\n- 'homo_lumo_gap'\ndt_fs: 0.5\n", 9},
    };
    static const struct {
        const char *text, *words;
    } BAD[] = {
        {"properties: [dipole, charge]\n", "did you mean charges?"},
        {"properties: [[dipole]]\n", "nested lists"},
        {"properties: [dipole, {a: b}]\n", "nested block"},
        {"properties: &a [dipole]\n", "anchors"},
        {"dt_fs: [0.5]\n", "wants one value, got a list"},
        {"- dipole\n", "got a list"},
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        Config c = config_default();
        if (parse(GOOD[i].text, &c) != QMT_OK)
            fail_msg("%s: %s", GOOD[i].text, qmt_context_message(ctx));
        assert_int_equal(c.properties, GOOD[i].set);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        Config c = config_default();
        assert_int_equal(parse(BAD[i].text, &c), QMT_ERR_CONFIG);
        if (strstr(qmt_context_message(ctx), BAD[i].words) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", qmt_context_message(ctx), BAD[i].words);
    }
}

static void the_metadata_hold_only_what_decides_numbers(void **state)
{
    (void)state;
    Config c = config_default();
    c.replicas = 7;
    cJSON *const json = config_json(&c);
    assert_non_null(json);
    assert_null(cJSON_GetObjectItem(json, "replicas"));
    assert_non_null(cJSON_GetObjectItem(json, "random_seed"));
    char *const text = cJSON_PrintUnformatted(json);
    cJSON *const parsed = cJSON_Parse(text);
    assert_non_null(parsed);
    CHECK_NEAR(cJSON_GetObjectItem(parsed, "friction_per_ps")->valuedouble, 0.002, 0.0);
    assert_string_equal(cJSON_GetObjectItem(parsed, "method")->valuestring, "GFN2-xTB");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(parsed, "optimize")));
    cJSON_free(text);
    cJSON_Delete(parsed);
    cJSON_Delete(json);
}

static void files_that_cannot_be_read_are_named(void **state)
{
    (void)state;
    Config c = config_default();
    assert_int_equal(config_read(ctx, "/nowhere/qm.yaml", &c), QMT_ERR_IO);
    assert_non_null(strstr(qmt_context_message(ctx), "/nowhere/qm.yaml"));
    assert_int_equal(config_read(ctx, "/", &c), QMT_ERR_IO);
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"};
    for (size_t i = 0; i < 3; i++) {
        setlocale(LC_ALL, commas[i]);
        Config c = config_default();
        assert_int_equal(parse("dt_fs: 0.5\n", &c), QMT_OK);
        char text[CONFIG_TEXT_SIZE];
        config_value_text(&c, config_key("dt_fs"), text);
        assert_string_equal(text, "0.5");
    }
    setlocale(LC_ALL, "C");
}

/// Whatever else has a key in the block of biases.
static void every_key_of_the_block_bias_is_a_bias(void **state)
{
    (void)state;
    size_t n = 0;
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        Config c = config_default();
        char *const at = (char *)&c + CONFIG_KEYS[k].offset;
        if (strncmp(CONFIG_KEYS[k].name, "bias.", 5) != 0)
            continue;
        if (CONFIG_KEYS[k].type == CONFIG_REAL)
            *(double *)at = 1.5;
        else if (CONFIG_KEYS[k].type == CONFIG_ATOMS)
            *(ConfigAtoms *)at = (ConfigAtoms){.n = 1};
        else if (CONFIG_KEYS[k].type == CONFIG_CHOICE)
            *(int64_t *)at = 1;
        else
            fail_msg("%s: another type", CONFIG_KEYS[k].name);
        assert_true(config_is_biased(&c));
        config_block_reset(&c, "bias");
        assert_false(config_is_biased(&c));
        assert_true(config_is_default(&c, k));
        n++;
    }
    assert_true(n > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_pipeline),
        cmocka_unit_test(methods_are_those_of_the_engine),
        cmocka_unit_test(a_file_of_today_reads_as_it_means),
        cmocka_unit_test(empty_files_are_all_defaults),
        cmocka_unit_test(traps_are_named_with_their_place),
        cmocka_unit_test(a_failure_leaves_the_configuration_alone),
        cmocka_unit_test(set_overrides_the_file),
        cmocka_unit_test(the_echo_reads_back_as_itself),
        cmocka_unit_test(blocks_are_keys_with_a_dot),
        cmocka_unit_test(wrong_blocks_are_named),
        cmocka_unit_test(choices_of_solvation_are_its_names),
        cmocka_unit_test(sets_are_lists_or_words),
        cmocka_unit_test(the_metadata_hold_only_what_decides_numbers),
        cmocka_unit_test(files_that_cannot_be_read_are_named),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale),
        cmocka_unit_test(every_key_of_the_block_bias_is_a_bias),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
