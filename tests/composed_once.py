"""Composing once for many tests whatever is run: it takes Hydra a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plaza_lab.scenarios.settings.composing import Composed, compose
from plaza_lab.scenarios.settings.options import user_folder


def composed_once(words: Sequence[str]) -> Composed:
    """Stand in for ``compose``; how much is run (``run.*``) changes no other setting."""
    if user_folder() is not None:
        return compose(words)
    run = dict(word[4:].split("=") for word in words if word.startswith("run."))
    made = compose([word for word in words if not word.startswith("run.")])
    numbers = {name: int(text) for name, text in run.items()}
    return replace(made, config=replace(made.config, run=replace(made.config.run, **numbers)))
