"""How figures look and how they are written: one colour a policy, and a caption that says n."""

from __future__ import annotations

import base64
import functools
import io
import json
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from plaza_lab.scenarios.files.places import write_whole

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
    """Give each policy its colour; put the baseline first.

    Parameters
    ----------
    policies : iterable of str
        Names; the eighth starts again with the first colour.

    Returns
    -------
    dict
        Name to hexadecimal colour.
    """
    names = list(dict.fromkeys(policies))
    return {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}


def policy_dashes(policies: Iterable[str]) -> dict[str, Any]:
    """Give each policy its line style, so that a grey print still tells them apart."""
    names = list(dict.fromkeys(policies))
    return {name: DASHES[i % len(DASHES)] for i, name in enumerate(names)}


def finish(figure: Figure, caption: str, *, show: bool) -> Figure:
    """Attach the caption, and print it under the figure if asked.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Finished drawing.
    caption : str
        What is shown, n, kind of interval.
    show : bool
        Pages print the caption themselves and leave it out of the picture.

    Returns
    -------
    matplotlib.figure.Figure
        The same figure; :func:`caption_of` reads the caption back.
    """
    figure.set_label(caption)
    if show:
        wide = int(figure.get_figwidth() * 16)
        text = "\n".join(textwrap.wrap(caption, wide))
        figure.supxlabel(text, x=0.01, ha="left", fontsize=7.5, color="#333333")
    return figure


def caption_of(figure: Figure) -> str:
    """Return the caption that belongs to a figure."""
    return str(figure.get_label())


def plain_ticks(axis: Any) -> None:
    """Write large numbers on an axis as people do: 1,500, 20k, 1.2M."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))


def scale_axis(axes: Axes, which: str, axis: Axis) -> None:
    """Set the scale of a range, logarithmic or even, with few and plain tick labels.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        What is drawn on.
    which : {"x", "y"}
        Which of its axes.
    axis : Axis
        The range.
    """
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
    """Write a figure with its run metadata; the file appears whole or not at all.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawing.
    path : str or Path
        Where; folders are made.
    manifest : mapping, optional
        What made the runs.
    dpi : int
        Dots per inch.

    Returns
    -------
    Path
        The file written.
    """
    return write_whole(path, png_bytes(figure, manifest, dpi))


def data_uri(figure: Figure, manifest: Mapping[str, Any] | None = None) -> str:
    """Return a figure as text that a page can carry in itself."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(figure, manifest)).decode()
