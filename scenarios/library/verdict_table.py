"""Verdicts as a table: for files, and for the page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.library.evaluation import Asked
from plaza_lab.scenarios.library.terminal import effect_text
from plaza_lab.scenarios.library.verdicts import LEVEL
from plaza_lab.scenarios.output.writing import keep_files

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "scenario", "id", "expectation", "source", "measure", "compared", "sign", "verdict", "effect",
    "difference", "low", "high", "mean", "other", "pairs", "level", "weeks", "seeds", "date",
    "engine", "why",
)  # fmt: skip


def verdict_rows(asked: Asked, day: date | None = None) -> list[dict[str, Any]]:
    """Return one row per expectation.

    Parameters
    ----------
    asked : Asked
        Findings.
    day : datetime.date, optional
        Date they were made; default: today.

    Returns
    -------
    list of dict
        With the keys of :data:`COLUMNS`.
    """
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


def frame_of(asked: Sequence[Asked]) -> pd.DataFrame:
    """Return the verdicts of several scenarios as one table."""
    import pandas as pd

    return pd.DataFrame([row for one in asked for row in verdict_rows(one)], columns=list(COLUMNS))


def markdown_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write verdicts as Markdown: a heading and a table for each scenario.

    Parameters
    ----------
    rows : sequence of mapping
        As :func:`verdict_rows` returns them, or as they were read from a file.

    Returns
    -------
    str
        Lines, the last one ended.
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
    """Write verdicts as CSV, Parquet and Markdown into a new folder.

    Parameters
    ----------
    asked : sequence of Asked
        Findings.
    place : pathlib.Path
        The folder.
    command : str
        Command line that asked.

    Returns
    -------
    list of pathlib.Path
        What was written.

    Raises
    ------
    UserError
        If the folder exists, or the disk refuses.
    """
    from plaza_lab.scenarios.output.provenance import short_manifest

    table = frame_of(asked)
    rows = [row for one in asked for row in verdict_rows(one)]
    files = {
        "verdicts.csv": table, "verdicts.parquet": table,
        "verdicts.md": f"# Verdicts\n\n{markdown_of(rows)}",
    }  # fmt: skip
    seeds = {one.scenario.name: one.seeds for one in asked}
    manifest = short_manifest(command, scenarios=seeds)
    return sorted(keep_files(place, files, manifest, "--save").iterdir())


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")
