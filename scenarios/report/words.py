"""Numbers into sentences: what a comparison says, and no more than it says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.outcomes import (
    Outcome,
    outcome_named,
    outcomes_in,
    show_difference,
    show_value,
)

if TYPE_CHECKING:
    import pandas as pd

INTERVAL_NAMES = {
    "t": marked("Student's t"),
    "bca": marked("BCa bootstrap"),
    "exact": marked("no spread"),
    "none": marked("no interval"),
    "anytime": marked("Anytime-valid"),
}
INTERVAL_REASONS = {
    "t": marked("differences near symmetric, or too few pairs for a bootstrap"),
    "bca": marked("differences skewed"),
    "exact": marked("the same difference in every pair"),
    "none": marked("too few pairs"),
    "anytime": marked("valid at every look, however often one looks"),
}
VERDICTS = (
    marked("higher (better)"), marked("higher (worse)"), marked("lower (better)"),
    marked("lower (worse)"), marked("no clear difference"), marked("undefined"), marked("higher"),
    marked("lower"),
)  # fmt: skip
"""What :func:`verdict_text` may say."""
PAIRS = (marked("1 pair"), marked("{number} pairs"))
WORLDS = (marked("1 world"), marked("{number} worlds"))
OUTCOMES = (marked("1 outcome"), marked("{number} outcomes"))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dicts with string keys."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _difference_text(row: Mapping[str, Any]) -> str:
    """Write one difference with its interval: ``+4.2 points (+2.1 to +6.3)``."""
    outcome = outcome_named(row["outcome"])
    value = show_difference(outcome, row["difference"])
    return value if row["interval"] == "none" else f"{value} ({span_text(row)})"


def span_text(row: Mapping[str, Any], say: Language | None = None) -> str:
    """Write the interval of one difference: ``+2.1 to +6.3``; empty where there is none."""
    say = say or Language("en")
    if row["interval"] in ("none", "exact"):
        return say.tr("same in every pair") if row["interval"] == "exact" else ""
    outcome = outcome_named(row["outcome"])
    low, high = (show_difference(outcome, end, unit=False) for end in inside_scale(row))
    return say.tr("{low} to {high}", low=low, high=high)


def inside_scale(row: Mapping[str, Any]) -> tuple[float, float]:
    """Return the bounds of a difference, so that what it leads to stays within 0 to 100 %.

    In storage units; as they are where the outcome is no part of a whole.
    """
    low, high = float(row["low"]), float(row["high"])
    outcome, base = outcome_named(row["outcome"]), float(row.get("mean_baseline", math.nan))
    if not outcome.is_part or not 0.0 <= base <= 1.0:
        return low, high
    return max(low, -base), min(high, 1.0 - base)


def verdict_text(row: Mapping[str, Any]) -> str:
    """Write a verdict with its meaning for the strategist: ``higher (better)``."""
    better = outcome_named(row["outcome"]).better
    if row["verdict"] not in ("higher", "lower") or better == "neither":
        return str(row["verdict"])
    return f"{row['verdict']} ({'better' if row['verdict'] == better else 'worse'})"


def answers(comparison: pd.DataFrame) -> dict[str, str]:
    """Say in one sentence for each alternative what the headline outcomes show.

    Parameters
    ----------
    comparison : pandas.DataFrame
        Table of ``statistics.compare`` or ``compare_all``; no more is claimed than its verdicts do.
    """
    rows = records(comparison)
    chosen = [row for row in rows if row["headline"]] or rows
    policies = dict.fromkeys(row["alternative"] for row in chosen)
    return {p: _sentence([r for r in chosen if r["alternative"] == p]) for p in policies}


def _sentence(rows: list[dict[str, Any]]) -> str:
    start = f"Compared with {rows[0]['baseline']}, {rows[0]['alternative']}"
    clear = [row for row in rows if row["verdict"] in ("higher", "lower")]
    unclear = [_name(row) for row in rows if row["verdict"] == "no clear difference"]
    untold = [row for row in rows if row["verdict"] == "too few pairs"]
    undefined = [_name(row) for row in rows if row["verdict"] == "undefined"]
    level = f"{rows[0]['level'] * 100:g} % interval "
    found = []
    for row in clear:
        text = _difference_text(row)
        if row["interval"] != "exact":
            text, level = text.replace("(", f"({level}", 1), ""
        found.append(f"{row['verdict']} {_name(row)}, {text}")
    pieces = []
    if found:
        pieces.append("has " + listed(found, "; "))
    if unclear:
        shows = "shows no clear difference in " if not found else "there is no clear difference in "
        pieces.append(shows + listed(unclear))
    if untold:
        pieces.append(f"{_few(untold)} {listed([_name(row) for row in untold])}")
    if undefined:
        verb = "is" if len(undefined) == 1 else "are"
        pieces.append(f"{listed(undefined)} {verb} undefined")
    return f"{start} {'; '.join(pieces)}."


def _few(rows: list[dict[str, Any]]) -> str:
    """Say that so few pairs give no interval: one pair, or more whose values are skewed."""
    most = max(row["pairs"] for row in rows)
    if most == 1:
        return "cannot be judged by one pair of runs in"
    return f"needs more than {most} pairs of runs to be judged in"


def _name(row: Mapping[str, Any], say: Language | None = None) -> str:
    label = str(row["label"])
    said = label if say is None else say.tr(label)
    return said[0].lower() + said[1:]


def is_shown(row: Mapping[str, Any]) -> bool:
    """Whether either side has any of it; what neither policy does need not be listed."""
    sides = [row["mean_baseline"], row["mean_alternative"]]
    if not row["pairs"]:
        return any(map(math.isfinite, sides))
    return bool(row["headline"] or any(sides))


def _whose(row: Mapping[str, Any], rows: list[dict[str, Any]], say: Language) -> str:
    """Name an outcome; where there are several alternatives, whose it is."""
    from plaza_lab.scenarios.advising.writing import policy_name

    name = _name(row, say)
    if len({one["alternative"] for one in rows}) < 2:
        return name
    return say.tr("{name} of {policy}", name=name, policy=policy_name(row["alternative"], say))


def number_of(count: int, words: tuple[str, str], say: Language) -> str:
    """Count in a language: ``1 pair``, ``40 pairs``."""
    return say.tr(words[0]) if count == 1 else say.tr(words[1], number=f"{count:,}")


def how_sure(comparison: pd.DataFrame, say: Language | None = None) -> list[str]:
    """Say how much a comparison rests on: pairs, interval kinds, what pairing won.

    Parameters
    ----------
    comparison : pandas.DataFrame
        Table of ``statistics.compare`` or ``compare_all``.
    say : Language, optional
        In which language; default English.
    """
    say = say or Language()
    rows = [row for row in records(comparison) if row["headline"]] or records(comparison)
    most = max(row["pairs"] for row in rows)
    lines = [
        say.tr(
            "{pairs} of runs: the same seed under each policy means the same people with the same "
            "luck, so a difference comes from the policy and what follows from it.",
            pairs=number_of(most, PAIRS, say),
        )
    ]
    worlds = max(row.get("worlds", 1) for row in rows)
    if worlds > 1:
        lines.append(
            say.tr(
                "{worlds}, each at the same seeds: intervals speak of other worlds drawn from the "
                "same ranges and of other luck.",
                worlds=number_of(worlds, WORLDS, say),
            )
        )
    lines += _kinds(rows, say) + (_gains(rows, say) if worlds < 2 else [])
    lines += _losses(rows, say) + _wanted(rows, say)
    lines.append(
        say.tr(
            "Verdicts on the headline outcomes are adjusted for asking several questions at once "
            "(Holm); the other outcomes are not and are there to explore."
        )
    )
    return lines


def _kinds(rows: list[dict[str, Any]], say: Language) -> list[str]:
    lines = []
    kinds = Counter(name for name, _ in {(row["outcome"], row["interval"]) for row in rows})
    for kind in dict.fromkeys(row["interval"] for row in rows):
        names = dict.fromkeys(
            _name(row, say) if kinds[row["outcome"]] == 1 else _whose(row, rows, say)
            for row in rows if row["interval"] == kind
        )  # fmt: skip
        lines.append(
            say.tr(
                "{kind} ({why}): {list}.",
                kind=INTERVAL_NAMES[kind], why=INTERVAL_REASONS[kind], list=say.listed(names),
            )
        )  # fmt: skip
    return lines


def _gains(rows: list[dict[str, Any]], say: Language) -> list[str]:
    gains = [
        f"{_whose(row, rows, say)} {row['pairing_gain']:.1f}" for row in rows
        if math.isfinite(row["pairing_gain"])
    ]  # fmt: skip
    if not gains:
        return []
    text = marked(
        "Pairing gain, the times more unpaired runs that the same intervals would have taken: "
        "{list}."
    )
    return [say.tr(text, list=say.listed(dict.fromkeys(gains)))]


def _losses(rows: list[dict[str, Any]], say: Language) -> list[str]:
    lost = [f"{_name(row, say)} {row['dropped']}" for row in rows if row["dropped"]]
    text = marked("Pairs left out because a value is undefined: {list}.")
    return [say.tr(text, list=say.listed(lost))] if lost else []


def _wanted(rows: list[dict[str, Any]], say: Language) -> list[str]:
    wanted = [
        say.tr(
            "{name} about {number}",
            name=_whose(row, rows, say),
            number=f"{row['pairs_needed']:,.0f}",
        )
        for row in rows
        if row["verdict"] == "no clear difference" and row["pairs"] < row["pairs_needed"] <= 10_000
    ]
    if not wanted:
        return []
    text = marked(
        "If the measured difference were the true one, telling it from zero four times out of "
        "five would take this many pairs: {list}."
    )
    return [say.tr(text, list=say.listed(wanted))]


def sweep_answer(ranking: pd.DataFrame, by: Iterable[str], outcome: str = "retention") -> str:
    """Say which design point is best and how many cannot be told from it.

    Parameters
    ----------
    ranking : pandas.DataFrame
        Table of ``statistics.tied_with_best``.
    by : iterable of str
        Columns that make a design point.
    outcome : str
        What was ranked.
    """
    declared, rows = outcome_named(outcome), records(ranking)
    best = next(row for row in rows if row["is_best"])
    factors = list(by)
    tied = [row for row in rows if row["is_tied"] and not row["is_best"]]
    label = declared.label[0].lower() + declared.label[1:]
    word = "lowest" if declared.better == "lower" else "highest"
    lead = (
        f"The {word} {label}, {show_value(declared, best['mean'])} on average over "
        f"{counted(best['pairs'], 'seed')}, is at {point_name(best, factors)}"
    )
    if best["pairs"] < 2:
        return f"{lead}; with one seed no design point can be told from another."
    if not tied:
        return f"{lead}; each of the other {len(rows) - 1} points is clearly different from it."
    if len(tied) > 4:
        return f"{lead}; {len(tied)} of the other {len(rows) - 1} points are not clearly different."
    names = listed(point_name(row, factors) for row in tied)
    return f"{lead}; not clearly different from it: {names}."


def point_name(row: Mapping[str, Any], by: Iterable[str]) -> str:
    """Name a design point: ``incentive=prize, fund=dues``."""
    return ", ".join(f"{column}={row[column]}" for column in by)


def marks_of(
    ranking: pd.DataFrame | None, by: Iterable[str], best: str, tied: str
) -> dict[str, str]:
    """Mark the best design point of ``statistics.tied_with_best`` and its ties, by their names."""
    if ranking is None:
        return {}
    factors = list(by)
    return {
        point_name(row, factors): best if row["is_best"] else tied if row["is_tied"] else ""
        for row in records(ranking)
    }


def level_text(row: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Write a mean of ``statistics.summarise`` and its interval, which may be empty."""
    outcome = outcome_named(name)
    value, low, high = (
        show_value(outcome, row[f"{name}{end}"], unit=False) for end in ("", "_low", "_high")
    )
    return value, "" if low in ("undefined", high) else f"{low} to {high}"


def listed(items: Iterable[str], comma: str = ", ") -> str:
    """Join words as people do: ``a, b and c``."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{comma.join(words[:-1])}{';' if ';' in comma else ''} and {words[-1]}"


def counted(number: int, noun: str) -> str:
    """Count a noun: ``1 pair``, ``40 pairs``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def run_lines(run: pd.DataFrame) -> list[tuple[Outcome, str]]:
    """Write the outcomes of one run (``runs`` with exactly one row), each with its value as text.

    Headlines come first, a user's own last.
    """
    row = run.iloc[0]
    return [(o, show_value(o, float(row[o.name]))) for o in outcomes_in(run.columns, None)]


def run_answer(run: pd.DataFrame) -> str:
    """Say in one sentence how a single run ended, and that it holds luck as well as policy."""
    row, values = run.iloc[0], {o.name: text for o, text in run_lines(run)}
    said = {
        "growth": "member growth was {}",
        "retention": "{} of the first members were still active",
        "fund_spend_yuan": "the fund paid out {}",
    }
    parts = [text.format(values[name]) for name, text in said.items() if name in values]
    lead = f"Under {row['policy']}, seed {row['seed']}"
    return f"{lead}, {listed(parts)}. One run holds luck as well as policy."
