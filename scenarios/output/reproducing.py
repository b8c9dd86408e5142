"""``plaza reproduce``: a kept result is made again, and held against what was kept."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.manifest import MANIFEST, MARK, MOST_BYTES, changed_since
from plaza_lab.scenarios.settings.names import check_name
from plaza_lab.scenarios.settings.resolvers import FLAG
from plaza_lab.scenarios.store import another_store

OUT = ("run", "compare", "demo", "wait", "remain", "sweep", "optimise", "validate")
"""Verbs whose folder is set by ``run.out``."""
TO = {"try": "--to", "attribute": "--to", "policy": "--to", "scenario": "--save"}
"""Those that keep their answer in the folder of a flag."""
STUDY, AND = "study", "&&"
DATA = (".parquet", ".csv", ".json")
"""What is held against what was kept; pictures and pages say when they were made."""
SETTLED_HERE = ("run.out", "run.overwrite", "run.report", "store", "--no-report", "--json")
FLAGS_HERE = ("--to", "--save", "--store")
"""Where it is kept, which changes no value."""
LAUNCHER = ("hydra/launcher", "hydra.launcher.")
MOST_COLUMNS = 4


@dataclass(frozen=True)
class Kept:
    """What a manifest tells of a result: where it lies, commands, data with digests, versions."""

    folder: Path
    commands: tuple[tuple[str, ...], ...]
    data: dict[str, str]
    code: str
    versions: dict[str, str]


def reproduce(arguments: Sequence[str]) -> int:
    """``plaza reproduce``: make a result again and say whether it is the same.

    Returns 0 if every table holds the same values, 1 if one differs, else as the command itself.

    Raises
    ------
    UserError
        With one line, where nothing can be made again.
    """
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise UserError("which result? name its folder, as in: plaza reproduce plaza-out/demo-...")
    from plaza_lab.scenarios.command_line.printing import say

    kept = _read_kept(Path(arguments[0]))
    say(f"again: {' && '.join(shlex.join(['plaza', *words]) for words in kept.commands)}")
    with (
        tempfile.TemporaryDirectory(prefix="plaza-") as place,
        another_store(Path(place) / "store"),  # what lies in theirs would not be run again
    ):
        again = Path(place) / "again"
        for words in kept.commands:
            if code := _run_quietly(words, again):
                return code
        if kept.commands[0][0] == STUDY:
            again = Path(place) / "store" / "studies" / _name_in(kept.commands[0]) / "answer"
        found = [_compare_data(kept.folder / name, again / name) for name in kept.data]
    for line in found:
        say(line.text)
    is_same = all(line.is_same for line in found)
    for reason in [] if is_same else _reasons(kept):
        say(reason)
    return 0 if is_same else 1


def _read_kept(place: Path) -> Kept:
    """Read what a manifest, or that in a folder, tells; words of the output folder are left out.

    Refuses one that is none of Plaza's, or whose command cannot be carried out again.
    """
    file = place / MANIFEST if place.is_dir() else place
    content = _content_of(file)
    try:
        words = shlex.split(str(content["command"]))
        commands = [list(own) for is_and, own in groupby(words, AND.__eq__) if not is_and]
    except (KeyError, ValueError) as wrong:
        raise UserError(f"{file} tells of no command of Plaza; only what the command line made "
                        "can be made again") from wrong  # fmt: skip
    if not commands:
        raise UserError(f"{file} tells of no command of Plaza; only what the command line made "
                        "can be made again")  # fmt: skip
    for command in commands:
        _check(command, file)
    listed = content.get("sha256")
    data = {str(name): str(digest) for name, digest in (
                listed if isinstance(listed, dict) else {}).items()
            if Path(str(name)).suffix in DATA and Path(str(name)).name == name}  # fmt: skip
    if not data:
        raise UserError(f"{file} lists no table to hold a new one against")
    missing = [name for name in data if not (file.parent / name).is_file()]
    if missing:
        raise UserError(f"{file.parent} has no {missing[0]} to hold the new one against")
    versions = content.get("versions")
    told = versions if isinstance(versions, dict) else {}
    code = str(content.get("code", content.get("engine", "")))
    asked = tuple(_asked(command[1:], file.parent) for command in commands)
    return Kept(file.parent, asked, data, code, told)


def _check(command: Sequence[str], file: Path) -> None:
    """Refuse a command that is none of Plaza's, or makes more than its folder."""
    verb = "".join(command[1:2])
    if command[0] != "plaza" or verb not in (*OUT, *TO, STUDY):
        raise UserError(
            f"{file} tells of {shlex.join(command)[:60]!r}; what plaza "
            f"{', '.join((*OUT, *TO, STUDY))} made can be made again"
        )
    if FLAG in command:
        raise UserError(f"{file} asks for {FLAG}; give that command yourself if you trust it")


