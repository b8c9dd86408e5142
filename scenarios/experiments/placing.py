"""Where runs are made and kept: in memory here, or through a store, by a launcher of Hydra.

Through a store the runs are read back as the engine left them, so the answer is the same to the
byte. Without a launcher and a store nothing of this is loaded: the first table comes a second
sooner in memory.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.execute import live
from plaza_lab.scenarios.experiments.study import Study

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.plan import Plan
    from plaza_lab.scenarios.experiments.spec import Spec
    from plaza_lab.scenarios.store import Store
    from plaza_lab.sim.engine import RunResult

STORE, HYDRA = "store=", ("hydra/", "hydra.")
LAUNCHER = ("hydra/launcher", "hydra.launcher.")
ONE_THREAD = ("hydra/launcher=dask", "hydra/launcher=joblib")


@dataclass(frozen=True)
class Where:
    """Where runs are made and kept; nothing here changes a result.

    Parameters
    ----------
    launcher : tuple of str
        Overrides of Hydra, such as ``hydra/launcher=dask``; empty for this process.
    workers : int
        Runs side by side within a job; 0 takes every core.
    jobs : int
        Jobs the runs are spread over; 0 takes one in this process, and with a launcher as many as
        are worth their own cost.
    store : str
        Folder of the store in which they stay; empty for none, or for that of the study.
    """

    launcher: tuple[str, ...] = ()
    workers: int = 0
    jobs: int = 0
    store: str = ""

    def where(self, workers: int) -> Where:
        """Return the same, with so many runs side by side in each job."""
        return replace(self, workers=workers)

    @property
    def is_here(self) -> bool:
        """Whether they are made in this process and kept in memory."""
        return not self.launcher and not self.store

    @property
    def threads(self) -> int:
        """Runs side by side in one job: one where the launcher fills the cores with jobs."""
        if not self.workers and any(word in ONE_THREAD for word in self.launcher):
            return 1
        return self.workers

    @property
    def has_sweeper(self) -> bool:
        """Whether a sweeper of Hydra chooses the points."""
        return any(word.startswith("hydra/sweeper=") for word in self.launcher)

    def refuse_launcher(self, what: str) -> None:
        """Refuse a launcher for what must see one run before it asks for the next.

        Raises
        ------
        UserError
            If a launcher is named.
        """
        if self.launcher:
            raise UserError(f"{self.launcher[0]}: {what} is run in this process; leave it out")


HERE = Where()


def placed_in(words: Sequence[str], *, may_sweep: bool = False) -> tuple[Where, list[str]]:
    """Take out of the overrides where it is run, and refuse what there is not.

    To be called before a store is opened, whether anything is to be run or not.

    Parameters
    ----------
    words : sequence of str
        Overrides.
    may_sweep : bool
        Whether a sweeper of Hydra may be named.

    Returns
    -------
    tuple
        Where it is run, and the other overrides.

    Raises
    ------
    UserError
        If the store is named twice or cannot be one, or there is no such launcher.
    """
    stores = [word for word in words if word.startswith(STORE)]
    hydras = [word for word in words if word.startswith(HYDRA)]
    rest = [word for word in words if word not in (*stores, *hydras)]
    if len(stores) > 1:
        raise UserError(f"store is set twice, by {stores[0]} and {stores[1]}; keep one")
    store = stores[0].removeprefix(STORE) if stores else ""
    if stores:
        from plaza_lab.scenarios.files.places import place_of

        store = str(place_of(store, "store"))
    if hydras:
        from plaza_lab.scenarios.settings.composing import check_words_of_hydra
        from plaza_lab.scenarios.settings.overrides import check_overrides

        for word in hydras:
            if word.startswith("hydra/sweeper") and not may_sweep:
                raise UserError(f"{word}: nothing is swept here; leave it out, or use plaza sweep")
        check_overrides(hydras, may_sweep=True)
        check_words_of_hydra(hydras)
    is_launched = may_sweep or any(word.startswith(LAUNCHER) for word in hydras)
    return Where(tuple(hydras) if is_launched else (), store=store), rest


def moment_spec(verb: str, title: str, policies: Sequence[str], settings: Sequence[str]) -> Spec:
    """Ask as a study what nobody has named."""
    from plaza_lab.scenarios.experiments.spec import Spec
    from plaza_lab.scenarios.output.output_folder import named_after

    return Spec(named_after(verb, title), policies=tuple(policies), settings=tuple(settings))


def live_placed(
    study: Study,
    points: Sequence[DesignPoint],
    where: Where,
    progress: Progress,
    spec: Spec,
    command: str,
    on_run: Callable[[DesignPoint, RunResult], None] | None = None,
) -> None:
    """Run every seed of a study at the given points, wherever that is asked for.

    Parameters
    ----------
    study : Study
        Collects points, results and failures; told of Ctrl-C.
    points : sequence of DesignPoint
        What to run.
    where : Where
        Where.
    progress : Progress
        Told of every finished run.
    spec : Spec
        The same question as a study, which is what the store keeps of it.
    command : str
        Command line that asked.
    on_run : callable, optional
        Called with each finished run.

    Raises
    ------
    UserError
        If the launcher cannot be reached, or the disk refuses.
    """
    workers = points[0].run.workers
    if where.is_here:
        live(study, points, workers, progress, on_run)
        return
    from plaza_lab.scenarios.experiments.launching import carry_out_plan, nothing_left_behind
    from plaza_lab.scenarios.experiments.plan_files import StudyFolder, save_plan

    where, total = where.where(workers), progress.total
    plan = _plan_of(study, points, spec)
    with _store(where) as store:
        folder = StudyFolder(store, plan.spec.name)
        with nothing_left_behind(folder, where, is_new=True):
            save_plan(folder, plan, command)
            done = carry_out_plan(folder, plan, progress, where)
        progress.total = total
        study.is_interrupted, study.wall_s = done.is_interrupted, study.wall_s + done.wall_s
        study.failures += [f"{one.policy}, seed {one.seed}: {one.reason}" for one in done.failures]
        study.failures += done.problems
        _collect(study, points, store, on_run)


def _collect(
    study: Study,
    points: Sequence[DesignPoint],
    store: Store,
    on_run: Callable[[DesignPoint, RunResult], None] | None,
) -> None:
    from plaza_lab.scenarios.experiments.study import run_id
    from plaza_lab.scenarios.store.views import results_of

    collected = [study.add(point) for point in points]
    keys = {
        run_id(point, seed, study.weeks): (place, seed)
        for place, point in enumerate(points)
        for seed in study.seeds
    }
    found = dict(results_of(store, list(keys)))
    for key, (place, seed) in keys.items():
        if key in found:
            collected[place][seed] = found[key]
            if on_run is not None:
                on_run(points[place], found[key])


def _plan_of(study: Study, points: Sequence[DesignPoint], spec: Spec) -> Plan:
    """The plan of points that are composed already."""
    from plaza_lab.scenarios.experiments.plan import Base, Plan, Row

    rows = [
        Row(one.fingerprint, one.policy, one.world, one.population, 0, place, {}, {})
        for place, one in enumerate(points)
    ]
    bases = [Base(one.composed, one.words) for one in points]
    return Plan(spec, bases, rows, study.seeds, study.weeks)


@contextlib.contextmanager
def _store(where: Where) -> Iterator[Store]:
    """The store that is named, or one for the time of the command, where all machines see it."""
    from plaza_lab.scenarios.output.output_folder import disk_errors
    from plaza_lab.scenarios.store import open_store

    if where.store:
        yield open_store(where.store, option=STORE)
        return
    with contextlib.ExitStack() as stack:
        with disk_errors(Path.cwd(), option=STORE):
            made = tempfile.TemporaryDirectory(prefix=".plaza-store-", dir=Path.cwd())
        yield open_store(stack.enter_context(made), option=STORE)
