"""Sweeps and studies of the store, with how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from plaza_lab.scenarios.app.shelf import Shelved, answer_table, shelved
from plaza_lab.scenarios.app.view.native import Part, button, field, table, text
from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    from plaza_lab.scenarios.app.view.page import Page

LOOK_EVERY_S = 2.0


class StudiesView(Part):
    """The part of the page with the studies."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._shown: list[Shelved] | None = None

    def build(self) -> None:
        """Build it in the element around."""
        tr = self.page.say.tr
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("Keep this question as a study"))
            with ui.element("div").classes("plaza-row"):
                self._name = field(tr("Name"), "page")
                self._seeds = field(tr("Pairs"), "30", "number", min=2, max=10000, step=1)
                button(tr("Run and keep it"), self._keep, "plaza-main-button")
            self.status()
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("Sweeps and studies of the store"))
            text("p", tr("Folder {folder}", folder=self.page.keeper.folder), "plaza-soft")
            self._list = ui.element("div").classes("plaza-side")
            self._answer = ui.element("div")
        ui.timer(LOOK_EVERY_S, self._look)

    def on_open(self) -> None:
        """Read the store at once."""
        ui.timer(0.01, self._look, once=True)

    def _keep(self) -> None:
        say = self.page.say
        seeds = self._seeds()
        if not seeds.isdigit() or not 2 <= int(seeds) <= 10_000:
            self._status.set_text(say.tr("Pairs: a whole number from 2 to 10,000."))
            return
        try:
            self.page.keeper.keep(self.page.question, self._name().strip(), int(seeds))
        except UserError as wrong:
            self.say_mistake(wrong)
            return
        self._status.set_text(say.tr("It is being run."))

    async def _look(self) -> None:
        if self.page.part != "studies":
            return
        keeper, say = self.page.keeper, self.page.say
        if keeper.problem:
            self.say_mistake(keeper.problem)
        found = await self.done(lambda: shelved(keeper.folder))
        if found == self._shown or found is None:
            return
        self._shown = found
        self._list.clear()
        with self._list:
            if not found:
                text("p", say.tr("There are none yet."), "plaza-soft")
            for one in found:
                self._row(one)

    def _row(self, one: Shelved) -> None:
        tr = self.page.say.tr
        with ui.element("div"):
            text("h3", one.name)
            if one.problem:
                text("p", self.page.say.mistake(one.problem), "plaza-warn")
                return
            bar = ui.element("progress").classes("plaza-progress")
            bar.props.update({"max": max(1, one.total), "value": one.done})
            bar.props["aria-label"] = one.name
            text("p", tr("{done} of {total} runs done, {running} running, {failed} failed",
                         done=f"{one.done:,}", total=f"{one.total:,}", running=one.running,
                         failed=one.failed), "plaza-soft")  # fmt: skip
            if one.done:
                button(tr("Show the answer of {name}", name=one.name),
                       lambda: self._open(one.name))  # fmt: skip

    async def _open(self, name: str) -> None:
        told = await self.done(lambda: answer_table(name, self.page.keeper.folder))
        if told is None:
            return
        self._answer.clear()
        with self._answer:
            text("h3", name)
            table(*told)
