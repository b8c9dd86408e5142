"""A purchase log, and what it tells: who buys again, when no more, and how much each time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.bgnbd import Histories, fit_bgnbd, histories
from plaza_lab.scenarios.fit.estimate import Estimate, Fitted, maximise
from plaza_lab.scenarios.fit.log import (
    SHORTEST_DAYS,
    SILENT_DAYS,
    SILENT_TIMES,
    end_gap,
    end_of_observation,
    silence,
)
from plaza_lab.scenarios.fit.options import Asked, source_of
from plaza_lab.scenarios.fit.reading.baskets import read_baskets
from plaza_lab.scenarios.fit.reading.cleaning import ReadReport, joined_rows
from plaza_lab.scenarios.fit.reading.times import SECONDS_PER_DAY, resolution

SPEND_NAMES = ("spend_shape", "spend_mix", "spend_scale_yuan")
SPEND_STARTS = list(np.log([[6.0, 4.0, 15.0], [2.0, 3.0, 50.0], [1.0, 2.0, 200.0]]))
SPEND_BOX = ((1e-2, 500.0), (1.01, 500.0), (1e-2, 1e7))  # bounds of the purchase block
SPEND_BOUNDS = [(math.log(low), math.log(high)) for low, high in SPEND_BOX]
FEWEST_REPEATERS = 30  # below, first purchases are used for spend as well


@dataclass(frozen=True)
class Purchases:
    """Purchase days: one row for each customer and day, sorted by customer and day.

    Attributes
    ----------
    source : str
        File and filter, for captions.
    customer, day : numpy.ndarray
        int64[n]; days since ``first_day``.
    amount : numpy.ndarray
        float64[n], spent on that day.
    n_rows : int
        Purchases before those of one day were added up; lines of one customer at one time of day
        are one.
    n_customers : int
        Customers seen.
    first_day, last_day : datetime.date
        Of the first purchase and of the end of observation.
    report : ReadReport
        What was read and left out.
    names : numpy.ndarray or None
        Ids of the customers as the file has them, in the order of their numbers.
    """

    source: str
    customer: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    n_rows: int
    n_customers: int
    first_day: date
    last_day: date
    report: ReadReport
    names: np.ndarray | None = None

    @property
    def n_days(self) -> int:
        """Days of observation, the first and the last counted."""
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True)
class PurchaseFit:
    """Fitted laws of buying.

    Attributes
    ----------
    parameters : dict of str to Estimate
        rate_shape, rate_weeks, dropout_a, dropout_b (BG/NBD), spend_shape, spend_mix,
        spend_scale_yuan (Gamma-Gamma p, q, gamma).
    law, spend : Fitted
        On the logarithmic scale.
    notes : list of str
        What to be careful about.
    """

    parameters: dict[str, Estimate]
    law: Fitted
    spend: Fitted
    notes: list[str]


def read_purchases(path: str | Path | list[str | Path], **given: Any) -> Purchases:
    """Read a purchase log: one row for each purchase, with a customer, a time and an amount.

    Parameters
    ----------
    path : str or Path, or a list of them
        Files of any form that :func:`plaza_lab.scenarios.fit.reading.files.read_table` reads.
    **given
        Fields of :class:`plaza_lab.scenarios.fit.options.Asked`.

    Returns
    -------
    Purchases
        Purchases of one customer on one day added up.

    Raises
    ------
    UserError
        One line on what is wrong with the file, its columns or its rows.
    """
    paths = path if isinstance(path, list) else [path]
    asked = Asked(**{name: value for name, value in given.items() if value is not None})
    rows = joined_rows(paths, [read_baskets(one, asked) for one in paths])
    return _assembled(rows.frame, rows.report, source_of(paths, asked.where), asked)


def _assembled(  # type: ignore[no-untyped-def]
    frame, report: ReadReport, source: str, asked: Asked
) -> Purchases:
    import pandas as pd

    codes, names = pd.factorize(frame["member"], sort=True)
    if not len(names):
        raise UserError(f"{source} holds no purchase, only returns or rows of nobody")
    day = (frame["seconds"].to_numpy() // SECONDS_PER_DAY).astype(np.int64)
    start, last = int(day.min()), int(day.max())
    if len(names) < 2:
        raise UserError(f"{source} has one customer only: a fit needs at least two")
    if last - start + 1 < SHORTEST_DAYS:
        n = last - start + 1
        raise UserError(
            f"{source} spans {n} {'day' if n == 1 else 'days'}: at least {SHORTEST_DAYS} are needed"
        )
    if asked.until is not None and asked.until > asked.today:
        raise UserError(f"--until {asked.until} lies in the future: nobody has seen it yet")
    end, whence = end_of_observation(last, last, asked)
    gap = end_gap(frame["seconds"].to_numpy())
    if end - last > max(SILENT_DAYS, SILENT_TIMES * gap):
        report.notes.append(silence(last, end, whence).replace("act is", "purchase is"))
    length = (last if whence == "today" else end) - start + 1
    keys, place = np.unique(codes * length + day - start, return_inverse=True)
    first = date(1970, 1, 1) + timedelta(days=start)
    return Purchases(
        source=source,
        customer=keys // length,
        day=keys % length,
        amount=np.bincount(place, frame["amount"].to_numpy()),
        n_rows=_baskets(codes, frame["seconds"].to_numpy()),
        n_customers=len(names),
        first_day=first,
        last_day=first + timedelta(days=length - 1),
        report=report,
        names=np.asarray(names, object),
    )


def _baskets(customer: np.ndarray, seconds: np.ndarray) -> int:
    if resolution(seconds) == "day":
        return len(seconds)
    return len(np.unique(np.column_stack([customer, seconds]), axis=0))


def purchase_histories(data: Purchases) -> Histories:
    """Repeat purchase days, recency and observed weeks of all customers, condensed."""
    return histories(data.customer, data.day, data.n_days - 1)


def fit_purchases(data: Purchases) -> PurchaseFit:
    """Fit BG/NBD to purchase days and Gamma-Gamma to what is spent on them.

    Parameters
    ----------
    data : Purchases
        At least two customers and 14 days.

    Returns
    -------
    PurchaseFit
        Estimates with 95 % Wald intervals on the logarithmic scale.

    Raises
    ------
    UserError
        Nobody bought on a second day, or nothing was paid.

    References
    ----------
    Fader, Hardie & Lee 2005 (BG/NBD); Fader & Hardie 2013 (Gamma-Gamma); science.md A.13.
    """
    if len(data.customer) == data.n_customers:
        raise UserError(f"{data.source}: nobody bought on a second day, so no law can be fitted")
    law = fit_bgnbd(purchase_histories(data))
    count, mean, notes = spend_per_customer(data)
    if len(count) < 2:
        raise UserError(f"{data.source}: fewer than two customers paid anything: check --amount")
    spend = fit_spend(count, mean)
    parameters = law.estimates(np.exp) | spend.estimates(np.exp)
    untold = [name for name, told in parameters.items() if not np.isfinite(told.low)]
    if untold:
        notes.append(f"the log is too small or too plain to tell {', '.join(untold)}: no interval")
    return PurchaseFit(parameters, law, spend, notes)


def spend_per_customer(data: Purchases) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Count paid repeat days and average what was spent on them, for customers who have some.

    Returns
    -------
    count, mean : numpy.ndarray
        float64[m]. First purchases are left out, as in the published fits, unless fewer than 30
        customers came back.
    notes : list of str
        Says so where first purchases were used.
    """
    is_first = np.ones(len(data.customer), bool)
    is_first[1:] = data.customer[1:] != data.customer[:-1]
    paid = data.amount > 0
    used, notes = paid & ~is_first, []
    if len(np.unique(data.customer[used])) < FEWEST_REPEATERS:
        used, notes = paid, ["few came back: spend is fitted to first purchases too"]
    count = np.bincount(data.customer[used], minlength=data.n_customers).astype(float)
    total = np.bincount(data.customer[used], data.amount[used], minlength=data.n_customers)
    has = count > 0
    return count[has], total[has] / count[has], notes


def fit_spend(count: np.ndarray, mean: np.ndarray) -> Fitted:
    """Fit the Gamma-Gamma law of spend by maximum likelihood.

    Parameters
    ----------
    count : numpy.ndarray
        float64[m], purchases of each customer.
    mean : numpy.ndarray
        float64[m], mean amount of these, above 0.

    Returns
    -------
    Fitted
        Logarithms of p, q, gamma: spend ~ Gamma(p, nu), nu ~ Gamma(q, gamma).
    """
    from scipy.special import gammaln

    def log_likelihood(position: np.ndarray) -> float:
        p, q, scale = np.exp(position)
        px = p * count
        value = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(scale)
        value += (px - 1) * np.log(mean) + px * np.log(count)
        return float((value - (px + q) * np.log(scale + count * mean)).sum())

    return maximise(log_likelihood, SPEND_STARTS, SPEND_BOUNDS, SPEND_NAMES, len(count))
