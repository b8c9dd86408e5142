"""The rows of one file, read whole or, where it is large, piece by piece."""

from __future__ import annotations

from pathlib import Path

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.act_rows import framed
from plaza_lab.scenarios.fit.blocks import is_large
from plaza_lab.scenarios.fit.day_and_clock import with_clock
from plaza_lab.scenarios.fit.forms import Form
from plaza_lab.scenarios.fit.pieces import narrow
from plaza_lab.scenarios.fit.read_options import Asked
from plaza_lab.scenarios.fit.settling import Rows, settled
from plaza_lab.scenarios.fit.sheet import Sheet
from plaza_lab.scenarios.fit.streaming import read_stream
from plaza_lab.scenarios.fit.table import pick_rows, read_table


def opened(
    path: str | Path, asked: Asked, what: str, names: frozenset[str] | None = None
) -> tuple[Sheet, int, str, Form | None]:
    """Read a file and choose its rows.

    Parameters
    ----------
    path : str or Path
        The file.
    asked : Asked
        What the user says.
    what : str
        What a row is, for the error.
    names : frozenset of str, optional
        Columns that are enough, as ``same_name`` writes them: of a large file the others go.

    Returns
    -------
    sheet : Sheet
        Rows chosen.
    elsewhere : int
        Rows not chosen by ``--where``.
    form : str
        In words.
    known : Form or None
        Of the export, where it is one.

    Raises
    ------
    UserError
        There is no row.
    """
    if names is not None and is_large(path):
        sheet = narrow(path, asked, names, f"reading {Path(path).name}")
    else:
        sheet = read_table(path, asked.most, asked.encoding, (asked.member, asked.time))
        sheet = with_clock(sheet, asked.time)
    if not sheet.table.num_rows and not sheet.lost:
        raise UserError(f"{path} holds column names but no row: a row is needed for each {what}")
    if not sheet.table.num_rows:
        first = sheet.lost[0].first
        raise UserError(
            f"no row of {path} can be used: all {sheet.rows:,} have more or fewer cells than the "
            f"column names, as {first[0]} '{first[1]}'"
        )
    chosen = pick_rows(sheet, asked.where, path)
    form, known = asked.form_for(sheet)
    return chosen, sheet.table.num_rows - chosen.table.num_rows, form, known


def read_acts(path: str | Path, asked: Asked) -> Rows:
    """Read the rows of acts of one file.

    Parameters
    ----------
    path : str or Path
        The file.
    asked : Asked
        What the user says.

    Returns
    -------
    Rows
        With ``member``, ``seconds``, ``role``; ``kind`` and ``reply_to`` where there are such.

    Raises
    ------
    UserError
        One line on what is wrong with the file, its columns or its rows.
    """
    if is_large(path):
        return read_stream(path, asked)
    sheet, elsewhere, form, known = opened(path, asked, "act")
    acts = framed(sheet, asked, known, path)
    times = acts.times
    return settled(
        acts.frame, sheet, times, acts.names, acts.columns, elsewhere, form,
        [*sheet.notes, *acts.notes], asked, path,
    )  # fmt: skip
