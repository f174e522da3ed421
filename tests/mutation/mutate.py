#!/usr/bin/python3
"""Does the suite notice an error? Puts N random errors into the sources, one at a time, and runs the tests that
reach each of them until one fails. An error that no test notices has survived.

    /usr/bin/python3 tests/mutation/mutate.py --count 200 --seed 1 --out build/mutation

All errors are compiled into one program, each behind a switch in the environment, so that nothing is built again
between them. Kinds: an operator for its neighbour, a condition turned round, a number off by one or by a
hundredth, a statement left out. Needs python3-clang-14 (`make mutants` installs it)."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import shlex
import shutil
import subprocess
import sys
import time

import clang.cindex as cindex
from clang.cindex import CursorKind as Kind

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SWAPS = {"+": "-", "-": "+", "*": "/", "/": "*", "<": "<=", "<=": "<", ">": ">=", ">=": ">",
         "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
MAPS_MAX = 4096


def kind_of(cursor):
    """None for what this version of the bindings has no name for (OpenMP directives)."""
    try:
        return cursor.kind
    except ValueError:
        return None


def is_pointer(cursor):
    return cursor.type.get_canonical().kind in (cindex.TypeKind.POINTER, cindex.TypeKind.CONSTANTARRAY,
                                                cindex.TypeKind.INCOMPLETEARRAY, cindex.TypeKind.VARIABLEARRAY)


class Collector:
    """Places of one translation unit that can be mutated, as (file, start, end, replacement with {k})."""

    def __init__(self, root):
        self.root, self.texts, self.found = root, {}, []

    def text(self, name):
        if name not in self.texts:
            self.texts[name] = pathlib.Path(name).read_bytes()
        return self.texts[name]

    def span(self, cursor):
        start, end = cursor.extent.start, cursor.extent.end
        if start.file is None or end.file is None or start.file.name != end.file.name:
            return None
        name = os.path.realpath(start.file.name)
        if not name.startswith(str(self.root)) or end.offset <= start.offset:
            return None
        return name, start.offset, end.offset

    def piece(self, cursor):
        name, start, end = self.span(cursor)
        return self.text(name)[start:end].decode()

    def add(self, cursor, what, replacement):
        name, start, end = self.span(cursor)
        line = self.text(name)[:start].count(b"\n") + 1
        self.found.append((name, start, end, replacement, f"{what}, line {line}"))

    def operator(self, cursor):
        left, right = list(cursor.get_children())
        if self.span(left) is None or self.span(right) is None:
            return
        name, start, end = self.span(cursor)
        between = self.text(name)[self.span(left)[2]:self.span(right)[1]].decode().strip()
        if between not in SWAPS or is_pointer(left) or is_pointer(right):
            return
        a, b = self.piece(left), self.piece(right)
        self.add(cursor, f"{between} -> {SWAPS[between]}",
                 f"(MUTANT({{k}}) ? ({a}) {SWAPS[between]} ({b}) : ({a}) {between} ({b}))")

    def visit(self, cursor, in_body):
        for child in cursor.get_children():
            kind = kind_of(child)
            if kind in (Kind.CASE_STMT,):
                for part in list(child.get_children())[1:]:
                    self.visit_one(part, in_body)
                continue
            if kind == Kind.VAR_DECL and (child.storage_class == cindex.StorageClass.STATIC or is_pointer(child)
                                          or not in_body):
                continue
            if kind in (Kind.ENUM_DECL, Kind.STATIC_ASSERT, Kind.TYPEDEF_DECL, Kind.STRUCT_DECL, Kind.PARM_DECL,
                        Kind.CXX_UNARY_EXPR, Kind.COMPOUND_LITERAL_EXPR, Kind.INIT_LIST_EXPR):
                continue
            self.visit_one(child, in_body or kind == Kind.FUNCTION_DECL)

    def visit_one(self, cursor, in_body):
        span = self.span(cursor)
        if in_body and span is not None:
            if kind_of(cursor) == Kind.BINARY_OPERATOR:
                self.operator(cursor)
            elif kind_of(cursor) == Kind.FLOATING_LITERAL:
                value = self.piece(cursor)
                self.add(cursor, f"{value} * 1.01", f"(MUTANT({{k}}) ? {value} * 1.01 + (0.0 == {value} ? 1e-3 : 0.0) : {value})")
            elif kind_of(cursor) == Kind.IF_STMT:
                condition = next(cursor.get_children())
                if self.span(condition) is not None:
                    self.add(condition, "condition turned round", f"(MUTANT({{k}}) != !!({self.piece(condition)}))")
            elif kind_of(cursor) == Kind.COMPOUND_STMT:
                for part in cursor.get_children():
                    if kind_of(part) in (Kind.CALL_EXPR, Kind.COMPOUND_ASSIGNMENT_OPERATOR) or (
                            kind_of(part) == Kind.BINARY_OPERATOR):
                        if self.span(part) is not None:
                            self.add(part, "left out", f"if (!MUTANT({{k}})) {self.piece(part)}")
        self.visit(cursor, in_body)


def candidates(root, commands):
    """Every place of every source, once."""
    cindex.Config.set_library_file("/usr/lib/llvm-14/lib/libclang.so.1")
    index, found = cindex.Index.create(), {}
    for command in commands:
        path = os.path.realpath(command["file"])
        if not path.startswith(str(root / "src")) or not path.endswith(".c"):
            continue
        words = [w for w in shlex.split(command["command"])[1:] if w.startswith(("-I", "-D", "-std"))]
        unit = index.parse(path, args=words + ["-w"])
        collector = Collector(root / "src")
        collector.visit(unit.cursor, False)
        for place in collector.found:
            found.setdefault(place[:3] + (place[4],), place)
    return [found[key] for key in sorted(found)]


def choose(places, count, seed):
    """Random places that do not overlap."""
    chosen, taken = [], {}
    for place in random.Random(seed).sample(places, len(places)):
        name, start, end = place[:3]
        if any(start < e and s < end for s, e in taken.get(name, [])):
            continue
        taken.setdefault(name, []).append((start, end))
        chosen.append(place)
        if len(chosen) == count:
            break
    return chosen


def apply(places):
    """Writes the mutated files."""
    by_file = {}
    for k, (name, start, end, replacement, _) in enumerate(places):
        if replacement is not None:
            by_file.setdefault(name, []).append((start, end, replacement.replace("{k}", str(k))))
    for name, edits in by_file.items():
        text = pathlib.Path(name).read_bytes()
        for start, end, replacement in sorted(edits, reverse=True):
            text = text[:start] + replacement.encode() + text[end:]
        pathlib.Path(name).write_bytes(text)


def run(words, **more):
    return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **more)


def tests_of(build, pattern):
    listed = subprocess.run(["ctest", "--show-only=json-v1", "-R", pattern], cwd=build, check=True,
                            stdout=subprocess.PIPE).stdout
    for test in json.loads(listed)["tests"]:
        if "command" not in test:
            continue
        environment = {}
        for item in test.get("properties", []):
            if item["name"] == "ENVIRONMENT":
                environment.update(pair.split("=", 1) for pair in item["value"])
        folder = next((p["value"] for p in test.get("properties", []) if p["name"] == "WORKING_DIRECTORY"), build)
        yield test["name"], test["command"], environment, folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="build/mutation")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--tests", default="^(unit|physics|reference|dynamics|cli|python|fuzz)")
    parser.add_argument("--leave-out", default="long_run|large_npz")
    arguments = parser.parse_args()

    out = pathlib.Path(arguments.out).resolve()
    root = out / "source"
    shutil.rmtree(out, ignore_errors=True)
    root.mkdir(parents=True)
    files = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=SOURCE, check=True, stdout=subprocess.PIPE).stdout
    for name in files.decode().split("\0"):
        if name and (SOURCE / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE / name, root / name)
    build = out / "build"
    flags = f"-w -include {root}/tests/mutation/mutant.h -D_GNU_SOURCE"
    subprocess.run(["cmake", "-S", root, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                    "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", f"-DCMAKE_C_FLAGS={flags}"],
                   check=True, stdout=subprocess.DEVNULL)
    commands = json.loads((build / "compile_commands.json").read_text())
    places = candidates(root, commands)
    chosen = choose(places, arguments.count, arguments.seed)
    print(f"{len(places)} places, {len(chosen)} of them mutated (seed {arguments.seed})", flush=True)

    # A mutant that does not compile is no mutant: each source is compiled by itself, and its errors name lines.
    originals = {name: pathlib.Path(name).read_bytes() for name in {p[0] for p in chosen}}
    apply(chosen)
    built = subprocess.run(["cmake", "--build", build, "-j", str(arguments.jobs), "--", "-k", "0"], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True)
    while built.returncode != 0:
        bad = {(os.path.realpath(line.split(":")[0]), int(line.split(":")[1])) for line in built.stdout.splitlines()
               if (": error:" in line or "in expansion of macro" in line) and line.split(":")[1].isdigit()}
        dropped = [p for p in chosen if any(p[0] == f and abs(int(p[4].rsplit(" ", 1)[1]) - n) <= 3 for f, n in bad)]
        if not dropped:
            sys.exit(built.stdout[-3000:])
        print(f"{len(dropped)} do not compile and are left out", flush=True)
        for name, text in originals.items():
            pathlib.Path(name).write_bytes(text)
        chosen = [p[:3] + (None, p[4]) if p in dropped else p for p in chosen]
        apply(chosen)
        built = subprocess.run(["cmake", "--build", build, "-j", str(arguments.jobs), "--", "-k", "0"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    tests = []
    for name, words, environment, folder in tests_of(build, arguments.tests):
        if any(part in name for part in arguments.leave_out.split("|")):
            continue
        reached = out / f"{name}.map"
        reached.write_bytes(bytes(MAPS_MAX))
        start = time.monotonic()
        code = run(words, cwd=folder, env={**os.environ, **environment, "QMT_MUTANT_MAP": str(reached)}).returncode
        if code != 0:
            print(f"{name} fails without any mutant and is left out", flush=True)
            continue
        tests.append((time.monotonic() - start, name, words, environment, folder, reached.read_bytes()))
    tests.sort(key=lambda t: t[0])
    print(f"{len(tests)} tests, {sum(t[0] for t in tests):.0f} s", flush=True)

    def judge(k):
        if chosen[k][3] is None:
            return k, "no mutant", 0
        reaching = [t for t in tests if t[5][k]]
        for seconds, name, words, environment, folder, _ in reaching:
            try:
                code = run(words, cwd=folder, timeout=10 * seconds + 30,
                           env={**os.environ, **environment, "QMT_MUTANT": str(k)}).returncode
            except subprocess.TimeoutExpired:
                code = 124
            if code != 0:
                return k, name, len(reaching)
        return k, "SURVIVED" if reaching else "NOT REACHED", len(reaching)

    counts = {"killed": 0, "SURVIVED": 0, "NOT REACHED": 0, "no mutant": 0}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool, open(out / "report.txt", "w") as report:
        for k, verdict, n in pool.map(judge, range(len(chosen))):
            counts[verdict if verdict in counts else "killed"] += 1
            name = os.path.relpath(chosen[k][0], root)
            report.write(f"{k}\t{name}\t{chosen[k][4]}\t{verdict}\t{n} tests reach it\n")
            report.flush()
            if verdict in counts:
                print(f"{verdict}: {name}: {chosen[k][4]}", flush=True)
    judged = sum(counts.values()) - counts["no mutant"]
    print(f"{counts['killed']} of {judged} mutants killed, {counts['SURVIVED']} survived, "
          f"{counts['NOT REACHED']} reached by no test")


if __name__ == "__main__":
    main()
