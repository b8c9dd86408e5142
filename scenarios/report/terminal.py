"""Tables for the terminal: readable in 80 columns, units on every number, an answer in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from plaza_lab.scenarios.advising.advice import Advice, by_group
from plaza_lab.scenarios.advising.lines import Line
from plaza_lab.scenarios.advising.writing import DASH, policy_name
from plaza_lab.scenarios.command_line.printing import grid
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.language.terminal import Wrapped
from plaza_lab.scenarios.outcomes import (
    Outcome,
    outcome_named,
    outcome_unit,
    show_difference,
    show_value,
)
from plaza_lab.scenarios.report.words import (
    OUTCOMES,
    PAIRS,
    WORLDS,
    answers,
    counted,
    is_shown,
    level_text,
    marks_of,
    number_of,
    point_name,
    records,
    run_answer,
    run_lines,
    span_text,
    sweep_answer,
)
from plaza_lab.scenarios.statistics import IncrementalCost
from plaza_lab.scenarios.statistics.sweeps import SWEEP_OUTCOMES

GOOD, BAD = "green", "dark_orange3"
NARROW = 72
"""Columns below which a table shows differences alone."""
WIDEST_HEAD = 18
"""Columns of the heads of the first screen; a longer one is wrapped at its spaces."""
WIDEST_POINT = 20
"""Characters beyond which the settings of a design point stand below one another."""
ABREAST = len(SWEEP_OUTCOMES)
"""Outcomes of a sweep that 80 columns hold beside its design points; more stand in tables below."""


def first_screen(lines: Sequence[Line]) -> RenderableType:
    """Lay out the first lines of an answer, a head and a sentence each, as they are read."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(max_width=WIDEST_HEAD)
    table.add_column()
    for place, line in enumerate(lines):
        table.add_row(Wrapped(line.head, "dim"), Wrapped(line.text, "" if place else "bold"))
    return table


def group_tables(advice: Advice, by: str, say: Language) -> Iterator[RenderableType]:
    """Yield a heading and a table for each group (one of ``advising.advice.GROUPS``) and policy."""
    for group, rows in by_group(advice.runs, [advice.baseline, *advice.others], by).items():
        yield Text(say.tr(group), style="bold")
        for other in advice.others:
            yield effects_table([row for row in rows if row["alternative"] == other], say)


def comparison_table(
    comparison: pd.DataFrame,
    prices: IncrementalCost | Sequence[IncrementalCost] = (),
    *,
    secondary: bool = True,
    lead: RenderableType | None = None,
    say: Language | None = None,
) -> RenderableType:
    """Lay out a comparison: the answer, then a table for each alternative.

    Parameters
    ----------
    comparison : pandas.DataFrame
        Table of ``statistics.compare`` or ``compare_all``.
    prices : IncrementalCost or sequence of IncrementalCost
        What one more member costs; printed after the answer.
    secondary : bool
        Whether to show the outcomes that are not headlines.
    lead : rich.console.RenderableType, optional
        What is printed in place of the answer in words and its prices.
    say : Language, optional
        In which language; default English.

    Returns
    -------
    rich.console.RenderableType
        Print it with a ``rich.console.Console``.
    """
    say = say or Language()
    parts: list[RenderableType] = [] if lead is None else [lead]
    given = [prices] if isinstance(prices, IncrementalCost) else list(prices)
    priced = {price.alternative: price.words for price in given}
    for policy, sentence in answers(comparison).items() if lead is None else ():
        parts.append(Text(sentence, style="bold"))
        if policy in priced:
            parts.append(Text(priced[policy]))
    for _, rows in comparison.groupby("alternative", sort=False):
        parts.append(effects_table(records(rows), say, secondary=secondary))
    return Group(*parts, Text(_foot(comparison, say, secondary), style="dim"))


def effects_table(
    rows: list[dict[str, Any]], say: Language, *, secondary: bool = True, has_names: bool = True
) -> RenderableType:
    """Lay out what one policy changes, of rows of ``statistics.compare``.

    The names of the policies stand above, so that columns stay narrow, or nowhere; outcomes that
    are no headlines are shown where `secondary` says so.
    """
    base, other = (policy_name(rows[0][side], say) for side in ("baseline", "alternative"))
    names = Text(f"A = {base}\nB = {other}")
    table = Effects(rows, say, secondary)
    return Group(Text(""), names, table) if has_names else table


