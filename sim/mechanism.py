"""A mechanism as a value: what it can be set to, what it remembers, what it counts, what it does.

Plaza's own are modules that ``sim/day.py`` lists. One of your own is made here, from what a file
of yours declares; its levers, parameters, state and metrics are records of its own
(:mod:`plaza_lab.sim.own_tables`), and its terms make decisions of the community's own.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import inspect
import linecache
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.decisions.term import Term
from plaza_lab.agents.quantity import check_bounds
from plaza_lab.agents.record import RESERVED, Var, blank
from plaza_lab.engine.compiled import compiled
from plaza_lab.engine.intrinsics import row_of, tables_of
from plaza_lab.sim.recording.metric import Metric

FIRST_OF_YOURS = 1000
"""Random decisions of your own are numbered from here; Plaza's are below."""


@dataclass(frozen=True, eq=False)
class Mechanism:
    """One mechanism of a model.

    Parameters
    ----------
    name : str
        A new identifier, in lower case: ``birthday``.
    step : kernel
        What it does in a day: ``step(t, day)``, decorated with ``kernel()``.
    levers, params : type, optional
        Classes whose fields are declared with ``quantity``: ``t.birthday_levers[0].is_greeting``.
        No field may be in both.
    state : tuple of Var
        What it remembers of every member: ``t.birthday[i].greeted``.
    metrics : tuple of Metric
        What it counts: ``t.birthday_daily[day].greetings``.
    terms : tuple of (Decision, Term)
        What it adds to decisions. A rule takes what the decision has and, beside it, ``birthday``
        (the member's row), ``birthday_levers`` and ``birthday_params``.
    is_on : callable, optional
        ``is_on(levers, params)``: whether there is anything to do. Its step is not called, and its
        terms are 0, where there is not.
    source : str
        Where it comes from.

    Raises
    ------
    ValueError, TypeError
        With one line, if something of it is not as it should be.
    """

    name: str
    step: Any
    levers: type | None = None
    params: type | None = None
    state: tuple[Var, ...] = ()
    metrics: tuple[Metric, ...] = ()
    terms: tuple[tuple[Decision, Term], ...] = ()
    is_on: Callable[[Any, Any], Any] | None = None
    source: str = "assumption"
    module: ModuleType | None = None
    """The module of one of Plaza's own; nothing else is then declared here."""
    chosen: tuple[Any, Any] = field(default=(None, None), repr=False)
    """Levers and parameters as they are set."""

    def __post_init__(self) -> None:
        if self.module is not None:
            return
        for name in ("state", "metrics", "terms"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        _check(self)
        if self.chosen == (None, None):
            made = tuple(
                None if cls is None else _frozen(cls)() for cls in (self.levers, self.params)
            )
            object.__setattr__(self, "chosen", made)

    @property
    def is_plazas(self) -> bool:
        """Whether it is one of Plaza's own."""
        return self.module is not None

    def setting_of(self, name: str) -> dataclasses.Field[Any]:
        """Declaration of a lever or parameter.

        Raises
        ------
        ValueError
            If there is none of that name.
        """
        fields = {own.name: own for part in self.chosen if part for own in dataclasses.fields(part)}
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise ValueError(f"{self.name}.{name}: {self.name} has no such lever; it has {known}")
        return fields[name]

    def values(self) -> dict[str, Any]:
        """Every lever and parameter as it is set, by name."""
        found: dict[str, Any] = {}
        for part in self.chosen:
            if part is not None:
                found |= {own.name: getattr(part, own.name) for own in dataclasses.fields(part)}
        return found

    def with_levers(self, **values: Any) -> Mechanism:
        """Give the same mechanism with levers or parameters set to other values.

        Parameters
        ----------
        **values
            By name; an enum also by the name of its member.

        Returns
        -------
        Mechanism
            Another one; this one stays as it is.

        Raises
        ------
        ValueError
            With one line, for an unknown name, another kind of value, or one out of bounds.
        """
        if self.is_plazas:
            raise ValueError(f"{self.name} is Plaza's: set its levers in a Policy or a World")
        given = {
            name: fitting(f"{self.name}.{name}", self.setting_of(name), value)
            for name, value in values.items()
        }
        chosen = []
        for part in self.chosen:
            names = {own.name for own in dataclasses.fields(part)} if part else set()
            mine = {name: value for name, value in given.items() if name in names}
            chosen.append(dataclasses.replace(part, **mine) if mine else part)
            if mine:
                check_bounds(chosen[-1], self.name)
        return dataclasses.replace(self, chosen=tuple(chosen))

    def is_in_use(self) -> bool:
        """Whether there is anything to do as it is set."""
        if self.is_on is None:
            return True
        try:
            return bool(self.is_on(*self.chosen))
        except Exception as wrong:
            what = " ".join(f"{type(wrong).__name__}: {wrong}".split())
            raise TypeError(f"mechanism {self.name!r}: its is_on fails: {what}") from wrong

    def arrays(self, rows: int, days: int) -> dict[str, Any]:
        """Tables of its own on the eve of day 0: as set, or defaults in all rows.

        Parameters
        ----------
        rows : int
            Rows of members.
        days : int
            Days the run may last.

        Returns
        -------
        dict of str to numpy.recarray
            By name of the table.
        """
        from plaza_lab.sim.own_tables import columns
        from plaza_lab.sim.setting import to_record

        found: dict[str, Any] = {}
        if self.state:
            found[self.name] = blank(self.state, rows)
        for part, values in zip(("_levers", "_params"), self.chosen, strict=True):
            if values is not None:
                found[self.name + part] = to_record(values)
        if self.metrics:
            found[self.name + "_daily"] = blank(columns(self), days + 1)
        return found

    @property
    def layouts(self) -> dict[str, np.dtype[Any]]:
        """Tables of its own: name to dtype."""
        return {name: array.dtype for name, array in self.arrays(0, 0).items()}

    def added(self) -> tuple[tuple[Decision, Term], ...]:
        """Its terms as the decisions take them: they find its rows by themselves."""
        tables = tuple(self.layouts)
        return tuple(
            (decision, _found(self.name, tables, decision, term)) for decision, term in self.terms
        )


@functools.cache
def _frozen(cls: type) -> type:
    """Make a dataclass of a class that is none yet."""
    return cls if dataclasses.is_dataclass(cls) else dataclasses.dataclass(frozen=True)(cls)


def _check(one: Mechanism) -> None:
    where = f"mechanism {one.name!r}"
    if not isinstance(one.name, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", one.name):
        raise ValueError(f"{where}: its name must be an identifier in lower case, as in 'birthday'")
    function = getattr(one.step, "py_func", one.step)
    if not inspect.isfunction(function) or len(inspect.signature(function).parameters) != 2:
        raise TypeError(f"{where}: its step must be a function step(t, day) under @kernel()")
    for kind, things in ((Var, one.state), (Metric, one.metrics)):
        names = [thing.name if isinstance(thing, kind) else None for thing in things]
        for name in names:
            if name is None:
                raise TypeError(f"{where}: {kind.__name__}(...) is wanted in {names!r}")
            if names.count(name) > 1:
                raise ValueError(f"{where}: {name} is declared twice")
            if not name.isidentifier() or name in RESERVED:
                raise ValueError(f"{where}: {name!r} cannot be a name of a field; choose another")
    settings = [
        own.name
        for cls in (one.levers, one.params)
        if cls
        for own in dataclasses.fields(_frozen(cls))
    ]
    _check_declared(one, where)
    for name in settings:
        if settings.count(name) > 1:
            raise ValueError(f"{where}: {name} is declared twice, as lever and as parameter")
        if name in RESERVED:
            raise ValueError(f"{where}: {name!r} cannot be a name of a field; choose another")
    for pair in one.terms:
        if len(pair) != 2 or not isinstance(pair[0], Decision) or not isinstance(pair[1], Term):
            raise TypeError(
                f"{where}: a term is a pair such as (EXIT, Term('name', rule, 'source'))"
            )


def _check_declared(one: Mechanism, where: str) -> None:
    for cls in (one.levers, one.params):
        for own in dataclasses.fields(_frozen(cls)) if cls else ():
            is_plain = isinstance(own.default, (bool, int, float, enum.Enum))
            is_list = own.default_factory is not dataclasses.MISSING
            if "low" not in own.metadata or not (is_plain or is_list):
                raise TypeError(
                    f"{where}: declare {own.name} with quantity(default, unit, (least, most)), the "
                    "default a flag, a number, an enum or a tuple of numbers"
                )
        if cls:
            check_bounds(_frozen(cls)(), one.name)


def fitting(path: str, declared: dataclasses.Field[Any], value: Any) -> Any:
    """Check a value against the kind of the default.

    Parameters
    ----------
    path : str
        Name of the setting, for messages.
    declared : dataclasses.Field
        Declared with ``quantity``.
    value : object
        An enum also by the name of its member.

    Returns
    -------
    object
        Of the kind of the default.

    Raises
    ------
    ValueError
        With one line, if it is of another kind.
    """
    default = declared.default
    if isinstance(default, enum.Enum):
        members = {name.lower(): member for name, member in type(default).__members__.items()}
        if isinstance(value, str) and value.lower() in members:
            return members[value.lower()]
        if not isinstance(value, type(default)):
            raise ValueError(f"{path}={value!r} is none of {', '.join(members)}")
        return value
    if isinstance(default, bool):
        if not isinstance(value, (bool, np.bool_)):
            raise ValueError(f"{path}={value!r} is no flag; write True or False")
        return bool(value)
    if isinstance(default, (int, float)):
        is_number = isinstance(value, (int, float, np.integer, np.floating))
        if not is_number or isinstance(value, bool):
            raise ValueError(f"{path}={value!r} is no number")
        if isinstance(default, int) and (not np.isfinite(value) or value != int(value)):
            raise ValueError(f"{path}={value!r} must be a whole number")
        return int(value) if isinstance(default, int) else float(value)
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise ValueError(f"{path}={value!r} is no list of numbers")
    return list(value)


@functools.cache
def _found(name: str, tables: tuple[str, ...], decision: Decision, term: Term) -> Term:
    """Write a term that takes what the decision has, and looks up the rest in its own tables."""
    wanted = [given for given in term.arguments if given not in decision.arguments]
    if not wanted:
        return term
    where = f"mechanism {name!r}: term {term.name!r} of {decision.name!r}"
    for name_of in wanted:
        if name_of not in tables or name_of.endswith("_daily"):
            offered = [*decision.arguments, *(t for t in tables if not t.endswith("_daily"))]
            raise ValueError(f"{where} takes {name_of!r}; there is {', '.join(offered)}")
    needed = ["world", "m"] if name in wanted else ["world"]
    if missing := [one for one in needed if one not in decision.arguments]:
        raise ValueError(f"{where} cannot take {wanted[0]!r}: the decision has no {missing[0]!r}")
    given = [arg for arg in decision.arguments if arg in {*needed, *term.arguments}]
    rows = {one: f"t.{one}[{'row_of(t.members[0], m)' if one == name else 0}]" for one in wanted}
    call = ", ".join(rows.get(arg, arg) for arg in term.arguments)
    key = re.sub(r"\W+", "_", term.name)
    text = (
        f"def {key}_found({', '.join(given)}):\n    t = tables_of(world)\n    return rule({call})\n"
    )
    file = f"<term {term.name} of mechanism {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    rule = term.rule
    if inspect.isfunction(rule) and not hasattr(rule, "py_func"):
        rule = compiled()(rule)
    scope: dict[str, Any] = {
        "__name__": __name__,
        "tables_of": tables_of,
        "row_of": row_of,
        "rule": rule,
    }
    exec(compile(text, file, "exec"), scope)
    return dataclasses.replace(term, rule=scope[f"{key}_found"])
