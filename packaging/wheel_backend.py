"""Build backend: hatchling's, and compiled kernels in a wheel.

Whoever installs a wheel need not wait for the compiler where the kernels in it fit her processor
and her Python. They are compiled while the wheel is built and gone from the tree afterwards; an
editable installation has none. ``PLAZA_WHEEL_KERNELS=0`` leaves them out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hatchling.build as hatch
from hatchling.build import build_editable, build_sdist, get_requires_for_build_editable

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_wheel",
]

SRC = Path(__file__).resolve().parents[1] / "src"
FOLDER = SRC / "plaza_lab" / "engine" / "shipped"
NEEDED = ("numba>=0.61,<0.69", "numpy>=2.0")
"""What compiles; as the package itself asks for them, so that both get the same versions."""


def _is_wanted() -> bool:
    return os.environ.get("PLAZA_WHEEL_KERNELS", "1") != "0"


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """As hatchling, and the compiler."""
    return [*hatch.get_requires_for_build_wheel(config_settings), *NEEDED * _is_wanted()]


def build_wheel(folder: str, config_settings: Any = None, metadata: str | None = None) -> str:
    """As hatchling, with kernels in it; without them where they cannot be compiled."""
    with _kernels():
        return hatch.build_wheel(folder, config_settings, metadata)


@contextmanager
def _kernels() -> Iterator[None]:
    try:
        if _is_wanted():
            command = [sys.executable, "-m", "plaza_lab.sim.shipping", str(FOLDER)]
            # what pip starts first would take a folder away that an installation has as well
            paths = [path for path in sys.path if not Path(path, "sitecustomize.py").exists()]
            places = os.pathsep.join((str(SRC), *paths))
            done = subprocess.run(command, env={**os.environ, "PYTHONPATH": places})
            if done.returncode:
                print("the wheel has no kernels in it: see above; Plaza will compile its own")
                shutil.rmtree(FOLDER, ignore_errors=True)
        yield
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
