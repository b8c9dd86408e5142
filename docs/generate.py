"""Writes the generated pages of the documentation: ``python docs/generate.py``.

Called by Sphinx before it reads the pages. The pages go to ``docs/reference/generated/`` and are
included by the written ones; they are not kept in the repository.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import decision_pages
import facts
import library_pages

OUT = Path(__file__).resolve().parent / "reference" / "generated"
FACES = (
    "plaza_lab.sim.mesa.community",
    "plaza_lab.sim.mesa.agent_sets",
    "plaza_lab.sim.mesa.editing",
    "plaza_lab.agents.views",
    "plaza_lab.agents.agent_set",
)
SETTING_COLUMNS = ("name", "default", "unit", "bounds or choices", "meaning", "source")


def write_pages(out: Path = OUT) -> list[Path]:
    """Write every generated page.

    Parameters
    ----------
    out : pathlib.Path
        Folder; made if it is not there.

    Returns
    -------
    list of pathlib.Path
        The pages; a page whose text has not changed is not touched.
    """
    out.mkdir(parents=True, exist_ok=True)
    pages = {
        "levers": levers(),
        "world": world(),
        "population": _settings(facts.settings_of(facts.Population)),
        "run": run_settings(),
        "options": options(),
        "agents": records(facts.AGENTS),
        "things": records([name for name in facts.RECORDS if name not in facts.AGENTS]),
        "codes": codes(),
        "rules": rules(),
        "processes": processes(),
        "decisions": decision_pages.overview(table),
        "metrics": metrics(),
        "outcomes": outcomes(),
        "command_line": command_line(),
        "assumptions": assumptions(),
        "accounts": accounts(),
        "alerts": alerts(),
        "interventions": interventions(),
        "community": community(),
        "trace": library_pages.trace_page(table),
        "scenarios": library_pages.scenarios_page(table),
        "verdicts": library_pages.verdicts_page(),
    }
    pages |= {
        decision_pages.page_name(one): decision_pages.decision_page(one, table)
        for one in decision_pages.decisions()
    }
    pages |= {f"process_{name_of}": process(name_of) for name_of in facts.process_names()}
    written = []
    for name, text in pages.items():
        path = out / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        written.append(path)
    for stale in set(out.glob("*.md")) - set(written):
        stale.unlink()
    return written


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table.

    Parameters
    ----------
    columns : sequence of str
        Headings.
    rows : iterable of sequence of str
        Cells; bars in them are escaped.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    lines = [list(columns), ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def levers() -> str:
    """Tables of every lever, one for each group."""
    parts = []
    for group, cls in facts.groups_of(facts.Policy).items():
        parts.append(f"## {group}\n\n{facts.first_line(cls)}\n")
        known = facts.options_of(group).items()
        parts.append("\n".join(f"- `{group}={name}`: {said}" for name, said in known) + "\n")
        parts.append(_settings(facts.settings_of(cls)))
    return "\n".join(parts)


def world() -> str:
    """Tables of every parameter of the world, one for each process."""
    parts = []
    for group, cls in facts.groups_of(facts.World).items():
        where = cls.__module__.removeprefix("plaza_lab.").replace(".", "/")
        parts.append(f"## world.{group}\n\n{facts.first_line(cls)} Declared in `{where}.py`.\n")
        parts.append(_settings(facts.settings_of(cls)))
    return "\n".join(parts)


def run_settings() -> str:
    """Table of how much is run and where it is kept."""
    from plaza_lab.scenarios.settings.config import Run

    return _settings(facts.settings_of(Run))


def options() -> str:
    """Table of the options of groups that are no levers."""
    rows = [
        (f"`{group}={name}`", said)
        for group in ("scenario", "population", "world")
        for name, said in facts.options_of(group).items()
    ]
    return table(("option", "meaning"), rows)


def records(names: Iterable[str]) -> str:
    """Tables of state variables, one for each kind of record."""
    parts = []
    for name in names:
        variables, heading = facts.RECORDS[name]
        size = facts.bytes_a_row(variables)
        parts.append(f"## {heading}\n\nTable `{name}`, {size} bytes a row.\n")
        rows = [
            (f"`{var.name}`", f"`{var.dtype}`", var.unit, f"{var.default:g}", var.doc, var.source)
            for var in variables
        ]
        parts.append(table(("variable", "type", "unit", "fresh", "meaning", "source"), rows))
    return "\n".join(parts)


def codes() -> str:
    """Table of the numbers that stand for names."""
    rows = [(f"`{name}`", ", ".join(members)) for name, members in facts.codes().items()]
    return table(("code", "members"), rows)


def rules() -> str:
    """Table of the rules by which agents decide."""
    rows = [
        (f"`{name}({given})`", said, f"`{where}`") for where, name, given, said in facts.rules()
    ]
    return table(("rule", "what it says", "file"), rows)


def processes() -> str:
    """Table of the day: order, process, what it reads and writes."""
    rows = []
    for number, module in enumerate(facts.MECHANISMS, start=1):
        name = facts.name_of(module)
        link = f"[{name}](/odd/7_submodels/{name}.md)"
        rows.append((str(number), link, _said(module), *map(_listed, facts.reads_and_writes(name))))
    return table(("#", "process", "what happens", "reads", "writes"), rows)


def process(name: str) -> str:
    """Facts of one process: file, source, reads, writes, parameters, tests."""
    module = facts.MECHANISMS[facts.process_names().index(name)]
    group = facts.world_group(name)
    place = facts.process_names().index(name) + 1
    tests = facts.tests_naming(name)
    reads, writes = facts.reads_and_writes(name)
    lines = [
        f"- **File**: `{module.__name__.replace('.', '/')}.py`, number {place} of the day",
        f"- **Source**: {module.SOURCE}",
        f"- **Reads**: {_listed(reads)}",
        f"- **Writes**: {_listed(writes)}",
        "- **Tests**: " + (", ".join(f"`{test}`" for test in tests) or "none names it yet"),
    ]
    text = "\n".join(lines) + "\n\n"
    if group:
        own = facts.settings_of(facts.groups_of(facts.World)[group])
        text += f"Parameters, set as `world.{group}.<name>`:\n\n{_settings(own)}\n"
    return text + decision_pages.terms_of(name, table)


def metrics() -> str:
    """Table of the daily metrics."""
    from plaza_lab.sim.recording.metrics import METRICS

    rows = [
        (f"`{one.name}`", one.unit, one.doc, one.tid, "held" if one.is_held else "")
        for one in METRICS
    ]
    return table(("column", "unit", "meaning", "id", "between looks"), rows)


def outcomes() -> str:
    """Tables of the outcomes: those that every report shows, then those to be asked for by name."""
    from plaza_lab.scenarios.outcomes import COMPARED, DERIVED, FURTHER

    heads = ("column", "name in reports", "unit", "meaning", "better", "id")
    shown, further, derived = (
        table(heads, [
            (f"`{one.name}`", f"{one.label}{' (headline)' if one.headline else ''}", one.unit,
             one.definition, one.better, one.metric)
            for one in family
        ])
        for family in (COMPARED, FURTHER, tuple(DERIVED.values()))
    )  # fmt: skip
    return (
        f"{shown}\nStored with every run, and reported where they are asked for:\n\n{further}\n"
        "Kept nowhere, and told where advice is given; each follows from others or from the days:"
        f"\n\n{derived}"
    )


def command_line() -> str:
    """Help texts of the command line, as they are printed."""
    from plaza_lab.scenarios.command_line.cli import OWN_HELPS, VERBS, help_text, verb_help
    from plaza_lab.scenarios.library import verb as library
    from plaza_lab.scenarios.policies import verb as policies
    from plaza_lab.scenarios.study import verb as studies

    parts_of = {"study": studies.PARTS, "scenario": library.PARTS, "policy": policies.PARTS}
    parts = []
    with _empty_folder():
        parts.append(f"## plaza\n\n```text\n{help_text()}```\n")
        for verb in VERBS:
            text = _said_by([verb, "--help"]) if verb in OWN_HELPS else verb_help(verb)
            parts.append(f"## plaza {verb}\n\n```text\n{text}```\n")
            for part in parts_of.get(verb, ()):
                text = _said_by([verb, part, "--help"])
                parts.append(f"### plaza {verb} {part}\n\n```text\n{text}```\n")
    return "\n".join(parts)


def _said_by(arguments: Sequence[str]) -> str:
    """What the command line prints."""
    from plaza_lab.scenarios.command_line.cli import main

    with contextlib.redirect_stdout(io.StringIO()) as said:
        main(list(arguments))
    return said.getvalue()


def assumptions() -> str:
    """Table of every default that rests on an assumption."""
    assumed = [(path, one) for path, one in facts.every_setting() if "assumption" in one.source]
    total = sum(1 for _ in facts.every_setting())
    rows = [(f"`{path}`", one.default, one.unit, one.doc, one.source) for path, one in assumed]
    head = f"{len(assumed)} of {total} levers and parameters rest on an assumption.\n\n"
    return head + table(("setting", "default", "unit", "meaning", "source"), rows)


def accounts() -> str:
    """Lists of the accounts and purposes of the money journal."""
    from plaza_lab.sim.state.fund import ACCOUNTS, POOLS, PURPOSES

    pools = {ACCOUNTS[pool] for pool in POOLS}
    named = [f"`{name}`{' (a fund)' if name in pools else ''}" for name in ACCOUNTS]
    purposes = ", ".join(f"`{name}`" for name in PURPOSES)
    return f"Accounts: {', '.join(named)}.\n\nPurposes: {purposes}.\n"


def alerts() -> str:
    """Table of the alert rules, with the thresholds of every rule set."""
    from plaza_lab.scenarios.report.words import counted
    from plaza_lab.sim.policy import RuleSet
    from plaza_lab.sim.state.alert_rules import RULES

    rows = [
        (
            rule.id,
            f"{rule.name}: {rule.doc}",
            _threshold(rule.under(RuleSet.SOURCE_THRESHOLDS)),
            _threshold(rule.under(RuleSet.CONSISTENT_THRESHOLDS)),
            f"{counted(rule.days, 'day')}, every {rule.every}",
            ", ".join(f"`{act.name.lower()}`" for act in rule.acts),
            rule.source,
        )
        for rule in RULES
    ]
    columns = ("id", "rule", "source set", "consistent set", "window", "acts", "source")
    return table(columns, rows)


def _threshold(rule: Any) -> str:
    """When a rule is broken, and for how many looks until it is yellow and red."""
    said = f"{'above' if rule.is_above else 'below'} {rule.threshold:g}; yellow after "
    said += str(rule.yellow_after)
    if rule.red_after:
        said += f", red after {rule.red_after}"
    if not math.isnan(rule.red_at):
        said += f", red at {rule.red_at:g}"
    return said


def interventions() -> str:
    """Table of the acts that follow alerts: the levers they move, and their hours."""
    from plaza_lab.sim.state.alerts import ACTIONS

    rows = [
        (
            f"`{act.name.lower()}`",
            action.doc,
            ", ".join(
                f"`{move.lever}` {move.how.name.lower().replace('_', ' ')} {move.amount:g}"
                for move in action.moves
            ),
            f"{action.hours_week:g}",
        )
        for act, action in ACTIONS.items()
    ]
    return table(("act", "what is done", "levers", "staff hours a week"), rows)


def community() -> str:
    """Directives that document the Mesa model and its agents, as far as there are any."""
    from importlib.util import find_spec

    found = [name for name in FACES if find_spec(name) is not None]
    parts = [f"```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n" for name in found]
    return "\n".join(parts) or "The Mesa model is not part of this version.\n"


def _settings(settings: Iterable[facts.Setting]) -> str:
    rows = [
        (f"`{one.name}`", one.default, one.unit, one.bounds, one.doc, one.source)
        for one in settings
    ]
    return table(SETTING_COLUMNS, rows)


def _said(module: object) -> str:
    return facts.first_line(module).split(": ", 1)[-1]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


@contextlib.contextmanager
def _empty_folder() -> Iterator[None]:
    """Work in an empty folder, so that nobody's own options get into the pages."""
    before, columns = Path.cwd(), os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "98"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
            if columns is None:
                del os.environ["COLUMNS"]
            else:
                os.environ["COLUMNS"] = columns


if __name__ == "__main__":
    for page in write_pages():
        sys.stdout.write(f"{page}\n")
