"""Letters of every script in overrides: what Hydra's grammar has no letter for is put in quotes.

Hydra reads ``incentive='积分'`` but not ``incentive=积分``, nor ``<`` and ``>``. Texts stay as they
were typed; quotes are added where a text goes to Hydra's parser, and taken off what comes back.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.options import GROUPS

WIDE = {
    "＝": "=", "，": ",", "、": ",", "［": "[", "］": "]", "【": "[", "】": "]", "（": "(",
    "）": ")", "：": ":", "～": "~", "“": '"', "”": '"', "‘": "'", "’": "'", "\u3000": " ",
}  # fmt: skip
"""What a Chinese keyboard writes, and what is meant."""
PIECE = re.compile(
    r"""(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<sign>[][{}(),=])"""
    r"""|(?P<run>(?:\$\{[^}]*\}|\\.|[^][{}(),='"\\])+)|(?P<rest>.)""",
    re.DOTALL,
)
NAMED = (*GROUPS, "policies")


def for_parser(text: str) -> str:
    """Put quotes around what Hydra's grammar has no letters for.

    Parameters
    ----------
    text : str
        An override as typed.

    Returns
    -------
    str
        The same to Hydra's parser; names of options with accents in one piece.

    Raises
    ------
    UserError
        If punctuation is of another keyboard, as ``，`` for ``,``.
    """
    if is_bare(text):
        return text
    key, equals, value = text.partition("=")
    _refuse_wide(key, text)
    if not equals:
        return text
    if not key.isascii():
        raise UserError(f"{key} is no group and no setting; plaza --help lists the groups")
    if key.lstrip("+~").partition("@")[0] in NAMED:
        value = unicodedata.normalize("NFC", value)
    pieces = []
    for piece in PIECE.finditer(value):
        is_run = piece.lastgroup == "run" and not is_bare(piece[0])
        pieces.append(_in_quotes(piece[0], text) if is_run else piece[0])
    return f"{key}={''.join(pieces)}"


def is_bare(text: str) -> bool:
    """Whether Hydra's grammar has letters for all of a text."""
    return text.isascii() and not re.search("[<>]", text)


def _in_quotes(run: str, text: str) -> str:
    from hydra.core.override_parser.types import Quote, QuotedString

    _refuse_wide(run, text)
    plain = re.sub(r"\\(.)", r"\1", run.strip(), flags=re.DOTALL)
    return QuotedString(plain, Quote.single).with_quotes()


def _refuse_wide(part: str, text: str) -> None:
    for sign in part:
        if sign in WIDE:
            raise UserError(f"{text}: {sign!r} is not {WIDE[sign]!r}; write {WIDE[sign]!r}, or "
                            "put the whole text in quotes if it belongs to it")  # fmt: skip


def unquoted(text: str) -> str:
    """Take off again the quotes that :func:`for_parser` put around the value of an override."""
    key, equals, value = text.partition("=")
    inner = value[1:-1] if len(value) > 2 and value[0] == value[-1] == "'" else ""
    return f"{key}{equals}{inner}" if not is_bare(inner) and _is_word(inner) else text


def bare(value: Any) -> str:
    """Write one value of several as it is typed: names without the quotes that were added.

    Parameters
    ----------
    value : object
        What Hydra's grammar made of it.

    Returns
    -------
    str
        Read as an override's value, it is the same value again.
    """
    from hydra.core.override_parser.types import QuotedString, Transformer

    if isinstance(value, QuotedString) and not is_bare(value.text) and _is_word(value.text):
        return value.text
    return Transformer.str(value)


def _is_word(text: str) -> bool:
    return text == text.strip() and not set(text) & {*WIDE, *"[]{}(),=:'\"\\$"}


def has_gap(text: str) -> bool:
    """Return whether digits are parted by ``_``, as in ``1_000``."""
    return (
        "_" in text
        and "${" not in text
        and bool(re.search(r"[0-9]_+[0-9]", text.partition("=")[2]))
    )
