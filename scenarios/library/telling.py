"""What ``plaza scenario`` prints and leaves in files: the library, one scenario, verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from plaza_lab.scenarios.library.evaluation import Asked
from plaza_lab.scenarios.library.measures import all_awaited, shown_as
from plaza_lab.scenarios.library.scenario import Expectation, Scenario
from plaza_lab.scenarios.library.verdicts import FAILS, HOLDS, LEVEL, Finding
from plaza_lab.scenarios.outcomes import Outcome, show_difference, show_value
from plaza_lab.scenarios.report.words import counted

STYLES = {HOLDS: "green", FAILS: "dark_orange3"}
MOST_AWAITED = 3
MOST_DIGITS = 6
COLUMNS = (
    "scenario", "id", "expectation", "source", "measure", "compared", "sign", "verdict", "effect",
    "difference", "low", "high", "mean", "other", "pairs", "level", "weeks", "seeds", "date",
    "engine", "why",
)  # fmt: skip


def library_table(scenarios: list[Scenario]) -> RenderableType:
    """Lay out the library, in the order given: name, question, and what is awaited."""
    parts: list[RenderableType] = []
    for scenario in scenarios:
        n_tagged = sum(not e.is_inferred for e in scenario.expectations)
        n_own = len(scenario.expectations) - n_tagged
        head = Text()
        head.append(scenario.name, style="bold")
        head.append(f"  {scenario.id}  " if scenario.id else "  ")
        head.append(f"{counted(len(scenario.arms), 'arm')}, {counted(scenario.weeks, 'week')}, ")
        head.append(f"{n_tagged} sourced, {n_own} inferred")
        parts += [head, Padding(Text(scenario.question), (0, 0, 0, 2))]
        awaited = all_awaited(scenario)
        if awaited:
            parts.append(Padding(Text(_awaited_text(awaited), style="dark_orange3"), (0, 0, 0, 2)))
    n_waiting = sum(bool(all_awaited(scenario)) for scenario in scenarios)
    foot = f"{counted(len(scenarios), 'scenario')}; "
    foot += f"{n_waiting} of them cannot be asked in full yet; " if n_waiting else ""
    return Group(*parts, Text(foot + "plaza scenario run NAME asks one", style="dim"))


def _awaited_text(awaited: list[str]) -> str:
    """Say what is awaited in one line: the first of it, and how many more."""
    more = len(awaited) - MOST_AWAITED
    rest = f" and {more} more" if more > 0 else ""
    return f"waits for {', '.join(awaited[:MOST_AWAITED])}{rest}"


def scenario_text(scenario: Scenario) -> RenderableType:
    """Lay out one scenario: question, settings, arms, expectations."""
    head = f"{scenario.name} {scenario.id}".strip()
    parts: list[RenderableType] = [Text(head, style="bold"), Text(scenario.question)]
    awaited = all_awaited(scenario)
    if awaited:
        parts.append(Text(f"waits for {', '.join(awaited)}", style="dark_orange3"))
    facts = _grid("", "")
    facts.add_row("runs", f"{counted(scenario.weeks, 'week')}, {scenario.seeds} seeds a pair")
    facts.add_row("all arms", " ".join(scenario.settings) or "the default policy and world")
    for name, words in scenario.arms.items():
        facts.add_row(f"arm {name}", " ".join(words) or "as it is")
    for name in ("read", "mechanisms", "figures"):
        if getattr(scenario, name):
            facts.add_row({"read": "metrics"}.get(name, name), " ".join(getattr(scenario, name)))
    parts += [Text(""), facts]
    for title, expectations in _groups(list(scenario.expectations)):
        table = _grid("", "")
        for e in expectations:
            cell = Text(e.says)
            cell.append(f"\n{e.measure}: {e.compared}", style="dim")
            table.add_row(Text(_sign(e)), cell)
        parts += [Text(""), Text(title, style="bold"), table]
    return Group(*parts)


def asked_text(asked: Asked) -> RenderableType:
    """Lay out what asking a scenario found."""
    scenario = asked.scenario
    parts: list[RenderableType] = [
        Text(f"{scenario.name} {scenario.id}".strip(), style="bold"), Text(scenario.question),
    ]  # fmt: skip
    by_expectation = {found.expectation: found for found in asked.findings}
    for title, expectations in _groups([found.expectation for found in asked.findings]):
        table = _grid("verdict", "expected", f"effect ({LEVEL:.0%} interval)".replace("%", " %"))
        table.columns[0].no_wrap = table.columns[2].no_wrap = True
        table.columns[2].justify = "right"
        for e in expectations:
            found = by_expectation[e]
            cell = Text(e.says)
            detail = found.why if not found.is_evaluated else f"{e.measure}: {e.compared}"
            cell.append(f"\n{detail}", style="dim")
            if found.is_evaluated and found.why:
                cell.append(f"\n{found.why}", style="dim")
            table.add_row(
                Text(found.verdict, style=STYLES.get(found.verdict, "")), cell, effect_text(found)
            )
        parts += [Text(""), Text(title, style="bold"), table]
    return Group(*parts, Text(_asked_line(asked), style="dim"))


def _asked_line(asked: Asked) -> str:
    """Say how many expectations hold, by sources and by inference, and what that rests on."""
    parts = []
    for name, is_inferred in (("by sources", False), ("inferred", True)):
        own = [f for f in asked.findings if f.expectation.is_inferred == is_inferred]
        held = sum(found.verdict == HOLDS for found in own)
        if own:
            parts.append(f"{held} of {len(own)} expected {name} hold"
                         if not is_inferred else f"{held} of {len(own)} inferred")  # fmt: skip
    made = asked.n_runs - asked.n_before
    runs = f"{counted(asked.n_runs, 'run')} of {counted(asked.scenario.weeks, 'week')}"
    runs += ", all made before" if not made else f", {made:,} made now"
    return f"{', '.join(parts)}; {counted(len(asked.seeds), 'pair')} by seed; {runs}."


def effect_text(found: Finding) -> str:
    """Write the observed effect over its interval; a level where it is compared with one.

    Two or three lines; empty where nothing was observed.
    """
    if not found.is_evaluated:
        return ""
    e = found.expectation
    size = max(abs(found.mean), abs(found.other))
    shape = _fine_enough(shown_as(e.measure, size), found.low, found.high)
    lines = [show_difference(shape, found.difference)]
    if isinstance(e.against, float):
        lines = [show_value(shape, found.mean), f"{lines[0]} from {show_value(shape, e.against)}"]
    if not math.isnan(found.low):
        low, high = (show_difference(shape, end, unit=False) for end in (found.low, found.high))
        lines.append("(every pair)" if found.low == found.high else f"({low} to {high})")
    return "\n".join(lines)


def _fine_enough(shape: Outcome, low: float, high: float) -> Outcome:
    """Add digits until the ends of an interval differ, and one that leaves out zero shows it."""

    def is_coarse() -> bool:
        ends = [show_difference(shape, end, unit=False) for end in (low, high)]
        zero = show_difference(shape, 0.0, unit=False)
        return ends[0] == ends[1] or (low * high > 0.0 and zero in ends)

    while low < high and shape.digits < MOST_DIGITS and is_coarse():
        shape = replace(shape, digits=shape.digits + 1)
    return shape


def _sign(e: Expectation) -> str:
    return e.sign if e.sign != "equal" else f"equal within {e.within:g}"


def _groups(expectations: list[Expectation]) -> list[tuple[str, list[Expectation]]]:
    sources = dict.fromkeys(e.source for e in expectations if not e.is_inferred)
    groups = [(f"Expected by {source}", [e for e in expectations if e.source == source])
              for source in sources]  # fmt: skip
    inferred = [e for e in expectations if e.is_inferred]
    return [*groups, *([("Inferred from the model's logic", inferred)] if inferred else [])]


def _grid(*names: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD if any(names) else None, padding=(0, 2, 0, 0),
                  pad_edge=False, show_header=any(names))  # fmt: skip
    for name in names:
        table.add_column(name, overflow="fold")
    if not any(names):
        table.columns[0].no_wrap = True
    return table


def verdict_rows(asked: Asked, day: date | None = None) -> list[dict[str, Any]]:
    """Return one row per expectation, with the keys of :data:`COLUMNS`; made today unless told."""
    from plaza_lab.scenarios.output.provenance import code_fingerprint

    scenario = asked.scenario
    common = {
        "scenario": scenario.name, "id": scenario.id, "level": LEVEL, "weeks": scenario.weeks,
        "seeds": len(asked.seeds), "date": (day or date.today()).isoformat(),
        "engine": code_fingerprint(),
    }  # fmt: skip
    rows = []
    for found in asked.findings:
        e = found.expectation
        row = common | {
            "expectation": e.says, "source": e.source, "measure": e.measure,
            "compared": e.compared, "sign": e.sign, "verdict": found.verdict,
            "effect": " ".join(effect_text(found).split("\n")), "why": found.why,
        }  # fmt: skip
        numbers = ("difference", "low", "high", "mean", "other", "pairs")
        row |= {name: getattr(found, name) for name in numbers}
        rows.append({name: row[name] for name in COLUMNS})
    return rows


def markdown_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write verdicts as Markdown: a heading and a table for each scenario.

    `rows` are as :func:`verdict_rows` returns them, or as they were read from a file.
    """
    parts = []
    for name in dict.fromkeys(row["scenario"] for row in rows):
        own = [row for row in rows if row["scenario"] == name]
        first = own[0]
        head = f"## {name}" + (f" ({first['id']})" if first["id"] else "")
        facts = f"{first['seeds']} seeds, {first['weeks']} weeks, {first['date']}."
        lines = ["| verdict | expected | source | effect, 90 % interval |", "|---|---|---|---|"]
        for row in own:
            what = f"{row['expectation']} (`{row['measure']}`: {row['compared']})"
            why = f" {row['why']}" if row["why"] and str(row["why"]) != "nan" else ""
            effect = row["effect"] if str(row["effect"]) != "nan" else ""
            cells = (row["verdict"], what, row["source"], f"{effect}{why}")
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
        parts.append("\n".join([head, "", facts, "", *lines, ""]))
    return "\n".join(parts)


def save_verdicts(asked: Sequence[Asked], place: Path, command: str) -> list[Path]:
    """Write verdicts as CSV, Parquet and Markdown into a new folder; return the files.

    Raises
    ------
    UserError
        If the folder exists, or the disk refuses.
    """
    import pandas as pd

    from plaza_lab.scenarios.output.provenance import short_manifest
    from plaza_lab.scenarios.output.writing import keep_files

    rows = [row for one in asked for row in verdict_rows(one)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    files = {
        "verdicts.csv": table, "verdicts.parquet": table,
        "verdicts.md": f"# Verdicts\n\n{markdown_of(rows)}",
    }  # fmt: skip
    seeds = {one.scenario.name: one.seeds for one in asked}
    manifest = short_manifest(command, scenarios=seeds)
    return sorted(keep_files(place, files, manifest, "--save").iterdir())


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")
