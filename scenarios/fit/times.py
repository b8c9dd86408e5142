"""Timestamps as people write them, turned into instants, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

SECONDS_PER_DAY = 86_400
# Epoch numbers tell their unit by size: 1e8-1e11 s is 1973-5138, the same span in ms is x1000.
EPOCH_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (np.inf, 1e9))
FORMS = "ISO dates (2024-03-31 or 2024-03-31T18:30:00), epoch seconds or milliseconds, YYYYMMDD"


def seconds_since_epoch(values: pa.ChunkedArray) -> np.ndarray:
    """Read a column of timestamps.

    One form is decided for the whole column: a column of eight-digit calendar dates, of epoch
    numbers (unit by size), or of ISO texts. A time zone written in the text is turned into UTC.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        Strings, numbers, dates or timestamps.

    Returns
    -------
    numpy.ndarray
        float64[n], seconds since 1970-01-01, NaN where a value cannot be read.
    """
    import pyarrow as pa

    kind = values.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _from_arrow_time(values)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _from_numbers(values.cast(pa.float64(), safe=False).to_numpy())
    texts = values.to_pandas()
    numbers = _as_numbers(texts)
    if np.isfinite(numbers).sum() * 2 > texts.notna().sum():
        return _from_numbers(numbers)
    return _from_texts(texts)


def resolution(seconds: np.ndarray) -> str:
    """Tell how finely times are written: ``"day"``, ``"minute"`` or ``"second"``."""
    if not np.any(seconds % SECONDS_PER_DAY):
        return "day"
    return "second" if np.any(seconds % 60) else "minute"


def _from_arrow_time(values: pa.ChunkedArray) -> np.ndarray:
    import pandas as pd

    instants = pd.to_datetime(values.to_pandas(), utc=True, errors="coerce")
    return _datetimes_to_seconds(instants)


def _as_numbers(texts) -> np.ndarray:  # type: ignore[no-untyped-def]
    import pandas as pd

    return pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _from_numbers(numbers: np.ndarray) -> np.ndarray:
    known = numbers[np.isfinite(numbers)]
    if not known.size:
        return np.full(numbers.shape, np.nan)
    calendar = _from_calendar_numbers(numbers)
    if np.isfinite(calendar).sum() * 2 > known.size:
        return calendar
    typical = np.median(np.abs(known))
    unit = next(unit for limit, unit in EPOCH_UNITS if typical < limit)
    return numbers / unit


def _from_calendar_numbers(numbers: np.ndarray) -> np.ndarray:
    whole = np.isfinite(numbers) & (numbers >= 19_000_101) & (numbers <= 21_001_231)
    whole &= np.where(whole, numbers % 1 == 0, False)
    dates = np.where(whole, numbers, 0).astype(np.int64)
    year, month, day = dates // 10_000, dates // 100 % 100, dates % 100
    whole &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (year - 1970) * 12 + month - 1
    safe = np.where(whole, months, 0).astype("datetime64[M]")
    instants = safe.astype("datetime64[D]") + np.where(whole, day - 1, 0)
    whole &= instants.astype("datetime64[M]") == safe  # 31 February rolls over: not a date
    return np.where(whole, instants.astype(np.int64) * float(SECONDS_PER_DAY), np.nan)


def _from_texts(texts) -> np.ndarray:  # type: ignore[no-untyped-def]
    import pandas as pd

    instants = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    return _datetimes_to_seconds(instants)


def _datetimes_to_seconds(instants) -> np.ndarray:  # type: ignore[no-untyped-def]
    known = instants.notna().to_numpy()
    micros = instants.dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64)
    return np.where(known, micros / 1e6, np.nan)
