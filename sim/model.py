"""A model is a list of mechanisms: Plaza's, some of them left out, and those of your own.

``Community(mechanisms=[*PLAZA, Birthday])`` lives by the list it is given. Steps run in its order;
Plaza's keep the order of the day among themselves. Of Plaza's kernels those are compiled anew that
reach a decision to which a mechanism adds a term.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from plaza_lab.agents.decisions.decision import Decision, decisions
from plaza_lab.agents.decisions.term import Lesser, Term
from plaza_lab.agents.member import FATE, MEMBER
from plaza_lab.engine.handle import declare_schema
from plaza_lab.engine.ingredients import source_of
from plaza_lab.engine.twins import Twins, variant
from plaza_lab.sim import compile as kernels
from plaza_lab.sim import own_tables, tables
from plaza_lab.sim.day import MECHANISMS
from plaza_lab.sim.founding import found
from plaza_lab.sim.levers import slices_of
from plaza_lab.sim.mechanism import Mechanism
from plaza_lab.sim.own_tables import PARTS
from plaza_lab.sim.policy import GROUPS
from plaza_lab.sim.recording import daybook, metrics
from plaza_lab.sim.recording.measure import Measure
from plaza_lab.sim.state.alerts import RuleSet

PLAZA: tuple[Mechanism, ...] = tuple(
    Mechanism(module.__name__.rsplit(".", 1)[1], module.step, module=module)
    for module in MECHANISMS
)
"""Plaza's mechanisms, in the order of the day."""

TAKEN = (
    frozenset(GROUPS)
    | {var.name for var in (*MEMBER, *FATE)}
    | {"world", "population", "run", "policy", "scenario", "calibration", "study", "mechanisms"}
    | {"own", "block", "address", "record", "row", "model", "leave", "remove", "hydra"}
)
"""Names that stand for something else in a setting, a community or on a member."""
LOCK = Path(__file__).parent / "mechanisms" / "reads_and_writes.json"
"""What every mechanism of Plaza's writes; found in its source, and checked by a test."""

Hook = Callable[[Any], Any]


