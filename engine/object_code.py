"""Object code: what it expects to find in the process that runs it."""

from __future__ import annotations

import struct

SYMBOL_TABLE = 2
SYMBOL = struct.Struct("<IBBHQQ")
SECTION = struct.Struct("<IIQQQQIIQQ")


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
    sections = [SECTION.unpack_from(code, start + size * k) for k in range(number)]
    found: dict[str, None] = {}
    for _, kind, _, _, place, length, link, *_ in sections:
        if kind == SYMBOL_TABLE:
            names = sections[link][4]
            for at in range(place, place + length, SYMBOL.size):
                name, _, _, section, *_ = SYMBOL.unpack_from(code, at)
                if section == 0 and name:
                    end = code.index(b"\0", names + name)
                    found[code[names + name : end].decode()] = None
    return tuple(found)
