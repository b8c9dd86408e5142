"""Dates as other languages write them, brought into the form of the shapes that are known."""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LOCALES = (
    "en", "de", "de_AT", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "sv", "da", "nb", "fi",
    "cs", "hu", "uk", "ro", "id", "ca", "el", "bg", "ar", "vi",
)  # fmt: skip
"""Languages that are read. Croatian is not: its listopada is October, the Polish one November."""
TYPED = {
    "jan": ("tháng giêng",), "feb": ("fevrier",), "mar": ("maerz", "marco", "mrz"),
    "aug": ("aout",), "sep": ("сен",), "nov": ("ноя", "noi"), "dec": ("decembre",),
}  # fmt: skip
"""Names of months that people type beside those of their languages."""
TYPED_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "sonnabend", "п'ятниця")
DIGITS = ("٠۰०", "١۱१", "٢۲२", "٣۳३", "٤۴४", "٥۵५", "٦۶६", "٧۷७", "٨۸८", "٩۹९")
DAY_NAMES = "days of the week"
"""Stands for their names in all languages, which are looked up when they are first needed."""
LOOSE = (
    (r"^[\[(<'\"]+|[\])>'\"]+$", ""),
    (r"(?: +|\[)[a-z]+/[a-z_]+(?:/[a-z_]+)?$", ""),
    (r"^(\d{4})_(\d{1,2})_(\d{1,2})", r"\1-\2-\3"),
    (r"_", " "),
    (rf"(^|[ ,(])(?:{DAY_NAMES})([ ,.)]|$)", r"\1 \2"),
    (r"\(\s*\)", " "),
    (r"^[ ,.]+", ""),
    (r"\((?:utc|gmt)([+-]\d{1,2}(?::?\d{2})?)$", r"utc\1"),
    (r"^(\d{1,2}/[a-z0-9]{1,3}/\d{4}):(\d)", r"\1 \2"),
    (r"( [+-]\d{4}) (\d{4})$", r" \2\1"),
    (r"^(\d{4}-\d{2}-\d{2}) (\d{2})-(\d{2})-(\d{2})$", r"\1 \2:\3:\4"),
    (r"^(\d{1,2}:\d{2}(?::\d{2})?),? +(\d{1,4}[-/. ].+\d)$", r"\2 \1"),
    (r"(\d) ([-/.]) (\d{1,2}) ([-/.]) (\d)", r"\1\2\3\4\5"),
    (r"(\d{1,2}) (?:tháng|thg) (\d{1,2}),? (?:năm )?(\d{4})", r"\3-\2-\1"),
    (r"(\d{2}:?\d{2}|z) (?:utc|gmt|z)$", r"\1"),
    (r" (?:est|edt|cst|cdt|mst|mdt|pst|pdt|cet|cest|eet|eest|wet|west|bst|ist|jst|kst|msk|hkt|sgt|"
     r"aest|aedt)$", ""),
    (r"\b([ap])\. ?m\.?", r"\1m"),
    (r"\b(\d{1,2}) ?h ?(\d{2})", r"\1:\2"),
    (r",? (?:um|à|a las|alle|om|в|kl\.?|klo|at|pukul|saat|о|v|às|u) ", " "),
    (r" (?:uhr|uur|h|г\.?|р\.?)(?:,|$)", " "),
    (r"\bde\b|\bdel\b| [гр]\.? |º", " "),
    (r"π\.μ\.", "am"),
    (r"μ\.μ\.", "pm"),
    (r"^(?:mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|lu|ma|me|je|ve|di|пн|вт|ср|чт|пт|сб|вс)"
     r"[a-zéáíóúäöüßа-я]*[.,]+ *", ""),
    (r"(\d)\. ?([^\d\s.])", r"\1 \2"),
    (r"^(\d{1,2}) ?([a-z]{3}) ?(\d{4})\b", r"\1 \2 \3"),
    (r" +", " "),
)  # fmt: skip


def in_ascii_digits(texts: pa.Array) -> pa.Array:
    """Write the digits of Arabic, Persian and Hindi as those of the Latin alphabet."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(texts, f"[{''.join(DIGITS)}]")).as_py():
        return texts
    for digit, signs in enumerate(DIGITS):
        texts = pc.replace_substring_regex(texts, f"[{signs}]", str(digit))
    return texts


def in_english(texts: pa.Array) -> pa.Array:
    """Write small-letter texts of dates with English names of months, without words around them.

    Parameters
    ----------
    texts : pyarrow.Array
        Strings that fit no shape as they stand.

    Returns
    -------
    pyarrow.Array
        Strings that may.
    """
    import pyarrow.compute as pc

    days, months = _names()
    for pattern, instead in LOOSE:
        texts = pc.replace_substring_regex(texts, pattern.replace(DAY_NAMES, days), instead)
    for month, names in months.items():
        texts = pc.replace_substring_regex(
            texts, rf"(^|[\s\d./-])(?:{names})(?:\.|([\s\d,/-]|$))", rf"\1{month}\2"
        )
    return pc.utf8_trim_whitespace(texts)


@cache
def _names() -> tuple[str, dict[str, str]]:
    """Patterns of the days of the week, and of each month, in the small letters of all languages.

    Source: the Unicode Common Locale Data Repository, by Babel.
    """
    from babel.dates import get_day_names, get_month_names

    days = set(TYPED_DAYS)
    months = {month: set(TYPED.get(month, ())) for month in MONTHS}
    contexts: tuple[Literal["format", "stand-alone"], ...] = ("format", "stand-alone")
    for locale, context in itertools.product(LOCALES, contexts):
        days |= {name.lower() for name in get_day_names("wide", context, locale).values()}
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, context, locale).items():
                if not any(sign.isdigit() for sign in name):
                    months[MONTHS[number - 1]].add(name.lower().rstrip("."))
    return _any_of(days), {month: _any_of(names) for month, names in months.items()}


def _any_of(names: set[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda one: (-len(one), one)))
