"""What a daily metric is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One daily column.

    Parameters
    ----------
    name : str
        Column name.
    unit : str
        Unit.
    doc : str
        Operational definition.
    tid : str
        Id in the metric catalogue, or ``""``.
    is_held : bool
        Whether the value is carried to the next day until measured anew.
    """

    name: str
    unit: str
    doc: str
    tid: str = ""
    is_held: bool = False
