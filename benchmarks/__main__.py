"""All benchmarks by one command: ``python -m benchmarks`` or ``plaza bench``."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

NAMES = (
    "cb1",
    "full_day",
    "profile",
    "sweep",
    "limits",
    "start",
    "store",
    "pairing",
    "trust",
    "scaling",
    "jobs",
)
PEERS = "peers"
OF_LINUX = ("full_day", "profile", "store", "scaling", PEERS)
ASK_PEERS = ("trust",)
"""Parts that have rows of others too, where peers are asked for."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run benchmarks and print a table.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process when absent.

    Returns
    -------
    int
        Exit status, 0 whatever was measured: figures of a busy machine are no failure; 143 after
        SIGTERM, when everything started for the measurement is ended first.
    """
    from plaza_lab.scenarios.command_line.stopping import orderly

    options = _parser().parse_args(argv)
    if options.out:
        _check_place(options.out)
    with orderly() as ending:
        try:
            _measure(options)
        except KeyboardInterrupt:
            return ending.code(130)
    return ending.code(0)


def _measure(options: argparse.Namespace) -> None:
    from benchmarks.figures import as_data, machine, table
    from plaza_lab.sim.compile import is_cached

    facts = {**machine(), "kernels": "cached" if is_cached() else "compiled now"}
    for name, value in facts.items():
        print(f"{name}: {value}")
    figures = []
    for name in options.only or (*NAMES, *[PEERS] * options.peers):
        if name in OF_LINUX and not Path("/proc/self/statm").exists():
            print(f"\n{name} left out: it measures memory as only Linux tells it")
            continue
        print(f"\n{name} ...", flush=True)
        more = {"with_peers": options.peers} if name in ASK_PEERS else {}
        found = importlib.import_module(f"benchmarks.{name}").measure(options.quick, **more)
        figures += [dataclasses.replace(figure, part=name) for figure in found]
    facts["load average after"] = machine()["load average"]
    print(f"\n{table(figures)}\n\nload average after: {facts['load average after']}")
    if options.out:
        _write(options.out, json.dumps(as_data(figures, facts), indent=1))


class _OneLine(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        from plaza_lab.scenarios.language import Language
        from plaza_lab.scenarios.language.choosing import chosen_language

        line = f"plaza bench: {message} (plaza bench --help lists the options)"
        print(f"plaza: {Language(chosen_language()).mistake(line)}", file=sys.stderr)
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _OneLine(prog="plaza bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, two rounds")
    parser.add_argument(
        "--only", action="append", choices=(*NAMES, PEERS), metavar="NAME",
        help=f"one of {', '.join((*NAMES, PEERS))}; may be given again",
    )  # fmt: skip
    parser.add_argument(
        "--peers", action="store_true",
        help="also other models, installed into an environment that goes afterwards",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    return parser


def _check_place(path: Path) -> None:
    """End with a line, before anything is measured, where the figures cannot be written."""
    try:
        parents = [*path.absolute().parents, Path("/")]
        above = next(folder for folder in parents if os.path.lexists(folder))
        if not path.name or path.is_dir():
            why = "it is a folder; name a file"
        elif not above.is_dir():
            why = f"{above} is no folder"
        else:
            tempfile.TemporaryFile(dir=above).close()
            return
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or str(wrong)
    print(f"plaza: --out {path} cannot be written: {why}", file=sys.stderr)
    raise SystemExit(2)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text + "\n")
    part.rename(path)
    print(f"written to {path}")


if __name__ == "__main__":
    sys.exit(main())
