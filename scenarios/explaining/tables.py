"""A member's days as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.scenarios.explaining.replay import (
    ACTS,
    OWN,
    Diary,
    Parting,
    moment_said,
    shown_decisions,
)
from plaza_lab.scenarios.explaining.subject import Wanted
from plaza_lab.scenarios.report.words import counted

if TYPE_CHECKING:
    import pandas as pd

SHOWN_STATES = {"belonging": "belong", "satisfaction": "satisf", "motive": "motive"}
MOST_ROWS = 14
KNOWN = {"visit": "comes", "post": "posts", "answer": "answers", "exit": "leaves"}
"""Decisions told in plain words, and how."""
WEAKEST = 0.1
"""On average, on the scale of the terms: a factor of 1.1 on a hazard or on odds."""


def explained(
    wanted: Wanted, diary: Diary, twin: Diary | None, parted: Parting | None, span: tuple[int, int]
) -> RenderableType:
    """Lay out a member's days, the terms of her decisions, and where twin runs part.

    `span` is the first and last day to show singly, from 1; (0, 0) shows spans of weeks.
    """
    frame = diary.frame()
    parts: list[RenderableType] = [Text(_head(wanted, diary, frame), style="bold")]
    if twin is not None and parted is not None:
        parts.append(Text(_twin_line(wanted, diary, twin, parted)))
    parts += [Text(line) for line in plain_words(frame)]
    parts.append(_days(frame, span) if span[1] else _weeks(frame))
    other = twin.frame() if twin is not None and twin.rows else None
    parts.append(terms_table(frame, other, shown_decisions()))
    note = "States and terms as they stand in the evening, means of the days shown."
    return Group(*parts, Text(note, style="dim"))


def _head(wanted: Wanted, diary: Diary, frame: pd.DataFrame) -> str:
    first, last = int(frame["day"].iloc[0]), int(frame["day"].iloc[-1])
    came = "there from the start" if first == 0 else f"joined on day {first + 1}"
    gone = f"left on day {diary.left + 1}" if diary.left is not None else "stayed to the end"
    done = ", ".join(_counted(int(frame[act].sum()), act) for act in ACTS)
    return (
        f"Member {wanted.member} of {wanted.title}, seed {wanted.seed}: {came}, {gone} "
        f"({counted(last - first + 1, 'day')}); {done}."
    )


def _counted(number: int, act: str) -> str:
    one = act.replace("ies", "y") if act.endswith("ies") else act.removesuffix("s")
    return f"{number:,} {one if number == 1 else act}"


def _twin_line(wanted: Wanted, diary: Diary, twin: Diary, parted: Parting) -> str:
    other = f"Under {wanted.twin}"
    if not twin.rows:
        return f"{other} she never joined."
    if parted.day < 0 and parted.act_day < 0:
        return f"{other} every day of hers is the same."
    lines = []
    if parted.day >= 0:
        lines.append(
            f"{other} her days part on day {parted.day + 1} (week {parted.day // 7 + 1}): "
            f"{parted.decision}, term '{parted.term}', {parted.first:+.3f} here and "
            f"{parted.second:+.3f} there."
        )
    if parted.act_day >= 0:
        lines.append(
            f"The first act that differs is on day {parted.act_day + 1}: {parted.act} "
            f"{parted.act_first} here, {parted.act_second} there."
        )
    if twin.left != diary.left:
        ends = [f"left on day {d.left + 1}" if d.left is not None else "stayed"
                for d in (diary, twin)]  # fmt: skip
        lines.append(f"In the end she {ends[0]} here and {ends[1]} there.")
    return " ".join(lines)


def plain_words(frame: pd.DataFrame) -> list[str]:
    """Say what moves a member most, in words, for the decisions everybody knows.

    A sentence for each of :data:`KNOWN` that something beside its base rate moves by
    :data:`WEAKEST` or more; the two strongest terms on each side.
    """
    lines = []
    for name, verb in KNOWN.items():
        _, *terms = [str(column) for column in frame if str(column).startswith(f"{name}: ")] or [""]
        means = {term.partition(": ")[2]: float(frame[term].mean()) for term in terms}
        strong = sorted(
            (term for term, mean in means.items() if abs(mean) >= WEAKEST),
            key=lambda term: -abs(means[term]),
        )
        sides = {
            word: [term for term in strong if (means[term] > 0) == (word == "more")][:2]
            for word in ("more", "less")
        }
        said = [
            f"{word} because of {' and '.join(terms)}" for word, terms in sides.items() if terms
        ]
        if said:
            lines.append(f"She {verb} {', '.join(said)}.")
    return lines


def _titled(title: str, table: Table) -> RenderableType:
    return Group(Text(""), Text(title, style="bold"), table)


def _grid() -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")


def _weeks(frame: pd.DataFrame) -> RenderableType:
    weeks = int(frame["day"].iloc[-1]) // 7 + 1
    step = next(n for n in (1, 2, 4, 13, 26, 52) if weeks / n <= MOST_ROWS or n == 52)
    spans = frame.groupby(frame["day"] // 7 // step)
    table = _grid()
    _columns(table, "week" if step == 1 else "weeks")
    for number, rows in spans:
        first = int(number) * step + 1  # type: ignore[call-overload]
        last = min(first + step - 1, weeks)
        _row(table, f"{first}" if first == last else f"{first}-{last}", rows)
    return _titled("Her days" if step == 1 else f"Her days, {step} weeks a line", table)


def _days(frame: pd.DataFrame, span: tuple[int, int]) -> RenderableType:
    table = _grid()
    _columns(table, "day")
    for _, rows in frame[frame["day"].between(span[0] - 1, span[1] - 1)].groupby("day"):
        _row(table, str(int(rows["day"].iloc[0]) + 1), rows)
    return _titled("Her days", table)


def _columns(table: Table, first: str) -> None:
    table.add_column(first, no_wrap=True)
    for name in (*ACTS[:-1], "buys", *SHOWN_STATES.values()):
        table.add_column(name, justify="right", no_wrap=True)


def _row(table: Table, label: str, rows: pd.DataFrame) -> None:
    counts = [f"{int(rows[act].sum())}" if rows[act].any() else "." for act in ACTS]
    table.add_row(label, *counts, *(f"{rows[name].mean():.2f}" for name in SHOWN_STATES))


def terms_table(
    frame: pd.DataFrame, twin: pd.DataFrame | None, decisions: Sequence[Decision]
) -> RenderableType:
    """Lay out the terms of decisions in a diary, and in its twin's: first day, mean, last day."""
    table = _grid()
    table.add_column("", overflow="fold")  # gives way, so that no number is cut
    for name in ("first day", "mean", "last day", *(["mean there"] if twin is not None else [])):
        table.add_column(name, justify="right", no_wrap=True)
    never, moments = [], []
    for decision in decisions:
        columns = {term: f"{decision.name}: {term}" for term in (OWN, *decision.names)}
        found = {term: column for term, column in columns.items() if column in frame}
        if not found:
            never.append(decision.name)
            continue
        table.add_row(f"{decision.name}, {decision.unit}", style="bold")
        if moment_said(decision):
            moments.append(f"{decision.name}: {moment_said(decision)}")
        _lines(table, found, frame, twin)
    said = f"Moments: {'; '.join(moments)}." if moments else ""
    if never:
        said += f" No moment in her days for: {', '.join(never)}."
    return Group(_titled("Terms of her decisions", table), Text(said.strip(), style="dim"))


def _lines(
    table: Table, columns: dict[str, str], frame: pd.DataFrame, twin: pd.DataFrame | None
) -> None:
    """Add a line for each term that is ever anything, and one that names the others."""
    still = []
    for term, column in columns.items():
        own = frame[column].dropna()
        other = own[:0] if twin is None or column not in twin else twin[column].dropna()
        if not (own.any() or other.any()):
            still.append(term)
            continue
        numbers = [own.iloc[0], own.mean(), own.iloc[-1]]
        numbers += [] if twin is None else [other.mean() if len(other) else 0.0]
        table.add_row(f"  {term}", *(f"{value:+.3f}" for value in numbers))
    if still:
        few = len(still) <= 3
        said = ", ".join(still) if few else f"{len(still)} other terms"
        table.add_row(Text(f"  nothing from {said}", style="dim"))
