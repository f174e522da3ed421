# Thin words over CMake; the builds themselves are described in CMakePresets.json.
PREFIX ?= /usr/local
JOBS := $(shell nproc 2>/dev/null || echo 1)
# e.g. CONFIGURE=-DQMTRAJ_WERROR=ON
CONFIGURE ?=
BUILD = cmake --build
TEST = ctest --output-on-failure --no-tests=error -j $(JOBS) --test-dir

.PHONY: bundle wheel static deb aarch64 reproducible check-wheel check-deb check-packaging mutants clients help build program run test proof install uninstall clean setup format check-format layers tidy sanitize nordkit bare bench crash fuzz faults slurm launchers clang coverage cppcheck

help:
	@echo 'make run                 set up, build, run the quick job (glycine), print a summary'
	@echo 'make test                set up, build, run all tests'
	@echo 'make proof               the long proofs of the physics (minutes), report in build/proof/report.txt'
	@echo 'make build               set up and build into build/'
	@echo 'make check-proof         500 correct trajectories of many kinds, none of which check may refuse (minutes)'
	@echo 'make install PREFIX=dir  program, library, header, pkg-config file, data (PREFIX=$(PREFIX))'
	@echo 'make uninstall           remove the files of the last install from this folder'
	@echo 'make sanitize            the tests under the address and undefined behaviour sanitizers'
	@echo 'make nordkit             the tests of a build without RDKit and HDF5'
	@echo 'make crash KILLS=500     kill jobs at random times, resume them, compare the bytes; then make faults'
	@echo 'make slurm               examples/slurm_array.sh under a real Slurm on this machine (as root, minutes)'
	@echo 'make launchers           mpirun, MPICH, GNU parallel and Snakemake with the examples (a minute)'
	@echo 'make faults              let every system call of a job fail in turn (minutes)'
	@echo 'make fuzz SECONDS=60     feed the readers wrong files, so many seconds of processor time each'
	@echo 'make clients             programs of others (i-PI, ASE, MACE, NequIP, ...) from the package registry, against this program'
	@echo 'make wheel               dist/qmtraj-*.whl: package, library and program for every Python'
	@echo 'make static              build-bundle/static/qmtraj, which needs nothing; no SMILES'
	@echo 'make deb                 dist/*.deb: program, library, headers, Python package; as root make check-deb tries them'
	@echo 'make check-wheel         the wheel under every Python found here, and as root in a root with an old C library'
	@echo 'make reproducible        wheel, static program and packages from two clones, compared (many minutes)'
	@echo 'make check-packaging     the recipes of packaging/, as far as they can be checked on this machine'
	@echo 'make aarch64             a build for aarch64 and its unit tests under qemu (minutes)'
	@echo 'make mutants COUNT=200    put random errors into the sources and count those that the tests notice (hours)'
	@echo 'make format              write the sources as clang-format 14 would'
	@echo 'make check-format        fail where it would write them differently'
	@echo 'make layers              fail on an include that points upwards'
	@echo 'make tidy BASE=HEAD~1    read the sources that changed since then (all with BASE=) with clang-tidy 14'
	@echo 'make cppcheck BASE=...   the same with cppcheck'
	@echo 'make clang               a build by clang and its quick tests'
	@echo 'make coverage            lines and branches that the tests reach, by folder'
	@echo 'make bare                all of it in a fresh Debian 12 root (as root, minutes)'
	@echo 'make bench               time of one MD step beside libxtb (quiet machine, minutes)'
	@echo 'make clean               remove what was built'

setup:
	@tools/setup.sh

build: setup
	cmake --preset release $(CONFIGURE)
	$(BUILD) build -j $(JOBS)

# Without the tests, which take longer to build than all the rest.
program: setup
	cmake --preset release $(CONFIGURE)
	$(BUILD) build -j $(JOBS) --target qmtraj_program

run: program
	build/qmtraj run --config configs/qm_test.yaml data/molecules/xyz/glycine.xyz --out out/quick --fresh

test:
	@tools/setup.sh test
	@$(MAKE) --no-print-directory build
	$(TEST) build

proof:
	@tools/setup.sh test
	cmake --preset release $(CONFIGURE)
	$(BUILD) build -j $(JOBS) --target proof compare_libxtb
	rm -rf build/proof
	build/tests/proof/proof build/proof
	[ ! -x build/tests/compare_libxtb ] || build/tests/compare_libxtb

check-proof: program
	QMTRAJ=build/qmtraj QMTRAJ_SOURCE=$(CURDIR) python3 -B tests/python/good_trajectories.py build/check-proof $(or $(COUNT),500) $(or $(SEED),1)

uninstall:
	@[ -f build/install_manifest.txt ] || { echo 'make uninstall: nothing was installed from this folder' >&2; exit 1; }
	@tr '\n' '\0' <build/install_manifest.txt | xargs -0 rm -fv --

