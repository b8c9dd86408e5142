"""``plaza settings``: the few settings a strategist needs, by everyday name, or those of a word."""

from __future__ import annotations

import dataclasses
import math
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from plaza_lab.scenarios.app.dials import FLIPPABLE, LEVERS, Dial
from plaza_lab.scenarios.command_line.parser import Parser, verb
from plaza_lab.scenarios.command_line.printing import console, grid
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.everyday.values import CENTS, translated
from plaza_lab.scenarios.language import Language, chosen_language, marked
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Config
from plaza_lab.scenarios.settings.declared_settings import (
    declaration,
    is_numeric,
    meaning_of,
    setting_keys,
)
from plaza_lab.scenarios.settings.overrides import check_overrides

MOST = 40
"""Lines shown of the settings that a word finds."""
LEAST_BESIDE = 46
"""Columns that must be left beside the longest name, for what it is, now and bounds."""
OF_THE_RUN = (
    Dial("run.weeks", marked("Weeks"), marked("weeks"), 1, 520, 1, name="weeks"),
    Dial("run.replicates", marked("Pairs of runs"), marked("pairs"), 1, 1000, 1, name="pairs"),
)
FEW = (*FLIPPABLE, *OF_THE_RUN, *LEVERS)


@dataclass(frozen=True)
class Row:
    """A setting as it is listed.

    What stands before ``=``, what it is, in the language, its value and its bounds, and the path
    behind it.
    """

    name: str
    label: str
    value: str
    bounds: str
    path: str


@verb("settings", lambda: _parser())
def run_settings(options: Namespace) -> int:
    """List settings."""
    say = Language(chosen_language(options.lang))
    words = translated(word for word in options.words if "=" in word)
    wanted = [word for word in options.words if "=" not in word]
    check_overrides(words)
    config = compose(words).config
    rows = settings_found(config, wanted, say)
    if not rows:
        raise UserError(f"no setting is called {' '.join(wanted)!r}; plaza settings lists the few "
                        "one needs, plaza run --cfg job all")  # fmt: skip
    _show(rows[:MOST], say)
    if len(rows) > MOST:
        more = say.tr("{count} more; add a word.", count=f"{len(rows) - MOST:,}")
        console(highlight=False).print(more, markup=False)
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="plaza settings",
        usage="plaza settings [WORD ...] [group=option ...] [--lang zh]",
        description="The settings one needs to ask a question, or all that hold a word.",
        epilog="example: plaza settings farm",
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="what to look for, or overrides")
    parser.also("lang")
    return parser


def settings_found(config: Config, wanted: Iterable[str], say: Language) -> list[Row]:
    """List the few settings with a configuration's values, then all others that hold the words.

    A word is looked for in name, label and setting, in English or the language; none finds the few
    one needs. Those whose name holds the words come first.
    """
    words = [word.lower() for word in wanted]
    rows = [_of_dial(dial, config, say) for dial in FEW]
    if not words:
        return rows
    known = {row.path for row in rows}
    rows += [_of_setting(path, config, say) for path in setting_keys()
             if path not in known and is_numeric(path)]  # fmt: skip
    english = {dial.path: dial.label for dial in FEW}

    def holds(text: str) -> bool:
        return all(word in text.lower() for word in words)

    named = [row for row in rows if holds(f"{row.name} {row.path} {english.get(row.path, '')}")]
    before = {row.path for row in named}
    return named + [
        row
        for row in rows
        if row.path not in before
        if holds(f"{row.path} {row.label} {meaning_of(row.path)}")
    ]


def _of_dial(dial: Dial, config: Config, say: Language) -> Row:
    declared = declaration(dial.path)[1]
    low, high = (_number(declared.metadata[end] / dial.scale) for end in ("low", "high"))
    value = f"{_number(dial.read(config))} {say.tr(dial.unit)}"
    name = dial.name or (dial.path if dial.unit == "cents" else _everyday(dial.path))
    return Row(name, say.tr(dial.label), value, _bounds(low, high, say), dial.path)


def _of_setting(path: str, config: Config, say: Language) -> Row:
    declared = declaration(path)[1]
    unit, scale = str(declared.metadata["unit"]), 1.0
    if unit.partition("/")[0] == "cents":
        unit, scale = unit.replace("cents", "yuan"), 100.0
    elif unit == "share":
        unit, scale = "%", 0.01
    value = _read(config, path)
    shown = ", ".join(_number(one / scale) for one in (value if _is_list(value) else [value]))
    low, high = (_number(declared.metadata[end] / scale) for end in ("low", "high"))
    label = say.meant(meaning_of(path))
    unit = "" if unit == "1" else f" {say.unit(unit)}".replace(" 1/", "/")
    return Row(_everyday(path), label, f"{shown}{unit}", _bounds(low, high, say), path)


def _everyday(path: str) -> str:
    """``fund.opening`` for ``fund.opening_cents``: given in yuan."""
    return path.removesuffix(CENTS)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or hasattr(value, "tolist")


def _read(config: Config, path: str) -> Any:
    record: Any = config
    names = path.split(".")
    if names[0] not in {own.name for own in dataclasses.fields(config)}:
        record = config.policy
    for name in names:
        record = getattr(record, name)
    return record


def _number(value: float) -> str:
    if math.isinf(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:,.4g}"


def _bounds(low: str, high: str, say: Language) -> str:
    if not high:
        return say.tr("from {low}", low=low or "0")
    return say.tr("{low} to {high}", low=low, high=high)


def _show(rows: list[Row], say: Language) -> None:
    out = console(highlight=False)
    longest = max(len(row.name) for row in rows)
    if out.width - longest < LEAST_BESIDE:
        _show_narrow(rows, say)
    else:
        table = grid()
        for head in (marked("write"), marked("what it is"), marked("now"), marked("bounds")):
            table.add_column(say.tr(head), overflow="fold", no_wrap=head == "write")
        for row in rows:
            table.add_row(f"{row.name}=", row.label, row.value, row.bounds)
        out.print(table)
    text = say.tr("Money is in yuan; 5%, 50k, 2weeks and 'one in twenty' are understood.")
    out.print(text, markup=False)


def _show_narrow(rows: list[Row], say: Language) -> None:
    """Show two lines a setting: beside each other, words and numbers would be broken in two."""
    from rich.padding import Padding

    from plaza_lab.scenarios.language.terminal import Wrapped

    out = console(highlight=False)
    for row in rows:
        bounds = say.tr("{change} ({span})", change=row.value, span=row.bounds)
        out.print(Wrapped(f"{row.name}= {bounds}"))
        out.print(Padding(Wrapped(row.label), (0, 0, 0, 2)))
