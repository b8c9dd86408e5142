"""How compiled code holds the tables: by one address instead of some thirty arrays.

Numba passes a tuple of arrays to a function as a couple of hundred scalars, and takes them apart
and puts them together at every call. With twenty processes made of small functions that is most of
the compile time. Here the compiled code gets the address of a small block of pointers and lengths,
and an attribute such as ``t.members`` loads its array from there. In plain Python the same source
runs on the :class:`plaza_lab.sim.tables.Tables` object itself. See the decision page "one address".
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np import arrayobj, numpy_support

WORDS = 3
"""Words a table takes in the block: address, rows, columns."""

Schema = dict[str, tuple[np.dtype[Any], int]]
_schema_source: list[Callable[[], Schema]] = []


def declare_schema(source: Callable[[], Schema]) -> None:
    """Tell the compiler where to look up the tables' names, dtypes and dimensions.

    Parameters
    ----------
    source : callable
        Returns the schema in storage order; called when something is compiled.
    """
    _schema_source[:] = [source]
    schema.cache_clear()


@functools.cache
def schema() -> Schema:
    """Name, dtype and dimensions of every table, in storage order."""
    return _schema_source[0]()


def address_block(arrays: list[np.ndarray]) -> np.ndarray:
    """Block of address, rows and columns of each array, in storage order.

    Parameters
    ----------
    arrays : list of numpy.ndarray
        One- or two-dimensional, C-contiguous.

    Returns
    -------
    numpy.ndarray
        int64, shape ``(WORDS * len(arrays),)``; the arrays must outlive it.
    """
    words: list[int] = []
    for array in arrays:
        if not array.flags.c_contiguous:
            raise ValueError("tables must be C-contiguous")
        words += [array.ctypes.data, array.shape[0], array.shape[1] if array.ndim == 2 else 1]
    return np.array(words, np.int64)


class TablesType(types.Type):
    """Numba type of the tables."""

    def __init__(self) -> None:
        super().__init__(name="PlazaTables")


TABLES = TablesType()


@register_model(TablesType)
class _TablesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, ir.IntType(64))


@unbox(TablesType)
def _unbox_tables(typ: Any, obj: Any, c: Any) -> NativeValue:
    number = c.pyapi.object_getattr_string(obj, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    return NativeValue(address, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


def register_tables(cls: type) -> None:
    """Let numba recognise instances of ``cls`` (they carry ``address``) as the tables."""
    typeof_impl.register(cls)(lambda value, context: TABLES)


_array_types: dict[tuple[str, int], types.Array] = {}


def _array_type(name: str) -> types.Array:
    """Type of a table; made once, because a record of hundreds of fields takes long to make."""
    dtype, ndim = schema()[name]
    key = (name, id(dtype))
    if key not in _array_types:
        _array_types[key] = types.Array(numpy_support.from_dtype(dtype), ndim, "C")
    return _array_types[key]


@infer_getattr
class _TablesAttributes(AttributeTemplate):
    key = TablesType

    def generic_resolve(self, typ: Any, attr: str) -> types.Array | None:
        return _array_type(attr) if attr in schema() else None


@lower_getattr_generic(TablesType)
def _load_table(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    tables = schema()
    dtype, ndim = tables[attr]
    word = ir.IntType(64)
    block = builder.inttoptr(value, word.as_pointer())
    first = list(tables).index(attr) * WORDS
    loaded = []
    for k in range(1 + ndim):
        place = builder.gep(block, [ir.Constant(word, first + k)])
        load = builder.load(place)
        # the block is written once, before any compiled code sees it
        load.set_metadata("invariant.load", builder.module.add_metadata([]))
        loaded.append(load)
    array_type = _array_type(attr)
    array = arrayobj.make_array(array_type)(context, builder)
    itemsize = ir.Constant(word, dtype.itemsize)
    shape = loaded[1:]
    strides = [itemsize]
    if ndim == 2:
        strides = [builder.mul(shape[1], itemsize), itemsize]
    arrayobj.populate_array(
        array,
        data=builder.inttoptr(loaded[0], array.data.type),
        shape=cgutils.pack_array(builder, shape),
        strides=cgutils.pack_array(builder, strides),
        itemsize=itemsize,
        meminfo=None,
    )
    return array._getvalue()


@intrinsic
def call_step(typing: Any, address: Any, tables: Any, day: Any) -> Any:
    """Call a compiled step by its address (see :func:`step_addresses`)."""
    if not isinstance(tables, TablesType):
        return None
    signature = types.void(types.int64, TABLES, types.int64)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        word = ir.IntType(64)
        function = ir.FunctionType(ir.IntType(8).as_pointer(), [word, word])
        pointer = builder.inttoptr(args[0], function.as_pointer())
        builder.call(pointer, [args[1], args[2]])
        return context.get_dummy_value()

    return signature, generate


STEP = (TABLES, types.int64)
"""Argument types of every step: the tables and the day."""


@functools.cache
def step_addresses(steps: tuple[Any, ...]) -> np.ndarray:
    """Addresses of the machine code of steps, each compiled or loaded if it is not yet.

    Parameters
    ----------
    steps : tuple of kernels
        To be called in this order, by :func:`call_step`.

    Returns
    -------
    numpy.ndarray
        int64, one a step; the same array for the same steps, not to be written to.
    """
    addresses = []
    for step in steps:
        step.compile(STEP)
        result = step.overloads[STEP]
        name = result.fndesc.llvm_cfunc_wrapper_name
        addresses.append(int(result.library.get_pointer_to_function(name)))
    return np.array(addresses, np.int64)
