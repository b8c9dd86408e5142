"""A member's diary: what she did, what she felt, and where another policy would have led her."""

from __future__ import annotations

from typing import Any

from nicegui import run, ui

from plaza_lab.scenarios.app.diary import Told, diary_of
from plaza_lab.scenarios.app.view.native import Part, button, field, text
from plaza_lab.scenarios.errors import UserError


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
            self._status = text("p", "", "plaza-soft")
            self._status.props["role"] = "status"
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
        try:
            told = await run.io_bound(lambda: diary_of(question, seed, member, self.page.say))
        except UserError as wrong:
            self._status.set_text(self.page.say.mistake(str(wrong)))
            return
        if told is not None:
            self._show(told)

    def _show(self, told: Told) -> None:
        self._status.set_text(told.parting)
        self._pages.clear()
        with self._pages:
            for name, own in zip(self.page.names(), told.days, strict=False):
                self._column(name, own)

    def _column(self, name: str, days: list[Any]) -> None:
        with ui.element("div"):
            text("h3", name)
            if not days:
                text("p", self.page.say.tr("She was never a member here."), "plaza-soft")
            with ui.element("ol").classes("plaza-diary") as listed:
                listed.props["tabindex"] = "0"
                for day in days:
                    text("li", day)
