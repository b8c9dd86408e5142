"""Pairing: the same seed under two policies is the same people with the same luck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.statistics.worlds import WORLD, is_over_worlds


class BadRuns(UserError, ValueError):
    """The runs table cannot answer the question asked of it."""


def check_columns(runs: pd.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a runs table without one of these columns (BadRuns)."""
    for column in columns:
        if column not in runs.columns:
            raise BadRuns(f"the runs table has no column {column!r}")


def check_policies(runs: pd.DataFrame, policies: Iterable[str]) -> None:
    """Refuse policies of which the runs table has no run (BadRuns)."""
    known = runs["policy"].unique().tolist()
    for policy in policies:
        if policy not in known:
            held = ", ".join(map(str, known))
            raise BadRuns(f"no run of policy {policy!r}; the table holds {held}")


def paired_runs(
    runs: pd.DataFrame, baseline: str, alternative: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Line up the runs of two policies seed by seed, or world by world and seed by seed.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run with at least ``policy`` and ``seed``; where ``world_point`` numbers two
        sampled worlds or more, a pair is the same seed in the same world.
    baseline, alternative : str
        Names of the policies.

    Returns
    -------
    tuple of pandas.DataFrame
        Both policies indexed by seed, or by world and seed, in the same order.

    Raises
    ------
    BadRuns
        If a policy or a seed is missing, a seed occurs twice, or worlds are mixed.
    """
    _check(runs, [baseline, alternative])
    runs = runs[runs["policy"].isin([baseline, alternative])]
    keys = [WORLD, "seed"] if is_over_worlds(runs) else ["seed"]
    first, second = (_by_pair(runs, policy, keys) for policy in (baseline, alternative))
    for here, there, policy in ((first, second, alternative), (second, first, baseline)):
        missing = sorted(set(here.index) - set(there.index))
        if missing:
            raise BadRuns(
                f"policies are compared seed by seed, but {policy!r} has no run for "
                f"{_name_pairs(missing)}: run the same seeds"
            )
    return first, second.loc[first.index]


def name_seeds(seeds: Sequence[int]) -> str:
    """Write seeds briefly: ``1 to 40, 77``.

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
    check_columns(runs, ("policy", "seed"))
    check_policies(runs, policies)
    used = runs[runs["policy"].isin(policies)]
    worlds = used["world"].unique().tolist() if "world" in used else []
    if len(worlds) > 1 and not is_over_worlds(used):
        raise BadRuns(
            f"the runs mix the worlds {', '.join(map(str, worlds))}: compare within one world"
        )


def _by_pair(runs: pd.DataFrame, policy: str, keys: list[str]) -> pd.DataFrame:
    rows = runs[runs["policy"] == policy].set_index(keys).sort_index()
    twice = rows.index[rows.index.duplicated()].unique().tolist()
    if twice:
        raise BadRuns(f"policy {policy!r} has more than one run for {_name_pairs(twice)}")
    return rows


def _name_pairs(keys: list[Any]) -> str:
    if not isinstance(keys[0], tuple):
        return f"seed{'s' if len(keys) > 1 else ''} {name_seeds(keys)}"
    world = keys[0][0]
    own = [seed for other, seed in keys if other == world]
    more = f" and {len(keys) - len(own)} pairs of other worlds" if len(own) < len(keys) else ""
    return f"world {world}, seed{'s' if len(own) > 1 else ''} {name_seeds(own)}{more}"
