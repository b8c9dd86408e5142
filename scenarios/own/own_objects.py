"""Mechanisms, measures and hooks given from Python as objects, and by what they are known."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.engine.ingredients import Recipe, Untold
from plaza_lab.engine.reading import read
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.mechanism_files import MechanismFile, file_of
from plaza_lab.scenarios.own.own_mechanisms import OwnModel, in_force

if TYPE_CHECKING:
    from plaza_lab.sim.mechanism import Mechanism

Functions = Callable[[Any], Any] | Sequence[Callable[[Any], Any]] | None
"""One function of a community, or several."""


def living_by(
    mechanisms: Sequence[Any] | None,
    measures: Mapping[str, Callable[[Any], float]] | Sequence[Any] | None = None,
    on_day: Functions = None,
    on_week: Functions = None,
) -> contextlib.AbstractContextManager[None]:
    """Hold a list of mechanisms in force, as given from Python; Plaza's when none is given.

    Parameters
    ----------
    mechanisms : sequence of Mechanism, optional
        In the order in which their steps run.
    measures : mapping or sequence of Measure, optional
        What is read from a community at the end of a run; names to functions, or measures.
    on_day, on_week : callable or sequence of callable, optional
        Called with the community after each day, or each seventh day.

    Raises
    ------
    UserError
        If they do not go together.
    """
    from plaza_lab.sim.model import PLAZA, Model

    is_list = mechanisms is None or isinstance(mechanisms, (list, tuple))
    if not is_list:
        raise UserError(f"mechanisms={mechanisms!r}: write mechanisms=[*PLAZA, Birthday]")
    try:
        model = Model(
            PLAZA if mechanisms is None else mechanisms, measures=_measures(measures),
            on_day=_listed(on_day), on_week=_listed(on_week),
        )  # fmt: skip
    except (TypeError, ValueError) as wrong:
        raise UserError(str(wrong)) from wrong
    if model.is_plaza:
        return contextlib.nullcontext()
    files = {one.name: _file_with(one, one.step) for one in model.own}
    files |= {one.name: _file_with(one, one.function) for one in model.measures}
    digests = {one.name: _worth(one) for one in model.own if files[one.name] is None}
    digests |= {one.name: _does(one.function) for one in model.measures if files[one.name] is None}
    digests |= {name: file.digest for name, file in files.items() if file is not None}
    there = {file.digest: file for file in files.values() if file is not None}
    hooks = tuple(map(_does, (*model.on_day, *model.on_week)))
    return in_force(OwnModel(model, digests, files=tuple(there.values()), hooks=hooks))


def _measures(given: Any) -> list[Any]:
    from plaza_lab.sim.recording.measure import Measure

    if isinstance(given, Mapping):
        return [Measure(name, function) for name, function in given.items()]
    if given is None or isinstance(given, Measure):
        return [] if given is None else [given]
    if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
        raise TypeError(f"measures={given!r}: write {{'name': function}} or a list of Measure(...)")
    return list(given)


def _listed(given: Functions) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, Sequence) else [given]


def _does(function: Any) -> str:
    """Hash what a function of Python does, as far as its own text and what it was given say it."""
    own = getattr(function, "__func__", function)
    cells = [cell.cell_contents for cell in getattr(own, "__closure__", None) or ()]
    try:
        text = inspect.getsource(own)
    except (OSError, TypeError):
        code = getattr(own, "__code__", None)
        text = repr(own) if code is None else read(code).text.hex()
    given = [value for value in cells if isinstance(value, (bool, int, float, str))]
    told = repr((text, getattr(own, "__defaults__", None), given))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _file_with(one: Any, made_of: Any) -> MechanismFile | None:
    """File that another process could import a thing from; None for a script or a notebook."""
    function = getattr(made_of, "py_func", made_of)
    if not hasattr(function, "__module__"):
        return None
    module = sys.modules.get(function.__module__)
    if (mark := getattr(module, "__plaza_source__", None)) is not None:
        return mark[1]
    path = Path(getattr(module, "__file__", None) or "")
    is_importable = path.suffix == ".py" and path.stem == function.__module__
    if not is_importable or not path.is_file() or one not in vars(module).values():
        return None
    return file_of(path)


def _worth(one: Mechanism) -> str:
    """Hash what a mechanism without a file is made of: what it does, and all it declares."""
    whole = hashlib.sha256(repr((one.name, one.state, one.metrics)).encode())
    for part in (one.levers, one.params):
        fields = dataclasses.fields(type(one.chosen[part is one.params])) if part else ()
        whole.update(repr([(own.name, own.metadata) for own in fields]).encode())
    rules = [(decision.name, term.name, term.function) for decision, term in one.terms]
    parts = [("", "", one.step), *rules, *([("", "", one.is_on)] if one.is_on else [])]
    for of, name, function in parts:
        source = getattr(function, "py_func", function)
        try:
            made_of = Recipe(source).content
        except (Untold, AttributeError, TypeError):
            made_of = inspect.getsource(source)
        whole.update(f"{of} {name} {made_of}".encode())
    return whole.hexdigest()[:16]
