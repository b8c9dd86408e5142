"""``plaza memo``: two pages for who decides, of a comparison's folder or of a study."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.advising.advice import AIMS
from plaza_lab.scenarios.command_line.parser import Parser, verb
from plaza_lab.scenarios.command_line.printing import complain
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language, chosen_language

if TYPE_CHECKING:
    from plaza_lab.scenarios.answers import Comparison

PAGE, DOCUMENT = "memo.html", "memo.docx"


@verb("memo", lambda: _parser())
def run_memo(options: Namespace) -> int:
    """Write a memo."""
    from plaza_lab.scenarios.output.manifest import write_manifest
    from plaza_lab.scenarios.output.output_folder import output_folder
    from plaza_lab.scenarios.output.writing import kept_line

    view = View(Language(chosen_language(options.lang)), options.aim)
    answer = _answer(options.of, options.store, view)
    title = Path(options.of).name
    with output_folder(options.to, "memo", title, option="--to") as folder:
        write_memo(answer, folder.partial)
        write_manifest(folder.partial, answer.manifest())
        sys.stdout.write(kept_line(folder.keep(), view.say) + "\n")
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="plaza memo",
        usage="plaza memo FOLDER|STUDY [--lang zh] [--aim growth] [--to FOLDER]",
        description="Two pages for who decides: HTML, and DOCX where python-docx is installed.",
        epilog="example: plaza memo slow_market --lang zh",
    )
    add = parser.add_argument
    add("of", metavar="FOLDER|STUDY", help="folder of a plaza compare, or name of a study")
    add("--aim", default=AIMS[0], choices=AIMS, help="what one decides by")
    add("--to", default="", metavar="FOLDER", help="where it is written (default: plaza-out/)")
    parser.also("lang", store="store of the study")
    return parser


def _answer(of: str, store: str, view: View) -> Comparison:
    from plaza_lab.scenarios.answers import Comparison
    from plaza_lab.scenarios.api import open_study
    from plaza_lab.scenarios.memo.kept import KeptComparison

    if Path(of).is_dir():
        return KeptComparison(Path(of), view)
    if "/" in of:
        raise UserError(f"{of}: there is no such folder")
    answer = open_study(of, store)
    if not isinstance(answer, Comparison):
        raise UserError(f"{of} compares no policies; a memo is of a study with policies=[...]")
    answer.view = view
    return answer


def write_memo(answer: Comparison, folder: Path) -> list[Path]:
    """Write the memo of a comparison into an existing folder, and return the files.

    ``memo.html``, and ``memo.docx`` where python-docx is installed; a line says if it is not.
    """
    from plaza_lab.scenarios.memo.content import memo_of
    from plaza_lab.scenarios.memo.document import write_document, write_page

    memo = memo_of(answer, answer.view.say)
    written = [write_page(memo, folder / PAGE)]
    try:
        written.append(write_document(memo, folder / DOCUMENT))
    except UserError as lacking:
        complain(f"no {DOCUMENT}: {lacking}")
    return written
