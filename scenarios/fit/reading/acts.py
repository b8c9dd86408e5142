"""The rows of one file of acts: read at once or, where it is large, in pieces.

Of a row its parts stay, as numbers, and no text twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.options import Asked
from plaza_lab.scenarios.fit.reading.accounts import bots_of
from plaza_lab.scenarios.fit.reading.act_cells import Acts, forms_told, framed
from plaza_lab.scenarios.fit.reading.cleaning import (
    ELSEWHERE,
    Gathered,
    ReadReport,
    Rows,
    settled,
    unusable,
)
from plaza_lab.scenarios.fit.reading.columns import (
    TIME_NAMES,
    chosen_by,
    find_column,
    groups_of,
    raw_column,
    refuse_empty,
    refuse_groups,
    with_clock,
)
from plaza_lab.scenarios.fit.reading.equal_rows import Signs
from plaza_lab.scenarios.fit.reading.files import read_table
from plaza_lab.scenarios.fit.reading.forms import Form
from plaza_lab.scenarios.fit.reading.pieces import is_large, sheets_of
from plaza_lab.scenarios.fit.reading.sheet import Losses, Sheet
from plaza_lab.scenarios.fit.reading.time_texts import SHAPES, Written, read_written

if TYPE_CHECKING:
    import pandas as pd

TEXTS = ("member", "kind", "reply_to")
QUOTE_NOTE = "a quote in line"


def whole_sheet(path: str | Path, asked: Asked) -> Sheet:
    """Read a file at once; a column of days and one of times of day become one."""
    sheet = read_table(path, asked.most, asked.encoding, (asked.member, asked.time))
    return with_clock(sheet, asked.time)


def check_rows(n: int, rows: int, lost: Losses, path: str | Path, what: str) -> None:
    """Refuse a file without a row that could be cut into cells.

    Raises
    ------
    UserError
        There is none of `rows`; `what` says what a row is.
    """
    if n:
        return
    first = next(iter(lost.whole()), None)
    if first is None:
        raise UserError(f"{path} holds column names but no row: a row is needed for each {what}")
    raise UserError(
        f"no row of {path} can be used: all {rows:,} have more or fewer cells than the "
        f"column names, as {first.first[0]} '{first.first[1]}'"
    )


def read_acts(path: str | Path, asked: Asked) -> Rows:
    """Read the rows of acts of one file.

    What only the whole tells (who is one person, which rows are equal, whether lost rows differ,
    which number is the day) is told of the whole.

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
    told: tuple[str, ...] = ()
    if is_large(path):
        asked, told = _ordered(path, asked)
        sheets = sheets_of(path, asked, f"reading {Path(path).name}")
    else:
        sheets = iter([whole_sheet(path, asked)])
    all_of = _AllOf()
    for sheet in sheets:
        all_of.add(sheet, asked, path)
    check_rows(all_of.n, all_of.rows, all_of.cut, path, "act")
    refuse_groups(all_of.groups, path)
    if all_of.first is None:
        refuse_empty(str(asked.where), all_of.values, path)
    return settled(all_of.gathered(told), asked, path)


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
class _AllOf:
    """What is kept of the pieces of a file.

    Attributes
    ----------
    first, known, form
        The first piece with a row that counts; the export it is of; its form in words.
    texts, numbers
        Columns.
    lost, cut
        Rows that cannot be used; those of them that could not be cut into cells.
    groups, values
        Values of the columns that name a community; of the column of ``--where``.
    n, rows, elsewhere
        Rows cut into cells, all of them, those not chosen by ``--where``.
    """

    first: Acts | None = None
    known: Form | None = None
    form: str = ""
    texts: dict[str, _Numbered] = field(default_factory=dict)
    numbers: dict[str, list[np.ndarray]] = field(default_factory=dict)
    lost: Losses = field(default_factory=Losses)
    cut: Losses = field(default_factory=Losses)
    signs: Signs = field(default_factory=Signs)
    groups: dict[str, set[str]] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    forms: dict[str, int] = field(default_factory=dict)
    zones: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    clocks: dict[str, None] = field(default_factory=dict)
    aside: dict[str, int] = field(default_factory=dict)
    first_time: object = None
    n: int = 0
    rows: int = 0
    elsewhere: int = 0

    def add(self, sheet: Sheet, asked: Asked, path: str | Path) -> None:
        """Take the rows of a piece in."""
        self.n, self.rows = self.n + sheet.table.num_rows, self.rows + sheet.rows
        self.aside |= dict(sheet.aside)
        for note in sheet.notes:
            if note and not (note.startswith(QUOTE_NOTE) and any(
                one.startswith(QUOTE_NOTE) for one in self.notes
            )):  # fmt: skip
                self.notes[note] = None
        chosen = self._chosen(sheet, asked, path)
        if chosen.table.num_rows:
            self._add_rows(chosen, asked, path)
        self.cut.add(sheet.lost)
        self.lost.add(sheet.lost)

    def _chosen(self, sheet: Sheet, asked: Asked, path: str | Path) -> Sheet:
        """Rows of the community chosen; none where there are several and none is chosen."""
        if asked.where is not None:
            mask, values = chosen_by(sheet, asked.where, path)
            self.values |= values
            self.elsewhere += int((~mask).sum())
            return sheet.only(mask)
        for column, values in groups_of(sheet.table, path).items():
            self.groups.setdefault(column, set()).update(values)
        is_mixed = any(len(values) > 1 for values in self.groups.values())
        return sheet.only(np.zeros(sheet.table.num_rows, bool)) if is_mixed else sheet

    def _add_rows(self, sheet: Sheet, asked: Asked, path: str | Path) -> None:
        if self.first is None:
            self.form, self.known = asked.form_for(sheet)
        acts = framed(sheet, asked, self.known, path, self.first.kinds if self.first else None)
        if self.first is None:
            self.first = acts
            self.first_time = raw_column(sheet.table, acts.names["time"])[0].as_py()
        bad, lost = unusable(acts.frame, sheet, acts.times, asked.today)
        self.lost.add(lost)
        self.signs.add(sheet.table, set(acts.names.values()), bad)
        for name in TEXTS:
            if name in acts.frame:
                self.texts.setdefault(name, _Numbered()).add(acts.frame[name])
        bots = bots_of(sheet, path)
        columns = {
            "seconds": acts.times.seconds, "role": acts.frame["role"].to_numpy(),
            "roleless": acts.frame["roleless"].to_numpy(), "bad": bad,
            "bot": np.zeros(len(bad), bool) if bots is None else bots,
        }  # fmt: skip
        for name, values in columns.items():
            self.numbers.setdefault(name, []).append(values)
        for form, n in acts.times.forms.items():
            self.forms[form] = self.forms.get(form, 0) + n
        self.zones[acts.times.zone] = None
        self.notes |= dict.fromkeys(acts.notes)
        self.clocks |= dict.fromkeys(acts.times.notes)

    def gathered(self, told: tuple[str, ...]) -> Gathered:
        """All rows; the pieces are let go."""
        import pandas as pd

        assert self.first is not None
        frame = pd.DataFrame({name: texts.whole() for name, texts in self.texts.items()})
        columns = {name: np.concatenate(self.numbers.pop(name)) for name in [*self.numbers]}
        for name in ("seconds", "role", "roleless"):
            frame[name] = columns[name]
        report = ReadReport(
            self.rows, self.aside | {ELSEWHERE: self.elsewhere},
            [*self.notes, *forms_told(self.forms), *told, *self.clocks],
            list(self.lost.whole()), self.form, "; ".join(self.zones), self.first.columns,
        )  # fmt: skip
        bots = columns["bot"] if columns["bot"].any() else None
        return Gathered(
            frame, columns["bad"], bots, report, len(self.forms), self.first_time, self.signs
        )


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
