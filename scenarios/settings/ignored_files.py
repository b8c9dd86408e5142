"""Files in ``./plaza-conf`` that look like options and are none: named once a command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from plaza_lab.scenarios.settings.names import shown
from plaza_lab.scenarios.settings.options import (
    GROUPS,
    USER_FOLDER,
    conf_folder,
    nearest,
    user_folder,
)

KNOWN = (*GROUPS, "study")
LIBRARY = ("scenario", "library")
ENDINGS = (".yaml", ".yml", ".yaml.txt", ".yml.txt")
MOST_SHOWN, MOST_LOOKED_AT, MOST_LEVELS = 5, 2_000, 4


def ignored_line() -> str:
    """Name the files that are not read, and say what each lacks.

    Returns
    -------
    str
        One line, empty if every file is read. What an editor hides is passed over.
    """
    folder = user_folder()
    found = [] if folder is None else [*_ignored(folder)]
    if not found:
        return ""
    more = len(found) - MOST_SHOWN
    listed = ", ".join(f"{shown(place)} ({why})" for place, why in found[:MOST_SHOWN])
    return f"not read in {USER_FOLDER}: {listed}" + (f" and {more} more" if more > 0 else "")


def _ignored(folder: Path) -> Iterator[tuple[str, str]]:
    looked_at = 0
    for here, folders, files in os.walk(folder):
        within = Path(here).relative_to(folder).parts
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        if len(within) >= MOST_LEVELS:
            folders.clear()
        for name in sorted(files):
            looked_at += 1
            is_option = name.lower().endswith(ENDINGS) and not name.startswith((".", "#"))
            why = _why(within, name) if is_option else ""
            if why:
                yield "/".join((*within, name)), why
        if looked_at > MOST_LOOKED_AT:
            return


def _why(within: tuple[str, ...], name: str) -> str:
    """Say why a file is not read; empty if it is."""
    if not within:
        return "put it into the folder of a group, as world/"
    if within[0] not in KNOWN:
        if len(within) == 1 and name.endswith(".yaml"):
            return ""  # refused where options are chosen (scenarios/settings/user_options.py)
        near = nearest(within[0], KNOWN).removeprefix("; ")
        return f"{shown(within[0])} is no group of options{f', {near}' if near else ''}"
    if not name.endswith(".yaml"):
        return f"name it {shown(name.split('.')[0])}.yaml"
    if within == LIBRARY:
        is_hidden = conf_folder().joinpath(*within, name).exists()
        return "Plaza has its own scenario of this name" if is_hidden else ""
    return "" if len(within) == 1 else f"options lie in {within[0]}/ itself"
