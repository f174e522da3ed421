#!/usr/bin/python3
"""Kills programs that share a list or fill archives at random instants, and compares the bytes.

    kill_modes.py --kills 10 --seed 1     in CI
    kill_modes.py --kills 200             make crash

Modes: one program with --pack; three ranks, which take what is left of each other; the same with archives; six programs
on one list, with and without one archive. A kill hits one program with its workers, a program alone, a worker alone,
or all of them at once; the others go on. After some kills the same commands end the list: every trajectory must have
the bytes of a job that nothing happened to, archives must be whole, and the summary complete.
"""

import argparse
import collections
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

import kill
import modes

KINDS = ("program with its workers", "program alone", "worker", "all")


def signal_send(process, kind):
    """True if there was something to kill."""
    if process.poll() is not None:
        return False
    try:
        if kind == "worker":
            children = kill.workers(process.pid)
            if not children:
                return False
            os.kill(random.choice(children), signal.SIGKILL)
        elif kind == "program alone":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def orphans(out):
    """Processes of a job: workers whose program was killed end after their step, also those that it had just begun."""
    words = f"--out\0{out}\0".encode()
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if words in path.read_bytes():
                yield path
        except OSError:
            continue


def wait_for_orphans(out):
    """A trajectory that one of them holds would be skipped by the next command."""
    end = time.monotonic() + 60.0
    while any(orphans(out)):
        modes.wants(time.monotonic() < end, f"{out}: a worker goes on without its program")
        time.sleep(0.01)


def kill_once(place, mode, out, kind, delay):
    """One start of all programs, and one kill. Returns how many processes were hit."""
    programs = place.start_all(mode, out)
    time.sleep(delay)
    hit = [p for p in (programs if kind == "all" else [random.choice(programs)]) if signal_send(p, kind)]
    for program in programs:
        _, said = program.communicate()
        code = program.returncode
        killed = program in hit and code == -signal.SIGKILL
        # 1: the worker of one was killed twice, which nobody does here; 6: all was held by the others.
        modes.wants(killed or code in (0, 6), f"{mode}, {kind}: code {code}: {said}")
    wait_for_orphans(out)
    if (place.folder / out / ".journal").exists():
        place.run(["status", out, "--json"], 0, 1, 3)
    return len(hit) > 0


def round_of_kills(place, mode, seconds, n_kills, tally):
    out = f"out{random.getrandbits(32):08x}"
    n_hit = 0
    for _ in range(n_kills):
        kind = random.choice(KINDS)
        hit = kill_once(place, mode, out, kind, random.uniform(0.0, 0.02 + 0.8 * seconds))
        n_hit += hit
        tally[mode] += hit
        tally[kind] += hit
    place.finish(mode, out)
    return n_hit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--mode", action="append", help="only this one; may be repeated")
    parser.add_argument("--program", default=os.environ.get("QMTRAJ", "build/qmtraj"))
    words = parser.parse_args()
    seed = words.seed if words.seed is not None else random.SystemRandom().getrandbits(32)
    random.seed(seed)
    print(f"seed {seed}", flush=True)
    chosen = words.mode or list(modes.MODES)
    tally, n_kills, n_rounds = collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        place = modes.Place(words.program, folder)
        seconds = {}
        for mode in chosen:
            begun = time.monotonic()
            for program in place.start_all(mode, "measured"):
                _, said = program.communicate()
                modes.wants(program.returncode in (0, 6), f"{mode}: code {program.returncode}: {said}")
            seconds[mode] = time.monotonic() - begun
            place.finish(mode, "measured")
        while n_kills < words.kills:
            mode = chosen[n_rounds % len(chosen)]
            n_kills += round_of_kills(place, mode, seconds[mode], min(4, words.kills - n_kills), tally)
            n_rounds += 1
    print(f"{n_kills} kills in {n_rounds} rounds of {modes.N_MOLECULES} molecules: all files have the bytes of "
          "undisturbed runs")
    for what, n in sorted(tally.items()):
        print(f"  {what}: {n}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
