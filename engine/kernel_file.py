r"""The file a kernel is kept in: machine code that a linker can load, and what numba wants besides.

Layout::

    plaza kernel 2\n
    one line of JSON: key, symbols, sizes and checksums\n
    object code (ELF, Mach-O or COFF, as the processor's LLVM emits it)
    a pickle of all that numba keeps of a compilation, the object code left out

The object code and the names in ``symbols`` are all that is needed to run a step: LLVM's linker
loads the one and looks up ``entry``, which takes the arguments of the kernel as plain C does. So
kernels are loaded by llvmlite alone (:mod:`plaza_lab.engine.linker`); only the pickle needs numba.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

MAGIC = b"plaza kernel 2\n"
_SYMBOL_TABLE = 2
_SYMBOL = struct.Struct("<IBBHQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")


@dataclass(frozen=True)
class Symbols:
    """Names under which the linker finds a kernel.

    Parameters
    ----------
    entry : str
        Function that takes the arguments as C does; empty where there is none.
    function : str
        The function itself, in numba's calling convention.
    signature : str
        What it takes and returns.
    needs : sequence of str, optional
        What it calls outside of itself; None where that is not known.
    """

    entry: str
    function: str
    signature: str
    needs: Sequence[str] | None = None


@dataclass(frozen=True)
class Stored:
    """One kernel as it is kept.

    Parameters
    ----------
    key : str
        Number of what it is made of.
    symbols : Symbols
        Names in the object code.
    code : bytes
        Object code.
    rest : bytes
        Pickle for numba.
    """

    key: str
    symbols: Symbols
    code: bytes
    rest: bytes


def write(path: Path, stored: Stored) -> None:
    """Write a kernel, whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Its file; the folder must exist.
    stored : Stored
        What to write.

    Raises
    ------
    OSError
        When the disk is full or the folder gone; then nothing is left behind.
    """
    head = {
        "key": stored.key,
        "symbols": asdict(stored.symbols),
        "sizes": [len(stored.code), len(stored.rest)],
        "checksums": [_checksum(stored.code), _checksum(stored.rest)],
    }
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".kernel-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(MAGIC + json.dumps(head).encode() + b"\n" + stored.code + stored.rest)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def read(path: Path, key: str, *, with_rest: bool = True) -> Stored | None:
    """Read a kernel.

    Parameters
    ----------
    path : pathlib.Path
        Its file.
    key : str
        The number it must have been kept under.
    with_rest : bool
        Whether to read what numba wants besides; else ``rest`` is empty.

    Returns
    -------
    Stored or None
        None where there is no such file, or where it is another's, cut short or altered.
    """
    try:
        with path.open("rb") as file:
            magic, facts = file.readline(), json.loads(file.readline())
            parts = [file.read(size) for size in facts["sizes"][: 1 + with_rest]]
            is_whole = not (with_rest and file.read(1))
        sums = [_checksum(part) for part in parts]
        is_ours = magic == MAGIC and facts["key"] == key
        if not is_whole or not is_ours or sums != facts["checksums"][: len(sums)]:
            return None
        return Stored(key, Symbols(**facts["symbols"]), parts[0], b"".join(parts[1:]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _checksum(part: bytes) -> str:
    return hashlib.sha256(part).hexdigest()


def undefined(code: bytes) -> tuple[str, ...] | None:
    """Names that object code uses and does not define.

    Parameters
    ----------
    code : bytes
        As LLVM emits it.

    Returns
    -------
    tuple of str or None
        In their order; None where it is not ELF of 64 bits, little-endian, and nothing is known.
    """
    if code[:6] != b"\x7fELF\x02\x01":
        return None
    (start,) = struct.unpack_from("<Q", code, 40)
    size, number = struct.unpack_from("<HH", code, 58)
    sections = [_SECTION.unpack_from(code, start + size * k) for k in range(number)]
    found: dict[str, None] = {}
    for _, kind, _, _, place, length, link, *_ in sections:
        if kind == _SYMBOL_TABLE:
            names = sections[link][4]
            for at in range(place, place + length, _SYMBOL.size):
                name, _, _, section, *_ = _SYMBOL.unpack_from(code, at)
                if section == 0 and name:
                    end = code.index(b"\0", names + name)
                    found[code[names + name : end].decode()] = None
    return tuple(found)
