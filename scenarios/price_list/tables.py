"""The price list as rows of text, for the terminal, the documentation and programs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from plaza_lab.scenarios.output.writing import plain_values
from plaza_lab.scenarios.price_list.expected import scale_of
from plaza_lab.scenarios.price_list.measuring import INSIDE, SHOWN, SUSPECT, Effect, Price

HEADS = (
    "option", "active", "members", "contributions", "solved", "joins", "purchases", "cost, yuan",
    "left after it stops", "measured outside", "here", "verdict",
)  # fmt: skip
NAMES = {
    "retention": "active", "membership_retention": "members", "messages_per_day": "contributions",
    "solved_rate": "solved", "purchases_yuan": "purchases", "activation_14d": "activation",
    "violation_rate": "violations",
}  # fmt: skip


def rows_of(prices: Sequence[Price]) -> list[tuple[str, ...]]:
    """Write each option of one group in one world as the cells of :data:`HEADS`.

    Points (p) for shares and per cent for counts, with half the 95 % interval.
    """
    return [
        (
            price.option, *(_change(price.effects[name]) for name in SHOWN),
            f"{price.cost_yuan:+,.0f}" if round(price.cost_yuan) else "0",
            "cannot stop" if price.left is None else _scaled(price.left),
            f"{price.expected.act}: {_name(price)} {price.expected.band}. {price.expected.source}",
            _scaled(price.own), _verdict(price),
        )
        for price in prices
    ]  # fmt: skip


def summary(prices: Sequence[Price]) -> str:
    """Say in a line how many options lie inside the band that was committed for them."""
    inside = sum(price.verdict == INSIDE for price in prices)
    beyond = sum(price.verdict == SUSPECT for price in prices)
    inert = sum(price.is_inert for price in prices)
    return (
        f"{inside} of {len(prices)} options inside the band committed for them, {beyond} suspect; "
        f"{inert} move nothing at all"
    )


def plain(price: Price) -> dict[str, Any]:
    """Return a price as plain values; what is not defined is None."""
    return {
        "group": price.group, "option": price.option, "world": price.world,
        "outcome": price.expected.outcome, "act": price.expected.act,
        "source": price.expected.source, "scale": scale_of(price.expected.outcome),
        "expected": [price.expected.low, price.expected.high], "verdict": price.verdict,
        "may_be_luck": price.may_be_luck, "is_inert": price.is_inert, "cost_yuan": price.cost_yuan,
        "effects": {name: _numbers(effect) for name, effect in price.effects.items()},
        "judged": {name: _numbers(effect) for name, effect in price.judged.items()},
        "left": None if price.left is None else _numbers(price.left),
    }  # fmt: skip


def _numbers(effect: Effect) -> dict[str, float | None]:
    own = {name: getattr(effect, name) for name in ("value", "low", "high", "mean")}
    return plain_values(own | {"neutral": effect.other})


def _name(price: Price) -> str:
    outcome = price.expected.outcome
    return NAMES.get(outcome, outcome)


def _change(effect: Effect) -> str:
    if not math.isfinite(effect.change):
        return "-"
    unit = " p" if scale_of(effect.outcome) != "lr" else " %"
    if not math.isfinite(effect.half):
        return f"{effect.change:+z.1f}{unit}"
    return f"{effect.change:+z.1f} ±{effect.half:.1f}{unit}"


def _scaled(effect: Effect) -> str:
    if not math.isfinite(effect.value):
        return "-"
    low, high = (100.0 * math.expm1(bound) for bound in (effect.low, effect.high))
    return f"{100.0 * math.expm1(effect.value):+z.0f} % [{low:+z.0f}, {high:+z.0f}]"


def _verdict(price: Price) -> str:
    if price.is_inert:
        return f"{price.verdict}, moves nothing here"
    return f"{price.verdict}, may be luck" if price.may_be_luck else price.verdict
