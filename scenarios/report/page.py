"""Report pages: one HTML file each, with everything inside, to be mailed, read and printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from plaza_lab.scenarios.advising.lines import Line
from plaza_lab.scenarios.advising.writing import policy_name, shown, span
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.outcomes import Outcome, outcome_named, outcome_title
from plaza_lab.scenarios.report import words
from plaza_lab.scenarios.report.rendering import render, settings_that_differ
from plaza_lab.scenarios.report.style import Picture, said, spoken
from plaza_lab.scenarios.report.words import OUTCOMES, is_shown, number_of
from plaza_lab.scenarios.statistics import incremental_cost, tied_with_best
from plaza_lab.scenarios.statistics.sweeps import SWEEP_OUTCOMES

LIMITS = (
    marked(
        "These are simulated communities. The intervals speak of luck between seeds; they do not "
        "hold the doubt about the parameters or about the form of the model."
    ),
    marked("Who invited whom is calibrated from literature only: no public data set shows it."),
    marked("How long partnerships last is calibrated from literature only."),
    marked(
        "An effect found here is a reason to try a policy on a small part of a community, not a "
        "forecast of its size."
    ),
)
OVER_WORLDS = (
    marked(
        "These are simulated communities. The intervals speak of luck between seeds and of the "
        "ranges the worlds were drawn from; they do not hold the doubt about the form of the model."
    ),
)


def write_page(
    path: str | Path,
    comparison: pd.DataFrame,
    *,
    question: str = "",
    runs: pd.DataFrame | None = None,
    pictures: Iterable[Picture] = (),
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    manifest: Mapping[str, Any] | None = None,
    command: str = "",
    limits: Sequence[str] = (),
    found: Sequence[str] = (),
    lines: Sequence[Line] = (),
    say: Language | None = None,
) -> Path:
    """Write the report of a comparison of policies.

    Parameters
    ----------
    path : str or Path
        The HTML file; it appears whole or not at all.
    comparison : pandas.DataFrame
        Table of ``statistics.compare`` or ``compare_all``.
    question : str
        Title; default "What does B change, compared with A?" with the policies' names.
    runs : pandas.DataFrame, optional
        What the price of a retained member is made from; left out without them.
    pictures : iterable of Picture
        As of :func:`plaza_lab.scenarios.report.figures.of_comparison`.
    settings : mapping, optional
        Policy name to its (nested) settings; those that differ are listed.
    manifest : mapping, optional
        Versions, seeds, config hash and whatever else reproduces the runs.
    command : str
        Command line that makes this report again.
    limits : sequence of str
        What is not modelled in this study, before the general limits.
    found : sequence of str
        Sentences on where the answer holds and where it does not.
    lines : sequence of Line, optional
        The first screen of the answer, in place of a sentence for each policy.
    say : Language, optional
        In which language; default English.

    Returns
    -------
    Path
        The file written.
    """
    baseline = str(comparison["baseline"].iloc[0])
    others = list(dict.fromkeys(comparison["alternative"]))
    say = say or Language()
    rows = [_effect_row(row, say) for row in words.records(comparison) if is_shown(row)]
    left_out = comparison["label"].nunique() - len({row["label"] for row in rows})
    is_over_worlds = "worlds" in comparison and comparison["worlds"].max() > 1
    answers = []
    if not lines:
        prices = _prices(runs, baseline, others, float(comparison["level"].iloc[0]))
        sentences = words.answers(comparison)
        answers = [(text, prices.get(policy, "")) for policy, text in sentences.items()]
    title = marked("What does {others} change, compared with {base}?")
    if len(others) > 1:
        title = marked("What do {others} change, compared with {base}?")
    names = {policy: policy_name(policy, say) for policy in (baseline, *others)}
    return render(
        path,
        "compare.html",
        manifest,
        say=say,
        title=question
        or say.tr(title, others=say.listed(names[other] for other in others), base=names[baseline]),
        answers=answers,
        lines=lines,
        names=names,
        left_out=number_of(left_out, OUTCOMES, say) if left_out else "",
        baseline=baseline,
        headline=_by_policy(rows, True),
        secondary=_by_policy(rows, False),
        found=[said(line, say, names) for line in found],
        figures=[
            (said(one.title, say, names), spoken(one.figure(), say, names)) for one in pictures
        ],
        settings=settings_that_differ(settings or {}, [baseline, *others], say),
        policies=[baseline, *others],
        sure=words.how_sure(comparison, say),
        limits=[*limits, *(OVER_WORLDS if is_over_worlds else LIMITS[:1]), *LIMITS[1:]],
        command=command,
    )


def write_sweep_page(
    path: str | Path,
    table: pd.DataFrame,
    by: Sequence[str],
    *,
    pictures: Iterable[Picture] = (),
    runs: pd.DataFrame | None = None,
    outcomes: Sequence[str] = SWEEP_OUTCOMES,
    manifest: Mapping[str, Any] | None = None,
    command: str = "",
) -> Path:
    """Write the report of a sweep.

    Parameters
    ----------
    path : str or Path
        The HTML file.
    table : pandas.DataFrame
        Table of ``statistics.summarise``.
    by : sequence of str
        Columns that make a design point.
    pictures : iterable of Picture
        As of :func:`plaza_lab.scenarios.report.figures.of_sweep`.
    runs : pandas.DataFrame, optional
        The runs behind `table`; with them the page says which points can be told from the best.
    outcomes : sequence of str
        Outcomes shown.
    manifest, command
        As in :func:`write_page`.

    Returns
    -------
    Path
        The file written.
    """
    told = [outcome_named(name) for name in outcomes if name in table]
    ranking = None if runs is None else tied_with_best(runs, by, "retention")
    return render(
        path,
        "sweep.html",
        manifest,
        title=f"Which {words.listed(by)} serves the community best?",
        answer="" if ranking is None else words.sweep_answer(ranking, by),
        by=list(by),
        heads=[outcome_title(outcome) for outcome in told],
        rows=_sweep_rows(table, by, told, ranking),
        marked=ranking is not None,
        figures=[(one.title, one.figure()) for one in pictures],
        limits=LIMITS,
        command=command,
    )


def _prices(
    runs: pd.DataFrame | None, baseline: str, others: list[str], level: float
) -> dict[str, str]:
    retained = {"members_end", "active_share"}
    if runs is None or "fund_spend_yuan" not in runs:
        return {}
    if not retained <= set(runs) and not {"retained_members", "cost_per_retained_yuan"} & set(runs):
        return {}
    return {other: incremental_cost(runs, baseline, other, level).words for other in others}


def _effect_row(row: Mapping[str, Any], say: Language) -> dict[str, Any]:
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
        return words.span_text(row, say)
    return span(outcome, *words.inside_scale(row), say, has_unit=False)


def _relative(row: Mapping[str, Any]) -> str:
    if pd.isna(row["relative"]) or not row["difference"]:
        return ""
    digits = 1 if abs(row["relative"]) < 0.1 else 0
    return f"{row['relative'] * 100:+,.{digits}f} %"


def _by_policy(rows: list[dict[str, Any]], headline: bool) -> dict[str, list[dict[str, Any]]]:
    """Group the headline rows, or the others, by alternative."""
    chosen = [row for row in rows if bool(row["headline"]) is headline]
    return {
        p: [r for r in chosen if r["policy"] == p]
        for p in dict.fromkeys(r["policy"] for r in chosen)
    }


def _sweep_rows(
    table: pd.DataFrame,
    by: Sequence[str],
    outcomes: Sequence[Outcome],
    ranking: pd.DataFrame | None,
) -> list[dict[str, Any]]:
    """Write the design points of a sweep as the texts of a page's table."""
    marks = words.marks_of(ranking, by, best="best", tied="tied")
    return [
        {
            "point": [str(row[column]) for column in by],
            "runs": row["runs"],
            "cells": [words.level_text(row, outcome.name) for outcome in outcomes],
            "mark": marks.get(words.point_name(row, by), ""),
        }
        for row in words.records(table)
    ]
