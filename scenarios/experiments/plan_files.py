"""A plan kept in the store: read by every job that takes part, whoever made it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.command_line.printing import harmless
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan import Base, Plan, Row
from plaza_lab.scenarios.experiments.plan_checks import (
    check_content,
    check_keys,
    check_rows,
    check_settings,
)
from plaza_lab.scenarios.experiments.spec import spec_of
from plaza_lab.scenarios.outcomes.own import plain_outcomes
from plaza_lab.scenarios.output.output_folder import replace_text
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.composing import Composed, readable_errors
from plaza_lab.scenarios.settings.config import (
    MECHANISMS,
    OtherMechanisms,
    check_mechanisms,
    from_plain,
)
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.scenarios.settings.names import check_name, is_name
from plaza_lab.scenarios.settings.options import nearest
from plaza_lab.scenarios.settings.resolvers import refuse_resolvers
from plaza_lab.scenarios.store.checksums import has_seal, mark_of_bytes, sealed, warn_of_age
from plaza_lab.scenarios.store.claims import LOST_S, age_of
from plaza_lab.scenarios.store.layout import Store, read_regular, refuse_links

STUDY, POINTS = "study.json", "points-{}.parquet"
READ_AGAIN = 5


@dataclass(frozen=True)
class StudyFolder:
    """Where one study lies in its store.

    Parameters
    ----------
    store, name
        The store, and the name of the study.

    Raises
    ------
    UserError
        If the name is no file name.
    """

    store: Store
    name: str

    def __post_init__(self) -> None:
        check_name(self.name)

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
    """Find a study that exists.

    Raises
    ------
    UserError
        If there is none of that name, or it is or holds a link.
    """
    found = StudyFolder(store, name)
    if not found.exists:
        names = study_names(store)
        near = nearest(name, names) or (f"; there are {', '.join(names)}" if names else "")
        raise UserError(f"{store.folder} holds no study {name!r}{near}")
    refuse_links(found.folder)
    return found


def study_names(store: Store) -> list[str]:
    """Return the names of the studies of a store, the newest last."""
    files = sorted(store.studies.glob(f"[!.]*/{STUDY}"), key=lambda file: file.stat().st_mtime)
    names = (file.parent.name for file in files if not file.parent.is_symlink())
    return [name for name in names if is_name(name)]


def save_plan(study: StudyFolder, plan: Plan, command: str) -> None:
    """Keep a plan; its runs are named by what they are, so an older plan may be replaced.

    Parameters
    ----------
    study, plan
        Where, and what is planned.
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
    points = POINTS.format(uuid.uuid4().hex[:8])
    # named after what is in it: a plan changes by one rename, that of study.json
    content["points"] = points
    if (own := own_model()) is not None and own.word:
        content[MECHANISMS] = own.word  # to be told again; what it holds is in the bases
    if own is not None and own.outcomes:
        content["own_outcomes"] = plain_outcomes(own.outcomes.values())
    check_content(content)  # what is kept can be read again
    check_rows(plan.rows, len(plan.bases))
    table = _points_table(plan)
    with study.store.writing(study.folder, kept="the runs done before are kept"):
        study.folder.mkdir(parents=True, exist_ok=True)
        content["points_sum"] = write_table(study.folder / points, table)
        replace_text(study.folder / STUDY, sealed(content))
        _remove_old_points(study, points)


def _remove_old_points(study: StudyFolder, points: str) -> None:
    """Remove design points that no plan names; another process may be about to name a young one."""
    for file in study.folder.glob(POINTS.format("*")):
        with contextlib.suppress(FileNotFoundError):  # another removed it
            if file.name != points and age_of(file) > LOST_S:
                file.unlink()


def _points_table(plan: Plan) -> Any:
    import pyarrow as pa

    columns: dict[str, list[Any]] = {
        own.name: [getattr(row, own.name) for row in plan.rows] for own in dataclasses.fields(Row)
    }
    for name in ("numbers", "factors"):
        columns[name] = [json.dumps(value, ensure_ascii=False) for value in columns[name]]
    return pa.table(columns)


