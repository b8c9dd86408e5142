"""Communities one can pick: shipped ones, worlds fitted to records, and what stands in the link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from plaza_lab.scenarios.app.question import Words, value_in
from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.settings.options import conf_folder, meaning, option_files

LARGE = ("million",)
"""Populations with which a page would wait for minutes."""
IDS = re.compile(r"\s*\([^()]*\b[A-Z][0-9]{2,3}\b[^()]*\)")
SHIPPED, FITTED, PRESET = marked("shipped"), marked("fitted"), marked("preset")


@dataclass(frozen=True)
class Community:
    """A community.

    Parameters
    ----------
    name : str
        Option that makes it.
    kind : str
        Shipped population, preset, or fitted.
    words : tuple of str
        Overrides that make it.
    meaning : str
        One line.
    """

    name: str
    kind: str
    words: Words
    meaning: str


def communities() -> list[Community]:
    """Return what there is to pick, read anew: a fit may just have been finished."""
    found = [
        Community(name, SHIPPED, (f"population={name}",), meaning_of(file))
        for name, file in option_files("population").items()
        if name not in LARGE
    ]
    found.sort(key=lambda one: one.name != "learning_500")
    found += [
        Community(name, PRESET, (f"scenario={name}",), meaning_of(file))
        for name, file in option_files("scenario").items()
        if name != "none"
    ]
    found += [
        Community(name, FITTED, (f"world={name}",), meaning_of(file))
        for name, file in option_files("world").items()
        if not file.is_relative_to(conf_folder())
    ]
    return found


def community_of(words: Words) -> str:
    """Name of the community that overrides make; that of the default where they name none."""
    for group in ("scenario", "world", "population"):
        if (name := value_in(words, group)) is not None:
            return name
    return "learning_500"


def meaning_of(file: Path) -> str:
    """Return what an option means, without the ids of the catalogue."""
    return IDS.sub("", meaning(file))
