"""``--equal-spend``: policies compared at equal cost, by giving each as much as the least spends.

The brand's money of a policy that spends more is cut until a few pilot runs spend, on average,
what the least spender spends. Money is all that is changed; a policy that spends nothing stays as
it is and is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plaza_lab.scenarios.advising.writing import money
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint, policy_overrides
from plaza_lab.scenarios.settings.composing import compose

PILOTS, ROUNDS = 6, 8
"""Pilot runs a try, and tries (assumption: money spent varies little between seeds)."""
NEAR = 0.03
"""Part by which spending may differ and is called equal (assumption)."""
LEAST_YUAN = 0.5
LEVERS = ("fund.opening_cents", "fund.brand_week_cents")


def equalised(
    points: Sequence[DesignPoint],
    overrides: Sequence[str],
    on_run: Callable[[], None] = lambda: None,
) -> tuple[list[DesignPoint], list[str]]:
    """Cut the brand's money of each policy until all that spend, spend the same; say what was done.

    Parameters
    ----------
    points, overrides
        Policies, the baseline first, and what holds for all of them.
    on_run : callable
        Told of every pilot run.

    Raises
    ------
    UserError
        If fewer than two spend anything, or one that spends too much has no money of the brand.
    """
    spent = [_spent(point, on_run) for point in points]
    spenders = [place for place, value in enumerate(spent) if value > LEAST_YUAN]
    if len(spenders) < 2:
        raise UserError(
            "--equal-spend: fewer than two of the policies spend money; leave it out, or give them "
            "a fund, as in fund=grant entry=open"
        )
    target = min(spent[place] for place in spenders)
    found, said = list(points), []
    for place in spenders:
        if spent[place] > (1 + NEAR) * target:
            found[place], line = _cut(points[place], overrides, target, spent[place], on_run)
            said.append(line)
    idle = [point.policy for place, point in enumerate(points) if place not in spenders]
    said += [f"{name} spends nothing and cannot be compared at equal cost" for name in idle]
    return found, said


def _cut(
    point: DesignPoint, overrides: Sequence[str], target: float, spent: float,
    on_run: Callable[[], None],
) -> tuple[DesignPoint, str]:  # fmt: skip
    fund = point.composed.config.policy.fund
    lever = next((path for path in LEVERS if getattr(fund, path.partition(".")[2]) > 0), "")
    if not lever:
        raise UserError(
            f"--equal-spend: {point.policy} spends {money(spent)} yuan that are not the brand's; "
            "its spending cannot be cut. Choose fund=grant or fund=brand_funded"
        )
    cents = float(getattr(fund, lever.partition(".")[2]))
    for _ in range(ROUNDS):
        cents *= target / spent
        point = _with_money(point.policy, overrides, lever, max(1, round(cents)))
        spent = _spent(point, on_run)
        if abs(spent - target) <= NEAR * target or spent <= LEAST_YUAN:
            break
    yuan, period = money(cents / 100.0), " a week" if lever == LEVERS[1] else ""
    if abs(spent - target) > NEAR * target:
        raise UserError(
            f"--equal-spend: {point.policy} spends {money(spent)} yuan even with {yuan} yuan"
            f"{period} of the brand's money, and not {money(target)}; compare it without the flag"
        )
    return point, (
        f"{point.policy} was given {yuan} yuan{period}, so that all that spend, spend about "
        f"{money(target)} yuan"
    )


def _with_money(policy: str, overrides: Sequence[str], lever: str, cents: int) -> DesignPoint:
    words = [*policy_overrides(policy), *overrides]
    kept = [word for word in words if word.partition("=")[0] != lever]
    words = [*kept, f"{lever}={cents}"]
    return DesignPoint(policy, compose(words), words=tuple(words))


def _spent(point: DesignPoint, on_run: Callable[[], None]) -> float:
    """Mean of what a few runs of a policy spend, in yuan."""
    from plaza_lab.scenarios.experiments.evaluate import InMemory

    run = point.run
    seeds = range(run.seed, run.seed + min(PILOTS, run.replicates))
    found = InMemory(run.weeks, run.workers, on_run=on_run)([point], seeds)
    if not len(found):
        raise UserError(f"--equal-spend: no run of {point.policy} could be finished")
    return float(found["fund_spend_yuan"].mean())
