"""Members of NPZ files as arrays on the file itself; also of files inside packed.zip, and of trajectory.npz.part."""
from __future__ import annotations

import ast
import ctypes
import io
import math
import os
import pathlib
import struct
import tempfile
import zipfile
from ctypes import byref, c_char_p, c_void_p
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt

from . import _h5md, _library, _packed
from ._library import lib
from .errors import FileError, FormatError

Array = npt.NDArray[Any]

NAMES = ("trajectory.npz", "trajectory.partial.npz", "trajectory.npz.part")


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order of Fortran or not, type. What numpy.lib.format does, which takes longer than all the rest of opening."""
    magic = file.read(8)
    if magic[:6] != b"\x93NUMPY" or magic[6] not in (1, 2):
        raise ValueError("its first bytes are others")
    (size,) = struct.unpack("<H", file.read(2)) if magic[6] == 1 else struct.unpack("<I", file.read(4))
    found = ast.literal_eval(file.read(min(size, 65536)).decode("latin-1").strip())
    shape, dtype = found["shape"], np.dtype(found["descr"])
    if not isinstance(shape, tuple) or not all(isinstance(n, int) and n >= 0 for n in shape):
        raise ValueError(f"the shape is {shape}")
    return shape, bool(found["fortran_order"]), dtype


def _map(file: IO[bytes], whole: Array, path: str, info: zipfile.ZipInfo, base: int) -> Array:
    """A member, in the map of the whole file."""
    file.seek(_packed.data_begin(file, path, info.filename, base + info.header_offset))
    try:
        shape, fortran, dtype = _header(file)
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError, struct.error) as error:
        raise FormatError(f"{path}: {info.filename} is no array ({error})") from error
    if dtype.hasobject:
        raise FormatError(f"{path}: {info.filename} holds Python objects, which are not loaded")
    n_bytes = math.prod(shape) * dtype.itemsize
    if n_bytes == 0:
        return np.zeros(shape, dtype)
    at = file.tell()
    if at + n_bytes > len(whole):
        raise FormatError(f"{path}: {info.filename} ends before its data do")
    found = whole[at:at + n_bytes].view(dtype)
    return found.reshape(shape, order="F" if fortran else "C")


def _members(file: IO[bytes], path: str, archive: zipfile.ZipFile, base: int) -> dict[str, Array]:
    whole: Array = np.memmap(file.name, np.uint8, "r")  # once for all arrays: a process may have some 65,000 maps
    return {info.filename[:-4]: _map(file, whole, path, info, base) for info in archive.infolist() if info.filename.endswith(".npy")}


def _map_packed(member: _packed.Member, name: str) -> dict[str, Array]:
    """Raises FormatError where the bytes are damaged."""
    path = f"{member.archive}/{name}"
    with io.open(member.archive, "rb") as file:
        try:
            with zipfile.ZipFile(cast(IO[bytes], _packed.Part(file, member.begin, member.size))) as inner:
                return _members(file, path, inner, member.begin)
        except (zipfile.BadZipFile, OSError) as error:
            raise FormatError(f"{path}: damaged ({error}); `qmtraj check {os.path.dirname(member.archive)}` says what else is") from error


def _map_part(path: str) -> dict[str, Array]:
    """The frames of an unfinished trajectory up to its last checkpoint, as a copy that nobody else sees."""
    types: dict[str, list[Any]] = {"qmt_reader_open": [c_void_p, c_char_p, ctypes.POINTER(c_void_p)],
                                   "qmt_reader_convert": [c_void_p, c_void_p, c_char_p, c_char_p, c_void_p, c_void_p]}
    for function, arguments in types.items():
        getattr(lib, function).argtypes = arguments
    lib.qmt_reader_close.argtypes, lib.qmt_reader_close.restype = [ctypes.POINTER(c_void_p)], None
    context, reader = _library.context(), c_void_p()
    context.check(lib.qmt_reader_open(context.handle, os.fsencode(path), byref(reader)))
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, NAMES[0])
            context.check(lib.qmt_reader_convert(context.handle, reader, b"npz", os.fsencode(copy), None, None))
            return map_file(copy)  # what is mapped outlives its name
    finally:
        lib.qmt_reader_close(byref(reader))


def _is_hdf5(path: str) -> bool:
    with io.open(path, "rb") as file:
        return file.read(len(_h5md.MAGIC)) == _h5md.MAGIC


def map_file(path: str) -> dict[str, Array]:
    """Arrays by name. Raises FileError, FormatError, and CheckpointError for an unfinished file without a checkpoint."""
    if path.endswith(".part") and os.path.exists(path):
        return _map_part(path)
    try:
        if _is_hdf5(path):
            return _h5md.map_file(path)
        with io.open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            return _members(file, path, archive, 0)
    except (FileNotFoundError, NotADirectoryError) as error:
        absolute = pathlib.Path(path).absolute()
        found = _packed.find(absolute)
        if found is None:
            raise FileError(f"{path}: {error.strerror}") from error
        return _map_packed(found, f"{absolute.parent.name}/{absolute.name}")
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error
    except zipfile.BadZipFile as error:
        raise FormatError(f"{path}: no NPZ file ({error})") from error
