"""The manifest of an output folder: which files Plaza wrote there, and whether they still are so.

Only what a manifest lists, and is as it was written, is ever removed. A folder that holds anything
else is left as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

MANIFEST = "manifest.json"
MARK = "an output folder of Plaza"
MOST_NAMED = 3
MOST_BYTES = 64 << 20
"""A manifest longer than this is none of ours."""


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``manifest.json`` with the list of the files beside it, and what is in each.

    The folder holds everything else already; `manifest` is what reproduces the study.
    """
    files = {_name(file, folder): _sha256(file) for file in sorted(_files(folder))}
    files.pop(MANIFEST, None)
    content = {"is": MARK, **manifest, "files": [*files, MANIFEST], "sha256": files}
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def why_not_ours(folder: Path) -> str:
    """Tell why a folder must not be replaced: ``it holds notes.txt, which Plaza did not write``.

    Empty when everything in it was written by Plaza and is unchanged.
    """
    if folder.is_symlink() or not folder.is_dir():
        return f"it is {'a link' if folder.is_symlink() else 'no folder'}"
    if not any(folder.iterdir()):
        return ""  # nothing can be lost
    listed = _listed(folder)
    if isinstance(listed, str):
        return listed
    foreign = [name for name in _everything(folder) if name not in listed]
    if foreign:
        return f"it holds {named(foreign)}, which Plaza did not write"
    changed = changed_since(folder, listed)
    return f"{named(changed)} was changed since Plaza wrote it" if changed else ""


def changed_since(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """Name the files of a folder that are no longer what was written, by name and SHA-256.

    One that is not there is passed over, and so is one whose digest is empty.
    """
    return [
        name for name, digest in digests.items()
        if digest and (folder / name).exists() and _sha256(folder / name) != digest
    ]  # fmt: skip


def remove_listed(folder: Path) -> bool:
    """Remove exactly the files that a manifest lists, and the folders they leave empty.

    Returns whether the folder is gone; False when something else came into it, which stays.
    """
    if not why_not_ours(folder):
        listed = _listed(folder)
        names = [] if isinstance(listed, str) else [*listed]
        for name in sorted(names, key=lambda name: name == MANIFEST):  # the manifest last
            (folder / name).unlink(missing_ok=True)
        inner = [place for place in folder.rglob("*") if place.is_dir()]
        for place in sorted(inner, key=lambda place: -len(place.parts)):
            with contextlib.suppress(OSError):
                place.rmdir()
        with contextlib.suppress(OSError):
            folder.rmdir()
    return not folder.exists()


def _listed(folder: Path) -> dict[str, str] | str:
    """Name to digest of what the manifest lists, or what is wrong with it."""
    place = folder / MANIFEST
    if place.is_symlink() or not place.is_file() or place.stat().st_size > MOST_BYTES:
        return f"it is no output folder of Plaza (it has no {MANIFEST} of Plaza)"
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
        names, digests = content["files"], content.get("sha256", {})
        is_ours = content.get("is") == MARK or ("versions" in content and "command" in content)
        if not is_ours or MANIFEST not in names or not isinstance(names, list):
            raise ValueError
        listed = {name: digests.get(name, "") for name in names}
        texts = [*listed, *listed.values()]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return f"its {MANIFEST} is not one that Plaza wrote"
    for name in listed:
        if not _is_inside(name):
            return f"its {MANIFEST} lists {name[:60]!r}, which is not in the folder"
    return listed


def _is_inside(name: str) -> bool:
    """Whether a listed name, on any system, is that of something in the folder."""
    path = PurePosixPath(name)
    is_plain = path.as_posix() == name and not set(name) & set("\\:\0")
    return bool(path.parts) and is_plain and not path.is_absolute() and ".." not in path.parts


def _everything(folder: Path) -> list[str]:
    """Names of all below a folder, empty folders among them; links are not followed."""
    return sorted(_name(place, folder) for place in _entries(folder))


def _entries(folder: Path) -> Iterable[Path]:
    for above, inner, files in os.walk(folder):
        links = [name for name in inner if Path(above, name).is_symlink()]
        for name in (*files, *links):
            yield Path(above, name)
        if not inner and not files and Path(above) != folder:
            yield Path(above)  # an empty folder is somebody's too


def _name(place: Path, folder: Path) -> str:
    """Name as a manifest lists it; what is no plain file is marked so that none can list it."""
    name = place.relative_to(folder).as_posix()
    return name if stat.S_ISREG(place.lstat().st_mode) else f"{name}/"


def _files(folder: Path) -> list[Path]:
    return [place for place in folder.rglob("*") if stat.S_ISREG(place.lstat().st_mode)]


def _sha256(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def named(names: list[str]) -> str:
    """Name the first few, and how many there are besides: ``a, b, c and 7 more``."""
    shown = ", ".join(name[:80] for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown
