"""What a plan that was kept must hold, before anything of it is used.

A store may come from somebody else, or be changed by hand: every field has its kind here, and
every name its form. That a design point is what its runs were made
of is seen in :func:`check_keys`.
"""

from __future__ import annotations

import enum
import hashlib
import json
import math
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.printing import OBEYED
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import CHOICES
from plaza_lab.scenarios.settings.config import copied
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.scenarios.settings.declared_settings import declaration, expected, setting_keys
from plaza_lab.scenarios.settings.options import GROUPS

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.plan import Row


CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
POINT_ID = re.compile(r"[0-9a-f]{16}")
POINTS_FILE = re.compile(r"points-[0-9a-f]{8}\.parquet")
MOST_WHOLE = 2**63
ROW_TEXTS = ("policy", "world", "population")


def check_content(content: Any) -> None:
    """Refuse what ``study.json`` cannot hold.

    Raises
    ------
    UserError
        With the first field that is missing or of another kind.
    """
    if not isinstance(content, dict):
        raise UserError("fields of a plan are expected")
    for name, fits in FIELDS.items():
        if name not in content:
            raise UserError(f"{name} is missing")
        if not fits(content[name]):
            raise UserError(f"{name}: {shortened(content[name])} is none")
    if wrong := _unshown_in(content["spec"]):
        raise UserError(f"spec: {shortened(wrong)} holds control characters")
    for place, base in enumerate(content["bases"]):
        for name, fits in BASE_FIELDS.items():
            if name not in base or not fits(base[name]):
                raise UserError(f"bases[{place}].{name}: {shortened(base.get(name))} is none")


def check_rows(rows: Sequence[Row], n_bases: int) -> None:
    """Refuse design points that cannot be.

    Raises
    ------
    UserError
        With the first point that is wrong, as one of a base that the plan has not.
    """
    if not rows:
        raise UserError("it has no design point")
    columns = list(rows[0].factors)
    for key in columns:
        if key not in setting_keys() and key not in (*CHOICES, *GROUPS):
            raise UserError(f"points: {shortened(key)} is no group and no setting")
    for place, row in enumerate(rows):
        wrong = _wrong_in(row, n_bases)
        if not wrong and list(row.factors) != columns:
            wrong = "factors"
        if wrong:
            value = getattr(row, wrong)
            raise UserError(f"point {place + 1}: {wrong}: {shortened(value)} is none")


def _wrong_in(row: Row, n_bases: int) -> str:
    """Name of the first field of a design point that cannot be, or nothing."""
    if not isinstance(row.point_id, str) or not POINT_ID.fullmatch(row.point_id):
        return "point_id"
    for name in ROW_TEXTS:
        if not _is_text(getattr(row, name)):
            return name
    if not _is_whole(row.world_point, 0):
        return "world_point"
    if not _is_whole(row.base, 0) or row.base >= n_bases:
        return "base"
    if not isinstance(row.factors, dict) or not all(map(_is_value, row.factors.values())):
        return "factors"
    if not isinstance(row.numbers, dict):
        return "numbers"
    for key, value in row.numbers.items():
        is_number = _is_value(value) and not isinstance(value, str)
        if not is_number or key not in setting_keys() or row.factors.get(key, value) != value:
            return "numbers"
    return ""


def _unshown_in(tree: Any) -> str:
    """Return the first text of a tree that no terminal should show as it is, or nothing."""
    if isinstance(tree, str):
        return tree if OBEYED.search(tree) else ""
    inner = [*tree, *tree.values()] if isinstance(tree, dict) else tree
    found = map(_unshown_in, inner) if isinstance(inner, list) else ()
    return next(filter(None, found), "")


