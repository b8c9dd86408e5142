"""Overrides as users write them, ``group=option`` and ``group.field=value``, checked one by one.

Hydra and OmegaConf refuse most mistakes too, but late and in many lines. Here every override is
looked at before anything is composed, and a mistake is answered in one line with what is near.
"""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Sequence
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.dated import is_dated, split_dated
from plaza_lab.scenarios.settings.declared_settings import (
    declaration,
    expected,
    is_numeric,
    is_written_number,
    setting_keys,
    suggestion,
)
from plaza_lab.scenarios.settings.grammar import (
    bare,
    check_references,
    check_size,
    for_parser,
    has_gap,
    unreadable,
)
from plaza_lab.scenarios.settings.options import (
    GROUPS,
    USER_FOLDER,
    nearest,
    option_names,
    user_folder,
)
from plaza_lab.scenarios.settings.plain_words import are_plain, plain_word
from plaza_lab.scenarios.settings.user_options import check_user_file, check_user_folder

HYDRA_GROUPS = (
    "launcher", "sweeper", "help", "hydra_help", "hydra_logging", "job_logging", "output", "env",
)  # fmt: skip


def parsed(overrides: Sequence[str]) -> list[Any]:
    """Parse overrides by Hydra's grammar; one ``Override`` for each text.

    Raises
    ------
    UserError
        If a text is no override, or a range has no end.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser, found = OverridesParser.create(), []
    for text in overrides:
        try:
            (override,) = parser.parse_overrides([for_parser(text)])
        except (HydraException, ValueError, ArithmeticError, RecursionError) as wrong:
            raise UserError(unreadable(text)) from wrong
        if not override.key_or_group:
            raise UserError(unreadable(text))
        override.input_line = text
        check_size(override)
        if has_gap(text) and is_numeric(override.key_or_group):
            key, _, value = text.partition("=")
            whole = f"{key}={value.replace('_', '')}"
            raise UserError(f"{text}: a number is written without _, as in {whole}")
        found.append(override)
    return found


def by_key(overrides: Sequence[str]) -> dict[str, str]:
    """Return what every group and setting is set by, as written; of several, the last.

    Raises
    ------
    UserError
        If a text is no override.
    """
    words = [plain_word(text) for text in overrides]
    if None in words:
        return {override.key_or_group: override.input_line for override in parsed(overrides)}
    return {word[0]: text for word, text in zip(words, overrides, strict=True) if word}


def check_overrides(overrides: Sequence[str], *, may_sweep: bool = False) -> None:
    """Refuse what is misspelt, of the wrong type or outside its bounds, ``policies=`` excepted.

    With `may_sweep` an override may name several values.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    check_user_folder()
    if user_folder() is None and are_plain(overrides):
        return  # Hydra's grammar takes a third of a second to load
    undated, dated = split_dated(overrides)
    for one in dated:
        check_overrides([one.word])
    seen: dict[str, str] = {}
    for override in parsed(undated):
        key = override.key_or_group
        if key.startswith(("hydra.", "hydra/")):
            _check_hydra(override, may_sweep)
            continue
        if key in seen:
            raise UserError(
                f"{key} is set twice, by {seen[key]} and {override.input_line}; keep one"
            )
        seen[key] = override.input_line
        if override.is_sweep_override():
            _check_sweep(override, may_sweep)
        for single in _singles(override):
            _check_one(single)
        check_references(override, setting_keys())


def swept(overrides: Sequence[str]) -> dict[str, list[str]]:
    """Return the axes of a sweep: key to the values as written, in order."""
    return {
        override.key_or_group: values_in(override)
        for override in parsed(overrides)
        if override.is_sweep_override()
    }


def values_in(override: Any) -> list[str]:
    """Return the values of a list, a range, or ``glob(...)`` over options, as written.

    Raises
    ------
    UserError
        If no option matches, or the key has none.
    """
    from hydra.core.override_parser.types import Glob

    group, asked = override.key_or_group, override.value()
    if not isinstance(asked, Glob):
        return list(map(bare, override.sweep_iterator()))
    if group not in GROUPS:
        raise UserError(f"{override.input_line}: {group} has no options to choose from")
    names = asked.filter(option_names(group))
    if not names:
        known = ", ".join(option_names(group))
        raise UserError(f"{override.input_line}: no option matches; there are {known}")
    return [str(name) for name in names]


def _singles(override: Any) -> list[Any]:
    """Take an override of several values apart; of a range, bounded as settings are, its ends."""
    from hydra.core.override_parser.types import QuotedString, ValueType

    if not override.is_sweep_override():
        return [override]
    key = override.key_or_group
    if not hasattr(override.value(), "list"):
        texts = values_in(override)
        if override.is_range_sweep():
            texts = texts[:1] + texts[1:][-1:]
        return parsed([f"{key}={text}" for text in texts])
    written = override._get_value_element_as_str
    return [
        dataclasses.replace(
            override, value_type=ValueType.ELEMENT, _value=one,
            input_line=f"{key}={bare(one) if isinstance(one, QuotedString) else written(one)}",
        )
        for one in override.value().list
    ]  # fmt: skip


