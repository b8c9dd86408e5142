"""Rows of a page's tables: numbers already written as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from plaza_lab.scenarios.advising.writing import shown, span
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.outcomes import Outcome, outcome_named, show_value
from plaza_lab.scenarios.report import words


def effect_row(row: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """Write one row of a comparison as the texts of a page's table."""
    outcome = outcome_named(row["outcome"])
    wanted = row["verdict"] == outcome.better
    clear = row["verdict"] in ("higher", "lower") and outcome.better != "neither"
    return {
        "policy": row["alternative"],
        "headline": row["headline"],
        "label": say.tr(outcome.label),
        "definition": say.told(outcome.definition),
        "before": shown(outcome, row["mean_baseline"], say),
        "after": shown(outcome, row["mean_alternative"], say),
        "difference": shown(outcome, row["difference"], say, is_difference=True),
        "span": _span(row, outcome, say),
        "relative": _relative(row),
        "share": ""
        if row["interval"] in ("exact", "none")
        else f"{row['superiority'] * 100:.0f} %",
        "verdict": say.tr(words.verdict_text(row)),
        "mood": ("good" if wanted else "bad") if clear else "",
        "note": say.tr(words.INTERVAL_NAMES[row["interval"]])
        + (f": {row['why']}" if say.code == "en" else ""),
    }


def _span(row: Mapping[str, Any], outcome: Outcome, say: Language) -> str:
    if row["interval"] in ("none", "exact"):
        return say.tr(words.span_text(row))
    return span(outcome, *words.inside_scale(row), say, has_unit=False)


def _relative(row: Mapping[str, Any]) -> str:
    if pd.isna(row["relative"]) or not row["difference"]:
        return ""
    digits = 1 if abs(row["relative"]) < 0.1 else 0
    return f"{row['relative'] * 100:+,.{digits}f} %"


def by_policy(rows: list[dict[str, Any]], headline: bool) -> dict[str, list[dict[str, Any]]]:
    """Group the headline rows, or the others, by alternative."""
    chosen = [row for row in rows if bool(row["headline"]) is headline]
    return {
        p: [r for r in chosen if r["policy"] == p]
        for p in dict.fromkeys(r["policy"] for r in chosen)
    }


def sweep_rows(
    table: pd.DataFrame,
    by: Sequence[str],
    outcomes: Sequence[Outcome],
    ranking: pd.DataFrame | None,
) -> list[dict[str, Any]]:
    """Write the design points of a sweep as the texts of a page's table."""
    marks = {} if ranking is None else {
        words.point_name(row, by): "best" if row["is_best"] else "tied" if row["is_tied"] else ""
        for row in words.records(ranking)
    }  # fmt: skip
    return [
        {
            "point": [str(row[column]) for column in by],
            "runs": row["runs"],
            "cells": [_level(row, outcome.name) for outcome in outcomes],
            "mark": marks.get(words.point_name(row, by), ""),
        }
        for row in words.records(table)
    ]


def _level(row: Mapping[str, Any], name: str) -> tuple[str, str]:
    outcome = outcome_named(name)
    value, low, high = (
        show_value(outcome, row[f"{name}{end}"], unit=False) for end in ("", "_low", "_high")
    )
    return value, "" if low in ("undefined", high) else f"{low} to {high}"
