"""Writing a memo: the page, and the document for a word processor."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import jinja2

from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.files.places import write_whole
from plaza_lab.scenarios.language.fonts import FACES_CSS
from plaza_lab.scenarios.memo.content import Memo, Section
from plaza_lab.scenarios.report.rendering import true_minus
from plaza_lab.scenarios.report.style import data_uri, png_bytes

LATIN, CHINESE = "Calibri", "Microsoft YaHei"
"""Fonts of an office program; where they lack, it takes its own."""
MARGIN_CM, WIDTH_CM, SIZE_PT, SMALL_PT = 2.0, 17.0, 10, 9


def write_document(memo: Memo, path: str | Path) -> Path:
    """Write the memo as DOCX.

    Parameters
    ----------
    memo : Memo
        What it says.
    path : str or pathlib.Path
        The file.

    Returns
    -------
    pathlib.Path
        The file written.

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
    """Write the memo as HTML.

    Parameters
    ----------
    memo : Memo
        What it says.
    path : str or pathlib.Path
        The file; everything is inside it.

    Returns
    -------
    pathlib.Path
        The file written.
    """
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
