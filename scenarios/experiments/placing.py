"""Where a comparison is lived: in memory here, or through a store, by a launcher of Hydra.

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
    from plaza_lab.scenarios.experiments.launching import Where
    from plaza_lab.scenarios.experiments.plan import Plan
    from plaza_lab.scenarios.experiments.spec import Spec
    from plaza_lab.scenarios.store import Store
    from plaza_lab.sim.engine import RunResult

STORE, HYDRA = "store=", ("hydra/", "hydra.")
LAUNCHER = ("hydra/launcher", "hydra.launcher.")
MEMBER_WEEKS_A_JOB = 260_000
"""Ten runs of 500 members for a year: a job costs as much as five of them (measured)."""


@dataclass(frozen=True)
class Placed:
    """Where runs are made and kept; nothing here changes a result.

    Parameters
    ----------
    launcher : tuple of str
        Overrides of Hydra, such as ``hydra/launcher=dask``; empty for this process.
    store : str
        Folder of the store in which they stay; empty for none.
    """

    launcher: tuple[str, ...] = ()
    store: str = ""

    def where(self, workers: int) -> Where:
        """Return how the jobs of a plan are carried out, with so many runs side by side in each."""
        from plaza_lab.scenarios.experiments.launching import Where

        return Where(self.launcher, workers)

    @property
    def is_here(self) -> bool:
        """Whether they are made in this process and kept in memory."""
        return not self.launcher and not self.store

    def refuse_launcher(self, what: str) -> None:
        """Refuse a launcher for what must see one run before it asks for the next.

        Parameters
        ----------
        what : str
            What is asked for.

        Raises
        ------
        UserError
            If a launcher is named.
        """
        if self.launcher:
            raise UserError(f"{self.launcher[0]}: {what} is run in this process; leave it out")


HERE = Placed()


def placed_in(words: Sequence[str], *, may_sweep: bool = False) -> tuple[Placed, list[str]]:
    """Take out of the overrides where it is run, and refuse what there is not.

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
        from plaza_lab.scenarios.experiments.launching import check_launcher
        from plaza_lab.scenarios.settings.overrides import check_overrides

        for word in hydras:
            if word.startswith("hydra/sweeper") and not may_sweep:
                raise UserError(f"{word}: nothing is swept here; leave it out, or use plaza sweep")
        check_overrides(hydras, may_sweep=True)
        check_launcher(hydras)
    is_launched = may_sweep or any(word.startswith(LAUNCHER) for word in hydras)
    return Placed(tuple(hydras) if is_launched else (), store), rest


def moment_spec(verb: str, title: str, policies: Sequence[str], settings: Sequence[str]) -> Spec:
    """Ask as a study what nobody has named."""
    from plaza_lab.scenarios.experiments.spec import Spec
    from plaza_lab.scenarios.output.output_folder import named_after

    return Spec(named_after(verb, title), policies=tuple(policies), settings=tuple(settings))


def live_placed(
    study: Study,
    points: Sequence[DesignPoint],
    placed: Placed,
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
    placed : Placed
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
    if placed.is_here:
        live(study, points, points[0].run.workers, progress, on_run)
        return
    from plaza_lab.scenarios.experiments.launching import carry_out_plan, nothing_left_behind
    from plaza_lab.scenarios.experiments.plan_files import StudyFolder, save_plan

    where = placed.where(points[0].run.workers)
    if placed.launcher:
        where = replace(where, jobs=_jobs(study, points))
    plan, total = _plan_of(study, points, spec), progress.total
    with _store(placed) as store:
        folder = StudyFolder(store, plan.spec.name)
        with nothing_left_behind(folder, where, is_new=True):
            save_plan(folder, plan, command)
            done = carry_out_plan(folder, plan, progress, where)
        progress.total = total
        study.is_interrupted, study.wall_s = done.is_interrupted, study.wall_s + done.wall_s
        study.failures += [f"{one.policy}, seed {one.seed}: {one.reason}" for one in done.failures]
        study.failures += done.problems
        _collect(study, points, store, on_run)


def _jobs(study: Study, points: Sequence[DesignPoint]) -> int:
    """Jobs that are worth their own cost: few for a small comparison."""
    from plaza_lab.scenarios.experiments.launching import MOST_JOBS

    members = sum(point.setting.population.initial_members for point in points)
    wanted = members * study.weeks * len(study.seeds) // MEMBER_WEEKS_A_JOB
    return max(1, min(wanted, len(points) * len(study.seeds), MOST_JOBS))


def _collect(
    study: Study,
    points: Sequence[DesignPoint],
    store: Store,
    on_run: Callable[[DesignPoint, RunResult], None] | None,
) -> None:
    from plaza_lab.scenarios.experiments.study import run_id
    from plaza_lab.scenarios.store.reading import results_of

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
def _store(placed: Placed) -> Iterator[Store]:
    """The store that is named, or one for the time of the command, where all machines see it."""
    from plaza_lab.scenarios.output.output_folder import disk_errors
    from plaza_lab.scenarios.store import open_store

    if placed.store:
        yield open_store(placed.store)
        return
    with contextlib.ExitStack() as stack:
        with disk_errors(Path.cwd(), option="store"):
            made = tempfile.TemporaryDirectory(prefix=".plaza-store-", dir=Path.cwd())
        yield open_store(stack.enter_context(made))
