"""Names that users give: of worlds, options, policies, scenarios and studies.

A name becomes a file, a word of the command line and a value in YAML, so it must be the same in
all three. Letters of every script will do; what a reader would take for a number will not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NoReturn

from plaza_lab.scenarios.errors import UserError

MOST_LETTERS, MOST_BYTES = 100, 200
"""A file name holds 255 bytes, and an ending and a time are added to some."""
VALUES = {"true", "false", "null", "yes", "no", "on", "off", "nan", "inf", "infinity"}
NUMBER = re.compile(
    r"(?i)[-+]?(?:0x[0-9a-f_]*|0o[0-7_]*|0b[01_]*|[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9_]+)?"
    r"|\.[0-9][0-9_]*(?:e[-+]?[0-9_]+)?|\.?(?:inf|nan))"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"  # a date in YAML 1.1
)
DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}
HYDRAS = {"_self_", "_here_", "_global_", "_group_", "_name_"}
RULE = f"use letters, digits, _ - . (at most {MOST_LETTERS}; of any script, no dot or dash first)"


def check_name(name: str, what: str = "a study") -> str:
    """Refuse a name that is no file name on every disk.

    Returns
    -------
    str
        The same; letters with accents in one piece (Unicode's normal form C), as keyboards write
        them.

    Raises
    ------
    UserError
        If it holds anything but letters, digits, ``_``, ``-`` and ``.``, or could lead out of its
        folder; `what` it names is said.
    """
    whole = unicodedata.normalize("NFC", name)
    strange = next((sign for sign in whole if not _is_allowed(sign)), "")
    if strange or not whole or whole[0] in ".-" or _is_mark(whole[0]):
        _refuse(name, what, f"'{shown(strange)}' is none of a name; {RULE}" if strange else RULE)
    if len(whole) > MOST_LETTERS or len(whole.encode()) > MOST_BYTES:
        _refuse(name, what, f"it is too long; {RULE}")
    return whole


def is_name(name: object) -> bool:
    """Return whether something is a name for a file or folder."""
    try:
        return isinstance(name, str) and check_name(name) == name
    except UserError:
        return False


def check_option(name: str, what: str = "an option") -> str:
    """Refuse a name that could not be a file, a word of the command line and a text at once.

    Of an option, a world, a policy or a scenario. Returns it as :func:`check_name` does.

    Raises
    ------
    UserError
        With what would be right.
    """
    whole = check_name(name, what)
    digits = "".join(str(unicodedata.digit(sign, sign)) for sign in whole)  # of any script
    if whole.lower() in VALUES or whole in HYDRAS or NUMBER.fullmatch(digits):
        plain = re.sub("[^0-9A-Za-z]+", "_", whole).strip("_") or "1"
        _refuse(name, what, f"it is read as a value; begin it with a letter, as in n_{plain}")
    is_device = whole.partition(".")[0].lower() in DEVICES
    if is_device or whole[-1] == "." or whole.lower().endswith((".yaml", ".yml")):
        _refuse(name, what, "some computers keep no file of this name; take another")
    return whole


def _refuse(name: str, what: str, why: str) -> NoReturn:
    raise UserError(f"'{shown(name)}' is no name of {what}: {why}")


def _is_allowed(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return sign in "_-." or kind[0] == "L" or kind in ("Nd", "Nl") or _is_mark(sign)


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) in ("Mn", "Mc")


def shown(text: str) -> str:
    """Return a text as it can be printed in one line, at most 60 letters of it."""
    cut = text if len(text) <= 60 else text[:57] + "..."
    return cut if cut.isprintable() and cut.strip() else ascii(cut)[1:-1]


def _folded(name: str) -> str:
    """Return what is the same for names that a disk or an eye takes for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def twin_in(name: str, others: Iterable[str]) -> str:
    """Return another of the names that a disk or an eye takes for the same, or an empty text."""
    own = _folded(name)
    return next((other for other in others if other != name and _folded(other) == own), "")
