"""How figures look, in which language, and how they are written.

One colour a policy, and a caption that says n.
"""

from __future__ import annotations

import base64
import copy
import functools
import io
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullFormatter,
)

from plaza_lab.scenarios.files.places import write_whole
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.language.catalogue import SENTENCE
from plaza_lab.scenarios.language.fonts import families
from plaza_lab.scenarios.report.words import INTERVAL_NAMES

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.axes import Axis

# Okabe & Ito (2008), safe for colour-blind readers; the baseline always comes first.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), "-")
LOOK: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "figure.facecolor": "white",
}
P = ParamSpec("P")
ACROSS = 9
"""Chinese letters of a caption that fit on an inch."""


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw with the house look, whatever the caller's own settings are."""

    @functools.wraps(draw)
    def with_look(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with rc_context(LOOK):
            return draw(*args, **kwargs)

    return with_look


def blank(width: float, height: float) -> Figure:
    """Return an empty figure in inches that no window system knows of."""
    return Figure(figsize=(width, height), layout="constrained")


def policy_colours(policies: Iterable[str]) -> dict[str, str]:
    """Give each policy its colour, the baseline first; the eighth has the first colour again."""
    names = list(dict.fromkeys(policies))
    return {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}


def policy_dashes(policies: Iterable[str]) -> dict[str, Any]:
    """Give each policy its line style, so that a grey print still tells them apart."""
    names = list(dict.fromkeys(policies))
    return {name: DASHES[i % len(DASHES)] for i, name in enumerate(names)}


def finish(figure: Figure, caption: str, *, show: bool = True) -> Figure:
    """Attach what is shown, n and kind of interval; print it under the figure if asked."""
    figure.set_label(caption)
    if show:
        wide = int(figure.get_figwidth() * 16)
        text = "\n".join(textwrap.wrap(caption, wide))
        figure.supxlabel(text, x=0.01, ha="left", fontsize=7.5, color="#333333")
    return figure


def _bare(figure: Figure) -> Figure:
    """Take the printed caption away; the page of a figure says it beside the picture."""
    below = getattr(figure, "_supxlabel", None)
    if below is not None:
        below.remove()
        figure._supxlabel = None  # type: ignore[attr-defined]  # the layout keeps room for it
    return figure


class Picture:
    """A picture of an answer, drawn once however often it is shown.

    Parameters
    ----------
    title : str
        What stands above it on a page.
    draw : callable
        Draws it.
    """

    def __init__(self, title: str, draw: Callable[[], Figure]) -> None:
        self.title, self.draw = title, draw

    @functools.cached_property
    def _drawn(self) -> Figure:
        return self.draw()

    def figure(self) -> Figure:
        """Return a figure of one's own, as showing one changes it: its layout, its language."""
        return copy.deepcopy(self._drawn)


def caption_of(figure: Figure) -> str:
    """Return the caption that belongs to a figure."""
    return str(figure.get_label())


def plain_ticks(axis: Any) -> None:
    """Write large numbers on an axis as people do: 1,500, 20k, 1.2M."""
    axis.set_major_formatter(FuncFormatter(_tick))


def _tick(value: float, place: float | None) -> str:
    return short_number(value)


def scale_axis(axes: Axes, which: str, axis: Axis) -> None:
    """Scale one of the axes, ``x`` or ``y``, to a range, with few and plain tick labels."""
    ticks = axes.xaxis if which == "x" else axes.yaxis
    if axis.is_log:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        steps = (1, 3) if axis.high / axis.low < 200 else (1,)
        ticks.set_major_locator(LogLocator(subs=steps))
        ticks.set_minor_formatter(NullFormatter())
    else:
        ticks.set_major_locator(MaxNLocator(5))
    plain_ticks(ticks)


def short_number(value: float) -> str:
    """Write a number briefly: ``950``, ``1,500``, ``20k``, ``1.2M``."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:.4g}M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:.4g}k"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value + 0.0:.4g}"


def legend_above(figure: Figure, axes: Axes, order: Iterable[str] = ()) -> None:
    """Put the labels of one axes above the whole figure, in the order given, if there are any."""
    found = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    labels = [name for name in order if name in found] or list(found)
    if labels:
        handles = [found[name] for name in labels]
        figure.legend(handles, labels, loc="outside upper left", ncols=min(4, len(labels)))


def png_bytes(figure: Figure, manifest: Mapping[str, Any] | None = None, dpi: int = 144) -> bytes:
    """Render a figure as PNG that carries its caption and the run's manifest.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawing.
    manifest : mapping, optional
        What made the runs; stored as JSON in the PNG text chunk ``Comment``.
    dpi : int
        Dots per inch.

    Returns
    -------
    bytes
        The same bytes each time the same figure is drawn anew from the same data.
    """
    chunks = {"Software": "Plaza", "Description": caption_of(figure)}
    if manifest:
        chunks["Comment"] = json.dumps(dict(manifest), default=str, sort_keys=True)
    buffer = io.BytesIO()
    with rc_context(LOOK):
        figure.savefig(buffer, format="png", dpi=dpi, metadata=chunks)
    return buffer.getvalue()


def write_png(
    figure: Figure, path: str | Path, manifest: Mapping[str, Any] | None = None, dpi: int = 144
) -> Path:
    """Write a figure (:func:`png_bytes`); the file appears whole or not at all."""
    return write_whole(path, png_bytes(figure, manifest, dpi))


def data_uri(figure: Figure, manifest: Mapping[str, Any] | None = None) -> str:
    """Return a figure without its caption as text that a page can carry in itself."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(_bare(figure), manifest)).decode()


def spoken(figure: Figure, say: Language, names: Mapping[str, str]) -> Figure:
    """Say a finished drawing in a language.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn in English; changed in place.
    say : Language
        The language; in English nothing is done.
    names : mapping of str to str
        Policies, and what they are called.

    Returns
    -------
    matplotlib.figure.Figure
        The same one. What the catalogue does not know stays in English.
    """
    if say.code == "en":
        return figure
    family = families(say.code)
    below = getattr(figure, "_supxlabel", None)
    english = caption_of(figure) or (" ".join(below.get_text().split()) if below else "")
    caption = said(english, say, names)
    figure.set_label(caption)
    for text in figure.findobj(Text):
        text.set_fontfamily(family)
        text.set_text(said(text.get_text(), say, names))
        if not text.get_text().isascii():  # the shipped font has one weight: no letter stands out
            text.set_fontweight("normal")
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_tick_params(labelfontfamily=family)
            if isinstance(axis.get_major_locator(), FixedLocator):
                labels = [said(one.get_text(), say, names) for one in axis.get_ticklabels()]
                if any(labels):  # those of shared axes stand at one of them
                    axis.set_ticklabels(labels)
    if below is not None:
        wide = int(figure.get_figwidth() * ACROSS)
        below.set_text("\n".join(textwrap.wrap(caption, wide)))
    return figure


def said(text: str, say: Language, names: Mapping[str, str]) -> str:
    """Say a text that was put together in English: lines of finished sentences, as many of them.

    `names` are policies, and what they are called; in English nothing is done.
    """
    if say.code == "en":
        return text
    lines = text.split("\n")
    told = [names.get(line) or _line(line, say, names) for line in lines]
    if told == lines and len(lines) > 1:  # one text, broken to be narrow
        whole = " ".join(lines)
        return text if (found := say.told(whole)) == whole else found
    return "\n".join(told)


def spoken_png(figure: Figure) -> bytes:
    """Render a drawing made in English as a PNG in the language of the command."""
    page = io.BytesIO()
    spoken(figure, Language(chosen_language()), {}).savefig(page, format="png", dpi=110)
    return page.getvalue()


def _line(line: str, say: Language, names: Mapping[str, str]) -> str:
    for name, called in names.items():
        if "_" in name:  # a plain word may be another one
            line = line.replace(name, called)
    told = say.joined(say.told(one) for one in SENTENCE.split(line))
    for kind in INTERVAL_NAMES.values():
        told = told.replace(kind, say.tr(kind))
    return re.sub(
        r"(?<=[^\x00-\x7f]) and (?=[^\x00-\x7f])",
        say.tr("{first} and {last}", first="", last=""),
        told,
    )
