"""Write the price list into the documentation: python docs/effects.py [--seeds N] [--workers N].

Every shipped option of every policy group in the default and the full world, beside what trials
found, and eight acts whose effect is known (``--acts``: these alone). To be run again whenever
the world or a mechanism has changed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.price_list.acts import measure_acts, reached
from plaza_lab.scenarios.price_list.expected import BASE, GroupList, expected
from plaza_lab.scenarios.price_list.measuring import INSIDE, WORLDS, Price, measure, planned
from plaza_lab.scenarios.price_list.tables import HEADS, rows_of, summary
from plaza_lab.sim.compile import warm

PAGE = Path(__file__).parent / "reference" / "effects.md"
REASONS = Path(__file__).with_name("effects_reasons.yaml")
HEAD = """# Price list

What every shipped option of every policy group does and costs, against the group's neutral option,
over a year of 500 members, beside what trials of the corresponding act found. Made on {date} by
`python docs/effects.py --seeds {seeds}` with seeds 1 to {seeds}, in {minutes:.0f} minutes of one
core; `plaza policy effects GROUP` prints a group.

Shares are in points (p), counts in per cent of the neutral option's, with half the 95 % interval;
cost is what the community's funds paid beyond the neutral option. The band was committed, with its
source, before anything was measured (`scenarios/price_list/expected.yaml`); band, effect here and
what is left are changes in odds, rate or hazard, so that bases may differ. "Left after it stops" is
the effect on the same outcome in weeks 49-52 when the option has stopped after week 26. *Suspect*:
beyond what good trials show for one lever. Trials follow the people they treat: "here", "left" and
*suspect* look at what day-0 members do (visits, contributions, answers, purchases), the other
columns at everybody, newcomers among them. *May be luck*: the interval reaches into the band.
"gap": no trial was found, and the band is that of no effect. Reasons for what lies outside are
readings of these figures and of the code, not tried apart. Unless a group says otherwise all
options are tried with `{base}`.

{verdict}
"""


ACTS = "## Eight acts"


def main() -> None:
    """Measure everything, or the acts alone, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--acts", action="store_true", help="measure the eight acts alone")
    asked = parser.parse_args()
    if asked.acts:
        text = PAGE.read_text(encoding="utf-8").split(ACTS)[0]
        PAGE.write_text(text + acts(range(1, asked.seeds + 1)), encoding="utf-8")
        return
    began, groups = time.process_time(), list(expected().values())
    tried = planned(groups, WORLDS)
    warm(None, [one.point.setting for one in tried])
    seeds = range(1, asked.seeds + 1)
    prices = list(measure(groups, WORLDS, seeds, asked.workers, tried=tried))
    minutes = (time.process_time() - began) / 60.0
    text = page(prices, groups, asked.seeds, minutes) + "\n" + acts(seeds)
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE}: {summary(prices)} ({minutes:.1f} minutes of one core)")  # noqa: T201


def page(prices: list[Price], groups: list[GroupList], seeds: int, minutes: float) -> str:
    """Write the page."""
    lines = [
        f"- world `{world}`: {summary([price for price in prices if price.world == world])}"
        for world in WORLDS
    ]
    reasons = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    parts = [
        HEAD.format(
            date=date.today().isoformat(), seeds=seeds, minutes=max(1.0, minutes),
            base=" ".join(BASE), verdict="\n".join(lines),
        )
    ]  # fmt: skip
    for one in groups:
        own = [price for price in prices if price.group == one.group]
        parts.append(f"## {one.group}\n\nAgainst `{one.neutral}`{_settings(one)}.\n")
        for world in WORLDS:
            parts.append(f"World `{world}`:\n")
            parts.append(_table([price for price in own if price.world == world]))
        missed = [price for price in own if price.verdict != INSIDE]
        parts += [_missed(missed, reasons.get(one.group, ""))] if missed else []
    return "\n".join(parts)


def acts(seeds: Sequence[int]) -> str:
    """Write the section on the acts whose effect was measured outside."""
    with Progress(len(seeds)) as progress:
        found = measure_acts(seeds, progress)
    n, of_all = reached(found)
    lines = [
        f"{ACTS}\n",
        f"{n} of {of_all} acts reach what was measured outside (median of {len(seeds)} seeds, "
        f"{date.today().isoformat()}). A single number is reached within a factor of two, a range "
        "inside it; an act with two numbers, and awards as one, when both are. Acts, outcomes and "
        "numbers stand in `scenarios/price_list/acts.py`; in brackets half of the seeds.\n",
        "| act | outcome | measured outside | counts as reached | here | |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in found:
        low, high = np.nanpercentile(one.values, [25, 75])
        lines.append(
            f"| {one.act.act} | {one.act.outcome} | {one.act.outside} ({one.act.source}) | "
            f"{one.act.low:g} to {one.act.high:g} | {one.middle:.2f} [{low:.2f}, {high:.2f}] | "
            f"{'reached' if one.is_reached else 'missed'} |"
        )
    reasons = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    return "\n".join(lines) + f"\n\n{reasons['acts']}\n"


def _settings(one: GroupList) -> str:
    return f", with `{' '.join(one.settings)}`" if one.settings else ""


def _table(prices: list[Price]) -> str:
    lines = [HEADS, tuple("---" for _ in HEADS), *rows_of(prices)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def _missed(prices: list[Price], reason: str) -> str:
    listed = ", ".join(f"{one.option} in {one.world} ({one.verdict})" for one in prices)
    return f"Not inside: {listed}. {reason}".rstrip() + "\n"


if __name__ == "__main__":
    main()
