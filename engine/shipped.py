"""Kernels that came with the package: machine code for a baseline of processors.

They are made where a wheel is built (:mod:`plaza_lab.sim.shipping`) and lie in a folder of the
package, so whoever could alter them could alter the package. One is used where the user's own cache
has none, the processor has all that the baseline asks for, nothing was switched in numba, and its
key says that it was made of the same functions, constants, layouts and versions.
"""

from __future__ import annotations

import functools
import platform
from pathlib import Path

import llvmlite.binding as llvm

from plaza_lab.engine import kernel_file
from plaza_lab.engine.cache_folder import SUFFIX
from plaza_lab.engine.ingredients import Recipe
from plaza_lab.engine.numba_switches import unusual

FOLDER = Path(__file__).parent / "shipped"

BASELINES = {
    "x86_64": (
        "x86-64-v3",
        ("avx", "avx2", "bmi", "bmi2", "cx16", "f16c", "fma", "lzcnt", "movbe", "popcnt", "sse4.2"),
    )
}
"""LLVM's name of the baseline of a kind of machine, and the features it may use; servers and
desktops have them since 2013 (Intel) and 2015 (AMD)."""


@functools.cache
def baseline() -> str:
    """Baseline that this processor reaches; empty where there is none, or none is shipped for."""
    name, wanted = BASELINES.get(platform.machine(), ("", ()))
    features = llvm.get_host_cpu_features()
    return name if all(features.get(feature) for feature in wanted) else ""


def path(name: str, recipe: Recipe, folder: Path = FOLDER) -> Path:
    """File of a kernel among those that were shipped.

    Parameters
    ----------
    name : str
        Of the kernel, as in the name of its file in the cache.
    recipe : Recipe
        What it is made of.
    folder : pathlib.Path
        Where they lie.
    """
    return folder / f"{name}-{recipe.key(baseline())}{SUFFIX}"


def find(name: str, recipe: Recipe) -> kernel_file.Stored | None:
    """Read a kernel that was shipped.

    Parameters
    ----------
    name : str
        Of the kernel.
    recipe : Recipe
        What it is made of.

    Returns
    -------
    kernel_file.Stored or None
        None where there is none for this processor and these versions.
    """
    if not FOLDER.exists() or not baseline() or unusual():
        return None
    return kernel_file.read(path(name, recipe), recipe.key(baseline()), with_rest=False)
