"""Which run and which member: from a stored study's run, or from overrides and a seed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint, one_policy, policy_overrides
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan, study_names
from plaza_lab.scenarios.settings.overrides import by_key, check_overrides
from plaza_lab.scenarios.store import open_store

OWN = ("run", "member", "against")
OTHERS = {"partner": "of a candidate", "koc": "of a KOC"}
"""Who can be asked about in place of a member, and what the number is of."""


@dataclass(frozen=True)
class Wanted:
    """What is to be explained.

    ``overrides`` make the run's configuration, ``against`` the twin's, empty for none; ``member``
    is a number from 1; ``title`` and ``twin`` name both policies.
    """

    overrides: tuple[str, ...]
    against: tuple[str, ...]
    seed: int
    weeks: int
    member: int
    title: str
    twin: str = ""

    @property
    def point(self) -> DesignPoint:
        """The run's configuration."""
        return one_policy(self.overrides)

    @property
    def twin_point(self) -> DesignPoint:
        """The twin's configuration."""
        return one_policy(self.against)


def wanted(words: Sequence[str], store: str) -> Wanted:
    """Read ``run=ID``, ``member=N``, ``against=POLICY`` and overrides, with the store of the run.

    Checked, as far as no run is needed for it.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    own = {name: _own(words, name) for name in OWN}
    rest = [word for word in words if word.partition("=")[0] not in OWN]
    if not own["run"]:
        check_overrides(rest)  # before the number, as koc=x is no option and no number
    member = _number(own["member"])
    if own["run"]:
        if rest:
            raise UserError(f"{rest[0]}: run={own['run']} is explained as it was; "
                            f"against='{rest[0]}' explains it beside another policy")  # fmt: skip
        overrides, seed, weeks, title = _stored(own["run"], store)
    else:
        point = one_policy(rest)
        overrides, title = rest, point.policy
        seed, weeks = point.run.seed, point.run.weeks
    overrides = [word for word in overrides if not word.startswith("run.")]
    against: list[str] = []
    if own["against"]:
        against = merged(overrides, policy_overrides(own["against"]))
        check_overrides(against)
        if one_policy(against).fingerprint == one_policy(overrides).fingerprint:
            raise UserError(f"against={own['against']}: that is the same policy")
    return Wanted(
        tuple(overrides), tuple(against), seed, weeks, member, title, own["against"]
    )  # fmt: skip


def other_asked(words: Sequence[str]) -> tuple[str, int, list[str]]:
    """Take ``partner=K`` or ``koc=K`` out of what is asked.

    Returns one of :data:`OTHERS` and the number, ``""`` and 0 where neither is asked about, and the
    other words.

    Raises
    ------
    UserError
        If it is no number from 1, or somebody else is asked about as well.
    """
    # koc=incubate is an option, koc=1 a person
    own = [word for word in words if re.match(r"partner=|koc=-?[0-9]", word)]
    rest = [word for word in words if word not in own]
    if not own:
        return "", 0, rest
    who, _, number = own[-1].partition("=")
    if len(own) > 1 or not re.fullmatch(r"[1-9][0-9]{0,3}", number):
        raise UserError(f"{own[-1]}: one number {OTHERS[who]} is expected, such as {who}=1")
    if any(word.startswith(("member=", "against=")) for word in rest):
        raise UserError(f"{own[0]}: give either a member or a {who}, and no twin to a {who}")
    return who, int(number), rest


def merged(base: Sequence[str], changes: Sequence[str]) -> list[str]:
    """Put overrides on top of others: the same key is replaced, each is there once."""
    found = by_key(base)
    found |= by_key(changes)
    return list(found.values())


def _own(words: Sequence[str], name: str) -> str:
    found = [word.partition("=")[2] for word in words if word.partition("=")[0] == name]
    if len(found) > 1:
        raise UserError(f"{name}= is given twice; keep one")
    if found and not found[0]:
        raise UserError(f"{name}= needs a value")
    return found[0] if found else ""


def _number(text: str) -> int:
    if not text:
        raise UserError("which member? Name her by her number, as in member=7; those of day 0 are "
                        "1 to the initial members")  # fmt: skip
    if not re.fullmatch("[0-9]{1,18}", text) or int(text) < 1:
        raise UserError(f"member={text}: a whole number from 1 is expected")
    return int(text)


def _stored(run: str, folder: str) -> tuple[list[str], int, int, str]:
    """Find a run of the studies of a store by its key or the beginning of it."""
    store = open_store(folder, may_make=False)
    found = {}
    for name in study_names(store):
        plan = load_plan(StudyFolder(store, name))
        for number in range(plan.n_runs):
            if plan.key_of(number).startswith(run):
                found[plan.key_of(number)] = plan, number
    if not found:
        raise UserError(
            f"run={run}: no study of {store.folder} has such a run of this engine; "
            "plaza study export STUDY --to DIR lists them in runs"
        )
    if len(found) > 1:
        raise UserError(f"run={run}: {len(found)} runs begin so; give more letters of the key")
    plan, number = next(iter(found.values()))
    place, seed = plan.run_of(number)
    return plan.overrides(place), seed, plan.weeks, plan.rows[place].policy
