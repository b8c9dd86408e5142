"""Answering while one watches: runs are made in the background until the answer is sure enough."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from plaza_lab.scenarios.app.estimates import Estimate, estimate
from plaza_lab.scenarios.app.lived import Course, Lived, Runner, check_fork
from plaza_lab.scenarios.app.question import Question, config_of
from plaza_lab.scenarios.errors import UserError, in_one_line

FIRST_PAIRS = 4  # the first band; with fewer, eight of ten runs cannot be seen
MOST_PAIRS = 400
PUBLISH_EVERY_S = 0.25

COMPILING, RUNNING, SURE, ENOUGH, WRONG = "compiling", "running", "sure", "enough", "wrong"


@dataclass(frozen=True)
class State:
    """How far an answer is.

    Parameters
    ----------
    question : Question
        What was asked.
    phase : str
        ``compiling``, ``running``, ``sure`` (narrow enough), ``enough`` (as many pairs as are
        allowed), or ``wrong``.
    estimate : Estimate or None
        None until the first band.
    message : str
        What is wrong, or what is being compiled.
    first_s, seconds : float
        Seconds from the question to the first band, and to now.
    number : int
        Counts up with every change.
    """

    question: Question
    phase: str = RUNNING
    estimate: Estimate | None = None
    message: str = ""
    first_s: float = math.nan
    seconds: float = 0.0
    number: int = 0


def courses_of(question: Question) -> list[Course]:
    """Compose the courses of a question's policies.

    Parameters
    ----------
    question : Question
        What is asked.

    Returns
    -------
    list of Course
        The baseline first; the others part from it on the day of the fork, if there is one.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    settings = []
    for place, name in enumerate(question.names):
        try:
            settings.append(config_of(question.words(place)).setting)
        except UserError as wrong:
            raise UserError(f"{name}: {wrong}") from wrong
    base, *others = settings
    if question.fork_day == 0:
        return [Course(one) for one in settings]
    return [Course(base), *(Course(base, one, question.fork_day) for one in others)]


class Watch:
    """Answers one question at a time; another one takes its place at once.

    Parameters
    ----------
    runner : Runner
        Makes the runs.
    """

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self._turn = 0
        self._lock = threading.Lock()
        self._state: State | None = None
        self.runs: list[list[Lived]] = []

    @property
    def state(self) -> State | None:
        """How far the answer is; None before the first question."""
        return self._state

    def ask(self, question: Question) -> None:
        """Answer this question from now on.

        Parameters
        ----------
        question : Question
            What is asked.
        """
        with self._lock:
            self._turn += 1
            turn = self._turn
        threading.Thread(
            target=self._answer, args=(question, turn), daemon=True, name="plaza-watch"
        ).start()

    def stop(self) -> None:
        """Answer nothing more."""
        with self._lock:
            self._turn += 1

    def _is_current(self, turn: int) -> bool:
        return turn == self._turn

    def _publish(self, turn: int, state: State, runs: list[list[Lived]] | None = None) -> None:
        with self._lock:
            if self._is_current(turn):
                number = self._state.number + 1 if self._state else 1
                self._state = replace(state, number=number)
                if runs is not None:
                    self.runs = runs

    def _answer(self, question: Question, turn: int) -> None:
        began = time.monotonic()
        try:
            courses = courses_of(question)
            self._compile(question, turn, courses)
            for course in courses:
                check_fork(course, question.days)
            self._run(question, turn, courses, began)
        except UserError as wrong:
            self._publish(turn, State(question, WRONG, message=str(wrong)))
        except Exception as failed:
            self._publish(turn, State(question, WRONG, message=in_one_line(failed)))

    def _compile(self, question: Question, turn: int, courses: list[Course]) -> None:
        from plaza_lab.sim.compile import warm

        def tell(done: int, total: int, name: str) -> None:
            state = State(question, COMPILING, message=f"{done} / {total}")
            self._publish(turn, state)

        settings = [one for c in courses for one in (c.setting, c.later) if one is not None]
        warm(tell, settings)

    def _run(self, question: Question, turn: int, courses: list[Course], began: float) -> None:
        runs: list[list[Lived]] = [[] for _ in courses]
        first_s, last = math.nan, 0.0
        each = self.runner.pairs(courses, question.days, MOST_PAIRS, lambda: self._is_current(turn))
        for runs_of_seed in each:
            for own, lived in zip(runs, runs_of_seed, strict=True):
                own.append(lived)
            pairs, now = len(runs[0]), time.monotonic()
            is_last = pairs >= MOST_PAIRS
            is_due = now - last >= PUBLISH_EVERY_S or is_last
            if pairs < FIRST_PAIRS or not (is_due or pairs == FIRST_PAIRS):
                continue
            found = estimate(runs, MOST_PAIRS)
            now = last = time.monotonic()
            first_s = now - began if math.isnan(first_s) else first_s
            phase = SURE if is_sure(question, found) else ENOUGH if is_last else RUNNING
            state = State(question, phase, found, "", first_s, now - began)
            self._publish(turn, state, [list(own) for own in runs])
            if phase != RUNNING:
                return


def is_sure(question: Question, found: Estimate) -> bool:
    """Whether every difference one decides by is as narrow as was asked."""
    own: list[Any] = [one[question.outcome] for one in found.differences]
    return all(difference.half_width <= question.width for difference in own)