def shortened(value: Any) -> str:
    """Return how a value is written, on at most 60 letters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 20_000 and not CONTROL.search(value)


def _is_any_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_whole(value: Any, low: float, high: float = MOST_WHOLE) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_value(value: Any) -> bool:
    """A value of a setting as tables hold it."""
    if isinstance(value, (bool, str)):
        return isinstance(value, bool) or _is_text(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and abs(value) < MOST_WHOLE


@cache
def _bounds(key: str) -> tuple[float, float]:
    metadata = declaration(key)[1].metadata
    return metadata["low"], metadata["high"]


def _is_weeks(value: Any) -> bool:
    return _is_whole(value, *_bounds("run.weeks"))


def _is_seeds(value: Any) -> bool:
    low, first = _bounds("run.seed")
    high = first + _bounds("run.replicates")[1]
    if not isinstance(value, list) or not value:
        return False
    return all(_is_whole(one, low, high) for one in value) and len(set(value)) == len(value)


def _is_bases(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _is_choices(value: Any) -> bool:
    # a group without a choice is None
    return isinstance(value, dict) and all(
        _is_text(key) and (one is None or _is_text(one)) for key, one in value.items()
    )


def _is_tree(value: Any) -> bool:
    if isinstance(value, float):
        return True
    if isinstance(value, dict):
        for key, one in value.items():  # thousands in a plan: no more calls than needed
            if not (isinstance(one, float) or one is None or _is_tree(one)) or not _is_text(key):
                return False
        return True
    if isinstance(value, list):
        return all(_is_tree(one) for one in value)
    return _is_value(value)


FIELDS: dict[str, Callable[[Any], bool]] = {
    "command": _is_any_text,
    "made": _is_any_text,
    "spec": lambda value: isinstance(value, dict),
    "weeks": _is_weeks,
    "seeds": _is_seeds,
    "refused": lambda value: isinstance(value, list) and all(map(_is_any_text, value)),
    "bases": _is_bases,
    "points": lambda value: isinstance(value, str) and bool(POINTS_FILE.fullmatch(value)),
}
BASE_FIELDS: dict[str, Callable[[Any], bool]] = {
    "overrides": _is_texts,
    "choices": _is_choices,
    "plain": lambda value: isinstance(value, dict) and _is_tree(value),
    "run": lambda value: isinstance(value, dict) and _is_tree(value),
}


def check_settings(plain: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    """Refuse a configuration of other settings, or values of another kind than is declared.

    Parameters
    ----------
    plain, run : mapping
        Plain configuration, and how much is run.

    Raises
    ------
    UserError
        With the first setting.
    """
    for key in sorted(_leaves_among(setting_keys()) ^ {key for key, _ in _leaves(plain, "")}):
        raise UserError(
            f"another version of Plaza made it, and {key} is a setting in one of the two only; "
            "run the study anew under another name"
        )
    for key, value in _leaves({**plain, "run": run}, ""):
        declared = declaration(key)[1]
        kind: Any = declared.type
        if kind is bool or kind is str:
            fits = isinstance(value, kind)
        elif kind is int:
            fits = _is_whole(value, -MOST_WHOLE)
        elif kind is float:
            fits = _is_number(value)
        elif callable(declared.default_factory) and isinstance(value, list):
            fits = len(value) == len(declared.default_factory()) and all(map(_is_number, value))
        elif isinstance(kind, enum.EnumMeta):
            fits = isinstance(value, str) and value in {name.lower() for name in kind.__members__}
        else:
            fits = False
        if not fits:
            raise UserError(f"{key}: {shortened(value)}: {expected(declared)} is expected")


def _leaves(plain: Mapping[str, Any], path: str) -> Iterable[tuple[str, Any]]:
    for name, value in plain.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield path + name, value


@cache
def _leaves_among(keys: tuple[str, ...]) -> frozenset[str]:
    parents = {key.rpartition(".")[0] for key in keys}
    known = (key for key in keys if key not in parents)
    return frozenset(key for key in known if not key.startswith("run."))


def check_keys(plains: Sequence[Mapping[str, Any]], rows: Iterable[Row]) -> None:
    """Compare every design point with the configuration that its runs are kept under.

    Parameters
    ----------
    plains, rows
        Plain base configurations, and design points.

    Raises
    ------
    UserError
        With the first point whose fingerprint is not that of its configuration.
    """
    moulds: dict[tuple[int, tuple[str, ...]], Callable[[Mapping[str, Any]], str]] = {}
    for place, row in enumerate(rows):
        form = (row.base, tuple(row.numbers))
        if form not in moulds:
            moulds[form] = _mould(plains[row.base], form[1])
        found = moulds[form](row.numbers)
        if found != row.point_id:
            raise UserError(
                f"point {place + 1} ({shortened(row.policy)}, bases[{row.base}]) was altered: its "
                f"configuration is {found}, its runs are kept under {row.point_id}"
            )


def _mould(plain: Mapping[str, Any], keys: Sequence[str]) -> Callable[[Mapping[str, Any]], str]:
    """Make what fingerprints a base with some numbers changed, without writing it out each time.

    It equals :attr:`DesignPoint.fingerprint` of the varied point.
    """
    own, token = copied(dict(plain)), uuid.uuid4().hex
    for place, key in enumerate(keys):
        *parents, name = key.split(".")
        inner = own
        for parent in parents:
            inner = inner[parent]
        if name not in inner:
            raise KeyError(key)
        before, inner[name] = inner[name], f"{token}{place}"
        for change in own.get(CHANGES, ()):  # as in varying.py
            later = change["policy"].get(parents[0], {})
            if later.get(name) == before:
                later[name] = f"{token}{place}"
    pieces = re.split(f'"{token}([0-9]+)"', json.dumps(own, sort_keys=True))
    is_float = [declaration(key)[1].type is float for key in keys]

    def fingerprint(numbers: Mapping[str, Any]) -> str:
        values = [
            json.dumps(float(numbers[key]) if whole else numbers[key])
            for key, whole in zip(keys, is_float, strict=True)
        ]
        filled = [values[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces)]
        return hashlib.sha256("".join(filled).encode()).hexdigest()[:16]

    return fingerprint
