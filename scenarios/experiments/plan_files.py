"""A plan kept in the store: read by every job that takes part, whoever made it."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.composing import Composed, readable_errors
from plaza_lab.scenarios.config import from_plain
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan import Base, Plan, Row
from plaza_lab.scenarios.experiments.spec import spec_of
from plaza_lab.scenarios.names import check_name as check_name
from plaza_lab.scenarios.options import nearest
from plaza_lab.scenarios.output_folder import disk_errors, replace_text
from plaza_lab.scenarios.overrides import setting_keys
from plaza_lab.scenarios.store.layout import Store

STUDY, POINTS = "study.json", "points-{}.parquet"
READ_AGAIN = 5


@dataclass(frozen=True)
class StudyFolder:
    """Where one study lies in its store.

    Parameters
    ----------
    store : Store
        The store.
    name : str
        Name of the study.
    """

    store: Store
    name: str

    @property
    def folder(self) -> Path:
        """The folder."""
        return self.store.studies / self.name

    @property
    def jobs(self) -> Path:
        """One file for each job of the last launch."""
        return self.folder / "jobs"

    @property
    def exists(self) -> bool:
        """Whether there is such a study."""
        return (self.folder / STUDY).is_file()


def study_named(store: Store, name: str) -> StudyFolder:
    """Find a study.

    Parameters
    ----------
    store : Store
        The store.
    name : str
        Its name.

    Returns
    -------
    StudyFolder
        One that exists.

    Raises
    ------
    UserError
        If there is none of that name.
    """
    found = StudyFolder(store, name)
    if not found.exists:
        names = study_names(store)
        near = nearest(name, names) or (f"; there are {', '.join(names)}" if names else "")
        raise UserError(f"{store.folder} holds no study {name!r}{near}")
    return found


def study_names(store: Store) -> list[str]:
    """Return the names of the studies of a store, the newest last."""
    files = sorted(store.studies.glob(f"[!.]*/{STUDY}"), key=lambda file: file.stat().st_mtime)
    return [file.parent.name for file in files]


def save_plan(study: StudyFolder, plan: Plan, command: str) -> None:
    """Keep a plan; its runs are named by what they are, so an older plan may be replaced.

    Parameters
    ----------
    study : StudyFolder
        Where.
    plan : Plan
        What is planned.
    command : str
        Command line or call that asked.

    Raises
    ------
    UserError
        If the disk refuses.
    """
    from plaza_lab.scenarios.store.segments import write_table

    content = {
        "name": study.name,
        "command": command,
        "made": datetime.now().isoformat(timespec="seconds"),
        "spec": plan.spec.plain(),
        "weeks": plan.weeks,
        "seeds": plan.seeds,
        "refused": plan.refused,
        "bases": [
            {
                "overrides": list(base.overrides),
                "choices": base.composed.choices,
                "plain": base.composed.plain,
                "run": dataclasses.asdict(base.composed.config.run),
            }
            for base in plan.bases
        ],
    }
    table = _points_table(plan)
    # named after what is in it: a plan changes by one rename, that of study.json
    points = content["points"] = POINTS.format(uuid.uuid4().hex[:8])
    with disk_errors(study.folder, option="--store", kept="the runs done before are kept"):
        study.folder.mkdir(parents=True, exist_ok=True)
        write_table(study.folder / points, table)
        replace_text(study.folder / STUDY, json.dumps(content, ensure_ascii=False) + "\n")
        for file in study.folder.glob(POINTS.format("*")):
            if file.name != points:
                file.unlink(missing_ok=True)


def _points_table(plan: Plan) -> Any:
    import pyarrow as pa

    columns: dict[str, list[Any]] = {
        own.name: [getattr(row, own.name) for row in plan.rows] for own in dataclasses.fields(Row)
    }
    for name in ("numbers", "factors"):
        columns[name] = [json.dumps(value, ensure_ascii=False) for value in columns[name]]
    return pa.table(columns)


def load_plan(study: StudyFolder) -> Plan:
    """Read a plan.

    Parameters
    ----------
    study : StudyFolder
        One that exists.

    Returns
    -------
    Plan
        As it was saved; the sampling plan is drawn again from its seed.

    Raises
    ------
    UserError
        If its files cannot be read.
    """
    import pyarrow as pa

    try:
        content, table = _read(study)
        for item in content["bases"]:
            _check_settings(item["plain"])
        with readable_errors():
            bases = [base_of(item) for item in content["bases"]]
        rows = [
            Row(**{**row, "numbers": json.loads(row["numbers"]),
                   "factors": json.loads(row["factors"])})
            for row in table
        ]  # fmt: skip
        spec = spec_of(content["spec"], study.name, study.name, is_kept=True)
    except (UserError, OSError, ValueError, KeyError, TypeError, pa.ArrowException) as wrong:
        reason = " ".join(str(wrong).split())[:200]
        raise UserError(f"{study.folder} holds no readable plan: {reason}") from wrong
    return Plan(spec, bases, rows, content["seeds"], content["weeks"], content["refused"])


def _check_settings(plain: dict[str, Any]) -> None:
    """Refuse a configuration of a version that has other settings."""
    for key in sorted(_known_leaves() ^ set(_leaves(plain, ""))):
        raise UserError(
            f"another version of Plaza made it, and {key} is a setting in one of the two only; "
            "run the study anew under another name"
        )


def _leaves(plain: dict[str, Any], path: str) -> Iterator[str]:
    for name, value in plain.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield path + name


@cache
def _known_leaves() -> frozenset[str]:
    parents = {key.rpartition(".")[0] for key in setting_keys()}
    known = (key for key in setting_keys() if key not in parents)
    return frozenset(key for key in known if not key.startswith("run."))


def _read(study: StudyFolder) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read both files of a plan; an expansion may replace it in between."""
    import pyarrow.parquet as pq

    for trial in range(READ_AGAIN):
        content = load_facts(study)
        try:
            return content, pq.read_table(study.folder / content["points"]).to_pylist()
        except FileNotFoundError:
            if trial == READ_AGAIN - 1:
                raise
    raise AssertionError


def load_facts(study: StudyFolder) -> dict[str, Any]:
    """Read what ``study.json`` holds.

    Parameters
    ----------
    study : StudyFolder
        One that exists.

    Returns
    -------
    dict
        ``name, command, made, spec, weeks, seeds, refused, bases, points``.

    Raises
    ------
    UserError
        If it cannot be read.
    """
    file = study.folder / STUDY
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise UserError(f"{file} cannot be read: {' '.join(str(wrong).split())}") from wrong
    return content


def base_of(item: dict[str, Any]) -> Base:
    """Read a base configuration.

    Parameters
    ----------
    item : dict
        ``overrides, choices, plain, run``, as a plan or a job keeps them.

    Returns
    -------
    Base
        Typed and checked again.
    """
    config = from_plain(item["plain"], item["run"])
    return Base(Composed(config, item["plain"], item["choices"]), tuple(item["overrides"]))
