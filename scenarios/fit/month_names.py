"""Dates as other languages write them, brought into the form of the shapes that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian; Turkish, Swedish, Danish,
# Norwegian, Finnish, Czech, Hungarian, Ukrainian, Romanian, Indonesian, Catalan, Greek, Bulgarian,
# Arabic. Croatian is not among them: its listopada is October, the Polish one November.
NAMES = {
    "jan": ("januar", "janvier", "enero", "gennaio", "janeiro", "januari", "stycznia", "января",
            "jänner", "ene", "gen", "janv", "sty", "янв", "ocak", "oca", "tammikuuta", "ledna",
            "leden", "január", "січня", "ianuarie", "ian", "gener", "ιανουαρίου", "ιαν",
            "януари", "يناير", "tháng giêng", "styczeń", "январь"),
    "feb": ("februar", "février", "fevrier", "febrero", "febbraio", "fevereiro", "februari",
            "lutego", "февраля", "févr", "fev", "lut", "фев", "şubat", "şub", "helmikuuta",
            "února", "únor", "február", "febr", "лютого", "februarie", "febrer", "φεβρουαρίου",
            "φεβ", "февруари", "فبراير", "luty", "февраль"),
    "mar": ("märz", "maerz", "mars", "marzo", "março", "marco", "maart", "marca", "марта", "mär",
            "mrz", "mrt", "мар", "mart", "maaliskuuta", "března", "březen", "március", "márc",
            "березня", "martie", "maret", "març", "μαρτίου", "μαρ", "март", "مارس", "marts",
            "marzec"),
    "apr": ("april", "avril", "abril", "aprile", "kwietnia", "апреля", "avr", "abr", "kwi",
            "апр", "nisan", "nis", "huhtikuuta", "dubna", "duben", "április", "ápr", "квітня",
            "aprilie", "απριλίου", "απρ", "април", "أبريل", "kwiecień", "апрель"),
    "may": ("mai", "mayo", "maggio", "maio", "mei", "maja", "мая", "mag", "mayıs", "toukokuuta",
            "května", "květen", "május", "máj", "травня", "maig", "μαΐου", "μαΐ", "май", "مايو",
            "maj"),
    "jun": ("juni", "juin", "junio", "giugno", "junho", "czerwca", "июня", "giu", "cze", "июн",
            "haziran", "haz", "kesäkuuta", "června", "červen", "június", "jún", "червня",
            "iunie", "iun", "juny", "ιουνίου", "ιουν", "юни", "يونيو", "czerwiec", "июнь"),
    "jul": ("juli", "juillet", "julio", "luglio", "julho", "lipca", "июля", "juil", "lug", "lip",
            "июл", "temmuz", "tem", "heinäkuuta", "července", "červenec", "július", "júl",
            "липня", "iulie", "iul", "juliol", "ιουλίου", "ιουλ", "юли", "يوليو", "lipiec",
            "июль"),
    "aug": ("august", "août", "aout", "agosto", "augustus", "sierpnia", "августа", "ago", "sie",
            "авг", "ağustos", "ağu", "elokuuta", "srpna", "srpen", "augusztus", "серпня",
            "agustus", "agu", "agost", "αυγούστου", "αυγ", "август", "أغسطس", "augusti",
            "sierpień"),
    "sep": ("september", "septembre", "septiembre", "settembre", "setembro", "września",
            "сентября", "sept", "set", "wrz", "сен", "сент", "eylül", "eyl", "syyskuuta", "září",
            "szeptember", "szept", "вересня", "septembrie", "setembre", "σεπτεμβρίου", "σεπ",
            "септември", "سبتمبر", "wrzesień", "сентябрь"),
    "oct": ("oktober", "octobre", "octubre", "ottobre", "outubro", "października", "октября",
            "okt", "ott", "out", "paź", "окт", "ekim", "eki", "lokakuuta", "října", "říjen",
            "október", "жовтня", "octombrie", "οκτωβρίου", "οκτ", "октомври", "أكتوبر",
            "październik", "октябрь"),
    "nov": ("november", "novembre", "noviembre", "novembro", "listopada", "ноября", "lis", "ноя",
            "нояб", "kasım", "kas", "marraskuuta", "listopadu", "листопада", "noiembrie", "noi",
            "νοεμβρίου", "νοε", "ноември", "نوفمبر", "ноябрь"),
    "dec": ("dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro", "december",
            "grudnia", "декабря", "dez", "déc", "dic", "gru", "дек", "aralık", "ara",
            "joulukuuta", "prosince", "prosinec", "грудня", "decembrie", "desembre", "desember",
            "des", "δεκεμβρίου", "δεκ", "декември", "ديسمبر", "grudzień", "декабрь"),
}  # fmt: skip
DAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|montag|"
    "dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|"
    "samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|"
    "giovedì|venerdì|sabato|domenica|segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|"
    "maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|måndag|tisdag|onsdag|torsdag|fredag|"
    "lördag|söndag|mandag|tirsdag|lørdag|søndag|maanantai|tiistai|keskiviikko|torstai|perjantai|"
    "lauantai|sunnuntai|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|poniedziałek|wtorek|"
    "środa|czwartek|piątek|sobota|niedziela|pondělí|úterý|středa|čtvrtek|pátek|neděle|hétfő|kedd|"
    "szerda|csütörtök|péntek|szombat|vasárnap|понедельник|вторник|среда|четверг|пятница|суббота|"
    "воскресенье|понеділок|вівторок|середа|п'ятниця|субота|неділя|luni|marți|miercuri|joi|vineri|"
    "sâmbătă|duminică|senin|selasa|rabu|kamis|jumat|sabtu|minggu"
)
DIGITS = ("٠۰०", "١۱१", "٢۲२", "٣۳३", "٤۴४", "٥۵५", "٦۶६", "٧۷७", "٨۸८", "٩۹९")
LOOSE = (
    (r"^[\[(<'\"]+|[\])>'\"]+$", ""),
    (r"(?: +|\[)[a-z]+/[a-z_]+(?:/[a-z_]+)?$", ""),
    (r"^(\d{4})_(\d{1,2})_(\d{1,2})", r"\1-\2-\3"),
    (r"_", " "),
    (rf"(^|[ ,(])(?:{DAYS})([ ,.)]|$)", r"\1 \2"),
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

    for pattern, instead in LOOSE:
        texts = pc.replace_substring_regex(texts, pattern, instead)
    for month, names in NAMES.items():
        words = "|".join(sorted(names, key=len, reverse=True))
        texts = pc.replace_substring_regex(
            texts, rf"(^|[\s\d./-])(?:{words})(?:\.|([\s\d,/-]|$))", rf"\1{month}\2"
        )
    return pc.utf8_trim_whitespace(texts)
