"""The partner frontier: what a deal brings the host against what it brings the partner.

Every form is tried under every contract. What the books of a deal credit the host with counts a
join through the partner as one gained; the twin run without the deal, the same people with the same
luck, tells how many more there are. One twin serves all contracts of a form, and of every form that
asks for nothing else, so that a frontier takes little more than one run a point and seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.advising.partners import SAID, Sides
from plaza_lab.scenarios.api import listed
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint, one_policy
from plaza_lab.scenarios.experiments.evaluate import Evaluate, InMemory
from plaza_lab.scenarios.settings.options import nearest, option_names
from plaza_lab.scenarios.settings.overrides import by_key, check_overrides
from plaza_lab.scenarios.statistics.intervals import mean_interval
from plaza_lab.sim.checking import whole

if TYPE_CHECKING:
    import pandas as pd

PAIRS = 12
"""Pairs a point (assumption: enough to tell who gains)."""
MOST_PAIRS, MOST_WORKERS = 10_000, 1024
"""Most of what is counted."""
HOST = ("entry=open", "fund=brand_funded")
"""The host, where nothing is said of it: anybody may come, and the brand pays."""
NEEDS = {"points_alliance": ("incentive=points", "incentive.point_value_cents=5")}
"""What a form cannot do without, given to its twin as well."""
CONTRACTS = {
    "by contribution": (),
    "equal shares": ("partnership.split=equal",),
    "long, adaptive": (
        "partnership.term_weeks=104", "partnership.review_weeks=13", "partnership.is_adaptive=true",
    ),
}  # fmt: skip
"""Tried where none is given: the shipped terms, another split, another term."""


@dataclass(frozen=True)
class Point:
    """A form under a contract.

    ``sides`` is in yuan a run, of the host beyond its twin without a deal, and of the partners;
    ``books`` is what the books of the deals show for the host; ``is_best`` says that no other point
    brings both sides as much: it lies on the frontier.
    """

    form: str
    contract: str
    sides: Sides
    books: float
    is_best: bool = False

    @property
    def verdict(self) -> str:
        """Whom it pays, in English."""
        return SAID[self.sides.kind] if self.sides.deals > 0.0 else "no deal was signed"


def forms_named(text: str) -> list[str]:
    """Read names of forms, such as ``co_brand,open_platform``; all of them for none.

    Raises
    ------
    UserError
        With one line for a name that there is not.
    """
    known = [name for name in option_names("partnership") if name != "none"]
    names = [name for name in text.split(",") if name] or known
    for name in names:
        if name not in known:
            near = nearest(name, known) or f"; choose of {', '.join(known)}"
            raise UserError(f"--forms {name}: no such form{near}")
    return list(dict.fromkeys(names))


def planned(
    overrides: Sequence[str], forms: Sequence[str], contracts: Mapping[str, Sequence[str]]
) -> list[tuple[str, str, DesignPoint, DesignPoint]]:
    """Compose every form under every contract, and its twin without a deal.

    Parameters
    ----------
    overrides : sequence of str
        The host; added to :data:`HOST`.
    forms : sequence of str
        Options of the group ``partnership``.
    contracts : mapping
        Name to overrides.

    Returns
    -------
    list of tuple
        Form, contract, the point, and its twin.

    Raises
    ------
    UserError
        With one line, if one of them cannot be.
    """
    for word in overrides:
        if word.startswith("partnership="):
            raise UserError(f"{word}: choose forms by --forms {word.partition('=')[2]}")
        if word.startswith("run.replicates="):
            raise UserError(f"{word}: seeds of every point are given by --pairs {word[15:]}")
    for word in (word for terms in contracts.values() for word in terms):
        if not word.startswith("partnership."):
            raise UserError(f"--contract: {word} is no term of a contract; give such as "
                            "partnership.split=equal")  # fmt: skip
    found = []
    for form in forms:
        base = by_key([*HOST, *NEEDS.get(form, ())]) | by_key(overrides)
        for name, terms in contracts.items():
            words = [*(base | by_key(terms)).values(), f"partnership={form}"]
            own = [word for word in base.values() if not word.startswith("partnership.")]
            check_overrides(words)
            found.append((form, name, one_policy(words), one_policy([*own, "partnership=none"])))
    return found


def frontier(
    plan: Sequence[tuple[str, str, DesignPoint, DesignPoint]],
    evaluate: Evaluate,
    seeds: Sequence[int],
) -> list[Point]:
    """Run what :func:`planned` gave at the same seeds, and mark what no other point beats.

    The points are in the order of the plan.
    """
    points = {point.fingerprint: point for row in plan for point in row[2:]}
    places = {key: place for place, key in enumerate(points)}
    table = evaluate(list(points.values()), seeds)
    found = []
    for form, contract, point, twin in plan:
        own, other = (
            table[table["point"] == places[one.fingerprint]].set_index("seed")
            for one in (point, twin)
        )
        worth = point.setting.world.partnership.join_value_cents / 100.0
        found.append(_point(form, contract, own, other, worth))
    best = frontier_of([(one.sides.host.mean, one.sides.partner.mean)
                        if one.sides.deals > 0.0 else (-math.inf, -math.inf)
                        for one in found])  # fmt: skip
    return [replace(one, is_best=is_best) for one, is_best in zip(found, best, strict=True)]


def _point(
    form: str, contract: str, own: pd.DataFrame, twin: pd.DataFrame, worth: float
) -> Point:  # fmt: skip
    """Take both sides: joins of the host are those beyond its twin's, not those credited."""
    seeds = own.index.intersection(twin.index)
    own, twin = own.loc[seeds], twin.loc[seeds]
    credited = own["partner_joins"].to_numpy()
    extra = own["joins"].to_numpy() - twin["joins"].to_numpy()
    host = own["host_gain_yuan"].to_numpy() + worth * (extra - credited)
    partner = own["partner_gain_yuan"].to_numpy()
    sides = Sides(float(own["deals"].mean()), mean_interval(host), mean_interval(partner))
    return Point(form, contract, sides, float(own["host_gain_yuan"].mean()))


