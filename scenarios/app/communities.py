"""Communities one can pick: shipped ones, worlds fitted to records, and what stands in the link."""

from __future__ import annotations

from dataclasses import dataclass

from plaza_lab.scenarios.app.question import Words, value_in
from plaza_lab.scenarios.language import marked
from plaza_lab.scenarios.settings.options import conf_folder, option_files, plain_meaning

LARGE = ("million",)
"""Populations with which a page would wait for minutes."""
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
        Community(name, SHIPPED, (f"population={name}",), plain_meaning(file))
        for name, file in option_files("population").items()
        if name not in LARGE
    ]
    found.sort(key=lambda one: one.name != "learning_500")
    found += [
        Community(name, PRESET, (f"scenario={name}",), plain_meaning(file))
        for name, file in option_files("scenario").items()
        if name != "none"
    ]
    found += [
        Community(name, FITTED, (f"world={name}",), plain_meaning(file))
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
