"""What a function's bytecode says, whatever its line numbers, comments and docstring.

Two sources that differ in nothing else give the same text; what a function takes from its module or
from around it is listed by name, so that it can be looked up.
"""

from __future__ import annotations

import dis
import functools
import sys
from dataclasses import dataclass
from inspect import CO_OPTIMIZED
from types import CodeType

_OP = dis.opmap
_EXTENDED, _CACHE = _OP["EXTENDED_ARG"], _OP["CACHE"]
_CONSTANTS = frozenset(dis.hasconst)
_GLOBAL = _OP["LOAD_GLOBAL"]
_FREE = frozenset(_OP[name] for name in ("LOAD_DEREF", "LOAD_CLOSURE") if name in _OP)
_STORE = _OP["STORE_NAME"]
_IS_SHIFTED = sys.version_info >= (3, 12)
_ATTRIBUTES = {_OP["LOAD_ATTR"]: 1} if _IS_SHIFTED else {_OP["LOAD_ATTR"]: 0, _OP["LOAD_METHOD"]: 0}
"""Instructions that take an attribute, and by how much their argument is shifted."""

Chain = tuple[str, ...]
"""A name and the attributes taken of it: ``daily_draw.LOTS`` is ``("daily_draw", "LOTS")``."""


@dataclass(frozen=True)
class Reading:
    """What one function's code says.

    Parameters
    ----------
    text : bytes
        Its instructions, constants and names.
    from_module, from_around : tuple of tuple of str
        What it takes from its module, and from the function it was defined in.
    names : frozenset of str
        Every attribute it asks for.
    """

    text: bytes
    from_module: tuple[Chain, ...]
    from_around: tuple[Chain, ...]
    names: frozenset[str]


@functools.cache
def read(code: CodeType) -> Reading:
    """Read a code object, and those nested in it.

    Parameters
    ----------
    code : types.CodeType
        Code of a function.

    Returns
    -------
    Reading
        The same for any two codes that do the same by the same names.
    """
    cells = [name for name in code.co_cellvars if name not in code.co_varnames]
    slots = [*code.co_varnames, *cells, *code.co_freevars]
    parts: list[object] = [
        code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_names,
        code.co_varnames, code.co_cellvars, code.co_freevars, code.co_exceptiontable,
    ]  # fmt: skip
    module: dict[Chain, None] = {}
    around: dict[Chain, None] = {}
    names = set(code.co_names)
    chain: list[str] = []
    taken_from = module

    passed_over = set() if code.co_flags & CO_OPTIMIZED else _remarks(code)
    for place, (op, argument) in enumerate(instructions(code)):
        if place in passed_over:
            continue
        if chain:
            if op in _ATTRIBUTES:
                chain.append(code.co_names[argument >> _ATTRIBUTES[op]])
            else:
                taken_from.setdefault(tuple(chain))
                chain = []
        if op not in _CONSTANTS:
            parts.append((op, argument))
            if op == _GLOBAL:
                taken_from, chain = module, [code.co_names[argument >> 1]]
            elif op in _FREE and slots[argument] in code.co_freevars:
                taken_from, chain = around, [slots[argument]]
            continue
        constant = code.co_consts[argument]
        if isinstance(constant, CodeType):
            inner = read(constant)
            module |= dict.fromkeys(inner.from_module)
            names |= inner.names
            # what is not free here too is a variable of this very function
            own = (c for c in inner.from_around if c[0] in code.co_freevars)
            around |= dict.fromkeys(own)
            constant = inner.text
        parts.append((op, _spell(constant)))
    if chain:
        taken_from.setdefault(tuple(chain))
    return Reading(repr(parts).encode(), tuple(module), tuple(around), frozenset(names))


def _remarks(code: CodeType) -> set[int]:
    """Places at which the body of a module or class loads its docstring or first line number."""
    return {
        place - 1
        for place, (op, argument) in enumerate(instructions(code))
        if op == _STORE and code.co_names[argument] in ("__doc__", "__firstlineno__")
    }


def instructions(code: CodeType) -> list[tuple[int, int]]:
    """List number and whole argument of each instruction, without the room left for caches."""
    units = code.co_code
    listed = [*zip(units[::2], units[1::2], strict=True)]
    if _EXTENDED not in units[::2]:
        return [unit for unit in listed if unit[0] != _CACHE]
    found, more = [], 0
    for op, argument in listed:
        if op == _EXTENDED:
            more = (more | argument) << 8
        elif op != _CACHE:
            found.append((op, more | argument))
            more = 0
    return found


def _spell(constant: object) -> str:
    """Tell constants apart that Python holds to be equal: 1, 1.0 and True."""
    if isinstance(constant, tuple):
        return f"({', '.join(map(_spell, constant))})"
    if isinstance(constant, frozenset):
        return f"{{{', '.join(sorted(map(_spell, constant)))}}}"
    return f"{type(constant).__name__} {constant!r}"
