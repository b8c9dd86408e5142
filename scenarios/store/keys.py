"""The key of a run: what made it, and nothing else."""

from __future__ import annotations

import hashlib

from plaza_lab.scenarios.output.provenance import code_fingerprint


def run_key(point: str, weeks: int, seed: int, code: str | None = None) -> str:
    """Name a run by what made it.

    Parameters
    ----------
    point : str
        Fingerprint of the resolved configuration.
    weeks : int
        Weeks lived through.
    seed : int
        Seed.
    code : str, optional
        Fingerprint of the engine; default: the engine that is installed.

    Returns
    -------
    str
        16 hex digits. A changed engine makes other keys, so that its runs are never mixed.
    """
    text = f"{point} {weeks} {code or code_fingerprint()} {seed}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
