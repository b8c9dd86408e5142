"""Kernels from disk run without numba, and do the same as by numba."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys

import pytest
from communities import copied, fields_changed, lived, setting

from plaza_lab.engine import elementary, kernel_cache, kernel_file, linker, shipped
from plaza_lab.engine.compiled import Compiled, kernel
from plaza_lab.engine.handle import STEP
from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.visiting import belonging, churn

TABLE = (1, 2, 3)


@kernel()
def picked(k):
    return TABLE[k]


def linked(step, kinds):
    """Make another one of a kernel, and link it."""
    step.compile(kinds)  # so that it is on disk
    again = step.compile_like(step.py_func)
    again.get_ready(kinds)
    return again


def test_a_year_with_a_warm_cache_needs_no_numba():
    code = (
        "import sys\nfrom plaza_lab.sim.setting import Setting\nfrom plaza_lab.sim import engine\n"
        "engine.simulate(Setting(), [1], 7, workers=1)\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'numba'])\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # whatever is not on disk yet
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("module", [churn, belonging])
def test_linked_and_by_numba_a_step_does_the_same(module):
    before = lived(setting(), 1, 7)
    before = dataclasses.replace(before, daily=before.daily.copy())
    by_numba, by_linker = copied(before), copied(before)
    again = linked(module.step, STEP)
    module.step.dispatcher(by_numba, 7)
    again(by_linker, 7)
    assert again._linked is not None
    assert again._dispatcher is None
    assert fields_changed(before, by_numba)
    assert not fields_changed(by_numba, by_linker)


def test_an_error_in_linked_code_is_raised_and_leaves_numba_alone():
    again = linked(picked, ("int64",))
    assert again(1) == 2
    with pytest.raises(RuntimeError, match="met an error"):
        again(7)
    assert again(2) == 3
    with pytest.raises(IndexError):
        picked.dispatcher(7)


def test_an_error_is_raised_by_the_process_that_compiles_too(tmp_path, monkeypatch):
    monkeypatch.setattr("plaza_lab.engine.kernel_cache.cache_folder", lambda: tmp_path)
    made = picked.compile_like(picked.py_func)
    made.get_ready(("int64",))
    assert len(made.dispatcher.overloads) == 1
    assert made.address(("int64",)) == made._linked.address
    with pytest.raises(RuntimeError, match="met an error"):
        made(7)


def test_arguments_that_are_no_numbers_go_to_numba():
    again = linked(picked, ("int64",))
    with pytest.raises(Exception, match="unicode"):
        again("one")


def test_a_helper_called_from_python_is_its_plain_twin():
    assert elementary.cos(0.3) == plain(elementary.cos)(0.3) == pytest.approx(math.cos(0.3))


def test_what_needs_more_than_the_c_library_is_left_to_numba():
    picked.compile(("int64",))
    stored = picked.files.code(("int64",))
    for needs in (None, ("numba_gcd",), ("no_such_function",)):
        symbols = dataclasses.replace(stored.symbols, entry="cfunc.another", needs=needs)
        other = dataclasses.replace(stored, symbols=symbols)
        assert linker.link(other, ("int64",)) is None
    assert linker.link(stored, ("unicode_type",)) is None
    assert linker.link(stored, ("int64",)) is linker.link(stored, ("int64",))


def test_object_code_says_what_it_needs():
    picked.compile(("int64",))
    stored = picked.files.code(("int64",))
    assert "numba_do_raise" in stored.symbols.needs
    assert stored.symbols.entry not in stored.symbols.needs
    assert kernel_file.undefined(b"MZ" + stored.code[2:]) is None


@pytest.mark.parametrize("damage", ["cut", "altered", "foreign"])
def test_damaged_code_is_not_linked(tmp_path, monkeypatch, damage):
    monkeypatch.setattr("plaza_lab.engine.kernel_cache.cache_folder", lambda: tmp_path)
    made = Compiled(picked.py_func, "kernel", True, {})
    made.compile(("int64",))
    (file,) = tmp_path.glob("*.kernel")
    data = file.read_bytes()
    place = data.index(b"\x7fELF") + 400
    file.write_bytes(
        {
            "cut": data[: place + 1],
            "altered": data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :],
            "foreign": kernel_file.MAGIC + b"{}\n",
        }[damage]
    )
    assert made.files.code(("int64",)) is None


def test_a_shipped_kernel_is_used_where_all_of_it_fits(tmp_path, monkeypatch):
    picked.compile(("int64",))
    files, kinds = picked.files, ("int64",)
    recipe, stored = files.recipe(kinds), files.code(kinds)
    if not shipped.baseline():
        pytest.skip("no kernels are shipped for this processor")
    kept = dataclasses.replace(stored, key=recipe.key(shipped.baseline()), rest=b"")
    kernel_file.write(place := shipped.path(files.name, recipe, tmp_path), kept)
    empty = tmp_path / "cache"
    monkeypatch.setattr(kernel_cache, "cache_folder", lambda: empty)
    assert not files.has(kinds) and files.code(kinds) is None
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    monkeypatch.setattr(shipped.path, "__defaults__", (tmp_path,))
    assert files.has(kinds)
    assert linker.link(files.code(kinds), kinds).run([1]) == TABLE[1]
    monkeypatch.setattr(shipped, "unusual", lambda: {"OPT": "0"})
    assert files.code(kinds) is None
    monkeypatch.undo()
    monkeypatch.setattr(kernel_cache, "cache_folder", lambda: empty)
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    monkeypatch.setattr(shipped.path, "__defaults__", (tmp_path,))
    place.write_bytes(place.read_bytes().replace(b"ELF", b"EVE"))
    assert files.code(kinds) is None


def test_no_kernel_is_shipped_for_a_processor_below_the_baseline(monkeypatch):
    monkeypatch.setattr(shipped.llvm, "get_host_cpu_features", lambda: {"avx": True})
    assert shipped.baseline.__wrapped__() == ""
