"""A comparison that was kept in a folder, read again."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.advising.flips import Flips
from plaza_lab.scenarios.answers.comparison import Comparison
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.manifest import MANIFEST

if TYPE_CHECKING:
    import pandas as pd

FLIPS = "flips.json"


class KeptRuns:
    """The runs of a folder of ``plaza compare``, in place of a study.

    Raises
    ------
    UserError
        With one line, if it is none or a file is damaged.
    """

    verb = "compare"
    is_interrupted = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "runs.parquet").is_file() or not (folder / MANIFEST).is_file():
            raise UserError(f"{folder} is no folder of plaza compare: it has no runs.parquet and "
                            f"{MANIFEST}")  # fmt: skip
        try:
            self.told: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
            self.policies: list[str] = list(self.told["policies"])
            self.finished_seeds: list[int] = list(self.told["seeds"])
            self.weeks, self.n_finished = int(self.told["weeks"]), int(self.told["runs"])
        except (ValueError, KeyError, TypeError, OSError) as wrong:
            raise UserError(f"{folder / MANIFEST} cannot be read: {wrong}") from wrong
        if self.told.get("verb") not in ("compare", "demo") or len(self.policies) < 2:
            raise UserError(f"{folder} holds no comparison; a memo is of plaza compare or plaza "
                            "study with policies")  # fmt: skip
        self.points: list[Any] = []
        self.failures: list[str] = list(self.told.get("failures", []))
        self.seeds = self.finished_seeds
        self.started, self.wall_s = datetime.now(), 0.0

    def _table(self, name: str) -> pd.DataFrame:
        import pandas as pd

        try:
            return pd.read_parquet(self.folder / f"{name}.parquet")
        except (OSError, ValueError) as wrong:
            reason = str(wrong).splitlines()[0]
            raise UserError(f"{self.folder / name}.parquet cannot be read: {reason}") from wrong

    def runs_table(self) -> pd.DataFrame:
        """One row per run, of the policies told of."""
        return self._table("runs")

    @cached_property
    def days(self) -> pd.DataFrame:
        """One row per run and day."""
        return self._table("days")

    def days_table(self) -> pd.DataFrame:
        """One row per run and day."""
        return self.days

    def shown_days(self) -> pd.DataFrame:
        """Days that pictures show: all."""
        return self.days

    def journal_table(self) -> pd.DataFrame:
        """One row per transfer."""
        return self._table("journal")

    def flows(self) -> pd.DataFrame:
        """Transfers that pictures show: all."""
        return self._table("journal")

    def run_sums(self, metric: str) -> pd.Series | None:
        """Sum a daily metric over each run."""
        if metric not in self.days:
            return None
        return self.days.groupby("run_id", sort=False)[metric].sum()


class KeptComparison(Comparison):
    """The comparison of a folder of ``plaza compare``, and how it is to be answered."""

    def __init__(self, folder: Path, view: View) -> None:
        kept = KeptRuns(folder)
        super().__init__(kept, str(kept.told["command"]), view)  # type: ignore[arg-type]
        self.kept = kept
        self.moved = _flips_in(folder, view.aim)
        self.remarks = [str(line) for line in kept.told.get("remarks", [])]

    def manifest(self) -> dict[str, Any]:
        """Return the manifest that was kept."""
        return self.kept.told

    def settings(self) -> dict[str, dict[str, Any]]:
        """Return the settings of every policy, from the configurations that were kept."""
        from omegaconf import OmegaConf

        found: dict[str, dict[str, Any]] = {}
        for file in sorted(self.kept.folder.glob("config-*.yaml")):
            text = file.read_text("utf-8")
            name = text.partition("\n")[0].removeprefix("# ")
            plain = OmegaConf.to_container(OmegaConf.create(text))
            if isinstance(plain, dict):
                found[name] = {str(key): value for key, value in plain.items()}
        return found


def _flips_in(folder: Path, aim: str) -> Flips | None:
    """What was found when the comparison was made, if it was asked for this aim."""
    file = folder / FLIPS
    if not file.is_file():
        return None
    try:
        found = Flips.read(json.loads(file.read_text("utf-8")))
    except (ValueError, KeyError, TypeError) as wrong:
        raise UserError(f"{file} cannot be read: {wrong}") from wrong
    return found if found.aim == aim else None
