"""What a kernel is made of, as one number: the name under which its machine code is kept.

From the kernel's function one walks to every function it reaches, through modules, closures,
overloads and intrinsics. What is taken down: their bytecode without line numbers and docstrings,
the constants they use, the layout of the tables they touch, the engine's own way of compiling, and
the versions and processor. What is not reached does not matter, so a comment recompiles nothing and
a changed mechanism recompiles those that hold it.
"""

from __future__ import annotations

import enum
import functools
import hashlib
import inspect
import platform
import sys
from collections.abc import Iterable, Sequence
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from plaza_lab.engine import handle, lowered
from plaza_lab.engine.numba_switches import numba_version, unusual
from plaza_lab.engine.reading import Chain, read

FOREIGN = frozenset(("numba", "llvmlite", "numpy")) | sys.stdlib_module_names
"""Packages that are known by their version; everything else is looked into."""

LOWERING = "plaza_lab.engine.lowering."
WAYS = ("handle", "linking", "making", "thrift")
"""Modules of ``lowering`` that say how everything is compiled."""


class Untold(Exception):
    """Something of which one cannot tell what it is worth; whoever uses it is not kept."""


def is_foreign(module: str | None) -> bool:
    """Whether a module belongs to Python, numpy or numba; what numba generates names none."""
    return module is None or module.partition(".")[0] in FOREIGN


class Recipe:
    """What one kernel is made of.

    Parameters
    ----------
    function : types.FunctionType
        Its Python function.
    arguments : sequence of str or numba types
        What it is compiled for; the name of a type will do.

    Attributes
    ----------
    functions : list of types.FunctionType
        Every function reached, the kernel first.

    Raises
    ------
    Untold
        When it uses something that cannot be taken down.
    """

    def __init__(self, function: FunctionType, arguments: Sequence[Any] = ()) -> None:
        self.functions: list[FunctionType] = []
        self._numbers: dict[int, int] = {}
        self._digest = hashlib.sha256()
        self._names: set[str] = set()
        kinds = [*map(str, arguments)]
        self._note(function.__module__, function.__qualname__, *kinds)
        self._add_function(function)
        if handle.TABLES in kinds:
            self._add_tables()

    def key(self, baseline: str = "") -> str:
        """One number for all of it, in this environment: 32 hexadecimal digits.

        Parameters
        ----------
        baseline : str
            A processor that the code is made for instead of this one, whatever switches say.
        """
        digest = self._digest.copy()
        digest.update(_environment(baseline))
        return digest.hexdigest()[:32]

    @property
    def content(self) -> str:
        """One number for what is reached, whatever the environment: 64 hexadecimal digits."""
        return self._digest.hexdigest()

    # ---- functions

    def _note(self, *parts: object) -> None:
        self._digest.update(repr(parts).encode())

    def _add_function(self, function: FunctionType) -> None:
        number = self._numbers.get(id(function))
        if number is not None:
            self._note("function", number)
            return
        self._numbers[id(function)] = len(self.functions)
        self.functions.append(function)
        reading = read(function.__code__)
        self._names |= reading.names
        self._digest.update(reading.text)
        for value in (function.__defaults__, function.__kwdefaults__):
            self._add(value)
        for value, rest in taken(function):
            self._follow(value, rest)

    def _follow(self, value: Any, rest: Chain) -> None:
        """Add what a chain such as ``daily_draw.LOTS`` leads to."""
        value, rest = _resolved(value, rest)
        if isinstance(value, ModuleType) and rest:
            self._note(value.__name__, rest)
            self._add_overloads(_attribute(value, rest))
        else:
            self._add(value)

    def _add_overloads(self, function: Any) -> None:
        for overload in _overloads().get(id(function), ()):
            self._add_function(overload)

    # ---- values

    def _add(self, value: Any) -> None:
        if isinstance(value, enum.Enum):
            self._note(type(value).__qualname__, value.name)
            self._add(value.value)
        elif value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
            self._note(type(value).__name__, value)
        elif isinstance(value, (np.generic, np.ndarray)):
            self._note(_layout(value.dtype), np.shape(value), np.asarray(value).tobytes())
        elif isinstance(value, np.dtype):
            self._note(_layout(value))
        elif isinstance(value, (tuple, list)):
            self._note(type(value).__name__, len(value))
            for item in value:
                self._add(item)
        elif isinstance(value, dict):
            self._add([*value.items()])
        elif isinstance(value, (set, frozenset)):
            self._note("set", sorted(map(repr, value)))
        elif _is_numba_type(value):
            self._note("type", str(value))
        elif isinstance(value, ModuleType):
            self._note(value.__name__, "" if is_foreign(value.__name__) else wording(value))
        elif isinstance(value, type):
            self._add_class(value)
        else:
            self._add_callable(value)

    def _add_class(self, cls: type) -> None:
        self._note(cls.__module__, cls.__qualname__)
        if isinstance(cls, enum.EnumMeta):
            self._add(list(cls))
        elif not is_foreign(cls.__module__):
            self._note(wording(sys.modules[cls.__module__]))
        self._add_overloads(cls)

    def _add_callable(self, value: Any) -> None:
        value = compiled_of(value)
        if hasattr(value, "py_func"):  # compiled
            self._note("compiled", sorted(map(str, value.targetoptions.items())))
            self._add_function(value.py_func)
            return
        if module := getattr(value, "lowered_by", ""):
            self._note(_home(value), value.__qualname__, lowered.wording(module))
            return
        self._add_overloads(value)
        if isinstance(value, BuiltinFunctionType) or is_foreign(_home(value)):
            self._note(_home(value), getattr(value, "__qualname__", repr(value)))
        elif hasattr(value, "_defn"):  # intrinsic
            self._add_function(value._defn)
        elif isinstance(value, FunctionType):
            self._add_function(value)
        else:
            raise Untold(f"{value!r} of {type(value).__module__}")

    def _add_tables(self) -> None:
        """Layout and place of every table that one of the functions may ask for."""
        for place, (name, (dtype, dimensions)) in enumerate(handle.schema().items()):
            if name in self._names:
                self._note(name, place, dimensions, _layout(dtype))


