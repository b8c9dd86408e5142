"""Which code a run was made with."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def code_fingerprint() -> str:
    """Hash ``engine``, ``agents`` and ``sim``: the code that decides what a run becomes.

    Returns
    -------
    str
        16 hex digits; the same for the same sources, wherever they are installed.
    """
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in ("engine", "agents", "sim"):
        for file in sorted((root / package).rglob("*.py")):
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
