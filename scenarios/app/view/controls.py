"""What one can move: the community, the policies, the world; and what is wrong with a policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nicegui import ui

from plaza_lab.scenarios.app.dials import (
    CHOICES,
    LEVERS,
    MEMBERS,
    OPENING,
    WORLD,
    Dial,
)
from plaza_lab.scenarios.app.question import (
    MOST_POLICIES,
    MOST_WEEKS,
    OUTCOMES,
    USUAL,
    WORD,
    Words,
    communities,
    community_of,
    findings,
    value_in,
)
from plaza_lab.scenarios.app.view.native import button, field, select, slider, text
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.outcomes import OUTCOMES as DECLARED
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Config
from plaza_lab.scenarios.settings.options import option_files, plain_meaning

if TYPE_CHECKING:
    from plaza_lab.scenarios.app.view.page import Page

WEEKS = (4, 104)
AS_IT_IS = ""


class Controls:
    """The left side of the page.

    Parameters
    ----------
    page : Page
        Whose question they change.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._findings: list[ui.element] = []
        self._configs: dict[Words, Config] = {}

    def build(self) -> None:
        """Build them in the element around."""
        self._box = ui.element("div").classes("plaza-side")
        self.rebuild()

    def rebuild(self) -> None:
        """Build them anew, as another question has other sliders."""
        self._box.clear()
        self._findings, self._configs = [], {}
        with self._box:
            self._community()
            for place in range(len(self.page.question.policies)):
                self._policy(place)
            if len(self.page.question.policies) < MOST_POLICIES:
                button(self.page.say.tr("Add a policy"), self._add)
            self._world()

    # the community

    def _community(self) -> None:
        tr, question = self.page.say.tr, self.page.question
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("Community"))
            known = communities()
            names = {
                one.name: f"{tr(one.name.replace('_', ' '))} ({tr(one.kind)})" for one in known
            }
            now = community_of(question.common)
            select(tr("Which community"), names, now, self._pick)
            for one in known:
                if one.name == now and one.meaning:
                    text("p", self.page.say.told(one.meaning), "plaza-soft")
            self._dial(MEMBERS, None)
            slider(tr("Horizon"), question.weeks, *WEEKS, 1, self._in_weeks, self._set_weeks)
            self._choice("fund", None)
            self._dial(OPENING, None)
            labels = {name: tr(DECLARED[name].label) for name in OUTCOMES}
            select(tr("What you decide by"), labels, question.outcome,
                   lambda name: self.page.ask(
                       replace(self.page.question, outcome=name)))  # fmt: skip
            slider(
                tr("Sure enough at"), 100 * question.width, 0.2, 5, 0.1,
                lambda value: f"± {value:.1f} {tr('percentage points')}",
                lambda value: self.page.ask(
                    replace(self.page.question, width=round(value / 100, 5))
                ),
            )  # fmt: skip
            self._fork()

    def _fork(self) -> None:
        tr, question = self.page.say.tr, self.page.question

        def told(day: float) -> str:
            return tr("day {day}", day=int(day) + 1) if day else tr("day 1, the beginning")

        slider(
            tr("Policies part on"), question.fork_day, 0, question.days - 7, 1, told,
            lambda day: self.page.ask(replace(self.page.question, fork_day=int(day))),
        )  # fmt: skip
        text("p", tr("Or click a day in a figure."), "plaza-soft")

    def _in_weeks(self, weeks: float) -> str:
        return f"{int(weeks)} {self.page.say.tr('weeks')}"

    def _set_weeks(self, weeks: float) -> None:
        days = 7 * int(min(weeks, MOST_WEEKS))
        question = replace(self.page.question, weeks=days // 7)
        if question.fork_day > days - 7:
            question = replace(question, fork_day=0)
        self.page.ask(question)

    def _pick(self, name: str) -> None:
        chosen = next(one for one in communities() if one.name == name)
        question = self.page.question
        for group in ("scenario", "world", "population"):
            question = question.having(None, group, None)
        if chosen.name != USUAL:
            common = (*chosen.words, *question.common)
            question = replace(question, common=common)
        self.page.ask(question, is_rebuilt=True)

    # the policies

    def _policy(self, place: int) -> None:
        tr, page = self.page.say.tr, self.page
        letter = page.question.names[place]
        with ui.element("section").classes(f"plaza-card plaza-{letter.lower()}"):
            said = tr("Policy {letter}, what others are compared with", letter=letter)
            text("h2", said if place == 0 else tr("Policy {letter}", letter=letter))
            first, *others = (group for group in CHOICES if group != "fund")
            self._choice(first, place)
            for dial in LEVERS:
                if dial.path.startswith("incentive."):
                    self._dial(dial, place)
            details = ui.element("details").classes("plaza-more")
            if len(page.question.policies[place]) > 1:
                details.props["open"] = True
            with details:
                text("summary", tr("More levers"))
                for group in others:
                    self._choice(group, place)
                for dial in LEVERS:
                    if not dial.path.startswith("incentive."):
                        self._dial(dial, place)
                self._any_setting(place)
            box = ui.element("div")
            box.props["aria-live"] = "polite"
            self._findings.append(box)
            if place > 0 and len(page.question.policies) > 2:
                button(tr("Remove policy {letter}", letter=letter), lambda: self._remove(place))

    def _add(self) -> None:
        question = self.page.question
        taken = {value_in(words, "incentive") for words in question.policies}
        new = next(name for name in ("points", "weekly_prize", "reputation") if name not in taken)
        policies = (*question.policies, (f"incentive={new}",))
        self.page.ask(replace(question, policies=policies), is_rebuilt=True)

    def _remove(self, place: int) -> None:
        question = self.page.question
        policies = tuple(own for k, own in enumerate(question.policies) if k != place)
        self.page.ask(replace(question, policies=policies), is_rebuilt=True)

    def _choice(self, group: str, place: int | None) -> None:
        tr, page = self.page.say.tr, self.page
        files = option_files(group)
        now = value_in(page.question.own(place), group) or AS_IT_IS
        usual = self._usual(group)
        names = {AS_IT_IS: tr("as it is ({option})", option=tr(usual.replace("_", " ")))}
        names |= {name: tr(name.replace("_", " ")) for name in files}

        def choose(option: str) -> None:
            page.ask(page.question.having(place, group, option or None), is_rebuilt=True)

        select(tr(CHOICES[group]), names, now, choose)
        if now in files and (said := plain_meaning(files[now])):
            text("p", page.say.told(said), "plaza-soft")

    def _usual(self, group: str) -> str:
        own = [w for w in self.page.question.common
               if w.partition("=")[0] in ("scenario", "world", "population")]  # fmt: skip
        try:
            return compose(own, is_checked=False).choices.get(group, "none")
        except UserError:
            return "none"

    def _config(self, words: Words) -> Config:
        """Compose once for all sliders: what cannot be composed takes Hydra its time."""
        if words not in self._configs:
            try:
                self._configs[words] = compose(words, is_checked=False).config
            except UserError:
                self._configs[words] = compose(()).config
        return self._configs[words]

    def _dial(self, dial: Dial, place: int | None) -> None:
        page, tr = self.page, self.page.say.tr
        words = page.question.common if place is None else page.question.words(place)
        config = self._config(words)
        if place is not None and not dial.is_shown(config.policy):
            return
        unit = tr(dial.unit)

        def show(value: float) -> str:
            return f"{value:,.6g} {unit}"

        def move(value: float) -> None:
            page.ask(page.question.having(place, dial.path, dial.write(value)))

        slider(tr(dial.label), dial.read(config), dial.low, dial.high, dial.step, show, move)

    def _any_setting(self, place: int) -> None:
        tr, page = self.page.say.tr, self.page
        read = field(tr("Any other setting, as group.field=value"), "")

        def add() -> None:
            word = read().strip()
            if not WORD.fullmatch(word):
                ui.notify(tr("That is no setting=value."), type="negative")
                return
            key, _, value = word.partition("=")
            page.ask(page.question.having(place, key, value), is_rebuilt=True)

        button(tr("Set it"), add)

    # the world

    def _world(self) -> None:
        tr = self.page.say.tr
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("The world, which nobody chooses"))
            for dial in WORLD:
                self._dial(dial, None)

    # what is wrong

    def lint(self) -> None:
        """Say what is wrong with each policy, beside its sliders."""
        page = self.page
        for place, box in enumerate(self._findings):
            box.clear()
            with box:
                for finding in findings(page.question.words(place)):
                    kind = "plaza-error" if finding.severity == "error" else "plaza-warn"
                    mark = page.say.tr("Error") if kind == "plaza-error" else page.say.tr("Note")
                    said = " → ".join(map(page.say.told, (finding.rule, finding.remedy)))
                    text("p", page.say.tr("{name}: {what}", name=mark, what=said), kind)