class Model:
    """The mechanisms of a community.

    Parameters
    ----------
    mechanisms : iterable of Mechanism
        In the order in which their steps run.
    measures : iterable of Measure
        What is read from a community at the end of a run.
    on_day, on_week : iterable of callable
        Called with the community after each day, or each seventh day, of a run of a study.

    Raises
    ------
    TypeError, ValueError
        With one line, if they do not go together.
    """

    def __init__(
        self,
        mechanisms: Iterable[Mechanism] = PLAZA,
        *,
        measures: Iterable[Measure] = (),
        on_day: Iterable[Hook] = (),
        on_week: Iterable[Hook] = (),
    ) -> None:
        self.mechanisms, self.measures = tuple(mechanisms), tuple(measures)
        self.on_day, self.on_week = tuple(on_day), tuple(on_week)
        _check_kinds(self.mechanisms)
        self.own = tuple(one for one in self.mechanisms if not one.is_plazas)
        self.left_out = tuple(one for one in PLAZA if one not in self.mechanisms)
        _check_order(self.mechanisms)
        _check_names(self.own, self.measures)
        _check_hooks((*self.on_day, *self.on_week))
        self.silent = _silent(self.left_out)
        self._replaced = _decisions_of(
            frozenset(one.module.__name__ for one in self.left_out if one.module is not None),
            (one for one in self.own if one.is_in_use()),
        )
        self.known_steps: dict[bytes, tuple[Any, ...]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self._makeup() == other._makeup()

    def __hash__(self) -> int:
        return hash(tuple(one.name for one in self.mechanisms))

    def _makeup(self) -> tuple[Any, ...]:
        own = tuple((m.name, m.step, m.layouts, m.values(), m.terms) for m in self.mechanisms)
        return (*own, self.measures, self.on_day, self.on_week)

    def __repr__(self) -> str:
        own, out = (", ".join(m.name for m in part) for part in (self.own, self.left_out))
        return f"Model(PLAZA{f' and {own}' if own else ''}{f' without {out}' if out else ''})"

    @property
    def is_plaza(self) -> bool:
        """Whether nothing is added and nothing left out."""
        return not self.own and not self.left_out and not self.is_watched

    @property
    def is_watched(self) -> bool:
        """Whether Python looks at the community while it lives, or at its end."""
        return bool(self.measures or self.on_day or self.on_week)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Daily metrics of its own mechanisms."""
        return tuple(metric.name for one in self.own for metric in one.metrics)

    def with_levers(self, values: Mapping[str, Any]) -> Model:
        """Give the same model with levers of its own mechanisms set.

        Parameters
        ----------
        values : mapping of str to value
            Such as ``{"birthday.is_greeting": True}``.

        Returns
        -------
        Model
            Another one.

        Raises
        ------
        ValueError
            With one line, for the first mistake.
        """
        chosen: dict[str, dict[str, Any]] = {one.name: {} for one in self.own}
        for path, value in values.items():
            name, _, lever = str(path).partition(".")
            if name not in chosen:
                known = ", ".join(chosen) or "none"
                raise ValueError(
                    f"{path}: no mechanism of your own is called {name!r} ({known} is)"
                )
            chosen[name][lever] = value
        changed = (
            one.with_levers(**chosen[one.name]) if chosen.get(one.name) else one
            for one in self.mechanisms
        )
        return Model(changed, measures=self.measures, on_day=self.on_day, on_week=self.on_week)

    def check_policy(self, policy: Any) -> None:
        """Refuse levers that are set for a mechanism that is left out.

        Parameters
        ----------
        policy : Policy
            The levers.

        Raises
        ------
        ValueError
            With one line for the first of them.
        """
        for one in self.left_out:
            for group, cls in slices_of(one.module):  # type: ignore[arg-type]
                for own in dataclasses.fields(cls):
                    value = getattr(getattr(policy, group), own.name)
                    usual = own.default
                    if own.default_factory is not dataclasses.MISSING:
                        usual = own.default_factory()
                    if value != usual:
                        raise ValueError(
                            f"{group}.{own.name}={value} is a lever of {one.name}, which is not "
                            f"among the mechanisms; put {one.name} back or leave it at {usual}"
                        )

    # ---- what is compiled

    def varied(self, kernel: Any) -> Any:
        """Give a kernel or rule in which decisions have the model's terms."""
        if isinstance(kernel, Decision):
            return self._replaced.get(kernel, kernel)
        reached = {old: new for old, new in self._replaced.items() if _leads(kernel, old)}
        return variant(kernel, reached)

    def steps_in_use(self, policy: Any, world: Any, *others: Any) -> tuple[Any, ...]:
        """Steps that have something to do, in the order of the day.

        Parameters
        ----------
        policy, world, *others : Policies and World, or their records
            As for :func:`plaza_lab.sim.day.steps_in_use`.

        Returns
        -------
        tuple of callable
            Kernels.
        """
        is_moving = policy.alerts.ruleset != RuleSet.DISABLED
        steps = []
        for one in self.mechanisms:
            if one.module is None:
                is_on = one.is_in_use()
            else:
                is_on = is_moving or not hasattr(one.module, "is_on")
                is_on = is_on or any(one.module.is_on(p, world) for p in (policy, *others))
            if is_on:
                steps.append(self.varied(one.step))
        return (self.varied(daybook.open_day), *steps, self.varied(daybook.close_day))

    def founding(self) -> Any:
        """Kernel that sets up day 0."""
        return self.varied(found)

    def ready_steps(self, policy: Any, world: Any, *others: Any) -> tuple[Any, ...]:
        """Steps as :meth:`steps_in_use`, compiled."""
        steps = self.steps_in_use(policy, world, *others)
        kernels.load_own(self, steps)
        return steps

    def settle(self) -> None:
        """Let the names of its own tables stand for them in what is compiled next."""
        layouts = [pair for one in self.own for pair in one.layouts.items()]
        moved = [own_tables.settle(name, dtype) for name, dtype in layouts]
        if any(moved):
            declare_schema(tables.schema)


def _check_kinds(mechanisms: tuple[Any, ...]) -> None:
    for one in mechanisms:
        if not isinstance(one, Mechanism):
            raise TypeError(
                f"mechanisms: {one!r} is no Mechanism; write [*PLAZA, Mechanism('birthday', ...)]"
            )
    names = [one.name for one in mechanisms]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"mechanisms: {name!r} is there twice; give each a name of its own")


