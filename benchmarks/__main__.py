"""All benchmarks by one command: ``python -m benchmarks`` or ``plaza bench``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("cb1", "full_day", "sweep", "limits", "start", "store", "pairing", "jobs")


def main(argv: Sequence[str] | None = None) -> int:
    """Run benchmarks and print a table.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process when absent.

    Returns
    -------
    int
        Exit status, 0 whatever was measured: figures of a busy machine are no failure.
    """
    options = _parser().parse_args(argv)
    from benchmarks.figures import as_data, machine, table
    from plaza_lab.sim.compile import is_cached

    facts = {**machine(), "kernels": "cached" if is_cached() else "compiled now"}
    for name, value in facts.items():
        print(f"{name}: {value}")
    figures = []
    for name in options.only or NAMES:
        print(f"\n{name} ...", flush=True)
        figures += importlib.import_module(f"benchmarks.{name}").measure(options.quick)
    facts["load average after"] = machine()["load average"]
    print(f"\n{table(figures)}\n\nload average after: {facts['load average after']}")
    if options.out:
        _write(options.out, json.dumps(as_data(figures, facts), indent=1))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plaza bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, two rounds")
    parser.add_argument(
        "--only", action="append", choices=NAMES, metavar="NAME",
        help=f"one of {', '.join(NAMES)}; may be given again",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text + "\n")
    part.rename(path)
    print(f"written to {path}")


if __name__ == "__main__":
    sys.exit(main())
