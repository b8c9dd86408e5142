"""Where a result comes from: versions and the fingerprint of the code that made it."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.stored_study import StoredStudy
    from plaza_lab.scenarios.experiments.study import Study


@cache
def code_fingerprint() -> str:
    """Hash ``engine``, ``agents`` and ``sim``, the code that decides what a run becomes.

    16 hex digits; the same for the same sources, wherever they are installed.
    """
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in ("engine", "agents", "sim"):
        for file in sorted((root / package).rglob("*.py")):
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


UNKNOWN = "unknown"
PACKAGES = ("hydra-core", "mesa", "numba", "numpy", "pandas", "pyarrow")


def version() -> str:
    """Return Plaza's version; in a checkout that is not installed, that of its project file."""
    installed = _version_of("plaza-lab")
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if installed != UNKNOWN or not project.is_file():
        return installed
    import tomllib

    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that shape results."""
    ours = {"python": platform.python_version(), "plaza-lab": version()}
    return ours | {name: _version_of(name) for name in PACKAGES}


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return UNKNOWN


def short_manifest(command: str, **facts: Any) -> dict[str, Any]:
    """Gather what makes files again that no study is behind: command, version, engine, `facts`."""
    return {"command": command, "version": version(), "engine": code_fingerprint()} | facts


def manifest_of(study: Study | StoredStudy, command: str) -> dict[str, Any]:
    """Gather what reproduces a study made by a command line or call, ready for JSON."""
    return {
        "command": command,
        "verb": study.verb,
        "is_complete": not (study.is_interrupted or study.failures),
        "policies": {
            point.policy: {"config": point.fingerprint, "options": point.composed.choices}
            for point in study.points
        },
        "seeds": study.finished_seeds,
        "weeks": study.weeks,
        "runs": study.n_finished,
        "failures": study.failures,
        "code": code_fingerprint(),
        "versions": versions(),
        "started": study.started.isoformat(timespec="seconds"),
        "wall_s": round(study.wall_s, 3),
    }
