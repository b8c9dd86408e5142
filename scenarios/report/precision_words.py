"""What a comparison that adds pairs until it is sure enough says about itself."""

from __future__ import annotations

import math

from plaza_lab.scenarios.experiments.until import Precision, Sharpness
from plaza_lab.scenarios.outcomes import outcome_named, show_difference
from plaza_lab.scenarios.report.words import counted, listed


def precision_sentences(precision: Precision) -> list[str]:
    """Say what was reached, what it took and what was saved.

    Parameters
    ----------
    precision : Precision
        Of :func:`plaza_lab.scenarios.experiments.until.until_precise`.

    Returns
    -------
    list of str
        Sentences: the stop, a line for each named difference, and what the intervals mean.
    """
    with_policy = precision.policies > 2
    lines = [_stop(precision)]
    lines += [_row(row, precision.max_pairs, with_policy) for row in precision.rows]
    lines += _gains(precision, with_policy)
    if precision.lost:
        lines.append(f"Pairs left out because a run failed: {precision.lost:,}.")
    lines.append(
        f"The intervals are anytime-valid: looked at {counted(len(precision.looks), 'time')}, they "
        f"all hold together in {precision.level * 100:g} of 100 such comparisons, wherever one "
        "stops."
    )
    return lines


def _stop(precision: Precision) -> str:
    used = f"{counted(precision.pairs, 'pair')} of runs used ({precision.runs_used:,} runs)"
    saved = (
        f"{precision.pairs_saved:,} pairs saved of the {precision.max_pairs:,} allowed "
        f"({precision.runs_saved:,} runs)"
    )
    if precision.is_interrupted:
        return f"Stopped by hand: {used}, {saved}."
    known = [row for row in precision.rows if not row.finding]
    if not known:
        return f"No width asked for can be reached: {used}, {saved}."
    if precision.is_reached:
        return f"Sure enough: {used}, {saved}."
    short = sum(not row.is_reached for row in known)
    return f"Not sure enough: {used}, all that were allowed; {short} of {len(known)} widths missed."


def _row(row: Sharpness, max_pairs: int, with_policy: bool) -> str:
    outcome = outcome_named(row.outcome)
    name = f"{row.alternative}, {outcome.label}" if with_policy else outcome.label
    if row.finding:
        return f"{name}: {row.finding}."
    wanted = show_difference(outcome, row.wanted).lstrip("+")
    if not math.isfinite(row.half_width):
        return f"{name}: no interval yet, wanted within {wanted} either way."
    low, high = (show_difference(outcome, end, unit=False) for end in (row.low, row.high))
    found = f"{name}: {show_difference(outcome, row.difference)} ({low} to {high})"
    half = show_difference(outcome, row.half_width, unit=False).lstrip("+")
    if row.is_reached:
        return f"{found}, known within {half} either way, wanted {wanted}."
    more = ""
    if row.pairs_needed > max_pairs:
        more = f"; at this spread it takes about {_rounded(row.pairs_needed)} pairs"
    return f"{found}, known within {half} either way, short of {wanted}{more}."


def _gains(precision: Precision, with_policy: bool) -> list[str]:
    rows = [row for row in precision.rows if math.isfinite(row.runs_unpaired) and not row.finding]
    if not rows:
        return []
    told = []
    for row in rows:
        label = outcome_named(row.outcome).label
        name = label[0].lower() + label[1:]
        name = f"{name} of {row.alternative}" if with_policy else name
        told.append(f"{name} {row.runs_unpaired:,.0f} instead of {row.runs_used:,.0f} "
                    f"(factor {row.pairing_gain:.1f})")  # fmt: skip
    return [f"Runs that independent seeds would have taken for these widths: {listed(told)}."]


def _rounded(number: float) -> str:
    """Write a guess with two digits: 3,400."""
    step = 10 ** max(math.floor(math.log10(number)) - 1, 0)
    return f"{math.ceil(number / step) * step:,.0f}"
