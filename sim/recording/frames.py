"""What a community leaves, as data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.sim.own_tables import daily
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.state.fund import ACCOUNTS, PURPOSES
from plaza_lab.sim.tables import Tables

if TYPE_CHECKING:
    import pandas as pd


def days_frame(tables: Tables, days: int) -> pd.DataFrame:
    """Daily metrics.

    Parameters
    ----------
    tables : Tables
        A community's tables.
    days : int
        Days lived.

    Returns
    -------
    pandas.DataFrame
        One row a day, index ``day`` from 0, one column a metric of ``recording.metrics``, then
        those of mechanisms of one's own.
    """
    import pandas as pd

    index = pd.RangeIndex(days, name="day")
    frame = pd.DataFrame(tables.daily[:days].copy(), index=index, columns=list(NAMES))
    if tables.own is None:
        return frame
    own = daily(tables.own, days)
    return frame.drop(columns=list(tables.own.model.silent)).assign(**own)


def journal_frame(tables: Tables) -> pd.DataFrame:
    """Return the money journal, with names and in yuan.

    Parameters
    ----------
    tables : Tables
        A community's tables.

    Returns
    -------
    pandas.DataFrame
        One row a transfer: ``day``, ``purpose``, ``payer``, ``payee``, ``amount_yuan``,
        ``short_yuan`` (what a policy stop left unpaid) and ``member`` (row, -1 for an aggregate).
    """
    import pandas as pd

    journal = tables.journal[: int(tables.fund_state[0].n_journal)]
    columns: dict[str, Any] = {"day": journal["day"].copy()}
    for name, names in (("purpose", PURPOSES), ("payer", ACCOUNTS), ("payee", ACCOUNTS)):
        columns[name] = pd.Categorical.from_codes(journal[name], pd.Index(names))
    columns["amount_yuan"] = journal["amount_cents"] / 100.0
    columns["short_yuan"] = journal["short_cents"] / 100.0
    columns["member"] = journal["member"].copy()
    return pd.DataFrame(columns)


def agents_frame(columns: dict[str, np.ndarray], enums: dict[str, Any]) -> pd.DataFrame:
    """State variables of agents.

    Parameters
    ----------
    columns : dict of str to numpy.ndarray
        Name to values, as stored.
    enums : dict of str to enum class
        Columns to show by the names of an enum.

    Returns
    -------
    pandas.DataFrame
        One row an agent; a field of several numbers is ``name_0``, ``name_1``, ...
    """
    import pandas as pd

    shown: dict[str, Any] = {}
    for name, values in columns.items():
        if values.ndim == 1:
            shown[name] = values
        else:  # a field of several numbers takes a column each
            shown |= {f"{name}_{k}": values[:, k] for k in range(values.shape[1])}
    for name, enum in enums.items():
        names = pd.Index([member.name for member in enum])
        codes = np.searchsorted([member.value for member in enum], columns[name])
        shown[name] = pd.Categorical.from_codes(codes, names)
    return pd.DataFrame(shown)
