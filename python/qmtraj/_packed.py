"""Trajectories inside OUT/packed.zip, by its index: the directory of the ZIP is written when a job has ended, and until then, or after
a kill, only the index has all of them (docs/running.md, "Archives")."""
from __future__ import annotations

import functools
import io
import os
import pathlib
import re
import struct
import warnings
import zipfile
from typing import IO, Iterator, NamedTuple, Sequence

from .errors import FileError, FormatError

__all__ = ["Member", "Part", "archives", "find", "labels_below"]

INDEX = ".index"
_PATTERN = "packed.*zip"  # the names of archives and of some other files
_NAME = re.compile(r"packed(\.[0-9]+-of-[0-9]+)?\.zip")  # packed.zip, packed.3-of-100.zip; others are somebody's own
_MEMBER = "trajectory.npz"
_RECORDS = 98  # bytes behind the entries of a directory


class Member(NamedTuple):
    """Where the bytes of a trajectory lie."""

    archive: str
    begin: int
    size: int


def archives(folder: pathlib.Path) -> list[pathlib.Path]:
    """Those that `qmtraj run --pack` fills in a folder."""
    return sorted(path for path in folder.glob(_PATTERN) if _NAME.fullmatch(path.name))


def _walk(root: pathlib.Path) -> Iterator[tuple[pathlib.Path, list[str]]]:
    """Folders and their files. One that is packed meanwhile is passed over, and so is the content of those on their way in or out."""
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if not name.startswith(".packed.")]
        yield pathlib.Path(folder), files


def labels_below(root: pathlib.Path) -> set[str]:
    """Paths below a folder of its finished trajectories, packed ones among them."""
    def outside() -> set[str]:
        return {folder.relative_to(root).as_posix() for folder, files in _walk(root) if _MEMBER in files}

    found = outside()  # first: what is packed after that is in an archive
    for archive in [folder / name for folder, files in _walk(root) for name in files if _NAME.fullmatch(name)]:
        try:
            found |= {(archive.parent / label).relative_to(root).as_posix() for label in _folders_now(archive)}
        except FileError:
            if archive.exists():
                raise
            found |= outside()  # it was unpacked
    return found


class Part(io.RawIOBase):
    """Bytes from begin on of a file, as a file."""

    def __init__(self, file: IO[bytes], begin: int, size: int) -> None:
        self._file, self._begin, self._size, self._at = file, begin, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        if self._at < 0:
            raise OSError("seek before the beginning")
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        left = max(self._size - self._at, 0)
        self._file.seek(self._begin + self._at)
        data = self._file.read(left if size is None or size < 0 else min(size, left))
        self._at += len(data)
        return data


def data_begin(file: IO[bytes], path: str, name: str, header: int) -> int:
    """Where the data of a stored member begins whose local header lies there."""
    file.seek(header)
    head = file.read(30)
    if len(head) != 30 or head[:4] != b"PK\x03\x04" or head[8:10] != b"\0\0":
        raise FormatError(f"{path}: {name} is compressed or damaged; only stored members can be mapped")
    n_name, n_extra = struct.unpack("<HH", head[26:30])
    return int(header + 30 + n_name + n_extra)


class _Folder(NamedTuple):
    """Offset of the first header, sizes of the files up to the trajectory, where the last file ends and how many there are."""

    offset: int
    sizes: tuple[int, ...]
    end: int
    n_files: int


def _end(offset: int, label: str, names: Sequence[str], sizes: Sequence[int]) -> int:
    """Where files end that lie one after the other: local headers have 56 bytes and the name, data begin at multiples of 64."""
    for name, size in zip(names, sizes):
        offset = (offset + 57 + len(os.fsencode(f"{label}{name}")) + 63) // 64 * 64 + size
    return offset


def _tail(path: str) -> tuple[int, tuple[int, int] | None]:
    """Bytes of an archive; where its directory begins and how many files that lists, if it stands whole behind them all."""
    with io.open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _RECORDS, 0))
        records = file.read(_RECORDS)
        if len(records) != _RECORDS or (records[:4], records[56:60], records[76:80]) != (b"PK\6\6", b"PK\6\7", b"PK\5\6"):
            return size, None
        count, n_bytes, begin = struct.unpack_from("<QQQ", records, 32)
        if begin + n_bytes + _RECORDS != size:
            return size, None
        file.seek(begin)  # that of before, where members were written over it, begins with one of them
        return size, (begin, count) if count == 0 or file.read(4) == b"PK\1\2" else None


