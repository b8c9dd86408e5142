"""Progress of a study: a bar in a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, TextIO

from plaza_lab.scenarios.command_line.printing import harmless

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Counts finished runs and says how long the rest will take.

    Parameters
    ----------
    total : int
        Runs to be done.
    is_quiet : bool
        Says nothing at all.
    stream : file, optional
        Where to write; default standard error, so that standard output holds results only.
    """

    def __init__(self, total: int, *, is_quiet: bool = False, stream: TextIO | None = None) -> None:
        self.total, self.done, self.policies = total, 0, 0
        self.stream = stream or sys.stderr
        self.is_quiet = is_quiet
        self.is_bar = self.stream.isatty() and not is_quiet
        self.start = self.last_line = time.monotonic()
        self._bar: Any = None
        self._task: Any = None
        self._compiled = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def compiling(self, done: int, total: int, name: str) -> None:
        """Report how many parts of the model are compiled, which happens on first use only."""
        if self.is_quiet:
            return
        text = f"compiling the model, on first use only: {done} of {total} parts"
        if self.is_bar:
            self._show(text, done, total)
            if done >= total:
                self._close()
        elif text != self._compiled and (done <= 0 or done >= total):
            self._compiled = text
            self._line(text)
        self.start = self.last_line = time.monotonic()

    def say_pairs(self, policies: int, most: int) -> None:
        """Count pairs of runs, one of each policy, of which only the most is known before."""
        self.total, self.policies = policies * most, policies

    def advance(self, runs: int = 1) -> None:
        """Count more finished runs."""
        self.reach(self.done + runs)

    def reach(self, done: int, failed: int = 0) -> None:
        """Say how many runs are finished by now, and how many of them failed."""
        is_news = done != self.done
        self.done = done
        if self.is_quiet or self.total < 2 or not is_news:
            return
        now = time.monotonic()
        rate = self.done / max(now - self.start, 1e-9)
        if self.policies:
            pairs, most = self.done // self.policies, self.total // self.policies
            text = f"{pairs} pairs of at most {most}, {rate:.3g} runs/s"
        else:
            text = f"{self.done} of {self.total} runs, {rate:.3g} runs/s, {self._left(rate)}"
        text += f", {failed} failed" * bool(failed)
        if self.is_bar:
            self._show(text, self.done, self.total)
        elif self.done == self.total or now - self.last_line >= SECONDS_BETWEEN_LINES:
            self.last_line = now
            self._line(text)

    def say(self, text: str) -> None:
        """Print one line beside the bar, unless quiet."""
        if not self.is_quiet:
            self._close()
            self._line(text)

    def _left(self, rate: float) -> str:
        seconds = (self.total - self.done) / max(rate, 1e-9)
        if seconds < 1:
            return "done" if self.done >= self.total else "1 s left"
        return f"{seconds:.0f} s left" if seconds < 120 else f"{seconds / 60:.0f} min left"

    def _line(self, text: str) -> None:
        from plaza_lab.scenarios.language import Language, chosen_language

        self.stream.write(harmless(Language(chosen_language()).text(text)) + "\n")
        self.stream.flush()

    def _show(self, text: str, done: int, total: int) -> None:
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        from plaza_lab.scenarios.command_line.printing import console

        if self._bar is None:
            columns = (BarColumn(bar_width=30), TextColumn("{task.description}"))
            self._bar = Bar(*columns, console=console(self.stream), transient=True)
            self._task = self._bar.add_task(text, total=total)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total, description=text)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