install: setup
	cmake --preset release $(CONFIGURE)
	$(BUILD) build -j $(JOBS) --target qmtraj_program qmtraj_shared
	cmake --install build --prefix "$$(realpath -m '$(PREFIX)')"

sanitize:
	@tools/setup.sh test
	cmake --preset sanitize $(CONFIGURE)
	$(BUILD) build-sanitize -j $(JOBS)
	$(TEST) build-sanitize

nordkit:
	@QMTRAJ_RDKIT=OFF QMTRAJ_HDF5=OFF tools/setup.sh test
	cmake --preset nordkit $(CONFIGURE)
	$(BUILD) build-nordkit -j $(JOBS)
	$(TEST) build-nordkit

# Another compiler: its warnings, and the tests that are quick and need its arithmetic.
clang:
	@QMTRAJ_RDKIT=OFF tools/setup.sh test fuzz
	cmake --preset clang $(CONFIGURE)
	$(BUILD) build-clang -j $(JOBS)
	$(TEST) build-clang -L 'unit|reference'

coverage:
	@tools/setup.sh test
	cmake --preset coverage $(CONFIGURE)
	$(BUILD) build-coverage -j $(JOBS)
	-$(TEST) build-coverage -LE 'crash|proof'
	@tools/coverage.sh build-coverage

format:
	@tools/setup.sh format
	@tools/check_format.sh -i

check-format:
	@tools/setup.sh format
	@tools/check_format.sh

layers:
	@tools/check_layers.sh

# Both read what changed since BASE, or everything with BASE=
BASE ?= HEAD~1
tidy: build
	@tools/setup.sh tidy
	@tools/tidy.sh $(BASE)

cppcheck: build
	@tools/setup.sh cppcheck
	@tools/cppcheck.sh $(BASE)

bare:
	@tools/setup.sh bare
	@tools/bare.sh

bench: setup
	@tools/setup.sh bench
	cmake --preset release $(CONFIGURE)
	$(BUILD) build -j $(JOBS) --target bench_step qmtraj_program
	@bench/run.sh

clean:
	rm -rf dist build-recipes build-bundle build-deb build-aarch64 build build-sanitize build-nordkit build-debug build-coverage build-fuzz build-clang

KILLS ?= 500
crash: build
	/usr/bin/python3 -B tests/crash/kill.py --program build/qmtraj --kills $(KILLS)
	/usr/bin/python3 -B tests/crash/kill_modes.py --program build/qmtraj --kills $(KILLS)
	@$(MAKE) --no-print-directory faults

slurm: program
	@tools/setup.sh slurm
	@tests/slurm/slurm.sh build/qmtraj

launchers: program
	@tools/setup.sh launchers
	@tests/launchers/launchers.sh build/qmtraj

faults: build
	/usr/bin/python3 -B tests/crash/faults.py --program build/qmtraj
	/usr/bin/python3 -B tests/crash/full_modes.py --program build/qmtraj --points 10

SECONDS ?= 60
fuzz:
	@QMTRAJ_RDKIT=OFF tools/setup.sh fuzz
	cmake --preset fuzz $(CONFIGURE)
	$(BUILD) build-fuzz -j $(JOBS) --target fuzzers
	@tools/fuzz.sh $(SECONDS)

COUNT ?= 200
mutants:
	@tools/setup.sh test mutants
	/usr/bin/python3 -B tests/mutation/mutate.py --count $(COUNT)

clients: program
	@tools/setup.sh clients
	@tools/clients.sh build/qmtraj

bundle:
	@QMTRAJ_RDKIT=OFF QMTRAJ_HDF5=OFF tools/setup.sh bundle
	@tools/cjson_static.sh build-bundle/cjson
	cmake --preset bundle $(CONFIGURE)

static: bundle
	$(BUILD) build-bundle -j $(JOBS) --target qmtraj_static
	@tools/check_static.sh build-bundle/static/qmtraj

wheel: bundle
	$(BUILD) build-bundle -j $(JOBS) --target qmtraj_static qmtraj_shared
	@python3 tools/wheel.py build-bundle dist

check-wheel: wheel
	@tools/setup.sh bare clients
	@tools/check_wheel.sh dist/qmtraj-*.whl

deb:
	@tools/setup.sh deb
	@tools/deb.sh

check-deb: deb
	@tools/setup.sh bare
	@tools/check_deb.sh

reproducible:
	@tools/reproducible.sh $(or $(WHAT),wheel static deb)

check-packaging:
	@tools/setup.sh packaging
	@tools/check_recipes.sh

# unit.lock asks the system who holds a lock, and is told the name of the emulator.
aarch64:
	@QMTRAJ_RDKIT=OFF QMTRAJ_HDF5=OFF tools/setup.sh aarch64
	@tools/aarch64.sh build-aarch64/sysroot
	cmake --preset aarch64 $(CONFIGURE)
	$(BUILD) build-aarch64 -j $(JOBS) --target qmtraj_program unit_tests
	$(TEST) build-aarch64 -L unit -E '^unit.lock$$'
