"""The page: what one person asks, and the parts that show it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fastapi import Request
from nicegui import ui

from plaza_lab.scenarios.app.lived import Runner
from plaza_lab.scenarios.app.question import History, Question, from_link, to_link, value_in
from plaza_lab.scenarios.app.shelf import Keeper
from plaza_lab.scenarios.app.view.answer import AnswerView
from plaza_lab.scenarios.app.view.controls import Controls
from plaza_lab.scenarios.app.view.day_by_day import DiaryView, NetworkView
from plaza_lab.scenarios.app.view.flip import FlipView
from plaza_lab.scenarios.app.view.native import Part, button, set_usable, text
from plaza_lab.scenarios.app.view.studies import StudiesView
from plaza_lab.scenarios.app.view.style import CSS
from plaza_lab.scenarios.app.view.take_away import TakeAwayView
from plaza_lab.scenarios.app.watching import State, Watch
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import LANGUAGES, Language, marked
from plaza_lab.scenarios.language.fonts import FACES_CSS

LOOK_EVERY_S = 0.15
PARTS = (
    ("answer", marked("Answer"), AnswerView),
    ("network", marked("Network"), NetworkView),
    ("diary", marked("A member's diary"), DiaryView),
    ("flip", marked("When does it flip?"), FlipView),
    ("studies", marked("Studies"), StudiesView),
    ("take", marked("Take it away"), TakeAwayView),
)


class Page:
    """What one browser window shows.

    Parameters
    ----------
    request : fastapi.Request
        Its address may hold a question and a language.
    runner : Runner
        Makes the runs of all windows.
    keeper : Keeper
        Keeps studies.
    language : str
        Unless the address names another.
    """

    def __init__(self, request: Request, runner: Runner, keeper: Keeper, language: str) -> None:
        asked = request.query_params.get("lang", language)
        self.say = Language(asked if asked in LANGUAGES else language)
        self.runner, self.keeper = runner, keeper
        self.problem = ""
        try:
            first = from_link(request.url.query)
        except UserError as wrong:
            first, self.problem = Question(), str(wrong)
        self.history = History(first)
        self.watch = Watch(runner)
        self._shown = -1
        self.part = "answer"

    # what parts ask of the page

    @property
    def question(self) -> Question:
        """What is asked now."""
        return self.history.now

    @property
    def state(self) -> State | None:
        """How far the answer is; None for another question's."""
        state = self.watch.state
        return state if state is not None and state.question == self.question else None

    def names(self) -> list[str]:
        """Names of the policies as people read them."""
        return policy_names(self.question, self.say)

    def ask(self, question: Question, *, is_rebuilt: bool = False) -> None:
        """Ask another question.

        Parameters
        ----------
        question : Question
            What is asked from now on.
        is_rebuilt : bool
            Whether the controls are made anew: another option has other sliders.
        """
        self.history.ask(question)
        self._begin(is_rebuilt)

    def _begin(self, is_rebuilt: bool) -> None:
        self.watch.ask(self.question)
        set_usable(self._undo, self.history.can_undo)
        set_usable(self._redo, self.history.can_redo)
        if is_rebuilt:
            self.controls.rebuild()
        self.controls.lint()
        for part in self.parts.values():
            part.on_question()

    def _go(self, move: Callable[[], Question]) -> None:
        move()
        self._begin(True)

    def link(self) -> str:
        """Query that brings this question back."""
        return f"?lang={self.say.code}&{to_link(self.question)}"

    # what it looks like

    def build(self) -> None:
        """Build the page."""
        tr = self.say.tr
        ui.add_css(FACES_CSS + CSS)
        ui.colors(primary="#1f5fa8")
        ui.add_head_html(f'<script>document.documentElement.lang="{self.say.tag}"</script>')
        with ui.element("header").classes("plaza-head"):
            text("h1", tr("Plaza: what a policy does to a community"))
            self._undo = button(tr("Undo"), lambda: self._go(self.history.undo))
            self._redo = button(tr("Redo"), lambda: self._go(self.history.redo))
            button(tr("Copy the link"), self._share)
            other = next(code for code in LANGUAGES if code != self.say.code)
            switch = button(LANGUAGES[other], lambda: self._speak(other))
            switch.props["lang"] = Language(other).tag
        if self.problem:
            text("p", self.say.mistake(self.problem), "plaza-error").props("role=alert")
        with ui.element("main").classes("plaza-body"):
            with ui.element("div").classes("plaza-side"):
                self.controls = Controls(self)
                self.controls.build()
            with ui.element("div").classes("plaza-main") as main:
                main.props["id"] = "plaza-answer"
                self._build_parts()
        self._bar = text("a", tr("To the answer"), "plaza-bar")
        self._bar.props["href"] = "#plaza-answer"
        self._translate_library()
        ui.timer(LOOK_EVERY_S, self._look)
        ui.context.client.on_delete(self.watch.stop)  # gone for good, not just reconnecting
        self._begin(False)

    def _translate_library(self) -> None:
        """Say in her language what the library says when the server is gone."""
        tr = self.say.tr
        said = {
            "#popup": [tr("Connection lost."), tr("Trying to reconnect …")],
            "#too_long_message_popup": [tr("A message was too long."), ""],
        }
        ui.add_body_html(
            "<script>addEventListener('load', () => {"
            f"for (const [id, texts] of Object.entries({json.dumps(said)}))"
            "document.querySelectorAll(id + ' > *').forEach("
            "(e, k) => { e.textContent = texts[k] || '' }) })</script>"
        )

    def _build_parts(self) -> None:
        self.parts: dict[str, Part] = {}
        self._boxes: dict[str, Any] = {}
        self._links: dict[str, Any] = {}
        with ui.element("nav").classes("plaza-row") as nav:
            nav.props["aria-label"] = self.say.tr("Parts of the page")
            for name, label, _ in PARTS:
                self._links[name] = button(
                    self.say.tr(label),
                    lambda name=name: self.open(name),  # type: ignore[misc]
                )
        for name, _, kind in PARTS:
            with ui.element("div").classes("plaza-main") as box:
                self.parts[name] = kind(self)
                self.parts[name].build()
            self._boxes[name] = box
        self.open(self.part)

    def open(self, part: str) -> None:
        """Show a part."""
        self.part = part
        for name, box in self._boxes.items():
            box.set_visibility(name == part)
            current = {"aria-current": "page"} if name == part else {}
            self._links[name].props.pop("aria-current", None)
            self._links[name].props.update(current)
            self._links[name].update()
        self.parts[part].on_open()

    def _look(self) -> None:
        state = self.state
        if state is not None and state.number != self._shown:
            self._shown = state.number
            self.parts["answer"].show(state)
            self.parts["take"].show(state)
            self._bar.set_text(self.parts["answer"].headline or self.say.tr("To the answer"))

    def _share(self) -> None:
        ui.run_javascript(
            f"history.replaceState(null, '', {self.link()!r});"
            "navigator.clipboard?.writeText(location.href).catch(() => {})"
        )
        ui.notify(self.say.tr("The address of this page now holds the question."))

    def _speak(self, code: str) -> None:
        ui.navigate.to(f"/?lang={code}&{to_link(self.question)}")


def policy_names(question: Question, say: Language) -> list[str]:
    """Name policies by what rewards contributions, and by a letter."""
    found = []
    for letter, words in zip(question.names, question.policies, strict=True):
        option = value_in(words, "incentive") or value_in(words, "scenario")
        said = say.tr(option.replace("_", " ")) if option else say.tr("as the community is")
        found.append(f"{letter} {said}")
    return found
