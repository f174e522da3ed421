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
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from . import _h5md, _library
from ._library import lib
from .errors import FileError, FormatError

Array = npt.NDArray[Any]

NAMES = ("trajectory.npz", "trajectory.partial.npz", "trajectory.npz.part")


def _start(file: IO[bytes], path: str, info: zipfile.ZipInfo, base: int) -> int:
    """Where the data of a stored member begins."""
    file.seek(base + info.header_offset)
    head = file.read(30)
    if info.compress_type != zipfile.ZIP_STORED or len(head) != 30 or head[:4] != b"PK\x03\x04":
        raise FormatError(f"{path}: {info.filename} is compressed or damaged; only stored members can be mapped")
    n_name, n_extra = struct.unpack("<HH", head[26:30])
    return int(base + info.header_offset + 30 + n_name + n_extra)


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
    file.seek(_start(file, path, info, base))
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


def archives(folder: pathlib.Path) -> list[pathlib.Path]:
    """Those that `qmtraj run --pack` fills in a folder."""
    return sorted(folder.glob("packed*.zip"))


def _directory(path: pathlib.Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise FormatError(f"{path}: no directory yet ({error}); `qmtraj pack {path.parent}` writes it") from error


def labels(archive: pathlib.Path) -> list[str]:
    """Of the trajectories in an archive."""
    with _directory(archive) as directory:
        return [name[:-len("/" + NAMES[0])] for name in directory.namelist() if name.endswith("/" + NAMES[0])]


def _packed(path: pathlib.Path) -> tuple[pathlib.Path, str] | None:
    """Archive and member of OUT/NAME/trajectory.npz, if the folder is in an archive."""
    for out in path.parent.parents:
        for archive in archives(out):
            with _directory(archive) as directory:
                name = path.relative_to(out).as_posix()
                if name in directory.namelist():
                    return archive, name
    return None


def _map_packed(archive: pathlib.Path, name: str) -> dict[str, Array]:
    with io.open(archive, "rb") as file, _directory(archive) as directory:
        info = directory.getinfo(name)  # of two with one name the later one, which is the one that counts
        base = _start(file, os.fspath(archive), info, 0)
        with directory.open(info) as member, zipfile.ZipFile(member) as inner:
            return _members(file, f"{archive}/{name}", inner, base)


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
        found = _packed(pathlib.Path(path).absolute())
        if found is None:
            raise FileError(f"{path}: {error.strerror}") from error
        return _map_packed(*found)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error
    except zipfile.BadZipFile as error:
        raise FormatError(f"{path}: no NPZ file ({error})") from error
