"""A study as it stands in its store: the same tables as a study in memory, read when asked for."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.study import POOLS, Study, with_balance
from plaza_lab.scenarios.outcomes.own import TOLD
from plaza_lab.scenarios.output.output_folder import disk_errors
from plaza_lab.scenarios.store import Index, read_index
from plaza_lab.scenarios.store.index import failures_of, find_corruption, refuse_damage
from plaza_lab.scenarios.store.views import TableWriter, listed, open_views, readable

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from plaza_lab.scenarios.experiments.plan import Plan
    from plaza_lab.scenarios.experiments.plan_files import StudyFolder
    from plaza_lab.scenarios.experiments.sampling import Sample

MOST_CONFIGS = 60
LABELS = ["run_id", "policy", "seed"]
SHOWN = ("members", "active_28d", *POOLS)
"""Daily metrics that pictures show."""
TABLE_AT_ONCE = 256
"""Runs whose segments are open at a time while the table of runs is read: a megabyte each."""
RUNS_AT_ONCE = 256
"""Runs exported at once: a year of them takes about 60 MB."""


class StoredStudy(Study):
    """Finished runs of a plan, in a store: the same tables, read when asked for.

    Parameters
    ----------
    study : StudyFolder
        Where it lies.
    plan : Plan
        What is planned.
    verb : str
        Command that asked.
    """

    def __init__(self, study: StudyFolder, plan: Plan, verb: str = "study") -> None:
        self.study, self.plan, self.verb = study, plan, verb
        self.is_interrupted, self.problems = False, list[str]()
        self.seeds, self.weeks = plan.seeds, plan.weeks
        self.started, self.wall_s = datetime.now(), 0.0
        self._read: set[str] = set()

    @cached_property
    def index(self) -> Index:
        """What the store holds now."""
        index, plan = read_index(self.study.store), self.plan
        if any(key not in index for key in plan.keys):
            refuse_damage(self.study.store, index.damaged)  # what lacks may be in there
        return index

    @cached_property
    def policies(self) -> list[str]:
        """Names of the policies, the baseline first."""
        return self.plan.policies

    @cached_property
    def points(self) -> list[DesignPoint]:  # type: ignore[override]  # read when asked for
        """Design points of the first world, a few dozen at most: their settings are shown."""
        first = self.plan.rows[0].world_point
        places = [n for n, row in enumerate(self.plan.rows) if row.world_point == first]
        return [self.plan.point(place) for place in places[:MOST_CONFIGS]]

    @cached_property
    def sample(self) -> Sample:
        """The sampling plan, drawn again from its seed."""
        from plaza_lab.scenarios.experiments.sampling import sample

        spec = self.plan.spec
        axes = spec.uncertainties or spec.levers
        return sample(spec.design.kind, axes, spec.design.n, spec.design.seed)

    @property
    def factors(self) -> list[str]:
        """Columns that tell design points apart; named policies tell the levers by their names."""
        spec = self.plan.spec
        keys = [axis.key for axis in spec.uncertainties]
        return ["policy", *keys] if spec.policies else [axis.key for axis in spec.levers] + keys

    @cached_property
    def asked(self) -> pd.DataFrame:
        """One row per finished run: what the plan knows of it, in order of points and seeds."""
        import pandas as pd

        plan, several = self.plan, self.plan.n_worlds > 1
        rows: list[dict[str, Any]] = []
        for number in range(plan.n_runs):
            key = plan.key_of(number)
            if key not in self.index:
                continue
            place, seed = plan.run_of(number)
            row = plan.rows[place]
            head: dict[str, Any] = {"run_id": key, "policy": row.policy, "world": row.world}
            head |= {"population": row.population, "seed": seed, "place": place}
            if several:
                head["world_point"] = row.world_point
            rows.append(head | row.factors)
        table = pd.DataFrame(rows)
        if table.empty:
            return table
        return table.sort_values(["place", "seed"], kind="stable").drop(columns="place")

    @property
    def n_finished(self) -> int:
        """Finished runs."""
        return len(self.asked)

    @property
    def finished_seeds(self) -> list[int]:
        """Seeds of the finished runs."""
        return sorted({int(seed) for seed in self.asked["seed"]}) if len(self.asked) else []

    @cached_property
    def failures(self) -> list[str]:  # type: ignore[override]  # read when asked for
        """One line for each combination, run and job that could not be run."""
        plan = self.plan
        keys = plan.keys
        lacking = [key for key in keys if key not in self.index]
        failed = failures_of(self.study.store, lacking)
        lines = [f"{one.policy}, seed {one.seed}: {one.reason}" for one in failed]
        if len(lacking) > len(failed):
            lines.append(f"{len(lacking) - len(failed):,} of {len(keys):,} runs are not done yet")
        return [*plan.refused, *lines, *self.problems]

    def views(self) -> duckdb.DuckDBPyConnection:
        """Open DuckDB views ``runs``, ``days`` and ``journal`` with what the plan knows joined."""
        self._whole()
        return open_views(self.study.store, self.index, self.asked)

    def _whole(self) -> list[str]:
        """Return the segments that hold the finished runs, all read once to the last byte.

        DuckDB may pass over a byte that changed on the disk, and give fewer rows or other values.
        """
        segments = self.index.segments(self.asked["run_id"] if len(self.asked) else [])
        unread = [name for name in segments if name not in self._read]
        refuse_damage(self.study.store, find_corruption(self.study.store, unread))
        self._read.update(unread)
        return segments

    @contextlib.contextmanager
    def reading(
        self, asked: pd.DataFrame | None = None, **how: Any
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the views, perhaps of some of the runs; a segment that cannot be read is named.

        Parameters
        ----------
        asked : pandas.DataFrame, optional
            Rows of :attr:`asked`; default: all of them.
        **how
            As :func:`plaza_lab.scenarios.store.views.open_views` takes them.
        """
        segments, store = self._whole(), self.study.store
        some = self.asked if asked is None else asked
        if asked is not None:
            segments = self.index.segments(asked["run_id"] if len(asked) else [])
        with readable(store, segments), open_views(store, self.index, some, **how) as views:
            yield views

    def runs_table(self) -> pd.DataFrame:
        """One row per run, as of a study in memory."""
        import pandas as pd

        # some at a time, as each segment that is open takes a megabyte
        starts = range(0, max(1, len(self.asked)), TABLE_AT_ONCE)
        parts = [self._runs_of(self.asked[at : at + TABLE_AT_ONCE]) for at in starts]
        return pd.concat(parts, ignore_index=True).drop(columns="weeks", errors="ignore")

    def _runs_of(self, asked: pd.DataFrame) -> pd.DataFrame:
        """Runs and outcomes of some of the runs asked for, in their order."""
        with self.reading(asked, parts=("runs",)) as views:
            table = views.sql("SELECT * EXCLUDE (point_id, code) FROM runs").df()
        return table.set_index("run_id").loc[asked["run_id"].to_numpy()].reset_index()

    def days_table(self) -> pd.DataFrame:
        """One row per run and day, as of a study in memory.

        Ten thousand runs of a year take some gigabytes; ``views()`` asks for parts of them.
        """
        return with_balance(self._every("days"))

    def journal_table(self) -> pd.DataFrame:
        """One row per transfer, as of a study in memory."""
        names = ("purpose", "payer", "payee")
        return self._every("journal").astype(dict.fromkeys(names, "category"))

    def _every(self, part: str) -> pd.DataFrame:
        """Read days or journal whole, in order of points and seeds."""
        with self.reading(is_ordered=True) as views:
            return views.sql(self._query(part, LABELS)).df()

    def shown_days(self) -> pd.DataFrame:
        """One row per run and week's end: ``run_id, policy, seed, day`` and what pictures show.

        Ten thousand runs of a year fit in memory so.
        """
        last = self.weeks * 7 - 1
        with self.reading() as views:
            there = views.sql("SELECT * FROM days LIMIT 0").columns
            shown = [name for name in there if name in SHOWN or name in TOLD]
            table: pd.DataFrame = views.sql(
                f"SELECT {listed([*LABELS, 'day', *shown])} FROM days "
                f"WHERE ({last} - day) % 7 = 0 ORDER BY policy, seed, day"
            ).df()
        return with_balance(table)

    def run_sums(self, metric: str) -> pd.Series | None:
        """Sum a daily metric over each run, as of a study in memory."""
        with self.reading() as views:
            if metric not in views.sql("SELECT * FROM days LIMIT 0").columns:
                return None
            query = f'SELECT run_id, sum("{metric}")::DOUBLE AS total FROM days GROUP BY run_id'
            return views.sql(query).df().set_index("run_id")["total"]

    def flows(self) -> pd.DataFrame:
        """Transfers summed over days: ``run_id, policy, seed, purpose, payer, payee``, amount."""
        with self.reading() as views:
            return views.sql(
                "SELECT min(run_id) AS run_id, policy, purpose, payer, payee, "
                "sum(amount_cents)::DOUBLE AS amount_cents FROM journal "
                "GROUP BY policy, purpose, payer, payee ORDER BY ALL"
            ).df()

    @cached_property
    def has_money(self) -> bool:
        """Whether any money moved."""
        with self.reading() as views:
            return bool(views.sql("SELECT count(*) FROM journal").fetchall()[0][0])

    def keep_complete_pairs(self) -> list[int]:
        """Leave out what some policy has not finished in the same world at the same seed."""
        if not len(self.asked):
            return []
        wanted = Counter(row.world_point for row in self.plan.rows)
        worlds = self.asked.get("world_point", [self.plan.rows[0].world_point] * len(self.asked))
        pairs = list(zip(worlds, self.asked["seed"], strict=True))
        found = Counter(pairs)
        self.asked = self.asked[[found[pair] == wanted[pair[0]] for pair in pairs]]
        return self.finished_seeds

    def write_tables(
        self, folder: Path, *, form: str = "parquet", has_parameters: bool = False
    ) -> None:
        """Write the three tables, some runs at a time, in order: the same bytes for the same runs.

        Parameters
        ----------
        folder : pathlib.Path
            An existing folder.
        form : {"parquet", "csv"}
            Kind of file.
        has_parameters : bool
            Whether the factors are joined to the days and the journal as well; else they are in
            ``runs`` alone.

        Raises
        ------
        UserError
            If the disk refuses, or a segment is damaged.
        """
        self._whole()
        labels = list(self.asked.columns) if has_parameters else LABELS
        files = {part: folder / f"{part}.{form}" for part in ("runs", "days", "journal")}
        with contextlib.ExitStack() as stack:
            stack.enter_context(disk_errors(folder, option="--to"))
            writers = {part: stack.enter_context(TableWriter(file)) for part, file in files.items()}
            for start in range(0, len(self.asked), RUNS_AT_ONCE):
                some = self.asked.iloc[start : start + RUNS_AT_ONCE]
                with self.reading(some, is_ordered=True) as views:
                    for part, writer in writers.items():
                        writer.add(views.sql(self._query(part, labels)).to_arrow_table())

    def _query(self, part: str, labels: Sequence[str]) -> str:
        if part == "runs":
            chosen = 'runs.* EXCLUDE (code, "#run", "#row")'
        else:
            hidden = listed([*self.asked.columns, "#run", "#row"])
            chosen = f"{listed(labels)}, {part}.* EXCLUDE ({hidden})"
        return f'SELECT {chosen} FROM {part} ORDER BY "#run", "#row"'


def open_study(study: StudyFolder, plan: Plan) -> StoredStudy:
    """Open a study that has at least one finished run.

    Raises
    ------
    UserError
        If none is finished, or a segment is damaged.
    """
    stored = StoredStudy(study, plan)
    if not stored.n_finished:
        raise UserError(
            f"no run of {study.name} is finished with the engine installed here; "
            f"plaza study status {study.name} tells more"
        )
    return stored