def _by_index(path: str) -> dict[str, _Folder]:
    """By label. A last line without an end is still being written."""
    found: dict[str, _Folder] = {}
    with io.open(path + INDEX, encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith("\n"):
                break
            try:
                offset, label, *files = line[:-1].split("\t")
                names, words, _ = zip(*(file.rsplit(":", 2) for file in files))
                sizes = tuple(map(int, words))
                n = names.index(_MEMBER) + 1
                # of two of one label the later one counts
                found[label] = _Folder(int(offset), sizes[:n], _end(int(offset), label, names, sizes), len(names))
            except ValueError:
                raise FormatError(f"{path}{INDEX}: line {number} is none of an index, and the archive has no "
                                  "directory") from None
    return found


def _by_directory(path: str) -> dict[str, _Folder]:
    """The same of an archive that was copied without its index."""
    try:
        with zipfile.ZipFile(path) as directory:
            members = directory.infolist()
        found = {info.filename[:-len("/" + _MEMBER)]: _Folder(info.header_offset, (info.file_size,), 0, 0)
                 for info in members if info.filename.endswith("/" + _MEMBER)}
        if any(info.filename == "metadata.npy" for info in members):  # found where the directory of the archive is cut off
            raise zipfile.BadZipFile("that of a trajectory inside")
    except zipfile.BadZipFile as error:
        raise FormatError(f"{path}: neither an index nor a directory ({error}); "
                          f"copy {os.path.basename(path)}{INDEX} beside it") from error
    return found


def _read(path: str) -> dict[str, _Folder]:
    """A whole directory counts where the index says something else; what was cut off with the end of an archive is not there."""
    if not os.path.exists(path + INDEX):
        return _by_directory(path)
    found: dict[str, _Folder] | None = None
    damage: FormatError | None = None
    try:
        found = _by_index(path)  # before the archive is looked at: a job that goes on appends there first
    except FormatError as error:
        damage = error
    size, directory = _tail(path)
    if found is None:
        if directory is None and damage is not None:
            raise damage
        return _by_directory(path)
    if directory is not None and directory != (max((one.end for one in found.values()), default=0),
                                               sum(one.n_files for one in found.values())):
        return _by_directory(path)
    lost = [label for label, one in found.items() if one.end > size]
    if lost:
        warnings.warn(f"{path}: was cut off at byte {size}, and {len(lost)} of its {len(found)} trajectories count as not there",
                      stacklevel=2)
    return {label: one for label, one in found.items() if one.end <= size}


@functools.lru_cache(maxsize=8)
def _folders(path: str, _stamp: tuple[int, int]) -> dict[str, _Folder]:
    """Of an archive. A job may append over the directory while that is read, and its index tells all then."""
    try:
        return _read(path)
    except FormatError:
        return _read(path)


def _folders_now(archive: pathlib.Path) -> dict[str, _Folder]:
    """Read once, and again when something was appended: a hundred thousand are opened one by one."""
    path = os.fspath(archive)
    try:
        at = os.stat(path + INDEX if os.path.exists(path + INDEX) else path)
        return _folders(path, (at.st_size, at.st_mtime_ns))
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error


def _locate(archive: pathlib.Path, label: str, folder: _Folder) -> Member:
    path, begin = os.fspath(archive), folder.offset
    try:
        with io.open(path, "rb") as file:
            for size in folder.sizes[:-1]:
                begin = data_begin(file, path, label, begin) + size
            return Member(path, data_begin(file, path, f"{label}/{_MEMBER}", begin), folder.sizes[-1])
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error


def find(path: pathlib.Path) -> Member | None:
    """Of OUT/NAME/trajectory.npz, if the folder is in an archive of OUT."""
    for out in path.parent.parents if path.name == _MEMBER else ():
        label = path.parent.relative_to(out).as_posix()
        held = [(archive, _folders_now(archive).get(label)) for archive in reversed(archives(out))]
        there = [(archive, folder) for archive, folder in held if folder is not None]
        if there:  # the larger trajectory counts, which is the longer one; of equal ones that of the last archive
            archive, folder = max(there, key=lambda one: one[1].sizes[-1])
            return _locate(archive, label, folder)
    return None
