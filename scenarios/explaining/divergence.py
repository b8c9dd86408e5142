"""Where twin runs part: the first day, and the term of a decision that moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.explaining.replay import ACTS, Diary

if TYPE_CHECKING:
    import pandas as pd

LEAST = 1e-9


@dataclass(frozen=True)
class Parting:
    """The first day on which a member's twin runs differ.

    Parameters
    ----------
    day : int
        From 0; -1 if they never part.
    decision, term : str
        What differs most that day; empty if an act came first.
    first, second : float
        That term in both runs.
    act_day : int
        First day on which what she does differs; -1 if it never does.
    act : str
        What she then does or does not.
    act_first, act_second : int
        How often, in both runs.
    """

    day: int = -1
    decision: str = ""
    term: str = ""
    first: float = 0.0
    second: float = 0.0
    act_day: int = -1
    act: str = ""
    act_first: int = 0
    act_second: int = 0


def parting(first: Diary, second: Diary) -> Parting:
    """Find where twin runs part for one member.

    Parameters
    ----------
    first, second : Diary
        Her days in both runs.

    Returns
    -------
    Parting
        Days on which she is a member in both are compared.
    """
    days = {row["day"]: place for place, row in enumerate(second.rows)}
    found = Parting()
    for place, row in enumerate(first.rows):
        other = days.get(row["day"])
        if other is None:
            continue
        if found.day < 0:
            found = replace(found, **_terms_of(row["day"], first.terms[place], second.terms[other]))
        if found.act_day < 0:
            twin = second.rows[other]
            for act in ACTS:
                if row[act] != twin[act]:
                    found = replace(found, act_day=row["day"], act=act, act_first=row[act],
                                    act_second=twin[act])  # fmt: skip
                    break
        if found.day >= 0 and found.act_day >= 0:
            break
    return found


def _terms_of(
    day: int, first: dict[tuple[str, str], float], second: dict[tuple[str, str], float]
) -> dict[str, Any]:
    gaps = {key: abs(first[key] - second[key]) for key in first.keys() & second.keys()
            if first[key] != second[key]}  # fmt: skip
    if not gaps or max(gaps.values()) <= LEAST:
        return {}
    decision, term = key = max(sorted(gaps), key=lambda one: gaps[one])
    return {"day": day, "decision": decision, "term": term, "first": first[key],
            "second": second[key]}  # fmt: skip


def gaps_of(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return first minus second on the days both have, for every number they share.

    Parameters
    ----------
    first, second : pandas.DataFrame
        Frames of diaries.

    Returns
    -------
    pandas.DataFrame
        Index ``day``.
    """
    a, b = (frame.set_index("day").select_dtypes("number") for frame in (first, second))
    both = a.index.intersection(b.index)
    return a.loc[both] - b.loc[both]
