"""Ensembles: the worlds that fit, kept with their weights, so that later studies average over them.

``plaza-conf/ensemble/<name>.parquet`` holds one row per world and a column per calibrated setting;
``plaza-conf/world/<name>.yaml`` is the one world in the middle of them, an option like any other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.varying import vary
from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys
from plaza_lab.scenarios.settings.names import check_name as check_file_name
from plaza_lab.scenarios.settings.options import USER_FOLDER, nearest

FOLDER = "ensemble"
WEIGHT = "weight"
NOTE = b"plaza_ensemble"
GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Ensemble:
    """Worlds that fit, with weights.

    Parameters
    ----------
    name : str
        Also the option of the world in their middle.
    values : pandas.DataFrame
        One row per world, a column per calibrated setting, in the settings' units.
    weights : numpy.ndarray
        Shape ``(worlds,)``, sum 1.
    origin : dict
        What made them: command, targets, ranges, code.
    """

    name: str
    values: pd.DataFrame
    weights: np.ndarray
    origin: dict[str, Any] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """The calibrated settings."""
        return [str(key) for key in self.values.columns]

    def world(self, place: int) -> dict[str, int | float]:
        """Return the settings of one world, whole numbers as such."""
        row = self.values.iloc[place]
        return {
            key: int(row[key]) if declaration(key)[1].type is int else float(row[key])
            for key in self.keys
        }

    def middle(self) -> int:
        """Return the position of the world nearest to all others.

        Distances are in ranks, so that no setting's unit counts; unlike a world of medians it has
        been found to fit as a whole.
        """
        ranks = self.values.rank().to_numpy(float)
        far = [self.weights @ np.abs(ranks - own).sum(axis=1) for own in ranks]
        return int(np.argmin(far))


def resampled(weights: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Draw positions, shape ``(n,)``, in proportion to weights of sum 1, evenly spread.

    The same seed gives the same positions, and a larger `n` only adds to them; a heavy world comes
    more than once.
    """
    start = np.random.default_rng(seed).random()
    shares = (start + GOLDEN * np.arange(n)) % 1.0  # a golden sequence fills [0, 1) evenly
    return np.minimum(np.searchsorted(np.cumsum(weights), shares, "right"), len(weights) - 1)


def ensemble_file(name: str, folder: str | Path = USER_FOLDER) -> Path:
    """Return where an ensemble is kept."""
    return Path(folder) / FOLDER / f"{check_file_name(name, 'an ensemble')}.parquet"


def ensemble_names(folder: str | Path = USER_FOLDER) -> list[str]:
    """Return the names of the ensembles kept, in alphabetical order."""
    return sorted(file.stem for file in (Path(folder) / FOLDER).glob("*.parquet"))