class Effects:
    """A table of effects that fits the terminal: a narrow one leaves out both sides' levels."""

    def __init__(self, rows: list[dict[str, Any]], say: Language, secondary: bool) -> None:
        self.rows, self.say, self.secondary = rows, say, secondary

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay the table out at the width there is."""
        yield self._table(has_levels=options.max_width >= NARROW)

    def _table(self, *, has_levels: bool) -> Table:
        table, say = grid(), self.say
        is_spaced = say.code == "en"  # Chinese has no spaces to break at
        table.add_column("", max_width=27, overflow="ellipsis" if is_spaced else "fold")
        for head in ("A", "B") if has_levels else ():
            table.add_column(head, justify="right", no_wrap=True)
        table.add_column("B - A", justify="right", no_wrap=True)
        head = say.tr("{level} % interval", level=f"{self.rows[0]['level'] * 100:g}")
        table.add_column(head, justify="right", no_wrap=True)
        table.add_column(say.tr("B is"), no_wrap=True)
        heads = [row for row in self.rows if row["headline"]]
        others = [row for row in self.rows if not row["headline"]]
        for block in (heads, others if self.secondary or not heads else []):
            known = [row for row in block if is_shown(row)]
            for row in known:
                label, before, after, *rest = _cells(row, say)
                table.add_row(
                    label if is_spaced else Wrapped(str(label)),
                    *((before, after) if has_levels else ()),
                    *rest,
                )
            if known:
                table.add_section()
        return table


def _cells(row: Mapping[str, Any], say: Language) -> list[RenderableType]:
    outcome = outcome_named(row["outcome"])
    levels = [
        show_value(outcome, row[f"mean_{side}"], unit=False) for side in ("baseline", "alternative")
    ]
    levels = [DASH if level == "undefined" else level for level in levels]
    unit, label = say.tr(outcome_unit(outcome)), say.tr(outcome.label)
    is_said = not unit or outcome_unit(outcome).split("/")[0] in outcome.label.lower()
    name = label if is_said else say.tr("{label}, {unit}", label=label, unit=unit)
    if not row["pairs"]:
        return [name, *levels, DASH, "", ""]
    style, word, span = "", marked("not clear"), span_text(row, say)
    if row["verdict"] == "too few pairs":
        word, span = "", say.tr("too few pairs")
    if row["verdict"] in ("higher", "lower"):
        word = row["verdict"]
        if outcome.better != "neither":
            is_good = row["verdict"] == outcome.better
            style, word = (GOOD, marked("better")) if is_good else (BAD, marked("worse"))
    change = show_difference(outcome, row["difference"], unit=False)
    return [name, *levels, Text(change, style=style), span, Text(say.tr(word), style=style)]


def _foot(comparison: pd.DataFrame, say: Language, secondary: bool) -> str:
    rows = records(comparison)
    worlds = max(row.get("worlds", 1) for row in rows)
    known: dict[str, Any] = {
        "pairs": number_of(max(row["pairs"] for row in rows), PAIRS, say),
        "level": f"{rows[0]['level'] * 100:g}",
    }
    if worlds > 1:
        said = [
            say.tr(
                "{pairs} by seed in {worlds}; {level} % intervals of the mean, over worlds and "
                "seeds; verdicts are stricter, as several are asked at once (Holm).",
                worlds=number_of(worlds, WORLDS, say), **known,
            )
        ]  # fmt: skip
    else:
        said = [
            say.tr(
                "{pairs} by seed; {level} % intervals of the mean; verdicts are stricter, as "
                "several are asked at once (Holm).",
                **known,
            )
        ]
    told = [row for row in rows if secondary or row["headline"]]
    dropped = {row["label"]: row["dropped"] for row in told or rows if row["pairs"]}
    if lost := [f"{say.tr(label)} {count}" for label, count in dropped.items() if count]:
        said.append(say.tr("Undefined pairs left out: {list}.", list=", ".join(lost)))
    there = {row["label"] for row in rows if is_shown(row)}
    if none := len({row["label"] for row in rows} - there):
        count = number_of(none, OUTCOMES, say)
        said.append(say.tr("Nothing to show under either policy: {count}.", count=count))
    more = there - {row["label"] for row in rows if row["headline"]}
    if more and not secondary:
        said.append(say.tr("{count} more: --all.", count=number_of(len(more), OUTCOMES, say)))
    return say.joined(said)


def sweep_table(
    table: pd.DataFrame,
    by: Sequence[str],
    ranking: pd.DataFrame | None = None,
    outcomes: Sequence[str] = SWEEP_OUTCOMES,
    ranked: str = "retention",
) -> RenderableType:
    """Lay out a sweep: growth, retention and fund spend of each design point, then what is more.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of ``statistics.summarise``.
    by : sequence of str
        Columns that make a design point.
    ranking : pandas.DataFrame, optional
        Table of ``statistics.tied_with_best``; adds the answer and stars the best and its ties.
    outcomes : sequence of str
        Columns shown; those the table lacks are left out.
    ranked : str
        Outcome `ranking` is about.

    Returns
    -------
    rich.console.RenderableType
        Print it with a ``rich.console.Console``.
    """
    shown = [outcome_named(name) for name in outcomes if name in table]
    marks = marks_of(ranking, by, best="*", tied="=")
    laid = [
        _points_table(table, by, shown[first : first + ABREAST], marks)
        for first in range(0, len(shown), ABREAST)
    ]
    counts = {int(n) for n in table["runs"]}
    foot = f"{counted(counts.pop(), 'run')} a design point. " if len(counts) == 1 else ""
    if ranking is None:
        return Group(*laid, Text(foot.strip(), style="dim"))
    lead = Text(sweep_answer(ranking, by, ranked), style="bold")
    label = outcome_named(ranked).label.lower()
    note = f"{foot}* best {label}; = not clearly different from it, paired by seed."
    return Group(lead, *laid, Text(note, style="dim"))


def _points_table(
    table: pd.DataFrame, by: Sequence[str], shown: Sequence[Outcome], marks: Mapping[str, str]
) -> Table:
    """Lay out some outcomes of each design point, and its mark."""
    laid = grid()
    widest = {column: max(map(len, map(str, (column, *table[column])))) for column in by}
    is_stacked = sum(widest.values()) > WIDEST_POINT
    for heads in ["\n".join(by)] if is_stacked else by:
        laid.add_column(heads, overflow="fold", min_width=min(max(widest.values()), WIDEST_POINT))
    has_counts = table["runs"].nunique() > 1
    if has_counts:
        laid.add_column("runs", justify="right")
    for outcome in shown:
        head = "\n".join([*halves(outcome.label), outcome_unit(outcome)]).rstrip()
        laid.add_column(head, justify="right", no_wrap=True)
    if marks:
        laid.add_column("")
    for row in records(table):
        point = [str(row[column]) for column in by]
        cells = ["\n".join(point)] if is_stacked else point
        cells += [str(row["runs"])] * has_counts
        levels = (level_text(row, outcome.name) for outcome in shown)
        cells += [f"{value}\n({span})" if span else value for value, span in levels]
        laid.add_row(*cells, *([marks.get(point_name(row, by), "")] if marks else []))
    return laid


def halves(label: str) -> list[str]:
    """Break a heading in two lines where that makes it narrower."""
    words = label.split()
    middle = (len(words) + 1) // 2
    return [" ".join(words[:middle]), " ".join(words[middle:])] if len(words) > 1 else [label]


def run_table(run: pd.DataFrame) -> RenderableType:
    """Lay out one run (``runs`` with exactly one row): what happened, outcome by outcome."""
    table = grid()
    table.add_column("outcome", overflow="fold")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("what it is", style="dim", overflow="fold")
    lines = run_lines(run)
    for place, (outcome, value) in enumerate(lines):
        table.add_row(outcome.label, value, outcome.definition)
        if place + 1 < len(lines) and outcome.headline != lines[place + 1][0].headline:
            table.add_section()
    return Group(Text(run_answer(run), style="bold"), table)
