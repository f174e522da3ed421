"""Failures of the library as exceptions: one class per status, the sentence as text."""
from __future__ import annotations

__all__ = ["QmtrajError", "InputError", "ConfigError", "FormatError", "SCFError", "PhysicsError",
           "FileError", "MemoryFailure", "LockedError", "CheckpointError", "Stopped", "ArgumentError",
           "CallbackError"]


class QmtrajError(Exception):
    """Any failure of the library. `hint` says what may help, if anything is known; `status` is the number that
    qmtraj/status.h gives it."""

    hint: str = ""
    status: int = 0


class InputError(QmtrajError, ValueError):
    """The chemistry of the input is impossible or not supported."""


class ConfigError(QmtrajError, ValueError):
    """A setting that does not exist, or a value that it cannot have."""


class FormatError(QmtrajError, ValueError):
    """A file is not what it should be."""


class SCFError(QmtrajError):
    """The self-consistent field does not converge."""


class PhysicsError(QmtrajError):
    """The motion is not physical any more."""


class FileError(QmtrajError, OSError):
    """Reading or writing failed."""


class MemoryFailure(QmtrajError, MemoryError):
    """Out of memory."""


class LockedError(QmtrajError):
    """Another process holds the folder."""


class CheckpointError(QmtrajError):
    """The checkpoint does not fit."""


class Stopped(QmtrajError):
    """Stopped on request; can be resumed."""


class ArgumentError(QmtrajError, ValueError):
    """An argument is missing or makes no sense."""


class CallbackError(QmtrajError):
    """A function of the caller failed."""


# In the order of the statuses of qmtraj/status.h, from 1.
BY_STATUS = {
    1: QmtrajError, 2: ConfigError, 3: ConfigError, 4: InputError, 5: FormatError, 6: SCFError, 7: PhysicsError,
    8: FileError, 9: MemoryFailure, 10: LockedError, 11: CheckpointError, 12: Stopped, 13: ArgumentError,
    14: CallbackError,
}