def load_ensemble(name: str, folder: str | Path = USER_FOLDER) -> Ensemble:
    """Read an ensemble.

    Parameters
    ----------
    name : str
        As given to ``plaza calibrate --name``.
    folder : str or pathlib.Path
        Default ``./plaza-conf``.

    Returns
    -------
    Ensemble
        Its settings are known to today's Plaza.

    Raises
    ------
    UserError
        If there is none of this name, or the file is damaged or of another Plaza.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = ensemble_file(name, folder)
    if not place.is_file():
        names = ensemble_names(folder)
        near = nearest(name, names) or f"; there are {', '.join(names) or 'none'}"
        raise UserError(f"{name!r} is no ensemble of {Path(folder) / FOLDER}{near}")
    try:
        table = pq.read_table(place)
        origin = json.loads((table.schema.metadata or {})[NOTE])
        values = table.to_pandas()
        weights = values.pop(WEIGHT).to_numpy(float)
    except (OSError, pa.ArrowException, KeyError, ValueError) as wrong:
        raise UserError(f"{place} is damaged or no ensemble; calibrate anew") from wrong
    for key in values.columns:
        if key not in setting_keys():
            raise UserError(
                f"{place}: {key} is no setting here; calibrate anew, or name the mechanism whose "
                "it is: mechanisms=+file.py"
            )
    if not len(weights) or not np.isfinite(weights).all() or weights.sum() <= 0:
        raise UserError(f"{place} holds no weighted worlds; calibrate anew")
    return Ensemble(name, values, weights / weights.sum(), origin)


def check_name(name: str, folder: str | Path = USER_FOLDER, *, may_replace: bool = False) -> str:
    """Refuse a name, as given to ``--name``, under which an ensemble cannot be kept; return it.

    Raises
    ------
    UserError
        If it is no name, one of Plaza's own worlds, a world that was not calibrated, or taken by an
        ensemble, where `may_replace` is not set.
    """
    from plaza_lab.scenarios.fit.world_file import check_world

    name = check_world(name, Path(folder))
    world, own = Path(folder) / "world" / f"{name}.yaml", ensemble_file(name, folder)
    if world.exists() and not own.exists():
        raise UserError(f"--name {name}: {world} is a world of yours; take another name")
    if own.exists() and not may_replace:
        raise UserError(
            f"--name {name}: {own} exists already; take another name, or run.overwrite=true"
        )
    return name


def save_ensemble(
    ensemble: Ensemble,
    point: DesignPoint,
    axes: Sequence[Axis],
    folder: str | Path = USER_FOLDER,
) -> list[Path]:
    """Keep an ensemble, and the world in its middle as an option file, whose paths are returned.

    Parameters
    ----------
    ensemble : Ensemble
        Worlds that fit.
    point : DesignPoint
        What was common to all of them.
    axes : sequence of Axis
        Ranges that were searched.
    folder : str or pathlib.Path
        Made if needed.

    Raises
    ------
    UserError
        If the disk refuses.
    """
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    from plaza_lab.scenarios.command_line.printing import complain
    from plaza_lab.scenarios.files.places import earlier_line, keep_earlier, write_whole
    from plaza_lab.scenarios.output.output_folder import disk_errors

    table = pa.Table.from_pandas(
        ensemble.values.assign(**{WEIGHT: ensemble.weights}), preserve_index=False
    )
    note = json.dumps(ensemble.origin, sort_keys=True, default=str).encode()
    buffer = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata({**(table.schema.metadata or {}), NOTE: note}), buffer
    )
    places = [ensemble_file(ensemble.name, folder)]
    places.append(Path(folder) / "world" / f"{ensemble.name}.yaml")
    text = _world_text(ensemble, point, axes)
    with disk_errors(places[0].parent):
        if copy := keep_earlier(places[1], text.encode()):
            complain(earlier_line(places[1], copy))
        write_whole(places[0], buffer.getvalue())
        write_whole(places[1], text.encode())
    return places


def _world_text(ensemble: Ensemble, point: DesignPoint, axes: Sequence[Axis]) -> str:
    """Write the option file of the world in the middle of an ensemble."""
    from plaza_lab.scenarios.calibrate.learned import quantiles
    from plaza_lab.scenarios.report.rendering import flat
    from plaza_lab.scenarios.settings.composing import compose

    values = {
        key: value if isinstance(value, int) else float(f"{value:.6g}")
        for key, value in ensemble.world(ensemble.middle()).items()
    }
    plain = vary(point, values).composed.plain
    usual = flat({"world": compose([]).plain["world"]})
    told = {}
    for axis in axes:
        low, high = quantiles(
            ensemble.values[axis.key].to_numpy(float), ensemble.weights, [0.05, 0.95]
        )
        told[axis.key] = (
            f"  # calibrated, 90 % {low:.4g} to {high:.4g}; searched {axis.low:g} to {axis.high:g}"
        )
    lines = [
        f"# The middle of the worlds calibrated by `{ensemble.origin.get('command', 'calibrate')}`",
        f"# All of them: world=ensemble:{ensemble.name}",
    ]
    nested: dict[str, dict[str, str]] = {}
    for key, value in flat({"world": plain["world"]}).items():
        if key in told or value != usual.get(key):
            _, block, name = key.split(".", 2)
            nested.setdefault(block, {})[name] = f"{json.dumps(value)}{told.get(key, '')}"
    for block, own in nested.items():
        lines += [f"{block}:", *(f"  {name}: {text}" for name, text in own.items())]
    lines += [
        f"# {key}={values[key]:g}{told[key].replace('  #', ' is no setting of the world;')}"
        for key in values
        if not key.startswith("world.")
    ]
    return "\n".join(lines) + "\n"


def origin_of(
    command: str, targets: Mapping[str, Mapping[str, float]], axes: Sequence[Axis],
    choices: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Gather what an ensemble says of itself, ready for JSON."""
    from plaza_lab.scenarios.output.provenance import code_fingerprint

    ranges = {
        axis.key: {"low": axis.low, "high": axis.high, "log": axis.is_log, "unit": axis.unit}
        for axis in axes
    }
    return {
        "command": command, "targets": dict(targets), "ranges": ranges, "options": dict(choices),
        "code": code_fingerprint(),
    }  # fmt: skip
