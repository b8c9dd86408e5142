"""What ``plaza policy`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from plaza_lab.scenarios.command_line.printing import grid
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.language.choosing import chosen_language
from plaza_lab.scenarios.policies.diff import Difference, unit_said
from plaza_lab.scenarios.policies.finding import ERROR, Asked, Finding
from plaza_lab.scenarios.report.words import counted, number_of

if TYPE_CHECKING:
    from plaza_lab.scenarios.policies.frontier import Point
    from plaza_lab.scenarios.statistics.intervals import MeanInterval

MOST_SETTINGS = 5
ERRORS = (marked("1 error"), marked("{number} errors"))
WARNINGS = (marked("1 warning"), marked("{number} warnings"))
MEMBERS = (marked("1 member"), marked("{number} members"))
WEEKS = (marked("1 week"), marked("{number} weeks"))


def findings_text(asked: Asked, findings: Sequence[Finding]) -> RenderableType:
    """Lay out findings, errors first: what is wrong, where, and what would be right."""
    say = Language(chosen_language())
    parts: list[RenderableType] = []
    for finding in findings:
        style = "bold red" if finding.severity == ERROR else "bold dark_orange3"
        head = Text(
            say.tr("error") if finding.severity == ERROR else say.tr("warning"), style=style
        )
        head.append(say.tr(" ({kind}): ", kind=say.tr(finding.kind)), style="dim")
        head.append(say.told(finding.rule))
        parts.append(head)
        if finding.settings:
            parts.append(Padding(Text(_settings(finding), style="dim"), (0, 0, 0, 2)))
        parts.append(
            Padding(
                Text(say.tr("instead: {remedy}", remedy=say.told(finding.remedy))), (0, 0, 0, 2)
            )
        )
    errors = sum(finding.severity == ERROR for finding in findings)
    warnings = len(findings) - errors
    size = {
        "members": number_of(asked.members, MEMBERS, say),
        "weeks": number_of(asked.weeks, WEEKS, say),
    }
    if not findings:
        return Text(say.tr("nothing found at {members} over {weeks}", **size))
    line = say.tr(
        "{errors}, {warnings} at {members} over {weeks}",
        errors=number_of(errors, ERRORS, say),
        warnings=number_of(warnings, WARNINGS, say),
        **size,
    )
    return Group(*parts, Text(line, style="dim"))


def _settings(finding: Finding) -> str:
    more = len(finding.settings) - MOST_SETTINGS
    shown = " ".join(finding.settings[:MOST_SETTINGS])
    return shown + (f" and {more} more" if more > 0 else "")


def differences_text(
    first: str,
    second: str,
    chosen: Sequence[tuple[str, str, str, str, str]],
    found: Sequence[Difference],
) -> RenderableType:
    """Lay out what two policies differ in.

    Parameters
    ----------
    first, second : str
        Their names.
    chosen : sequence of tuple of str
        Groups with other options, both options and what they mean.
    found : sequence of Difference
        Settings that differ.
    """
    if not found:
        return Text(f"{first} and {second} are the same policy")
    say = Language(chosen_language())
    names = [Text(f"{side} = {say.told(name)}", style="bold") for side, name in
             (("A", first), ("B", second))]  # fmt: skip
    parts: list[RenderableType] = [*names]
    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for _ in range(2):
        grid.add_column(overflow="fold")
    for group, option, other, said, other_said in chosen:
        if group != "scenario":
            grid.add_row(Text(group, style="bold"), Text(_named(f"{option} -> {other}", say)))
            for name, words in (("A", said), ("B", other_said)):
                if words:
                    grid.add_row("", Text(f"{name}: {say.meant(words)}", style="dim"))
    if grid.row_count:
        parts += [Text(""), Text("Options", style="bold"), grid]
    for group in dict.fromkeys(one.group for one in found):
        own = [one for one in found if one.group == group]
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(overflow="fold", ratio=2)
        for _ in range(2):
            table.add_column(justify="right", ratio=1)
        table.expand = True
        table.add_row("", Text("A", style="dim"), Text("B", style="dim"))
        for one in own:
            what = Text(say.meant(one.doc.rstrip(".")))
            what.append(f"\n{one.setting}", style="dim")
            table.add_row(what, *(_value(said, one.unit, say) for said in (one.first, one.second)))
        parts += [Text(""), Text(group, style="bold"), table]
    line = f"{counted(len(found), 'setting')} {'differs' if len(found) == 1 else 'differ'}"
    return Group(*parts, Text(""), Text(line, style="dim"))


def _named(options: str, say: Language) -> str:
    """Put what two options are called beside their names."""
    called = " -> ".join(say.told(one) for one in options.split(" -> "))
    return options if called == options else f"{options}（{called}）"


def _value(said: str, unit: str, say: Language) -> str:
    """Say a value in the language, its unit as the catalogue of units has it."""
    is_rate = unit.startswith(("cents", "1"))
    english = unit_said(unit.removeprefix("cents"))  # money is told in yuan
    if say.code == "en" or unit == "1" or not english or not said.endswith(english):
        return say.told(said)
    number, ours = said.removesuffix(english).rstrip(), say.unit(unit)
    return f"{say.told(number)}/{ours.partition('/')[2]}" if is_rate else f"{number} {ours}"


def frontier_table(points: Sequence[Point], pairs: int, weeks: int) -> RenderableType:
    """Lay out both sides of every point, and whom it pays."""
    numbers = ("deals", "host, yuan", "partners, yuan")
    table = grid("", "form", "contract", *numbers, right=numbers)
    for one in points:
        mark = "*" if one.is_best else ""
        numbers = (f"{one.sides.deals:.1f}", _said(one.sides.host), _said(one.sides.partner))
        form = one.form.replace("_", " ")
        if one.sides.deals <= 0.0:
            numbers = ("0", one.verdict, "")
        table.add_row(mark, form, one.contract, *numbers)
    say = Language(chosen_language())
    notes = [
        say.tr(
            "{form}, {contract}: {verdict}.",
            form=one.form.replace("_", " "),
            contract=one.contract,
            verdict=one.verdict,
        )
        for one in points
        if one.sides.deals > 0.0 and one.sides.kind[0] != one.sides.kind[1]
    ]
    dim = Text(
        f"Means of {pairs} runs of {weeks} weeks: deals signed, and what is gained beyond what is "
        "spent, with 95 % intervals. * on average no other point brings both sides as much; points "
        "whose intervals overlap may not differ.",
        style="dim",
    )
    return Group(table, *(Text(note) for note in notes), dim)


def _said(side: MeanInterval) -> str:
    return f"{side.mean:+,.0f} ({side.low:+,.0f} to {side.high:+,.0f})"
