"""The rows of one file of acts: read whole or, where it is large, in pieces.

Of a large file the parts of each row stay, as numbers, and no text twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.accounts import missing, settle
from plaza_lab.scenarios.fit.act_rows import Acts, bots_of, forms_told, framed
from plaza_lab.scenarios.fit.blocks import is_large
from plaza_lab.scenarios.fit.cleaning import ReadReport, told_anew, unusable, usable
from plaza_lab.scenarios.fit.column_names import TIME_NAMES
from plaza_lab.scenarios.fit.forms import Form
from plaza_lab.scenarios.fit.options import Asked
from plaza_lab.scenarios.fit.pieces import narrow, sheets_of
from plaza_lab.scenarios.fit.settling import ELSEWHERE, Rows, set_aside, settled
from plaza_lab.scenarios.fit.sheet import Losses, Sheet
from plaza_lab.scenarios.fit.signs import Signs
from plaza_lab.scenarios.fit.table import (
    chosen_by,
    find_column,
    groups_of,
    pick_rows,
    raw_column,
    read_table,
    refuse_empty,
    refuse_groups,
    with_clock,
)
from plaza_lab.scenarios.fit.time_texts import SHAPES, Written, read_written
from plaza_lab.scenarios.fit.times import resolution

if TYPE_CHECKING:
    import pandas as pd

TEXTS = ("member", "kind", "reply_to")
QUOTE_NOTE = "a quote in line"


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
        return _read_stream(path, asked)
    sheet, elsewhere, form, known = opened(path, asked, "act")
    acts = framed(sheet, asked, known, path)
    times = acts.times
    return settled(
        acts.frame, sheet, times, acts.names, acts.columns, elsewhere, form,
        [*sheet.notes, *acts.notes], asked, path,
    )  # fmt: skip


@dataclass
class _Numbered:
    """Texts by number, numbered as they come."""

    number: dict[str, int] = field(default_factory=dict)
    pieces: list[np.ndarray] = field(default_factory=list)

    def add(self, texts: pd.Series) -> None:
        """Take a column in."""
        import pandas as pd

        codes, found = pd.factorize(texts)
        of_found = [self.number.setdefault(str(one), len(self.number)) for one in found]
        self.pieces.append(np.array([*of_found, -1], np.int32)[codes])

    def whole(self) -> pd.Categorical:
        """All of it, categories in the order of their letters."""
        import pandas as pd

        names = np.array([*self.number, ""], object)[:-1]
        order = np.argsort(names, kind="stable")
        rank = np.empty(len(names) + 1, np.int32)
        rank[order], rank[-1] = np.arange(len(names), dtype=np.int32), -1
        codes = rank[np.concatenate(self.pieces)]
        self.pieces.clear()
        return pd.Categorical.from_codes(codes, categories=pd.Index(names[order], dtype=object))


@dataclass
class _Gathered:
    """What is kept of the pieces."""

    texts: dict[str, _Numbered] = field(default_factory=dict)
    numbers: dict[str, list[np.ndarray]] = field(default_factory=dict)
    lost: Losses = field(default_factory=Losses)
    signs: Signs = field(default_factory=Signs)
    groups: dict[str, set[str]] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    forms: dict[str, int] = field(default_factory=dict)
    zones: dict[str, None] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    elsewhere: int = 0

    def add_numbers(self, **columns: np.ndarray) -> None:
        """Take columns of numbers in."""
        for name, values in columns.items():
            self.numbers.setdefault(name, []).append(values)

    def column(self, name: str) -> np.ndarray:
        """One column of numbers, whole; the pieces are let go."""
        return np.concatenate(self.numbers.pop(name))


def _read_stream(path: str | Path, asked: Asked) -> Rows:
    """Read the rows of acts of a large file, texts as categories.

    Each piece goes the way of a small file. What only the whole tells (who is one person, which
    rows are equal, whether lost rows differ, which number is the day) is told of the whole.
    """
    name = Path(path).name
    asked, told = _ordered(path, asked)
    all_of, first, form = _Gathered(), None, ""
    for sheet in sheets_of(path, asked, f"reading {name}"):
        if first is None:
            form, known = asked.form_for(sheet)
        first = _add(all_of, sheet, asked, known, path, first) or first
    refuse_groups(all_of.groups, path)
    if asked.where is not None and all_of.elsewhere and first is None:
        refuse_empty(asked.where, all_of.values, path)
    if first is None:
        raise UserError(f"{path} holds column names but no row: a row is needed for each act")
    return _settled(all_of, first, form, told, asked, path)


def _add(
    all_of: _Gathered,
    sheet: Sheet,
    asked: Asked,
    known: Form | None,
    path: str | Path,
    first: Acts | None,
) -> Acts | None:
    """Take the rows of a piece in."""
    all_of.rows += sheet.rows
    all_of.lost.add(list(sheet.lost))
    for note in sheet.notes:
        if note and not (note.startswith(QUOTE_NOTE) and any(
            one.startswith(QUOTE_NOTE) for one in all_of.notes
        )):  # fmt: skip
            all_of.notes[note] = 1
    if asked.where is None:
        for column, values in groups_of(sheet.table, path).items():
            all_of.groups.setdefault(column, set()).update(values)
    else:
        mask, values = chosen_by(sheet, asked.where, path)
        all_of.values |= values
        all_of.elsewhere += int((~mask).sum())
        sheet = sheet.only(mask)
    if not sheet.table.num_rows:
        return None
    acts = framed(sheet, asked, known, path, first.kinds if first else None)
    bad, lost = unusable(acts.frame, sheet, acts.times, asked.today)
    all_of.lost.add(lost)
    all_of.signs.add(sheet, set(acts.names.values()), bad)
    bots = bots_of(sheet, path)
    for name in TEXTS:
        if name in acts.frame:
            all_of.texts.setdefault(name, _Numbered()).add(acts.frame[name])
    all_of.add_numbers(
        seconds=acts.times.seconds, role=acts.frame["role"].to_numpy(),
        roleless=acts.frame["roleless"].to_numpy(), bad=bad,
        bot=np.zeros(len(bad), bool) if bots is None else bots,
    )  # fmt: skip
    for form, n in acts.times.forms.items():
        all_of.forms[form] = all_of.forms.get(form, 0) + n
    all_of.zones[acts.times.zone] = None
    for note in acts.notes:
        if not note.startswith("times are written in"):
            all_of.notes[note] = 1
    return acts


def _settled(
    all_of: _Gathered, first: Acts, form: str, told: tuple[str, ...], asked: Asked, path: str | Path
) -> Rows:
    import pandas as pd

    frame = pd.DataFrame({name: texts.whole() for name, texts in all_of.texts.items()})
    for name in ("seconds", "role", "roleless"):
        frame[name] = all_of.column(name)
    bad, bot = (all_of.column(name) for name in ("bad", "bot"))
    lost = list(all_of.lost.whole())
    if bad.all():
        raise UserError(
            f"no row of {path} can be used ({', '.join(f'{one.n} x {one.reason}' for one in lost)})"
        )
    present = frame["member"].where(~missing(frame["member"]))
    accounts = settle(
        present, bot if bot.any() else None, asked.exclude, asked.include, asked.merge_ids, path
    )
    frame["member"], frame["nobody"] = accounts.ids, accounts.nobody
    kept, dropped, differ = usable(
        frame, bad, lost, len(all_of.forms) > 1, lambda: repeated(all_of.signs.whole()[~bad])
    )
    differ += _numbered_anew(all_of.signs, kept, bad)
    kept, preview = set_aside(kept, dropped, ((ELSEWHERE, all_of.elsewhere),), asked)
    notes = [*all_of.notes, *told, *forms_told(all_of.forms), *accounts.notes, *differ]
    zone = "; ".join(all_of.zones)
    report = ReadReport(all_of.rows, dropped, notes, lost, form, zone, first.columns, preview)
    return Rows(kept, report)


def _numbered_anew(signs: Signs, kept: pd.DataFrame, bad: np.ndarray) -> list[str]:
    """Say so where rows are equal but for the number that an export gave them."""
    if resolution(kept["seconds"].to_numpy()) != "second":
        return []
    first = ~bad
    first[first] = ~repeated(signs.whole()[~bad])
    n, columns = signs.numbered_anew(first)
    return [told_anew(n, columns)] if n else []


def repeated(signs: np.ndarray) -> np.ndarray:
    """Mark what was there before; bool[n]."""
    order = np.argsort(signs, kind="stable")
    ranked = signs[order]
    out = np.zeros(len(signs), bool)
    out[order[1:]] = ranked[1:] == ranked[:-1]
    return out


def _ordered(path: str | Path, asked: Asked) -> tuple[Asked, tuple[str, ...]]:
    """Find out which number is the day where dates are three numbers, by reading all of them."""
    if asked.time_format is not None:
        return asked, ()
    found: Written | None = None
    for sheet in sheets_of(path, asked):
        _, known = asked.form_for(sheet)
        column = find_column(
            sheet.table, asked.time, (*(known.time if known else ()), *TIME_NAMES), "--time", path
        )
        if column is None:
            return asked, ()
        written = _of_numbers(raw_column(sheet.table, column))
        if written is None and found is None:
            return asked, ()  # the first piece has none: whoever else writes some is told by piece
        if written is not None:
            found = written if found is None else Written.joined([found, written])
    if found is None:
        return asked, ()
    _, _, told = found.ordered(None, path)
    order = found.decided(path)
    return (asked if order is None else replace(asked, time_format=order)), told


def _of_numbers(texts) -> Written | None:  # type: ignore[no-untyped-def]
    """Dates of three numbers in a column of texts, each once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        return None
    dates = pc.extract_regex(
        pc.utf8_trim_whitespace(texts), r"^(?P<date>\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))\D?"
    )
    once = pc.unique(pc.drop_null(dates.combine_chunks().field("date")))
    if not len(once):
        return None
    written = read_written(once)
    return written if (written.shape == list(SHAPES).index("numbers")).any() else None
