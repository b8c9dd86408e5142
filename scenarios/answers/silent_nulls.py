"""What an answer says of levers that changed nothing, and of money that was not spent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.policies.finding import Asked, Finding
from plaza_lab.scenarios.policies.inert import inert_findings
from plaza_lab.scenarios.policies.loopholes import dear_newcomers, small_events

if TYPE_CHECKING:
    import pandas as pd

LEAST_INCOME_YUAN, LEAST_SPENT = 1000.0, 0.5
LABELS = ("run_id", "policy", "world", "population", "seed", "point_id", "weeks", "code")


def null_lines(runs: pd.DataFrame, points: Sequence[DesignPoint]) -> Iterator[str]:
    """Yield a line for each policy that is the baseline's twin, and for each that keeps its money.

    `points` are what was run, the baseline first.
    """
    tables = _tables(runs, points)
    yield from twin_lines(runs, points)
    for point in points:
        yield from _unspent(point.policy, tables[point.policy])
        if point is points[0] or not tables[point.policy].equals(tables[points[0].policy]):
            yield from _unsigned(point, tables[point.policy])


def twin_lines(runs: pd.DataFrame, points: Sequence[DesignPoint]) -> Iterator[str]:
    """Yield a line for each policy that is the baseline's twin; see :func:`null_lines`."""
    if not points:
        return
    tables = _tables(runs, points)
    baseline = tables[points[0].policy]
    for point in points[1:]:
        if len(baseline) and tables[point.policy].equals(baseline):
            yield (
                f"{point.policy} changes nothing here: all {len(baseline)} pairs are the same to "
                f"the last digit; {_why(point)}"
            )


def _tables(runs: pd.DataFrame, points: Sequence[DesignPoint]) -> dict[str, pd.DataFrame]:
    outcomes = [name for name in runs.columns if name not in LABELS]
    return {
        point.policy: runs[runs["policy"] == point.policy].set_index("seed")[outcomes].sort_index()
        for point in points
    }


def _why(point: DesignPoint) -> str:
    config = point.composed.config
    asked = Asked(config.policy, config.world, config.population.initial_members, config.run.weeks)
    for finding in inert_findings(asked):
        return f"{finding.rule.partition(': ')[2]}; {finding.remedy}"
    for finding in _dear_deals(asked):
        return f"{finding.rule}; {finding.remedy}"
    conditions = [
        str(when).partition("/")[0] for when, _ in config.changes if not isinstance(when, int)
    ]
    if conditions and len(conditions) == len(config.changes):
        return (
            f"{' and '.join(conditions)} was never seen at the weekly look, which begins with the "
            "fifth week, or made no difference"
        )
    return "what it acts on is not there, or not yet in so many weeks"


def _dear_deals(asked: Asked) -> Iterator[Finding]:
    yield from dear_newcomers(asked)
    yield from small_events(asked)


def _unsigned(point: DesignPoint, runs: pd.DataFrame) -> Iterator[str]:
    """Yield a line where partners are sought and none ever signs."""
    config = point.composed.config
    form = config.policy.partnership.form
    if form.value == 0 or "deals" not in runs or not len(runs) or runs["deals"].sum() > 0:
        return
    asked = Asked(config.policy, config.world, config.population.initial_members, config.run.weeks)
    why = "what it brings is worth less to one side than working together costs"
    for finding in _dear_deals(asked):
        why = finding.rule
    yield (
        f"{point.policy}: no deal of {form.name.lower()} was signed in {len(runs)} runs of "
        f"{config.run.weeks} weeks; {why}"
    )


def _unspent(policy: str, runs: pd.DataFrame) -> Iterator[str]:
    if not {"fund_in_yuan", "fund_spend_yuan", "policy_stops"} <= set(runs.columns):
        return
    came, spent = runs["fund_in_yuan"].mean(), runs["fund_spend_yuan"].mean()
    if came >= LEAST_INCOME_YUAN and spent < LEAST_SPENT * came:
        yield f"{policy}: of {came:,.0f} yuan paid into the funds {spent:,.0f} were spent"
    stops = runs["policy_stops"].mean()
    if stops >= 1.0:
        yield (
            f"{policy}: the funds could not pay {stops:,.0f} times a run, and what they could not "
            "pay was cut"
        )
