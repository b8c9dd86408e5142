"""Asks the scenarios and keeps their verdicts for the documentation.

``python docs/verdicts.py [NAME ...] [--seeds N]`` replaces the rows of these scenarios (all that
can be asked, without a name) in ``docs/verdicts.csv``; the page shows what is kept there.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from library_pages import VERDICTS, verdict_rows

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.library.evaluation import ask
from plaza_lab.scenarios.library.scenario import read_scenario, scenario_files
from plaza_lab.scenarios.library.telling import COLUMNS
from plaza_lab.scenarios.library.telling import verdict_rows as rows_of
from plaza_lab.scenarios.store import DEFAULT_STORE, open_store


def keep_verdicts(names: list[str], seeds: int, store: str) -> None:
    """Ask scenarios and replace their rows; what cannot be asked is told and left out.

    Parameters
    ----------
    names : list of str
        Names of scenarios.
    seeds : int
        Seeds of every arm; 0 takes each file's.
    store : str
        Folder of the store.
    """
    held = {name: [row for row in verdict_rows() if row["scenario"] == name]
            for name in scenario_files()}  # fmt: skip
    for name in names:
        scenario = read_scenario(name)
        try:
            with Progress(0) as progress:
                command = f"python docs/verdicts.py {name}"
                n = seeds or scenario.seeds
                asked = ask(scenario, n, open_store(store), command, progress)
        except UserError as wrong:
            sys.stdout.write(f"{name}: {wrong}\n")
            continue
        if asked.is_interrupted:
            break
        held[scenario.name] = rows_of(asked)
        _write([row for rows in held.values() for row in rows])
        verdicts = [found.verdict for found in asked.findings]
        said = ", ".join(f"{verdicts.count(v)} {v}" for v in dict.fromkeys(verdicts))
        sys.stdout.write(f"{name}: {said}\n")


def _write(rows: list[dict[str, object]]) -> None:
    partial = VERDICTS.with_suffix(".part")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    partial.replace(VERDICTS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--store", default=DEFAULT_STORE)
    given = parser.parse_args()
    keep_verdicts(given.names or list(scenario_files()), given.seeds, given.store)
