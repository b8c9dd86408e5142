"""Credit for joins from Python."""

from __future__ import annotations

from collections.abc import Sequence

from plaza_lab.scenarios.api import listed, run_words
from plaza_lab.scenarios.attributing.answer import Attribution
from plaza_lab.scenarios.attributing.verb import attributed
from plaza_lab.scenarios.own.own_objects import living_by


def attribute(
    overrides: Sequence[str],
    *,
    has_shapley: bool = False,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    quiet: bool = True,
) -> Attribution:
    """Credit the channels of a policy with joins, as ``plaza attribute`` does.

    Parameters
    ----------
    overrides : sequence of str
        The policy and its world: ``["acquisition=mixed", "fund=brand_funded"]``.
    has_shapley : bool
        Whether every set of channels is lived, for true Shapley values.
    replicates, weeks, seed, workers, quiet
        As for :func:`run`; 20 seeds unless said otherwise.

    Returns
    -------
    Attribution
        ``rows()``, ``frame()``, ``told()``, ``figure()``, ``plain()``.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    words = [*listed("overrides", overrides), *run_words(replicates, weeks, seed, workers)]
    with living_by(None, None, None, None):
        return Attribution(*attributed(words, has_shapley=has_shapley, is_quiet=quiet))
