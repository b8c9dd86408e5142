"""On whose clock times stand: as written, of UTC, or of the zone that the user names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SUMMER = 3600.0  # between the clocks of one place in winter and in summer, s
MOST_OFFSETS = 4


def zone_in_words(offsets: np.ndarray, without: int, zone: ZoneInfo | None) -> str:
    """Say on whose clock written times stand, some of which may have an offset."""
    if not offsets.size:
        return "as written, without a zone"
    if zone is not None:
        return f"{zone} (--tz)" + (
            f"; {without:,} rows without an offset as written" * bool(without)
        )
    values, counts = np.unique(offsets, return_counts=True)
    shown = [_offset_text(value) for value in values[np.argsort(-counts)][:3]]
    more = " ..." if len(values) > 3 else ""
    where = "as written, offset " + ", ".join(shown) + more
    return "UTC as written (--tz ZONE for local days)" if set(values) == {0.0} else where


def mixed_clocks(
    offsets: dict[float, int], without: int, epochs: int, zone: ZoneInfo | None
) -> tuple[str, ...]:
    """Say so where the times of one column are on several clocks.

    Two offsets an hour apart are summer and winter of one place, and nothing to tell.

    Parameters
    ----------
    offsets : dict of float to int
        Rows by offset from UTC, seconds.
    without, epochs : int
        Rows without an offset, and epoch numbers (which are on UTC's clock).
    zone : zoneinfo.ZoneInfo, optional
        On whose clock instants are shown.

    Returns
    -------
    tuple of str
        One note, or none.
    """
    clocks = dict(offsets) | ({0.0: offsets.get(0.0, 0) + epochs} if epochs else {})
    if not clocks or (not without and max(clocks) - min(clocks) <= SUMMER):
        return ()
    if zone is not None and not without:
        return ()  # all of them are instants, and on one clock now
    largest = sorted(clocks.items(), key=lambda one: -one[1])
    shown = [f"{_offset_text(offset)} in {n:,} rows" for offset, n in largest[:MOST_OFFSETS]]
    more = f" and {len(clocks) - MOST_OFFSETS} more" if len(clocks) > MOST_OFFSETS else ""
    none = f", no offset in {without:,}" if without else ""
    how = (
        f"those without are taken to be on the clock of {zone} already"
        if zone is not None
        else "days are as written; --tz ZONE shows those with an offset on one clock"
    )
    return (f"times are on different clocks: {', '.join(shown)}{more}{none}: {how}",)


def _offset_text(offset: float) -> str:
    sign, minutes = "-" if offset < 0 else "+", abs(int(offset)) // 60
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def epoch_zone(instants: np.ndarray, zone: ZoneInfo | None) -> str:
    """Say on whose clock epoch numbers are shown."""
    if not instants.any():
        return "as written, without a zone"
    return f"{zone} (--tz)" if zone else "UTC, of epoch numbers (--tz ZONE for local days)"


def shifted(seconds: np.ndarray, instants: np.ndarray, zone: ZoneInfo | None) -> np.ndarray:
    """Show the rows that are instants on the clock of the zone; float64[n], changed in place."""
    if zone is not None and instants.any():
        seconds[instants] = on_clock(seconds[instants], zone)
    return seconds


def on_clock(seconds: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """Show instants (seconds since 1970, UTC) on the clock of a zone; float64[n], NaN stays."""
    import pandas as pd

    sane = np.isfinite(seconds) & (np.abs(seconds) < 6e9)
    micros = np.where(sane, seconds, 0) * 1e6
    instants = pd.DatetimeIndex(np.round(micros).astype("datetime64[us]"), tz="UTC")
    local = instants.tz_convert(zone).tz_localize(None).to_numpy().astype("datetime64[us]")
    return np.where(sane, local.astype(np.int64) / 1e6, seconds)
