"""When the advice flips: the comparison along one dial."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from nicegui import ui

from plaza_lab.scenarios.app.dials import FLIPPABLE, Dial
from plaza_lab.scenarios.app.flipping import PAIRS, FlipPoint, along, flips, values_of
from plaza_lab.scenarios.app.question import Question, config_of
from plaza_lab.scenarios.app.view import charts
from plaza_lab.scenarios.app.view.native import Part, button, draw, select, text
from plaza_lab.scenarios.app.view.style import COLOURS
from plaza_lab.scenarios.errors import UserError, in_one_line

if TYPE_CHECKING:
    from plaza_lab.scenarios.app.view.page import Page


class FlipView(Part):
    """The part of the page that looks for flips."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._dial = FLIPPABLE[0]
        self._turn = 0
        self._points: list[FlipPoint] = []
        self._problem = ""
        self._of: Question | None = None
        self._wanted: list[float] = []
        self._shown = -1

    def build(self) -> None:
        """Build it in the element around."""
        tr = self.page.say.tr
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("When does the advice flip?"))
            text("p", tr("The same comparison at values along one dial, {pairs} pairs each.",
                         pairs=PAIRS), "plaza-soft")  # fmt: skip
            with ui.element("div").classes("plaza-row"):
                names = {dial.path: tr(dial.label) for dial in FLIPPABLE}
                select(tr("Along"), names, self._dial.path, self._choose)
                button(tr("Look for flips"), self._begin, "plaza-main-button")
            self.status()
            self._words = ui.element("div")
            self._chart = ui.echart(charts.paths([], [], True, 0)).classes("plaza-chart")
            self._chart.props["data-figure"] = "flip"
            self._chart.set_visibility(False)
        ui.timer(0.3, self._look)

    def on_question(self) -> None:
        """What is shown belongs to the question before."""
        self._turn += 1
        self._points, self._shown, self._of = [], -1, None
        self._status.set_text("")
        self._words.clear()
        self._chart.set_visibility(False)

    def _choose(self, path: str) -> None:
        self._dial = next(dial for dial in FLIPPABLE if dial.path == path)

    def _begin(self) -> None:
        question, dial = self.page.question, self._dial
        self.page.watch.stop()
        self._turn += 1
        self._points, self._problem, self._shown = [], "", -1
        self._of, self._wanted = question, values_of(dial, self._now(dial))
        threading.Thread(
            target=self._run, args=(question, dial, self._turn), daemon=True, name="plaza-flip"
        ).start()

    def _now(self, dial: Dial) -> float:
        try:
            return dial.read(config_of(self.page.question.words(0)))
        except UserError:
            return dial.low

    def _run(self, question: Question, dial: Dial, turn: int) -> None:
        try:
            for point in along(question, dial, self._wanted, self.page.runner,
                               lambda: turn == self._turn):  # fmt: skip
                if turn == self._turn:
                    self._points = [*self._points, point]
        except UserError as wrong:
            self._problem = str(wrong)
        except Exception as failed:
            self._problem = in_one_line(failed)

    def _look(self) -> None:
        if self._of is None:
            return
        if self._problem:
            self.say_mistake(self._problem)
            self._of = None
        elif len(self._points) != self._shown:
            self._shown = len(self._points)
            self._show()

    def _show(self) -> None:
        say, names, points = self.page.say, self.page.names(), self._points
        done = len(points) == len(self._wanted)
        self._status.set_text(
            say.tr("Done.") if done else
            say.tr("{done} of {all} values", done=len(points), all=len(self._wanted))
        )  # fmt: skip
        if not points:
            return
        self._words.clear()
        with self._words:
            for place, name in enumerate(names[1:]):
                text("p", self._told(place, name, names[0]) if done else "")
        spans = [
            [
                (d.interval.mean, _or(d.interval.low, d.interval.mean),
                 _or(d.interval.high, d.interval.mean))
                for d in (point.differences[place] for point in points)
            ]
            for place in range(len(names) - 1)
        ]  # fmt: skip
        self._chart.set_visibility(True)
        options = charts.along_dial(
            [point.value for point in points], spans,
            [f"{name} − {names[0]}" for name in names[1:]], COLOURS[1:],
        )  # fmt: skip
        draw(self._chart, options, say.tr("When does the advice flip?"))

    def _told(self, place: int, name: str, base: str) -> str:
        say = self.page.say
        label, unit = say.tr(self._dial.label), say.tr(self._dial.unit)
        known = {"name": name, "base": base, "label": label}
        if found := flips(self._points, place):
            where = say.listed(
                say.tr("{value} (clear at {low} and {high})", value=f"{one.value:,.2g} {unit}",
                       low=f"{one.low:,.4g}", high=f"{one.high:,.4g} {unit}")
                for one in found
            )  # fmt: skip
            return say.tr("{name} against {base}: the advice flips near {label} {where}.",
                          where=where, **known)  # fmt: skip
        known["span"] = f"{self._points[0].value:,.4g}–{self._points[-1].value:,.4g} {unit}"
        differences = [point.differences[place] for point in self._points]
        is_ahead = {one.interval.mean > 0 for one in differences if one.is_clear}
        if True in is_ahead:
            return say.tr("{name} is ahead of {base} wherever it is clear, {label} {span}: no "
                          "flip.", **known)  # fmt: skip
        if False in is_ahead:
            return say.tr("{name} is behind {base} wherever it is clear, {label} {span}: no "
                          "flip.", **known)  # fmt: skip
        return say.tr("{name} and {base} cannot be told apart anywhere, {label} {span}.", **known)


def _or(value: float, other: float) -> float:
    return value if value == value else other
