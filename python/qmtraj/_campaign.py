"""The process behind qmtraj.run: reads a job as JSON from its standard input, runs it by the library's campaign, and
writes an event per line to standard output. It is a process of its own because a campaign forks and installs handlers of
signals, which a notebook with its threads should not."""
from __future__ import annotations

import ctypes
import json
import os
import sys
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_int, c_int64, c_size_t, c_uint64, c_void_p
from typing import Any

from . import _library, smiles
from ._library import lib, text
from .campaign import BOHR_PER_ANGSTROM
from .errors import InputError, QmtrajError


class RunOptions(ctypes.Structure):
    """QmtRunOptions of qmtraj/campaign.h."""

    _fields_ = [("struct_size", c_size_t), ("out", c_char_p), ("n_workers", c_size_t), ("max_s", c_double),
                ("fresh", c_int), ("allow_other_cpu", c_int)]


class Progress(ctypes.Structure):
    """QmtProgress."""

    _fields_ = [("phase", c_char_p), ("step", c_int64), ("n_steps", c_int64), ("time_ps", c_double),
                ("ms_per_step", c_double), ("left_s", c_double)]


class Outcome(ctypes.Structure):
    """The beginning of QmtOutcome, and room for the rest and what may be added to it."""

    _fields_ = [("status", c_int), ("signal", c_int), ("reused", c_int), ("message", c_char_p),
                ("later", c_char * 1024)]


class Task(ctypes.Structure):
    """QmtTask."""

    _fields_ = [("label", c_char_p), ("n_atoms", c_size_t), ("n_orbitals", c_size_t), ("charge", c_int64),
                ("multiplicity", c_int64), ("n_steps", c_int64), ("n_frames", c_int64), ("n_bytes", c_uint64),
                ("molecule", c_char_p), ("place", c_size_t), ("cost", c_double), ("later", c_char * 256)]


class Rejection(ctypes.Structure):
    """QmtRejection of qmtraj/structure.h."""

    _fields_ = [("source", c_char_p), ("name", c_char_p), ("reason", c_char_p), ("sentence", c_char_p),
                ("later", c_char * 256)]


class Structure(ctypes.Structure):
    """QmtStructure."""

    _fields_ = [("name", c_char_p), ("source", c_char_p), ("smiles", c_char_p), ("n_atoms", c_size_t), ("numbers", c_void_p),
                ("xyz", c_void_p), ("has_charge", c_int), ("has_multiplicity", c_int), ("charge", c_int),
                ("multiplicity", c_int), ("later", c_char * 256)]


Start = ctypes.CFUNCTYPE(None, c_void_p, c_size_t)
Moved = ctypes.CFUNCTYPE(None, c_void_p, c_size_t, POINTER(Progress))
Note = ctypes.CFUNCTYPE(None, c_void_p, c_size_t, c_int, c_char_p)
End = ctypes.CFUNCTYPE(None, c_void_p, c_size_t, POINTER(Outcome))
ShouldStop = ctypes.CFUNCTYPE(c_int, c_void_p)
Stop = ctypes.CFUNCTYPE(None, c_void_p, c_int)


class RunHooks(ctypes.Structure):
    """QmtRunHooks."""

    _fields_ = [("struct_size", c_size_t), ("user", c_void_p), ("start", Start), ("progress", Moved), ("note", Note),
                ("end", End), ("should_stop", ShouldStop), ("stop", Stop)]


FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "qmt_config_create": (c_int, [c_void_p, POINTER(c_void_p)]),
    "qmt_config_read": (c_int, [c_void_p, c_void_p, c_char_p]),
    "qmt_config_set": (c_int, [c_void_p, c_void_p, c_char_p, c_char_p]),
    "qmt_config_check": (c_int, [c_void_p, c_void_p]),
    "qmt_structures_create": (c_int, [c_void_p, POINTER(c_void_p)]),
    "qmt_structures_set_tolerant": (None, [c_void_p, c_int]),
    "qmt_structures_read": (c_int, [c_void_p, c_void_p, c_char_p, c_void_p]),
    "qmt_structures_add_word": (c_int, [c_void_p, c_void_p, c_char_p]),
    "qmt_structures_add_smiles": (c_int, [c_void_p, c_void_p, c_char_p, c_char_p]),
    "qmt_structures_add_atoms": (c_int, [c_void_p, c_void_p, c_char_p, c_size_t, c_void_p, c_void_p]),
    "qmt_structures_set_charge": (c_int, [c_void_p, c_void_p, c_size_t, c_int, c_int]),
    "qmt_structures_set_masses": (c_int, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "qmt_structures_name": (c_int, [c_void_p, c_void_p, c_int]),
    "qmt_structures_count": (c_size_t, [c_void_p]),
    "qmt_structures_get": (c_int, [c_void_p, c_void_p, c_size_t, POINTER(Structure)]),
    "qmt_structures_can_embed": (c_int, []),
    "qmt_structures_set_atoms": (c_int, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p, c_void_p, c_size_t, c_void_p]),
    "qmt_structures_reject": (c_int, [c_void_p, c_void_p, c_size_t, c_char_p]),
    "qmt_plan_create": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, POINTER(c_void_p)]),
    "qmt_plan_count": (c_size_t, [c_void_p]),
    "qmt_plan_task": (c_int, [c_void_p, c_void_p, c_size_t, POINTER(Task)]),
    "qmt_plan_outcome": (c_int, [c_void_p, c_void_p, c_size_t, POINTER(Outcome)]),
    "qmt_plan_rejection_count": (c_size_t, [c_void_p]),
    "qmt_plan_rejection": (c_int, [c_void_p, c_void_p, c_size_t, POINTER(Rejection)]),
    "qmt_run_options_init": (None, [POINTER(RunOptions), c_size_t]),
    "qmt_campaign_run": (c_int, [c_void_p, c_void_p, POINTER(RunOptions), POINTER(RunHooks)]),
}


def _say(kind: str, **rest: Any) -> None:
    sys.stdout.write(json.dumps({"kind": kind, **rest}) + "\n")
    sys.stdout.flush()


def _note(_user: Any, level: int, sentence: bytes) -> None:
    _say("warning" if level == 1 else "note", label="", text=text(sentence))


_NOTE = _library.LogFunction(_note)


def _add(handle: c_void_p, structures: c_void_p, molecule: dict[str, Any]) -> int:
    """Status of putting one molecule, as campaign.py describes it, into the list."""
    kind = molecule["kind"]
    if kind == "file":
        return int(lib.qmt_structures_read(handle, structures, os.fsencode(molecule["path"]), None))
    if kind == "word":
        return int(lib.qmt_structures_add_word(handle, structures, molecule["word"].encode()))
    if kind == "smiles":
        return int(lib.qmt_structures_add_smiles(handle, structures, molecule["smiles"].encode(), molecule["name"].encode()))
    numbers, xyz = molecule["numbers"], molecule["xyz"]
    status = lib.qmt_structures_add_atoms(handle, structures, molecule["name"].encode(), len(numbers),
                                          (c_int * len(numbers))(*numbers), (c_double * len(xyz))(*xyz))
    if status == 0 and molecule["charge"] is not None:
        status = lib.qmt_structures_set_charge(handle, structures, lib.qmt_structures_count(structures) - 1,
                                               molecule["charge"], molecule["multiplicity"])
    if status == 0 and molecule["masses"] is not None:
        status = lib.qmt_structures_set_masses(handle, structures, lib.qmt_structures_count(structures) - 1,
                                               (c_double * len(numbers))(*molecule["masses"]))
    return int(status)


def _embedded(one: Structure) -> smiles.Embedded:
    made = smiles.embed(text(one.smiles), one.multiplicity if one.has_multiplicity else None)
    if one.has_charge and one.charge != made.charge:
        raise InputError(f"charge {one.charge} by the input, but the SMILES \"{text(one.smiles)}\" has charge {made.charge}")
    return made


def _embed(context: _library.Context, structures: c_void_p, tolerant: bool) -> None:
    """Atoms for what was read as SMILES, where the library cannot make them."""
    one, i = Structure(), 0
    while not lib.qmt_structures_can_embed() and i < lib.qmt_structures_count(structures):
        context.check(lib.qmt_structures_get(context.handle, structures, i, byref(one)))
        if one.n_atoms == 0:
            try:
                made = _embedded(one)
            except InputError as error:
                if not tolerant:
                    raise
                context.check(lib.qmt_structures_reject(context.handle, structures, i, str(error).encode()))
                continue
            xyz = made.xyz * BOHR_PER_ANGSTROM
            context.check(lib.qmt_structures_set_atoms(context.handle, structures, i, len(made.numbers), made.numbers.ctypes.data,
                                                       xyz.ctypes.data, len(made.bonds), made.bonds.ctypes.data))
            context.check(lib.qmt_structures_set_charge(context.handle, structures, i, made.charge, made.multiplicity))
        i += 1


