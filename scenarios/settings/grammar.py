"""Hydra's grammar of overrides: what is put in quotes for it, and what it cannot read.

Hydra reads ``incentive='积分'`` but not ``incentive=积分``, nor ``<`` and ``>``. Texts stay as they
were typed; quotes are added where a text goes to Hydra's parser, and taken off what comes back.
Of what is wrong the grammar speaks in tokens and rules; here is looked for what people get wrong: a
bracket left open, a comma too many, a character that must stand in quotes, a range without end.
"""

from __future__ import annotations

import math
import os
import re
import unicodedata
from collections.abc import Collection
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
    """Put quotes around what Hydra's grammar has no letters for, in an override as typed.

    Names of options come with accents in one piece.

    Raises
    ------
    UserError
        If punctuation is of another keyboard, as ``，`` for ``,``.
    """
    if _is_bare(text):
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
        is_run = piece.lastgroup == "run" and not _is_bare(piece[0])
        pieces.append(_in_quotes(piece[0], text) if is_run else piece[0])
    return f"{key}={''.join(pieces)}"


def _is_bare(text: str) -> bool:
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
    return f"{key}{equals}{inner}" if not _is_bare(inner) and _is_word(inner) else text


def bare(value: Any) -> str:
    """Write one value of several, as Hydra's grammar read it, without the quotes that were added.

    Read as an override's value, it is the same value again.
    """
    from hydra.core.override_parser.types import QuotedString, Transformer

    if isinstance(value, QuotedString) and not _is_bare(value.text) and _is_word(value.text):
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


MOST_VALUES = 200_000
"""Values of one setting; as many points as a study can hold (``plan.MOST_POINTS``)."""
BARE = r"[\w ./\\+$%*@?|:,\[\](){}-]"  # what a value may hold without quotes
KEY = r"[~+]{0,2}\$?[A-Za-z_][\w.$-]*(/[A-Za-z_]\w*)*(@[A-Za-z_][\w.]*)?"
CLOSING = {"[": "]", "(": ")", "{": "}"}
WRITTEN = {
    "range": "range(0,10,2)", "interval": "interval(0,1)", "choice": "choice(a,b)",
    "tag": "tag(log,interval(0.1,1))", "glob": "glob(*)", "sort": "sort(3,1,2)",
    "shuffle": "shuffle(a,b)", "int": "int('5')", "float": "float('0.5')", "str": "str(5)",
    "bool": "bool('true')",
}  # fmt: skip


def unreadable(text: str) -> str:
    """Say in one line why Hydra's grammar refuses a text, and how it would be an override."""
    key, equals, value = text.partition("=")
    shown = repr(text if len(text) <= 80 else f"{text[:60]}...")
    if not equals:
        why = "write group=option or group.field=value"
    elif not re.fullmatch(KEY, key.strip(" ")):
        what = f"{key[:40]!r} is no name of a group or setting" if key else "there is no name"
        why = f"{what} before the =; write group=option or group.field=value"
    else:
        why = _why(key, value)
    return f"{shown} cannot be read: {why}"


def _why(key: str, value: str) -> str:
    called = re.fullmatch(r"\s*([A-Za-z_]\w*)\((.*)\)\s*", value, re.DOTALL)
    broken = _unbalanced(value)
    if broken:
        return broken
    if called:
        example = WRITTEN.get(called[1])
        if example is None:
            return f"there is no {called[1]}(...); write one of {', '.join(WRITTEN)}"
        return f"{called[1]}(...) is written as in {key}={example}"
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", value)
    if re.search(r"(^|[,\[({])\s*,|,\s*($|[\])}])", bare):
        return "a value is missing beside a comma"
    odd = next((sign for sign in bare if not re.match(BARE, sign, re.ASCII)), "")
    if odd:
        quoted = value.strip().replace("'", "")
        if quoted.startswith("[") and quoted.endswith("]"):
            each = ",".join(f"'{one.strip()}'" for one in quoted[1:-1].split(","))
            return f'{odd!r} stands in quotes only, as in "{key}=[{each[:60]}]"'
        return f"{odd!r} stands in quotes only, as in \"{key}='{quoted[:60]}'\""
    return f"a value with brackets or commas of its own stands in quotes, as in \"{key}='a, b'\""


def _unbalanced(value: str) -> str:
    """Find the first bracket or quote that has no other half."""
    open_ones: list[str] = []
    quote = before = ""
    for sign in value:
        if before == "\\":
            before = ""
            continue
        before = sign
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in CLOSING:
            open_ones.append(sign)
        elif sign in CLOSING.values():
            if not open_ones:
                return f"the {sign} closes nothing; leave it out"
            begun = open_ones.pop()
            if CLOSING[begun] != sign:
                return f"the {begun} is closed by {sign}; close it with {CLOSING[begun]}"
    if quote:
        return f"the quote {quote} is not closed"
    if open_ones:
        return f"the {open_ones[-1]} is not closed; end it with {CLOSING[open_ones[-1]]}"
    return ""


def check_size(override: Any) -> None:
    """Refuse a range that has no end, or more values than a study holds, without counting it out.

    Raises
    ------
    UserError
        With the number of values and the limit.
    """
    line, key = override.input_line, override.key_or_group
    if override.is_interval_sweep():
        span = override.value()
        if not all(end is not None and math.isfinite(end) for end in (span.start, span.end)):
            raise UserError(f"{line}: an interval has two ends, as in interval(0,1)")
    held = getattr(override.value(), "list", ())
    if any(hasattr(one, "tags") for one in held):
        raise UserError(f"{line}: values do not stand inside one another; write {key}=a,b,c")
    if not override.is_range_sweep():
        return
    span = override.value()
    start, stop, step = span.start, span.stop, span.step
    if not all(map(math.isfinite, (start, stop, step))):
        raise UserError(f"{line}: a range has finite ends, as in range(0,10,2)")
    if step == 0:
        raise UserError(f"{line}: a range with step 0 has no end; write range(0,10,2)")
    values = _length(start, stop, step)
    if values > MOST_VALUES:
        raise UserError(
            f"{line}: {values:,} values are named, and a study holds at most {MOST_VALUES:,} "
            "points; take a larger step, or fewer values"
        )


def check_references(override: Any, known: Collection[str]) -> None:
    """Refuse ``${...}`` in an override that stands for nothing, or for itself.

    Raises
    ------
    UserError
        With the reference.
    """
    from omegaconf import OmegaConf

    line, key = override.input_line, override.key_or_group
    for name, colon, rest in re.findall(r"\$\{([^${}:]+)(:?)([^${}]*)\}", str(override.value())):
        what = f"{line}: ${{{name}{colon}{rest}}}"
        if not colon and name == key:
            raise UserError(f"{what} stands for itself; write a value")
        if not colon and name not in known and not name.startswith("."):
            raise UserError(f"{what} stands for nothing; name a setting, as in ${{run.seed}}")
        if colon and not OmegaConf.has_resolver(name):
            raise UserError(f"{what} stands for nothing; write a value")
        if name == "oc.env" and "," not in rest and rest not in os.environ:
            raise UserError(f"{what} names a variable of the environment that is not set")


def _length(start: float, stop: float, step: float) -> int:
    if all(isinstance(number, int) for number in (start, stop, step)):
        return max(0, -int((stop - start) // -step))
    ratio = (float(stop) - float(start)) / float(step)
    return max(0, math.ceil(min(ratio, 1e18)))
