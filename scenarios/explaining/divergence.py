"""Where twin runs part: the first day, and the term of a decision that moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
            found = _terms_of(found, row["day"], first.terms[place], second.terms[other])
        if found.act_day < 0:
            twin = second.rows[other]
            for act in ACTS:
                if row[act] != twin[act]:
                    found = _with_act(found, row["day"], act, row[act], twin[act])
                    break
        if found.day >= 0 and found.act_day >= 0:
            break
    return found


def _terms_of(
    found: Parting, day: int, first: dict[tuple[str, str], float],
    second: dict[tuple[str, str], float],
) -> Parting:  # fmt: skip
    gaps = {key: abs(first[key] - second[key]) for key in first.keys() & second.keys()
            if first[key] != second[key]}  # fmt: skip
    if not gaps or max(gaps.values()) <= LEAST:
        return found
    decision, term = key = max(sorted(gaps), key=lambda one: gaps[one])
    return Parting(
        day, decision, term, first[key], second[key], found.act_day, found.act, found.act_first,
        found.act_second,
    )  # fmt: skip


def _with_act(found: Parting, day: int, act: str, first: int, second: int) -> Parting:
    return Parting(
        found.day, found.decision, found.term, found.first, found.second, day, act, first, second
    )


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
