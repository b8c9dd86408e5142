"""How far a study is: planned, running, done, failed; and what another engine made."""

from __future__ import annotations

from dataclasses import dataclass, field

from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder
from plaza_lab.scenarios.output.provenance import code_fingerprint
from plaza_lab.scenarios.store import Index, Store, read_index
from plaza_lab.scenarios.store.claims import at_work_on, living_claims
from plaza_lab.scenarios.store.failures import Failure, failures_of
from plaza_lab.scenarios.store.views import open_database, readable, texts


@dataclass
class Status:
    """Counts of a study's runs; planned ones are those that are none of the others.

    Parameters
    ----------
    name : str
        Name of the study.
    total, done, running, planned : int
        Runs.
    workers : list of str
        Living processes that work for it.
    failed : list of Failure
        Runs that could not be finished.
    elsewhere : dict of str to int
        Fingerprint of another engine to the runs of this study it made.
    damaged : dict of str to str
        Segments of the store that cannot be read.
    """

    name: str
    total: int
    done: int
    running: int
    planned: int
    workers: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    elsewhere: dict[str, int] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)


def status_of(
    study: StudyFolder, plan: Plan, index: Index | None = None, *, has_others: bool = True
) -> Status:
    """Count the runs of a study.

    Parameters
    ----------
    study : StudyFolder
        Where it lies.
    plan : Plan
        Its plan.
    index : Index, optional
        What the store holds; default: it is read now.
    has_others : bool
        Whether the runs of other engines are counted.

    Returns
    -------
    Status
        As it is now; other processes may be at work.
    """
    store = study.store
    index = read_index(store) if index is None else index
    keys = [plan.key_of(number) for number in range(plan.n_runs)]
    open_keys = {key for key in keys if key not in index}
    flying: set[str] = set()
    for claim in living_claims(store).values():
        flying.update(claim["in_flight"])
    running = len(flying & open_keys)
    failed = [one for one in failures_of(store, keys) if one.run_id in open_keys]
    failed = [one for one in failed if one.run_id not in flying]
    return Status(
        name=study.name,
        total=len(keys),
        done=len(keys) - len(open_keys),
        running=running,
        planned=len(open_keys) - running - len(failed),
        workers=at_work_on(store, study.name),
        failed=failed,
        elsewhere=_made_elsewhere(store, plan, index) if has_others else {},
        damaged=index.damaged,
    )


def _made_elsewhere(store: Store, plan: Plan, index: Index) -> dict[str, int]:
    """Count the runs of a plan that other engines made."""
    import pandas as pd

    names = sorted(index.keys_in)
    if not names:
        return {}
    points = pd.DataFrame({"point_id": sorted({row.point_id for row in plan.rows})})
    files = texts([str(store.runs / name) for name in names])
    with readable(store, names), open_database(store) as views:
        views.register("points", points)
        rows = views.execute(
            "SELECT code, count(DISTINCT run_id) "
            f"FROM read_parquet({files}, union_by_name = true) JOIN points USING (point_id) "
            "WHERE weeks = ? AND seed BETWEEN ? AND ? AND code <> ? GROUP BY code ORDER BY code",
            [plan.weeks, min(plan.seeds), max(plan.seeds), code_fingerprint()],
        ).fetchall()
    return {str(code): int(number) for code, number in rows}
