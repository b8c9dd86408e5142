"""A member's days in words, under two policies, and the day on which they part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plaza_lab.scenarios.app.question import Question
from plaza_lab.scenarios.app.settings import config_of
from plaza_lab.scenarios.language import Language, marked

MOST_LINES = 40
ACTS = {
    "posts": marked("wrote {n} posts"), "replies": marked("replied {n} times"),
    "answers": marked("answered {n} requests"), "wins": marked("won a prize"),
    "purchases": marked("bought {n} times"),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A diary in words.

    Parameters
    ----------
    days : tuple of list of str
        Lines for each policy.
    parting : str
        When and by what her two lives part.
    """

    days: tuple[list[str], ...]
    parting: str


def diary_of(question: Question, seed: int, member: int, say: Language) -> Told:
    """Live a run again under the first two policies and note one member.

    Parameters
    ----------
    question : Question
        Policies and horizon; a fork is left out.
    seed, member : int
        The run, and her number from 1.
    say : Language
        In which language.

    Returns
    -------
    Told
        What she did on the days she did something.

    Raises
    ------
    UserError
        If there is no such member.
    """
    from plaza_lab.scenarios.explaining.replay import live_again, parting

    first, second = (config_of(question.words(place)).setting for place in (0, 1))
    diary = live_again(first, seed, question.weeks, member)
    twin = live_again(second, seed, question.weeks, 0, diary.uid)
    return Told((_lines(diary.rows, say), _lines(twin.rows, say)),
                _parting(parting(diary, twin), say))  # fmt: skip


def _lines(rows: list[dict[str, Any]], say: Language) -> list[str]:
    found = []
    for row in rows:
        did = [say.tr(text, n=int(row[act])) for act, text in ACTS.items() if row[act]]
        if row["status"] == "left":
            did.append(say.tr("left the community"))
        if did:
            found.append(
                say.tr("Day {day}: {acts}; belonging {belonging}, satisfaction {satisfaction}",
                       day=row["day"] + 1, acts=", ".join(did),
                       belonging=f"{100 * row['belonging']:.0f} %",
                       satisfaction=f"{100 * row['satisfaction']:.0f} %")
            )  # fmt: skip
    if len(found) > MOST_LINES:
        more = say.tr("… and {n} more days with something to tell", n=len(found) - MOST_LINES)
        return [*found[:MOST_LINES], more]
    if rows and not found:
        return [say.tr("She only read, on all of her {n} days.", n=len(rows))]
    return found


def _parting(found: Any, say: Language) -> str:
    if found.day < 0 and found.act_day < 0:
        return say.tr("Her two lives never part.")
    parts = []
    if found.day >= 0:
        parts.append(
            say.tr("What weighs on her first differs on day {day}: {decision}, {term} ({a} and "
                   "{b}).", day=found.day + 1, decision=found.decision.replace("_", " "),
                   term=found.term.replace("_", " "), a=f"{found.first:.3g}",
                   b=f"{found.second:.3g}")
        )  # fmt: skip
    if found.act_day >= 0:
        parts.append(
            say.tr("What she does first differs on day {day}: {act}, {a} against {b}.",
                   day=found.act_day + 1, act=found.act, a=found.act_first, b=found.act_second)
        )  # fmt: skip
    return " ".join(parts)
