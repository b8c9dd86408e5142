"""Sweeps and studies of the store: what there is, how far each is, and starting one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from plaza_lab.scenarios.app.export import names_of
from plaza_lab.scenarios.app.question import Question
from plaza_lab.scenarios.errors import UserError, in_one_line
from plaza_lab.scenarios.settings.names import check_name

COMPARED = (
    "outcome", "alternative", "pairs", "mean_baseline", "mean_alternative", "difference", "low",
    "high",
)  # fmt: skip
"""Columns of a comparison that are shown."""
MOST_COLUMNS, MOST_ROWS = 7, 40


@dataclass(frozen=True)
class Shelved:
    """A study of the store.

    Parameters
    ----------
    name : str
        Its name.
    total, done, running, failed : int
        Runs.
    problem : str
        Why it cannot be read; empty where it can.
    """

    name: str
    total: int = 0
    done: int = 0
    running: int = 0
    failed: int = 0
    problem: str = ""


def shelved(folder: str) -> list[Shelved]:
    """Return the studies of a store; none where there is no store yet.

    Parameters
    ----------
    folder : str
        Of the store.
    """
    from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan, study_names
    from plaza_lab.scenarios.store import open_store, read_index
    from plaza_lab.scenarios.study.status import status_of

    if not Path(folder).is_dir():
        return []
    store = open_store(folder, may_make=False)
    index, found = read_index(store), []
    for name in study_names(store):
        try:
            study = StudyFolder(store, name)
            now = status_of(study, load_plan(study), index, has_others=False)
            found.append(Shelved(name, now.total, now.done, now.running, len(now.failed)))
        except UserError as wrong:
            found.append(Shelved(name, problem=str(wrong)))
    return found


def answer_table(name: str, folder: str) -> tuple[list[str], list[list[str]]]:
    """Return the headlines of a study's answer as text.

    Parameters
    ----------
    name, folder : str
        Study and store.

    Returns
    -------
    tuple
        Column names and rows; at most forty.

    Raises
    ------
    UserError
        If no seed is complete yet.
    """
    from plaza_lab.scenarios.api import open_study

    frame = open_study(name, folder).frame()
    frame = frame.reset_index() if any(frame.index.names) else frame
    known = [column for column in COMPARED if column in frame]
    columns = known if len(known) > 3 else list(map(str, frame.columns))[:MOST_COLUMNS]
    shown = frame[columns].head(MOST_ROWS)
    rows = [
        [f"{value:,.4g}" if isinstance(value, float) else str(value) for value in row]
        for row in shown.itertuples(index=False)
    ]
    return columns, rows


class Keeper:
    """Runs the question on the page as a study of the store, in the background.

    Parameters
    ----------
    folder : str
        Of the store.
    """

    def __init__(self, folder: str) -> None:
        self.folder, self.problem = folder, ""
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a study is being run for the page."""
        return self._thread is not None and self._thread.is_alive()

    def keep(self, question: Question, name: str, seeds: int) -> None:
        """Run the question as a study.

        Parameters
        ----------
        question : Question
            Without a fork.
        name : str
            Of the study.
        seeds : int
            Pairs.

        Raises
        ------
        UserError
            If one is under way, the name is none, or the policies part on a date.
        """
        if self.is_busy:
            raise UserError("a study is being run already; wait until it is done")
        if question.fork_day:
            raise UserError("a study compares from day 1; set the fork back first")
        name, self.problem = check_name(name), ""
        self._thread = threading.Thread(
            target=self._run, args=(question, name, seeds), daemon=True, name="plaza-study"
        )
        self._thread.start()

    def _run(self, question: Question, name: str, seeds: int) -> None:
        from plaza_lab.scenarios.api import run_study

        asked = {
            "policies": names_of(question), "settings": list(question.common),
            "run": {"replicates": seeds, "weeks": question.weeks},
        }  # fmt: skip
        try:
            run_study(asked, name=name, store=self.folder)
        except UserError as wrong:
            self.problem = str(wrong)
        except Exception as failed:
            self.problem = in_one_line(failed)
