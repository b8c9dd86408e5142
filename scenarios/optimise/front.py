"""The front as a table: one row a policy, in the terminal, and on a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.optimise.answer import answer, hints
from plaza_lab.scenarios.optimise.constraints import (
    POSSIBLY,
    SURELY,
    SURELY_NOT,
    WORDS,
    Constraint,
    described,
)
from plaza_lab.scenarios.optimise.finding import Found, mixed_as_text
from plaza_lab.scenarios.optimise.labels import NONE
from plaza_lab.scenarios.outcomes import outcome_unit, show_value
from plaza_lab.scenarios.report.words import records
from plaza_lab.scenarios.statistics import mean_interval

if TYPE_CHECKING:
    from rich.console import RenderableType


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


MOST_ROWS = 15
STYLES = {"surely": "bold", "possibly": "", "surely not": "dim"}


def front_in_terminal(found: Found, table: pd.DataFrame) -> RenderableType:
    """Lay out the answer, at most `MOST_ROWS` policies, and what more pairs would tell.

    `table` is that of :func:`front_table`. Where no policy may be on the front, the first ten are
    shown with the reason.
    """
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from plaza_lab.scenarios.report.terminal import halves

    rows, problem = records(table), found.problem
    shown_too = [goal.outcome for goal in problem.objectives]
    contenders = [row for row in rows if row["if_met"] != "surely not"]
    shown = contenders[:MOST_ROWS] or rows[:10]
    grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column("", justify="right", no_wrap=True)
    levers = [[_lever(row[axis.key]) for axis in problem.axes] for row in shown]
    narrowest = max((len(text) for texts in levers for text in texts), default=8)
    head = "\n".join(axis.key.rpartition(".")[2] for axis in problem.axes)
    grid.add_column(head, overflow="fold", min_width=min(narrowest, 14))
    for goal in problem.objectives:
        outcome = described(goal.outcome)
        unit = f"{outcome_unit(outcome)}, {'high' if goal.is_maximised else 'low'}"
        head = "\n".join([*halves(outcome.label), unit])
        grid.add_column(head, justify="right", no_wrap=True)
    for letter, _ in zip(ascii_lowercase, problem.constraints, strict=False):
        grid.add_column(letter, justify="right", no_wrap=True)
    grid.add_column("on the\nfront", no_wrap=True)
    for row, own in zip(shown, levers, strict=True):
        cells = [_goal_cell(row, goal.outcome) for goal in problem.objectives]
        cells += [_rule_cell(row, rule, shown_too) for rule in problem.constraints]
        label = f"{row['label']}\n{row['pairs']} pairs"
        texts = ["\n".join(filter(None, cell)) for cell in cells]
        grid.add_row(str(row["no"]), "\n".join(own), *texts, label, style=STYLES[row["label"]])
    lead = Text("\n".join(answer(found, table)), style="bold")
    notes = "\n".join([_note(found, len(rows) - len(shown)), *hints(found)])
    return Group(lead, grid, Text(notes, style="dim"))


def _note(found: Found, left: int) -> str:
    """What the columns mean, and what is not shown."""
    rules = [f"{a}: {rule.text}." for a, rule in zip(ascii_lowercase, found.problem.constraints,
                                                    strict=False)]  # fmt: skip
    note = (
        f"{' '.join(rules)} Means with 95 % intervals, each by itself. Labels rest on paired "
        f"differences, and all of them together hold at {found.effort.level * 100:g} %."
    )
    more = "1 more policy is" if left == 1 else f"{left} more policies are"
    return (note + (f" {more} in policies.parquet." if left else "")).strip()


def front_on_page(found: Found, table: pd.DataFrame) -> dict[str, Any]:
    """Write every policy of :func:`front_table` as the texts of a page's table.

    ``levers`` and ``heads`` are column names, ``contenders`` and ``others`` rows.
    """
    problem = found.problem
    heads, shown_too = [], [goal.outcome for goal in problem.objectives]
    for goal in problem.objectives:
        outcome = described(goal.outcome)
        wish = "high" if goal.is_maximised else "low"
        heads.append(f"{outcome.label} ({outcome_unit(outcome)}, {wish})".replace("(, ", "("))
    rows = []
    for row in records(table):
        cells = [_goal_cell(row, goal.outcome) for goal in problem.objectives]
        cells += [_rule_cell(row, rule, shown_too) for rule in problem.constraints]
        rows.append(
            {
                "no": row["no"],
                "levers": [_lever(row[axis.key]) for axis in problem.axes],
                "cells": cells,
                "label": row["label"],
                "if_met": row["if_met"],
                "why": row["why"],
                "pairs": row["pairs"],
            }
        )
    return {
        "levers": [axis.key for axis in problem.axes],
        "heads": [*heads, *(_head(rule, problem.budget) for rule in problem.constraints)],
        "contenders": [row for row in rows if row["if_met"] != "surely not"],
        "others": [row for row in rows if row["if_met"] == "surely not"],
    }


def _head(rule: Constraint, budget: Constraint | None) -> str:
    return f"budget {rule.limit:,.0f} yuan" if rule is budget else rule.text


def _goal_cell(row: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Write the mean of an objective and its interval, at the luck of the seeds of all policies."""
    outcome = described(name)
    if not math.isfinite(row[name]):
        return "", ""
    value, low, high = (
        show_value(outcome, row[f"{name}{end}"] + row[f"{name}_shift"], unit=False)
        for end in ("", "_low", "_high")
    )
    return value, "" if "undefined" in (low, high) else f"{low} to {high}"


def _rule_cell(
    row: Mapping[str, Any], rule: Constraint, elsewhere: Sequence[str] = ()
) -> tuple[str, str]:
    """Write the estimate of a constraint, unless it stands elsewhere, and whether it is met."""
    value = row[rule.text]
    if not math.isfinite(value):
        return "", ""
    text = f"{value * 100:.0f} %" if rule.is_chance else show_value(described(rule.outcome), value)
    status = {"surely": "met", "possibly": "open", "surely not": "not met"}
    is_repeated = not rule.is_chance and rule.outcome in elsewhere
    return "" if is_repeated else text, status[row[f"{rule.text} met"]]


def _lever(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value)
