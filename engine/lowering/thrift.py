"""What numba works out again and again while it compiles, worked out once.

Most of the time it takes to compile the engine is not spent on machine code but in numba's own
Python: it spells out records of hundreds of fields to name their type, compares compiler options
one by one, asks dozens of candidates at every ``+`` of the same two types, and lists the variables
of each instruction ten times. The replacements here give the same answers; they remember them, or
take a shorter way. See the decision page "numba's own time".

They are in force only inside :func:`in_force`, that is while something of Plaza's is compiled, and
under numba's own lock: what a user compiles beside it never meets them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import cpu, ir, targetconfig, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.types.functions import BaseFunction
from numba.cpython import cmathimpl, mathimpl, printimpl, randomimpl
from numba.experimental.jitclass.base import ClassBuilder
from numba.misc import cffiimpl
from numba.np import npyimpl

# ---- names of types ------------------------------------------------------------------------

_spelt: dict[int, tuple[Any, str]] = {}
"""By identity; the type is kept with its name, so that its number is not given to another."""


def _spelling(spell: Callable[[Any], str]) -> Callable[[Any], str]:
    """Keep what types that never change are called."""

    def remembered(self: Any) -> str:
        known = _spelt.get(id(self))
        if known is None:
            known = _spelt[id(self)] = (self, spell(self))
        return known[1]

    return remembered


# ---- compiler options ----------------------------------------------------------------------

_CONFIG = targetconfig.TargetConfig


_hash_options = _CONFIG.__hash__
_hashes: dict[type, int] = {}


def _hash_of_options(self: Any) -> int:
    """As numba's, which hashes no more than the options' names: one number a class."""
    cls = type(self)
    if cls not in _hashes:
        _hashes[cls] = _hash_options(self)
    return _hashes[cls]


def _equal_options(self: Any, other: Any) -> Any:
    if not isinstance(other, _CONFIG):
        return NotImplemented
    if self is other or (type(self) is type(other) and self._values == other._values):
        return True
    return self.values() == other.values()


# ---- variables of an instruction -----------------------------------------------------------

_VARIABLE, _INSTRUCTION, _SEQUENCE, _MAPPING, _NOTHING = range(5)


_kinds: dict[type, int] = {}


def _kind(cls: type) -> int:
    if cls not in _kinds:
        _kinds[cls] = _kind_of(cls)
    return _kinds[cls]


def _kind_of(cls: type) -> int:
    if issubclass(cls, ir.Var):
        return _VARIABLE
    if issubclass(cls, ir.Inst):
        return _INSTRUCTION
    if issubclass(cls, list | tuple):
        return _SEQUENCE
    return _MAPPING if issubclass(cls, dict) else _NOTHING


def _variables(self: Any, value: Any) -> list[Any]:
    kind = _kind(type(value))
    if kind == _VARIABLE:
        return [value]
    if kind == _INSTRUCTION:
        return list(value.list_vars())
    if kind == _NOTHING:
        return []
    found: list[Any] = []
    for part in value.values() if kind == _MAPPING else value:
        kind = _kind(type(part))
        if kind == _VARIABLE:
            found.append(part)
        elif kind != _NOTHING:
            found += _variables(self, part)
    return found


# ---- which candidate types a call ----------------------------------------------------------

_PLAIN = (types.Number, types.Boolean, types.Literal, types.Record, types.Array, types.NoneType)
_choose = BaseFunction.get_call_type
_calls: dict[tuple[Any, ...], tuple[Any, Any]] = {}


def _get_call_type(self: Any, context: Any, args: Any, kws: Any) -> Any:
    """Type a call of a function numba brings, remembering the answer for plain arguments."""
    if kws or not all(isinstance(arg, _PLAIN) for arg in args):
        return _choose(self, context, args, kws)
    key = (id(context), self.templates, tuple(args))
    if key not in _calls:
        signature: Any = _choose(self, context, args, kws)
        _calls[key] = (signature, self._impl_keys[signature.args])
    signature, implementation = _calls[key]
    self._impl_keys[signature.args] = implementation
    return signature


# ---- numba's own implementations -----------------------------------------------------------

_load_all = cpu.CPUContext.load_additional_registries
_loaded: list[bool] = []
_REGISTRIES = (
    cmathimpl.registry,
    cffiimpl.registry,
    mathimpl.registry,
    npyimpl.registry,
    printimpl.registry,
    randomimpl.registry,
    ClassBuilder.class_impl_registry,
)


def _load_registries(self: Any) -> None:
    """Import numba's implementations once; later look only for what was registered since."""
    if not _loaded:
        _load_all(self)
        _loaded.append(True)
        return
    for registry in _REGISTRIES:
        self.install_registry(registry)


# ---- putting them in force -----------------------------------------------------------------

_REPLACED: tuple[tuple[type, str, Callable[..., Any]], ...] = (
    (types.Record, "__repr__", _spelling(types.Record.__repr__)),
    (types.Array, "__repr__", _spelling(types.Array.__repr__)),
    (_CONFIG, "__hash__", _hash_of_options),
    (_CONFIG, "__eq__", _equal_options),
    (ir.Inst, "_rec_list_vars", _variables),
    (BaseFunction, "get_call_type", _get_call_type),
    (cpu.CPUContext, "load_additional_registries", _load_registries),
)
_depth = [0]
_INHERITED = object()


@contextmanager
def in_force() -> Iterator[None]:
    """Hold numba's lock and answer for it; afterwards numba is as it was before.

    Yields
    ------
    None
        May be nested; an exception leaves nothing behind.
    """
    with global_compiler_lock:
        _depth[0] += 1
        before: list[Any] = []
        try:
            if _depth[0] == 1:
                before += [vars(owner).get(name, _INHERITED) for owner, name, _ in _REPLACED]
                for owner, name, function in _REPLACED:
                    setattr(owner, name, function)
            yield
        finally:
            _depth[0] -= 1
            for (owner, name, _), method in zip(_REPLACED, before, strict=False):
                if method is _INHERITED:
                    delattr(owner, name)
                else:
                    setattr(owner, name, method)
