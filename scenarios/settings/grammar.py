"""What cannot be read by Hydra's grammar of overrides, said so that it can be mended.

The grammar speaks of tokens and rules; here is looked for what people get wrong: a bracket left
open, a comma too many, a character that must stand in quotes, a range without end.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Collection
from typing import Any

from plaza_lab.scenarios.errors import UserError

MOST_VALUES = 200_000
"""Values of one setting; as many points as a study can hold (``plan.MOST_POINTS``)."""
BARE = r"[\w ./\\+$%*@?|:,\[\](){}-]"  # what a value may hold without quotes
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
    """Say why a text is no override, and how it would be one.

    Parameters
    ----------
    text : str
        What Hydra's grammar refuses.

    Returns
    -------
    str
        One line that begins with the text.
    """
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

    Parameters
    ----------
    override : hydra.core.override_parser.types.Override
        Any override.

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
    """Refuse ``${...}`` that stands for nothing.

    Parameters
    ----------
    override : hydra.core.override_parser.types.Override
        Any override.
    known : collection of str
        Every setting.

    Raises
    ------
    UserError
        With what stands for nothing.
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