def _plan(context: _library.Context, job: dict[str, Any]) -> c_void_p:
    config, structures, plan = c_void_p(), c_void_p(), c_void_p()
    context.check(lib.qmt_config_create(context.handle, byref(config)))
    if job["config"] is not None:
        context.check(lib.qmt_config_read(context.handle, config, os.fsencode(job["config"])))
    for key, value in job["settings"].items():
        context.check(lib.qmt_config_set(context.handle, config, key.encode(), value.encode()))
    context.check(lib.qmt_config_check(context.handle, config))
    context.check(lib.qmt_structures_create(context.handle, byref(structures)))
    lib.qmt_structures_set_tolerant(structures, int(job["tolerant"]))
    for molecule in job["molecules"]:
        context.check(_add(context.handle, structures, molecule))
    _embed(context, structures, bool(job["tolerant"]))
    context.check(lib.qmt_structures_name(context.handle, structures, 0))
    context.check(lib.qmt_plan_create(context.handle, config, structures, None, byref(plan)))
    return plan


def _labels(context: _library.Context, plan: c_void_p) -> list[str]:
    labels = []
    task = Task()
    for i in range(lib.qmt_plan_count(plan)):
        context.check(lib.qmt_plan_task(context.handle, plan, i, byref(task)))
        labels.append(text(task.label))
    return labels


def _hooks(labels: list[str]) -> RunHooks:
    caller = os.getppid()

    def moved(_user: Any, task: int, at: Any) -> None:
        p = at.contents
        _say("progress", label=labels[task], phase=text(p.phase), step=p.step, n_steps=p.n_steps, time_ps=p.time_ps,
             ms_per_step=p.ms_per_step, left_s=p.left_s if p.left_s == p.left_s else None)

    def ended(_user: Any, task: int, at: Any) -> None:
        outcome = at.contents
        _say("end", label=labels[task], status=outcome.status, text=text(outcome.message), reused=bool(outcome.reused))

    # Whoever started this may be gone, and nobody would ever stop it.
    return RunHooks(ctypes.sizeof(RunHooks), None, Start(lambda _user, task: _say("start", label=labels[task])),
                    Moved(moved), Note(lambda _user, task, level, sentence: _say(
                        "warning" if level == 1 else "note", label=labels[task], text=text(sentence))),
                    End(ended), ShouldStop(lambda _user: int(os.getppid() != caller)))


def main() -> int:
    job = json.load(sys.stdin)
    context = _library.Context()
    lib.qmt_context_set_log(context.handle, _NOTE, None)
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    try:
        plan = _plan(context, job)
    except QmtrajError as error:
        _say("failed", status=error.status or 4, text=str(error), hint=error.hint)
        return 1
    labels = _labels(context, plan)
    _say("plan", labels=labels)
    options = RunOptions()
    lib.qmt_run_options_init(byref(options), ctypes.sizeof(options))
    options.out, options.n_workers = os.fsencode(job["out"]), job["n_workers"]
    options.max_s, options.fresh, options.allow_other_cpu = job["max_s"], job["fresh"], job["allow_other_cpu"]
    hooks = _hooks(labels)
    status = lib.qmt_campaign_run(context.handle, plan, byref(options), byref(hooks))
    message = text(lib.qmt_context_message(context.handle)) if status else ""
    hint = text(lib.qmt_hint_sentence(lib.qmt_context_hint(context.handle))) if status else ""
    outcome = Outcome()
    for i, label in enumerate(labels):
        if lib.qmt_plan_outcome(context.handle, plan, i, byref(outcome)) == 0:
            _say("outcome", label=label, status=outcome.status, text=text(outcome.message))
    rejection = Rejection()
    for i in range(lib.qmt_plan_rejection_count(plan)):
        if lib.qmt_plan_rejection(context.handle, plan, i, byref(rejection)) == 0:
            _say("rejected", label=text(rejection.name) or text(rejection.source), text=text(rejection.sentence))
    _say("done", status=status, text=message, hint=hint)
    return 0


if __name__ == "__main__":
    sys.exit(main())
