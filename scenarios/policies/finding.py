"""A finding about a policy, and reading settings that a version may not have."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ERROR, WARNING = "error", "warning"
CONTRADICTION, MONEY, LOOPHOLE = "contradiction", "money", "loophole"


@dataclass(frozen=True)
class Finding:
    """Something wrong with a policy.

    Parameters
    ----------
    severity : str
        ``error`` for what cannot work, ``warning`` for what may be meant and mostly is not.
    kind : str
        ``contradiction``, ``money``, ``loophole`` or ``inert``.
    settings : tuple of str
        ``group.field=value`` that lead to it.
    rule : str
        What is wrong.
    remedy : str
        What would be right.
    """

    severity: str
    kind: str
    settings: tuple[str, ...]
    rule: str
    remedy: str


@dataclass(frozen=True)
class Asked:
    """What is looked at.

    Parameters
    ----------
    policy : Policy
        The levers.
    world : World
        What nobody chooses.
    members : int
        Expected size.
    weeks : int
        Weeks that are planned.
    population : Population, optional
        Who is there on day 0; default: the shipped one, of that size.
    """

    policy: Any
    world: Any
    members: int
    weeks: int
    population: Any = None

    def get(self, path: str, absent: Any = 0) -> Any:
        """Return a setting, or `absent` where this version has none of that name.

        `path` is ``group.field`` of the policy, or ``world.group.field``.
        """
        names = path.split(".")
        record = self.world if names[0] == "world" else self.policy
        for name in names[1:] if names[0] == "world" else names:
            if not hasattr(record, name):
                return absent
            record = getattr(record, name)
        return record

    def is_at(self, path: str, *names: str) -> bool:
        """Return whether an enum setting is there and has one of these names."""
        value = self.get(path, None)
        return isinstance(value, enum.Enum) and value.name.lower() in names

    def shown(self, *paths: str) -> tuple[str, ...]:
        """Write settings as overrides; those this version does not have are left out."""
        found = []
        for path in paths:
            value = self.get(path, None)
            if value is not None:
                found.append(f"{path}={value_text(value)}")
        return tuple(found)


def value_text(value: Any) -> str:
    """Write a value as it stands in an override."""
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(value_text, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def yuan(cents: float) -> str:
    """Write cents as yuan: ``1,153.85 yuan``, ``100,000 yuan``."""
    amount = round(cents / 100.0, 2)
    text = f"{amount:,.0f}" if amount == int(amount) or abs(amount) >= 10_000 else f"{amount:,.2f}"
    return f"{text} yuan"


def responsible(policy: Any, group: str, line: str) -> tuple[str, ...]:
    """Find the settings without which the clash `line` of a lever group would not be there.

    They differ from their default, which would end the clash.
    """
    found = []
    for own in dataclasses.fields(policy):
        levers = getattr(policy, own.name)
        for field in dataclasses.fields(levers):
            value, default = getattr(levers, field.name), field.default
            if default is dataclasses.MISSING or value == default:
                continue
            changed = dataclasses.replace(levers, **{field.name: default})
            other = dataclasses.replace(policy, **{own.name: changed})
            if (True, line) not in getattr(other, group).clashes(other):
                found.append(f"{own.name}.{field.name}={value_text(value)}")
    return tuple(found)


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Order findings: errors first, as found otherwise."""
    return sorted(findings, key=lambda finding: finding.severity != ERROR)
