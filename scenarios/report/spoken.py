"""Figures in another language: every text of a drawing is said anew, in a font that has it."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.language.catalogue import SENTENCE
from plaza_lab.scenarios.language.choosing import families
from plaza_lab.scenarios.report.style import caption_of
from plaza_lab.scenarios.report.words import INTERVAL_NAMES

ACROSS = 9
"""Chinese letters of a caption that fit on an inch."""


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
    """Say a text that was put together in English.

    Parameters
    ----------
    text : str
        Lines of finished sentences.
    say : Language
        The language; in English nothing is done.
    names : mapping of str to str
        Policies, and what they are called.

    Returns
    -------
    str
        As many lines.
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
    """Render a drawing in the language of the command.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn in English.

    Returns
    -------
    bytes
        A PNG.
    """
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
