"""Charge and multiplicity that ase.Atoms name: the same for the calculator, the native dynamics and labels."""
from __future__ import annotations

import math
import numbers
from typing import Any, Optional

from .errors import InputError

__all__ = ["charge_of", "multiplicity_of", "set_state", "whole"]


# Beyond it a C int would be another number.
_MOST = 100000


def whole(value: Any, what: str) -> int:
    """A whole number, written as any kind of number or as its text. Raises InputError, for more than a molecule can have as well."""
    number = value.item() if getattr(value, "size", None) == 1 and hasattr(value, "item") else value
    if isinstance(number, str):
        try:
            number = float(number)
        except ValueError:
            pass
    if (isinstance(number, bool) or not isinstance(number, numbers.Real) or not math.isfinite(number)
            or abs(float(number) - round(float(number))) > 1e-6):
        raise InputError(f"{what} {value!r} is not a whole number")
    if abs(float(number)) > _MOST:
        raise InputError(f"{what} {value!r} is more than a molecule can have")
    return round(float(number))


def _one(name: str, named: list[tuple[str, int]]) -> Optional[int]:
    if len({value for _, value in named}) > 1:
        words = " and ".join(f"{value} by {where}" for where, value in named)
        raise InputError(f"the atoms name two {name}: {words}; remove one of them")
    return named[0][1] if named else None


# Keys of atoms.info, as `qmtraj convert` and the training codes write them. A "spin" is 2S + 1 or 2S, as the parity of the electrons
# tells: both are in use (docs/inputs.md).
_CHARGE = ("charge", "total_charge")
_MULTIPLICITY = ("multiplicity", "spin_multiplicity")
_SPIN = ("spin", "total_spin")


def _by_info(atoms: Any, keys: tuple[str, ...]) -> list[tuple[str, int]]:
    return [(f"info[\"{key}\"]", whole(atoms.info[key], f"info[\"{key}\"]")) for key in keys if atoms.info.get(key) not in (None, "")]


def charge_of(atoms: Any) -> Optional[int]:
    """By atoms.info and the initial charges; None if neither names one. Raises InputError where these are no whole numbers or
    contradict each other."""
    named, initial = _by_info(atoms, _CHARGE), atoms.get_initial_charges()
    if initial.any():
        named.append(("initial charges", whole(float(initial.sum()), "the sum of the initial charges")))
    return _one("charges", named)


def multiplicity_of(atoms: Any, charge: int) -> Optional[int]:
    """Likewise, by atoms.info and the initial magnetic moments, of the molecule with a charge."""
    n_electrons = int(atoms.numbers.sum()) - charge
    named, moment = _by_info(atoms, _MULTIPLICITY), float(abs(atoms.get_initial_magnetic_moments().sum()))
    for where, spin in _by_info(atoms, _SPIN):
        named.append((where, spin if spin > 0 and (spin - 1 - n_electrons) % 2 == 0 else spin + 1))
    if moment > 1e-6:  # those of a singlet diradical cancel
        named.append(("initial magnetic moments", whole(moment, "the sum of the initial magnetic moments") + 1))
    return _one("multiplicities", named)


def set_state(atoms: Any, charge: int, multiplicity: Optional[int]) -> None:
    """Makes atoms name this state and no other."""
    for key in (*_CHARGE, *_MULTIPLICITY, *_SPIN):
        atoms.info.pop(key, None)
    atoms.set_initial_charges(None)
    atoms.set_initial_magnetic_moments(None)
    atoms.info["charge"] = charge
    if multiplicity is not None:
        atoms.info["multiplicity"] = multiplicity
