"""Overrides as people say them become overrides of the settings, each by its declared unit.

``fund.opening=50k`` is ``fund.opening_cents=5000000``, ``members=800`` is
``population.initial_members=800``, ``farmers='one in twenty'`` is
``world.gaming.farmer_share=0.05``. What is an override already stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.everyday.numbers import (
    MONEY,
    NUMBER,
    PART,
    PEOPLE,
    PLAIN,
    TIME,
    Amount,
    read_amount,
)
from plaza_lab.scenarios.settings.dated import each_threshold, is_dated, with_conditions
from plaza_lab.scenarios.settings.declared_settings import declaration, is_numeric, setting_keys

CENTS = "_cents"
TIME_UNITS = {"days": 1.0, "weeks": 7.0, "hours": 1.0 / 24.0, "minutes": 1.0 / 1440.0}
EXAMPLES = {MONEY: "50k or 500yuan", PART: "5% or 'one in twenty'", TIME: "2weeks or 14days",
            PEOPLE: "800", PLAIN: "10"}  # fmt: skip
KINDS = {MONEY: "money", PART: "a part of a whole", TIME: "a time", PEOPLE: "a number of people",
         PLAIN: "a bare number"}  # fmt: skip


@cache
def everyday_names() -> dict[str, str]:
    """Return the everyday names of settings: ``members`` to ``population.initial_members``."""
    from plaza_lab.scenarios.app.dials import FLIPPABLE

    named = {dial.name: dial.path for dial in FLIPPABLE if dial.name}
    return named | {"weeks": "run.weeks", "pairs": "run.replicates"}


def translated(words: Iterable[str]) -> list[str]:
    """Write everyday overrides as overrides of the settings.

    Parameters
    ----------
    words : iterable of str
        As they stand on the command line.

    Returns
    -------
    list of str
        In the same order; what is none, or none yet, is left as it is.

    Raises
    ------
    UserError
        If a value is of the wrong unit.
    """
    return [_translated(_each(word)) for word in with_conditions(words)]


def _each(word: str) -> str:
    """Write out the thresholds of a condition: a value with ``<0.2|0.3`` is two values."""
    key, equals, value = word.partition("=")
    pieces = value.split(",")
    if "|" not in value or not any(is_dated(f"{key}={piece}") for piece in pieces):
        return word
    values = (one for piece in pieces for one in each_threshold(piece))
    return f"{key}{equals}{','.join(values)}"


def _translated(word: str) -> str:
    key, equals, value = word.partition("=")
    if not equals or word.startswith(("-", "+", "~")) or not value:
        return word
    path = path_of(key)
    if path not in setting_keys() or not is_numeric(path):
        return word
    if path == key and re.fullmatch(NUMBER, value):
        return word
    bare, at, when = value.partition("@")
    in_yuan = path == f"{key}{CENTS}" or (path.endswith(CENTS) and key in everyday_names())
    pieces = bare.split(",")
    said = [_value(path, word, piece, in_yuan=in_yuan) for piece in pieces]
    if any(one is None for one in said):
        if path != key:
            raise UserError(f"{word}: {_wanted(path, key)}")
        return word  # the grammar of overrides says what is wrong, or takes it
    return f"{path}={','.join(map(str, said))}{at}{when}"


def path_of(key: str) -> str:
    """Return the setting that a key means; the key itself where it means no other."""
    if key in everyday_names():
        return everyday_names()[key]
    known = setting_keys()
    return f"{key}{CENTS}" if key not in known and f"{key}{CENTS}" in known else key


def _value(path: str, word: str, text: str, *, in_yuan: bool) -> str | None:
    """Write one value in the setting's unit; None where it is no everyday value."""
    said = read_amount(text)
    if said is None:
        return None
    unit, kind = declaration(path)[1].metadata["unit"], kind_of(path)
    base, _, period = str(unit).partition("/")
    if said.period and said.period != period:
        raise UserError(f"{word}: {path} is counted in {unit}, not by the {said.period}")
    number = said.number
    if said.kind == PLAIN:
        number *= 100.0 if in_yuan else 1.0
    elif said.kind != kind and not (said.kind == PEOPLE and kind == PLAIN):
        raise UserError(f"{word}: {_wanted(path, word.partition('=')[0])}, not {KINDS[said.kind]}")
    elif kind == TIME:
        number /= TIME_UNITS[base]
    return _written(path, word, number)


def _written(path: str, word: str, number: float) -> str:
    is_near = abs(number - round(number)) < 1e-6
    if declaration(path)[1].type is int:
        if not is_near:
            unit = declaration(path)[1].metadata["unit"]
            raise UserError(f"{word}: that is {number:g} {unit}; a whole number is expected")
        return str(round(number))
    return f"{number:.10g}"


def kind_of(path: str) -> str:
    """Return what a setting measures: money, a part, a time, people, or a bare number."""
    declared = declaration(path)[1]
    base, _, period = str(declared.metadata["unit"]).partition("/")
    if base == "cents":
        return MONEY
    if base == "share" or (base == "1" and (period or declared.metadata["high"] <= 1.0)):
        return PART
    if base in TIME_UNITS:
        return TIME
    return PEOPLE if base in ("members", "persons", "people") else PLAIN


def _wanted(path: str, key: str) -> str:
    kind = kind_of(path)
    return f"{KINDS[kind]} is expected, as in {key}={EXAMPLES[kind]}"


__all__ = ["Amount", "everyday_names", "kind_of", "path_of", "translated"]
