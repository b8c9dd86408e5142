"""Which kernels a setting lives by; they are compiled once, on two cores, with progress."""

from __future__ import annotations

import importlib
import sys
import threading
import weakref
from collections.abc import Iterable
from typing import Any

from plaza_lab.engine import ahead
from plaza_lab.engine.ahead import Report
from plaza_lab.engine.handle import STEP, TABLES
from plaza_lab.engine.numba_switches import jit_is_off

FOUND = "plaza_lab.sim.founding.found"
REST = "plaza_lab.sim.founding.rest_known"
LIVE = "plaza_lab.sim.day.live_compiled"
TURN = "plaza_lab.sim.changes.turn_over"
SIGNATURES = {
    FOUND: (TABLES, "int64", "int64", "int64", "float64", "float64"),
    REST: (TABLES, "int64", "int64"),
    TURN: (TABLES, TABLES, "int64"),
    LIVE: (TABLES, "int64", "int64", "int64", "int64"),
}
"""What they take that are no steps."""

_ready: set[str] = set()
_loaded: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
"""Settings whose kernels are ready, by identity."""
_own_lock = threading.Lock()


class CannotCompile(TypeError):
    """What a user wrote is nothing that numba can compile; says what, in one line."""


def warm(report: Report | None = None, settings: Iterable[Any] = ()) -> None:
    """Compile what is not in the cache yet, and load the kernels.

    Parameters
    ----------
    report : callable, optional
        Called with done, total and the name of what was compiled, only when something must be
        compiled.
    settings : iterable of plaza_lab.sim.setting.Setting
        What is going to be lived: other steps than theirs are left out. All steps when empty.
    """
    settings = tuple(settings)
    if jit_is_off():
        return
    more = [TURN] * any(setting.changes for setting in settings)
    more += [REST] * any(setting.start is not None for setting in settings)
    settings = tuple(span for setting in settings for span in setting.spans)
    names = [name for name in (*_names(settings), *more) if name not in _ready]
    if names:
        ahead.get_ready(_kernels(names), __spec__.name, report)
        _ready.update(names)
    for setting in settings:
        if setting.model is not None:
            steps = setting.model.steps_in_use(setting.policy, setting.world)
            load_own(setting.model, steps, report)


def load_own(model: Any, steps: Iterable[Any], report: Report | None = None) -> None:
    """Compile what a model has of its own, here: no other process knows its mechanisms.

    Parameters
    ----------
    model : plaza_lab.sim.model.Model
        Its mechanisms.
    steps : iterable of kernels
        Those in use.
    report : callable, optional
        As for :func:`warm`.
    """
    if jit_is_off():
        return
    own: dict[Any, Any] = dict.fromkeys(steps, STEP)
    own[model.founding()] = SIGNATURES[FOUND]
    with _own_lock:
        model.settle()
        todo = [kernel for kernel in own if not kernel.is_ready]
        for done, kernel in enumerate(todo):
            if report is not None:
                report(done, len(todo), kernel.__name__)
            _compile(kernel, own[kernel])


def _compile(kernel: Any, signature: Any) -> None:
    """Compile a kernel that holds what a user wrote; what numba cannot read is one line."""
    try:
        kernel.get_ready(signature)
    except Exception as wrong:  # a field that is not there comes out of numba as a KeyError
        text = f"no field {wrong}" if isinstance(wrong, KeyError) else str(wrong)
        lines = [line.strip() for line in text.splitlines()]
        told = [
            line for line in lines if line and not line.startswith(("Failed in", "During", ">>>"))
        ]
        places = [line for line in lines if line.startswith("File ")]
        raise CannotCompile(
            f"{kernel.__module__}.{kernel.__name__} cannot be compiled: {(told or lines)[0][:200]}"
            f"{f' ({places[0]})' if places else ''}"
        ) from wrong


def load(settings: Iterable[Any] = ()) -> None:
    """Make sure the kernels of some settings, or all, are ready, silently."""
    settings = tuple(settings)
    if settings and all(_loaded.get(id(setting)) is setting for setting in settings):
        return
    warm(None, settings)
    # kernels of models are asked for each time: their tables may stand for others by then
    _loaded.update({id(setting): setting for setting in settings if setting.model is None})


def is_cached() -> bool:
    """Whether every kernel is in the cache."""
    return jit_is_off() or not ahead.missing(_kernels(_names(())))


def every_kernel() -> ahead.Kernels:
    """Every kernel of the engine by name, with the types of its arguments."""
    return _kernels((*_names(()), *SIGNATURES))


def _names(settings: Iterable[Any]) -> list[str]:
    """Dotted names of the kernels that some settings live by, in the order of the day."""
    import plaza_lab.sim.setting  # noqa: F401  (declares the layouts that kernels are kept by)
    from plaza_lab.sim.day import DAY, steps_in_use

    wanted: set[Any] = set()
    for setting in settings:
        in_use = steps_in_use if setting.model is None else setting.model.steps_in_use
        wanted.update(in_use(setting.policy, setting.world))
    steps = [step for step in DAY if step in wanted or not wanted]
    return [FOUND, *(f"{step.__module__}.{step.__name__}" for step in steps), LIVE]


def _kernels(names: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    found = {}
    for name in names:
        module, _, function = name.rpartition(".")
        kernel = getattr(importlib.import_module(module), function)
        found[name] = (kernel, SIGNATURES.get(name, STEP))
    return found


if __name__ == "__main__":
    import plaza_lab.sim.setting  # noqa: F401  (declares the dtypes the kernels are compiled for)

    ahead.help_out(_kernels(sys.argv[1:]))
