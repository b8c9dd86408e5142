"""Keeping compiled kernels: one file each, named by what the kernel is made of.

It takes the place of numba's own disk cache in our kernels only, and moves nothing of numba's: see
the decision page "a kernel's key is what it is made of".
"""

from __future__ import annotations

import pickle
import re
import weakref
from pathlib import Path
from types import FunctionType
from typing import Any

from numba.core.compiler import CompileResult
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature

from plaza_lab.engine import kernel_file, linking, thrift
from plaza_lab.engine.cache_folder import SUFFIX, cache_folder, note_use, prune
from plaza_lab.engine.ingredients import Recipe, Untold, direct_key

_compiled_as: weakref.WeakKeyDictionary[FunctionType, str] = weakref.WeakKeyDictionary()
"""Inner functions this process has compiled, and what they took from their modules then."""
_pruned: list[bool] = []


def note_compiled(function: FunctionType) -> None:
    """Remember what an inner function was made of when it was compiled in this process."""
    try:
        key = direct_key(function)
    except Untold:
        key = ""
    if _compiled_as.setdefault(function, key) != key:
        _compiled_as[function] = ""  # for two signatures, and changed between them


linking.on_inner.append(note_compiled)


class KernelCache:
    """What numba asks for a kernel before it compiles, and hands a kernel to afterwards.

    Parameters
    ----------
    function : types.FunctionType
        The kernel's Python function.
    """

    def __init__(self, function: FunctionType) -> None:
        self._function = function
        self._known: tuple[Any, Recipe | None] | None = None

    @property
    def cache_path(self) -> str:
        """Folder of the kernels."""
        return str(cache_folder())

    def flush(self) -> None:
        """Keep nothing: kernels of other makeups stay until they are pruned."""

    def recipe(self, sig: Any) -> Recipe | None:
        """What the kernel is made of, for one signature; None where that cannot be told."""
        arguments, _ = normalize_signature(sig)
        try:
            return Recipe(self._function, arguments)
        except Untold:
            return None

    def file(self, key: str) -> Path:
        """File of the kernel of a key."""
        module = self._function.__module__.rpartition(".")[2]
        name = re.sub(r"\W+", "_", f"{module}.{self._function.__qualname__}")
        return cache_folder() / f"{name}-{key}{SUFFIX}"

    def has(self, sig: Any) -> bool:
        """Whether the kernel is there, or cannot be."""
        recipe = self.recipe(sig)
        self._known = (sig, recipe)  # worked out once for this and for the loading that follows
        return recipe is None or self.file(recipe.key()).exists()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Give numba the kernel for a signature.

        Parameters
        ----------
        sig : numba signature or tuple of types
            What it is to be compiled for.
        target_context : numba target context
            Where it is to run.

        Returns
        -------
        numba.core.compiler.CompileResult or None
            None when it must be compiled.
        """
        known, self._known = self._known, None
        recipe = known[1] if known is not None and known[0] == sig else self.recipe(sig)
        if recipe is None:
            return None
        key = recipe.key()
        linking.keys[self._function] = key  # the compiler tells symbols of two makeups apart
        path = self.file(key)
        stored = kernel_file.read(path, key)
        if stored is None:
            return None
        try:
            with thrift.in_force():
                target_context.refresh()
                (name, kind, bitcode), *rest = pickle.loads(stored.rest)
                library = (name, kind, (stored.code, bitcode))
                result = CompileResult._rebuild(target_context, library, *rest)
        except Exception:  # written by something else than wrote the key: then compile
            return None
        note_use(path)
        return result

    def save_overload(self, sig: Any, result: Any) -> None:
        """Keep what numba compiled.

        Parameters
        ----------
        sig : numba signature or tuple of types
            As for :meth:`load_overload`.
        result : numba.core.compiler.CompileResult
            The compiled kernel.
        """
        recipe = self.recipe(sig)
        if recipe is None or result.library.has_dynamic_globals or not _is_as_told(recipe):
            return
        key = recipe.key()
        if linking.keys.get(self._function) != key:
            return  # a constant was changed while it was compiled
        (name, kind, (code, bitcode)), *rest = result._reduce()
        names = result.fndesc
        symbols = kernel_file.Symbols(
            names.llvm_cfunc_wrapper_name, names.llvm_func_name, str(result.signature)
        )
        stored = kernel_file.Stored(key, symbols, code, dumps(((name, kind, bitcode), *rest)))
        try:
            kernel_file.write(self.file(key), stored)
            if not _pruned:
                _pruned.append(True)
                prune(cache_folder())
        except OSError:  # a full disk costs the next start some seconds, not this run
            return


def _is_as_told(recipe: Recipe) -> bool:
    """Whether no inner function was compiled here before one of its constants was changed."""
    return all(
        direct_key(function) == _compiled_as[function]
        for function in recipe.functions
        if function in _compiled_as
    )