def _check_order(mechanisms: tuple[Mechanism, ...]) -> None:
    order = [PLAZA.index(one) for one in mechanisms if one.is_plazas]
    for before, after in itertools.pairwise(order):
        if after < before:
            raise ValueError(
                f"mechanisms: {PLAZA[after].name} comes after {PLAZA[before].name}; Plaza's keep "
                "the order of PLAZA, yours may stand anywhere among them"
            )


def _check_hooks(hooks: tuple[Any, ...]) -> None:
    for hook in hooks:
        if not callable(hook):
            raise TypeError(f"hook {hook!r} is no function of a community")


def _check_names(own: tuple[Mechanism, ...], measures: tuple[Any, ...]) -> None:
    plazas = TAKEN | {one.name for one in PLAZA}
    fields, columns = {*tables.NAMES}, {*metrics.NAMES}
    for one in own:
        if one.name in plazas or fields & {one.name + part for part in PARTS}:
            raise ValueError(f"mechanism {one.name!r}: Plaza has something of that name; rename it")
        fields |= {*one.layouts}
        for metric in one.metrics:
            if metric.name in columns:
                raise ValueError(
                    f"mechanism {one.name!r}: there is a metric {metric.name!r} already; rename it"
                )
            columns.add(metric.name)
    for measure in measures:
        if not isinstance(measure, Measure):
            raise TypeError(f"measures: {measure!r} is no Measure('name', function)")
        if measure.name in columns:
            raise ValueError(f"measure {measure.name!r}: there is a metric of that name; rename it")
        columns.add(measure.name)


@functools.cache
def _leads(kernel: Any, decision: Decision | Lesser) -> bool:
    sought = source_of(decision)
    return Twins({}, lambda old, new: new, lambda item: source_of(item) is sought).leads(kernel)


def _decisions_of(left_out: frozenset[str], own: Iterable[Mechanism]) -> dict[Any, Any]:
    """Decisions that have other terms than Plaza's, and what stands in their place."""
    taken = {decision: _terms_in(decision, left_out) for decision in _moved_by(left_out)}
    added: dict[Decision, list[Term]] = {}
    for one in own:
        for decision, term in one.added():
            added.setdefault(decision, []).append(term)
    others: dict[Any, Any] = {
        decision: _other(decision, taken.get(decision, ()), tuple(added.get(decision, ())))
        for decision in {**taken, **added}
    }
    lesser = {one: one.of(new) for old, new in others.items() for one in old.lesser}
    return others | lesser


def _moved_by(modules: frozenset[str]) -> list[Decision]:
    """Decisions with terms of some modules; where they have no others, they stay as they are."""
    found = []
    for decision in decisions() if modules else ():
        of_them = _terms_in(decision, modules)
        if of_them and len(of_them) < len(decision.terms):
            found.append(decision)
    return found


def _terms_in(decision: Decision, modules: frozenset[str]) -> tuple[str, ...]:
    return tuple(term.name for term in decision.terms if term.place in modules and not term.is_base)


@functools.cache
def _other(decision: Decision, taken: tuple[str, ...], terms: tuple[Term, ...]) -> Decision:
    kept = decision.without_terms(taken) if taken else decision
    return kept.with_terms(terms) if terms else kept


def _silent(left_out: tuple[Mechanism, ...]) -> frozenset[str]:
    """Metrics that nobody writes where some mechanisms are left out."""
    if not left_out:
        return frozenset()
    lock = json.loads(LOCK.read_text("utf-8"))
    gone = {one.name for one in left_out}
    written = {
        name
        for mechanism, columns in lock.items()
        if mechanism not in gone
        for name in columns["writes"].get("daily", "").split()
    }
    declared = {metric.name for one in left_out for metric in getattr(one.module, "METRICS", ())}
    return frozenset(declared - written)
