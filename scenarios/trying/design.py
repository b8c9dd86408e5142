"""What is tried: two policies, the arm, how it is drawn, and how long the trial runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments import compare as comparing
from plaza_lab.scenarios.experiments.design import DEFAULT, DesignPoint
from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.settings.options import nearest
from plaza_lab.sim.checking import whole

PERSON, GROUP, WEEK = "person", "group", "week"
UNITS = {PERSON: marked("members"), GROUP: marked("groups"), WEEK: marked("weeks")}
AFTERWARDS = 12
"""Weeks lived after a trial where no length of the run is asked for."""
REPLICATES = 20
BOUNDS = {"trial_weeks": (1, 519), "after": (0, 519), "block": (1, 52), "washout": (0, 363)}
"""Least and most of what is counted."""


@dataclass(frozen=True)
class Measure:
    """What is measured of a member, or of a day."""

    label: str
    unit: str
    digits: int
    is_of_days: bool = False

    @property
    def scale(self) -> float:
        """By which a value is multiplied where it is shown."""
        return 100.0 if self.unit == "%" else 1.0


MEASURES = {
    "contributions": Measure(marked("Posts and answers a member"), "", 2, is_of_days=True),
    "retention": Measure(marked("Active retention"), "%", 1),
    "membership_retention": Measure(marked("Membership retention"), "%", 1),
    "spend": Measure(marked("Purchases a member"), "yuan", 1, is_of_days=True),
}
"""Outcomes of a trial; those of days also of a switch-back, where they are of a day."""


@dataclass(frozen=True)
class Design:
    """A trial, ready to run.

    Parameters
    ----------
    usual, tried : DesignPoint
        What the others have, and what the arm gets.
    arm : float
        Share of the members, groups or weeks in the arm.
    by : str
        ``person``, ``group`` or ``week``.
    weeks, after : int
        Length of the trial, and the weeks before it.
    outcome : str
        What decides.
    alpha : float
        Significance from which a policy counts as proven (F94).
    block, washout : int
        Weeks of a block of a switch-back, and its first days that are not counted.
    """

    usual: DesignPoint
    tried: DesignPoint
    arm: float = 0.5
    by: str = PERSON
    weeks: int = 8
    after: int = 4
    outcome: str = "contributions"
    alpha: float = 0.05
    block: int = 1
    washout: int = 1

    @property
    def first(self) -> int:
        """First day of the trial."""
        return 7 * self.after

    @property
    def last(self) -> int:
        """Day after its last."""
        return self.first + 7 * self.weeks

    @property
    def given(self) -> dict[str, Any]:
        """What was asked for, by the names of the flags."""
        names = ("arm", "by", "weeks", "after", "outcome", "alpha", "block", "washout")
        return {name: getattr(self, name) for name in names}

    @property
    def days(self) -> int:
        """Days that are lived."""
        return 7 * self.usual.run.weeks

    @property
    def seeds(self) -> range:
        """Seeds of the communities."""
        run = self.usual.run
        return range(run.seed, run.seed + run.replicates)

    @property
    def measures(self) -> tuple[str, ...]:
        """What is measured, what decides first."""
        names = [name for name, one in MEASURES.items() if one.is_of_days or self.by != WEEK]
        return tuple(sorted(names, key=lambda name: name != self.outcome))


def planned(names: Sequence[str], overrides: Sequence[str], **given: object) -> Design:
    """Plan a trial, and refuse what cannot be tried.

    Parameters
    ----------
    names : sequence of str
        The policy tried, or the usual one and it.
    overrides : sequence of str
        What holds for both.
    **given
        Further parameters of :class:`Design`.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    if len(names) == 1:
        names = [DEFAULT, *names]
    if len(names) != 2:
        raise UserError(
            "a trial is of one policy against another, what holds now first: "
            "policies=[thanks_only,points]"
        )
    if any("@" in name for name in names):
        raise UserError("a trial has dates of its own (--after, --weeks); leave out the @")
    weeks, after = int(given.get("weeks", 8)), int(given.get("after", 4))  # type: ignore[call-overload]
    words = list(overrides)
    keys = {word.partition("=")[0] for word in words}
    if "run.weeks" not in keys:
        words.append(f"run.weeks={weeks + after + AFTERWARDS}")
    if "run.replicates" not in keys:
        words.append(f"run.replicates={REPLICATES}")
    _, (usual, tried) = comparing.plan(list(names), words, "try")
    design = Design(usual, tried, **given)  # type: ignore[arg-type]
    _check(design)
    return design


