"""The answer: what to do, how sure, the numbers, and the paths."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nicegui import ui

from plaza_lab.scenarios.advising.writing import DASH, shown
from plaza_lab.scenarios.app.advice import advice, between
from plaza_lab.scenarios.app.estimates import SHOWN, Estimate
from plaza_lab.scenarios.app.view import charts
from plaza_lab.scenarios.app.view.native import Part, draw, table, text
from plaza_lab.scenarios.app.view.style import COLOURS
from plaza_lab.scenarios.app.watching import COMPILING, ENOUGH, MOST_PAIRS, SURE, WRONG, State
from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.outcomes import OUTCOMES

FIGURES = (
    ("members", marked("Members"), False),
    ("retained", marked("Members of day 0 still active"), True),
    ("fund_balance_yuan", marked("Fund balance, yuan"), False),
    ("spent_yuan", marked("Spent so far, yuan"), False),
)
GAP_OF = {"retention": "retained", "membership_retention": "retained", "growth": "members",
          "active_share": "active_share"}  # fmt: skip
GAP_LABELS = {
    "retained": marked("Difference in members of day 0 still active, percentage points"),
    "members": marked("Difference in members"),
    "active_share": marked("Difference in active share, percentage points"),
}
ON_DAY = """
const add = () => {{
  const part = getElement({id}); const chart = part && part.chart;
  if (!chart) {{ setTimeout(add, 200); return; }}
  chart.getZr().on('click', (event) => {{
    const [day] = chart.convertFromPixel({{xAxisIndex: 0, yAxisIndex: 0}},
                                         [event.offsetX, event.offsetY]);
    part.$el.dispatchEvent(new CustomEvent('plazaday', {{detail: Math.round(day)}}));
  }});
}};
add();
"""


class AnswerView(Part):
    """The part of the page with the answer."""

    def build(self) -> None:
        """Build it in the element around."""
        tr = self.page.say.tr
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("What to do"))
            self._progress = ui.element("progress").classes("plaza-progress")
            self._progress.props.update({"max": 100, "value": 0})
            self._progress.props["aria-label"] = tr("How sure the answer is")
            self._status = text("p", tr("The first runs are being made …"), "plaza-soft")
            self._status.props["role"] = "status"
            self._lines = ui.element("div")
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("Day by day"))
            text("p", tr("Lines are means over the runs, shades eight of ten runs. Click a day "
                         "to let the policies part there."), "plaza-soft")  # fmt: skip
            self._figures: dict[str, tuple[Any, bool]] = {}
            with ui.element("div").classes("plaza-charts"):
                for path, label, is_share in FIGURES:
                    self._figure(path, tr(label), is_share)
            self._gap_title = text("h3", "")
            self._gap = ui.echart(charts.paths([], [], True, 0)).classes("plaza-chart")
            self._gap.props["data-figure"] = "gap"
            self._watch_days(self._gap)
        with ui.element("section").classes("plaza-card"):
            text("h2", tr("Numbers"))
            self._numbers = ui.element("div")

    def _figure(self, path: str, label: str, is_share: bool) -> None:
        with ui.element("div"):
            text("h3", label)
            chart = ui.echart(charts.paths([], [], is_share, 0)).classes("plaza-chart")
            chart.props["data-figure"] = path
            self._watch_days(chart)
            self._figures[path] = (chart, is_share)

    def _watch_days(self, chart: Any) -> None:
        chart.on("plazaday", self._fork, js_handler="(event) => emit(event.detail)")
        ui.timer(0.3, lambda: ui.run_javascript(ON_DAY.format(id=chart.id)), once=True)

    def _fork(self, event: Any) -> None:
        question = self.page.question
        day = min(max(int(event.args) - 1, 0), question.days - 7)
        self.page.ask(replace(question, fork_day=day), is_rebuilt=True)

    def on_question(self) -> None:
        """Wait for the answer of another question."""
        self._status.set_text(self.page.say.tr("The first runs are being made …"))
        self._status.classes(remove="plaza-error")

    def show(self, state: State) -> None:
        """Show how far the answer is."""
        self._tell(state)
        if state.estimate is None:
            return
        names = self.page.names()
        self._show_lines(state.estimate, names)
        self._show_figures(state.estimate, names)
        self._show_numbers(state.estimate, names)

    def _tell(self, state: State) -> None:
        tr = self.page.say.tr
        if state.phase == WRONG:
            self._status.set_text(self.page.say.mistake(state.message))
            self._status.classes("plaza-error")
            self._lines.clear()
            self.headline = self.page.say.mistake(state.message)
            return
        if state.phase == COMPILING:
            self._status.set_text(tr("The model is compiled once: {done}", done=state.message))
            return
        found = state.estimate
        pairs = found.pairs if found else 0
        head = {SURE: tr("Sure enough."), ENOUGH: tr("As many pairs as one page makes.")}.get(
            state.phase, tr("Still narrowing.")
        )
        told = tr("{pairs} pairs of runs; first band after {first} s, {seconds} s in all.",
                  pairs=pairs, first=f"{state.first_s:.1f}",
                  seconds=f"{state.seconds:.1f}")  # fmt: skip
        self._status.set_text(self.page.say.joined([head, told]))
        self._progress.props["value"] = _share_done(state)
        self._progress.update()

    def _show_lines(self, found: Estimate, names: list[str]) -> None:
        self._lines.clear()
        with self._lines, ui.element("dl").classes("plaza-lines"):
            lines = advice(self.page.question, found, names, self.page.say)
            self.headline = lines[0].text
            for line in lines:
                text("dt", line.head)
                text("dd", line.text)

    def _show_figures(self, found: Estimate, names: list[str]) -> None:
        question = self.page.question
        fork = question.fork_day + 1 if question.fork_day else 0
        titles = {path: self.page.say.tr(label) for path, label, _ in FIGURES}
        for path, (chart, is_share) in self._figures.items():
            bands = [own[path] for own in found.bands]
            draw(chart, charts.paths(bands, names, is_share, fork), titles[path])
        path = GAP_OF[question.outcome]
        self._gap_title.set_text(self.page.say.tr(GAP_LABELS[path]))
        gaps = [own[path] for own in found.gaps]
        names_of_gaps = [f"{name} − {names[0]}" for name in names[1:]]
        options = charts.paths(
            gaps, names_of_gaps, path != "members", fork, COLOURS[1:], has_zero_line=True
        )
        draw(self._gap, options, self.page.say.tr(GAP_LABELS[path]))

    def _show_numbers(self, found: Estimate, names: list[str]) -> None:
        say = self.page.say
        heads = [say.tr("Outcome"), *names]
        heads += [f"{name} − {names[0]}" for name in names[1:]]
        rows = []
        for name in SHOWN:
            own, outcome = [one[name] for one in found.differences], OUTCOMES[name]
            row = [say.tr(outcome.label), shown(outcome, own[0].base, say)]
            row += [shown(outcome, one.mean, say) for one in own]
            for one in own:
                change = shown(outcome, one.interval.mean, say, is_difference=True)
                row.append(
                    f"{change}\n{between(one, say, has_unit=False)}" if change != DASH else DASH
                )
            rows.append(row)
        self._numbers.clear()
        with self._numbers:
            table(heads, rows)


def _share_done(state: State) -> int:
    """Of what is needed to be sure, in per cent: the width falls with the root of the pairs."""
    if state.phase in (SURE, ENOUGH):
        return 100
    if state.estimate is None:
        return 0
    own = [one[state.question.outcome].half_width for one in state.estimate.differences]
    by_width = (state.question.width / max(own)) ** 2 if max(own) < float("inf") else 0.0
    return min(99, round(100 * max(by_width, state.estimate.pairs / MOST_PAIRS)))
