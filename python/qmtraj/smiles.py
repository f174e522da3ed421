"""Atoms from SMILES by RDKit's Python package, for libraries that were built without RDKit, as that of the wheel."""
from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np
import numpy.typing as npt

from .errors import InputError

__all__ = ["Embedded", "embed", "is_there"]

# As src/structure/smiles_rdkit.cpp has them.
_SEED, _SEEDS, _FEW_ITERATIONS, _ROUNDS, _ATOMS_MAX = 42, 8, 50, 10, 1000


class Embedded(NamedTuple):
    """numbers (n,), xyz (n, 3) angstrom, charge e, multiplicity: unpaired electrons + 1, bonds (B, 2) of the SMILES."""

    numbers: npt.NDArray[np.intc]
    xyz: npt.NDArray[np.float64]
    charge: int
    multiplicity: int
    bonds: npt.NDArray[np.intc]


def is_there() -> bool:
    """Whether RDKit's Python package is installed."""
    try:
        import rdkit.Chem.AllChem  # noqa: F401
    except ImportError:
        return False
    return True


def _read(smiles: str) -> Any:
    from rdkit import Chem, rdBase
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    if mol is None or mol.GetNumAtoms() == 0:
        raise InputError(f"the SMILES \"{smiles}\" is not a molecule")
    mol = Chem.AddHs(mol)
    n_parts = len(Chem.GetMolFrags(mol))
    if n_parts > 1:
        raise InputError(f"the SMILES \"{smiles}\" holds {n_parts} separate molecules, whose places to each other it does not "
                         "tell; give an XYZ file")
    if mol.GetNumAtoms() > _ATOMS_MAX:
        raise InputError(f"the SMILES \"{smiles}\" has {mol.GetNumAtoms()} atoms, at most {_ATOMS_MAX} can be embedded")
    if any(atom.GetAtomicNum() < 1 or atom.GetIsotope() for atom in mol.GetAtoms()):
        raise InputError(f"the SMILES \"{smiles}\" holds a dummy atom or an isotope; give an XYZ file")
    if any(atom.GetDegree() > 4 for atom in mol.GetAtoms()):
        raise InputError(f"the SMILES \"{smiles}\" has an atom with more than four neighbours; give an XYZ file")
    return mol


def _embed(mol: Any) -> bool:
    """ETKDGv3, then MMFF94 to its minimum, as the library does it."""
    from rdkit.Chem import AllChem
    parameters = AllChem.ETKDGv3()
    for i in range(_SEEDS):
        parameters.randomSeed = _SEED + i
        parameters.useRandomCoords = i >= _SEEDS // 2
        parameters.maxIterations = 0 if i % (_SEEDS // 2) == 0 else _FEW_ITERATIONS
        if AllChem.EmbedMolecule(mol, parameters) >= 0:
            break
    else:
        return False
    for _ in range(_ROUNDS):
        if AllChem.MMFFOptimizeMolecule(mol, maxIters=200) != 1:
            break
    return True


def embed(smiles: str, multiplicity: Optional[int] = None) -> Embedded:
    """Atoms and a first geometry. multiplicity: what the caller knows; None: by the valences.

    Raises InputError: no molecule, several, isotopes, no geometry found, a multiplicity that a SMILES does not tell, no RDKit.
    """
    if not is_there():
        raise InputError(f"\"{smiles}\": neither this library nor Python has RDKit, which makes atoms from SMILES (pip install rdkit)")
    mol = _read(smiles)
    radicals = [atom.GetNumRadicalElectrons() for atom in mol.GetAtoms()]
    charge = sum(atom.GetFormalCharge() for atom in mol.GetAtoms())
    if multiplicity is None:
        if max(radicals) > 1 or (mol.GetNumAtoms() == 1 and mol.GetAtomWithIdx(0).GetAtomicNum() > 2):
            raise InputError(f"the SMILES \"{smiles}\" leaves several electrons unpaired on one atom; give its multiplicity "
                             "(unpaired electrons + 1) in a third column of a list, or ase.Atoms")
        multiplicity = sum(radicals) + 1
    if not _embed(mol):
        raise InputError(f"no geometry for the SMILES \"{smiles}\"; give an XYZ file")
    return Embedded(np.array([atom.GetAtomicNum() for atom in mol.GetAtoms()], np.intc),
                    np.array(mol.GetConformer().GetPositions(), float), charge, multiplicity,
                    np.array([(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()], np.intc).reshape(-1, 2))
