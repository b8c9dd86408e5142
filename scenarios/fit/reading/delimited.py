"""A text file of rows and cells, counted by its own lines.

Quotation marks that wrap a cell are told from those that somebody typed.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.forms import known_names
from plaza_lab.scenarios.fit.reading.sheet import Loss, Sheet, shortened

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x01")
IN_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "|", "^": "^", "~": "~",
            "\x01": "the sign 0x01"}  # fmt: skip
FIRST_LINES = 60
DEEPEST_HEADER = 30
RAGGED = "ragged row"
FARTHEST = 2_000  # lines after which an open quote is not looked for any more
SAMPLE = 60
ANCHOR_DIGITS = 4
csv.field_size_limit(1 << 27)


@dataclass(frozen=True)
class _Lines:
    """Where the lines of a text begin and end."""

    content: bytes
    starts: np.ndarray
    ends: np.ndarray

    def text(self, number: int) -> str:
        return self.content[self.starts[number] : self.ends[number]].decode("utf-8", "replace")


def read_delimited(
    content: bytes, path: str | Path, known: tuple[str, int] | None = None, passed: int = 0
) -> Sheet:
    """Read rows of cells between commas, semicolons, tabs or ``|``.

    Parameters
    ----------
    content : bytes
        UTF-8.
    path : str or Path
        Named in the errors.
    known : tuple of (str, int), optional
        As :func:`layout` told of the beginning of the same file.
    passed : int
        Lines of the file between its column names and the rows of this piece of it.

    Returns
    -------
    Sheet
        Texts. Lines above the header, a line ``sep=;`` and blank lines are passed over.

    Raises
    ------
    UserError
        It cannot be read as rows and cells, or the count does not come out.
    """
    lines = _lines(_one_line_end(content))
    first = [lines.text(number) for number in range(min(FIRST_LINES, len(lines.starts)))]
    delimiter, head = known or layout(first)
    names = _cells(first[head], delimiter)
    marked = _lines_with_quotes(lines)
    marked = marked[marked > head]
    mended = _Mended()
    if marked.size:
        mended = _mend_quotes(
            marked.tolist(), lines.text, len(lines.starts), delimiter, max(len(names), 1)
        )
    place = _records(lines, head, mended) + passed
    body = _body(lines, head, mended)
    if all_names := _names_of_all(first[head + 1 :], names, delimiter):
        rows_of = body[lines.ends[head] - lines.starts[head] :]
        body, names = _written(all_names, delimiter).encode() + rows_of, all_names
    table, ragged = _parsed(body, names, delimiter, bool(mended.continued), path)
    if table.num_rows + len(ragged) != len(place):
        raise UserError(
            f"{path} cannot be read as CSV: it has {len(place):,} lines of rows, and "
            f"{table.num_rows + len(ragged):,} rows come out; look for quotes that do not close"
        )
    bad = np.array([number for number, _ in ragged], np.int64)
    form, notes = f"text with {IN_WORDS[delimiter]}", _notes(first, head, mended, passed)
    sheet = Sheet(table, np.delete(place, bad), "line", len(place), form, _ragged(ragged, place),
                  notes)  # fmt: skip
    return _without_blank_rows(sheet)


def layout(first: list[str]) -> tuple[str, int]:
    """Find the delimiter and the line of column names (its number, from 0) among the first lines.

    The delimiter cuts most lines into equally many cells, and more than one. (`csv.Sniffer` knows
    neither the usual names of columns nor lines above them.)
    """
    chosen = re.fullmatch(r'"?sep=(.)"?\s*', first[0], re.IGNORECASE) if first else None
    start = 1 if chosen else 0
    marks = (chosen[1],) if chosen and chosen[1] in DELIMITERS else DELIMITERS
    best: tuple[tuple[bool, bool, float, int], str, int] | None = None
    for mark in marks:
        rows = [_cells(text, mark) for text in first]
        counts = Counter(len(row) for row in rows[start:] if any(row))
        width, n = max(counts.items(), key=lambda one: (one[0] > 1, one[1]), default=(1, 0))
        head = _head(rows, start, width)
        known = bool(rows) and known_names(rows[head]) > 0
        score = (width > 1, known and width > 1, n / max(counts.total(), 1), width)
        if best is None or score > best[0]:
            best = score, mark, head
    assert best is not None
    return best[1], best[2]


def _head(rows: list[list[str]], start: int, width: int) -> int:
    full = [place for place, row in enumerate(rows[:DEEPEST_HEADER])
            if place >= start and len(row) == width]  # fmt: skip
    for place in full:
        if known_names(rows[place]) >= min(2, width):
            return place
    filled = [place for place in full if all(cell.strip() for cell in rows[place])]
    first_any = next((place for place, row in enumerate(rows) if place >= start and any(row)), 0)
    if rows and known_names(rows[first_any]) >= 2:
        return first_any
    return (filled or full or [first_any])[0]


def _names_of_all(below: list[str], names: list[str], delimiter: str) -> list[str] | None:
    """Names where each row has a cell more: an empty last one, or R's number in front."""
    rows = [row for text in below if any(row := _cells(text, delimiter))]
    if not rows or len(names) < 2 or any(len(row) != len(names) + 1 for row in rows):
        return None
    if not any(row[-1].strip() for row in rows):
        return [*names, "_"]
    first = [row[0] for row in rows]
    counts = all(one.isdecimal() for one in first) and len({*first}) == len(first)
    return ["_", *names] if counts else None