def _check_hydra(override: Any, may_sweep: bool) -> None:
    group, _, part = override.key_or_group.partition("/")
    if part and part not in HYDRA_GROUPS:
        near = nearest(part, HYDRA_GROUPS) or f"; there are {', '.join(HYDRA_GROUPS)}"
        raise UserError(f"{override.input_line}: {group} has no group {part!r}{near}")
    if part and (override.is_add() or override.is_force_add() or override.is_delete()):
        raise UserError(f"{override.input_line}: write hydra/{part}=option")
    if override.key_or_group == "hydra.searchpath":
        raise UserError(
            f"{override.input_line}: Plaza reads your own options from "
            f"./{USER_FOLDER}/<group>/<option>.yaml"
        )
    if override.key_or_group in ("hydra/launcher", "hydra/sweeper") and not may_sweep:
        raise UserError(
            f"{override.input_line}: this command runs in this process, on all cores; leave it "
            "out and set run.workers (a launcher goes with plaza run, compare, sweep and study)"
        )


def _check_sweep(override: Any, may_sweep: bool) -> None:
    key = override.key_or_group
    if not may_sweep:
        raise UserError(
            f"{override.input_line} names several values; sweep them with: "
            f"{shlex.join(['plaza', 'sweep', override.input_line])}"
        )
    if not override.is_discrete_sweep():
        raise UserError(f"{override.input_line}: name the values, or a range(start,stop,step)")
    if key.split(".")[0] == "run":
        raise UserError(
            f"{override.input_line}: run.* cannot be swept; seeds are set by run.seed and "
            "run.replicates"
        )


def _check_one(override: Any) -> None:
    key, line = override.key_or_group, override.input_line
    if is_dated(line):
        check_overrides([line])
        return
    if override.is_add() or override.is_force_add():
        raise UserError(f"{line}: nothing can be added; write {line.lstrip('+')}")
    if override.is_delete():
        if key not in GROUPS or "=" in line or override.package is not None:
            near = suggestion(key) if key not in GROUPS else f"; write ~{key}"
            raise UserError(f"{line}: only a group can be left out{near}")
        return
    if override.package is not None:
        raise UserError(f"{line}: every group has one place here; write {key}=option, without @")
    value = override.value()
    if key == "policies":
        raise UserError(f"{line}: several policies are compared by plaza compare {line}")
    if key in GROUPS:
        _check_option(key, value, line)
    elif key not in setting_keys():
        raise UserError(f"{key} is no group and no setting{suggestion(key)}")
    elif isinstance(value, dict):
        _check_inside(key, value)
    elif "${" not in str(value):
        _check_value(key, value)


def _check_inside(key: str, values: dict[Any, Any]) -> None:
    """Check the settings of ``group={setting:value}`` as if each were written by itself."""
    # groups that are no part of the settings
    no_parts = ("scenario", "calibration", "shocks", "rivals")
    if key not in no_parts and not dataclasses.is_dataclass(declaration(key)[1].type):
        inside = ",".join(f"{name}:{value}" for name, value in values.items())
        wanted = expected(declaration(key)[1])
        raise UserError(f"{key}={{{inside}}}: {wanted} is expected")
    for name, value in values.items():
        inner = f"{key}.{name}"
        if inner not in setting_keys():
            raise UserError(f"{inner} is no setting{suggestion(inner)}")
        if isinstance(value, dict):
            _check_inside(inner, value)
        elif "${" not in str(value):
            _check_value(inner, value)


def _check_option(group: str, value: Any, line: str) -> None:
    if isinstance(value, dict):
        _check_inside(group, value)
        return
    if isinstance(value, list):
        wanted = f"; write {group}={value[0]}" if len(value) == 1 else ""
        raise UserError(f"{line}: {group} takes one option, not a list{wanted}")
    if value is None or value == "":
        known = ", ".join(option_names(group))
        raise UserError(f"{line}: {group} needs the name of an option: {known}")
    names = option_names(group)
    if group == "world" and str(value).startswith("ensemble:"):
        raise UserError(
            f"{line}: this takes one world; plaza compare, study and optimise take many"
        )
    if str(value) not in names:
        near = nearest(str(value), names) or f"; choose one of {', '.join(names)}"
        raise UserError(f"{line}: {group} has no option {str(value)!r}{near}")
    check_user_file(group, str(value))


def _check_value(key: str, value: Any) -> None:
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException, ValidationError

    owner, declared = declaration(key)
    if type(value) is declared.type in (int, float):  # needs no conversion
        _check_bounds(key, value, declared)
        return
    if dataclasses.is_dataclass(declared.type):
        inner = dataclasses.fields(declared.type)[0].name
        raise UserError(f"{key}={value}: {key} holds settings; set one of them, as {key}.{inner}")
    trial = OmegaConf.structured(owner)
    if isinstance(value, str) and declared.type in (int, float) and not is_written_number(value):
        raise UserError(f"{key}={value}: {expected(declared)} is expected")
    try:
        if declared.type is bool and isinstance(value, (int, float)) and value not in (0, 1):
            raise ValidationError  # any number is taken for true
        trial[declared.name] = value
    except OmegaConfBaseException as wrong:
        raise UserError(f"{key}={_written(value)}: {expected(declared)} is expected") from wrong
    taken = OmegaConf.to_container(trial)[declared.name]  # type: ignore[index,call-overload]
    for number in taken if isinstance(taken, list) else [taken]:
        if isinstance(number, (int, float)):
            _check_bounds(key, number, declared)


def _check_bounds(key: str, number: float, declared: dataclasses.Field[Any]) -> None:
    if not declared.metadata["low"] <= number <= declared.metadata["high"]:
        raise UserError(f"{key}={number:g} is outside its bounds: {expected(declared)}")


def _written(value: Any) -> str:
    """Write a value as it stands on the command line, where nothing is called None."""
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)
