"""Windows of trajectories for networks that learn the motion: the state at t, and the states that follow.

    windows = qmtraj.torch.Windows("data/qm", inputs=("pos", "vel"), horizon=10, units="ase")
    train, valid, test = windows.split(0.8, 0.1, 0.1)
    for batch in torch.utils.data.DataLoader(qmtraj.torch.Stream(train, 64, shuffle=True), batch_size=None):
        batch["pos"], batch["vel"]              # (B, N, 3) at t
        batch["next_pos"], batch["next_vel"]    # (B, 10, N, 3) at t + 1 to t + 10

Frames are read where they lie, in mapped files: nothing is loaded before it is used, and workers share the pages.
"""
from __future__ import annotations

import copy
import os
import pathlib
from typing import Any, Callable, Iterable, Iterator, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import Dataset, IterableDataset, get_worker_info

from .errors import ArgumentError, FormatError
from .trajectory import UNITS, Trajectory, open as _open, open_folder

__all__ = ["Stream", "Windows", "collate", "radius_edges", "to_pyg"]

Path = Union[str, "os.PathLike[str]"]
Sample = dict[str, Any]
Index = npt.NDArray[np.int64]


def _paths(paths: Union[Path, Iterable[Path]]) -> list[str]:
    """Files and folders of single trajectories as they are; any other folder stands for all trajectories below it."""
    found = []
    for path in [paths] if isinstance(paths, (str, os.PathLike)) else paths:
        folder = pathlib.Path(path)
        if folder.is_dir() and not (folder / "trajectory.npz").exists():
            found += [os.fspath(folder / name) for name in open_folder(folder)]
        else:
            found.append(os.fspath(path))
    if not found:
        raise ArgumentError(f"{paths}: no finished trajectory")
    return found


class Windows(Dataset[Sample]):
    """Map-style dataset of windows; a sample is a dict of tensors:

    numbers (N,); each of `inputs` at t, "pos" (N, 3), "Epot" (); "next_pos" (horizon, N, 3) and so on at t + stride,
    t + 2 stride, ...; trajectory and frame, where it comes from. float32 or float64 as in the file.

    paths: trajectories, or folders of trajectories. horizon: how many states follow; 0: single frames. stride: frames from one
    state to the next. every: frames from one window to the next. units: those of Trajectory.in_units().
    """

    def __init__(self, paths: Union[Path, Iterable[Path]], inputs: Sequence[str] = ("pos", "vel"), horizon: int = 1,
                 stride: int = 1, units: str = "file", every: int = 1) -> None:
        if horizon < 0 or stride < 1 or every < 1:
            raise ArgumentError(f"horizon {horizon} must be at least 0, stride {stride} and every {every} at least 1")
        self.inputs, self.horizon, self.stride, self.units = tuple(inputs), horizon, stride, units
        self.paths = _paths(paths)
        self._open: dict[int, Trajectory] = {}
        trajectories, frames = [], []
        for number, path in enumerate(self.paths):
            trajectory = _open(path)
            missing = [name for name in self.inputs if name not in trajectory.names]
            if missing:
                raise FormatError(f"{path}: there is no array \"{missing[0]}\"; there are {', '.join(trajectory.names)}")
            starts = np.arange(0, len(trajectory) - horizon * stride, every)
            trajectories.append(np.full(len(starts), number))
            frames.append(starts)
        # A window is the number of its trajectory and its first frame.
        self.trajectory: Index = np.concatenate(trajectories)
        self.frame: Index = np.concatenate(frames)

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__, _open={})  # each worker opens its own

    def opened(self, number: int) -> Trajectory:
        """Trajectory `number` of paths, in the units of the file."""
        if number not in self._open:
            if len(self._open) >= 4096:  # each is a map, and a process may have some 65,000
                self._open.pop(next(iter(self._open)))
            self._open[number] = _open(self.paths[number])
        return self._open[number]

    def __len__(self) -> int:
        return len(self.frame)

    def _gather(self, number: int, frames: Index) -> Sample:
        """Windows of one trajectory that begin at frames (B,): tensors (B, ...) and (B, horizon, ...)."""
        trajectory = self.opened(number)
        at = frames[:, None] + self.stride * np.arange(self.horizon + 1)
        sample: Sample = {"numbers": torch.from_numpy(np.array(trajectory.atom_types, dtype=np.int64)),
                          "trajectory": torch.full((len(frames),), int(number)), "frame": torch.from_numpy(frames.copy())}
        for name in self.inputs:
            found = getattr(trajectory, name)[at]
            factor = UNITS[self.units].get(name)
            if factor is not None:
                found *= found.dtype.type(factor)
            states = torch.from_numpy(np.ascontiguousarray(found))
            sample[name] = states[:, 0]
            if self.horizon:
                sample["next_" + name] = states[:, 1:]
        return sample

    def __getitem__(self, i: int) -> Sample:
        i = range(len(self))[i]
        sample = self._gather(int(self.trajectory[i]), self.frame[i:i + 1])
        return {name: value if name == "numbers" else value[0] for name, value in sample.items()}

    def _chosen(self, which: npt.NDArray[Any]) -> "Windows":
        other = copy.copy(self)
        other.trajectory, other.frame, other._open = self.trajectory[which], self.frame[which], {}
        return other

    def split(self, *parts: float, by: str = "time", seed: int = 0) -> list["Windows"]:
        """Parts that have no frame in common: windows across a border belong to none.

        by "time": each trajectory is cut into pieces in the order of time. "trajectory": whole trajectories, drawn by `seed`.
        Neighbouring frames are still alike; leave out a gap with a larger `horizon`, or split by trajectory.
        """
        if not parts or min(parts) < 0.0 or abs(sum(parts) - 1.0) > 1e-6:
            raise ArgumentError(f"parts {parts} must add up to 1")
        borders = np.concatenate([[0.0], np.cumsum(parts)])
        borders[-1] = 1.0
        if by == "trajectory":
            place = np.empty(len(self.paths))
            place[np.random.default_rng(seed).permutation(len(self.paths))] = (np.arange(len(self.paths)) + 0.5) / len(self.paths)
            begin = end = place[self.trajectory]
        elif by == "time":
            n = np.array([len(self.opened(number)) for number in range(len(self.paths))])[self.trajectory]
            begin, end = self.frame / n, (self.frame + self.horizon * self.stride) / n
        else:
            raise ArgumentError(f"by \"{by}\" is unknown; there are time and trajectory")
        return [self._chosen((begin >= low) & (end < high)) for low, high in zip(borders[:-1], borders[1:])]


