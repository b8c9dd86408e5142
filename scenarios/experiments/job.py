"""A job: an even share of a study's runs, wherever a launcher of Hydra puts it.

A job knows nothing but the study's folder. It runs what no segment of the store holds yet and
writes it there, so that it may be killed, repeated, or run in two places at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan
from plaza_lab.scenarios.experiments.runner import Settings, Task, run_and_keep
from plaza_lab.scenarios.fingerprint import code_fingerprint
from plaza_lab.scenarios.output_folder import disk_errors, replace_text
from plaza_lab.scenarios.store import Store, open_store, read_index
from plaza_lab.scenarios.store.elsewhere import Elsewhere
from plaza_lab.scenarios.store.failures import Failure, forget_failure, keep_failure

if TYPE_CHECKING:
    from omegaconf import DictConfig


MISTAKES: dict[str, list[UserError]] = {}
"""Launch of this process to what ended its jobs; Hydra would add a line of its own to each."""


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


def carry_out(config: DictConfig) -> dict[str, Any]:
    """Run one part of a study; the task function of ``conf/job.yaml``.

    Parameters
    ----------
    config : omegaconf.DictConfig
        ``folder, part, parts, workers, launch, code``.

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


def _carry_out(config: DictConfig) -> dict[str, Any]:
    if config.code and config.code != code_fingerprint():
        raise UserError(
            f"{socket.gethostname()} has another engine ({code_fingerprint()}) than the machine "
            f"that asks ({config.code}): install the same version of Plaza on both"
        )
    folder = Path(config.folder)
    store = open_store(folder.parents[1])
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
        try:
            run_and_keep(
                store, self.study.name, self._shared(tasks), Settings(plan.point),
                weeks=plan.weeks, workers=workers, on_result=self._collect, on_kept=self._kept,
            )  # fmt: skip
            self.state.state = "ended"
        except BaseException as stopped:
            self.state.state, self.state.why = "stopped", type(stopped).__name__
            raise
        finally:
            with contextlib.suppress(OSError):
                self._tell()

    def _shared(self, tasks: list[Task]) -> Iterator[Task]:
        """Tasks that no other process has; those it has in hand come last, should it give up."""
        elsewhere = Elsewhere(self.study.store, self.study.name)
        in_hand = []
        for task in elsewhere.order(tasks):
            if elsewhere.has_made(task.key):
                self.state.elsewhere += 1
            elif elsewhere.has_in_hand(task.key):
                in_hand.append(task)
            else:
                yield task
        for task in in_hand:
            if elsewhere.has_made(task.key):
                self.state.elsewhere += 1
            else:
                yield task

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

    def _kept(self, kept: int) -> None:
        self.state.done = kept
        self._tell()

    def _tell(self) -> None:
        with disk_errors(self.file, option="--store", kept="the runs written before are kept"):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self.file, json.dumps(asdict(self.state)))


def _failure(study: str, plan: Plan, task: Task, error: Exception) -> Failure:
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:500]
    own = ("run.seed", "run.replicates", "run.weeks")
    words = [word for word in plan.overrides(task.place) if not word.startswith(own)]
    words += [f"run.seed={task.seed}", "run.replicates=1", f"run.weeks={plan.weeks}"]
    again = shlex.join(["plaza", "run", *words])
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