def _one_line_end(content: bytes) -> bytes:
    if b"\r" not in content:
        return content
    content = content.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n")
    alone = content.count(b"\r")
    # more of them than of the usual ones: an old Macintosh; fewer: typed inside a cell
    return content.replace(b"\r", b"\n" if alone > content.count(b"\n") else b" ")


def _lines(content: bytes) -> _Lines:
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    starts = np.concatenate([[0], ends + 1])
    ends = np.append(ends, len(content))
    if starts[-1] == len(content):
        starts, ends = starts[:-1], ends[:-1]
    return _Lines(content, starts, ends)


def _lines_with_quotes(lines: _Lines) -> np.ndarray:
    quotes = np.flatnonzero(np.frombuffer(lines.content, np.uint8) == ord('"'))
    return np.unique(np.searchsorted(lines.starts, quotes, side="right") - 1)


def _records(lines: _Lines, head: int, mended: _Mended) -> np.ndarray:
    """Numbers, from 1, of the lines at which rows begin."""
    begins = lines.ends > lines.starts
    begins[: head + 1] = False
    if mended.continued:
        begins[sorted(mended.continued)] = False
    return np.flatnonzero(begins) + 1


def _body(lines: _Lines, head: int, mended: _Mended) -> bytes:
    if not mended.replaced:
        return lines.content[lines.starts[head] :]
    pieces, upto = [], int(lines.starts[head])
    for number, text in sorted(mended.replaced.items()):
        pieces += [lines.content[upto : lines.starts[number]], text.encode()]
        upto = int(lines.ends[number])
    return b"".join([*pieces, lines.content[upto:]])


def _parsed(body: bytes, names: list[str], delimiter: str, several_lines: bool, path: str | Path):  # type: ignore[no-untyped-def]
    import pyarrow as pa
    import pyarrow.csv as arrow

    ragged: list[tuple[int, str]] = []

    def leave_out(row: arrow.InvalidRow) -> str:
        ragged.append((row.number - 2, row.text))  # the header is number 1
        return "skip"

    parse = arrow.ParseOptions(
        delimiter=delimiter, newlines_in_values=several_lines, invalid_row_handler=leave_out
    )
    if not body.endswith(b"\n"):
        body += b"\n"  # column names alone are a table without rows
    try:
        # one thread, since only then the numbers of rows are known
        reading = arrow.ReadOptions(block_size=1 << 24, use_threads=False)
        types = arrow.ConvertOptions(
            column_types={name: pa.string() for name in names}, check_utf8=False
        )
        return arrow.read_csv(pa.BufferReader(body), reading, parse, types), ragged
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0][:120]
        raise UserError(f"{path} cannot be read as CSV: {reason}") from None


def _ragged(ragged: list[tuple[int, str]], place: np.ndarray) -> tuple[Loss, ...]:
    if not ragged:
        return ()
    first, last = (
        (f"line {place[number]}", shortened(text)) for number, text in (ragged[0], ragged[-1])
    )
    return (Loss(RAGGED, len(ragged), first, last),)


def _without_blank_rows(sheet: Sheet) -> Sheet:
    """Pass over rows of nothing but delimiters, which spreadsheets write below the last row."""
    import pyarrow.compute as pc

    blank = np.ones(sheet.table.num_rows, bool)
    for column in sheet.table.columns:
        blank &= pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy()
        if not blank.any():
            return sheet
    return replace(sheet.only(~blank), rows=sheet.rows - int(blank.sum()))


def _notes(first: list[str], head: int, mended: _Mended, passed: int) -> tuple[str, ...]:
    notes = []
    above = sum(bool(text.strip()) for text in first[:head])
    if above and not (above == 1 and first[0].lower().strip('"').startswith("sep=")):
        lines = "line" if above == 1 else "lines"
        told = shortened(next(text for text in first if text.strip()))
        notes.append(f"{above} {lines} above the column names passed over: {told}")
    if mended.stray:
        more = f" and in {len(mended.stray) - 1:,} more" if len(mended.stray) > 1 else ""
        notes.append(
            f"a quote in line {mended.stray[0] + 1 + passed}{more} closes nowhere: read as part of "
            "the text"
        )
    return tuple(notes)