def _asked(words: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Leave out where a result is kept and who makes the runs; name a study that nobody named."""
    found, rest = [], list(words)
    while rest:
        word = rest.pop(0)
        name, equals, _ = word.partition("=")
        if name in FLAGS_HERE:
            del rest[: 0 if equals else 1]
        elif name not in SETTLED_HERE and not word.startswith(LAUNCHER):
            found.append(word)
    if found[:2] == [STUDY, "run"] and not any(word.startswith("--name") for word in found):
        found += ["--name", folder.absolute().parent.name]
    return tuple(found)


def _name_in(words: Sequence[str]) -> str:
    """Name of the study that a command runs."""
    place = next(n for n, word in enumerate(words) if word.startswith("--name"))
    name = words[place].partition("=")[2] or words[place + 1]
    return check_name(name)


def _content_of(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise UserError(f"{file} cannot be read: {wrong.strerror}; name an output folder of "
                        f"Plaza, or the {MANIFEST} in it") from wrong  # fmt: skip
    except (ValueError, RecursionError) as wrong:
        raise UserError(f"{file} is not a manifest that Plaza wrote") from wrong
    if not isinstance(content, dict) or content.get("is") != MARK:
        raise UserError(f"{file} is not a manifest that Plaza wrote")
    return content


def _run_quietly(words: Sequence[str], out: Path) -> int:
    from plaza_lab.scenarios.command_line import cli

    verb = words[0]
    settled = [f"run.out='{out}'", "run.report=false"] if verb in OUT else []
    settled += [TO[verb], str(out)] if verb in TO else []
    with contextlib.redirect_stdout(io.StringIO()):
        return cli.carried_out(verb, [*words[1:], *settled])


@dataclass(frozen=True)
class Found:
    """How a table compares with the kept one."""

    is_same: bool
    text: str


def _compare_data(kept: Path, again: Path) -> Found:
    """Hold a file against the one that was kept; of Parquet files columns are told apart.

    The same to the byte, the same values, or which columns differ and by how much; refused where
    the kept one is no table.
    """
    if not again.is_file():
        return Found(False, f"{kept.name}: was kept, and did not come now")
    if kept.read_bytes() == again.read_bytes():
        return Found(True, f"{kept.name}: the same to the byte")
    if kept.suffix != ".parquet":
        return Found(False, f"{kept.name}: differs")
    import pandas as pd

    try:
        old = pd.read_parquet(kept)
    except (OSError, ValueError) as wrong:
        raise UserError(f"{kept} is no table: {' '.join(str(wrong).split())[:120]}") from wrong
    new = pd.read_parquet(again)
    if len(old) != len(new):
        return Found(False, f"{kept.name}: {len(old):,} rows were kept, {len(new):,} came now")
    unlike = sorted(map(str, set(old) ^ set(new)))
    unlike += [str(name) for name in old if name in new and not old[name].equals(new[name])]
    if not unlike:
        return Found(True, f"{kept.name}: the same values (the files differ in how they are kept)")
    named = ", ".join(unlike[:MOST_COLUMNS]) + ", ..." * (len(unlike) > MOST_COLUMNS)
    return Found(False, f"{kept.name}: {len(unlike)} of {old.shape[1]} columns differ: {named}")


def _reasons(kept: Kept) -> list[str]:
    """Say what has changed since a result was kept: its files, the code, versions; a line each."""
    from plaza_lab.scenarios.output.provenance import code_fingerprint, versions

    found = [
        f"{name} was changed since Plaza wrote it" for name in changed_since(kept.folder, kept.data)
    ]
    if kept.code != code_fingerprint():
        found.append(f"the code is another: {kept.code} then, {code_fingerprint()} now")
    now = versions()
    changed = [f"{name} {kept.versions.get(name, 'unknown')} then, {one} now"
               for name, one in now.items() if kept.versions.get(name) != one]  # fmt: skip
    return found + [f"another version: {line}" for line in changed]
