"""Functions that have another meaning in compiled code, and the module that says which.

What such a function does in plain Python stands with it; what it is in compiled code needs numba
and stands in a module of :mod:`plaza_lab.engine.lowering`, imported when something is compiled.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, TypeVar

from plaza_lab.engine.reading import read

F = TypeVar("F", bound=Callable[..., Any])

FOLDER = Path(__file__).parent / "lowering"


def lowered_by(module: str) -> Callable[[F], F]:
    """Mark a function as one that a module of ``lowering`` gives a meaning in compiled code.

    Parameters
    ----------
    module : str
        Name of the module, without the package's.

    Returns
    -------
    callable
        A decorator.
    """

    def mark(function: F) -> F:
        vars(function)["lowered_by"] = module
        return function

    return mark


@functools.cache
def wording(module: str) -> bytes:
    """What a module of ``lowering`` says, without comments, docstrings and line numbers.

    Parameters
    ----------
    module : str
        Name of the module, without the package's.

    Returns
    -------
    bytes
        Read from its code, which is not run.
    """
    name = f"plaza_lab.engine.lowering.{module}"
    code: Any = SourceFileLoader(name, str(FOLDER / f"{module}.py")).get_code(name)
    return read(code).text
