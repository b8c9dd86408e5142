"""Generated pages about the scenario library: the trace of mechanisms, the scenarios, verdicts."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import trace_ids

from plaza_lab.scenarios.files.yaml_file import read_yaml
from plaza_lab.scenarios.library.scenario import read_scenario, scenario_files
from plaza_lab.scenarios.library.telling import markdown_of
from plaza_lab.scenarios.settings.options import conf_folder

HERE = Path(__file__).resolve().parent
VERDICTS, NOTES = HERE / "verdicts.csv", HERE / "verdict_notes.yaml"
Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]


def trace_page(table: Table) -> str:
    """Table of mechanisms: module, test, scenario, by the functions of ``trace_ids``."""
    required, pending = trace_ids.listed()
    rows = []
    for key, trace in trace_ids.traces().items():
        cells = [", ".join(f"`{place}`" for place in places) or "none yet"
                 for places in (trace.modules, trace.tests)]  # fmt: skip
        turned = len(trace.turning)
        kinds = f"{len(trace.tests) - turned} / {turned}"
        rows.append((key, trace.name, *cells, kinds, " ".join(trace.scenarios)))
    whole = len(required) - len(pending)
    head = f"{whole} of {len(required)} mechanisms have a module and a test that would miss them.\n"
    heads = ("id", "mechanism", "modules", "tests", "shipped / turned", "scenarios")
    return f"{head}\n{trace_ids.kinds_text()}\n\n{table(heads, rows)}"


def scenarios_page(table: Table) -> str:
    """Scenario by scenario: question, settings, arms, what is expected and who says so."""
    parts = []
    for name, file in scenario_files().items():
        if conf_folder() not in file.parents:
            continue
        one = read_scenario(name)
        parts.append(f"## {one.name} ({one.id})\n\n{one.question}\n")
        settings = " ".join(one.settings) or "the default"
        parts.append(f"All arms: `{settings}`, {one.weeks} weeks, {one.seeds} seeds.\n")
        arms = [(arm, f"`{' '.join(words)}`" if words else "as it is")
                for arm, words in one.arms.items()]  # fmt: skip
        parts.append(table(("arm", "settings"), arms))
        rows = [(e.says, e.source, f"`{e.measure}`: {e.compared}", e.sign)
                for e in one.expectations]  # fmt: skip
        parts.append(table(("expected", "source", "measured", "sign"), rows))
        ids = {"Metrics": one.read, "Mechanisms": one.mechanisms, "Figures": one.figures}
        parts.append(" ".join(f"{k}: {', '.join(v)}." for k, v in ids.items() if v) + "\n")
    return "\n".join(parts)


def verdict_rows() -> list[dict[str, str]]:
    """Return the verdicts that were kept, as ``docs/verdicts.py`` wrote them."""
    if not VERDICTS.exists():
        return []
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def notes() -> dict[str, dict[str, str]]:
    """Return the likely reasons of failed expectations: scenario to expectation to reason."""
    if not NOTES.exists():
        return {}
    return dict(read_yaml(NOTES).content)


def verdicts_page() -> str:
    """Verdicts by scenario with date, seeds and intervals, and why what failed may have failed."""
    rows, said = verdict_rows(), notes()
    if not rows:
        return "No scenario has been asked yet.\n"
    counts = {
        kind: [sum(r["verdict"] == kind and (r["source"] == "inferred") == inferred for r in rows)
               for inferred in (False, True)]
        for kind in ("holds", "fails", "undecided", "waits", "undefined")
    }  # fmt: skip
    lines = ["| verdict | expected by sources | inferred |", "|---|---|---|"]
    lines += [f"| {kind} | {own} | {inferred} |" for kind, (own, inferred) in counts.items()]
    parts = ["\n".join(lines) + "\n"]
    for name in dict.fromkeys(row["scenario"] for row in rows):
        own = [row for row in rows if row["scenario"] == name]
        parts.append(markdown_of(own))
        reasons = [f"- {row['expectation']}: {said[name][row['expectation']]}" for row in own
                   if row["expectation"] in said.get(name, {})]  # fmt: skip
        if reasons:
            parts.append("Why, as far as can be told:\n\n" + "\n".join(reasons) + "\n")
    return "\n".join(parts)
