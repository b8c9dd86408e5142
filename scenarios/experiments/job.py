"""A job: an even share of a study's runs, wherever a launcher of Hydra puts it.

A job knows nothing but the study's folder. It runs what no segment of the store holds yet and
writes it there, so that it may be killed, repeated, or run in two places at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.execute import Settings, Task, run_and_keep
from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan
from plaza_lab.scenarios.output.output_folder import disk_errors, replace_text
from plaza_lab.scenarios.output.provenance import code_fingerprint
from plaza_lab.scenarios.own.own_mechanisms import carried, command_line
from plaza_lab.scenarios.store import Store, open_store, read_index
from plaza_lab.scenarios.store.claims import LOST_S
from plaza_lab.scenarios.store.elsewhere import Elsewhere
from plaza_lab.scenarios.store.failures import Failure, forget_failure, keep_failure
from plaza_lab.scenarios.store.taking import ENDING, Taken, is_free

if TYPE_CHECKING:
    from omegaconf import DictConfig


MISTAKES: dict[str, list[UserError]] = {}
"""Launch of this process to what ended its jobs; Hydra would add a line of its own to each."""

WAIT_S = 0.2


@dataclass
class JobState:
    """What a job has done so far; its file is read by whoever waits for it.

    ``skipped`` runs were there before it began, ``elsewhere`` ones were made meanwhile by others.
    """

    part: int
    done: int = 0
    failed: int = 0
    skipped: int = 0
    elsewhere: int = 0
    state: str = "running"
    why: str = ""
    host: str = socket.gethostname()
    pid: int = 0


def carry_out(config: DictConfig | SimpleNamespace) -> dict[str, Any]:
    """Run one part of a study; the task function of ``conf/job.yaml``.

    Parameters
    ----------
    config : omegaconf.DictConfig or types.SimpleNamespace
        ``folder, part, parts, workers, launch, mechanisms, code``.

    Returns
    -------
    dict
        ``part, done, failed, skipped, elsewhere, state, why, host, pid``.

    Raises
    ------
    UserError
        If the study cannot be read, the store cannot be written, or the engine here is another.
    """
    try:
        return _carry_out(config)
    except UserError as mistake:
        if config.launch not in MISTAKES:
            raise
        MISTAKES[config.launch].append(mistake)
        return {}


def _carry_out(config: DictConfig | SimpleNamespace) -> dict[str, Any]:
    if config.code and config.code != code_fingerprint():
        raise UserError(
            f"{socket.gethostname()} has another engine ({code_fingerprint()}) than the machine "
            f"that asks ({config.code}): install the same version of Plaza on both"
        )
    with carried(str(config.mechanisms)):
        return _lived(config)


def _lived(config: DictConfig | SimpleNamespace) -> dict[str, Any]:
    folder = Path(config.folder)
    # who asked has read the plan already, and said whether it may hold resolvers
    store = open_store(folder.parents[1], is_trusted=True)
    study = StudyFolder(store, folder.name)
    job = _Job(study, load_plan(study), str(config.launch), int(config.part))
    job.run(int(config.parts), int(config.workers))
    return asdict(job.state)


def part_of(n_runs: int, part: int, parts: int) -> range:
    """Return the numbers of the runs of one part: even shares in order of seeds."""
    return range(part * n_runs // parts, (part + 1) * n_runs // parts)


class _Job:
    def __init__(self, study: StudyFolder, plan: Plan, launch: str, part: int) -> None:
        self.study, self.plan = study, plan
        self.state = JobState(part, pid=os.getpid())
        self.file = study.jobs / f"{launch}-{part}.json"

    def run(self, parts: int, workers: int) -> None:
        store, plan = self.study.store, self.plan
        mine = part_of(plan.n_runs, self.state.part, parts)
        tasks = _open_tasks(store, plan, mine)
        self.state.skipped = len(mine) - len(tasks)
        settings = Settings(plan.point)
        try:
            while tasks:
                share = _Share(store, self.study.name, tasks, self._found_made)
                run_and_keep(
                    store, self.study.name, share, settings,
                    weeks=plan.weeks, workers=workers, taken=share.taken,
                    on_result=self._collect,
                    on_kept=partial(self._kept, self.state.done),
                )  # fmt: skip
                tasks = _freed(store, share, self._found_made)
            self.state.state = "ended"
        except BaseException as stopped:
            self.state.state, self.state.why = "stopped", type(stopped).__name__
            raise
        finally:
            with contextlib.suppress(OSError):
                self._tell()

    def _found_made(self) -> None:
        self.state.elsewhere += 1

    def _collect(self, task: Task, result: Any) -> None:
        store, plan = self.study.store, self.plan
        if not isinstance(result, Exception):
            forget_failure(store, task.key)
            return
        if os.environ.get("PLAZA_DEBUG") == "1":
            raise result
        keep_failure(store, _failure(self.study.name, plan, task, result))
        self.state.failed += 1
        self._tell()

    def _kept(self, before: int, kept: int) -> None:
        self.state.done = before + kept
        self._tell()

    def _tell(self) -> None:
        with disk_errors(self.file, option="--store", kept="the runs written before are kept"):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self.file, json.dumps(asdict(self.state)))


class _Share:
    """The runs that this process takes, while others take theirs.

    Runs that another process has announced come last; runs that another has taken are left to it,
    and are in ``left`` at the end.
    """

    def __init__(
        self, store: Store, study: str, tasks: Sequence[Task], on_made: Callable[[], None]
    ) -> None:
        self.taken, self.elsewhere = Taken(store), Elsewhere(store, study)
        self.tasks, self.on_made = tasks, on_made
        self.left: list[Task] = []

    def __iter__(self) -> Iterator[Task]:
        announced = []
        for task in self.elsewhere.order(self.tasks):
            if self.elsewhere.has_in_hand(task.key) and not self.elsewhere.has_made(task.key):
                announced.append(task)
            elif self._is_mine(task):
                yield task
        for task in announced:
            if self._is_mine(task):
                yield task

    def _is_mine(self, task: Task) -> bool:
        if self.elsewhere.has_made(task.key):
            self.on_made()
        elif not self.taken.take(task.key):
            self.left.append(task)
        elif self.elsewhere.has_made_by_now(task.key):
            self.taken.release([task.key])
            self.on_made()
        else:
            return True
        return False


def _freed(store: Store, share: _Share, on_made: Callable[[], None]) -> list[Task]:
    """Wait until others have made the runs they took, or given some back; return what is open.

    This process has nothing in hand meanwhile, so that no two wait for each other. Who makes
    nothing for two minutes is waited for no longer.
    """
    left, since = share.left, time.monotonic()
    while left:
        there = [task for task in left if not share.elsewhere.has_made_by_now(task.key)]
        for _ in range(len(left) - len(there)):
            on_made()
            since = time.monotonic()
        left = there
        is_over = time.monotonic() - since > LOST_S
        for task in left if is_over else ():
            store.claims.joinpath(f"{task.key}{ENDING}").unlink(missing_ok=True)
        if any(is_free(store, task.key) for task in left):
            break
        if left:
            time.sleep(WAIT_S)
    return left


def _failure(study: str, plan: Plan, task: Task, error: Exception) -> Failure:
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:500]
    own = ("run.seed", "run.replicates", "run.weeks")
    words = [word for word in plan.overrides(task.place) if not word.startswith(own)]
    words += [f"run.seed={task.seed}", "run.replicates=1", f"run.weeks={plan.weeks}"]
    again = command_line("run", *words)
    return Failure(task.key, study, plan.rows[task.place].policy, task.seed, reason, again)


def _open_tasks(store: Store, plan: Plan, numbers: range) -> list[Task]:
    """Runs of a part that no segment holds."""
    index, asked = read_index(store), set[str]()
    tasks = []
    for number in numbers:
        key = plan.key_of(number)
        if key not in index and key not in asked:
            asked.add(key)
            place, seed = plan.run_of(number)
            tasks.append(Task(key, place, plan.rows[place].point_id, seed))
    return tasks
