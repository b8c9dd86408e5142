"""A trial from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plaza_lab.scenarios.api import listed, run_words
from plaza_lab.scenarios.experiments.policy_objects import named_policies
from plaza_lab.scenarios.own.own_objects import living_by
from plaza_lab.scenarios.trying.answer import TrialAnswer
from plaza_lab.scenarios.trying.design import check_given, planned
from plaza_lab.scenarios.trying.verb import carried_out


def trial(
    policies: Sequence[Any] | Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    replicates: int | None = None,
    weeks: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    quiet: bool = True,
    **given: Any,
) -> TrialAnswer:
    """Try a policy on a part of the members, as ``plaza try`` does.

    Parameters
    ----------
    policies : sequence or mapping
        The policy tried, or the usual one and it; as for :func:`compare`.
    overrides : sequence of str
        What holds for both.
    replicates, weeks, seed, workers, quiet
        As for :func:`run`; weeks are those of the whole run.
    **given
        ``arm=0.5``, ``by="person"``, ``"group"`` or ``"week"``, ``trial_weeks=8``, ``after=4``,
        ``outcome``, ``alpha``, ``block``, ``washout``: see
        :class:`plaza_lab.scenarios.trying.design.Design`.

    Returns
    -------
    TrialAnswer
        ``told()``, ``frame()``, ``summary()``, ``figure()``, ``plain()``.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    words = [*listed("overrides", overrides), *run_words(replicates, weeks, seed, workers)]
    with living_by(None, None, None, None):
        design = planned(named_policies(policies, words), words, **check_given(given))
        return TrialAnswer(design, carried_out(design, is_quiet=quiet))
