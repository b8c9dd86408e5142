"""Measuring options: each against its group's neutral one, for good and for half a year."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.evaluate import InMemory
from plaza_lab.scenarios.price_list.expected import Expected, GroupList, scale_of, suspect
from plaza_lab.scenarios.settings.composing import Composed, compose
from plaza_lab.scenarios.settings.config import check
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.scenarios.settings.options import LEVERS
from plaza_lab.scenarios.statistics.intervals import mean_interval

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.sim.engine import RunResult

WEEKS, STOP_DAY, MONTH = 52, 182, 28
WORLDS = ("default", "full")
SHOWN = (
    "retention", "membership_retention", "messages_per_day", "solved_rate", "joins",
    "purchases_yuan",
)  # fmt: skip
OUTCOMES = (*SHOWN, "activation_14d", "violation_rate", "fund_spend_yuan")
OF_DAY_0 = {
    "visits": "day0_visits", "answers": "day0_answers", "messages_per_day": "day0_messages",
    "purchases_yuan": "day0_sales_yuan",
}  # fmt: skip
"""What is judged instead of a count of everybody's acts: those of day-0 members. Trials follow the
people they treat; whom an option draws in is judged by joins."""
LATE = "_late"
INSIDE, BELOW, ABOVE, SUSPECT, UNDEFINED = "inside", "below", "above", "suspect", "undefined"


@dataclass(frozen=True)
class Effect:
    """An effect, its 95 % interval, and the means of the option and of the neutral one.

    On the scale of the outcome: log-odds, log-hazard or log of a rate.
    """

    outcome: str
    value: float
    low: float
    high: float
    mean: float
    other: float

    @property
    def change(self) -> float:
        """Points for a share, else per cent of the neutral one's."""
        if scale_of(self.outcome) != "lr":
            return 100.0 * (self.mean - self.other)
        return 100.0 * (self.mean / self.other - 1.0) if self.other else math.nan

    @property
    def half(self) -> float:
        """Half the width of the interval of :attr:`change`."""
        per = abs(_scaled(self.outcome, self.mean)[1])
        unit = 100.0 if scale_of(self.outcome) != "lr" else 100.0 / (self.other or math.nan)
        return (self.high - self.low) / 2.0 * unit / per


@dataclass(frozen=True)
class Price:
    """What an option of a group does and costs in a world, and what trials found.

    ``effects`` are what it brings, by outcome of :data:`SHOWN`; ``judged`` the same and the
    expected outcome, of day-0 members where :data:`OF_DAY_0` says so; ``left`` the effect on the
    expected outcome four weeks up to the end, 26 weeks after it stopped, None if it cannot stop;
    ``cost_yuan`` what is spent from the community's funds, over the neutral option's.
    """

    group: str
    option: str
    world: str
    expected: Expected
    effects: dict[str, Effect]
    judged: dict[str, Effect]
    left: Effect | None
    cost_yuan: float

    @property
    def own(self) -> Effect:
        """Effect on the expected outcome."""
        return self.judged[self.expected.outcome]

    @property
    def verdict(self) -> str:
        """``inside`` the band, ``below`` or ``above`` it, or ``suspect``: beyond good trials."""
        if any(_is_suspect(effect) for effect in self.judged.values()):
            return SUSPECT
        if not math.isfinite(self.own.value):
            return UNDEFINED
        if self.own.value < self.expected.low:
            return BELOW
        return ABOVE if self.own.value > self.expected.high else INSIDE

    @property
    def is_inert(self) -> bool:
        """Whether it moves nothing at all: every outcome is that of the neutral option."""
        effects = (*self.effects.values(), *self.judged.values())
        return self.cost_yuan == 0.0 and all(one.mean == one.other for one in effects)

    @property
    def may_be_luck(self) -> bool:
        """Whether the interval reaches into the band although the estimate does not."""
        is_out = self.verdict in (BELOW, ABOVE)
        return is_out and self.own.low <= self.expected.high and self.own.high >= self.expected.low


def _is_suspect(effect: Effect) -> bool:
    bounds = suspect().get(effect.outcome, {})
    is_clear = effect.low > 0 or effect.high < 0
    times = effect.mean / effect.other if effect.other else math.nan
    return is_clear and (
        100.0 * (effect.mean - effect.other) > bounds.get("points", math.inf)
        or times > bounds.get("times", math.inf)
        or times < bounds.get("least_times", -math.inf)
    )


def _taken(run: RunResult) -> dict[str, float]:
    """Take what the price list shows, and nothing else of a run."""
    found = {name: float(run.outcomes[name]) for name in OUTCOMES}
    for name, values in _flows(run.days, list(run.metric_names)).items():
        found.setdefault(name, values[0])
        found[name + LATE] = values[1]
    for name in ("retention", "membership_retention", "activation_14d"):
        found[name + LATE] = found[name]
    return found


def _flows(days: np.ndarray, names: list[str]) -> dict[str, tuple[float, float]]:
    """Rates over the run, and over its last four weeks."""

    def total(name: str) -> tuple[float, float]:
        column = days[:, names.index(name)]
        return float(column.sum()), float(column[-MONTH:].sum())

    def ratio(above: str, below: str) -> tuple[float, float]:
        pairs = zip(total(above), total(below), strict=True)
        whole, late = (a / b if b else math.nan for a, b in pairs)
        return whole, late

    return {
        **{name: total(name) for name in OF_DAY_0.values()}, "joins": total("joins"),
        "solved_rate": ratio("solved", "requests"), "violation_rate": ratio("violations", "posts"),
    }  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """A design point of the list."""

    group: str
    option: str
    world: str
    is_stopped: bool
    point: DesignPoint


