"""Exercises and predictions of the notebooks: checked where they stand, counted at the end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

OPEN = "open"
RIGHT, WRONG = "right", "not yet"


@dataclass
class Lesson:
    """The exercises of one notebook.

    An answer that is still ``...`` is open; any other is checked at once. What is right is never
    printed before it is asked for by :meth:`solution`.
    """

    def __post_init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._solutions: dict[str, str] = {}

    def exercise(
        self, name: str, given: Any, right: Any, *, within: float = 0.0, because: str = ""
    ) -> None:
        """Check an answer and print how it stands.

        Parameters
        ----------
        name : str
            Of the exercise; asked again, it counts anew.
        given : object
            The answer; ``...`` while there is none.
        right : object
            What is right: a number, or a text.
        within : float
            How far a number may lie off, in its own unit, 0 or more.
        because : str
            Why it is right, a sentence for :meth:`solution`.

        Raises
        ------
        TypeError
            If the answer is of another kind than what is right.
        """
        mark = OPEN if given is ... else _mark_of(name, given, right, within)
        self._solutions[name] = f"{_shown(right)}. {because}".strip()
        self._mark(name, mark)

    def prediction(self, name: str, guess: Any, low: float, high: float) -> None:
        """Hold a prediction against an interval of a difference and print how it stands.

        Parameters
        ----------
        name : str
            What is predicted.
        guess : object
            ``"more"``, ``"less"`` or ``"cannot tell"``; ``...`` while there is none.
        low, high : float
            Interval of the difference; one that holds 0 cannot tell.

        Raises
        ------
        ValueError
            If the guess is none of the three.
        """
        found = "more" if low > 0 else "less" if high < 0 else "cannot tell"
        if guess is not ... and guess not in ("more", "less", "cannot tell"):
            raise ValueError(f"{name}: {guess!r} is none of 'more', 'less', 'cannot tell'")
        self._solutions[name] = f"{found}. The difference lies between {low:+.3g} and {high:+.3g}."
        self._mark(name, OPEN if guess is ... else RIGHT if guess == found else WRONG)

    def _mark(self, name: str, mark: str) -> None:
        self._marks[name] = mark
        print(f"{name}: {mark}")  # noqa: T201 (it is what a lesson is for)

    def solution(self, name: str) -> None:
        """Print what is right, and why.

        Raises
        ------
        KeyError
            If there is no such exercise so far.
        """
        if name not in self._solutions:
            known = ", ".join(self._solutions) or "none"
            raise KeyError(f"no exercise {name!r} has been met so far; there are: {known}")
        print(f"{name}: {self._solutions[name]}")  # noqa: T201

    def score(self) -> tuple[int, int, int]:
        """Print and return how many are right, of how many answered, of how many there are."""
        right = sum(mark == RIGHT for mark in self._marks.values())
        answered = sum(mark != OPEN for mark in self._marks.values())
        print(f"{right} right of {answered} answered, of {len(self._marks)}")  # noqa: T201
        return right, answered, len(self._marks)


def _mark_of(name: str, given: Any, right: Any, within: float) -> str:
    if isinstance(right, str) != isinstance(given, str):
        wanted = "a text" if isinstance(right, str) else "a number"
        raise TypeError(f"{name}: {given!r} is not {wanted}")
    if isinstance(right, str):
        return RIGHT if given.strip().lower() == right.lower() else WRONG
    return RIGHT if math.isclose(given, right, rel_tol=1e-9, abs_tol=within) else WRONG


def _shown(right: Any) -> str:
    return right if isinstance(right, str) else f"{right:,.10g}"
