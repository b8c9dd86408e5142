"""When the advice flips: settings are moved one at a time and the question is asked again.

Each setting is halved and doubled, as far as a brand community plausibly has it (the spans of the
page's sliders), and the same seeds are run under every policy. An effect flips only where it is
clear on the other side with all moves counted as questions; where an effect becomes clear or is
no longer so, the move counts only if the same seeds show that it has moved.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.advising.writing import policy_name, shown, span
from plaza_lab.scenarios.app.dials import FLIPPABLE, Dial
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.outcomes import outcome_named
from plaza_lab.scenarios.statistics.intervals import mean_interval
from plaza_lab.scenarios.statistics.multiplicity import shared_level

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.scenarios.experiments.design import DesignPoint
    from plaza_lab.scenarios.experiments.evaluate import Evaluate
    from plaza_lab.scenarios.settings.config import Config

PAIRS = 12
"""Pairs of runs at each moved setting (assumption: enough for what would turn an advice)."""
LEVEL = 0.95
FLIPS, APPEARS, FADES, HOLDS, UNTOLD = "flips", "appears", "fades", "holds", "untold"
FIRST_STEP = 0.25
"""Part of its span that a setting moves up from nothing (assumption)."""


@dataclass(frozen=True)
class Move:
    """A setting as it is, and at the value that is tried, in the unit shown."""

    dial: Dial
    now: float
    value: float


@dataclass(frozen=True)
class Found:
    """What a policy does at a moved setting.

    The setting's path, how people call it and its unit, as it is and as it was tried; the
    difference of the policy to the baseline there in the outcome one decides by, its interval with
    all moves counted; and the kind: ``flips``, ``appears``, ``fades``, ``holds`` or ``untold``.
    """

    path: str
    label: str
    unit: str
    now: float
    value: float
    policy: str
    mean: float
    low: float
    high: float
    kind: str


@dataclass(frozen=True)
class Flips:
    """Where the advice flips: what was found at each move, for each policy.

    ``aim`` is the outcome one decides by; ``pairs`` were run at each of the ``moves``.
    """

    aim: str
    baseline: str
    pairs: int
    moves: int
    found: tuple[Found, ...]

    def of(self, *kinds: str) -> list[Found]:
        """Return what was found of some kinds."""
        return [one for one in self.found if one.kind in kinds]

    def plain(self) -> dict[str, Any]:
        """Write it as JSON holds it."""
        return asdict(self)

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Flips:
        """Read what :meth:`plain` wrote."""
        found = tuple(Found(**one) for one in plain["found"])
        return cls(plain["aim"], plain["baseline"], plain["pairs"], plain["moves"], found)


def moves_of(configs: Sequence[Config], wanted: Sequence[str] = ()) -> list[Move]:
    """Choose what is moved: half and twice what it is, within the span of its slider.

    Parameters
    ----------
    configs : sequence of Config
        The policies'; a setting in which they differ is theirs, and is not moved.
    wanted : sequence of str
        Everyday names or settings; empty for all that can be moved.

    Raises
    ------
    UserError
        If a name is none of them.
    """
    from plaza_lab.scenarios.settings.options import nearest

    known = {dial.name: dial for dial in FLIPPABLE} | {dial.path: dial for dial in FLIPPABLE}
    for name in wanted:
        if name not in known:
            near = nearest(name, known)
            raise UserError(
                f"--flips={name}: choose of {', '.join(d.name for d in FLIPPABLE)}{near}"
            )
    chosen = [known[name] for name in wanted] or list(FLIPPABLE)
    moves = []
    for dial in dict.fromkeys(chosen):
        values = {dial.read(config) for config in configs}
        if len(values) == 1:
            moves += [Move(dial, now, value) for now in values for value in _around(dial, now)]
    return moves


def _around(dial: Dial, now: float) -> list[float]:
    """Half and twice a value within the dial's span; a first step up from nothing."""
    if now == 0.0:
        # money that is not there is another policy, not another world
        return [] if dial.is_lever else [dial.low + FIRST_STEP * (dial.high - dial.low)]
    tried = (max(dial.low, now / 2), min(dial.high, now * 2))
    return [value for value in tried if dial.low <= value <= dial.high and value != now]


def look_for_flips(
    points: Sequence[DesignPoint],
    runs: pd.DataFrame,
    frame: pd.DataFrame,
    aim: str,
    days: int,
    wanted: Sequence[str] = (),
    on_run: Callable[[], None] = lambda: None,
) -> Flips:
    """Move settings one at a time and ask again.

    Parameters
    ----------
    points : sequence of DesignPoint
        Policies, the baseline first.
    runs, frame : pandas.DataFrame
        The comparison as it is: runs, and table of ``statistics.compare_all``.
    aim : str
        Outcome one decides by.
    days : int
        Length of a run.
    wanted : sequence of str
        As for :func:`moves_of`.
    on_run : callable
        Told of every run.
    """
    moves = moves_of([point.composed.config for point in points], wanted)
    from plaza_lab.scenarios.experiments.evaluate import InMemory

    seeds = sorted({int(seed) for seed in runs["seed"]})[:PAIRS]
    evaluate = InMemory(
        days // 7, points[0].run.workers, on_run=on_run,
        take=lambda run: {"aim": run.outcomes.get(aim, math.nan)},
    )  # fmt: skip
    base = [_values(runs, point.policy, seeds, aim) for point in points]
    level = shared_level(LEVEL, max(1, len(moves) * (len(points) - 1)))
    found = []
    for move in moves:
        moved = [_run_at(point, move, seeds, evaluate) for point in points]
        if any(one is None for one in moved):
            continue
        for place, point in enumerate(points[1:], 1):
            there = moved[place] - moved[0]  # type: ignore[operator]
            here = base[place] - base[0]
            row = frame[(frame["alternative"] == point.policy) & (frame["outcome"] == aim)].iloc[0]
            found.append(_judged(move, point.policy, here, there, str(row["verdict"]), level))
    return Flips(aim, points[0].policy, len(seeds), len(moves), tuple(found))


