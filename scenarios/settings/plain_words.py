"""The usual overrides, composed without Hydra: ``group=option`` and ``group.field=number``.

Hydra takes a third of a second for a configuration, a comparison of three policies waits a second
for it, and hardly anybody asks for more than Plaza's own options and a number or two. Those are
put together here in a few milliseconds, to the same result (``tests/test_plain_words.py``); options
of the user's own as well, as long as they only choose options and set values.
Whatever else is asked for, and whatever is wrong, is left to Hydra, which owns the grammar and
the complaints.
"""

from __future__ import annotations

import dataclasses
import enum
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.config import (
    Config,
    copied,
    hints_of,
    own_groups,
    parts_of,
    typed,
)
from plaza_lab.scenarios.settings.options import BUNDLES, conf_folder

WORD = re.compile(r"([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)=([A-Za-z0-9_.+/-]+)")
NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"
PATTERNS = (
    (re.compile(r"-?(?:0|[1-9][0-9]*)"), int),
    (re.compile(r"-?[0-9]+\.[0-9]+(?:e[+-]?[0-9]+)?|-?[0-9]+e[+-]?[0-9]+"), float),
    (re.compile(r"true|false"), "true".__eq__),
    (re.compile(r"(?!(?:true|false|null|inf|nan)$)[A-Za-z_][A-Za-z0-9_]*", re.IGNORECASE), str),
    (re.compile(rf"(?:\.{{0,2}}|{NAME})(?:/{NAME})+"), str),  # a path
)
"""Values that Hydra's grammar and its YAML understand alike, and what each is."""
GLOBAL = "_global_"
PACKAGE = re.compile(r"^# @package (\S+)$", re.MULTILINE)
OVERRIDE = "override /"


class _LeftToHydraError(Exception):
    """More than is understood here, or wrong."""


@dataclasses.dataclass(frozen=True)
class _Option:
    """What an option file says."""

    package: str
    choices: Mapping[str, str]
    values: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class _Declared:
    """How a key is declared: the type of its value, and its least and most."""

    kind: Any
    bounds: Mapping[str, Any]


def composed_at_once(
    words: Sequence[str], *, is_checked: bool = True, folder: Path | None = None
) -> tuple[Config, dict[str, Any], dict[str, str]] | None:
    """Compose a configuration of options and single values.

    Parameters
    ----------
    words : sequence of str
        Overrides that name one value each.
    is_checked : bool
        Whether values outside their bounds and contradictions are refused.
    folder : pathlib.Path, optional
        The user's own options; default: Plaza's alone.

    Returns
    -------
    tuple or None
        As of ``config.typed``, and the option chosen in every group; None where Hydra is needed.

    Raises
    ------
    UserError
        With one line, for a value outside its bounds or a contradiction.
    """
    try:
        choices, values = _chosen(words, folder)
        plain = _defaults()
        for group, name in choices.items():
            option = _option_in(folder, group, name)
            for path, value in _leaves(option.values):
                _put(plain, path if option.package == GLOBAL else (option.package, *path), value)
        for key, value in values.items():
            _put(plain, (key,), value)
    except _LeftToHydraError:
        return None
    config, plain = typed(plain, is_checked=is_checked)
    return config, plain, dict(reversed(choices.items()))  # in Hydra's order


def plain_word(word: str) -> tuple[str, Any] | None:
    """Take an override apart whose value is a single one: group or setting, and value.

    None for what Hydra's grammar is needed for.
    """
    if (match := WORD.fullmatch(word)) is None:
        return None
    for pattern, kind in PATTERNS:
        if pattern.fullmatch(match[2]):
            return match[1], kind(match[2])
    return None


def are_plain(words: Sequence[str]) -> bool:
    """Whether overrides are of Plaza's own options and single values within their bounds.

    False wherever a word may be wrong, or is more than is understood here.
    """
    if own_model() is not None:
        return False
    try:
        choices, values = _chosen(words)
        for group, name in choices.items():
            _option(group, name)
        return all(_is_within(key, value) for key, value in values.items())
    except _LeftToHydraError:
        return False


def _is_within(key: str, value: Any) -> bool:
    declared = _declared(key)
    value = _as_kind(declared.kind, value, None)
    if declared.kind not in (int, float):
        return True
    return bool(declared.bounds["low"] <= value <= declared.bounds["high"])


def _chosen(
    words: Sequence[str], folder: Path | None = None
) -> tuple[dict[str, str], dict[str, Any]]:
    """Options in the order in which their files are merged, and values by their keys."""
    usual, named, values = _usual_choices(), dict[str, str](), dict[str, Any]()
    for word in words:
        key, value = plain_word(word) or ("", None)
        if not key or key in named or key in values:
            raise _LeftToHydraError
        if key not in usual:
            values[key] = value
        elif isinstance(value, str) and "/" not in value:
            named[key] = value
        else:
            raise _LeftToHydraError
    chosen: dict[str, str] = {}
    overridden: dict[str, str] = {}
    for group in reversed(usual):  # a later option wins over what an earlier one asks for
        chosen[group] = named.get(group) or overridden.get(group) or usual[group]
        for other, option in _option_in(folder, group, chosen[group]).choices.items():
            if other in chosen or other not in usual:
                raise _LeftToHydraError
            overridden.setdefault(other, option)
    return {group: chosen[group] for group in usual}, values