def _check(design: Design) -> None:
    from plaza_lab.sim.trials import NoArm, check_arms, check_share

    run = design.usual.run
    if design.outcome not in MEASURES:
        near = nearest(design.outcome, MEASURES)
        raise UserError(f"--outcome {design.outcome}: choose one of {', '.join(MEASURES)}{near}")
    if design.outcome not in design.measures:
        days = ", ".join(name for name, one in MEASURES.items() if one.is_of_days)
        raise UserError(f"--by week: {design.outcome} is not of a week; choose one of {days}")
    if design.after + design.weeks > run.weeks:
        raise UserError(
            f"the trial ends in week {design.after + design.weeks}, after the {run.weeks} weeks "
            "of the run; lengthen run.weeks or shorten --weeks"
        )
    if design.usual.setting.changes or design.tried.setting.changes:
        raise UserError("a trial has dates of its own (--after, --weeks); leave out the @")
    if run.replicates < 2:
        raise UserError("run.replicates=1: a trial needs 2 or more communities to be judged")
    for part in ("world", "population"):
        if getattr(design.usual.setting, part) != getattr(design.tried.setting, part):
            raise UserError(f"the two policies differ in the {part}, which no policy can change")
    try:
        check_share(design.arm)
        if design.by != WEEK:
            check_arms(design.usual.setting.policy, design.tried.setting.policy)
    except NoArm as wrong:
        raise UserError(str(wrong)) from None
    if design.by != WEEK:
        return
    if design.arm != 0.5:
        raise UserError("--by week: half of the blocks get the policy; leave out --arm")
    if design.weeks < 6 * design.block or design.weeks % (2 * design.block):
        raise UserError(
            f"--weeks {design.weeks} --block {design.block}: a switch-back needs pairs of blocks, "
            f"three or more: {6 * design.block} or {8 * design.block} weeks, say"
        )
    if design.after < 1:
        raise UserError("--after 0: a switch-back begins after a week or more; give --after 1")
    if design.washout >= 7 * design.block:
        raise UserError(f"--washout {design.washout}: no day of a block would be left; take fewer")
    from plaza_lab.scenarios.trying.living import switching
    from plaza_lab.sim.changes import check_changes

    try:
        check_changes(switching(design, design.seeds[0]))
    except ValueError as wrong:
        raise UserError(str(wrong)) from None


def check_given(given: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse what a trial has no word for; ``trial_weeks`` stands for ``weeks`` in Python.

    Raises
    ------
    UserError
        With one line.
    """
    names = {"trial_weeks": "weeks"} | {
        name: name for name in ("arm", "by", "after", "outcome", "alpha", "block", "washout")
    }
    for name in given:
        if name not in names:
            raise UserError(f"trial: {name}= is unknown; give one of {', '.join(names)}")
    for name, known in (("by", UNITS), ("outcome", MEASURES)):
        if name in given and given[name] not in list(known):
            raise UserError(f"{name}={given[name]!r}: choose one of {', '.join(known)}")
    for name, (low, high) in BOUNDS.items():
        if name in given:
            whole(name, given[name], low, high)
    for name in ("arm", "alpha"):
        value = given.get(name, 0.5)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not 0.0 < value < 1.0:
            raise UserError(f"{name}={value!r}: a share between 0 and 1 is expected, such as 0.5")
    return {names[name]: value for name, value in given.items()}


def share(text: str) -> float:
    """Read a share: ``50%``, ``50 %`` or ``0.5``."""
    import argparse

    found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,9})?|\.\d{1,9})\s*(%?)\s*", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text[:40]}: a share such as 50% is expected")
    return float(found[1]) / (100.0 if found[2] else 1.0)
