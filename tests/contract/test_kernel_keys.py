"""A kernel is kept by what it is made of: all of it, and nothing else."""

from __future__ import annotations

import dis
import importlib
import os
import sys
import textwrap
import time
from types import CodeType

import numpy as np
import pytest
import reads_and_writes
from numba import float64, int64

from plaza_lab.engine import handle, ingredients, kernel_file, lowered, reading
from plaza_lab.engine.cache_folder import MOST_DAYS, prune
from plaza_lab.engine.ingredients import Recipe
from plaza_lab.engine.kernel_cache import KernelFiles
from plaza_lab.engine.twins import variant
from plaza_lab.sim.day import DAY
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.state import daily_draw
from plaza_lab.sim.tables import STATES

assert Setting, "its module declares the tables that steps are compiled for"

PACKAGE = {
    "numbers": """
        import enum

        LOTS = 2.0
        UNUSED = 5.0

        class Kind(enum.IntEnum):
            GOOD = 1
            BAD = 2
    """,
    "inner": """
        from plaza_lab.engine.compiled import compiled
        from {package} import numbers

        WEIGHTS = (1.0, 2.0)

        @compiled()
        def weigh(x):
            return x * numbers.LOTS + WEIGHTS[1]

        @compiled()
        def judge(x):
            return x + numbers.Kind.GOOD
    """,
    "outer": """
        from plaza_lab.engine.intrinsics import total
        from plaza_lab.engine.compiled import kernel
        from {package}.inner import judge, weigh

        @kernel()
        def weighed(x):
            return weigh(x) + 1.0

        @kernel()
        def judged(x):
            return judge(x) + 1.0

        @kernel()
        def added(x):
            return total((x, 1.0))
    """,
}
"""Small modules: two kernels with a helper each, and one with an intrinsic."""

TAKERS = {"LOAD_GLOBAL", "LOAD_ATTR", "LOAD_METHOD"}

_count = iter(range(1000))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write the package with some words changed, import it, and return its keys by kernel."""

    def keys(changes=(), name="a_users_mechanisms"):
        folder = tmp_path / str(next(_count)) / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        for module, text in PACKAGE.items():
            text = textwrap.dedent(text).replace("{package}", name)
            for where, old, new in changes:
                if where == module:
                    assert old in text
                    text = text.replace(old, new)
            (folder / f"{module}.py").write_text(text)
        monkeypatch.syspath_prepend(str(folder.parent))
        for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[module]
        outer = importlib.import_module(f"{name}.outer")
        return {
            kernel: Recipe(getattr(outer, kernel).py_func, (float64,)).key()
            for kernel in ("weighed", "judged", "added")
        }

    return keys


def changed(before, after):
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    "change",
    [
        ("numbers", "LOTS = 2.0", "# a remark\nLOTS = 2.0"),
        ("numbers", "UNUSED = 5.0", "UNUSED = 6.0"),
        ("numbers", "BAD = 2", "BAD = 3"),
        ("inner", "def weigh(x):", 'def weigh(x):\n    """Weigh it."""'),
        ("inner", "def judge(x):", "def judge(x):  # of a kind\n\n"),
        ("outer", "def weighed(x):", 'def weighed(x):\n    """Say more."""\n'),
        ("outer", "@kernel()\ndef judged", "\n\n@kernel()\ndef judged"),
    ],
)
def test_what_a_kernel_does_not_use_leaves_it_as_it_is(package, change):
    assert not changed(package(), package([change]))


@pytest.mark.parametrize(
    ("change", "kernels"),
    [
        (("numbers", "LOTS = 2.0", "LOTS = 3.0"), {"weighed"}),
        (("numbers", "LOTS = 2.0", "LOTS = 2"), {"weighed"}),
        (("numbers", "GOOD = 1", "GOOD = 4"), {"judged"}),
        (("inner", "WEIGHTS = (1.0, 2.0)", "WEIGHTS = (1.0, 2.5)"), {"weighed"}),
        (("inner", "return x * numbers", "return x / numbers"), {"weighed"}),
        (("inner", "@compiled()\ndef judge", "@compiled(forceinline=True)\ndef judge"), {"judged"}),
        (("outer", "judge(x) + 1.0", "judge(x) + True"), {"judged"}),
        (("outer", "total((x, 1.0))", "total((x, 1.0, x))"), {"added"}),
    ],
)
def test_a_change_reaches_the_kernels_that_hold_it_and_no_other(package, change, kernels):
    assert changed(package(), package([change])) == kernels


def test_intrinsics_and_overloads_are_looked_into(package, monkeypatch):
    before = package()
    wording = lowered.wording
    monkeypatch.setattr(lowered, "wording", lambda m: wording(m) + b"more" * (m == "intrinsics"))
    assert changed(before, package()) == {"added"}


OWN = """
from numba.core import types
from numba.extending import intrinsic, overload
from plaza_lab.engine.compiled import kernel

def thrice(x):
    return 3.0 * x

