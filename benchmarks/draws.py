"""The draws under a battery of tests, in the orders in which the engine takes them.

``python -m benchmarks.draws battery`` runs dieharder (Debian: ``apt install dieharder``) over each
order and writes ``docs/reference/draws.md``; ``python -m benchmarks.draws stream ORDER`` writes the
words of an order to standard output for any other battery, such as PractRand's
``RNG_test stdin64``.
"""

from __future__ import annotations

import argparse
import datetime
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from plaza_lab.engine.compiled import kernel
from plaza_lab.sim import randomness as r
from plaza_lab.sim.randomness import U64

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "draws.md"
WORDS = 1 << 16
CONTROL, CONTROL_SAMPLES = "control", 10
"""What must fail, and how many samples are enough to see it."""
MEMBERS, DAYS, DECISIONS, SEEDS, ITEMS = 100_000, 364, 64, 1 << 20, 16


@kernel()
def _members(first, out):
    for k in range(out.shape[0]):
        i = first + k
        key = r.day_key(r.run_key(1, 0), 3, i // MEMBERS)
        out[k] = r.mix(key + U64(i % MEMBERS) * r.GOLDEN)


@kernel()
def _days(first, out):
    for k in range(out.shape[0]):
        i = first + k
        key = r.day_key(r.run_key(1, 0), 3, i % DAYS)
        out[k] = r.mix(key + U64(i // DAYS) * r.GOLDEN)


@kernel()
def _decisions(first, out):
    for k in range(out.shape[0]):
        i = first + k
        key = r.day_key(r.run_key(1, 0), i % DECISIONS, 7)
        out[k] = r.mix(key + U64(i // DECISIONS) * r.GOLDEN)


@kernel()
def _seeds(first, out):
    for k in range(out.shape[0]):
        i = first + k
        key = r.day_key(r.run_key(i % SEEDS, i // SEEDS), 3, 7)
        out[k] = r.mix(key + U64(5) * r.GOLDEN)


@kernel()
def _items(first, out):
    for k in range(out.shape[0]):
        i = first + k
        key = r.agent_key(r.day_key(r.run_key(1, 0), 3, 7), U64(i // ITEMS))
        out[k] = r.mix(key + U64(i % ITEMS) * r.GOLDEN)


@kernel()
def _unmixed(first, out):
    key = r.day_key(r.run_key(1, 0), 3, 7)
    for k in range(out.shape[0]):
        out[k] = key + U64(first + k) * r.GOLDEN


ORDERS: dict[str, tuple[str, Callable[[int, np.ndarray], None]]] = {
    "members": ("members of a day, then the next day", _members),
    "days": ("days of a member, then the next member", _days),
    "decisions": ("decisions of a member on a day, then the next member", _decisions),
    "seeds": ("one member, day and decision over consecutive seeds", _seeds),
    "items": ("16 sub-draws of a member, then the next member", _items),
    CONTROL: ("negative control: addresses that are not mixed", _unmixed),
}
"""Orders by name: in words, and what fills words from a place on."""

TESTS = (0, 2, 8, 9, 13, 15, 16, 102, 202)
"""Dieharder's tests that it calls good: birthdays, matrix rank, counted ones (stream and bytes),
squeeze, runs, craps, generalised serial (30 statistics), permutations."""
WEAK, FAILED = "WEAK", "FAILED"


def words(order: str) -> Iterator[bytes]:
    """Yield the 64-bit words of an order, without end."""
    fill = ORDERS[order][1]
    out = np.empty(WORDS, np.uint64)
    first = 0
    while True:
        fill(first, out)
        yield out.tobytes()
        first += WORDS


def tried(order: str, test: int, samples: int) -> tuple[list[tuple[str, float, str]], int]:
    """Run one test of dieharder over an order, from its first word.

    Parameters
    ----------
    order : str
        Of :data:`ORDERS`.
    test : int
        Number of the test.
    samples : int
        Values of p that dieharder takes for its own test of their uniformity.

    Returns
    -------
    tuple
        Name, p and verdict of each statistic; bytes the test read, in whole pieces.
    """
    command = ["dieharder", "-g", "200", "-d", str(test), "-p", str(samples)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None and process.stdout is not None
    written = 0
    try:
        for piece in words(order):
            process.stdin.write(piece)
            written += len(piece)
    except BrokenPipeError:
        pass
    return list(_read(process.stdout.read().decode())), written


def _read(text: str) -> Iterator[tuple[str, float, str]]:
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 6 and cells[1].isdigit():
            yield f"{cells[0]} {cells[1]}", float(cells[4]), cells[5]


def page(samples: int) -> str:
    """Run everything; returns the page as Markdown."""
    lines = [
        "# The draws under test",
        "",
        "Every draw is a hash of its address ([decision](../decisions/0003-addressed-randomness.md)"
        "), so what must look random is each order in which addresses are taken. Run on"
        f" {datetime.date.today().isoformat()} by `python -m benchmarks.draws battery --samples"
        f" {samples}` with {_version()}: tests {', '.join(map(str, TESTS))}, {samples} samples of p"
        f" each ({CONTROL_SAMPLES} for the control), 64-bit words as they come. *Weak* is p below"
        " 0.005 or above 0.995, which one statistic in a hundred is by chance; *failed* is p below"
        " 0.000001 or as near to 1. A battery that the control passes would show nothing.",
        "",
        "| order | bytes | statistics | weak | failed | lowest p |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for order, (told, _) in ORDERS.items():
        found, size = [], 0
        for test in TESTS:
            some, read = tried(order, test, CONTROL_SAMPLES if order == CONTROL else samples)
            found += some
            size += read
            print(order, test, read, some, flush=True)
        verdicts = [verdict for *_, verdict in found]
        lowest = min(min(p, 1.0 - p) for _, p, _ in found)
        lines.append(
            f"| {told} | {size / 1e9:.2f} GB | {len(found)} | {verdicts.count(WEAK)} | "
            f"{verdicts.count(FAILED)} | {lowest:.2g} |"
        )
    return "\n".join(lines) + "\n"


def _version() -> str:
    done = subprocess.run(["dieharder", "-l"], capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines() if "version" in line]
    return " ".join(found[0].strip("# ").split()[:3]) if found else "dieharder"


def main(argv: list[str] | None = None) -> int:
    """Stream an order, or run the battery."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.draws", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("stream").add_argument("order", choices=ORDERS)
    battery = verbs.add_parser("battery")
    battery.add_argument("--samples", type=int, default=100, help="fewer than 100 mislead")
    options = parser.parse_args(argv)
    if options.verb == "stream":
        try:
            for piece in words(options.order):
                sys.stdout.buffer.write(piece)
        except BrokenPipeError:
            sys.stderr.close()
        return 0
    if shutil.which("dieharder") is None:
        print("dieharder is not there; install it (Debian: apt install dieharder)", file=sys.stderr)
        return 2
    PAGE.write_text(page(options.samples))
    print(f"written to {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
