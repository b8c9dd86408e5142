"""Writing a memo: its picture, the page, and the document for a word processor."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from matplotlib import rc_context
from matplotlib.ticker import MaxNLocator

from plaza_lab.scenarios.advising.advice import Advice, is_clear
from plaza_lab.scenarios.advising.writing import policy_name, unit_of
from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.files.places import write_whole
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.fonts import FACES_CSS, families
from plaza_lab.scenarios.memo.content import Memo, Section
from plaza_lab.scenarios.outcomes import display_scale, outcome_named
from plaza_lab.scenarios.report.rendering import true_minus
from plaza_lab.scenarios.report.style import (
    COLOURS,
    LOOK,
    blank,
    data_uri,
    finish,
    plain_ticks,
    png_bytes,
)
from plaza_lab.scenarios.report.words import inside_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LATIN, CHINESE = "Calibri", "Microsoft YaHei"
"""Fonts of an office program; where they lack, it takes its own."""
MARGIN_CM, WIDTH_CM, SIZE_PT, SMALL_PT = 2.0, 17.0, 10, 9


def write_document(memo: Memo, path: str | Path) -> Path:
    """Write the memo as DOCX.

    Raises
    ------
    UserError
        If python-docx is not installed.
    """
    docx = needed("docx", "memo")
    paper = docx.Document()
    _look(paper, docx, memo)
    paper.add_heading(memo.title, level=1)
    paper.add_paragraph(f"{memo.say.tr('Memo')} · Plaza · {memo.written}")
    lead = memo.say.tr("{name}: {what}", name="Advice", what=true_minus(memo.advice))
    paper.add_paragraph().add_run(lead).bold = True
    for place, section in enumerate(memo.sections):
        _section(paper, docx, section)
        if place == 0:
            picture = io.BytesIO(png_bytes(memo.figure))
            paper.add_picture(picture, width=docx.shared.Cm(WIDTH_CM))
            paper.add_paragraph(memo.caption)
    buffer = io.BytesIO()
    paper.save(buffer)
    return write_whole(path, buffer.getvalue())


def _look(paper: Any, docx: Any, memo: Memo) -> None:
    for own in paper.sections:
        own.page_width, own.page_height = docx.shared.Cm(21.0), docx.shared.Cm(29.7)
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(own, side, docx.shared.Cm(MARGIN_CM))
    for name in ("Normal", "Heading 1", "Heading 2", "List Bullet"):
        style = paper.styles[name]
        style.font.name = LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(docx.oxml.ns.qn("w:eastAsia"), CHINESE)
        style.paragraph_format.space_after = docx.shared.Pt(3)
    paper.styles["Normal"].font.size = docx.shared.Pt(SIZE_PT)
    paper.core_properties.title = memo.title
    paper.core_properties.author = "Plaza"
    paper.core_properties.language = memo.say.tag
    if memo.say.code != "en":
        for written in paper.styles.element.xpath("w:docDefaults//w:lang"):
            written.set(docx.oxml.ns.qn("w:eastAsia"), memo.say.tag)


def _section(paper: Any, docx: Any, section: Section) -> None:
    paper.add_heading(section.head, level=2)
    for text in section.paragraphs:
        paper.add_paragraph(true_minus(text))
    for text in section.points:
        paper.add_paragraph(true_minus(text), style="List Bullet")
    if section.table:
        grid = paper.add_table(rows=0, cols=len(section.table[0]), style="Light Grid Accent 1")
        for row in section.table:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = true_minus(text)
    if section.code:
        run = paper.add_paragraph().add_run(section.code)
        run.font.name, run.font.size = "Consolas", docx.shared.Pt(SMALL_PT)


TEMPLATES = Path(__file__).parent / "templates"


def write_page(memo: Memo, path: str | Path) -> Path:
    """Write the memo as HTML; everything is inside the one file."""
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    pages.filters["minus"] = true_minus
    text = pages.get_template("memo.html").render(
        memo=memo, say=memo.say, faces=FACES_CSS, picture=data_uri(memo.figure),
        tall=data_uri(memo.tall),
    )  # fmt: skip
    return write_whole(path, text.encode())


# ---- the picture: what each policy changes, in three panels

CLEAR, UNCLEAR = COLOURS[0], "#777777"
WIDTH, NARROW, ROW = 7.4, 3.8, 0.34


def differences(advice: Advice, say: Language, *, is_tall: bool = False) -> tuple[Figure, str]:
    """Draw the difference of each policy to the baseline: the aim, growth, spending.

    With `is_tall` the panels stand below each other, for a phone. Returns the figure and its
    caption.
    """
    aims = dict.fromkeys((advice.aim.name, "growth", "fund_spend_yuan"))
    panels = [name for name in aims if name in set(advice.frame["outcome"])]
    with rc_context(LOOK | {"font.family": families(say.code)}):
        height = 1.1 + ROW * len(advice.others)
        if is_tall:
            figure = blank(NARROW, height * len(panels))
            axes = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
        else:
            figure = blank(WIDTH, height)
            axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        figure.get_layout_engine().set(wspace=0.06, hspace=0.06)  # type: ignore[union-attr,call-arg]
        for one, name in zip(axes, panels, strict=True):
            _panel(one, advice, name, say)
        names = [policy_name(other, say) for other in advice.others]
        for one in axes if is_tall else axes[:1]:
            one.set_yticks(range(len(names)), names)
            one.set_ylim(len(names) - 0.5, -0.5)
        caption = say.tr(
            "Difference from {base} with its {level} % interval, {pairs} pairs; blue: told from "
            "zero, grey: not.",
            base=policy_name(advice.baseline, say), level=f"{100 * advice.level:g}",
            pairs=advice.pairs,
        )  # fmt: skip
        finish(figure, caption, show=False)
        figure.canvas.draw()  # fonts are looked up while the language's are in force
    return figure, caption


def _panel(axes: Axes, advice: Advice, name: str, say: Language) -> None:
    outcome = outcome_named(name)
    scale = display_scale(outcome)
    for place, policy in enumerate(advice.others):
        row = advice.row(policy, name)
        if not row or not math.isfinite(row["difference"]):
            continue
        colour = CLEAR if is_clear(row) else UNCLEAR
        middle = scale * row["difference"]
        low, high = (scale * end for end in inside_scale(row))
        if math.isfinite(low):
            axes.plot([low, high], [place, place], color=colour, linewidth=2.4,
                      solid_capstyle="butt")  # fmt: skip
        axes.plot(middle, place, "o", color=colour, markersize=5)
    axes.axvline(0.0, color="#333333", linewidth=0.8)
    axes.margins(x=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    plain_ticks(axes.xaxis)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set_title(say.tr(outcome.label))
    axes.set_xlabel(unit_of(outcome, say, is_difference=True))
