"""The state of a community on the last day of its log: written by ``plaza fit``, read to go on.

``plaza-conf/state/NAME/`` holds ``members.parquet`` (one row a member: posterior and history),
``ties.parquet``, ``acts.parquet`` (who was active on which day) and ``state.json``. Ids are keyed
hashes (HMAC-SHA256); the key lies apart, in ``plaza-keys/NAME.key`` beside the folder of worlds,
and whoever has only the state cannot tell who is who.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import write_whole
from plaza_lab.scenarios.forecast.backtest import Acts

if TYPE_CHECKING:
    import pandas as pd

FOLDER, KEYS = "state", "plaza-keys"
KEY_BYTES, ID_DIGITS = 32, 16
FORMAT = 1
KINDS = ("acts", "purchases")


@dataclass(frozen=True)
class Kept:
    """What was kept of a log.

    Attributes
    ----------
    name : str
        Of the world.
    acts : Acts
        Active (or purchase) days.
    members : pandas.DataFrame
        One row a member, in the order of their numbers.
    ties : pandas.DataFrame
        ``member``, ``other`` (rows), ``contacts``, ``days_ago``.
    about : dict
        ``policy``, ``source``, ``law`` and so on.
    """

    name: str
    acts: Acts
    members: pd.DataFrame
    ties: pd.DataFrame
    about: dict[str, Any]


def key_of(directory: Path, name: str) -> bytes:
    """Read the key of a world's ids, or make one that only its owner can read.

    Raises
    ------
    UserError
        The file cannot be written, or is no key.
    """
    path = directory.absolute().parent / KEYS / f"{name}.key"
    try:
        if path.exists():
            key = bytes.fromhex(path.read_text().strip())
            if len(key) != KEY_BYTES:
                raise ValueError
            return key
        path.parent.mkdir(parents=True, exist_ok=True)
        key = secrets.token_bytes(KEY_BYTES)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(key.hex() + "\n")
        return key
    except ValueError:
        raise UserError(
            f"{path} is no key of Plaza (64 hexadecimal digits); move it away"
        ) from None
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}") from None


def hashed(names: np.ndarray, key: bytes) -> list[str]:
    """Keyed hashes of ids, 16 hexadecimal digits each."""
    return [
        hmac.new(key, str(name).encode(), hashlib.sha256).hexdigest()[:ID_DIGITS] for name in names
    ]


def folder_of(directory: Path, name: str, kind: str) -> Path:
    """Where the state of a world lies; purchases beside acts."""
    return directory / FOLDER / (name if kind == "acts" else f"{name}.purchases")


def write_state(
    directory: Path,
    name: str,
    acts: Acts,
    members: pd.DataFrame,
    ties: pd.DataFrame,
    about: dict[str, Any],
) -> Path:
    """Write the state of a community.

    Parameters
    ----------
    directory : Path
        Usually ``plaza-conf``.
    name : str
        Of the world.
    acts, members, ties, about
        As in :class:`Kept`.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    UserError
        It cannot be written.
    """
    import pandas as pd

    from plaza_lab.scenarios.output.writing import as_json

    kind = "purchases" if acts.has_purchases else "acts"
    folder = folder_of(directory, name, kind)
    days = pd.DataFrame({"member": acts.member, "day": acts.day, "amount": acts.amount})
    tables = {"members": members, "ties": ties, "acts": days}
    for part, table in tables.items():
        write_whole(folder / f"{part}.parquet", table.to_parquet(index=False))
    told = {"format": FORMAT, "kind": kind, "n_days": acts.n_days, "last_day": acts.last_day}
    write_whole(folder / "state.json", (as_json(told | about) + "\n").encode())
    return folder


def read_state(name: str, directory: Path, kind: str = "acts") -> Kept | None:
    """Read the state that a fit has left; None where there is none.

    Raises
    ------
    UserError
        It is damaged, or of another version.
    """
    import pandas as pd

    folder = folder_of(directory, name, kind)
    if not (folder / "state.json").exists():
        return None
    try:
        about = json.loads((folder / "state.json").read_text())
        tables = {
            part: pd.read_parquet(folder / f"{part}.parquet")
            for part in ("members", "ties", "acts")
        }
        if about.pop("format") != FORMAT:
            raise UserError(f"{folder} is of another version of Plaza; fit the log again")
        days = tables["acts"]
        acts = Acts(
            days["member"].to_numpy(np.int64), days["day"].to_numpy(np.int64),
            days["amount"].to_numpy(np.int64), int(about["n_days"]),
            date.fromisoformat(about["last_day"]), kind == "purchases",
        )  # fmt: skip
        if not len(acts.member) or acts.member.max() >= len(tables["members"]):
            raise ValueError("members are missing")
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = " ".join(str(error).split())[:120]
        raise UserError(f"{folder} is damaged ({why}); fit the log again") from None
    return Kept(name, acts, tables["members"], tables["ties"], about)
