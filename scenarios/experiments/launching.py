"""Carrying out a plan: its runs as jobs, here or by a launcher of Hydra, watched from outside.

A job is an even share of a study's runs, wherever a launcher puts it. It knows nothing but the
study's folder: it runs what no segment of the store holds yet and writes it there, so that it may
be killed, repeated, or run in two places at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.execute import Task, lacking, prepare, run_and_keep
from plaza_lab.scenarios.experiments.placing import HERE, Where
from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan
from plaza_lab.scenarios.experiments.varying import looked_at
from plaza_lab.scenarios.output.output_folder import replace_text
from plaza_lab.scenarios.output.provenance import code_fingerprint
from plaza_lab.scenarios.own.own_mechanisms import carried, command_line, own_model
from plaza_lab.scenarios.settings.composing import launch, readable_errors
from plaza_lab.scenarios.store import open_store, read_index
from plaza_lab.scenarios.store.index import Failure, failures_of, forget_failure, keep_failure
from plaza_lab.scenarios.store.layout import remove_empty
from plaza_lab.scenarios.store.sharing import Share

if TYPE_CHECKING:
    from omegaconf import DictConfig

MOST_JOBS = 200
"""Jobs of one launch: enough to spread over many machines, few enough to cost nothing."""
MEMBER_WEEKS_A_JOB = 260_000
"""Ten runs of 500 members for a year: a job costs as much as five of them (measured)."""
LOOK_EVERY_S = 0.25
OLD_S = 86_400.0
"""Progress files of a launch that was killed are removed after a day."""
MISTAKES: dict[str, list[UserError]] = {}
"""Launch of this process to what ended its jobs; Hydra would add a line of its own to each."""


@contextlib.contextmanager
def nothing_left_behind(study: StudyFolder, where: Where, *, is_new: bool) -> Iterator[None]:
    """Take away a study that is new when a launcher cannot be used and no run was made.

    Parameters
    ----------
    study : StudyFolder
        A study; its store goes with it if it holds nothing else.
    where : Where
        Where it is to run; without a launcher the study stays, whatever happens.
    is_new : bool
        Whether this command makes the study.
    """
    segments = set(study.store.runs.glob("*.parquet"))
    try:
        yield
    except UserError:
        made = set(study.store.runs.glob("*.parquet")) - segments
        if where.launcher and is_new and not made:
            shutil.rmtree(study.folder, ignore_errors=True)
            remove_empty(study.store)
        raise


@dataclass
class Launch:
    """What became of carrying out a plan.

    Parameters
    ----------
    n_before : int
        Runs the store held already.
    is_interrupted : bool
        Whether Ctrl-C came before the end.
    problems : list of str
        One line for each job that could not end.
    failures : list of Failure
        Runs that could not be finished.
    wall_s : float
        Seconds it took.
    """

    n_before: int = 0
    is_interrupted: bool = False
    problems: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    wall_s: float = 0.0

    @contextlib.contextmanager
    def noting(self) -> Iterator[None]:
        """Note Ctrl-C, and what ended a launcher; what the user can mend goes on."""
        try:
            yield
        except KeyboardInterrupt:
            self.is_interrupted = True
        except UserError:
            raise
        except Exception as failed:
            if os.environ.get("PLAZA_DEBUG") == "1":
                raise
            self.problems.append(" ".join(f"{failed}".split()) or type(failed).__name__)


def carry_out_plan(
    study: StudyFolder, plan: Plan, progress: Progress, where: Where = HERE
) -> Launch:
    """Run what the store does not hold yet; return what became of it.

    Parameters
    ----------
    study : StudyFolder
        Where the plan is kept.
    plan : Plan
        The same plan.
    progress : Progress
        Told of what is compiled, and of finished and failed runs.
    where : Where
        Where it runs.

    Raises
    ------
    UserError
        If the launcher cannot be reached, or the disk refuses.
    """
    began, index, outcome = time.monotonic(), read_index(study.store), Launch()
    keys = plan.keys
    is_open = [key not in index for key in keys]
    progress.total = sum(is_open)
    outcome.n_before = len(keys) - progress.total
    if progress.total:
        prepare(progress, looked_at(plan))
        parts = min(plan.n_runs, where.jobs or (jobs_worth(plan) if where.launcher else 1))
        open_parts = [p for p in range(parts) if any(is_open[n] for n in _part(plan, p, parts))]
        with _Watch(study, progress, [key for key in keys if key not in index]) as watch:
            mistakes = MISTAKES[watch.name] = []
            try:
                with outcome.noting():
                    _launch(study, open_parts, parts, watch.name, where)
            finally:
                del MISTAKES[watch.name]
        if mistakes:
            raise mistakes[0]
    done = read_index(study.store)
    outcome.failures = failures_of(study.store, [key for key in keys if key not in done])
    outcome.wall_s = time.monotonic() - began
    return outcome


def jobs_worth(plan: Plan) -> int:
    """Return how many jobs are worth their own cost: few for a small study."""
    own = "population.initial_members"
    members = [plan.bases[row.base].composed.config.population.initial_members for row in plan.rows]
    given = [row.numbers.get(own, usual) for row, usual in zip(plan.rows, members, strict=True)]
    member_weeks = int(sum(given)) * plan.weeks * len(plan.seeds)
    return max(1, min(member_weeks // MEMBER_WEEKS_A_JOB, MOST_JOBS))


def part_of(n_runs: int, part: int, parts: int) -> range:
    """Return the numbers of the runs of one part: even shares in order of seeds."""
    return range(part * n_runs // parts, (part + 1) * n_runs // parts)


def _part(plan: Plan, part: int, parts: int) -> range:
    return part_of(plan.n_runs, part, parts)


def _launch(
    study: StudyFolder, open_parts: Sequence[int], parts: int, name: str, where: Where
) -> None:
    folder, own = study.folder / "hydra" / name, own_model()
    asked = {
        "folder": study.folder,
        "parts": parts,
        "workers": where.threads,
        "launch": name,  # some names are all digits
        "mechanisms": own.parcel if own is not None and where.launcher else "",
        "code": code_fingerprint(),
        "option": study.store.option,
    }
    if not where.launcher:  # nothing to choose: Hydra would take half a second to call this
        with readable_errors():
            for part in open_parts:
                carry_out(SimpleNamespace(**asked, part=part))
        return
    words = [
        *(f"{key}={quoted(value)}" for key, value in asked.items()),
        f"part={','.join(map(str, open_parts))}",
        f"hydra.sweep.dir={quoted(folder)}",
        "hydra/sweeper=jobs",  # else Hydra composes every job first
        *where.launcher,
    ]
    try:
        launch("study", ["--multirun", *words], carry_out, config="job")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            folder.parent.rmdir()


def quoted(text: object) -> str:
    """Write a text as a value of Hydra's grammar, whatever letters are in it."""
    escaped = re.sub(r"(\\*)'", r"\1\1\\'", str(text).replace("${", "\\${"))
    return "'" + re.sub(r"(\\+)$", r"\1\1", escaped) + "'"


