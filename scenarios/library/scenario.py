"""A scenario as data: a question, arms to compare, and the directions that are expected."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.yaml_file import yaml_content
from plaza_lab.scenarios.settings.names import check_option
from plaza_lab.scenarios.settings.options import (
    USER_FOLDER,
    conf_folder,
    nearest,
    option_of,
    user_folder,
)

FOLDER = "scenario/library"
KEYS = (
    "id", "question", "weeks", "seeds", "settings", "arms", "expect", "read", "figures",
    "mechanisms",
)  # fmt: skip
PARTS = (
    "says", "source", "measure", "weeks", "arm", "minus", "against", "against_weeks",
    "against_minus", "sign", "within",
)  # fmt: skip
SIGNS = ("higher", "lower", "equal")
INFERRED = "inferred"
SEEDS, WEEKS, MOST_WEEKS = 30, 52, 520
Window = tuple[int, int]


@dataclass(frozen=True)
class Expectation:
    """A direction that is expected of the runs.

    Parameters
    ----------
    says : str
        The direction in words.
    source : str
        Name of the source that states it, or ``"inferred"``.
    measure : str
        An outcome of a run, a daily metric, or ``a / b`` of daily metrics (``a + b / c`` divides
        the sum).
    arm : str
        The arm it is about.
    against : str or float
        The arm it is compared with, by seed, or a level.
    sign : str
        One of :data:`SIGNS`: how `arm` is, compared with `against`.
    weeks, against_weeks : tuple of int, optional
        First and last week, from 1, over which a daily metric is taken; default: the whole run,
        and the same weeks on the other side.
    minus, against_minus : str, optional
        An arm that is subtracted on each side, so that effects are compared; default: none, and
        the same on the other side.
    within : float
        For ``equal``: the difference that still counts as none.
    """

    says: str
    source: str
    measure: str
    arm: str
    against: str | float
    sign: str
    weeks: Window | None = None
    against_weeks: Window | None = None
    minus: str = ""
    against_minus: str = ""
    within: float = 0.0

    @property
    def is_inferred(self) -> bool:
        """Whether only the model's logic suggests it."""
        return self.source == INFERRED

    @property
    def arms(self) -> tuple[str, ...]:
        """Every arm it needs."""
        named = (self.arm, self.against, self.minus, self.against_minus)
        return tuple(dict.fromkeys(arm for arm in named if isinstance(arm, str) and arm))

    @property
    def compared(self) -> str:
        """What is subtracted from what, in short: ``fund - volunteers, weeks 40-52``."""
        left, right = _difference(self.arm, self.minus), self.against
        if isinstance(right, float):
            return f"{left} against {right:,g}{_weeks_text(self.weeks)}"
        right = _difference(right, self.against_minus)
        if self.weeks == self.against_weeks:
            return f"{left} - {right}{_weeks_text(self.weeks)}"
        return f"{left}{_weeks_text(self.weeks)} - {right}{_weeks_text(self.against_weeks)}"


def _difference(arm: str, minus: str) -> str:
    return f"({arm} - {minus})" if minus else arm


def _weeks_text(weeks: Window | None) -> str:
    if weeks is None:
        return ""
    first, last = weeks
    return f" in week {first}" if first == last else f" in weeks {first}-{last}"


@dataclass(frozen=True)
class Scenario:
    """A question of the library.

    Parameters
    ----------
    name : str
        Name of its file.
    id : str
        Id in the catalogue, may be empty.
    question : str
        One sentence.
    weeks, seeds : int
        How long every run is, and how many seeds pair the arms.
    settings : tuple of str
        Overrides that hold for every arm.
    arms : dict of str to tuple of str
        Name of an arm to its overrides.
    expectations : tuple of Expectation
        What is expected.
    read, figures, mechanisms : tuple of str
        Ids of metrics to read, of figures that set it up, of the mechanisms it is about.
    """

    name: str
    id: str
    question: str
    weeks: int
    seeds: int
    settings: tuple[str, ...]
    arms: dict[str, tuple[str, ...]]
    expectations: tuple[Expectation, ...]
    read: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()