def load_plan(study: StudyFolder) -> Plan:
    """Read the plan of a study that exists; the sampling plan is drawn again from its seed.

    Raises
    ------
    UserError
        If its files cannot be read, are not what was written, hold a resolver, or if a design
        point is not the configuration that its runs are kept under.
    """
    import pyarrow as pa

    try:
        content, table = _read(study)
        refuse_resolvers(_resolvable(content, table), study.name, study.store.is_trusted)
        for item in content["bases"]:
            check_mechanisms(item["plain"], study.name)
            settings = {
                name: own
                for name, own in item["plain"].items()
                if name not in (MECHANISMS, CHANGES)
            }
            check_settings(settings, item["run"])
        with readable_errors():
            bases = [base_of(item) for item in content["bases"]]
        rows = [Row(**row) for row in table]
        check_rows(rows, len(bases))
        check_keys([base.composed.plain for base in bases], rows)
        spec = spec_of(content["spec"], study.name, study.name, is_kept=True)
        refused = [harmless(line) for line in content["refused"]]
        plan = Plan(spec, bases, rows, content["seeds"], content["weeks"], refused)
        if all(base.composed.config.run.weeks != plan.weeks for base in bases):
            raise UserError(f"weeks was altered: {plan.weeks} is not what its settings say")
        return plan
    except OtherMechanisms:
        raise
    except (
        UserError, OSError, ValueError, KeyError, TypeError, RecursionError, pa.ArrowException,
    ) as wrong:  # fmt: skip
        reason = " ".join(str(wrong).split())[:300]
        raise UserError(f"{study.folder} holds no readable plan: {reason}") from wrong


def _resolvable(content: dict[str, Any], table: list[dict[str, Any]]) -> dict[str, Any]:
    """What of a plan may be composed or shown as a configuration."""
    points = [{key: row.get(key) for key in ("numbers", "factors")} for row in table]
    return {"spec": content["spec"], "bases": content["bases"], "points": points}


def _read(study: StudyFolder) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read both files of a plan; an expansion may replace it in between."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for trial in range(READ_AGAIN):
        content = load_facts(study)
        try:
            data = read_regular(study.folder / content["points"])
        except FileNotFoundError:
            if trial == READ_AGAIN - 1:
                raise
            continue
        if mark_of_bytes(data) != content.get("points_sum", mark_of_bytes(data)):
            raise UserError(f"{content['points']} is not what was written")
        with pq.ParquetFile(pa.BufferReader(data)) as opened:
            rows = opened.read(use_threads=False).to_pylist()
        for row in rows:
            row.update({name: json.loads(row[name]) for name in ("numbers", "factors")})
        return content, rows
    raise AssertionError


def load_facts(study: StudyFolder) -> dict[str, Any]:
    """Read what ``study.json`` of a study that exists holds.

    Returns
    -------
    dict
        ``name, command, made, spec, weeks, seeds, refused, bases, points``, each of its kind.

    Raises
    ------
    UserError
        If it cannot be read, or is not what was written.
    """
    file = study.folder / STUDY
    try:
        text = read_regular(file).decode("utf-8")
        content: dict[str, Any] = json.loads(text)
        check_content(content)
        is_sealed = has_seal(text, is_promised="points_sum" in content or "sum" in content)
    except (UserError, OSError, ValueError, RecursionError) as wrong:
        raise UserError(f"{file} cannot be read: {' '.join(str(wrong).split())}") from wrong
    if not is_sealed:
        warn_of_age(study.store.folder)
    return content


def base_of(item: dict[str, Any]) -> Base:
    """Read a base configuration, typed and checked again.

    Parameters
    ----------
    item : dict
        ``overrides, choices, plain, run``, as a plan or a job keeps them.
    """
    config = from_plain(item["plain"], item["run"])
    return Base(Composed(config, item["plain"], item["choices"]), tuple(item["overrides"]))
