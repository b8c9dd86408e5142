"""What numba asks for a kernel before it compiles, and hands a kernel to afterwards.

It takes the place of numba's own disk cache in our kernels only, and moves nothing of numba's.
"""

from __future__ import annotations

import pickle
import weakref
from types import FunctionType
from typing import Any

from numba.core.compiler import CompileResult
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature

from plaza_lab.engine import kernel_file
from plaza_lab.engine.cache_folder import cache_folder, note_use, prune
from plaza_lab.engine.ingredients import Recipe, Untold, direct_key
from plaza_lab.engine.kernel_cache import KernelFiles
from plaza_lab.engine.lowering import linking, thrift

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


class KernelCache:
    """The files of a kernel, as numba wants a cache to be.

    Parameters
    ----------
    files : KernelFiles
        The kernel's.
    """

    def __init__(self, files: KernelFiles) -> None:
        self._files = files

    @property
    def cache_path(self) -> str:
        """Folder of the kernels."""
        return str(cache_folder())

    def flush(self) -> None:
        """Keep nothing: kernels of other makeups stay until they are pruned."""

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
        recipe = self._files.known_recipe(_names(sig))
        if recipe is None:
            return None
        key = recipe.key()
        linking.keys[self._files.function] = key  # the compiler tells symbols of two makeups apart
        path = self._files.file(key)
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
        recipe = self._files.recipe(_names(sig))  # worked out anew: see below
        if recipe is None or result.library.has_dynamic_globals or not _is_as_told(recipe):
            return
        key = recipe.key()
        if linking.keys.get(self._files.function) != key:
            return  # a constant was changed while it was compiled
        (name, kind, (code, bitcode)), *rest = result._reduce()
        names = result.fndesc
        symbols = kernel_file.Symbols(
            names.llvm_cfunc_wrapper_name,
            names.llvm_func_name,
            str(result.signature),
            kernel_file.undefined(code),
        )
        stored = kernel_file.Stored(key, symbols, code, dumps(((name, kind, bitcode), *rest)))
        try:
            kernel_file.write(self._files.file(key), stored)
            if not _pruned:
                _pruned.append(True)
                prune(cache_folder())
        except OSError:  # a full disk costs the next start some seconds, not this run
            return


def _names(sig: Any) -> tuple[str, ...]:
    arguments, _ = normalize_signature(sig)
    return tuple(map(str, arguments))


def _is_as_told(recipe: Recipe) -> bool:
    """Whether no inner function was compiled here before one of its constants was changed."""
    return all(
        direct_key(function) == _compiled_as[function]
        for function in recipe.functions
        if function in _compiled_as
    )
