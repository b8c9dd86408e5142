"""A user's own numba is as it was: before, beside and after Plaza."""

from __future__ import annotations

import os
import subprocess
import sys

from numba import int64
from numba.core import types
from numba.core.compiler import Flags

from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.lowering import thrift

WHOLE_NUMBA = """
import sys

def state():
    # every function of every class of numba's, and every function of its modules
    import inspect
    found = {}
    for name, module in sorted(sys.modules.items()):
        if name.split(".")[0] not in ("numba", "llvmlite") or module is None:
            continue
        for word, value in list(vars(module).items()):
            if inspect.isfunction(value):
                found[name, word] = value
            elif inspect.isclass(value) and value.__module__ == name:
                for own, method in list(vars(value).items()):
                    if inspect.isfunction(method) or isinstance(method, property):
                        found[name, word, own] = method
    return found

def changed(before, after):
    return sorted(key for key in before if before[key] is not after.get(key))
"""


def python(code: str, folder) -> str:
    """Output of a fresh process with a kernel cache of its own."""
    script = folder / "users_script.py"
    script.write_text(code)
    environment = {**os.environ, "PLAZA_CACHE": str(folder / "cache")}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, str(script)], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_and_compiling_replaces_nothing_in_numba(tmp_path):
    code = f"""{WHOLE_NUMBA}
import numba
from numba import njit
njit(lambda x: x + 1)(1)
numba.config.CACHE_DIR
before, folder = state(), numba.config.CACHE_DIR

import plaza_lab.sim.setting
from plaza_lab.engine.handle import STEP
from plaza_lab.sim import compile, day, engine
print("import:", changed(before, state()))

from plaza_lab.sim.mechanisms.joining import crowding
crowding.step.compile(STEP)
print("compiling:", changed(before, state()), numba.config.CACHE_DIR == folder)
"""
    assert python(code, tmp_path).splitlines() == ["import: []", "compiling: [] True"]


def test_a_users_own_cache_stays_beside_her_script(tmp_path):
    code = """
import plaza_lab.sim.setting
from numba import njit

@njit(cache=True)
def hers(x):
    return x + 1

assert hers(1) == 2
print(hers.stats.cache_path)
"""
    cache = tmp_path / "__pycache__"
    assert python(code, tmp_path).strip() == str(cache)
    assert list(cache.glob("users_script.hers*.nbi"))
    assert not list((tmp_path / "cache").rglob("*hers*"))


def replaced() -> list[bool]:
    return [vars(owner).get(name) is method for owner, name, method in thrift._REPLACED]


def test_the_replacements_go_with_the_last_compilation_also_after_an_error():
    assert not any(replaced())
    with thrift.in_force():
        assert all(replaced())
        with thrift.in_force():
            assert all(replaced())
        assert all(replaced())
    assert not any(replaced())
    try:
        with thrift.in_force():
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert not any(replaced())


def test_a_kernel_that_cannot_be_compiled_leaves_nothing_behind():
    @compiled()
    def wrong(x):
        return x.no_such_attribute

    made = kernel(cache=False)(lambda x: wrong(x))
    try:
        made.compile((int64,))
    except Exception as error:
        assert "no_such_attribute" in str(error)
    else:
        raise AssertionError("it was compiled")
    assert not any(replaced())
    assert thrift._depth == [0]


def test_answers_are_those_of_numba():
    """Types are spelt, options compared and hashed alike, in force or not."""
    record = types.Record([("a", {"type": types.int64, "offset": 0})], 8, True)
    array = types.Array(record, 1, "C")
    options, others = Flags(), Flags()
    others.release_gil = True

    def answers():
        pairs = (options == Flags(), options == others, options == 1)
        return repr(record), repr(array), hash(options), hash(others), pairs

    outside = answers()
    with thrift.in_force():
        assert answers() == outside
        assert answers() == outside
