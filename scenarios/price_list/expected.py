"""What is expected of shipped options: acts, outcomes and bands, as they were committed."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.yaml_file import yaml_content
from plaza_lab.scenarios.settings.options import LEVERS, nearest, option_names

FILE = Path(__file__).with_name("expected.yaml")
SHARES = ("retention", "activation_14d", "solved_rate")
HAZARDS = ("membership_retention",)
BASE = (
    "entry=open", "fund=brand_funded", "fund.brand_week_cents=500000",
    "fund.brand_prize_share=0.2",
)  # fmt: skip
"""Holds for every option unless its group says otherwise: a brand that can pay for any of them,
and a weekly prize of 1,000 yuan where there is one."""


@dataclass(frozen=True)
class Expected:
    """What trials of the corresponding act found.

    ``outcome`` is what they looked at, as Plaza measures it; the band is on its scale
    (:func:`scale_of`); ``source`` is where the effect was found, ``gap`` where nothing causal was.
    """

    outcome: str
    low: float
    high: float
    act: str
    source: str

    @property
    def band(self) -> str:
        """The band as text, in per cent of the odds, the rate or the hazard."""
        low, high = (100.0 * math.expm1(bound) for bound in (self.low, self.high))
        of = {"lo": "odds", "lh": "hazard", "lr": "rate"}[scale_of(self.outcome)]
        return f"{low:+.0f} to {high:+.0f} % ({of})"


@dataclass(frozen=True)
class GroupList:
    """The options of a policy group, and its neutral one, which does nothing.

    ``settings`` hold for all of them, ``options`` are every other one with what is expected.
    """

    group: str
    neutral: str
    settings: tuple[str, ...]
    options: dict[str, Expected]

    def words_of(self, option: str) -> list[str]:
        """Return the overrides of an option."""
        taken = {word.partition("=")[0] for word in self.settings} | {self.group}
        base = [
            word for word in BASE
            if word.partition("=")[0] not in taken and word.partition(".")[0] != self.group
        ]  # fmt: skip
        return [*base, *self.settings, f"{self.group}={option}"]


def scale_of(outcome: str) -> str:
    """Return ``lo`` (log-odds), ``lh`` (log-hazard) or ``lr`` (log of a rate)."""
    return "lo" if outcome in SHARES else "lh" if outcome in HAZARDS else "lr"


@cache
def expected() -> dict[str, GroupList]:
    """Return the groups, in the order of the policy.

    Raises
    ------
    UserError
        If an option of Plaza's is missing, or one is named that there is not.
    """
    content = yaml_content(FILE)["groups"]
    return {group: _group(group, content[group]) for group in LEVERS}


@cache
def suspect() -> dict[str, dict[str, float]]:
    """Return effects beyond what good trials show, by outcome: ``points``, ``times``."""
    return dict(yaml_content(FILE)["suspect"])


def group_list(name: str) -> GroupList:
    """Return one group.

    Raises
    ------
    UserError
        With one line, if there is no such group.
    """
    if name not in LEVERS:
        near = nearest(name, LEVERS) or f"; choose one of {', '.join(LEVERS)}"
        raise UserError(f"{name!r} is no policy group{near}")
    return expected()[name]


def _group(group: str, item: dict[str, Any]) -> GroupList:
    options = {name: Expected(*row) for name, row in item["options"].items()}
    told, there = {item["neutral"], *options}, set(option_names(group))
    unknown = sorted(told - there)
    if unknown:
        raise UserError(f"{FILE.name}: {group} has no option {unknown[0]}")
    return GroupList(group, item["neutral"], tuple(shlex.split(item.get("settings", ""))), options)
