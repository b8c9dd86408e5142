"""Timestamps as people write them, turned into local days and seconds, row by row.

They stand on a clock: as written, that of UTC, or that of the zone that the user names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.number_times import (
    COUNTED,
    EPOCH_UNITS,
    SECONDS_PER_DAY,
    as_numbers,
    doubts,
    from_numbers,
)
from plaza_lab.scenarios.fit.reading.time_texts import Written, offsets_of, read_written

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import pandas as pd
    import pyarrow as pa

FORMS = (
    "ISO dates (2024-03-31 or 2024-03-31T18:30:00), 2024年3月31日, day/month/year, epoch seconds "
    "or milliseconds, YYYYMMDD; write others as --time-format, such as dmy or '%d %b %Y %H:%M'"
)
AT_ONCE = 500_000
WRITTEN_OFFSET = r"(?i)(?:(?<=\d) ?|\b)(z|[+-]\d{2}:?\d{2})(?!\d)"


@dataclass
class Times:
    """A column of times.

    Attributes
    ----------
    seconds : numpy.ndarray
        float64[n], seconds since 1970-01-01 on the clock of the place; NaN where unreadable.
    zone : str
        Whose clock that is, in words.
    forms : dict of str to int
        Rows of each form of writing.
    ambiguous : numpy.ndarray
        bool[n], dates whose first number may be the day or the month.
    notes : tuple of str
        Where rows are on different clocks.
    """

    seconds: np.ndarray
    zone: str
    forms: dict[str, int] = field(default_factory=dict)
    ambiguous: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    notes: tuple[str, ...] = ()


def zone_of(name: str | None) -> ZoneInfo | None:
    """Look a time zone up.

    Raises
    ------
    UserError
        There is none of that name.
    """
    from zoneinfo import ZoneInfo

    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise UserError(
            f"--tz {name}: no such time zone; write one such as Asia/Shanghai or Europe/Berlin"
        ) from None


def read_times(
    values: pa.ChunkedArray,
    zone: ZoneInfo | None = None,
    time_format: str | None = None,
    path: str | Path = "the log",
) -> Times:
    """Read a column of times, each row by its own form.

    The day of a row is the day on the clock of the place: as written, whatever the offset behind
    it says. Instants (epoch numbers, and times with an offset) are shown on the clock of `zone`
    where one is given.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        Strings, numbers, dates or timestamps.
    zone : zoneinfo.ZoneInfo, optional
        Where the community lives.
    time_format : str, optional
        ``dmy``, ``mdy`` or ``ymd``, a format of ``strptime``, or one of
        :data:`plaza_lab.scenarios.fit.reading.number_times.COUNTED`.
    path : str or Path
        Named in the errors.

    Returns
    -------
    Times
        Seconds, zone and forms.

    Raises
    ------
    UserError
        Most dates, or numbers, can be read in two ways.
    """
    import pyarrow as pa

    kind = values.type
    counted = time_format if time_format in COUNTED else None
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _from_arrow_time(values, zone)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = values.cast(pa.float64(), safe=False).to_numpy()
        return _of_numbers(numbers, zone, counted, path)
    texts = values.cast(pa.string())
    if time_format is not None and "%" in time_format:
        return _by_format(texts, time_format, zone)
    return _from_texts(texts, zone, time_format, path)


def resolution(seconds: np.ndarray) -> str:
    """Tell how finely times are written: ``"day"``, ``"minute"`` or ``"second"``."""
    if not np.any(seconds % SECONDS_PER_DAY):
        return "day"
    return "second" if np.any(seconds % 60) else "minute"


def _of_numbers(
    numbers: np.ndarray, zone: ZoneInfo | None, counted: str | None, path: str | Path
) -> Times:
    seconds, forms, instants = from_numbers(numbers, counted)
    told = doubts(numbers, seconds, instants, counted, path)
    return Times(_shifted(seconds, instants, zone), _epoch_zone(instants, zone), forms,
                 np.zeros(len(seconds), bool), told)  # fmt: skip


def _from_texts(
    texts: pa.ChunkedArray, zone: ZoneInfo | None, order: str | None, path: str | Path
) -> Times:
    import pyarrow.compute as pc

    whole = texts.combine_chunks() if texts.num_chunks != 1 else texts.chunk(0)
    numbers = as_numbers(pc.utf8_trim_whitespace(whole), path)
    counted, order = (order, None) if order in COUNTED else (None, order)
    seconds, forms, instants = from_numbers(numbers, counted)
    rest = np.flatnonzero(~np.isfinite(numbers))
    if not rest.size:
        return _of_numbers(numbers, zone, counted, path)
    told_of = doubts(numbers, seconds, instants, counted, path)
    if len(rest) == len(whole) and (plain := _plain_iso(whole)) is not None:
        zone_told = "as written, without a zone"
        return Times(plain, zone_told, {"year-month-day": len(plain)}, np.zeros(len(plain), bool))
    parts = [read_written(whole.take(rest[at : at + AT_ONCE]))
             for at in range(0, len(rest), AT_ONCE)]  # fmt: skip
    written = Written.joined(parts)
    local, ambiguous, ordered = written.ordered(order, path)
    seconds[rest] = local
    unclear = np.zeros(len(seconds), bool)
    unclear[rest] = ambiguous
    offset = written.offset
    has_offset = np.isfinite(offset) & np.isfinite(local)
    if zone is not None and has_offset.any():
        at = rest[has_offset]
        seconds[at] = _on_clock(local[has_offset] - offset[has_offset], zone)
    seconds = _shifted(seconds, instants, zone)
    for name, n in written.forms().items():
        forms[name] = forms.get(name, 0) + n
    without = int((np.isfinite(local) & ~has_offset).sum())
    told = _zone_in_words(offset[has_offset], without, zone)
    if instants.any():
        told = ", ".join(filter(None, [_epoch_zone(instants, zone), told if len(rest) else ""]))
    epochs = int((instants & (seconds > EPOCH_UNITS[0][0] / 1e3)).sum())
    notes = _mixed_clocks(Counter(offset[has_offset].tolist()), without, epochs, zone)
    return Times(seconds, told, forms, unclear, (*told_of, *ordered, *notes))


def _plain_iso(texts: pa.Array) -> np.ndarray | None:
    """Seconds of a column in which every text is ISO without an offset, the quickest way."""
    import pyarrow as pa

    try:
        micros = texts.cast(pa.timestamp("us")).cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    return micros.to_numpy() / 1e6 if not micros.null_count else None


def _from_arrow_time(values: pa.ChunkedArray, zone: ZoneInfo | None) -> Times:
    import pandas as pd

    instants = pd.to_datetime(values.to_pandas(), errors="coerce")
    told, own = "as written, without a zone", getattr(values.type, "tz", None)
    if own is not None:
        instants = instants.dt.tz_convert(zone or own).dt.tz_localize(None)
        told = f"{zone} (--tz)" if zone else f"{own} as stored (--tz ZONE for another)"
    known = instants.notna().to_numpy()
    micros = instants.to_numpy().astype("datetime64[us]").astype(np.int64)
    seconds = np.where(known, micros / 1e6, np.nan)
    return Times(seconds, told, {"timestamps": int(known.sum())}, np.zeros(len(seconds), bool))


def _by_format(texts: pa.ChunkedArray, time_format: str, zone: ZoneInfo | None) -> Times:
    import pandas as pd

    series = texts.to_pandas().str.strip()
    try:
        if "%z" in time_format or "%Z" in time_format:
            return _with_offsets(series, time_format, zone)
        else:
            read = pd.to_datetime(series, format=time_format, errors="coerce")
            told = "as written, without a zone"
    except ValueError as error:
        raise UserError(f"--time-format {time_format}: {str(error).splitlines()[0]}") from None
    seconds = _micros(read)
    known = int(np.isfinite(seconds).sum())
    return Times(seconds, told, {time_format: known}, np.zeros(len(seconds), bool))


def _with_offsets(series: pd.Series, time_format: str, zone: ZoneInfo | None) -> Times:
    """Read times by a format with an offset: as written, or on the clock of the zone."""
    import pandas as pd
    import pyarrow as pa

    read = pd.to_datetime(series, format=time_format, utc=True, errors="coerce")
    instants = _micros(read.dt.tz_localize(None))
    known = np.isfinite(instants)
    written = series.str.extract(WRITTEN_OFFSET, expand=False).fillna("").str.lower()
    offset = np.where(known, np.nan_to_num(offsets_of(pa.array(written, pa.string()))), 0.0)
    seconds = _on_clock(instants, zone) if zone is not None else instants + offset
    told = _zone_in_words(offset[known], 0, zone)
    notes = _mixed_clocks(Counter(offset[known].tolist()), 0, 0, zone)
    forms = {time_format: int(known.sum())}
    return Times(seconds, told, forms, np.zeros(len(seconds), bool), notes)


def _micros(read: pd.Series) -> np.ndarray:
    micros = read.to_numpy().astype("datetime64[us]").astype(np.int64)
    return np.where(read.notna().to_numpy(), micros / 1e6, np.nan)


SUMMER = 3600.0  # between the clocks of one place in winter and in summer, s
MOST_OFFSETS = 4


def _zone_in_words(offsets: np.ndarray, without: int, zone: ZoneInfo | None) -> str:
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


def _mixed_clocks(
    offsets: dict[float, int], without: int, epochs: int, zone: ZoneInfo | None
) -> tuple[str, ...]:
    """Say so where the times of one column are on several clocks.

    `offsets` counts rows by their offset from UTC in seconds; others have none, or are epoch
    numbers (on UTC's clock). Two offsets an hour apart are summer and winter of one place, and
    nothing to tell.
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


def _epoch_zone(instants: np.ndarray, zone: ZoneInfo | None) -> str:
    """Say on whose clock epoch numbers are shown."""
    if not instants.any():
        return "as written, without a zone"
    return f"{zone} (--tz)" if zone else "UTC, of epoch numbers (--tz ZONE for local days)"


def _shifted(seconds: np.ndarray, instants: np.ndarray, zone: ZoneInfo | None) -> np.ndarray:
    """Show the rows that are instants on the clock of the zone; float64[n], changed in place."""
    if zone is not None and instants.any():
        seconds[instants] = _on_clock(seconds[instants], zone)
    return seconds


def _on_clock(seconds: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """Show instants (seconds since 1970, UTC) on the clock of a zone; float64[n], NaN stays."""
    import pandas as pd

    sane = np.isfinite(seconds) & (np.abs(seconds) < 6e9)
    micros = np.where(sane, seconds, 0) * 1e6
    instants = pd.DatetimeIndex(np.round(micros).astype("datetime64[us]"), tz="UTC")
    local = instants.tz_convert(zone).tz_localize(None).to_numpy().astype("datetime64[us]")
    return np.where(sane, local.astype(np.int64) / 1e6, seconds)
