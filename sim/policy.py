"""The policy: what a strategist chooses, one frozen dataclass per group of levers.

A lever is declared in the file of the mechanism whose thing it is, and a group is put together
from what the mechanisms add to it (:mod:`plaza_lab.sim.levers`). Here stand the groups as a
strategist sees them. Each class, and each enum that a lever takes, is an attribute of this module.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator
from typing import Any, NamedTuple

from plaza_lab.sim.day import PARTS
from plaza_lab.sim.levers import Clash, joined, slices_of


class Group(NamedTuple):
    """A group of levers: its id in the catalogue, what it is about, and its class.

    The class has the name of the group (``DataPolicy`` for ``data_policy``) where none is given.
    """

    pid: str
    doc: str
    cls: str = ""


GROUPS: dict[str, Group] = {
    "incentive": Group(
        "P16", "What is given for contributing; each instrument can run alone or with others."
    ),
    "fund": Group("P17", "Entry-fee pool, dues pool and brand budget."),
    "entry": Group("P09", "The gate between applicants and members."),
    "onboarding": Group("P10, P30", "What happens in a newcomer's first days."),
    "groups": Group("", "Into which groups the members of the community are placed."),
    "network": Group("P31", "Introductions that the operator arranges between members."),
    "comms": Group("P11", "Free chat, a structured problem protocol, and a digest."),
    "content": Group("P12", "Brand posts, their fit and their promotion share."),
    "selling": Group(
        "P13", "Contact items of the selling tactic, over and above the content calendar."
    ),
    "distribution": Group("P14", "Feed order and its ingredients."),
    "moderation": Group("P19", "Review mode, strictness and manner."),
    "stewarding": Group("P18", "Founder hours, members who serve, the paid rota, and hired staff."),
    "acquisition": Group("P08", "How members and money bring newcomers."),
    "koc": Group("P22", "Programme, slots and cost."),
    "partnership": Group("P23, P24", "Choice of partner, campaign and contract."),
    "roles": Group(
        "P32",
        "The loop of value of each role, closed when the role is given what it comes for (M52).",
    ),
    "rules": Group("P20", "Charter, its thresholds, and openness."),
    "climate": Group("P21", "What is done about moods and quarrels."),
    "data_policy": Group(
        "P25", "Masking, encryption, audits and consent; the defaults are the standard policy."
    ),
    "feedback": Group("P29", "Channel, speed of reply, and what becomes of ideas."),
    "crm": Group(
        "P27", "Segments and offers, stage messages, win-back, and rights across channels."
    ),
    "monetisation": Group("P28", "Income from the community, and what of it goes back."),
    "events": Group(
        "P15",
        "Online, expert, offline and immersive events, co-creation, charity, and topic prompts.",
    ),
    "insiders": Group("", "Members who work for the brand, a partner or a supplier."),
    "trading": Group("", "Deals between members: where, certified by whom, and what of disputes."),
    "assembly": Group("", "Orders for which members gather, work to a deadline and share."),
    "game": Group("", "Small tasks, random rewards, and missions across sub-groups."),
    "service": Group("P26", "Coverage hours, assistant, self-service, languages."),
    "culture": Group("P31", "How much is done for a culture of one's own."),
    "programme": Group("P30", "Everything at once, or stage by stage.", "StageProgramme"),
    "alerts": Group(
        "P33", "Live monitoring with a traffic light, and the interventions that follow it."
    ),
    "hosting": Group("P01", "The places the community lives in."),
    "steering": Group("P01", "How much the brand does itself, and how it holds to that."),
}
"""Groups by the name under which they are set, in the order they are shown."""


def _classes() -> Iterator[tuple[str, type]]:
    """Put each group together."""
    slices = [found for part in PARTS for found in slices_of(part)]
    for where, cls in slices:
        if where not in GROUPS:
            raise ValueError(f"{cls.__module__} has levers of {where!r}, which is no group")
    for name, group in GROUPS.items():
        own = [cls for where, cls in slices if where == name]
        called = group.cls or name.title().replace("_", "")
        yield name, joined(called, group.doc, __name__, own)


def _enums(classes: dict[str, type]) -> dict[str, type]:
    """Enums that the levers take, by name."""
    defaults = (field.default for cls in classes.values() for field in dataclasses.fields(cls))
    return {type(value).__name__: type(value) for value in defaults if isinstance(value, enum.Enum)}


CLASSES: dict[str, type] = dict(_classes())
"""Group name to dataclass."""


def _during(self: Any, *, weeks: Any = None, days: Any = None) -> Any:
    """Let this policy hold for a time, see :func:`plaza_lab.sim.changes.during`."""
    from plaza_lab.sim.changes import during

    return during(self, weeks, days)


def _when(self: Any, condition: str) -> Any:
    """Let this policy hold while something is seen: ``policy.when("active_share<0.3")``."""
    from plaza_lab.sim.changes import when

    return when(self, condition)


Policy: Any = dataclasses.make_dataclass(
    "Policy",
    [(name, cls, dataclasses.field(default_factory=cls)) for name, cls in CLASSES.items()],
    frozen=True,
    namespace={
        "__doc__": "All levers of one policy.", "__module__": __name__, "during": _during,
        "when": _when,
    },
)  # fmt: skip

globals().update({cls.__name__: cls for cls in CLASSES.values()})
globals().update(_enums(CLASSES))


def __getattr__(name: str) -> Any:
    """Tell type checkers that groups and enums are attributes; reached only when one is not."""
    raise AttributeError(f"no group of levers, and no enum of theirs, is called {name}")


class IncompatiblePolicy(ValueError):
    """Two levers contradict each other."""


def check_policy(policy: Policy) -> None:
    """Refuse combinations that cannot work (validity rules of mechanisms.md 6.1).

    Each slice of levers says in its method ``clashes`` what it cannot go with.

    Parameters
    ----------
    policy : Policy
        The policy.

    Raises
    ------
    IncompatiblePolicy
        With one line: the group, why it clashes, and what would be right.
    """
    for name in GROUPS:
        group = getattr(policy, name)
        for is_broken, line in group.clashes(policy) if hasattr(group, "clashes") else ():
            if is_broken:
                raise IncompatiblePolicy(f"{name}: {line}")


__all__ = ["CLASSES", "GROUPS", "Clash", "Group", "IncompatiblePolicy", "Policy", "check_policy"]
