"""How rules and processes are compiled: when they are first needed, and by numba only then.

A decorator here makes no machine code and does not import numba. A kernel whose code is on disk is
linked and run as it is (:mod:`plaza_lab.engine.linker`); numba is there for what must be compiled,
and for whoever asks a kernel what a numba dispatcher knows. What numba does with them stands in
:mod:`plaza_lab.engine.lowering`.

Compiled functions take tables or records and allocate nothing, so reference counting is switched
off. Division follows NumPy (no exception), as the rules guard their own denominators.

The decorators work in any module, a user's own too. Numba itself stays as it is: its settings are
not touched, and what :mod:`plaza_lab.engine.lowering.thrift` replaces in it is back when a
compilation ends.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from plaza_lab.engine import linker
from plaza_lab.engine.kernel_cache import KernelFiles
from plaza_lab.engine.numba_switches import jit_is_off

Decorator = Callable[[Callable[..., Any]], Any]
OF_DISPATCHER = frozenset(
    ("overloads", "signatures", "stats", "inspect_asm", "inspect_llvm", "inspect_types")
)
"""What may be asked of numba's dispatcher through ours."""

_making = threading.RLock()


class Compiled:
    """A function that runs as machine code, made when it is first needed.

    Parameters
    ----------
    function : types.FunctionType
        Its Python source, kept as ``py_func``.
    kind : str
        ``inner`` for what is compiled into kernels, ``kernel`` for what is called.
    is_kept : bool
        Whether its machine code is kept for the next process.
    options : dict
        Further options of ``numba.njit``.
    """

    def __init__(
        self, function: FunctionType, kind: str, is_kept: bool, options: dict[str, Any]
    ) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.targetoptions = {"kind": kind, **options}
        self.files = KernelFiles(function) if is_kept else None
        self._made = (kind, is_kept, options)
        self._dispatcher: Any = None
        self._linked: linker.Linked | None = None

    def __repr__(self) -> str:
        return f"Compiled({self.py_func!r})"

    def __reduce__(self) -> Any:
        if self.__module__ == "__main__":
            return Compiled, (self.py_func, *self._made)
        return self.__qualname__

    # ---- by numba

    @property
    def dispatcher(self) -> Any:
        """What numba calls it by; made at the first use."""
        if self._dispatcher is None:
            with _making:
                if self._dispatcher is None:
                    from plaza_lab.engine.lowering.making import dispatcher_of

                    self._dispatcher = dispatcher_of(self)
        return self._dispatcher

    @property
    def _numba_type_(self) -> Any:
        return self.dispatcher._numba_type_

    def __getattr__(self, name: str) -> Any:
        if name in OF_DISPATCHER:
            return getattr(self.dispatcher, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def compile(self, signature: Any) -> Any:
        """Compile by numba, or let numba load it, whether it is linked or not.

        Parameters
        ----------
        signature : sequence
            Names of types, such as ``("PlazaTables", "int64")``, or numba's own.
        """
        from plaza_lab.engine.lowering.making import types_of

        return self.dispatcher.compile(types_of(signature))

    def compile_like(self, function: Any) -> Any:
        """Make another one with the same options."""
        return _made(function, *self._made)

    # ---- as it is on disk

    @property
    def is_ready(self) -> bool:
        """Whether it has machine code in this process."""
        dispatcher = self._dispatcher
        return self._linked is not None or (dispatcher is not None and bool(dispatcher.overloads))

    def get_ready(self, kinds: Sequence[str]) -> None:
        """Link it where its code is on disk and needs nothing of numba's, else compile it.

        Parameters
        ----------
        kinds : sequence of str
            Names of the types of its arguments.
        """
        if not self.is_ready:
            self._linked = self._link(kinds)
            if self._linked is None:
                self.compile(kinds)
                # as the next process will: what numba calls by its address passes errors over
                self._linked = self._link(kinds)

    def address(self, kinds: Sequence[str]) -> int:
        """Address of its machine code, which takes its arguments as C does.

        Parameters
        ----------
        kinds : sequence of str
            As for :meth:`get_ready`.
        """
        self.get_ready(kinds)
        if self._linked is not None:
            return self._linked.address
        from plaza_lab.engine.lowering.making import address_of

        return address_of(self.dispatcher, kinds)

    def _link(self, kinds: Sequence[str]) -> linker.Linked | None:
        if self.files is None:
            return None
        stored = self.files.code(kinds)
        return None if stored is None else linker.link(stored, kinds)

    def __call__(self, *arguments: Any) -> Any:
        """Run it: a kernel as machine code, all else as its plain twin."""
        if self.targetoptions["kind"] == "inner":  # its machine code has no entry from Python
            from plaza_lab.engine.plain import plain

            return plain(self)(*arguments)
        if self._linked is not None:
            try:
                taken = self._linked.taken(arguments)
            except (TypeError, ValueError, AttributeError):  # numba knows what to do with others
                return self.dispatcher(*arguments)
            return self._linked.run(taken)
        return self.dispatcher(*arguments)


def _made(function: Any, kind: str, is_kept: bool, options: dict[str, Any]) -> Any:
    return function if jit_is_off() else Compiled(function, kind, is_kept, options)


def compiled(**options: Any) -> Decorator:
    """For rules and helpers: compiled into the kernels that call them.

    Called from Python they are their plain twins (:func:`plaza_lab.engine.plain.plain`).

    Parameters
    ----------
    **options
        Further options of ``numba.njit``.

    Returns
    -------
    callable
        A decorator.
    """
    return lambda function: _made(function, "inner", False, options)


def inlined(**options: Any) -> Decorator:
    """For the few operations taken millions of times a day; otherwise as :func:`compiled`."""
    return compiled(forceinline=True, **options)


def kernel(cache: bool = True, **options: Any) -> Decorator:
    """For whole processes: kept on disk, run outside the interpreter lock.

    Parameters
    ----------
    cache : bool
        Whether the machine code is kept for the next process.
    **options
        Further options of ``numba.njit``.

    Returns
    -------
    callable
        A decorator.
    """
    return lambda function: _made(function, "kernel", cache, options)
