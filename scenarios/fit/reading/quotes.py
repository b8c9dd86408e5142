"""Quotation marks in a text file: those that wrap a cell, and those that somebody typed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

FARTHEST = 2_000  # lines after which an open quote is not looked for any more
SAMPLE = 60
ANCHOR_DIGITS = 4


@dataclass
class Mended:
    """What was found out about quotes.

    Attributes
    ----------
    continued : set of int
        Lines that go on with the cell of the line before.
    replaced : dict of int to str
        Lines that are written anew, with quotes that wrap what they were meant to.
    stray : list of int
        Lines with a quote that wraps nothing, all of them among `replaced` or left as they are.
    """

    continued: set[int] = field(default_factory=set)
    replaced: dict[int, str] = field(default_factory=dict)
    stray: list[int] = field(default_factory=list)


def mend_quotes(
    quoted: Sequence[int], line: Callable[[int], str], n_lines: int, delimiter: str, width: int
) -> Mended:
    """Tell cells of several lines from quotes that never close.

    An open quote goes on to the line that closes it, unless the lines between look like rows of
    their own: as many cells, and digits in the same places as in the first rows.

    Parameters
    ----------
    quoted : sequence of int
        Numbers of the lines with a quote, rising, all below the header.
    line : callable
        Text of a line by its number.
    n_lines : int
        Lines of the file.
    delimiter : str
        Between cells.
    width : int
        Cells of a row.

    Returns
    -------
    Mended
        Continued, rewritten and stray lines.
    """
    found = Mended()
    looks = _row_test(quoted, line, n_lines, delimiter, width)
    done = -1
    for place, number in enumerate(quoted):
        if number <= done:
            continue
        text = line(number)
        cells, is_open = _strict(text, delimiter)
        if cells is not None:
            spaced = _spaced(text, delimiter)
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
    lenient = next(csv.reader([text], delimiter=delimiter), [])
    escaped = next(csv.reader([text], delimiter=delimiter, escapechar="\\"), [])
    plain = text.split(delimiter)
    return next((cells for cells in (escaped, lenient, plain) if len(cells) == width), None)


def _spaced(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])


def _written(cells: list[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="", quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue().replace("\n", " ")
