"""Machine code from its file into this process, by llvmlite's linker alone.

Numba would make of a file all that it knows of a kernel; to run it, its object code is enough. That
takes a millisecond instead of ten, and numba need not be imported. What the code calls outside of
itself must be of the C library; whatever needs numba's own run time is left to numba.

Compiled code turns to Python only to tell of an error: an index beyond a tuple, an integer to a
negative power. Here all of Python's functions are one that notes that it was called, and whoever
ran the code raises the error.
"""

from __future__ import annotations

import ctypes
import operator
import threading
from collections.abc import Callable, Sequence
from typing import Any

from plaza_lab.engine.kernel_file import Stored, Symbols

_C_TYPES: dict[str, Any] = {
    "int64": ctypes.c_int64,
    "float64": ctypes.c_double,
    "PlazaTables": ctypes.c_int64,
    "none": None,
}
_TAKES: dict[str, Callable[[Any], Any]] = {
    "int64": operator.index,
    "float64": float,
    "PlazaTables": operator.attrgetter("address"),
}
_TELLING = frozenset(
    (
        "_Py_NoneStruct",
        "numba_adapt_ndarray",
        "numba_do_raise",
        "numba_gil_ensure",
        "numba_gil_release",
        "numba_runtime_build_excinfo_struct",
        "numba_unpickle",
    )
)
"""What code asks for, besides Python's functions, when it tells of an error."""


class Linked:
    """A kernel that can be called.

    Parameters
    ----------
    address : int
        Of its code.
    kinds : sequence of str
        Types of its arguments.
    result : str
        Type of what it returns.
    """

    def __init__(self, address: int, kinds: Sequence[str], result: str) -> None:
        self.address = address
        self._takes = [_TAKES[kind] for kind in kinds]
        self._run = ctypes.CFUNCTYPE(_C_TYPES[result], *(_C_TYPES[kind] for kind in kinds))(address)

    def run(self, taken: Sequence[Any]) -> Any:
        """Run it, outside the interpreter lock.

        Parameters
        ----------
        taken : sequence
            From :meth:`taken`.

        Raises
        ------
        RuntimeError
            If it met an error.
        """
        result = self._run(*taken)
        failed = _libraries[0].failed
        if failed.value:
            failed.value = 0
            raise RuntimeError(
                "compiled code met an error and went on; NUMBA_DISABLE_JIT=1 shows which"
            )
        return result

    def taken(self, arguments: Sequence[Any]) -> list[Any]:
        """Arguments as :meth:`run` takes them.

        Parameters
        ----------
        arguments : sequence
            Tables, whole numbers, numbers.

        Returns
        -------
        list

        Raises
        ------
        TypeError, ValueError, AttributeError
            If they are others.
        """
        return [take(one) for take, one in zip(self._takes, arguments, strict=True)]


class _Library:
    """LLVM's linker, with all that is linked."""

    def __init__(self) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self._llvm = llvm
        target = llvm.Target.from_triple(llvm.get_process_triple())
        machine = target.create_target_machine(opt=0, jit=True)
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(_telling_code()), machine)
        self._engine.finalize_object()
        self._tell = self._engine.get_function_address("plaza_tell")
        self._told: set[str] = set()
        self._process = ctypes.CDLL(None)
        place = self._engine.get_global_value_address("plaza_failed")
        self.failed = ctypes.c_int64.from_address(place)
        self.known: dict[str, Linked] = {}

    def load(self, code: bytes, symbols: Symbols) -> int:
        """Address of the entry of object code; 0 where it cannot be loaded."""
        if symbols.needs is None or not symbols.entry:
            return 0
        telling = {name for name in symbols.needs if name in _TELLING or name.startswith("Py")}
        others = set(symbols.needs) - telling
        if any(not hasattr(self._process, name) for name in others):
            return 0  # the linker would end the process
        self._let_tell(telling - self._told)
        self._engine.add_object_file(self._llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        return int(self._engine.get_function_address(symbols.entry))

    def _let_tell(self, names: set[str]) -> None:
        """Give names a meaning here; numba's own linker in this process keeps to Python's."""
        if names:
            declared = "".join(f"declare i64 @{name}()\n" for name in sorted(names))
            module = self._llvm.parse_assembly(declared)
            self._engine.add_module(module)
            for name in names:
                self._engine.add_global_mapping(module.get_function(name), self._tell)
            self._told |= names


def _telling_code() -> str:
    """Return a function that notes that it was called, whatever it is given, and returns 0."""
    from llvmlite import ir

    module, word = ir.Module(), ir.IntType(64)
    failed = ir.GlobalVariable(module, word, "plaza_failed")
    failed.initializer = ir.Constant(word, 0)
    tell = ir.Function(module, ir.FunctionType(word, ()), "plaza_tell")
    builder = ir.IRBuilder(tell.append_basic_block())
    builder.store(ir.Constant(word, 1), failed)
    builder.ret(ir.Constant(word, 0))
    return str(module)


_libraries: list[_Library] = []
_lock = threading.Lock()


def link(stored: Stored, kinds: Sequence[str]) -> Linked | None:
    """Link a kernel.

    Parameters
    ----------
    stored : Stored
        What its file holds.
    kinds : sequence of str
        Types of its arguments.

    Returns
    -------
    Linked or None
        The same one for the same code; None where it is nothing for this linker.
    """
    symbols = stored.symbols
    result = symbols.signature.rpartition(" -> ")[2]
    if result not in _C_TYPES or not all(kind in _TAKES for kind in kinds):
        return None
    with _lock:
        if not _libraries:
            _libraries.append(_Library())
        library = _libraries[0]
        if symbols.entry not in library.known:
            address = library.load(stored.code, symbols)
            if not address:
                return None
            library.known[symbols.entry] = Linked(address, kinds, result)
        return library.known[symbols.entry]
