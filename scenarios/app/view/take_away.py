"""What one takes away: command, YAML, Python, memo, capsule."""

from __future__ import annotations

from nicegui import ui

from plaza_lab.scenarios.app import export
from plaza_lab.scenarios.app.view.native import Part, button, set_usable, text
from plaza_lab.scenarios.app.watching import State
from plaza_lab.scenarios.errors import UserError


class TakeAwayView(Part):
    """The part of the page with what can be taken away."""

    def build(self) -> None:
        """Build it in the element around."""
        tr = self.page.say.tr
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("For others"))
            text("p", tr("The memo is one page; the capsule holds it with settings, manifest and "
                         "tables."), "plaza-soft")  # fmt: skip
            with ui.element("div").classes("plaza-row"):
                self._memo = button(tr("Save the memo"), self._save_memo, "plaza-main-button")
                self._capsule = button(tr("Save the capsule"), self._save_capsule)
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("The same question elsewhere"))
            self._texts = {}
            for name, label in (("command", tr("Show the command")), ("yaml", tr("Show the YAML")),
                                ("python", tr("Show the Python"))):  # fmt: skip
                with ui.element("details"):
                    text("summary", label)
                    code = text("pre", "", "plaza-code")
                    code.props["tabindex"] = "0"
                    code.props["data-recipe"] = name
                    self._texts[name] = code
            self._note = text("p", "", "plaza-soft")

    def on_question(self) -> None:
        """Write the recipes of another question, and wait for its answer."""
        for one in (self._memo, self._capsule):
            set_usable(one, False)
        if self.page.part == "take":
            self.on_open()

    def on_open(self) -> None:
        """Write the recipes."""
        question, tr = self.page.question, self.page.say.tr
        for name, code in self._texts.items():
            try:
                code.set_text(getattr(export, name)(question))
            except UserError as wrong:
                code.set_text(self.page.say.mistake(str(wrong)))
        self._note.set_text(
            tr("The command and the YAML compare from day 1; the Python has the fork.")
            if question.fork_day else ""
        )  # fmt: skip

    def show(self, state: State) -> None:
        """Let the answer be saved once there is one."""
        for one in (self._memo, self._capsule):
            set_usable(one, state.estimate is not None)

    def _save_memo(self) -> None:
        state = self.page.state
        if state is not None and state.estimate is not None:
            page = export.memo(state.question, state.estimate, self.page.names(), self.page.say)
            ui.download(page.encode(), "plaza-memo.html", "text/html")

    def _save_capsule(self) -> None:
        state = self.page.state
        if state is not None and state.estimate is not None:
            packed = export.capsule(state.question, state.estimate, self.page.watch.runs,
                             self.page.names(), self.page.say)  # fmt: skip
            ui.download(packed, "plaza-capsule.zip", "application/zip")
