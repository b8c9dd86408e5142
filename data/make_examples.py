"""Make the two example logs: a made-up tea community's acts and its shop's purchases."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

SEED = 20_260
WEEKS = 26
MEMBERS = 120
CUSTOMERS = 320
START = np.datetime64("2025-03-03")  # a Monday
WEEKDAY = np.array([1.05, 1.0, 1.0, 0.95, 0.9, 1.0, 1.1])
KINDS, KIND_ODDS = ("post", "comment", "answer"), (0.55, 0.33, 0.12)


def active_days(rng: np.random.Generator) -> list[tuple[int, int]]:
    """Draw (member, day) pairs: rates differ, and some leave after each active day."""
    end = 7 * WEEKS
    pairs = []
    joined = np.sort((end * rng.random(MEMBERS) ** 0.9).astype(int))
    joined[0] = 0
    for member, day in enumerate(joined):
        rate = rng.gamma(0.9) / 0.7 / 7 * (6 if member < 2 else 1)
        leaves = 0.002 if member < 2 else rng.beta(1.1, 5.0)
        pairs.append((member, int(day)))
        while rng.random() > leaves and day < end - 1:
            day += 1
            while day < end and rng.random() > 1 - np.exp(-rate * WEEKDAY[day % 7]):
                day += 1
            if day < end:
                pairs.append((member, int(day)))
    return pairs


def acts(rng: np.random.Generator) -> list[tuple[str, str, str, str]]:
    """Draw the rows of the activity log, with kinds and who is replied to."""
    drawn = []
    for member, day in active_days(rng):
        for _ in range(int(np.ceil(np.exp(rng.normal(0.3, 1.1))))):
            second = int(np.clip(rng.normal(15 * 3600, 4 * 3600), 0, 86_399))
            drawn.append((day * 86_400 + second, member))
    drawn.sort()
    rows, recent = [], []
    for at, member in drawn:
        others = [one for one in recent[-12:] if one != member]
        kind = str(rng.choice(KINDS, p=KIND_ODDS)) if others else "post"
        target = "" if kind == "post" else name(others[int(len(others) * rng.random() ** 0.5)])
        rows.append((name(member), str(START + np.timedelta64(at, "s")), kind, target))
        recent.append(member)
    return rows


def purchases(rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Draw the rows of the purchase log: first purchases, repeats until leaving, amounts."""
    end = 7 * WEEKS
    rows = []
    for customer, first in enumerate((end * 0.8 * rng.random(CUSTOMERS)).astype(int)):
        rate, leaves = rng.gamma(0.6) / 4.0 / 7, rng.beta(0.8, 2.5)
        taste = rng.gamma(4.0) / 60.0
        day = float(first)
        while day < end:
            amount = max(0.5, rng.gamma(5.0) / taste)
            rows.append((int(day), f"c{customer:03d}", f"{amount:.2f}"))
            if rng.random() < leaves and len(rows) > 1:
                break
            day += rng.exponential(1 / max(rate, 1e-9))
    rows.sort()
    return [(who, str(START + np.timedelta64(day, "D")), amount) for day, who, amount in rows]


def name(member: int) -> str:
    """Pseudonym of a member."""
    return f"m{member:03d}"


def write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write a CSV file with Unix line ends."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write both example files into ``folder``."""
    rng = np.random.default_rng(SEED)
    header = ("member", "time", "kind", "reply_to")
    write(folder / "example_activity.csv", header, acts(rng))
    write(folder / "example_purchases.csv", ("customer", "date", "amount"), purchases(rng))


if __name__ == "__main__":
    main(Path(__file__).resolve().parent)
