"""The tables in compiled code: one address, from which an attribute loads its array."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    overload,
    register_model,
    unbox,
)
from numba.np import arrayobj, numpy_support

from plaza_lab.engine import handle
from plaza_lab.engine.handle import WORDS, call_step


class TablesType(types.Type):
    """Numba type of the tables."""

    def __init__(self) -> None:
        super().__init__(name=handle.TABLES)


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


_array_types: dict[tuple[str, int], types.Array] = {}


def _array_type(name: str) -> types.Array:
    """Type of a table; made once, because a record of hundreds of fields takes long to make."""
    dtype, ndim = handle.schema()[name]
    key = (name, id(dtype))
    if key not in _array_types:
        _array_types[key] = types.Array(numpy_support.from_dtype(dtype), ndim, "C")
    return _array_types[key]


@infer_getattr
class _TablesAttributes(AttributeTemplate):
    key = TablesType

    def generic_resolve(self, typ: Any, attr: str) -> types.Array | None:
        return _array_type(attr) if attr in handle.schema() else None


@lower_getattr_generic(TablesType)
def _load_table(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    tables = handle.schema()
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
def _call(typing: Any, steps: Any, k: Any, tables: Any, day: Any) -> Any:
    if not isinstance(tables, TablesType):
        return None
    signature = types.void(types.int64, types.int64, TABLES, types.int64)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        word = ir.IntType(64)
        place = builder.gep(builder.inttoptr(args[0], word.as_pointer()), [args[1]])
        function = ir.FunctionType(ir.IntType(8).as_pointer(), [word, word])
        pointer = builder.inttoptr(builder.load(place), function.as_pointer())
        builder.call(pointer, [args[2], args[3]])
        return context.get_dummy_value()

    return signature, generate


@overload(call_step)
def _call_step(steps, k, tables, day):  # type: ignore[no-untyped-def]
    return lambda steps, k, tables, day: _call(steps, k, tables, day)