@cache
def _usual_choices() -> dict[str, str]:
    """Options that are taken where none is named."""
    content, _ = _read("config")
    listed = [one for one in content["defaults"] if isinstance(one, dict)]
    pairs = (pair for one in listed for pair in one.items())
    return {group: name for group, name in pairs if not group.startswith("override ")}


def _option_in(folder: Path | None, group: str, name: str) -> _Option:
    """What an option says: one of Plaza's, which goes first, or else of the user's."""
    if folder is None or f"{name}.yaml" in _files(f"{_root()}/{group}"):
        return _option(group, name)
    return _users_option(folder, group, name)


@cache
def _option(group: str, name: str) -> _Option:
    content, text = _read(f"{group}/{name}")
    package = PACKAGE.search(text)
    return _Option(package[1] if package else group, _overridden(group, content), content)


def _users_option(folder: Path, group: str, name: str) -> _Option:
    from plaza_lab.scenarios.settings.user_options import package_of, read_option

    try:
        if f"{name}.yaml" not in os.listdir(folder / group):  # noqa: PTH208
            raise _LeftToHydraError
        found = read_option(folder / group / f"{name}.yaml")
        package = package_of(found, group)
    except (UserError, OSError) as wrong:
        raise _LeftToHydraError from wrong
    if "${" in found.text or "???" in found.text:  # to be resolved, or asked for
        raise _LeftToHydraError
    content = dict(found.content)
    return _Option(".".join(package) or GLOBAL, _overridden(group, content), content)


def _overridden(group: str, content: dict[str, Any]) -> dict[str, str]:
    """Take the options that a file asks for in other groups out of its content."""
    chosen: dict[str, str] = {}
    for one in content.pop("defaults", []):
        if not isinstance(one, dict) or not all(key.startswith(OVERRIDE) for key in one):
            raise _LeftToHydraError
        if not all(isinstance(option, str) for option in one.values()):
            raise _LeftToHydraError
        chosen |= {key.removeprefix(OVERRIDE): option for key, option in one.items()}
    if chosen and group not in (*BUNDLES, "scenario"):
        raise _LeftToHydraError
    return chosen


def _read(name: str) -> tuple[dict[str, Any], str]:
    from plaza_lab.scenarios.files.yaml_file import composed

    group, _, option = name.rpartition("/")
    folder = os.path.join(_root(), group)  # noqa: PTH118  (fifty times, and pathlib takes longer)
    if f"{option}.yaml" not in _files(folder):
        raise _LeftToHydraError
    with open(f"{folder}/{option}.yaml", encoding="utf-8") as file:  # noqa: PTH123
        text = file.read()
    content, _ = composed(text, 100_000)
    return dict(content or {}), text


@cache
def _root() -> str:
    return str(conf_folder())


@cache
def _files(folder: str) -> frozenset[str]:
    """Plaza's own files of a group, spelt as they are spelt."""
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208
    except OSError:
        return frozenset()


def _leaves(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[Any, Any]]:
    for name, value in values.items():
        if not isinstance(name, str) or "." in name:  # no setting, and its dots no way down
            raise _LeftToHydraError
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _defaults() -> dict[str, Any]:
    return copied(_known(own_groups())[0])


@cache
def _known(own: tuple[tuple[str, type], ...]) -> tuple[dict[str, Any], dict[str, _Declared]]:
    """Every default as plain values, and how each key is declared."""
    declared: dict[str, _Declared] = {}

    def plain_of(cls: type, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        hints = hints_of(cls)
        for own in dataclasses.fields(cls):
            kind = hints[own.name]
            if dataclasses.is_dataclass(kind):
                found[own.name] = plain_of(kind, f"{path}{own.name}.")  # type: ignore[arg-type]
                continue
            if own.default_factory is not dataclasses.MISSING:
                default: Any = list(own.default_factory())
            else:
                default = own.default
            declared[path + own.name] = _Declared(kind, own.metadata)
            found[own.name] = default.name.lower() if isinstance(default, enum.Enum) else default
        return found

    parts = {name: plain_of(cls, f"{name}.") for name, cls in parts_of(own).items()}
    return parts, declared


def _put(plain: dict[str, Any], path: Sequence[str], value: Any) -> None:
    key = ".".join(path)
    *parents, name = key.split(".")
    kind = _declared(key).kind
    for parent in parents:
        plain = plain[parent]
    plain[name] = _as_kind(kind, value, plain[name])


def _declared(key: str) -> _Declared:
    found = _known(own_groups())[1].get(key)
    if found is None:
        raise _LeftToHydraError
    return found


@cache
def _spelt(kind: enum.EnumMeta) -> frozenset[str]:
    """Names of an enum as option files spell them."""
    return frozenset(map(str.lower, kind.__members__))


def _as_kind(kind: Any, value: Any, before: Any) -> Any:
    """Return a value as its declaration has it, where there is no doubt about it."""
    if isinstance(kind, enum.EnumMeta):
        if isinstance(value, str) and value.lower() in _spelt(kind):
            return value.lower()
    elif kind is float:
        if type(value) in (int, float):
            return float(value)
    elif kind in (bool, int, str):
        if type(value) is kind:
            return value
    elif isinstance(value, list) and isinstance(before, list) and len(value) == len(before):
        return [_as_kind(float, one, None) for one in value]
    raise _LeftToHydraError
