"""The table of a front: one row a policy, its objectives, its constraints, its label and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.optimise.constraints import POSSIBLY, SURELY, SURELY_NOT, WORDS
from plaza_lab.scenarios.optimise.finding import Found, mixed_as_text
from plaza_lab.scenarios.optimise.labels import NONE
from plaza_lab.scenarios.statistics import mean_interval


def front_table(found: Found) -> pd.DataFrame:
    """Lay out every policy tried.

    Parameters
    ----------
    found : Found
        Search and labels.

    Returns
    -------
    pandas.DataFrame
        One row per policy, surely on the front first, and among equals in the order of the first
        objective: ``no`` (from 1), ``policy``, a column per lever; for each objective ``name``
        (mean), ``name_low``, ``name_high`` (95 % interval of the mean by itself), ``name_n`` and
        ``name_shift`` (what is added to bring the mean to the luck of the seeds that the policies
        with most pairs lived through, told by how those policies fared at the seeds used here);
        for each constraint its text (estimate) with `` low``, `` high`` and `` met`` after it;
        ``pairs``; ``meets`` and ``label`` (surely, possibly, surely not); ``if_met`` (the label,
        were every open constraint met); ``why``; ``trial`` (the first that proposed it). A policy
        whose levers contradict each other has no numbers.
    """
    rows = [_row(found, i) for i in range(len(found.points))]
    order = sorted(range(len(rows)), key=lambda i: _rank(found, rows[i], i))
    numbers = {i: place + 1 for place, i in enumerate(order)}
    for i, row in enumerate(rows):
        row["no"], row["why"] = numbers[i], _why(found, i, numbers)
    listed = [rows[i] for i in order]
    for place, trial in enumerate(found.searched.impossible.values()):
        last = dict.fromkeys(("label", "if_met", "meets"), WORDS[SURELY_NOT]) | {
            "why": trial.reason
        }
        head = {"policy": trial.policy, "pairs": 0, "trial": trial.number}
        listed.append(head | trial.factors | last | {"no": len(rows) + place + 1})
    table = pd.DataFrame(listed)
    return mixed_as_text(table[["no", *(name for name in table.columns if name != "no")]])


def _row(found: Found, i: int) -> dict[str, Any]:
    point, labels = found.points[i], found.allocated.labels
    runs = found.label_runs.get(point.policy)
    row: dict[str, Any] = {"policy": point.policy} | point.factors
    for goal in found.problem.objectives:
        values = np.array([]) if runs is None else runs[goal.outcome].to_numpy(dtype=float)
        cell = mean_interval(values[np.isfinite(values)])
        row |= {
            goal.outcome: cell.mean,
            f"{goal.outcome}_low": cell.low,
            f"{goal.outcome}_high": cell.high,
            f"{goal.outcome}_n": cell.n,
            f"{goal.outcome}_shift": _shift(found, i, goal.outcome),
        }
    for c, rule in enumerate(found.problem.constraints):
        facts = np.array([]) if runs is None else rule.facts(runs)
        known = facts[np.isfinite(facts)]
        low, high = rule.bounds(known, found.allocated.sizes.constraint)
        row |= {
            rule.text: float(known.mean()) if known.size else np.nan,
            f"{rule.text} low": low,
            f"{rule.text} high": high,
            f"{rule.text} met": WORDS[int(labels.met[i, c])],
        }
    first = next(t.number for t in found.searched.trials if t.policy == point.policy)
    return row | {
        "pairs": int(found.allocated.pairs[i]),
        "meets": WORDS[int(labels.meets_all[i])],
        "label": WORDS[int(labels.front[i])],
        "if_met": WORDS[int(labels.if_met[i])],
        "why": "",
        "trial": first,
    }


def _shift(found: Found, i: int, outcome: str) -> float:
    """How much luckier all seeds were than those of policy i, for the policies that have all."""
    pairs = found.allocated.pairs
    if pairs[i] == pairs.max():
        return 0.0
    most = [found.points[j].policy for j in np.flatnonzero(pairs == pairs.max())]
    used = found.label_runs.get(found.points[i].policy)
    if used is None:
        return 0.0
    full = [found.label_runs[name][outcome] for name in most if name in found.label_runs]
    shifts = [one.mean() - one[one.index.isin(used.index)].mean() for one in full]
    known = [shift for shift in shifts if np.isfinite(shift)]
    return float(np.mean(known)) if known else 0.0


def _rank(found: Found, row: dict[str, Any], i: int) -> tuple[float, float, float]:
    first, labels = found.problem.objectives[0], found.allocated.labels
    value = first.sign * row[first.outcome]
    return -labels.front[i], -labels.if_met[i], -value if np.isfinite(value) else np.inf


def _why(found: Found, i: int, numbers: dict[int, int]) -> str:
    labels, rules = found.allocated.labels, found.problem.constraints
    broken = [rule.text for c, rule in enumerate(rules) if labels.met[i, c] == SURELY_NOT]
    if broken:
        return f"breaks {', '.join(broken)}"
    if labels.front[i] == SURELY:
        return ""
    parts = _open_rules(found, i)
    better = int(labels.beaten_by[i])
    if better != NONE:
        doubt = _open_rules(found, better)
        return f"beaten by {numbers[better]}" + (
            f", if {' and '.join(doubt)} holds" if doubt else ""
        )
    rivals = sorted(numbers[j] for j in labels.not_cleared[i])
    if rivals:
        more = f" and {len(rivals) - 4} more" if len(rivals) > 4 else ""
        return f"perhaps beaten by {', '.join(map(str, rivals[:4]))}{more}"
    return f"if {' and '.join(parts)} holds" if parts else ""


def _open_rules(found: Found, i: int) -> list[str]:
    """Constraints of which it is not decided whether policy i meets them."""
    labels = found.allocated.labels
    return [r.text for c, r in enumerate(found.problem.constraints) if labels.met[i, c] == POSSIBLY]
