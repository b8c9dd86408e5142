"""The user's own option files in ``./plaza-conf``: looked at before Hydra meets them.

Files that look like options and are none are named once a command.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.names import check_option, shown, twin_in
from plaza_lab.scenarios.settings.options import (
    GROUPS,
    LEVERS,
    USER_FOLDER,
    conf_folder,
    nearest,
    option_files,
    user_folder,
)
from plaza_lab.scenarios.settings.resolvers import is_trusted

if TYPE_CHECKING:
    from plaza_lab.scenarios.files.yaml_file import YamlFile

PACKAGE, GLOBAL = "@package", "# @package _global_"
HEAD, HEAD_LETTERS = re.compile(r"#\s*@"), 512
"""What Hydra takes for a head, and how far it reads for it."""
KNOWN = (*GROUPS, "study")
MOST_VALUES = 10_000
"""Ten times the settings there are; Hydra takes a while for each."""
LIBRARY = ("scenario", "library")
ENDINGS = (".yaml", ".yml", ".yaml.txt", ".yml.txt")
MOST_SHOWN, MOST_LOOKED_AT, MOST_LEVELS = 5, 2_000, 4
BASELINE = "default"
"""What ``policies=[default]`` means, whatever is in ``plaza-conf``."""


def check_user_folder() -> None:
    """Refuse folders that are no group, names that are none, and files that others would hide.

    Raises
    ------
    UserError
        With the folder or file.
    """
    folder = user_folder()
    if folder is not None:
        _check_files(tuple(sorted(folder.glob("[!.]*/[!.]*.yaml"))))


@lru_cache(maxsize=4)
def _check_files(files: tuple[Path, ...]) -> None:
    for file in files:
        group, place = file.parent.name, f"{USER_FOLDER}/{file.parent.name}/{shown(file.name)}"
        if group not in KNOWN:
            near = nearest(group, KNOWN)
            raise UserError(f"{place}: {shown(group)} is no group of options{near}")
        name = _checked(file.stem, place)
        first = option_files(group).get(name)
        if first != file:
            is_own = first is not None and first.parent != file.parent
            why = "another file has this name, its accents written in another way"
            why = f"Plaza has its own {group}={name}" if is_own else why
            raise UserError(f"{place}: {why}; give your file another name")
        twin = twin_in(name, option_files(group))
        if twin:
            raise UserError(f"{place}: {group}={twin} is there, and some computers take the two "
                            "names for one; give your file another name")  # fmt: skip
        if name == BASELINE and group in (*LEVERS, "scenario"):
            raise UserError(f"{place}: policies=[{BASELINE}] is the configuration without any "
                            "choice; give your file another name")  # fmt: skip


def _checked(name: str, place: str) -> str:
    try:
        return check_option(name)
    except UserError as wrong:
        raise UserError(f"{place}: {wrong}") from wrong


def check_user_file(group: str, name: str) -> None:
    """Refuse an option file of the user that cannot be read; one of Plaza's own is not looked at.

    Raises
    ------
    UserError
        With the file, and the line where it is known.
    """
    folder = user_folder()
    file = option_files(group).get(name)
    if folder is None or file is None or file.parent != folder / group:
        return
    read_option(file)
    _refuse_circle((group, name), ())


def read_option(file: Path) -> YamlFile:
    """Read ``plaza-conf/<group>/<option>.yaml``, an option file of the user.

    Its numbers and flags are such; whether there are settings of these names, and their bounds, is
    found when the whole is composed.

    Raises
    ------
    UserError
        With the file, and the line where it is known.
    """
    stat = file.stat() if file.exists() else None
    as_it_stands = stat and (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return _read(file, as_it_stands, is_trusted())


@lru_cache(maxsize=64)
def _read(file: Path, as_it_stands: object, trusts: bool) -> YamlFile:
    from plaza_lab.scenarios.files.yaml_file import read_yaml
    from plaza_lab.scenarios.settings.declared_settings import text_for_number

    found = read_yaml(file, f"{USER_FOLDER}/{file.parent.name}/{file.name}", MOST_VALUES)
    group = file.parent.name
    if group == "scenario" and GLOBAL not in found.text:
        raise UserError(f"{found.shown}: a scenario begins with the line {GLOBAL!r}")
    _check_defaults(found)
    package = package_of(found, group)
    for path, value in _leaves(found.content, ()):
        key = ".".join([*package, *(step for step in path if isinstance(step, str))])
        wrong = text_for_number(key, value)
        if wrong:
            line = found.line_of(path)
            raise UserError(f"{found.shown}: {key}: {wrong} (line {line})")
    return found


def package_of(found: YamlFile, group: str) -> list[str]:
    """Return where the values of a group's option file go: to its group, or where its head says.

    Names on the way down from the root, where it is empty.

    Raises
    ------
    UserError
        If the head names no place, or several.
    """
    named, is_head = group, True
    for line in map(str.strip, found.text[:HEAD_LETTERS].splitlines()):
        is_head = is_head and (not line or HEAD.match(line) is not None)
        words = line.lstrip("# \t").split()
        if line[:1] not in ("", "#"):
            break
        if is_head and line and (len(words) != 2 or "\t" in line):
            raise UserError(f"{found.shown}: write {words[0]} and one name, as in {GLOBAL!r}")
        if words[:1] == [PACKAGE]:
            if not is_head:
                raise UserError(f"{found.shown}: {PACKAGE} stands in the first line, as in "
                                f"{GLOBAL!r}, before other comments")  # fmt: skip
            named = words[1]
    return [] if named == "_global_" else named.removeprefix("_global_.").split(".")


def _check_defaults(found: YamlFile) -> None:
    defaults, chosen = found.content.get("defaults", []), set[str]()
    for item in defaults if isinstance(defaults, list) else [None]:
        values = list(item.values()) if isinstance(item, Mapping) else [item]
        names = values[0] if len(values) == 1 and isinstance(values[0], list) else values
        is_group = isinstance(item, Mapping) and isinstance(next(iter(item), None), str)
        is_off = is_group and names == [None]  # "fund: null" takes nothing in
        is_named = all(isinstance(name, str) and name for name in names)
        if len(values) != 1 or not (is_off or is_named) or not _is_spelt(item):
            raise UserError(f"{found.shown}, line {found.line_of(('defaults',))}: defaults is a "
                            "list of options, as '- override /fund: dues'")  # fmt: skip
        key = next(iter(item)) if isinstance(item, Mapping) else ""
        if key in chosen:
            raise UserError(f"{found.shown}, line {found.line_of(('defaults',))}: {key!r} stands "
                            "twice in defaults; keep one of the two")  # fmt: skip
        chosen |= {key} - {""}


def _is_spelt(item: Any) -> bool:
    """Whether the group of a defaults list is there, without blanks around it."""
    return not isinstance(item, Mapping) or all(str(key).strip() == key != "" for key in item)


def _leaves(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if path or name != "defaults":
                yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number))
    else:
        yield path, value


def _refuse_circle(option: tuple[str, str], above: tuple[tuple[str, str], ...]) -> None:
    """Refuse ``defaults`` of the user's files that lead back to where they came from."""
    folder = user_folder()
    if option in above:
        circle = " -> ".join("=".join(one) for one in (*above[above.index(option) :], option))
        raise UserError(f"{USER_FOLDER}/{'/'.join(option)}.yaml: its defaults lead in a circle: "
                        f"{circle}; take one of them out")  # fmt: skip
    group, name = option
    file = option_files(group).get(name) if group in KNOWN else None
    if folder is None or file is None or file.parent != folder / group:
        return
    for inner in _included(read_option(file).content.get("defaults"), group):
        _refuse_circle(inner, (*above, option))