class _Watch:
    """Reads the files of the jobs now and then, and tells the progress."""

    def __init__(self, study: StudyFolder, progress: Progress, open_keys: Sequence[str]) -> None:
        self.study, self.progress, self.open_keys = study, progress, open_keys
        self.name = uuid.uuid4().hex[:8]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._failed = 0

    def __enter__(self) -> _Watch:
        self.study.jobs.mkdir(parents=True, exist_ok=True)
        for file in self.study.jobs.glob("*.json"):
            with contextlib.suppress(OSError):  # another launch may be at work
                if time.time() - file.stat().st_mtime > OLD_S:
                    file.unlink()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()
        for file in self.study.jobs.glob(f"{self.name}-*.json"):
            file.unlink(missing_ok=True)

    def _look_on(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        done = failed = 0
        for file in self.study.jobs.glob(f"{self.name}-*.json"):
            with contextlib.suppress(OSError, ValueError):
                state = json.loads(Path(file).read_text(encoding="utf-8"))
                done += state["done"] + state["elsewhere"]
                failed += state["failed"]
        if failed and not self._failed:
            self._tell_first_failure()
        self._failed = failed
        self.progress.reach(done + failed, failed)

    def _tell_first_failure(self) -> None:
        for failure in failures_of(self.study.store, self.open_keys)[:1]:
            self.progress.say(
                f"plaza: {failure.policy}, seed {failure.seed}: {failure.reason}\n"
                f"       again: {failure.again}"
            )


@dataclass
class _JobState:
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
        ``folder, part, parts, workers, launch, mechanisms, code, option``.

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
        if config.code and config.code != code_fingerprint():
            raise UserError(
                f"{socket.gethostname()} has another engine ({code_fingerprint()}) than the "
                f"machine that asks ({config.code}): install the same version of Plaza on both"
            )
        with carried(str(config.mechanisms)):
            folder = Path(config.folder)
            # who asked has read the plan already, and said whether it may hold resolvers
            store = open_store(folder.parents[1], is_trusted=True, option=str(config.option))
            job = _Job(StudyFolder(store, folder.name), str(config.launch), int(config.part))
            job.run(int(config.parts), int(config.workers))
            return asdict(job.state)
    except UserError as mistake:
        if config.launch not in MISTAKES:
            raise
        MISTAKES[config.launch].append(mistake)
        return {}


class _Job:
    def __init__(self, study: StudyFolder, launch: str, part: int) -> None:
        self.study, self.store, self.plan = study, study.store, load_plan(study)
        self.state = _JobState(part, pid=os.getpid())
        self.file = study.jobs / f"{launch}-{part}.json"

    def run(self, parts: int, workers: int) -> None:
        mine = _part(self.plan, self.state.part, parts)
        tasks = lacking(self.store, map(self._task, mine))
        self.state.skipped = len(mine) - len(tasks)
        try:
            while tasks:
                share = Share(self.store, self.study.name, tasks, self._found_made)
                run_and_keep(
                    self.store, self.study.name, share, self.plan.point,
                    weeks=self.plan.weeks, workers=workers, taken=share.taken,
                    on_result=self._collect, on_kept=partial(self._kept, self.state.done),
                )  # fmt: skip
                tasks = share.freed()
            self.state.state = "ended"
        except BaseException as stopped:
            self.state.state, self.state.why = "stopped", type(stopped).__name__
            raise
        finally:
            with contextlib.suppress(OSError):
                self._tell()

    def _task(self, number: int) -> Task:
        place, seed = self.plan.run_of(number)
        return Task(self.plan.key_of(number), place, self.plan.rows[place].point_id, seed)

    def _found_made(self) -> None:
        self.state.elsewhere += 1

    def _collect(self, task: Task, result: Any) -> None:
        if not isinstance(result, Exception):
            forget_failure(self.store, task.key)
            return
        if os.environ.get("PLAZA_DEBUG") == "1":
            raise result
        keep_failure(self.store, self._failure(task, result))
        self.state.failed += 1
        self._tell()

    def _failure(self, task: Task, error: Exception) -> Failure:
        plan = self.plan
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        own = ("run.seed", "run.replicates", "run.weeks")
        words = [word for word in plan.overrides(task.place) if not word.startswith(own)]
        words += [f"run.seed={task.seed}", "run.replicates=1", f"run.weeks={plan.weeks}"]
        again = command_line("run", *words)
        policy = plan.rows[task.place].policy
        return Failure(task.key, self.study.name, policy, task.seed, reason, again)

    def _kept(self, before: int, kept: int) -> None:
        self.state.done = before + kept
        self._tell()

    def _tell(self) -> None:
        with self.store.writing(self.file):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self.file, json.dumps(asdict(self.state)))
