"""The page of figures: ``python -m benchmarks.page figures.json`` writes it from a bench run.

``docs/reference/performance.md`` is made of one run of ``plaza bench --peers --out figures.json``:
every figure on it is of the same machine and day. With ``--add`` the parts of a file take their
places on the page as it is, and say when and where they were measured.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.figures import number

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "performance.md"

PARTS = {
    "peers": (
        "Beside epidemic models",
        "A person-day of each model in its own words: Plaza's with the settings of an early commit,"
        " which stay the same while Plaza grows, the peers' with one infection and some ten"
        " contacts a person. They do not do the same work; Plaza's day does more.",
    ),
    "full_day": (
        "A day of a large community",
        "One thread. What a day costs goes with its visitors, so each row names the share that"
        " visits.",
    ),
    "profile": (
        "Where a day goes",
        "Per cent of the processor time of a day by step, median of the rounds, and what a visitor"
        " costs. Steps that stay below 1 % everywhere are added up.",
    ),
    "sweep": ("Many small runs", "The main use: a year of 500 members, over and over."),
    "start": (
        "From command to answer",
        "Fresh processes; with a full cache of kernels unless a row says otherwise.",
    ),
    "pairing": (
        "What pairing is worth",
        "Independent runs that one paired run replaces: the same people with the same luck.",
    ),
    "trust": (
        "Time to a trustworthy answer",
        "Processor seconds until the difference in retention between two policies is known to half"
        " a percentage point, with 95 % confidence however often one looks: the price of a pair of"
        " runs times the pairs it takes. 500 members (or persons), a year. Without pairing each"
        " run has a seed of its own. Starsim answers a question of its own, and its price is one"
        " of a model of its own.",
    ),
    "scaling": (
        "How cost grows",
        "Ratios within one run of the benchmark. Rows *on paper* are reckoned from measured parts:"
        " what a run costs, what its result weighs, what a job costs that does nothing, and how"
        " much longer a run takes when both cores are busy.",
    ),
    "cb1": ("The same day in Mesa", "A smaller day, written both ways, with equal work."),
    "limits": ("What the machine could do", "Bandwidth, latency and draws."),
    "store": ("Stores", "Runs written to disk and read again."),
    "jobs": ("Launchers", "What a job that does nothing costs."),
}
"""Parts of the benchmarks in the order of the page: heading, and what to know of them."""


def page(data: dict[str, Any]) -> str:
    """Write the page.

    Parameters
    ----------
    data : dict
        What ``plaza bench --out`` wrote.

    Returns
    -------
    str
        Markdown.
    """
    facts = data["machine"]
    lines = [
        "# Performance",
        "",
        f"Measured on {facts['date']} by `plaza bench --peers --out figures.json`, in one run:"
        f" {facts['processor']}, {facts['cores']} cores, {facts['versions']}. Load average before"
        f" and after: {facts['load average']}; {facts['load average after']}. Where it is above the"
        " number of cores the machine was shared: then wall clock says little, and ratios within a"
        " round say most. Best and median are of the rounds, in which everything of a part takes"
        " its turn. *Asked* is what the project wants; *is* says by what factor the best round"
        " reaches or misses it.",
    ]
    rows = data["figures"]
    for part, (heading, text) in PARTS.items():
        own = [row for row in rows if row["part"] == part]
        if own:
            lines += ["", f"## {heading}", "", text, "", *_table_of(part, own)]
    return "\n".join(lines) + "\n"


def with_parts(text: str, data: dict[str, Any]) -> str:
    """Put the parts of another run on the page, in the place of those it has.

    Parameters
    ----------
    text : str
        The page as it is.
    data : dict
        What ``plaza bench --only PART --out`` wrote.

    Returns
    -------
    str
        Markdown.
    """
    head, *sections = text.rstrip("\n").split("\n\n## ")
    facts, found = data["machine"], {one.partition("\n")[0]: one for one in sections}
    for part, (heading, meaning) in PARTS.items():
        if own := [row for row in data["figures"] if row["part"] == part]:
            apart = (
                f"Measured apart on {facts['date']}: {facts['processor']}, {facts['cores']} cores,"
                f" load average before and after {facts['load average']};"
                f" {facts['load average after']}."
            )
            found[heading] = "\n".join(
                (heading, "", f"{meaning} {apart}", "", *_table_of(part, own))
            )
    order = [heading for heading, _ in PARTS.values() if heading in found]
    return "\n\n## ".join((head, *(found[heading] for heading in order))) + "\n"


def _table_of(part: str, rows: list[dict[str, Any]]) -> list[str]:
    return _side_by_side(rows) if part == "profile" else _table(rows)


def _side_by_side(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Medians of items called ``column: line``, shares to a tenth of a per cent."""
    cells: dict[str, dict[str, str]] = {}
    for row in rows:
        column, _, line = row["item"].rpartition(": ")
        share = f"{row['median']:.1f}"
        cells.setdefault(line, {})[column] = share if row["unit"] == "%" else number(row["median"])
    columns = list(dict.fromkeys(column for own in cells.values() for column in own))
    head = [f"| step | {' | '.join(columns)} |", "|---|" + "---:|" * len(columns)]
    return head + [
        f"| {line} | {' | '.join(own.get(column, '') for column in columns)} |"
        for line, own in cells.items()
    ]


def _table(rows: Iterable[dict[str, Any]]) -> list[str]:
    lines = ["| what | best | median | unit | asked | is |", "|---|---:|---:|---|---:|---|"]
    for row in rows:
        what = row["item"] + (f" ({row['note']})" if row["note"] else "")
        asked = "" if row["target"] is None else number(row["target"])
        cells = (what, number(row["best"]), number(row["median"]), row["unit"], asked)
        lines.append(f"| {' | '.join(cells)} | {row['verdict']} |")
    return lines


def main(argv: list[str] | None = None) -> int:
    """Write the page from a file of figures, or parts of it anew."""
    words = sys.argv[1:] if argv is None else argv
    files = [word for word in words if word != "--add"]
    if len(files) != 1:
        print("python -m benchmarks.page: name one file of plaza bench --out", file=sys.stderr)
        return 2
    data = json.loads(Path(files[0]).read_text())
    PAGE.write_text(with_parts(PAGE.read_text(), data) if "--add" in words else page(data))
    print(f"written to {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