def planned(groups: Sequence[GroupList], worlds: Sequence[str]) -> list[Tried]:
    """Compose every option in every world, for good and for half a year.

    Each option is composed once: the world is exchanged, and the half year put together from what
    the option and the neutral one are. Options that have their effect on day 0 alone cannot stop,
    and have no second point.
    """
    places = {world: compose([f"world={world}"]) for world in worlds}
    found = []
    for one in groups:
        whole = {option: compose(one.words_of(option)) for option in (one.neutral, *one.options)}
        for option, made in whole.items():
            for world, place in places.items():
                here = _moved(made, place, world)
                stopped = None if option == one.neutral else _stopped(here, whole[one.neutral])
                for is_stopped, config in ((False, here), (True, stopped)):
                    if config is not None:
                        point = DesignPoint(f"{one.group}={option}", config)
                        found.append(Tried(one.group, option, world, is_stopped, point))
    return found


def _moved(made: Composed, place: Composed, world: str) -> Composed:
    config = replace(made.config, world=place.config.world)
    plain = made.plain | {"world": place.plain["world"]}
    return Composed(config, plain, made.choices | {"world": world})


def _stopped(made: Composed, neutral: Composed) -> Composed | None:
    """The same for the first half of the year, then the neutral one; None if it cannot stop."""
    config = replace(made.config, changes=((STOP_DAY, neutral.config.policy),))
    told = [{"day": STOP_DAY, "policy": {group: neutral.plain[group] for group in LEVERS}}]
    try:
        check(config)
    except UserError as wrong:
        if "effect on day 0" in str(wrong):
            return None
        raise
    return replace(made, config=config, plain=made.plain | {CHANGES: told})


def measure(
    groups: Sequence[GroupList],
    worlds: Sequence[str] = WORLDS,
    seeds: Sequence[int] = range(1, 21),
    workers: int = 0,
    on_run: Callable[[], None] = lambda: None,
    tried: Sequence[Tried] | None = None,
    failures: list[str] | None = None,
) -> Iterator[Price]:
    """Run every option in the worlds, and compare it with its group's neutral one by seed.

    World by world, in the order of the groups; `tried` is what :func:`planned` returned,
    `failures` takes a line for each run that could not be finished, `on_run` is called after each;
    `workers` run side by side, 0 takes every core.
    """
    points = list(planned(groups, worlds) if tried is None else tried)
    distinct = {one.point.fingerprint: one.point for one in points}
    evaluate = InMemory(WEEKS, workers, on_run=on_run, take=_taken, failures=failures)
    table = evaluate(list(distinct.values()), seeds)
    places = {key: place for place, key in enumerate(distinct)}
    runs = {
        (o.world, o.group, o.option, o.is_stopped):
        table[table["point"] == places[o.point.fingerprint]].set_index("seed")
        for o in points
    }  # fmt: skip
    for world in worlds:
        for one in groups:
            neutral = runs[world, one.group, one.neutral, False]
            for option, expected in one.options.items():
                own = runs[world, one.group, option, False]
                stopped = runs.get((world, one.group, option, True))
                yield _price(one.group, option, world, expected, own, neutral, stopped)


def _price(
    group: str,
    option: str,
    world: str,
    expected: Expected,
    own: pd.DataFrame,
    neutral: pd.DataFrame,
    stopped: pd.DataFrame | None,
) -> Price:
    judged = {
        name: effect_of(name, own[OF_DAY_0.get(name, name)], neutral[OF_DAY_0.get(name, name)])
        for name in dict.fromkeys((*SHOWN, expected.outcome))
    }
    late = OF_DAY_0.get(expected.outcome, expected.outcome) + LATE
    left = None
    if stopped is not None:
        left = effect_of(expected.outcome, stopped[late], neutral[late])
    cost = float(own["fund_spend_yuan"].mean() - neutral["fund_spend_yuan"].mean())
    effects = {name: effect_of(name, own[name], neutral[name]) for name in SHOWN}
    return Price(group, option, world, expected, effects, judged, left, cost)


def effect_of(outcome: str, own: pd.Series, neutral: pd.Series) -> Effect:
    """Compare two series by seed on the scale of an outcome.

    Of the means; the interval is that of the first-order expansion about them (delta method).
    """
    seeds = own.index.intersection(neutral.index)
    a, b = (np.asarray(one.loc[seeds], float) for one in (own, neutral))
    told = np.isfinite(a) & np.isfinite(b)
    a, b = a[told], b[told]
    if a.size < 2:
        return Effect(outcome, math.nan, math.nan, math.nan, math.nan, math.nan)
    mean, other = float(a.mean()), float(b.mean())
    (own_value, slope), (other_value, other_slope) = (_scaled(outcome, x) for x in (mean, other))
    value = own_value - other_value
    if not math.isfinite(value) or not math.isfinite(slope + other_slope):
        return Effect(outcome, math.nan, math.nan, math.nan, mean, other)
    found = mean_interval(value + slope * (a - mean) - other_slope * (b - other))
    return Effect(outcome, value, found.low, found.high, mean, other)


def _scaled(outcome: str, value: float) -> tuple[float, float]:
    """Put a mean on the scale of its outcome, and say how steep the scale is there."""
    scale = scale_of(outcome)
    if value <= 0.0 or (scale != "lr" and value >= 1.0):
        return math.nan, math.nan
    if scale == "lr":
        return math.log(value), 1.0 / value
    if scale == "lo":
        return math.log(value / (1.0 - value)), 1.0 / (value * (1.0 - value))
    return math.log(-math.log(value)), 1.0 / (value * math.log(value))
