"""Pairing: the same seed under two policies is the same people with the same luck."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scenarios.errors import UserError


class BadRuns(UserError, ValueError):
    """The runs table cannot answer the question asked of it."""


def paired_runs(
    runs: pd.DataFrame, baseline: str, alternative: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Line up the runs of two policies seed by seed.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run with at least ``policy`` and ``seed``.
    baseline, alternative : str
        Names of the policies.

    Returns
    -------
    tuple of pandas.DataFrame
        Both policies indexed by seed, in the same order of seeds.

    Raises
    ------
    BadRuns
        If a policy or a seed is missing, a seed occurs twice, or worlds are mixed.
    """
    _check(runs, [baseline, alternative])
    first, second = (_by_seed(runs, policy) for policy in (baseline, alternative))
    for here, there, policy in ((first, second, alternative), (second, first, baseline)):
        missing = sorted(set(here.index) - set(there.index))
        if missing:
            raise BadRuns(
                f"policies are compared seed by seed, but {policy!r} has no run for seed"
                f"{'s' if len(missing) > 1 else ''} {name_seeds(missing)}: run the same seeds"
            )
    return first, second.loc[first.index]


def name_seeds(seeds: Sequence[int]) -> str:
    """Write seeds briefly: ``1 to 40, 77``.

    Parameters
    ----------
    seeds : sequence of int
        In any order.

    Returns
    -------
    str
        Runs of three and more are written as ranges; at most eight pieces are named.
    """
    spans: list[list[int]] = []
    for seed in sorted(seeds):
        if spans and seed == spans[-1][1] + 1:
            spans[-1][1] = seed
        else:
            spans.append([seed, seed])
    pieces = []
    for low, high in spans:
        pieces += [str(s) for s in range(low, high + 1)] if high - low < 2 else [f"{low} to {high}"]
    more = f" and {len(pieces) - 8} more" if len(pieces) > 8 else ""
    return ", ".join(pieces[:8]) + more


def _check(runs: pd.DataFrame, policies: list[str]) -> None:
    lacking = [column for column in ("policy", "seed") if column not in runs.columns]
    if lacking:
        raise BadRuns(f"the runs table has no column {lacking[0]!r}")
    known = runs["policy"].unique().tolist()
    for policy in policies:
        if policy not in known:
            raise BadRuns(
                f"no run of policy {policy!r}; the table holds {', '.join(map(str, known))}"
            )
    used = runs[runs["policy"].isin(policies)]
    worlds = used["world"].unique().tolist() if "world" in used else []
    if len(worlds) > 1:
        raise BadRuns(
            f"the runs mix the worlds {', '.join(map(str, worlds))}: compare within one world"
        )


def _by_seed(runs: pd.DataFrame, policy: str) -> pd.DataFrame:
    rows = runs[runs["policy"] == policy].set_index("seed").sort_index()
    twice = rows.index[rows.index.duplicated()].unique().tolist()
    if twice:
        raise BadRuns(f"policy {policy!r} has more than one run for seed {name_seeds(twice)}")
    return rows
