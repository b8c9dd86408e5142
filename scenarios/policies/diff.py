"""What two policies differ in, in words: money in yuan, rates as shares."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plaza_lab.agents.quantity import doc_of
from plaza_lab.scenarios.policies.finding import yuan
from plaza_lab.scenarios.settings.composing import Composed
from plaza_lab.scenarios.settings.config import Config
from plaza_lab.scenarios.settings.options import option_files, plain_meaning


@dataclass(frozen=True)
class Difference:
    """One setting that differs: where it is set, what it is, and both values in words.

    ``group`` is a lever group, ``population`` or a group of the world; ``unit`` is as declared.
    """

    group: str
    setting: str
    doc: str
    first: str
    second: str
    unit: str = ""


def choices_that_differ(first: Composed, second: Composed) -> list[tuple[str, str, str, str, str]]:
    """Return the groups in which two configurations chose other options.

    Group, both options, and what both mean.
    """
    found = []
    for group, option in first.choices.items():
        other = second.choices.get(group, "")
        if option != other:
            files = option_files(group)
            said = [plain_meaning(files[name]) if name in files else "" for name in (option, other)]
            found.append((group, option, other, *said))
    return found  # type: ignore[return-value]


def differences(first: Config, second: Config) -> Iterator[Difference]:
    """Yield every setting that differs, as declared; how much is run is left out."""
    for own in dataclasses.fields(first.policy):
        yield from _of(own.name, *(getattr(c.policy, own.name) for c in (first, second)))
    yield from _of("population", first.population, second.population)
    for own in dataclasses.fields(first.world):
        path = f"world.{own.name}"
        yield from _of(path, *(getattr(c.world, own.name) for c in (first, second)))
    if first.model is not None and second.model is not None:
        for one, other in zip(first.model.own, second.model.own, strict=True):
            for part, same in zip(one.chosen, other.chosen, strict=True):
                yield from _of(one.name, part, same) if part is not None else ()


def _of(group: str, first: Any, second: Any) -> Iterator[Difference]:
    for own in dataclasses.fields(first):
        a, b = getattr(first, own.name), getattr(second, own.name)
        if a != b:
            yield Difference(
                group, f"{group}.{own.name}", doc_of(type(first), own.name),
                _in_words(a, own.metadata), _in_words(b, own.metadata),
                str(own.metadata["unit"]),
            )  # fmt: skip


def _in_words(value: Any, declared: Mapping[str, Any]) -> str:
    """Write a value as people say it, with the unit it was declared with.

    ``10 yuan/member/month``, ``50 %``, ``yes``, ``structured``.
    """
    unit = str(declared["unit"])
    if isinstance(value, enum.Enum):
        return value.name.lower().replace("_", " ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(f"{element:g}" for element in value)
    if isinstance(value, str):
        return value or "empty"
    if unit.startswith("cents"):
        return yuan(value) + unit_said(unit.removeprefix("cents"))
    is_share = unit == "share" or (
        unit == "1" and isinstance(value, float) and (declared["low"], declared["high"]) == (0, 1)
    )
    if is_share:
        return f"{100 * value:.4g} %"
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"
    return number if unit == "1" else f"{number} {unit_said(unit).lstrip()}"


def unit_said(unit: str) -> str:
    """Write a unit as people say it: ``/member/month`` and ``1/day`` become `` a ...``."""
    return unit.removeprefix("1").replace("/", " a ")