class _Direct(Recipe):
    """What one function is made of, with the functions it calls as they are."""

    def _add_function(self, function: FunctionType) -> None:
        if self.functions:
            self._note("function", id(function))
            return
        super()._add_function(function)


def direct_key(function: FunctionType) -> str:
    """Number of a function and what it takes from its module, for comparison in this process.

    Parameters
    ----------
    function : types.FunctionType
        Any.

    Returns
    -------
    str
        Another one after a constant it uses was changed, or a function put in another's place.
    """
    return _Direct(function).key()


def taken(function: FunctionType) -> Iterable[tuple[Any, Chain]]:
    """Yield what a function takes from its module and from around it.

    Parameters
    ----------
    function : types.FunctionType
        Any.

    Yields
    ------
    tuple
        The value of the first name, and the attributes taken of it.
    """
    reading = read(function.__code__)
    scope = function.__globals__
    for first, *rest in reading.from_module:
        if first in scope:
            yield scope[first], tuple(rest)
        else:
            yield first, ()  # built in, or not there at all: then its name has to do
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    for first, *rest in reading.from_around:
        try:
            yield cells[first].cell_contents, tuple(rest)
        except ValueError:  # not filled yet
            yield first, ()


def _resolved(value: Any, rest: Chain) -> tuple[Any, Chain]:
    """Follow a chain through own modules and enumerations: the value, and the attributes left."""
    for k, name in enumerate(rest):
        if isinstance(value, ModuleType) and not is_foreign(value.__name__):
            value = getattr(value, name)
        elif isinstance(value, enum.EnumMeta) and name in value.__members__:
            value = value[name]
        elif isinstance(value, enum.Enum) and name in ("value", "name"):
            value = getattr(value, name)
        else:
            return value, rest[k:]
    return value, ()


