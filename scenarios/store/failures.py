"""Runs that could not be finished: why, and the line that shows it again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from plaza_lab.scenarios.command_line.printing import harmless
from plaza_lab.scenarios.output.output_folder import disk_errors, replace_text
from plaza_lab.scenarios.store.layout import Store, read_regular


@dataclass(frozen=True)
class Failure:
    """Why a run could not be finished.

    Parameters
    ----------
    run_id : str
        Its key.
    study : str
        The study that asked.
    policy : str
        Its policy.
    seed : int
        Its seed.
    reason : str
        One line.
    again : str
        Command line that runs it again.
    """

    run_id: str
    study: str
    policy: str
    seed: int
    reason: str
    again: str


def keep_failure(store: Store, failure: Failure) -> None:
    """Keep why a run could not be finished."""
    text = json.dumps(asdict(failure), ensure_ascii=False)
    with disk_errors(store.failed, option="--store", kept="the runs written before are kept"):
        replace_text(store.failed / f"{failure.run_id}.json", text)


def forget_failure(store: Store, key: str) -> None:
    """Forget that a run failed once: it is finished now."""
    (store.failed / f"{key}.json").unlink(missing_ok=True)


def failures_of(store: Store, keys: Iterable[str]) -> list[Failure]:
    """Read the failures among some runs.

    Parameters
    ----------
    store : Store
        A store.
    keys : iterable of str
        Keys of runs.

    Returns
    -------
    list of Failure
        In the order of `keys`.
    """
    there = {file.stem for file in store.failed.glob("[!.]*.json")}
    found = []
    for key in keys:
        if key in there:
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
                told = json.loads(read_regular(store.failed / f"{key}.json"))
                found.append(_failure(key, told))
    return found


def _failure(key: str, told: dict[str, Any]) -> Failure:
    """Take over what a file tells, as texts of one line that a terminal can show."""
    study, policy, reason, again = (
        " ".join(harmless(told[name]).split()) for name in ("study", "policy", "reason", "again")
    )
    return Failure(key, study, policy, int(told["seed"]), reason, again)
