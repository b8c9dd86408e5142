"""What can be chosen: the option files of every config group, read from their folders.

Imports nothing heavy, so that ``plaza --help`` can list them at once.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

IDS = re.compile(r"\s*\([^()]*\b[A-Z][0-9]{2,3}\b[^()]*\)")
"""Numbers of mechanisms and sources, in brackets."""
LEVERS = (
    "incentive",
    "fund",
    "entry",
    "onboarding",
    "groups",
    "network",
    "comms",
    "content",
    "selling",
    "distribution",
    "moderation",
    "stewarding",
    "acquisition",
    "koc",
    "partnership",
    "roles",
    "rules",
    "climate",
    "data_policy",
    "feedback",
    "crm",
    "monetisation",
    "events",
    "insiders",
    "trading",
    "assembly",
    "game",
    "service",
    "culture",
    "programme",
    "alerts",
    "hosting",
    "steering",
)
BUNDLES = (
    "mode", "goal", "structure", "interaction", "management", "archetype", "scope", "business",
)  # fmt: skip
"""Groups whose options set levers of several groups; a later one wins over an earlier one."""
GROUPS = (*LEVERS, "calibration", "world", "shocks", "rivals", "population", *BUNDLES, "scenario")
USER_FOLDER = "plaza-conf"


def conf_folder() -> Path:
    """Return the folder of Plaza's own option files: beside ``scenarios``, as in a checkout."""
    return Path(__file__).resolve().parents[2] / "conf"


def user_folder() -> Path | None:
    """Return ``plaza-conf`` of the working directory, or None if there is none."""
    folder = Path.cwd() / USER_FOLDER
    return folder if folder.is_dir() else None


def option_files(group: str) -> dict[str, Path]:
    """Find the options of a group of `GROUPS`, Plaza's own first, then the user's.

    Option name to file, each folder in alphabetical order; files that an editor hides are left out.
    """
    found: dict[str, Path] = {}
    for folder in (conf_folder(), user_folder()):
        if folder is not None:
            for file in sorted((folder / group).glob("[!.]*.yaml")):
                if file.name.isprintable():  # else user_options refuses it
                    found.setdefault(option_of(file), file)
    return found


def option_of(file: Path) -> str:
    """Return the name of an option's file, accents in one piece as keyboards write them."""
    return unicodedata.normalize("NFC", file.stem)


def option_names(group: str) -> list[str]:
    """Return the names of the options of a group."""
    return list(option_files(group))


def meaning(file: Path) -> str:
    """Return the comment that heads an option file, or an empty text.

    It comes without its hash sign; lines that speak to Hydra (``# @``) are passed over.
    """
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            text = line.strip()
            if text.startswith("#") and not text.lstrip("# ").startswith("@"):
                return text.lstrip("# ")
            if text and not text.startswith("#"):
                break
    return ""


def plain_meaning(file: Path) -> str:
    """Return :func:`meaning` without the numbers of mechanisms and sources in brackets."""
    return IDS.sub("", meaning(file))


def groups_with_option(name: str) -> list[str]:
    """Return the lever groups that have an option of this name."""
    return [group for group in LEVERS if name in option_files(group)]


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest what was perhaps meant: ``"; did you mean x or y?"``, or an empty text."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), folded, n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(folded[item] for item in near)}?" if near else ""
