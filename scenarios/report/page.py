"""Report pages: one HTML file each, with everything inside, to be mailed, read and printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from plaza_lab.scenarios.advising.lines import Line
from plaza_lab.scenarios.advising.writing import policy_name
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.outcomes import outcome_named, outcome_title
from plaza_lab.scenarios.report import figures, words
from plaza_lab.scenarios.report.rendering import flat, render, settings_that_differ
from plaza_lab.scenarios.report.rows import by_policy, effect_row, sweep_rows
from plaza_lab.scenarios.report.spoken import said, spoken
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
Drawn = tuple[str, Figure]


def write_page(
    path: str | Path,
    comparison: pd.DataFrame,
    *,
    question: str = "",
    runs: pd.DataFrame | None = None,
    days: pd.DataFrame | None = None,
    journal: pd.DataFrame | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    manifest: Mapping[str, Any] | None = None,
    command: str = "",
    limits: Sequence[str] = (),
    funds: Collection[str] | None = None,
    found: Sequence[str] = (),
    more: Sequence[Drawn] = (),
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
    runs, days, journal : pandas.DataFrame, optional
        What figures and the price of a retained member are made from; what is not given is left
        out.
    settings : mapping, optional
        Policy name to its (nested) settings; those that differ are listed.
    manifest : mapping, optional
        Versions, seeds, config hash and whatever else reproduces the runs.
    command : str
        Command line that makes this report again.
    limits : sequence of str
        What is not modelled in this study, before the general limits.
    funds : collection of str, optional
        Journal accounts that belong to the community.
    found : sequence of str
        Sentences on where the answer holds and where it does not.
    more : sequence of tuple
        Pictures that belong to them: title and figure.
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
    rows = [effect_row(row, say) for row in words.records(comparison) if is_shown(row)]
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
        headline=by_policy(rows, True),
        secondary=by_policy(rows, False),
        found=[said(line, say, names) for line in found],
        figures=[
            (said(name, say, names), spoken(figure, say, names))
            for name, figure in (
                *_comparison_figures(comparison, baseline, others, runs, days, journal, funds),
                *more,
            )
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
    question: str = "",
    runs: pd.DataFrame | None = None,
    outcomes: Sequence[str] = SWEEP_OUTCOMES,
    ranked: str = "retention",
    manifest: Mapping[str, Any] | None = None,
    command: str = "",
    limits: Sequence[str] = (),
) -> Path:
    """Write the report of a sweep.

    Parameters
    ----------
    path : str or Path
        The HTML file.
    table : pandas.DataFrame
        Table of ``statistics.summarise``.
    by : sequence of str
        Columns that make a design point; the first two are drawn.
    question, manifest, command, limits
        As in :func:`write_page`.
    runs : pandas.DataFrame, optional
        The runs behind `table`; with them the page says which points can be told from the best.
    outcomes : sequence of str
        Outcomes shown.
    ranked : str
        Outcome by which the best point is chosen.

    Returns
    -------
    Path
        The file written.
    """
    shown = [outcome_named(name) for name in outcomes if name in table]
    ranking = None if runs is None else tied_with_best(runs, by, ranked)
    second = by[1] if len(by) > 1 else None
    drawn = [("Means", figures.sweep_dots(table, by[0], second, outcomes, caption=False))]
    if second and ranked in table:
        heat = figures.sweep_heatmap(table, by[0], second, ranked, caption=False)
        drawn.append((f"{outcome_named(ranked).label} over {by[0]} and {second}", heat))
    return render(
        path,
        "sweep.html",
        manifest,
        title=question or f"Which {words.listed(by)} serves the community best?",
        answer="" if ranking is None else words.sweep_answer(ranking, by, ranked),
        by=list(by),
        heads=[outcome_title(outcome) for outcome in shown],
        rows=sweep_rows(table, by, shown, ranking),
        marked=ranking is not None,
        figures=drawn,
        limits=[*limits, *LIMITS],
        command=command,
    )


def write_run_page(
    path: str | Path,
    run: pd.DataFrame,
    *,
    question: str = "",
    days: pd.DataFrame | None = None,
    journal: pd.DataFrame | None = None,
    settings: Mapping[str, Any] | None = None,
    manifest: Mapping[str, Any] | None = None,
    command: str = "",
    limits: Sequence[str] = (),
    funds: Collection[str] | None = None,
) -> Path:
    """Write the report of a single run.

    Parameters
    ----------
    path : str or Path
        The HTML file.
    run : pandas.DataFrame
        ``runs`` with exactly one row.
    question, days, journal, manifest, command, limits, funds
        As in :func:`write_page`.
    settings : mapping, optional
        Settings of the policy.

    Returns
    -------
    Path
        The file written.
    """
    policy = str(run["policy"].iloc[0])
    drawn: list[Drawn] = []
    if days is not None:
        drawn.append(("Over the weeks", figures.paths(days, policy, [], caption=False)))
    if journal is not None and len(journal):
        drawn.append(("Money", figures.spend(journal, [policy], funds, caption=False)))
    return render(
        path,
        "run.html",
        manifest,
        title=question or f"One run of {policy}",
        answer=words.run_answer(run),
        lines=words.run_lines(run),
        figures=drawn,
        settings=sorted(flat(settings or {}).items()),
        limits=[*limits, *LIMITS],
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


def _comparison_figures(
    comparison: pd.DataFrame,
    baseline: str,
    others: list[str],
    runs: pd.DataFrame | None,
    days: pd.DataFrame | None,
    journal: pd.DataFrame | None,
    funds: Collection[str] | None,
) -> list[Drawn]:
    drawn: list[Drawn] = [("Headline differences", figures.effects(comparison, caption=False))]
    policies = [baseline, *others]
    if days is not None:
        drawn.append(("Over the weeks", figures.paths(days, baseline, others, caption=False)))
    if journal is not None and len(journal):
        counts = None if runs is None else Counter(map(str, runs["policy"]))
        drawn.append(("Where the money came from and went",
                      figures.spend(journal, policies, funds, counts, caption=False)))  # fmt: skip
    if runs is not None and "retention" in runs:
        for other in others:
            cloud = figures.pairs(runs, baseline, other, caption=False)
            drawn.append((f"Retention, pair by pair: {other}", cloud))
    return drawn
