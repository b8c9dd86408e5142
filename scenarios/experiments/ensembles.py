"""``world=ensemble:NAME``: a study over the worlds that a calibration found to fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Value

PREFIX = "world=ensemble:"
WORLDS = 30
"""Worlds taken when no number is given (assumption: as many as the seeds of a comparison)."""


@dataclass(frozen=True)
class EnsembleAsked:
    """Which ensemble, and how many of its worlds.

    Parameters
    ----------
    name : str
        As given to ``plaza calibrate --name``.
    n : int
        Worlds.
    """

    name: str
    n: int


def ensemble_in(words: Sequence[str]) -> tuple[EnsembleAsked | None, list[str]]:
    """Take an ensemble out of overrides.

    Parameters
    ----------
    words : sequence of str
        Overrides, perhaps with ``world=ensemble:NAME`` or ``world=ensemble:NAME:WORLDS``.

    Returns
    -------
    tuple
        The ensemble asked for, or None, and the overrides with the one world in its middle.

    Raises
    ------
    UserError
        If the number of worlds is none, or another world is named as well.
    """
    own = [word for word in words if word.startswith(PREFIX)]
    if not own:
        return None, list(words)
    name, _, number = own[0].removeprefix(PREFIX).partition(":")
    name = unicodedata.normalize("NFC", name)
    if number and (not number.isdecimal() or int(number) < 2):
        raise UserError(f"{own[0]}: write {PREFIX}{name}:{WORLDS}, with 2 worlds or more")
    rest = [f"world={name}" if word == own[0] else word for word in words]
    return EnsembleAsked(name, int(number or WORLDS)), rest


def worlds_of(asked: EnsembleAsked, seed: int) -> list[dict[str, Value]]:
    """Draw worlds of an ensemble, likelier ones first to be drawn, none twice.

    Parameters
    ----------
    asked : EnsembleAsked
        Which, and how many.
    seed : int
        Draws them; the same seed gives every policy the same worlds.

    Returns
    -------
    list of dict
        Setting to value.

    Raises
    ------
    UserError
        If there is no such ensemble, or it has fewer worlds.
    """
    import numpy as np

    from plaza_lab.scenarios.calibrate.ensemble import load_ensemble

    ensemble = load_ensemble(asked.name)
    there = int((ensemble.weights > 0).sum())
    if asked.n > there:
        raise UserError(
            f"ensemble {asked.name} has {there} worlds: write {PREFIX}{asked.name}:{there} at most"
        )
    rng = np.random.default_rng(seed)
    places = rng.choice(len(ensemble.weights), asked.n, replace=False, p=ensemble.weights)
    return [dict(ensemble.world(int(place))) for place in places]
