"""Policies side by side, day by day: the network that lives, and a member's diary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from plaza_lab.scenarios.app.day_by_day import ROLES, Film, diary_of, films
from plaza_lab.scenarios.app.view import charts
from plaza_lab.scenarios.app.view.native import Part, button, draw, field, slider, text
from plaza_lab.scenarios.app.watching import courses_of
from plaza_lab.scenarios.language import marked

if TYPE_CHECKING:
    from plaza_lab.scenarios.app.view.page import Page

FRAME_S = 0.35
ROLE_NAMES = (
    marked("absent"), marked("silent"), marked("member"), marked("KOC"), marked("moderator"),
    marked("farmer of rewards"), marked("partner brand"),
)  # fmt: skip
assert len(ROLE_NAMES) == len(ROLES)


class NetworkView(Part):
    """The part of the page with the network."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._films: list[Film] = []
        self._of: object = None
        self._day = 0

    def build(self) -> None:
        """Build it in the element around."""
        tr = self.page.say.tr
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("The network, day by day"))
            text("p", tr("The same seed under each policy: the same place is the same person. Up "
                         "to 140 members are drawn, with up to four of their ties each."),
                 "plaza-soft")  # fmt: skip
            with ui.element("div").classes("plaza-row"):
                self._play = button(tr("Play"), self._toggle, "plaza-main-button")
                button(tr("Day back"), lambda: self._go(self._day - 1))
                button(tr("Day on"), lambda: self._go(self._day + 1))
            self._slider = ui.element("div")
            with ui.element("ul").classes("plaza-legend"):
                for role, colour in charts.ROLE_COLOURS.items():
                    with ui.element("li"):
                        ui.element("span").classes("plaza-dot").style(f"background:{colour}")
                        text("span", tr(ROLE_NAMES[role]))
            self.status()
            self._pictures = ui.element("div").classes("plaza-charts")
        self._timer = ui.timer(FRAME_S, lambda: self._go(self._day + 1), active=False)

    def on_question(self) -> None:
        """Film another question when it is looked at."""
        self._films = []
        if self.page.part == "network":
            self.on_open()

    def on_open(self) -> None:
        """Film the policies if that is not done."""
        if not self._films and self._of != self.page.question:
            self._of = self.page.question
            ui.timer(0.01, self._film, once=True)

    async def _film(self) -> None:
        question, tr = self.page.question, self.page.say.tr
        self._status.set_text(tr("A run of each policy is looked at day by day …"))
        found = await self.done(lambda: films(courses_of(question), 1, question.days))
        self._of = None
        if question != self.page.question:
            self.on_open()
            return
        if found is None:
            return
        self._films = found
        self._pictures.clear()
        self._charts: list[Any] = []
        self._counts: list[Any] = []
        with self._pictures:
            for name in self.page.names():
                with ui.element("div"):
                    text("h3", name)
                    self._counts.append(text("p", "", "plaza-soft"))
                    chart = ui.echart({"series": []}).classes("plaza-chart").style("height:20rem")
                    chart.props["data-figure"] = "network"
                    self._charts.append(chart)
        self._go(min(self._day, question.days - 1))

    def _toggle(self) -> None:
        self._timer.active = not self._timer.active
        tr = self.page.say.tr
        self._play.set_text(tr("Stop") if self._timer.active else tr("Play"))

    def _go(self, day: int) -> None:
        if not self._films:
            return
        last = len(self._films[0].frames) - 1
        if day > last and self._timer.active:
            self._toggle()
        self._day = min(max(day, 0), last)
        self._show_slider(last)
        self._show_day()

    def _show_slider(self, last: int) -> None:
        self._slider.clear()
        with self._slider:
            slider(self.page.say.tr("Day"), self._day + 1, 1, last + 1, 1,
                   lambda day: f"{day:.0f}", self._jump)  # fmt: skip

    def _jump(self, day: float) -> None:
        self._day = int(day) - 1
        self._show_day()

    def _show_day(self) -> None:
        tr = self.page.say.tr
        roles = [tr(name) for name in ROLE_NAMES]
        self._status.set_text(tr("Day {day} of the run with seed 1", day=self._day + 1))
        for film, chart, count in zip(self._films, self._charts, self._counts, strict=True):
            frame = film.frames[self._day]
            count.set_text(
                tr("{members} members, {joined} joined, {left} left today",
                   members=f"{frame.members:,}", joined=frame.joined, left=frame.left)
            )  # fmt: skip
            options = charts.network(film, self._day, roles)
            draw(chart, options, tr("The network, day by day"))


class DiaryView(Part):
    """The part of the page with the diary."""

    def build(self) -> None:
        """Build it in the element around."""
        tr = self.page.say.tr
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("A member's diary"))
            text("p", tr("One member of one run, under policy A and under policy B from day 1."),
                 "plaza-soft")  # fmt: skip
            with ui.element("div").classes("plaza-row"):
                self._member = field(tr("Member number"), "7", "number", min=1, step=1)
                self._seed = field(tr("Seed"), "1", "number", min=1, step=1)
                self._button = button(tr("Read her diary"), self._read, "plaza-main-button")
            self.status()
            self._pages = ui.element("div").classes("plaza-charts")

    def on_question(self) -> None:
        """What is shown belongs to the question before."""
        self._pages.clear()
        self._status.set_text("")

    async def _read(self) -> None:
        tr, question = self.page.say.tr, self.page.question
        texts = (self._member(), self._seed())
        if not all(one.isdigit() and 0 < int(one) < 10**9 for one in texts):
            self._status.set_text(tr("Whole numbers from 1, please."))
            return
        member, seed = map(int, texts)
        self._status.set_text(tr("The run is lived again, day by day …"))
        told = await self.done(lambda: diary_of(question, seed, member, self.page.say))
        if told is None:
            return
        parting, lines = told
        self._status.set_text(parting)
        self._pages.clear()
        with self._pages:
            for name, own in zip(self.page.names(), lines, strict=False):
                with ui.element("div"):
                    text("h3", name)
                    if not own:
                        text("p", self.page.say.tr("She was never a member here."), "plaza-soft")
                    with ui.element("ol").classes("plaza-diary") as listed:
                        listed.props["tabindex"] = "0"
                        for day in own:
                            text("li", day)