def scenario_files() -> dict[str, Path]:
    """Find the scenario files by name, in the order of the catalogue's ids where they have one.

    Plaza's own come before the user's.
    """
    found: dict[str, Path] = {}
    for folder in (conf_folder(), user_folder()):
        if folder is not None:
            for file in sorted((folder / FOLDER).glob("[!.]*.yaml")):
                found.setdefault(option_of(file), file)
    return dict(sorted(found.items(), key=lambda item: _place(item[1])))


def _place(file: Path) -> tuple[str, str]:
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    found = re.search(r"^id: *(\S+)", text, re.M)
    return (found[1] if found else "~", option_of(file))


def read_scenario(name: str) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    name : str
        Name or id of one of the library, or a YAML file.

    Returns
    -------
    Scenario
        Its form is checked; its settings may wait for options that are not there.

    Raises
    ------
    UserError
        With the file and the first mistake in it.
    """
    file = Path(name)
    if file.suffix not in (".yaml", ".yml"):
        files, name = scenario_files(), unicodedata.normalize("NFC", name)
        by_id = {_place(path)[0].lower(): path for path in files.values()}
        if name not in files and name.lower() not in by_id:
            near = nearest(name, files) or "; plaza scenario list names them"
            raise UserError(
                f"{name!r} is no scenario of the library{near} (your own: "
                f"{USER_FOLDER}/{FOLDER}/<name>.yaml, or the path of a .yaml file)"
            )
        file = files.get(name) or by_id[name.lower()]
    try:
        return scenario_of(yaml_content(file), option_of(file))
    except UserError as wrong:
        text = str(wrong)
        raise UserError(text if text.startswith(str(file)) else f"{file}: {text}") from wrong


def scenario_of(content: Mapping[str, Any], name: str) -> Scenario:
    """Make a scenario of what stands in its file; checked as far as its form goes.

    Raises
    ------
    UserError
        With the first mistake.
    """
    _known(content, KEYS, "a scenario")
    question = str(content.get("question") or "")
    if not question.endswith("?"):
        raise UserError("question: one sentence that ends with a question mark is expected")
    settings = _words(content.get("settings"), "settings")
    for word in settings:
        if word.startswith("run."):
            raise UserError(f"settings: {word}: write weeks: and seeds: instead of run.*")
    arms = _arms(content.get("arms"), settings)
    weeks = _whole(content, "weeks", WEEKS, MOST_WEEKS)
    listed = content.get("expect") or []
    if not isinstance(listed, list) or not listed:
        raise UserError("expect: a list of expectations is needed, at least one")
    expectations = []
    for place, item in enumerate(listed, start=1):
        try:
            expectations.append(_expectation(item, arms, weeks))
        except UserError as wrong:
            raise UserError(f"expectation {place}: {wrong}") from wrong
    return Scenario(
        check_option(name, "a scenario"), str(content.get("id") or ""), question, weeks,
        _whole(content, "seeds", SEEDS, 100_000), settings, arms, tuple(expectations),
        *(_ids(content, key) for key in ("read", "figures", "mechanisms")),
    )  # fmt: skip


def _arms(given: Any, settings: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, Mapping) or not given:
        raise UserError("arms: lines of 'name: overrides' are needed, such as 'prize: "
                        "incentive=weekly_prize'")  # fmt: skip
    held = {word.partition("=")[0] for word in settings}
    arms: dict[str, tuple[str, ...]] = {}
    seen: dict[frozenset[str], str] = {}
    for name, value in given.items():
        arms[str(name)] = _words(value, f"arm {name}")
        for word in arms[str(name)]:
            if word.startswith("run."):
                raise UserError(f"arm {name}: {word}: all arms run equally long at the same seeds")
            if word.partition("=")[0] in held:
                raise UserError(f"arm {name} sets {word}, and settings do so too; keep one")
        twin = seen.setdefault(frozenset(arms[str(name)]), str(name))
        if twin != name:
            raise UserError(f"arms {twin} and {name} are the same; every difference would be zero")
    return arms


def _expectation(item: Any, arms: Mapping[str, Any], most: int) -> Expectation:
    if not isinstance(item, Mapping):
        raise UserError("lines of 'name: value' are expected, such as 'sign: higher'")
    _known(item, PARTS, "an expectation")
    for key in ("says", "source", "measure", "arm", "sign"):
        if not item.get(key):
            raise UserError(f"{key} is missing")
    if item["sign"] not in SIGNS:
        near = nearest(str(item["sign"]), SIGNS) or f"; choose one of {', '.join(SIGNS)}"
        raise UserError(f"{item['sign']!r} is no sign{near}")
    within = item.get("within", 0.0)
    if item["sign"] == "equal" and not (isinstance(within, (int, float)) and within > 0):
        raise UserError("sign: equal needs within:, the difference that still counts as none")
    if item["sign"] != "equal" and "within" in item:
        raise UserError("within goes with sign: equal only")
    against = item.get("against")
    if isinstance(against, (int, float)) and not isinstance(against, bool):
        against = float(against)
    elif not isinstance(against, str):
        raise UserError("against: an arm or a number is expected")
    weeks, other = (_window(item.get(key), key, most) for key in ("weeks", "against_weeks"))
    minus = str(item.get("minus") or "")
    found = Expectation(
        " ".join(str(item["says"]).split()), str(item["source"]), str(item["measure"]),
        str(item["arm"]), against, str(item["sign"]), weeks, other or weeks, minus,
        str(item.get("against_minus") or minus), float(within),
    )  # fmt: skip
    for arm in found.arms:
        if arm not in arms:
            near = nearest(arm, arms) or f"; there are {', '.join(arms)}"
            raise UserError(f"{arm!r} is no arm{near}")
    left, right = (found.arm, weeks, minus), (against, found.against_weeks, found.against_minus)
    if left == right:
        raise UserError(f"{found.arm} is compared with itself; name another arm or other weeks")
    return found


def _window(value: Any, key: str, most: int) -> Window | None:
    if value is None:
        return None
    is_pair = isinstance(value, list) and len(value) == 2 and all(type(w) is int for w in value)
    if not is_pair or not 1 <= value[0] <= value[1]:
        raise UserError(f"{key}: {value!r} is no span of weeks; write [first, last], from 1")
    if value[1] > most:
        raise UserError(f"{key}: week {value[1]} is beyond the {most} weeks of the runs")
    return value[0], value[1]


def _words(value: Any, what: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError as wrong:
            raise UserError(f"{what}: {value!r} cannot be read: {wrong}") from wrong
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise UserError(f"{what}: overrides are expected, such as 'incentive=points fund=dues'")
    return tuple(value)


def _whole(content: Mapping[str, Any], key: str, default: int, most: int) -> int:
    value = content.get(key, default)
    if type(value) is not int or not 1 <= value <= most:
        raise UserError(f"{key}: {value!r} is no whole number from 1 to {most:,}")
    return value


def _ids(content: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = content.get(key) or []
    if not isinstance(value, list) or not all(re.fullmatch(r"[A-Z]\d+", str(v)) for v in value):
        raise UserError(f"{key}: a list of ids is expected, such as [T21, T58]")
    return tuple(map(str, value))


def _known(content: Mapping[str, Any], keys: tuple[str, ...], what: str) -> None:
    for key in content:
        if key not in keys:
            near = nearest(str(key), keys) or f"; it may hold {', '.join(keys)}"
            raise UserError(f"{key!r} is no part of {what}{near}")
