"""Which characters a file's bytes stand for."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.forms import known_names

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LOOKED_AT = 65_536
FEWEST, LEAST_SHARE = 4, 0.02  # of the signs, such as those of a date among Chinese text
PLAIN = np.frombuffer(b"\n,;-:123456789", np.uint8)  # halves of few Chinese signs; 0 is one's
BROKEN_SHARE = 0.02  # of the characters above ASCII: fewer are damage, more another encoding
BY_NAMES = (
    "gb18030",
    "big5",
    "shift_jis",
    "euc-kr",
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1254",
    "koi8-r",
)
FIRST_LINES, MIXED = 30, 0.2
PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]")


def utf8_of(content: bytes, path: str | Path, encoding: str | None = None) -> tuple[bytes, str]:
    """Return the same text as UTF-8 without a mark, and what is worth saying of it.

    A mark at the beginning decides; then UTF-8, UTF-16 by its empty bytes, GB18030 where the bytes
    come in the pairs of Chinese writing, and the Latin alphabet of Windows, which fits anything.

    Parameters
    ----------
    content : bytes
        The file.
    path : str or Path
        Named in the errors.
    encoding : str, optional
        What the user chose.

    Returns
    -------
    content : bytes
        UTF-8.
    told : str
        What was assumed, empty for UTF-8.

    Raises
    ------
    UserError
        There is no such encoding, or the bytes are not in it.
    """
    if encoding is not None:
        return _as_chosen(content, path, encoding), ""
    for mark, name in MARKS:
        if content.startswith(mark):
            if name == "utf-8":
                content = content.removeprefix(mark)
                break
            return _as_chosen(content, path, name), f"read as {name.upper()}"
    if wide := wide_of(content):
        return _as_chosen(content, path, wide), f"read as {wide.upper()}"
    try:
        content.decode("utf-8")
        return content, ""
    except UnicodeDecodeError as error:
        return _not_utf8(content, content.count(b"\n", 0, error.start) + 1)


def wide_of(content: bytes) -> str | None:
    """Tell UTF-16 by the empty half of digits, commas and line ends, whatever else is written."""
    sample = np.frombuffer(content[: LOOKED_AT - LOOKED_AT % 2], np.uint8)
    even, odd = sample[: len(sample) // 2 * 2 : 2], sample[1::2]
    little = int(((odd == 0) & np.isin(even, PLAIN)).sum())
    big = int(((even == 0) & np.isin(odd, PLAIN)).sum())
    few, many = sorted((little, big))
    if many < FEWEST or many < 20 * few or many < LEAST_SHARE * len(even):
        return None
    return "utf-16-le" if little > big else "utf-16-be"


def _not_utf8(content: bytes, line: int) -> tuple[bytes, str]:
    mended = content.decode("utf-8", "replace")
    broken = mended.count("\ufffd")
    beyond = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]+", content))
    if beyond > 20 and broken < BROKEN_SHARE * beyond:
        return mended.encode(), f"{broken} broken characters, the first in line {line}"
    if two := _line_by_line(content):
        return two
    if found := _by_names(content):
        return content.decode(
            found, "replace"
        ).encode(), f"read as {found} (--encoding for another)"
    if _is_chinese(content):
        try:
            return content.decode("gb18030").encode(), "read as GB18030 (--encoding for another)"
        except UnicodeDecodeError as error:
            mended = content.decode("gb18030", "replace")
            if mended.count("\ufffd") * 50 < len(content) - error.start:
                told = f"read as GB18030, {mended.count(chr(0xFFFD))} broken characters"
                return mended.encode(), f"{told} (--encoding for another)"
    try:
        return content.decode("cp1252").encode(), "read as Windows-1252 (--encoding for another)"
    except UnicodeDecodeError:
        return content.decode("latin-1").encode(), "read as Latin-1 (--encoding for another)"


def _by_names(content: bytes) -> str | None:
    """Tell an encoding by column names that are usual in it."""
    first = content[:LOOKED_AT].replace(b"\r", b"\n").split(b"\n", FIRST_LINES)[:FIRST_LINES]
    marked = [line for line in first if re.search(rb"[\x80-\xff]", line)]
    for name in BY_NAMES:
        for line in marked:
            try:
                cells = re.split(r'[,;\t|"]', line.decode(name))
            except UnicodeDecodeError:
                continue
            if known_names(cell for cell in cells if not cell.isascii()):
                return name
    return None


def _line_by_line(content: bytes) -> tuple[bytes, str] | None:
    """Read a file whose lines are in two encodings, as programs leave it that append to one."""
    lines = content.split(b"\n")
    marked = [place for place, line in enumerate(lines) if re.search(rb"[\x80-\xff]", line)]
    whole, broken = [], []
    for place in marked:
        try:
            lines[place].decode("utf-8")
            whole.append(place)
        except UnicodeDecodeError:
            broken.append(place)
    # by chance few lines of GB18030 are UTF-8, and those are short
    if len(whole) < MIXED * len(marked) or len(broken) < MIXED * len(marked):
        return None
    other = b"\n".join(lines[place] for place in broken)
    if not _is_chinese(other):
        return None
    for place in broken:
        lines[place] = lines[place].decode("gb18030", "replace").encode()
    told = f"lines in two encodings: UTF-8 in {len(whole):,}, GB18030 in {len(broken):,}"
    return b"\n".join(lines), f"{told} (--encoding for one of them)"


def _is_chinese(content: bytes) -> bool:
    """Tell pairs of GB2312 (both bytes above 160) from single letters with an accent."""
    first = re.search(rb"[\x80-\xff]", content)
    start = first.start() if first else 0
    start = content.rfind(b"\n", 0, start) + 1  # a whole line, so that pairs are cut aright
    found = PAIR.findall(content[start : start + LOOKED_AT])
    pairs = sum(len(one) == 2 and one[0] > 0xA0 and one[1] > 0xA0 for one in found)
    return pairs * 10 > 7 * len(found)


def check_encoding(name: str) -> None:
    """Refuse an encoding that there is not.

    Raises
    ------
    UserError
        With some that there are.
    """
    try:
        codecs.lookup(name)
    except LookupError:
        raise UserError(
            f"--encoding {name}: no such encoding; write utf-8, utf-16, gb18030, big5, "
            "shift_jis or latin-1"
        ) from None


def _as_chosen(content: bytes, path: str | Path, encoding: str) -> bytes:
    check_encoding(encoding)
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode("utf-8", "replace")
    except UnicodeError as error:
        at = content.count(b"\n", 0, getattr(error, "start", 0)) + 1
        raise UserError(
            f"{path} is not in {encoding}: the bytes of line {at} are none (see --encoding)"
        ) from None
