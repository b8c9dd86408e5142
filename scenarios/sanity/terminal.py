"""What ``plaza sanity`` prints, and what it says as JSON."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.library.measures import shown_as
from plaza_lab.scenarios.outcomes import Outcome, show_difference, show_value
from plaza_lab.scenarios.sanity.judging import DISPUTED, FAILED, HELD, UNTOLD, Judged, Number
from plaza_lab.scenarios.sanity.statement import DIFFERENCE, RATIO, Ask, Statement

STYLES = {HELD: "bold green", FAILED: "bold dark_orange3", UNTOLD: "bold yellow",
          DISPUTED: "bold magenta"}  # fmt: skip
MOST_PAIRS = 100_000
"""Pairs beyond which a difference is not worth telling from its bound."""


def summary(found: Sequence[Judged]) -> str:
    """Say in a line how many held; disputed ones are counted apart."""
    tried = [one for one in found if one.verdict != DISPUTED]
    counts = {name: sum(one.verdict == name for one in tried) for name in (HELD, FAILED, UNTOLD)}
    disputed = len(found) - len(tried)
    more = f", {counts[FAILED]} failed" if counts[FAILED] else ""
    more += f", {counts[UNTOLD]} cannot be told" if counts[UNTOLD] else ""
    more += f"; {disputed} disputed, shown with the evidence" if disputed else ""
    return f"{counts[HELD]} of {len(tried)} statements held{more}"


def battery_text(found: Sequence[Judged], pairs: int, overrides: Sequence[str]) -> RenderableType:
    """Lay out verdicts: each statement, its arms, and every number with what is required.

    `pairs` are the seeds of every arm, `overrides` what held for all of them.
    """
    world = shlex.join(overrides) or "default world"
    parts: list[RenderableType] = []
    for one in sorted(found, key=lambda one: one.verdict == DISPUTED):
        parts += [*_statement(one), Text("")]
    line = f"{summary(found)} ({pairs} pairs, 95 % intervals, {world})"
    return Group(*parts, Text(line, style="bold"))


def statements_text(known: Sequence[Statement]) -> RenderableType:
    """Lay out statements that nothing was run for."""
    say = Language(chosen_language())
    parts: list[RenderableType] = []
    for one in known:
        head = Text(f"{one.number} {one.name}: ", style="bold")
        parts += [head.append(say.tr(one.says), style="not bold"), _arms(one)]
        source = Text(f"source: {say.tr(one.source)}", style="dim")
        parts.append(Padding(source, (0, 0, 0, 2)))
    return Group(*parts)


def as_json(found: Sequence[Judged], pairs: int, overrides: Sequence[str]) -> str:
    """Write verdicts for programs: one JSON object; numbers that are not defined are null."""
    rows = [
        {
            "number": one.statement.number, "name": one.statement.name, "says": one.statement.says,
            "source": one.statement.source, "verdict": one.verdict,
            "disputed": one.statement.disputed, "weeks": one.statement.weeks,
            "arms": {arm: list(one.statement.words_of(arm)) for arm in one.statement.arms},
            "pairs_that_tell": _finite(one.pairs_that_tell) if one.verdict == UNTOLD else None,
            "numbers": [_plain(number) for number in one.numbers],
        }
        for one in found
    ]  # fmt: skip
    held = all(one.verdict in (HELD, DISPUTED) for one in found)
    whole = {"all_hold": held, "pairs": pairs, "overrides": list(overrides), "statements": rows}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _plain(number: Number) -> dict[str, Any]:
    ask = number.ask
    values = {
        name: value if math.isfinite(value) else None
        for name, value in (
            ("mean", number.mean), ("against_mean", number.other), ("value", number.value),
            ("low", number.low), ("high", number.high),
        )
    }  # fmt: skip
    return {
        "says": ask.says, "measure": ask.key, "arm": ask.arm, "against": ask.against or None,
        "as": ask.scale, **values, "pairs": number.pairs, "at_least": ask.at_least,
        "at_most": ask.at_most, "is_strict": ask.is_strict,
        "holds": number.holds if ask.is_required else None,
        "verdict": number.verdict if ask.is_required else None,
    }  # fmt: skip


def _statement(one: Judged) -> list[RenderableType]:
    statement = one.statement
    verdict = _cannot_tell(one) if one.verdict == UNTOLD else one.verdict
    head = Text(f"{statement.number} {statement.name}: {verdict}", style=STYLES[one.verdict])
    parts: list[RenderableType] = [head, Padding(Text(statement.says), (0, 0, 0, 2))]
    if statement.pairs_times > 1:
        parts.append(Padding(f"with {statement.pairs_times} times as many pairs", (0, 0, 0, 2)))
    if statement.disputed:
        parts.append(Padding(Text(f"evidence: {statement.disputed}"), (0, 0, 0, 2)))
    return [*parts, _arms(statement), Padding(_numbers(one.numbers), (0, 0, 0, 2))]


def _cannot_tell(one: Judged) -> str:
    """Say that the interval holds both sides of a bound, and how many pairs would tell."""
    pairs, more = max(number.pairs for number in one.numbers), one.pairs_that_tell
    if more > MOST_PAIRS:
        return f"cannot tell with {pairs} pairs: what was measured lies on the bound"
    return f"cannot tell with {pairs} pairs; about {more:,.0f} would: --pairs {more:.0f}"


def _arms(statement: Statement) -> RenderableType:
    say = Language(chosen_language())  # names of arms stay, as they stand in the numbers
    lines = [
        f"{arm}: {say.told(' '.join(words) or 'nothing is changed')}"
        for arm, words in statement.arms.items()
    ]
    if statement.settings:
        lines.insert(0, say.told(f"in all: {' '.join(statement.settings)}"))
    return Padding(Text("\n".join(lines), style="dim"), (0, 0, 0, 2))


def _numbers(numbers: Sequence[Number]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for justify in ("left", "right", "left", "left"):
        table.add_column(justify=justify, overflow="fold")  # type: ignore[arg-type]
    say = Language(chosen_language())
    for number in numbers:
        mark = Text("")
        if number.ask.is_required:
            word = {HELD: "", FAILED: "not ", UNTOLD: "perhaps "}[number.verdict]
            mark = Text(f"{word}{_required(number)}", style=STYLES[number.verdict])
        says = say.tr(number.ask.says)
        table.add_row(f"{says} ({_who(number.ask)})", _value(number), _sides(number),
                      mark)  # fmt: skip
    return table


def _who(ask: Ask) -> str:
    sign = {DIFFERENCE: " - ", RATIO: " / "}.get(ask.scale, "")
    weeks = f", weeks {ask.weeks[0]}-{ask.weeks[1]}" if ask.weeks else ""
    return f"{ask.arm}{sign}{ask.against}{weeks}"


def _outcome(number: Number) -> Outcome:
    size = max((abs(v) for v in (number.mean, number.other) if math.isfinite(v)), default=1.0)
    outcome = shown_as(number.ask.measure, size)
    if outcome.unit == "share" or not 0.0 < size < 0.1:
        return outcome
    return replace(outcome, digits=max(outcome.digits, 2 - math.floor(math.log10(size))))


def _show(number: Number, value: float, *, unit: bool) -> str:
    outcome = _outcome(number)
    if number.ask.scale == RATIO:
        return f"{value:.3f}" + " times" * unit
    if number.ask.scale == DIFFERENCE:
        return show_difference(outcome, value, unit=unit)
    return show_value(outcome, value, unit=unit)


def _value(number: Number) -> str:
    if not math.isfinite(number.low):
        return "undefined"
    low, high = (_show(number, bound, unit=False) for bound in (number.low, number.high))
    return f"{_show(number, number.value, unit=True)} [{low}, {high}]"


def _sides(number: Number) -> str:
    if not number.ask.against or not math.isfinite(number.mean):
        return ""
    sides = (show_value(_outcome(number), value) for value in (number.mean, number.other))
    return "{} v {}".format(*sides)


def _required(number: Number) -> str:
    low, high = number.ask.at_least, number.ask.at_most
    shown = [None if b is None else _show(number, b, unit=False) for b in (low, high)]
    if low is not None and high is not None:
        return f"from {shown[0]} to {shown[1]}"
    least, most = ("above", "below") if number.ask.is_strict else ("at least", "at most")
    return f"{least} {shown[0]}" if low is not None else f"{most} {shown[1]}"