@dataclass
class _Mended:
    """What was found out about quotes.

    Lines that go on with the cell of the line before; lines written anew, with quotes that wrap
    what they were meant to; lines with a quote that wraps nothing.
    """

    continued: set[int] = field(default_factory=set)
    replaced: dict[int, str] = field(default_factory=dict)
    stray: list[int] = field(default_factory=list)


def _mend_quotes(
    quoted: Sequence[int], line: Callable[[int], str], n_lines: int, delimiter: str, width: int
) -> _Mended:
    """Tell cells of several lines from quotes that never close.

    An open quote goes on to the line that closes it, unless the lines between look like rows of
    their own: as many cells, and digits in the same places as in the first rows. `quoted` are the
    numbers of the lines with a quote, rising, all below the header.
    """
    found = _Mended()
    looks = _row_test(quoted, line, n_lines, delimiter, width)
    done = -1
    for place, number in enumerate(quoted):
        if number <= done:
            continue
        text = line(number)
        cells, is_open = _strict(text, delimiter)
        if cells is not None:
            spaced = _cells(text, delimiter, skipinitialspace=True)
            if len(cells) > width == len(spaced):  # a blank stands before the quote
                found.replaced[number] = _written(spaced, delimiter)
            continue
        if is_open:
            end = _closing(place, quoted, line, delimiter, width, looks)
            if end is not None:
                found.continued.update(range(number + 1, end + 1))
                done = end
                continue
        found.stray.append(number)
        cells = _literal(text, delimiter, width)
        if cells is not None:
            found.replaced[number] = _written(cells, delimiter)
    return found


def _strict(text: str, delimiter: str) -> tuple[list[str] | None, bool]:
    """Cells of a line whose quotes are in order, or None and whether one is open at its end."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        return (rows[0] if rows else []), False
    except csv.Error as error:
        return None, "unexpected end" in str(error)


def _closing(
    place: int,
    quoted: Sequence[int],
    line: Callable[[int], str],
    delimiter: str,
    width: int,
    looks: Callable[[str], bool],
) -> int | None:
    start = quoted[place]
    lines, rows = [line(start)], 0
    upto = start
    for end in quoted[place + 1 :]:
        if end - start > FARTHEST:
            return None
        for number in range(upto + 1, end + 1):
            text = line(number)
            lines.append(text)
            rows += looks(text)
        upto = end
        if rows * 2 >= end - start and rows:
            return None
        cells, is_open = _strict("\n".join(lines), delimiter)
        if cells is not None:
            return end if len(cells) == width else None
        if not is_open:
            return None
    return None


def _row_test(
    quoted: Sequence[int], line: Callable[[int], str], n_lines: int, delimiter: str, width: int
) -> Callable[[str], bool]:
    with_quotes, shapes = set(quoted), [Counter[str]() for _ in range(width)]
    first = quoted[0] if quoted else 0
    seen = 0
    for number in [*range(max(first - 3 * SAMPLE, 1), first), *range(first + 1, n_lines)]:
        if number in with_quotes:
            continue
        cells = line(number).split(delimiter)
        if len(cells) == width:
            for counter, cell in zip(shapes, cells, strict=True):
                counter[_shape(cell)] += 1
            seen += 1
        if seen >= SAMPLE or number > first + 10 * SAMPLE:
            break
    anchors = {
        column: {shape for shape, n in counter.items() if n > 0.02 * seen}
        for column, counter in enumerate(shapes)
        if seen and sum(sorted(counter.values())[-4:]) > 0.9 * seen
        and all(shape.count("9") >= ANCHOR_DIGITS for shape, _ in counter.most_common(4))
    }  # fmt: skip

    def looks(text: str) -> bool:
        cells = text.split(delimiter)
        if not anchors:
            return len(cells) == width and width > 1
        return len(cells) >= width and all(_shape(cells[at]) in anchors[at] for at in anchors)

    return looks


def _shape(cell: str) -> str:
    return re.sub(r"\d", "9", cell.strip())


def _literal(text: str, delimiter: str, width: int) -> list[str] | None:
    lenient, escaped = _cells(text, delimiter), _cells(text, delimiter, escapechar="\\")
    plain = text.split(delimiter)
    return next((cells for cells in (escaped, lenient, plain) if len(cells) == width), None)


def _cells(text: str, delimiter: str, **how: Any) -> list[str]:
    """Cells of one line, as the reader of the standard library cuts them."""
    return next(csv.reader([text], delimiter=delimiter, **how), [])


def _written(cells: list[str], delimiter: str) -> str:
    out = io.StringIO()
    file = csv.writer(out, delimiter=delimiter, lineterminator="", quoting=csv.QUOTE_ALL)
    file.writerow(cells)
    return out.getvalue().replace("\n", " ")
