"""The memo as one HTML file: to be read on a phone, mailed, and printed on two pages."""

from __future__ import annotations

from pathlib import Path

import jinja2

from plaza_lab.scenarios.memo.content import Memo
from plaza_lab.scenarios.report.rendering import true_minus
from plaza_lab.scenarios.report.style import data_uri, write_whole

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
        memo=memo, say=memo.say, picture=data_uri(memo.figure), tall=data_uri(memo.tall)
    )
    return write_whole(path, text.encode())