def reached(value: Any) -> list[Any]:
    """List what something calls, and what that calls, itself first.

    Parameters
    ----------
    value : callable
        Compiled or not.

    Returns
    -------
    list of callable
        As they stand in modules or closures, each once; what belongs to Python, numpy or numba is
        left out.
    """
    found: dict[FunctionType, Any] = {}
    waiting = [value]
    while waiting:
        item = waiting.pop()
        source = source_of(item)
        if not isinstance(source, FunctionType) or source in found or is_foreign(source.__module__):
            continue
        found[source] = item
        for first, rest in taken(source):
            named, _ = _resolved(first, rest)
            waiting += named if type(named) is tuple else [named]
    return list(found.values())


def source_of(value: Any) -> Any:
    """Python function of something compiled; anything else is its own."""
    return getattr(compiled_of(value), "py_func", value)


def compiled_of(value: Any) -> Any:
    """What is compiled of something that is composed when first needed; else the thing itself."""
    return value.composed if getattr(type(value), "is_composed", False) else value


def _is_known(module: str | None) -> bool:
    """Whether what a module registers is numba's, or read as a whole."""
    return is_foreign(module) or str(module).startswith(LOWERING)


def _is_numba_type(value: Any) -> bool:
    types = sys.modules.get("numba.core.types")
    return types is not None and isinstance(value, types.Type)


def _attribute(value: Any, names: Chain) -> Any:
    for name in names:
        value = getattr(value, name, None)
    return value


def _home(value: Any) -> str:
    return str(getattr(value, "__module__", None) or type(value).__module__)


@functools.cache
def _environment(baseline: str = "") -> bytes:
    """What holds for all kernels: versions, processor, switches, and how the engine compiles."""
    own = [lowered.wording(module) for module in WAYS]
    numpy_line = np.__version__.rsplit(".", 1)[0]
    python = sys.version_info[: 2 if baseline else 3]
    versions = (numba_version(), llvmlite.__version__, numpy_line, *python)
    machine = (sys.implementation.name, platform.machine(), sys.platform)
    if baseline:
        return repr((own, versions, machine, llvm.get_process_triple(), baseline)).encode()
    features = llvm.get_host_cpu_features().flatten()
    processor = (llvm.get_process_triple(), llvm.get_host_cpu_name(), features)
    return repr((own, versions, machine, processor, sorted(unusual().items()))).encode()


_layouts: dict[int, tuple[Any, str]] = {}


def _layout(dtype: np.dtype[Any]) -> str:
    """Spell a dtype with every place, size and alignment; kept with it by identity."""
    known = _layouts.get(id(dtype))
    if known is None:
        known = _layouts[id(dtype)] = (dtype, _spell_layout(dtype))
    return known[1]


def _spell_layout(dtype: np.dtype[Any]) -> str:
    if dtype.subdtype is not None:
        return f"{dtype.shape} of {_spell_layout(dtype.subdtype[0])}"
    if dtype.fields is None:
        return dtype.str
    fields = [f"{name} {at} {_spell_layout(kind)}" for name, (kind, at, *_) in dtype.fields.items()]
    return f"{dtype.itemsize} {dtype.isalignedstruct} {{{'; '.join(fields)}}}"


@functools.cache
def wording(module: ModuleType) -> bytes:
    """What a module's source says, without comments, docstrings and line numbers."""
    try:
        code = compile(inspect.getsource(module), module.__name__, "exec", dont_inherit=True)
    except (OSError, TypeError) as error:
        raise Untold(f"source of {module.__name__}") from error
    return hashlib.sha256(read(code).text).digest()


_found: dict[str, Any] = {"n": -1, "by": {}}


def _overloads() -> dict[int, list[FunctionType]]:
    """Overloads of functions that are a user's own, by the function's identity."""
    templates = sys.modules.get("numba.core.typing.templates")
    if templates is None:  # then there are none
        return {}
    registered = templates.builtin_registry.globals
    if _found["n"] != len(registered):
        by: dict[int, list[FunctionType]] = {}
        for value, kind in registered:
            for template in getattr(kind, "templates", ()):
                overload = getattr(template, "_overload_func", None)
                if isinstance(overload, FunctionType) and not _is_known(overload.__module__):
                    by.setdefault(id(value), []).append(overload)
        _found.update(n=len(registered), by=by)
    return _found["by"]
