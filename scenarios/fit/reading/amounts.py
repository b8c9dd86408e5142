"""Amounts of money as people write them, read by the whole column."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.month_names import DIGITS as EASTERN

if TYPE_CHECKING:
    import pandas as pd

SIGNS = re.compile(
    r"人民币|港币|美元|欧元|日元|[A-Z]{1,3}\$|[$€£¥₩₽₹₴₺₫฿元円圆원]整?|\bRS\.|\b[A-Z]{2,3}(?=[\d\s.-]|\b)"
    r"|\b(?:Rs|kr|zł|Kč|Ft)\b\.?|[^\W\d_]{2,4}\b\.?"
)
CURRENCY = {"元": "¥", "元整": "¥", "圆": "¥", "圆整": "¥", "人民币": "¥", "CNY": "¥", "RMB": "¥",
            "USD": "$", "US$": "$", "美元": "$", "EUR": "€", "欧元": "€", "GBP": "£",
            "港币": "HK$", "HKD": "HK$", "日元": "円", "RS.": "₹", "RS": "₹", "INR": "₹",
            "R$": "BRL", "US": "$"}  # fmt: skip
NO_CENTS = frozenset(("円", "원", "₩", "₫", "JPY", "KRW", "VND", "IDR"))
UNITS = {"分": 0.01, "cents": 0.01, "cent": 0.01, "pence": 0.01, "元": 1.0, "千元": 1e3,
         "万元": 1e4, "万": 1e4,
         "萬元": 1e4}  # fmt: skip
WORDS = {"K": 1e3, "TSD": 1e3, "M": 1e6, "MIO": 1e6, "MLN": 1e6, "MN": 1e6, "BN": 1e9,
         "MRD": 1e9, "LAKH": 1e5, "CRORE": 1e7, "ТЫС": 1e3, "МЛН": 1e6}  # fmt: skip
IN_WORDS = re.compile(
    rf"(?<=\d)\s*({'|'.join(sorted(WORDS, key=len, reverse=True))})\b\.?", re.IGNORECASE
)
TWO_MEANINGS = re.compile(r"\bMILL?\b", re.IGNORECASE)  # a thousand or a million
BOOKED = re.compile(r"(?<=[\d\s])(CR|DR)\b\.?\s*$", re.IGNORECASE)
FEW_BACK = 0.25  # of two sides the rarer is what went back up to this share (assumption)
TIMES = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "千": 1e3}
IN_THOUSANDS = re.compile(
    r"[(\[](?:in )?(?:thousands?|000s?|'000|k|tsd\.?|tausend|milliers|miles|тыс\.?)"
    r"(?: ?[$€£¥₽₹a-z]+)?[)\]]$"
    r"|[ _]in[ _]thousands$"
)
DIGITS = {ord(sign): str(digit) for digit, signs in enumerate(EASTERN) for sign in signs} | {
    ord("٫"): ".", ord("٬"): ","}  # fmt: skip
NO_PENCE = re.compile(r"(?<=\d)[.,](?:-{1,2}|=)(?!\d)")  # 120.- is 120, not paid back
MINUS = str.maketrans({"−": "-", "–": "-", "—": "-"})
NO_TIMES = str.maketrans(dict.fromkeys(TIMES, ""))
NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?")


def read_amounts(texts: pd.Series, column: str, decimal: str | None = None) -> np.ndarray:
    """Read a column of amounts.

    Signs of currencies, spaces and apostrophes between thousands, brackets or a minus for what is
    paid back are understood. Whether a comma or a point ends the whole units is told by the whole
    column.

    Parameters
    ----------
    texts : pandas.Series
        Trimmed texts.
    column : str
        Named in the errors.
    decimal : str, optional
        ``"."`` or ``","`` as the user says.

    Returns
    -------
    numpy.ndarray
        float64[n], NaN where there is no amount.

    Raises
    ------
    UserError
        Several currencies, or marks that can be read in two ways.
    """
    import pandas as pd

    plain = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan).copy()
    text = texts.fillna("").astype(str)
    open_ones = np.flatnonzero(~np.isfinite(plain) & (text.str.len() > 0).to_numpy())
    plain[~np.isfinite(plain)] = np.nan
    if not open_ones.size and decimal is None and not _three_places(text):
        return plain
    sides, text = _booked(text, column)
    distinct = text.unique()
    currencies: set[str] = set()
    cut = {one: _bare(one, currencies) for one in distinct}
    if len(currencies) > 1:
        raise UserError(
            f"column {column} holds amounts in several currencies ({', '.join(sorted(currencies))})"
            ": keep one of them in the file, or turn them into one"
        )
    mark = decimal or ("." if currencies & NO_CENTS else "")
    mark = mark or _decimal_mark([one for one in cut.values() if one], column)
    values = {one: _value(bare, mark) * _times(one) for one, bare in cut.items()}
    return sides * text.map(values).to_numpy(dtype=float, na_value=np.nan)


def signs_told(texts: pd.Series, column: str) -> list[str]:
    """Say so where some amounts carry the sign of a currency and others none."""
    import pandas as pd

    is_plain = pd.to_numeric(texts, errors="coerce").notna()
    counts, found = {True: 0, False: int(is_plain.sum())}, set[str]()
    for text, n in texts[~is_plain].dropna().astype(str).value_counts().items():
        mine: set[str] = set()
        if _bare(str(text), mine):
            counts[bool(mine)] += int(n)
            found |= mine
    if len(found) != 1 or not min(counts.values()):
        return []
    return [
        f"column {column}: {counts[True]:,} amounts carry {found.pop()} and {counts[False]:,} no "
        "currency: taken for one and the same"
    ]


def _booked(text: pd.Series, column: str) -> tuple[np.ndarray, pd.Series]:
    """Signs of amounts marked as credits or debits, 1 or -1 each, and the texts without marks."""
    marks = text.str.extract(BOOKED, expand=False).str.upper()
    of_one = (marks == "CR" if (marks == "CR").any() else marks == "DR").to_numpy(bool)
    if not of_one.any():
        return np.ones(len(text)), text
    others = ~of_one & (text != "").to_numpy()
    few, many = sorted((int(of_one.sum()), int(others.sum())))
    if few > FEW_BACK * (few + many) or not few:
        raise UserError(
            f"column {column} holds {int(of_one.sum()):,} amounts marked as credits or debits and "
            f"{int(others.sum()):,} others, and which of them went back cannot be told: write a "
            "minus before those, and no mark behind any (crores as plain numbers)"
        )
    back = of_one if of_one.sum() == few else others
    return np.where(back, -1.0, 1.0), text.str.replace(BOOKED, "", regex=True)


def unit_of(column: str) -> float:
    """What the amounts of a column count, by its name: 金额(分) and ``amount_cents`` hundredths."""
    text = unicodedata.normalize("NFKC", column).strip().lower()
    found = re.search(r"(?:[(\[]|[_ ]in[_ ]|[_ ])(分|cents?|pence|千元|万元?|萬元|元)[)\]]?$", text)
    if IN_THOUSANDS.search(text):
        return 1e3
    return UNITS[found[1]] if found else 1.0


def _three_places(text: pd.Series) -> bool:
    """Whether all points stand before three digits, as those between thousands do."""
    dotted = text[text.str.contains(".", regex=False)]
    return len(dotted) > 0 and bool(dotted.str.fullmatch(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+").all())


def _times(text: str) -> float:
    """What a sign or word behind the number multiplies it by: 1.2万 is 12,000, as is 12 k."""
    word = IN_WORDS.search(unicodedata.normalize("NFKC", text))
    if word is not None:
        return WORDS[word[1].upper()]
    return next((factor for sign, factor in TIMES.items() if sign in text), 1.0)


def _bare(text: str, currencies: set[str]) -> str | None:
    """Digits, points, commas and a sign of one amount; None where it is none."""
    text = unicodedata.normalize("NFKC", text).translate(MINUS).translate(DIGITS).strip()
    text = NO_PENCE.sub("", text.translate(NO_TIMES))
    if not text:
        return None
    if TWO_MEANINGS.search(text):
        return None
    text = IN_WORDS.sub("", text)
    text = text.upper() if text.isascii() else text
    signs, rest = SIGNS.findall(text), SIGNS.sub("", text)
    is_back = rest.strip().startswith("(") and rest.strip().endswith(")")
    rest = re.sub(r"[\s\u00a0\u202f'’_()]", "", rest)
    if rest.endswith("-"):
        rest = "-" + rest[:-1]
    if rest.startswith("-") and is_back:
        is_back = False
    if not NUMBER.fullmatch(rest):
        return None
    names = (sign if sign in CURRENCY else sign.rstrip(".") for sign in signs)
    currencies.update(CURRENCY.get(name, name) for name in names)
    return ("-" if is_back else "") + rest


def _decimal_mark(bare: list[str], column: str) -> str:
    votes = {".": 0, ",": 0}
    unsure = {".": 0, ",": 0}
    for text in bare:
        points, commas = text.count("."), text.count(",")
        if points and commas:
            votes["." if text.rindex(".") > text.rindex(",") else ","] += 1
        elif points > 1 or commas > 1:
            votes["," if points > 1 else "."] += 1
        elif points or commas:
            mark = "." if points else ","
            whole, _, part = text.lstrip("+-").partition(mark)
            if len(part) != 3 or whole in ("", "0") or len(whole) > 3:
                votes[mark] += 1
            else:
                unsure[mark] += 1
    if votes["."] and votes[","]:
        few, many = sorted(votes.values())
        if few * 50 > many:
            raise UserError(
                f"column {column} writes decimals with a point in {votes['.']:,} rows and with a "
                f"comma in {votes[',']:,}: write them one way, or say --decimal . or --decimal ,"
            )
    if votes["."] or votes[","]:
        return max(votes, key=lambda mark: votes[mark])
    if unsure["."] or unsure[","]:
        mark = max(unsure, key=lambda mark: unsure[mark])
        raise UserError(
            f"column {column}: '{mark}' stands before three digits in every amount, so it may be a "
            "decimal mark or stand between thousands: say --decimal . or --decimal ,"
        )
    return "."


def _value(bare: str | None, mark: str) -> float:
    if bare is None:
        return np.nan
    other = "," if mark == "." else "."
    whole, _, part = bare.partition(mark)
    groups = whole.lstrip("+-").split(other)
    if other in part or mark in part:
        return np.nan
    if len(groups) > 1 and any(len(group) not in (2, 3) for group in groups[1:]):
        return np.nan  # 12,5 among points: no thousands
    if len(groups) > 1 and len(groups[-1]) != 3:
        return np.nan
    try:
        return float(whole.replace(other, "") + ("." + part if part else ""))
    except ValueError:
        return np.nan