def _included(defaults: Any, group: str) -> Iterator[tuple[str, str]]:
    """Yield the options that a defaults list takes in, as ``points`` or ``/fund: dues``."""
    for item in defaults if isinstance(defaults, list) else ():
        if isinstance(item, str) and item != "_self_":
            where, _, name = item.partition("@")[0].rpartition("/")
            yield _whole(where, group), name
        elif isinstance(item, Mapping):
            for key, value in item.items():
                *words, where = str(key).partition("@")[0].split() or [""]
                if "override" not in words:
                    for name in value if isinstance(value, list) else [value]:
                        yield _whole(where, group), str(name)


def _whole(where: str, group: str) -> str:
    """Return a group of a defaults list, which is told from the group of its file on."""
    if where.startswith("/"):
        return where.strip("/")
    return f"{group}/{where}" if where else group


def ignored_line() -> str:
    """Name the files that are not read, and what each lacks, in one line; empty if all are read.

    What an editor hides is passed over.
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
            return ""  # refused where options are chosen
        near = nearest(within[0], KNOWN).removeprefix("; ")
        return f"{shown(within[0])} is no group of options{f', {near}' if near else ''}"
    if not name.endswith(".yaml"):
        return f"name it {shown(name.split('.')[0])}.yaml"
    if within == LIBRARY:
        is_hidden = conf_folder().joinpath(*within, name).exists()
        return "Plaza has its own scenario of this name" if is_hidden else ""
    return "" if len(within) == 1 else f"options lie in {within[0]}/ itself"