class Stream(IterableDataset[Sample]):
    """Iterable dataset of batches of Windows, each gathered at once, from one trajectory each: "pos" (B, N, 3), "next_pos"
    (B, horizon, N, 3), numbers (N,). For a DataLoader with batch_size=None; its workers share the batches out.

    With shuffle another order in each epoch: that of the seed and of the number that set_epoch() set, or counts.
    """

    def __init__(self, windows: Windows, batch_size: int, shuffle: bool = False, seed: int = 0) -> None:
        self.windows, self.batch_size, self.shuffle, self.seed, self.epoch = windows, batch_size, shuffle, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """For loaders with workers that live on: they do not see what is counted here."""
        self.epoch = epoch

    def __len__(self) -> int:
        counts = np.bincount(self.windows.trajectory)
        return int(((counts + self.batch_size - 1) // self.batch_size).sum())

    def __iter__(self) -> Iterator[Sample]:
        random = np.random.default_rng([self.seed, self.epoch])
        self.epoch += 1
        batches: list[Index] = []
        order = np.argsort(self.windows.trajectory, kind="stable")
        ends = np.cumsum(np.bincount(self.windows.trajectory))
        for windows in np.split(order, ends[:-1]):
            if self.shuffle:
                windows = random.permutation(windows)
            batches += [windows[k:k + self.batch_size] for k in range(0, len(windows), self.batch_size)]
        if self.shuffle:
            batches = [batches[k] for k in random.permutation(len(batches))]
        worker_of: Callable[[], Any] = get_worker_info  # without types in PyTorch 1.13
        worker = worker_of()
        for batch in batches if worker is None else batches[worker.id::worker.num_workers]:
            yield self.windows._gather(int(self.windows.trajectory[batch[0]]), self.windows.frame[batch])


_PER_ATOM = ("pos", "vel", "forces", "charges")


def collate(samples: Sequence[Sample]) -> Sample:
    """Samples of molecules of any sizes in one: arrays of atoms one after another, (sum of N, ...) and (horizon, sum of N, ...),
    with "batch" (sum of N,), the number of the sample of each atom; what is of frames is stacked."""
    out: Sample = {"batch": torch.cat([torch.full((len(s["numbers"]),), k) for k, s in enumerate(samples)])}
    for name in samples[0]:
        values = [sample[name] for sample in samples]
        if name == "numbers" or name in _PER_ATOM:
            out[name] = torch.cat(values)
        elif name.startswith("next_") and name[5:] in _PER_ATOM:
            out[name] = torch.cat(values, dim=1)
        else:
            out[name] = torch.stack(values)
    return out


def radius_edges(pos: Any, cutoff: float, batch: Optional[Any] = None) -> Any:
    """(2, E) pairs of atoms within the cutoff, both directions, none with itself; pos (n, 3), batch (n,)."""
    near = torch.cdist(pos, pos) < cutoff
    near.fill_diagonal_(False)
    if batch is not None:
        near &= batch[:, None] == batch[None, :]
    return near.nonzero().t().contiguous()


def to_pyg(sample: Sample, cutoff: Optional[float] = None) -> Any:
    """A sample as torch_geometric.data.Data: z, and its arrays; those of the following states begin with the atoms, (N, horizon,
    3), so that batches of PyG join them. With a cutoff edge_index of radius_edges()."""
    from torch_geometric.data import Data
    arrays = {name: value.transpose(0, 1).contiguous() if name.startswith("next_") and name[5:] in _PER_ATOM else value
              for name, value in sample.items() if name != "numbers"}
    if cutoff is not None:
        arrays["edge_index"] = radius_edges(sample["pos"], cutoff)
    return Data(z=sample["numbers"], **arrays)
