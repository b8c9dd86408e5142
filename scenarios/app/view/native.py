"""The browser's own form elements, which keyboards and screen readers know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from nicegui import run, ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    from plaza_lab.scenarios.app.view.page import Page
    from plaza_lab.scenarios.app.watching import State

Result = TypeVar("Result")
VALUE = "(event) => emit(event.target.value)"


def text(tag: str, content: str, classes: str = "") -> TextElement:
    """Put a text into an element of a kind."""
    return TextElement(tag=tag, text=content).classes(classes)


def slider(
    label: str, value: float, low: float, high: float, step: float, show: Callable[[float], str],
    on_move: Callable[[float], None],
) -> None:  # fmt: skip
    """Show a slider under its label, with its value beside it.

    Parameters
    ----------
    label : str
        Its name.
    value, low, high, step : float
        Where it stands, and its span.
    show : callable
        Writes a value with its unit.
    on_move : callable
        Told of every move.
    """
    # an <output> inside the label would be what the label names
    with ui.element("div").classes("plaza-dial"):
        named = text("label", label)
        output = text("span", show(value), "plaza-value")
        moved = ui.element("input")
        named.props["for"] = moved.html_id
        moved.props["type"] = "range"
        moved.props.update({"min": low, "max": max(high, value), "step": step})
        # an attribute, not a property: Vue would put the old value back under the hand
        moved.props["^value"] = value
        moved.props["aria-valuetext"] = show(value)

        def move(event: GenericEventArguments) -> None:
            now = float(event.args)
            output.set_text(show(now))
            moved.props["aria-valuetext"] = show(now)
            on_move(now)

        moved.on("input", move, throttle=0.08, js_handler=VALUE)


def select(
    label: str, options: Mapping[str, str], value: str, on_choose: Callable[[str], None]
) -> None:
    """Show a choice under its label.

    Parameters
    ----------
    label : str
        Its name.
    options : mapping
        Value to what people read.
    value : str
        What is chosen.
    on_choose : callable
        Told what was chosen.
    """
    with ui.element("label").classes("plaza-choice"):
        text("span", label)
        chosen = ui.element("select")
        with chosen:
            for name, said in options.items():
                option = text("option", said)
                option.props["value"] = name
                if name == value:
                    option.props["selected"] = True
        chosen.on("change", lambda event: on_choose(str(event.args)), js_handler=VALUE)


def field(label: str, value: str, kind: str = "text", **attributes: Any) -> Callable[[], str]:
    """Show a field under its label.

    Parameters
    ----------
    label : str
        Its name.
    value : str
        What stands in it.
    kind : str
        ``text`` or ``number``.
    **attributes : object
        Of the element, such as ``min``.

    Returns
    -------
    callable
        Returns what stands in it now.
    """
    held = [value]
    with ui.element("label").classes("plaza-choice"):
        text("span", label)
        typed = ui.element("input")
        typed.props["type"] = kind
        typed.props["^value"] = value
        typed.props.update(attributes)

        def keep(event: GenericEventArguments) -> None:
            held[0] = str(event.args)

        typed.on("input", keep, js_handler=VALUE)
    return lambda: held[0]


def button(label: str, on_click: Callable[[], Any], classes: str = "") -> TextElement:
    """Show a button."""
    pressed = text("button", label, f"plaza-button {classes}")
    pressed.props["type"] = "button"
    pressed.on("click", lambda _: on_click())
    return pressed


def set_usable(pressed: TextElement, is_usable: bool) -> None:
    """Let a button be pressed, or not."""
    if is_usable:
        pressed.props.pop("disabled", None)
    else:
        pressed.props["disabled"] = True
    pressed.update()


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table."""
    with ui.element("div").classes("plaza-scroll") as scroll:
        scroll.props["tabindex"] = "0"
        scroll.props["role"] = "region"
        scroll.props["aria-label"] = heads[0]
        with ui.element("table").classes("plaza-table"):
            with ui.element("thead"), ui.element("tr"):
                for head in heads:
                    text("th", head).props("scope=col")
            with ui.element("tbody"):
                for row in rows:
                    with ui.element("tr"):
                        for k, cell in enumerate(row):
                            text("td" if k else "th", cell)


def draw(chart: Any, options: dict[str, Any], title: str) -> None:
    """Show other options in a chart; the title is read by those who cannot see it."""
    options["aria"] = {"enabled": True, "label": {"description": title}}
    chart.options.clear()
    chart.options.update(options)
    chart.update()


class Part:
    """A part of the page.

    Parameters
    ----------
    page : Page
        Whose question and answer it shows.
    """

    headline = ""
    """First line of what it shows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._status: TextElement

    def status(self) -> None:
        """Put here the line that says what is being done, or what is wrong."""
        self._status = text("p", "", "plaza-soft")
        self._status.props["role"] = "status"

    async def done(self, work: Callable[[], Result]) -> Result | None:
        """Do what takes its time beside the page.

        Parameters
        ----------
        work : callable
            Does it.

        Returns
        -------
        object or None
            What came of it; None for a mistake, which is said, or when the page has gone.
        """
        try:
            return await run.io_bound(work)
        except UserError as wrong:
            self.say_mistake(wrong)
        return None

    def say_mistake(self, wrong: UserError | str) -> None:
        """Say what is wrong."""
        self._status.set_text(self.page.say.mistake(str(wrong)))

    def build(self) -> None:
        """Build it in the element around."""
        raise NotImplementedError

    def on_question(self) -> None:
        """Another question is asked; what is shown may belong to the one before."""

    def on_open(self) -> None:
        """It is looked at from now on."""

    def show(self, state: State) -> None:
        """Show how far the answer to the question on the page is."""
