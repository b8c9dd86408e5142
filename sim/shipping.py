"""Machine code of all kernels for a baseline of processors: what a wheel takes along.

``python -m plaza_lab.sim.shipping FOLDER`` compiles every kernel, whatever the cache holds, and
writes the code into a folder; the build of a wheel calls it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from plaza_lab.engine import ahead, kernel_file, shipped
from plaza_lab.sim import compile as kernels


def ship(folder: Path) -> int:
    """Compile all kernels for the baseline and write them into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it is not there.

    Returns
    -------
    int
        How many were written; 0 where there is no baseline for this machine.
    """
    baseline = shipped.baseline()
    if not baseline:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as cache:
        # numba reads these when it is imported, here and in the process that helps
        os.environ.update(
            PLAZA_CACHE=cache, NUMBA_CPU_NAME=baseline, NUMBA_CPU_FEATURES="", NUMBA_DISABLE_JIT="0"
        )
        every = kernels.every_kernel()
        ahead.get_ready(every, kernels.__name__, _tell)
        return sum(_write(folder, *one) for one in every.values())


def _write(folder: Path, kernel: object, kinds: tuple[str, ...]) -> bool:
    files = kernel.files  # type: ignore[attr-defined]
    recipe = files.recipe(kinds)
    stored = None if recipe is None else files.code(kinds)
    if recipe is None or stored is None or stored.symbols.needs is None:
        return False  # nothing that can be run without numba
    kept = replace(stored, key=recipe.key(shipped.baseline()), rest=b"")
    kernel_file.write(shipped.path(files.name, recipe, folder), kept)
    return True


def _tell(done: int, total: int, name: str) -> None:
    sys.stderr.write(f"kernel {done} of {total}: {name}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m plaza_lab.sim.shipping: name the folder to write to")
    _tell(ship(Path(sys.argv[1])), len(kernels.every_kernel()), shipped.baseline() or "no baseline")
