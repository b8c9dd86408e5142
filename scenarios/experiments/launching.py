"""Carrying out a plan: its runs as jobs, here or by a launcher of Hydra, watched from outside."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace, TracebackType

from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.compiling import points_of
from plaza_lab.scenarios.experiments.execute import prepare
from plaza_lab.scenarios.experiments.job import MISTAKES, carry_out, part_of
from plaza_lab.scenarios.experiments.plan import Plan
from plaza_lab.scenarios.experiments.plan_files import StudyFolder
from plaza_lab.scenarios.output.provenance import code_fingerprint
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.composing import check_words_of_hydra, launch, readable_errors
from plaza_lab.scenarios.store import read_index
from plaza_lab.scenarios.store.failures import Failure, failures_of
from plaza_lab.scenarios.store.layout import remove_empty

MOST_JOBS = 200
"""Jobs of one launch: enough to spread over many machines, few enough to cost nothing."""
LOOK_EVERY_S = 0.25
OLD_S = 86_400.0
"""Progress files of a launch that was killed are removed after a day."""


ONE_THREAD = ("hydra/launcher=dask", "hydra/launcher=joblib")


@dataclass(frozen=True)
class Where:
    """Where a study runs; nothing here changes a result.

    Parameters
    ----------
    launcher : tuple of str
        Overrides of Hydra, such as ``hydra/launcher=dask``; empty for this process.
    workers : int
        Runs side by side within a job; 0 takes every core.
    jobs : int
        Jobs the runs are spread over; 0 takes one in this process, and up to `MOST_JOBS` with a
        launcher.
    """

    launcher: tuple[str, ...] = ()
    workers: int = 0
    jobs: int = 0

    @property
    def threads(self) -> int:
        """Runs side by side in one job: one where the launcher fills the cores with jobs."""
        if not self.workers and any(word in ONE_THREAD for word in self.launcher):
            return 1
        return self.workers


def check_launcher(words: Sequence[str]) -> None:
    """Refuse a launcher, a sweeper or a setting of Hydra that there is not.

    To be called before a store is opened, whether anything is to be run or not.

    Parameters
    ----------
    words : sequence of str
        Overrides of Hydra.

    Raises
    ------
    UserError
        With what Hydra says.
    """
    if words:
        check_words_of_hydra(words)


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


def carry_out_plan(
    study: StudyFolder,
    plan: Plan,
    progress: Progress,
    where: Where = Where(),
) -> Launch:
    """Run what the store does not hold yet.

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

    Returns
    -------
    Launch
        What became of it.

    Raises
    ------
    UserError
        If the launcher cannot be reached, or the disk refuses.
    """
    began, index = time.monotonic(), read_index(study.store)
    keys = [plan.key_of(number) for number in range(plan.n_runs)]
    is_open = [key not in index for key in keys]
    outcome = Launch(n_before=len(keys) - sum(is_open))
    progress.total = sum(is_open)
    if progress.total:
        prepare(progress, points_of(plan))
        parts = min(plan.n_runs, where.jobs or (MOST_JOBS if where.launcher else 1))
        open_parts = [p for p in range(parts) if any(is_open[n] for n in _numbers(plan, p, parts))]
        with _Watch(study, progress, [key for key in keys if key not in index]) as watch:
            mistakes = MISTAKES[watch.name] = []
            try:
                _launch(study, open_parts, parts, watch.name, where)
            except KeyboardInterrupt:
                outcome.is_interrupted = True
            except UserError:
                raise
            except Exception as failed:
                if os.environ.get("PLAZA_DEBUG") == "1":
                    raise
                outcome.problems.append(" ".join(f"{failed}".split()) or type(failed).__name__)
            finally:
                del MISTAKES[watch.name]
        if mistakes:
            raise mistakes[0]
    done = read_index(study.store)
    outcome.failures = failures_of(study.store, [key for key in keys if key not in done])
    outcome.wall_s = time.monotonic() - began
    return outcome


def _numbers(plan: Plan, part: int, parts: int) -> range:
    return part_of(plan.n_runs, part, parts)


def _launch(
    study: StudyFolder,
    open_parts: Sequence[int],
    parts: int,
    name: str,
    where: Where,
) -> None:
    folder, own = study.folder / "hydra" / name, own_model()
    asked = {
        "folder": study.folder,
        "parts": parts,
        "workers": where.threads,
        "launch": name,  # some names are all digits
        "mechanisms": own.parcel if own is not None and where.launcher else "",
        "code": code_fingerprint(),
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
