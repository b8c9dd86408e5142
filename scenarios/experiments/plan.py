"""The plan of a study: every policy in every world at every seed, before anything is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis, Value, is_lever, range_axis
from plaza_lab.scenarios.experiments.design import DEFAULT, DesignPoint, policy_overrides, seeds_of
from plaza_lab.scenarios.experiments.spec import Spec, text_of
from plaza_lab.scenarios.experiments.varying import (
    PREFIX,
    EnsembleAsked,
    ensemble_in,
    vary,
    worlds_of,
)
from plaza_lab.scenarios.own.own_mechanisms import in_force, own_model
from plaza_lab.scenarios.settings.composing import Composed, compose
from plaza_lab.scenarios.settings.config import Contradiction, Run
from plaza_lab.scenarios.settings.declared_settings import setting_keys
from plaza_lab.scenarios.settings.overrides import check_overrides, parsed
from plaza_lab.scenarios.store.layout import run_key

MOST_RUNS, MOST_POINTS = 2_000_000, 200_000
"""Above these the list of what is planned alone takes gigabytes."""
FEWEST = {"morris": 4, "sobol": 16}  # below these plaza_lab.scenarios.sensitivity gives no answer
KB_A_RUN = 40  # in the store: 500 members for a year
Numbers = dict[str, bool | int | float]


@dataclass(frozen=True)
class Row:
    """One design point of a plan, told by what it changes of a base configuration.

    Parameters
    ----------
    point_id : str
        Fingerprint of the resolved configuration.
    policy, world, population : str
        Name of the policy, and options of the two groups.
    world_point : int
        Number of the sampled world, from 0.
    base : int
        Which base configuration of the plan.
    numbers : dict of str to number
        Settings changed from the base.
    factors : dict of str to value
        What the design varies, and its value here.
    """

    point_id: str
    policy: str
    world: str
    population: str
    world_point: int
    base: int
    numbers: Numbers
    factors: dict[str, Value]


@dataclass(frozen=True)
class Base:
    """A configuration composed by Hydra, and the overrides that make it."""

    composed: Composed
    overrides: tuple[str, ...]


@dataclass
class Plan:
    """Every run of a study.

    Parameters
    ----------
    spec : Spec
        What is asked.
    bases : list of Base
        Configurations that were composed.
    rows : list of Row
        Design points: world by world, in each the policies in order.
    seeds : list of int
        Seeds of every design point.
    weeks : int
        Weeks each run lives through.
    refused : list of str
        One line for each combination that contradicts itself.
    """

    spec: Spec
    bases: list[Base]
    rows: list[Row]
    seeds: list[int]
    weeks: int
    refused: list[str] = field(default_factory=list)
    own: Any = field(default_factory=own_model, compare=False)
    """Mechanisms of the user's own that were in force when it was made or read."""

    @property
    def n_runs(self) -> int:
        """Planned runs."""
        return len(self.rows) * len(self.seeds)

    @cached_property
    def policies(self) -> list[str]:
        """Names of the policies, the baseline first."""
        return list(dict.fromkeys(row.policy for row in self.rows))

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What is varied, levers first."""
        return (*self.spec.levers, *self.spec.uncertainties)

    @property
    def n_worlds(self) -> int:
        """Sampled worlds."""
        return len({row.world_point for row in self.rows})

    @cached_property
    def world_axes(self) -> tuple[Axis, ...]:
        """What differs between the worlds: the uncertainties, or the settings of an ensemble."""
        if self.spec.uncertainties or self.n_worlds < 2:
            return self.spec.uncertainties
        found = []
        for key in self.rows[0].factors:
            values = [float(row.factors[key]) for row in self.rows]
            if not is_lever(key) and min(values) < max(values):
                found.append(range_axis(key, min(values), max(values)))
        return tuple(found)

    def point(self, place: int) -> DesignPoint:
        """Return a design point, by its position in `rows`, ready to run."""
        row = self.rows[place]
        base = DesignPoint(row.policy, self.bases[row.base].composed)
        with in_force(self.own):
            return vary(base, row.numbers, factors=row.factors)

    def overrides(self, place: int) -> list[str]:
        """Return the overrides that make a design point on the command line."""
        row = self.rows[place]
        numbers = [f"{key}={text_of(value)}" for key, value in row.numbers.items()]
        return [*self.bases[row.base].overrides, *numbers]

    def run_of(self, number: int) -> tuple[int, int]:
        """Return position and seed of a run: all points at one seed come before the next seed."""
        place = number % len(self.rows)
        return place, self.seeds[number // len(self.rows)]

    @property
    def keys(self) -> list[str]:
        """Keys of all runs, by their numbers."""
        return [self.key_of(number) for number in range(self.n_runs)]

    def key_of(self, number: int, code: str | None = None) -> str:
        """Return the key of a run, by its number from 0."""
        place, seed = self.run_of(number)
        return run_key(self.rows[place].point_id, self.weeks, seed, code)


def make_plan(spec: Spec) -> Plan:
    """Plan a study of at least one design point.

    Parameters
    ----------
    spec : Spec
        What is asked.

    Raises
    ------
    UserError
        With one line for the first mistake; combinations of a design that contradict themselves
        are left out and named in ``refused``, unless none is left.
    """
    return _Planner(spec).plan()


class _Planner:
    """Composes every choice of options once and varies numbers from there."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.ensemble, self.settings = ensemble_in(spec.settings)
        self.bases: dict[tuple[str, ...], int] = {}
        self.composed: list[Base] = []
        self.points: dict[int, DesignPoint] = {}
        self.refused: list[str] = []

    def plan(self) -> Plan:
        policies = self._policies()
        run = self._run(policies[0][1])
        self._check_size(run.replicates)
        levers, worlds = self._combinations()
        choices = list(product(policies, levers))
        rows: list[Row] = []
        for number, world in enumerate(worlds):
            for policy, lever in choices:
                row = self._row(policy, lever, world, number)
                if row is not None:
                    rows.append(row)
        if not rows:
            raise UserError(self.refused[0])
        self._refuse_twins(rows)
        return Plan(self.spec, self.composed, rows, seeds_of(run), run.weeks, self.refused)

    def _run(self, first_policy: Sequence[str]) -> Run:
        """Return how much is run; what is composed for it is used again where it fits."""
        try:
            base = self._base([*first_policy, *self.settings])
        except UserError:
            return compose([w for w in self.settings if w.startswith("run.")]).config.run
        return self.composed[base].composed.config.run

    def _check_size(self, replicates: int) -> None:
        from plaza_lab.scenarios.experiments.sampling import size_of

        spec = self.spec
        least = FEWEST.get(spec.design.kind, 0)
        if 0 < spec.design.n < least:
            raise UserError(
                f"design: n={spec.design.n} is too small for {spec.design.kind}, whose analysis "
                f"needs {least}: take --n {least} or more"
            )
        sampled = spec.uncertainties or spec.levers
        size = size_of(spec.design.kind, sampled, spec.design.n) if sampled else 1
        if spec.uncertainties:
            for axis in spec.levers:
                size *= max(len(axis.values), 1)
        size *= max(len(spec.policies), 1)
        runs = size * replicates
        if runs > MOST_RUNS or size > MOST_POINTS:
            raise UserError(
                f"{runs:,} runs at {size:,} design points are planned, about "
                f"{runs * KB_A_RUN // 1_000_000:,} GB of results; a study holds at most "
                f"{MOST_RUNS:,} runs and {MOST_POINTS:,} points: take fewer values, a smaller n "
                "or fewer replicates"
            )

    def _combinations(
        self,
    ) -> tuple[list[Mapping[str, Value]], list[Mapping[str, Value]]]:
        from plaza_lab.scenarios.experiments.sampling import sample

        spec, design = self.spec, self.spec.design
        if self.ensemble is not None:
            return self._over_ensemble(self.ensemble)
        if not spec.uncertainties:
            if not spec.levers:
                return [{}], [{}]
            drawn = sample(design.kind, spec.levers, design.n, design.seed)
            return list(drawn.points), [{}]
        drawn = sample(design.kind, spec.uncertainties, design.n, design.seed)
        for axis in spec.levers:
            if axis.is_range:
                raise UserError(
                    f"{axis.key}: beside uncertainties a lever needs a list of values; the design "
                    "samples the uncertainties"
                )
        levers: list[Mapping[str, Value]] = [
            dict(zip([axis.key for axis in spec.levers], values, strict=True))
            for values in product(*(axis.values for axis in spec.levers))
        ]
        return levers, list(drawn.points)

    def _over_ensemble(
        self, asked: EnsembleAsked
    ) -> tuple[list[Mapping[str, Value]], list[Mapping[str, Value]]]:
        if self.spec.uncertainties or self.spec.levers:
            raise UserError(
                f"{PREFIX}{asked.name}: the ensemble makes the worlds; name policies, and vary "
                "nothing else"
            )
        return [{}], list(worlds_of(asked, self.spec.design.seed))

    def _policies(self) -> list[tuple[str, list[str]]]:
        names = list(self.spec.policies)
        for name in names:
            if names.count(name) > 1:
                raise UserError(f"policies: {name} is named twice")
        found = []
        for name in names:
            own = policy_overrides(name)
            try:
                check_overrides([*own, *self.settings])
            except UserError as wrong:
                raise UserError(f"policy {name}: {wrong}") from wrong
            self._refuse_overlap(name, own)
            found.append((name, own))
        return found or [("", [])]

    def _refuse_overlap(self, name: str, own: Sequence[str]) -> None:
        """What a policy sets cannot be varied as well."""
        varied = [axis.key for axis in (*self.spec.levers, *self.spec.uncertainties)]
        for override in parsed(own):
            key = override.key_or_group
            for other in varied:
                if key == other:
                    raise UserError(
                        f"policies: {name} sets {key}, and the study varies it; leave out one of "
                        "the two"
                    )

    def _row(
        self,
        policy: tuple[str, list[str]],
        lever: Mapping[str, Value],
        world: Mapping[str, Value],
        number: int,
    ) -> Row | None:
        given = _shown(lever)
        name = " ".join(filter(None, (policy[0], given))) or DEFAULT
        values = {**lever, **world}
        numbers = {key: value for key, value in values.items() if is_number(key, value)}
        words = [f"{key}={text_of(value)}" for key, value in values.items() if key not in numbers]
        try:
            base = self._base([*policy[1], *words, *self.settings])
            point = vary(self.points[base], numbers, policy=name, factors=values)  # type: ignore[arg-type]
        except Contradiction as clash:
            self._refuse(f"{name}: {clash}")
            return None
        except UserError as wrong:
            if not values:
                raise
            self._refuse(" ".join(filter(None, (name, _shown(world)))) + f": {wrong}")
            return None
        return Row(
            point.fingerprint, name, point.world, point.population, number, base,
            numbers, values,  # type: ignore[arg-type]
        )  # fmt: skip

    def _refuse(self, line: str) -> None:
        if line not in self.refused:
            self.refused.append(line)

    def _base(self, words: Sequence[str]) -> int:
        key = tuple(words)
        if key not in self.bases:
            composed = compose(words)
            self.bases[key] = len(self.composed)
            self.points[len(self.composed)] = DesignPoint("", composed)
            self.composed.append(Base(composed, key))
        return self.bases[key]

    def _refuse_twins(self, rows: Sequence[Row]) -> None:
        """Two points of one configuration would be the same runs under two names."""
        seen: dict[str, Row] = {}
        for row in rows:
            other = seen.setdefault(row.point_id, row)
            if other is row:
                continue
            if other.policy != row.policy:
                raise UserError(
                    f"policies: {other.policy} and {row.policy} are the same policy here; every "
                    "difference would be zero"
                )
            raise UserError(
                f"worlds: {_shown(other.factors)} and {_shown(row.factors)} are the same; name "
                "one of the two"
            )


def _shown(factors: Mapping[str, Value]) -> str:
    return " ".join(f"{key}={text_of(value)}" for key, value in factors.items())


def is_number(key: str, value: Value) -> bool:
    """Return whether a value is a number of a setting, which needs no composing."""
    return isinstance(value, (bool, int, float)) and key in setting_keys() and "." in key
