"""Checksums of whole files: a byte that changed on a disk is seen before it changes an answer.

A small file of text carries its checksum at its end. The file of a segment in ``runs/`` carries
its own within, and those of the two files beside it; so nothing else need be written, and any
number of processes may add segments at once.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SEAL = re.compile(r', "sum": "([0-9a-f]{64})"\}\n\Z')
WHOLE = b"plaza_whole"
"""Under this name the file in ``runs/`` holds the CRC-32 of itself, its own digits taken as 0."""
BLANK = b"@plaza:00000000@"
CHECK = re.compile(rb"@plaza:([0-9a-f]{8})@")
PROMISE = " whole"
"""Ends the marks of a segment whose file in ``runs/`` has a checksum."""
DIFFERS = "it is not what was written (its checksum differs)"
_warned: set[Path] = set()


def sealed(content: Mapping[str, Any]) -> str:
    """Write a mapping without a ``sum`` as a line of JSON with the checksum of it at its end."""
    body = json.dumps(content, ensure_ascii=False)[:-1]
    return f'{body}, "sum": "{hashlib.sha256(body.encode()).hexdigest()}"}}\n'


def has_seal(text: str, *, is_promised: bool) -> bool:
    """Compare a text with the checksum at its end.

    Parameters
    ----------
    text : str
        What :func:`sealed` wrote, perhaps.
    is_promised : bool
        Whether something else in it tells that a checksum was written.

    Returns
    -------
    bool
        False for a text that was written without.

    Raises
    ------
    ValueError
        If the checksum is another, or lost.
    """
    found = SEAL.search(text)
    if found is None:
        if is_promised:
            raise ValueError(DIFFERS)
        return False
    if hashlib.sha256(text[: found.start()].encode()).hexdigest() != found[1]:
        raise ValueError(DIFFERS)
    return True


def mark_of(file: Path) -> str:
    """Return size and CRC-32 of a file: ``<bytes> <8 hex digits>``."""
    size = checksum = 0
    with file.open("rb") as opened:
        while block := opened.read(1 << 20):
            size, checksum = size + len(block), zlib.crc32(block, checksum)
    return f"{size} {checksum:08x}"


def mark_of_bytes(data: bytes) -> str:
    """Return the same for what a file holds."""
    return f"{len(data)} {zlib.crc32(data):08x}"


def fill_in(file: Path) -> None:
    """Write its own checksum into a file that holds `BLANK` once, before it has its name."""
    data = file.read_bytes()
    place = data.rfind(BLANK)
    with file.open("r+b") as opened:
        opened.seek(place)
        opened.write(BLANK.replace(b"00000000", f"{zlib.crc32(data):08x}".encode()))


def is_whole(data: bytes) -> bool:
    """Compare what a file holds with the checksum within it.

    Returns
    -------
    bool
        False for a file without one; whether it should have one its marks tell.

    Raises
    ------
    ValueError
        If the checksum is another.
    """
    found = None
    for found in CHECK.finditer(data):  # noqa: B007  the last counts: it stands at the end
        pass
    if found is None:
        return False
    blank = data[: found.start()] + BLANK + data[found.end() :]
    if f"{zlib.crc32(blank):08x}".encode() != found[1]:
        raise ValueError(DIFFERS)
    return True


def warn_of_age(folder: Path) -> None:
    """Tell once that a store has files without checksums."""
    if folder not in _warned:
        _warned.add(folder)
        from plaza_lab.scenarios.command_line.printing import complain

        complain(
            f"{folder} holds files from before stores had checksums: they are read, and a byte of "
            "them that changed on the disk may go unseen"
        )
