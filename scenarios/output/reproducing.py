"""``plaza reproduce``: a kept result is made again, and held against what was kept."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.manifest import MANIFEST, MARK, MOST_BYTES
from plaza_lab.scenarios.settings.resolvers import FLAG

VERBS = ("run", "compare", "demo", "sweep")
"""Verbs whose folder holds their tables; a study in a store is asked by ``plaza study``."""
TABLES = ("runs.parquet", "days.parquet", "journal.parquet")
SETTLED_HERE = ("run.out", "run.overwrite", "run.report")
MOST_COLUMNS = 4


@dataclass(frozen=True)
class Kept:
    """What a manifest tells of a result."""

    folder: Path
    words: tuple[str, ...]
    code: str
    versions: dict[str, str]


def reproduce(arguments: Sequence[str]) -> int:
    """Make a result again and say whether it is the same.

    Parameters
    ----------
    arguments : sequence of str
        An output folder, or the ``manifest.json`` in it.

    Returns
    -------
    int
        0 if every table holds the same values, 1 if one differs, else as the command itself.

    Raises
    ------
    UserError
        With one line, where nothing can be made again.
    """
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise UserError("which result? name its folder, as in: plaza reproduce plaza-out/demo-...")
    from plaza_lab.scenarios.command_line.printing import say

    kept = read_kept(Path(arguments[0]))
    say(f"again: {shlex.join(['plaza', *kept.words])}")
    with tempfile.TemporaryDirectory(prefix="plaza-") as place:
        again = Path(place) / "again"
        code = _run_quietly(kept, again)
        if code:
            return code
        found = [compare_table(kept.folder / name, again / name) for name in TABLES]
    for line in found:
        say(line.text)
    is_same = all(line.is_same for line in found)
    for reason in [] if is_same else reasons(kept):
        say(reason)
    return 0 if is_same else 1


def read_kept(place: Path) -> Kept:
    """Read what a manifest tells.

    Parameters
    ----------
    place : pathlib.Path
        An output folder, or the manifest in it.

    Returns
    -------
    Kept
        With the words of the command, those of the output folder left out.

    Raises
    ------
    UserError
        If there is no manifest of Plaza, or its command cannot be carried out again.
    """
    file = place / MANIFEST if place.is_dir() else place
    content = _content_of(file)
    try:
        program, *words = shlex.split(str(content["command"]))
    except (KeyError, ValueError) as wrong:
        raise UserError(f"{file} tells of no command of Plaza; only what the command line made "
                        "can be made again") from wrong  # fmt: skip
    if program != "plaza" or not words or words[0] not in VERBS:
        raise UserError(
            f"{file} tells of {shlex.join([program, *words])[:60]!r}; what plaza "
            f"{', '.join(VERBS)} made can be made again (a study is in its store: plaza study)"
        )
    if FLAG in words:
        raise UserError(f"{file} asks for {FLAG}; give that command yourself if you trust it")
    missing = [name for name in TABLES if not (file.parent / name).is_file()]
    if missing:
        raise UserError(f"{file.parent} has no {missing[0]} to hold the new one against")
    asked = [word for word in words if word.partition("=")[0] not in SETTLED_HERE]
    versions = content.get("versions")
    told = versions if isinstance(versions, dict) else {}
    return Kept(file.parent, tuple(asked), str(content.get("code", "")), told)


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


def _run_quietly(kept: Kept, out: Path) -> int:
    from plaza_lab.scenarios.command_line import cli
    from plaza_lab.scenarios.own.own_mechanisms import own_mechanisms

    verb, *rest = kept.words
    settled = [f"run.out='{out}'", "run.report=false"]
    with (
        own_mechanisms(verb, [*rest, *settled]) as words,
        contextlib.redirect_stdout(io.StringIO()),
    ):
        return cli.VERBS[verb].carry_out(words)


@dataclass(frozen=True)
class Found:
    """How a table compares with the kept one."""

    is_same: bool
    text: str


def compare_table(kept: Path, again: Path) -> Found:
    """Hold a table against the one that was kept.

    Parameters
    ----------
    kept, again : pathlib.Path
        Two Parquet files.

    Returns
    -------
    Found
        The same to the byte, the same values, or which columns differ and by how much.

    Raises
    ------
    UserError
        If the kept one is no table.
    """
    if kept.read_bytes() == again.read_bytes():
        return Found(True, f"{kept.name}: the same to the byte")
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


def reasons(kept: Kept) -> list[str]:
    """Say what has changed since a result was kept.

    Parameters
    ----------
    kept : Kept
        What its manifest tells.

    Returns
    -------
    list of str
        A line each; none if code and versions are the same.
    """
    from plaza_lab.scenarios.output.provenance import code_fingerprint, versions

    found = []
    if kept.code != code_fingerprint():
        found.append(f"the code is another: {kept.code} then, {code_fingerprint()} now")
    now = versions()
    changed = [f"{name} {kept.versions.get(name, 'unknown')} then, {one} now"
               for name, one in now.items() if kept.versions.get(name) != one]  # fmt: skip
    return found + [f"another version: {line}" for line in changed]