def _values(runs: pd.DataFrame, policy: str, seeds: Sequence[int], aim: str) -> np.ndarray:
    own = runs[runs["policy"] == policy].set_index("seed")[aim]
    return own.reindex(list(seeds)).to_numpy(dtype=float)


def _run_at(
    point: DesignPoint, move: Move, seeds: Sequence[int], evaluate: Evaluate
) -> np.ndarray | None:
    """Values of the aim at a moved setting; None where a policy is impossible there."""
    from plaza_lab.scenarios.experiments.varying import vary

    number = float(move.dial.write(move.value))
    values = {move.dial.path: int(number) if number.is_integer() else number}
    try:
        moved = vary(point, values, factors=point.factors)
    except UserError:
        return None
    found = evaluate([moved], seeds)
    if not len(found):
        return np.full(len(seeds), math.nan)
    return found.set_index("seed")["aim"].reindex(list(seeds)).to_numpy(dtype=float)


def _judged(
    move: Move, policy: str, here: np.ndarray, there: np.ndarray, verdict: str, level: float
) -> Found:
    """Say what a move does to an effect, with all moves counted."""
    both = np.isfinite(here) & np.isfinite(there)
    here, there = here[both], there[both]
    size = float(np.abs(there).max()) if there.size else 0.0
    own = mean_interval(there, level, scale=size, bootstrap=False)
    shift = mean_interval(there - here, level, scale=size, bootstrap=False)
    before = {"higher": 1, "lower": -1}.get(verdict, 0)
    after = _side(own.low, own.high)
    if before and after == -before:
        kind = FLIPS
    elif before == after:
        kind = HOLDS
    elif _side(shift.low, shift.high) != after - before:
        kind = UNTOLD  # it is clear at one place alone: luck of few pairs may be all of it
    else:
        kind = FADES if before else APPEARS
    dial = move.dial
    return Found(dial.path, dial.label, dial.unit, move.now, move.value, policy,
                 own.mean, own.low, own.high, kind)  # fmt: skip


def _side(low: float, high: float) -> int:
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0
    return 1 if low > 0 else -1 if high < 0 else 0


def flip_sentences(flips: Flips, say: Language) -> list[str]:
    """Say when the advice flips, and what could not be told."""
    said = [_found_words(one, flips, say) for one in flips.of(FLIPS, APPEARS, FADES)]
    counts = {kind: len(flips.of(kind)) for kind in (HOLDS, UNTOLD)}
    if not said:
        said.append(say.tr("No setting moved is seen to change it."))
    told = {"moves": flips.moves, "pairs": flips.pairs, "holds": counts[HOLDS],
            "untold": counts[UNTOLD]}  # fmt: skip
    policies = len({one.policy for one in flips.found})
    if policies < 2:
        return [*said, say.tr(
            "{moves} moves, {pairs} pairs each: {holds} answers hold, {untold} cannot be told.",
            **told,
        )]  # fmt: skip
    return [*said, say.tr(
        "{moves} moves, {pairs} pairs each; a move asks of each of {policies} policies against "
        "{base}: of {answers} answers {holds} hold, {untold} cannot be told.",
        policies=policies, base=policy_name(flips.baseline, say), answers=len(flips.found), **told,
    )]  # fmt: skip


def _found_words(one: Found, flips: Flips, say: Language) -> str:
    """Say what a policy does at a moved setting."""
    outcome = outcome_named(flips.aim)
    text = {
        FLIPS: marked("With {label} at {value} (now {now}) {name} turns round: {change} ({span})."),
        APPEARS: marked(
            "With {label} at {value} (now {now}) {name} becomes clear: {change} ({span})."
        ),
        FADES: marked(
            "With {label} at {value} (now {now}) {name} is no longer clear: {change} ({span})."
        ),
    }[one.kind]
    label = say.tr(one.label)
    return say.tr(
        text, label=label[:1].lower() + label[1:], name=policy_name(one.policy, say),
        value=amount(one.value, one.unit, say), now=amount(one.now, one.unit, say),
        change=shown(outcome, one.mean, say, is_difference=True),
        span=span(outcome, one.low, one.high, say, has_unit=False),
    )  # fmt: skip


def amount(value: float, unit: str, say: Language) -> str:
    """Write a value of a setting with its unit: ``10 %``, ``400 members``."""
    return (
        f"{value:,.4g} {say.tr(unit)}".rstrip() if value < 1e4 else f"{value:,.0f} {say.tr(unit)}"
    )