@intrinsic
def _triple(typing_context, x):
    def lower(context, builder, signature, arguments):
        return builder.fmul(arguments[0], context.get_constant(types.float64, 3.0))
    return types.float64(types.float64), lower

@overload(thrice)
def _thrice(x):
    return lambda x: _triple(x)

@kernel()
def tripled(x):
    return thrice(x)

@kernel()
def left(x):
    return x
"""


def test_a_users_own_intrinsics_and_overloads_are_looked_into(tmp_path, monkeypatch):
    def keys(text, name):
        (tmp_path / f"{name}.py").write_text(text)
        module = importlib.import_module(name)
        assert module.tripled(2.0) == 6.0
        files = [getattr(module, kernel).py_func for kernel in ("tripled", "left")]
        for function in files:
            function.__module__ = "hers"
        return [Recipe(function, ("float64",)).content for function in files]

    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("plaza_lab.engine.kernel_cache.cache_folder", lambda: tmp_path)
    first = keys(OWN, "hers_1")
    second = keys(OWN.replace("types.float64, 3.0", "types.float64, float(3)"), "hers_2")
    assert [a == b for a, b in zip(first, second, strict=True)] == [False, True]


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        (('"""What', '"""Which'), True),
        (("    def lower(", "    # a remark\n    def lower("), True),
        (("0.0)", "1.0)"), False),
    ],
)
def test_how_the_engine_compiles_is_read_without_remarks(tmp_path, monkeypatch, change, is_same):
    before, text = lowered.wording("intrinsics"), (lowered.FOLDER / "intrinsics.py").read_text()
    assert change[0] in text
    (tmp_path / "intrinsics.py").write_text(text.replace(*change))
    monkeypatch.setattr(lowered, "FOLDER", tmp_path)
    assert (lowered.wording.__wrapped__("intrinsics") == before) is is_same


def test_a_constant_of_another_module_is_part_of_every_step_that_draws_lots(monkeypatch):
    def keys():
        return [Recipe(step.py_func, handle.STEP).key() for step in DAY]

    before = keys()
    assert before == keys()
    monkeypatch.setattr(daily_draw, "LOTS", daily_draw.LOTS * 2)
    assert 0 < sum(a != b for a, b in zip(before, keys(), strict=True)) < len(DAY)


def test_the_layout_of_the_tables_a_step_touches_is_part_of_it(monkeypatch):
    def keys():
        return {s.__module__: Recipe(s.py_func, handle.STEP).key() for s in DAY}

    tables = handle.schema()
    before = keys()
    wider = {**tables, "kocs": (np.dtype([*tables["kocs"][0].descr, ("more", "f8")]), 1)}
    monkeypatch.setattr(handle, "schema", lambda: wider)
    touched = changed(before, keys())
    assert "plaza_lab.sim.mechanisms.partners.kocs" in touched
    assert "plaza_lab.sim.mechanisms.visiting.needs" not in touched
    last_first = dict(reversed(tables.items()))  # each table in another place
    monkeypatch.setattr(handle, "schema", lambda: last_first)
    assert changed(before, keys()) == set(before)


@pytest.mark.slow
def test_a_field_more_in_a_mechanisms_record_concerns_those_who_look_at_it_alone(monkeypatch):
    def keys():
        named = {s.__module__.rsplit(".", 1)[1]: s for s in DAY[1:-1]}
        return {name: Recipe(s.py_func, handle.STEP).key() for name, s in named.items()}

    tables, before, lists = handle.schema(), keys(), reads_and_writes.locked()
    assert set(before) == set(lists)
    for record in STATES:
        layout = tables[record][0]
        wider = {**tables, record: (np.dtype([*layout.descr, ("more", "f8")]), 1)}
        monkeypatch.setattr(handle, "schema", lambda wider=wider: wider)
        looking = {
            name
            for name, said in lists.items()
            if any(entry.startswith(f"{record}.") for entry in (*said["reads"], *said["writes"]))
        }
        if record != "run_state":  # the key of all draws is open to everybody, and not listed
            assert changed(before, keys()) == looking, record


def test_versions_and_processor_are_part_of_every_key(package, monkeypatch):
    before = package()
    ingredients._environment.cache_clear()
    monkeypatch.setattr(ingredients, "numba_version", lambda: "0.0")
    try:
        assert changed(before, package()) == set(before)
    finally:
        ingredients._environment.cache_clear()


def test_what_cannot_be_told_is_not_kept():
    class Odd:
        pass

    odd = Odd()

    def function(x):
        return x if odd else 0.0

    assert KernelFiles(function).recipe((float64,)) is None


def with_nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from with_nested(constant)


def test_our_reading_of_bytecode_agrees_with_pythons():
    codes = {f.__code__ for step in DAY for f in Recipe(step.py_func, handle.STEP).functions}
    assert len(codes) > 500
    for code in codes:
        theirs = [(i.opcode, i.arg or 0) for i in dis.get_instructions(code)]
        theirs = [one for one in theirs if one[0] not in (dis.EXTENDED_ARG, dis.opmap["CACHE"])]
        ours = list(reading.instructions(code))
        assert [op for op, _ in ours] == [op for op, _ in theirs]
        uses = [(o, a) for o, a in theirs if o >= dis.HAVE_ARGUMENT]
        assert [(o, a) for o, a in ours if o >= dis.HAVE_ARGUMENT] == uses
        whole = [i for one in with_nested(code) for i in dis.get_instructions(one)]
        chains = reading.read(code).from_module
        names = {i.argval for i in whole if i.opname in TAKERS}
        assert {name for chain in chains for name in chain} <= names
        first = {i.argval for i in whole if i.opname == "LOAD_GLOBAL"}
        assert first == {chain[0] for chain in chains}


def test_a_constant_changed_after_a_helper_was_compiled_never_reaches_the_disk(
    package, monkeypatch, tmp_path
):
    """Numba goes on using the helper as it was; the next process must not."""
    package()
    outer, inner = sys.modules["a_users_mechanisms.outer"], sys.modules["a_users_mechanisms.inner"]
    monkeypatch.setattr("plaza_lab.engine.kernel_cache.cache_folder", lambda: tmp_path)
    assert outer.weighed(1.0) == 5.0
    assert len(list(tmp_path.glob("*.kernel"))) == 1
    monkeypatch.setattr(inner, "WEIGHTS", (1.0, 20.0))
    again = outer.weighed.compile_like(outer.weighed.py_func)
    again(1.0)
    assert len(list(tmp_path.glob("*.kernel"))) == 1


@pytest.fixture
def stored(package, monkeypatch, tmp_path):
    """A kernel of the package, its file, and a function that makes the kernel anew."""
    monkeypatch.setattr("plaza_lab.engine.kernel_cache.cache_folder", lambda: tmp_path)
    package()
    weighed = sys.modules["a_users_mechanisms.outer"].weighed
    weighed.compile((float64,))
    (file,) = tmp_path.glob("*.kernel")
    return file, lambda: weighed.compile_like(weighed.py_func)


def test_a_kernel_is_loaded_from_its_file(stored):
    file, anew = stored
    kernel = anew()
    assert kernel(1.0) == 5.0
    assert sum(kernel.stats.cache_hits.values()) == 1
    other = anew()
    assert other(2) == 7.0, "other arguments are another kernel"
    assert len(list(file.parent.glob("*.kernel"))) == 2


@pytest.mark.parametrize("damage", ["cut", "altered", "foreign", "empty"])
def test_a_damaged_file_is_compiled_anew_without_a_word(stored, damage):
    file, anew = stored
    data = file.read_bytes()
    file.write_bytes(
        {
            "cut": data[:-1],
            "altered": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
            "foreign": b"\x00" * 100,
            "empty": b"",
        }[damage]
    )
    kernel = anew()
    assert kernel(1.0) == 5.0
    assert not kernel.stats.cache_hits
    assert kernel_file.read(file, file.stem.rpartition("-")[2]) is not None, "and kept"


def test_a_file_holds_object_code_that_a_linker_finds_by_name(stored):
    file, _ = stored
    key = file.stem.rpartition("-")[2]
    kept = kernel_file.read(file, key)
    assert kept.symbols.entry.encode() in kept.code
    assert kept.symbols.signature == "(float64,) -> float64"
    assert kernel_file.read(file, key[::-1]) is None


def test_old_kernels_go_and_the_least_used_where_they_are_many(tmp_path, monkeypatch):
    now = time.time()
    for name, days in (("new", 0), ("used", 5), ("older", 9), ("old", MOST_DAYS + 1)):
        file = tmp_path / f"{name}.kernel"
        file.write_bytes(b"x" * 100)
        os.utime(file, (now - days * 86_400, now - days * 86_400))
    (tmp_path / "notes.txt").touch()
    prune(tmp_path)
    assert {f.stem for f in tmp_path.iterdir()} == {"new", "used", "older", "notes"}
    monkeypatch.setattr("plaza_lab.engine.cache_folder.MOST_BYTES", 250)
    prune(tmp_path)
    assert {f.stem for f in tmp_path.iterdir()} == {"new", "used", "notes"}


def test_kernels_of_two_makeups_live_side_by_side(stored):
    """Their symbols differ, although module and name are the same."""
    _, anew = stored
    first = anew()
    assert first(1.0) == 5.0
    weigh = first.py_func.__globals__["weigh"]
    second = variant(first, {weigh: lambda x: x - 100.0})
    assert (second(1.0), first(1.0)) == (-98.0, 5.0)
    names = [k.overloads[(float64,)].fndesc.llvm_cfunc_wrapper_name for k in (first, second)]
    assert len(set(names)) == 2


def test_integers_are_their_own_kernel(package):
    package()
    weighed = sys.modules["a_users_mechanisms.outer"].weighed.py_func
    assert Recipe(weighed, (int64,)).key() != Recipe(weighed, (float64,)).key()