def frontier_of(pairs: Sequence[tuple[float, float]]) -> list[bool]:
    """Say of each pair of gains whether no other is as good on both sides and better on one.

    Host's and partner's gain; minus infinity for what is out of the question.
    """
    values = np.asarray(pairs, float).reshape(-1, 2)
    return [
        bool(np.isfinite(one).all())
        and not ((values >= one).all(axis=1) & (values > one).any(axis=1)).any()
        for one in values
    ]


def rows_of(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Write points as plain rows, yuan a run."""
    return [
        {
            "form": one.form, "contract": one.contract, "deals": one.sides.deals,
            "host_yuan": one.sides.host.mean, "host_low": one.sides.host.low,
            "host_high": one.sides.host.high, "host_books_yuan": one.books,
            "partner_yuan": one.sides.partner.mean, "partner_low": one.sides.partner.low,
            "partner_high": one.sides.partner.high, "is_best": one.is_best,
            "verdict": one.verdict,
        }
        for one in points
    ]  # fmt: skip


def partner_frontier(
    overrides: Sequence[str] = (),
    *,
    forms: Sequence[str] = (),
    contracts: Mapping[str, Sequence[str]] | None = None,
    pairs: int = PAIRS,
    workers: int = 0,
    on_run: Callable[[], None] = lambda: None,
) -> list[Point]:
    """Measure the partner frontier.

    Parameters
    ----------
    overrides : sequence of str
        The host and its world.
    forms : sequence of str
        All where none are given.
    contracts : mapping, optional
        Name to overrides; default :data:`CONTRACTS`.
    pairs : int
        Seeds of every point, at least 2.
    workers : int
        Runs side by side; 0 takes every core.
    on_run : callable
        Called after each run.

    Returns
    -------
    list of Point
        A form after the other.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    whole("pairs", pairs, 2, MOST_PAIRS)
    whole("workers", workers, 0, MOST_WORKERS)
    contracts = CONTRACTS if contracts is None else contracts
    is_named = isinstance(contracts, Mapping) and all(isinstance(one, str) for one in contracts)
    if not is_named or not contracts:
        raise UserError(
            f"contracts={contracts!r}: names of contracts and their terms are expected, such as "
            "{'equal': ['partnership.split=equal']}"
        )
    terms = {name: listed(f"contracts[{name!r}]", one) for name, one in contracts.items()}
    named = forms_named(",".join(listed("forms", forms)))
    plan = planned(listed("overrides", overrides), named, terms)
    evaluate = InMemory(plan[0][2].run.weeks, workers, on_run=on_run)
    return frontier(plan, evaluate, seeds_of(plan, pairs))


def seeds_of(plan: Sequence[tuple[str, str, DesignPoint, DesignPoint]], pairs: int) -> range:
    """Seeds of every point, from that of the host on."""
    first = plan[0][2].run.seed
    return range(first, first + pairs)
