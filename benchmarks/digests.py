"""Digests of what the engine computes: recorded once, compared after every change that moves code.

``python -m benchmarks.digests record`` lives through every option of every group, the presets and
every arm of the scenario library, for 26 weeks and three seeds, and writes one SHA-256 for each
table of each case; ``compare`` says which cases differ. What is hashed are the values of days,
journal and outcomes, column by column in the order of their names; no run ids, fingerprints or
times. Columns that were renamed since are read through :data:`RENAMED`.

There is one reference, for every processor, version of Python and version of numba: a run adds,
multiplies and divides doubles and takes exponentials from :mod:`plaza_lab.engine.elementary`, so
all of them give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

WEEKS, SEEDS = 26, (1, 2, 3)
WORLDS = ("default", "full", "large")
LARGEST = 20_000
"""Cases with more members on day 0 are left out: they are the same code for longer."""

COMPANIONS = {
    "incentive": ("fund=mixed",),
    "entry": ("fund=brand_funded",),
    "entry=fee": ("fund=entry_fee",),
    "entry=fee_plus_challenge": ("fund=entry_fee", "incentive=weekly_prize"),
    "content=learning_archive": ("comms=structured_digest",),
    "koc": ("fund=brand_funded",),
    "stewarding": ("fund=mixed",),
    "partnership": ("fund=brand_funded",),
    "partnership=points_alliance": (
        "fund=brand_funded",
        "incentive=points",
        "incentive.point_value_cents=1",
    ),
    "events": ("fund=brand_funded",),
    "acquisition": ("fund=brand_funded", "entry=open"),
    "crm": ("fund=brand_funded", "world=full"),
    "climate": ("world=full",),
    "game": ("fund=brand_funded",),
}
"""What an option, or all of a group, is run with so that it can work at all."""

DECLARED = "Community()"
"""The case that takes the declarations as they are, past the option files."""

RENAMED: dict[str, str] = {}
"""Column, purpose or account of today to its name in the reference."""

REFERENCE = Path(__file__).resolve().parent / "references" / "digests.json"


def cases() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every case: its name and its overrides."""
    from plaza_lab.scenarios.library.scenario import read_scenario, scenario_files
    from plaza_lab.scenarios.settings.options import conf_folder

    yield "everything by default", ()
    yield DECLARED, ()
    groups = sorted(folder for folder in conf_folder().iterdir() if folder.is_dir())
    for group in groups:
        if group.name == "study":
            continue
        for option in sorted(group.glob("*.yaml")):
            word = f"{group.name}={option.stem}"
            yield word, (word, *COMPANIONS.get(word, COMPANIONS.get(group.name, ())))
    for world in WORLDS:
        for preset in ("learning_fund_500", "volunteer_group_baseline"):
            yield f"{preset} {world}", (f"scenario={preset}", f"world={world}")
        for name in sorted(scenario_files()):
            scenario = read_scenario(name)
            for arm, words in scenario.arms.items():
                own = [w for w in (*scenario.settings, *words) if not w.startswith("world=")]
                yield f"{name}/{arm} {world}", (*own, f"world={world}")


def digests_of(name: str, words: tuple[str, ...]) -> dict[str, str]:
    """Live through a case.

    Parameters
    ----------
    name : str
        Its name.
    words : tuple of str
        Its overrides.

    Returns
    -------
    dict of str to str
        Table to digest; ``refused`` to the line where the case is refused, ``left_out`` where it
        is too large.
    """
    from plaza_lab.scenarios.errors import UserError
    from plaza_lab.scenarios.settings.composing import compose
    from plaza_lab.sim.engine import simulate
    from plaza_lab.sim.setting import Setting

    try:
        setting = Setting() if name == DECLARED else compose(words).config.setting
    except UserError as wrong:
        return {"refused": str(wrong)}
    if setting.population.initial_members > LARGEST:
        return {"left_out": "too large"}
    hashes = {name: hashlib.sha256() for name in ("days", "journal", "outcomes")}
    for result in simulate(setting, SEEDS, WEEKS * 7):
        _add(hashes["days"], dict(zip(result.metric_names, result.days.T, strict=True)))
        _add(hashes["journal"], _journal(result.journal))
        _add(hashes["outcomes"], {k: np.float64(v) for k, v in result.outcomes.items()})
    return {name: own.hexdigest()[:16] for name, own in hashes.items()}


def _journal(journal: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of a journal with names in place of codes, which may be renumbered."""
    from plaza_lab.sim.state.fund import ACCOUNTS, PURPOSES

    columns = {name: np.ascontiguousarray(journal[name]) for name in journal.dtype.names}
    for name, names in (("purpose", PURPOSES), ("payer", ACCOUNTS), ("payee", ACCOUNTS)):
        columns[name] = np.array([RENAMED.get(n, n) for n in names], "U40")[columns[name]]
    return columns


def _add(digest: hashlib._Hash, columns: dict[str, np.ndarray]) -> None:
    old = {RENAMED.get(name, name): column for name, column in columns.items()}
    for name in sorted(old):
        values = np.ascontiguousarray(old[name])
        digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
        digest.update(values.tobytes())


def main(argv: list[str] | None = None) -> int:
    """Record or compare.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process when absent.

    Returns
    -------
    int
        0, or 1 when a case differs from the reference.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.digests", description=__doc__)
    parser.add_argument("what", choices=("record", "compare"))
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="compare only each N-th case"
    )
    options = parser.parse_args(argv)
    if options.what == "record" and options.every != 1:
        parser.error("a reference is recorded whole; --every is for compare")
    if options.what == "compare" and not REFERENCE.exists():
        parser.error(f"there is no {REFERENCE}; record one first")
    kept = json.loads(REFERENCE.read_text()) if options.what == "compare" else {}
    found, differ = {}, []
    for number, (name, words) in enumerate(cases()):
        if number % options.every:
            continue
        found[name] = digests_of(name, words)
        if options.what == "compare" and found[name] != kept.get(name):
            differ.append(name)
            print(f"{name}: {found[name]} where the reference has {kept.get(name)}", flush=True)
    if options.what == "record":
        REFERENCE.parent.mkdir(exist_ok=True)
        REFERENCE.write_text(json.dumps(found, indent=0) + "\n")
        print(f"{len(found)} cases recorded in {REFERENCE}")
        return 0
    if options.every == 1 and (gone := sorted(set(kept) - set(found))):
        differ += gone
        print(f"cases that are gone: {', '.join(gone)}")
    print(f"{len(found)} cases, {len(differ)} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
