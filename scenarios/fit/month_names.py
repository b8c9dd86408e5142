"""Dates as other languages write them, brought into the form of the shapes that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# Month by month: German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian.
NAMES = {
    "jan": ("januar", "janvier", "enero", "gennaio", "janeiro", "januari", "stycznia", "января",
            "jänner", "ene", "gen", "janv", "sty", "янв"),
    "feb": ("februar", "février", "fevrier", "febrero", "febbraio", "fevereiro", "februari",
            "lutego", "февраля", "févr", "fev", "lut", "фев"),
    "mar": ("märz", "maerz", "mars", "marzo", "março", "marco", "maart", "marca", "марта", "mär",
            "mrz", "mrt", "мар"),
    "apr": ("april", "avril", "abril", "aprile", "kwietnia", "апреля", "avr", "abr", "kwi", "апр"),
    "may": ("mai", "mayo", "maggio", "maio", "mei", "maja", "мая", "mag"),
    "jun": ("juni", "juin", "junio", "giugno", "junho", "czerwca", "июня", "giu", "cze", "июн"),
    "jul": ("juli", "juillet", "julio", "luglio", "julho", "lipca", "июля", "juil", "lug", "lip",
            "июл"),
    "aug": ("august", "août", "aout", "agosto", "augustus", "sierpnia", "августа", "ago", "sie",
            "авг"),
    "sep": ("september", "septembre", "septiembre", "settembre", "setembro", "września",
            "сентября", "sept", "set", "wrz", "сен", "сент"),
    "oct": ("oktober", "octobre", "octubre", "ottobre", "outubro", "października", "октября",
            "okt", "ott", "out", "paź", "окт"),
    "nov": ("november", "novembre", "noviembre", "novembro", "listopada", "ноября", "lis", "ноя",
            "нояб"),
    "dec": ("dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro", "december",
            "grudnia", "декабря", "dez", "déc", "dic", "gru", "дек"),
}  # fmt: skip
LOOSE = (
    (r"^[\[(<'\"]+|[\])>'\"]+$", ""),
    (r"\[[a-z_]+/[a-z_/]+$", ""),
    (r"(\d{2}:?\d{2}|z) (?:utc|gmt|z)$", r"\1"),
    (r" (?:est|edt|cst|cdt|mst|mdt|pst|pdt|cet|cest|bst|ist|jst|kst|msk|hkt|sgt|aest|aedt)$", ""),
    (r"\b([ap])\. ?m\.?", r"\1m"),
    (r"\b(\d{1,2}) ?h ?(\d{2})", r"\1:\2"),
    (r",? (?:um|à|a las|alle|om|в|kl\.?) ", " "),
    (r" (?:uhr|uur|h|г\.?)(?:,|$)", " "),
    (r"\bde\b|\bdel\b| г\.? |º", " "),
    (r"^(?:mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|lu|ma|me|je|ve|di|пн|вт|ср|чт|пт|сб|вс)"
     r"[a-zéáíóúäöüßа-я]*[.,]+ *", ""),
    (r"^(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|"
     r"mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|"
     r"domingo)[, ]+", ""),

    (r"(\d)\. ?([^\d\s.])", r"\1 \2"),
    (r"^(\d{1,2}) ?([a-z]{3}) ?(\d{4})\b", r"\1 \2 \3"),
    (r" +", " "),
)  # fmt: skip


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

    for pattern, instead in LOOSE:
        texts = pc.replace_substring_regex(texts, pattern, instead)
    for month, names in NAMES.items():
        words = "|".join(sorted(names, key=len, reverse=True))
        texts = pc.replace_substring_regex(
            texts, rf"(^|[\s\d./-])(?:{words})(?:\.|([\s\d,/-]|$))", rf"\1{month}\2"
        )
    return pc.utf8_trim_whitespace(texts)
