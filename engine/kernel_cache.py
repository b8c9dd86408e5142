"""Where the machine code of a kernel is kept: one file each, named by what the kernel is made of.

See the decision page "a kernel's key is what it is made of".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

from plaza_lab.engine import kernel_file, shipped
from plaza_lab.engine.cache_folder import SUFFIX, cache_folder, note_use
from plaza_lab.engine.ingredients import Recipe, Untold


class KernelFiles:
    """The files of one kernel, one for each makeup of it.

    Parameters
    ----------
    function : types.FunctionType
        The kernel's Python function.
    """

    def __init__(self, function: FunctionType) -> None:
        self.function = function
        self._known: tuple[Any, Recipe | None] | None = None

    def recipe(self, kinds: Sequence[Any]) -> Recipe | None:
        """What the kernel is made of, for types of arguments; None where that cannot be told."""
        try:
            return Recipe(self.function, kinds)
        except Untold:
            return None

    @property
    def name(self) -> str:
        """How its files begin."""
        module = self.function.__module__.rpartition(".")[2]
        return re.sub(r"\W+", "_", f"{module}.{self.function.__qualname__}")

    def file(self, key: str) -> Path:
        """File of the kernel of a key."""
        return cache_folder() / f"{self.name}-{key}{SUFFIX}"

    def has(self, kinds: Sequence[Any]) -> bool:
        """Whether the kernel is there, or cannot be."""
        recipe = self.recipe(kinds)
        self._known = (kinds, recipe)  # worked out once for this and for the loading that follows
        if recipe is None or self.file(recipe.key()).exists():
            return True
        return shipped.find(self.name, recipe) is not None

    def known_recipe(self, kinds: Sequence[Any]) -> Recipe | None:
        """As :meth:`recipe`, not worked out again where :meth:`has` was asked just before."""
        known, self._known = self._known, None
        return known[1] if known is not None and known[0] == kinds else self.recipe(kinds)

    def code(self, kinds: Sequence[Any]) -> kernel_file.Stored | None:
        """Read its machine code, without what numba wants besides.

        Parameters
        ----------
        kinds : sequence of str
            Names of the types of its arguments.

        Returns
        -------
        kernel_file.Stored or None
            None where there is none.
        """
        recipe = self.known_recipe(kinds)
        if recipe is None:
            return None
        path = self.file(recipe.key())
        stored = kernel_file.read(path, recipe.key(), with_rest=False)
        if stored is None:
            return shipped.find(self.name, recipe)
        note_use(path)
        return stored
