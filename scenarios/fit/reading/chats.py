"""Chats saved as plain text: lines that begin with a time and a name, as messengers export them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from plaza_lab.scenarios.fit.reading.forms import known_names
from plaza_lab.scenarios.fit.reading.kinds import ROLES, is_sentence, roles_by_text
from plaza_lab.scenarios.fit.reading.sheet import Sheet

CLOCK = (
    r"(?:(?:오전|오후|上午|下午|午前|午後|凌晨|清晨|早上|中午|傍晚|晚上) ?)?"
    r"\d{1,2}[:.hH]\d{2}(?:[:.]\d{2})?"
    r"(?:[ \u00a0\u202f]?(?:[AaPp]\.?[ \u00a0]?[Mm]\.?|[صم]|[πμ]\.μ\.))?"
)
NUMBERS = r"\d{1,4}[-/.] ?\d{1,2}[-/.] ?\d{1,4}\.?"
NAMED = r"(?:\d{1,2}\.? [^\W\d_]{3,12}\.? \d{4}|[^\W\d_]{3,12}\.? \d{1,2}, \d{4})"
BETWEEN = r"(?:[,،]? |[,،]| à | klo | um | kl\.? | at | om | в |,? alle )"
DATE = rf"(?:{NUMBERS}|{NAMED})"
WHOLE = rf"{DATE}{BETWEEN}{CLOCK}"
FULL = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
NAME = r"(?P<name>[^:\n]{1,80}?)"


@dataclass(frozen=True)
class Chat:
    """How a messenger saves a chat.

    Attributes
    ----------
    title : str
        For people.
    line : str
        A message: groups ``time``, ``name`` and ``text``; a line without a name is the chat's own.
    day : str
        A line that gives the date of the messages below it, group ``day``; empty where each
        message has its own.
    """

    title: str
    line: str
    day: str = ""


CHATS = (
    Chat("chat saved by WhatsApp", rf"\[(?P<time>{WHOLE})\] {NAME} ?: (?P<text>.*)"),
    Chat("chat saved by WhatsApp",
         rf"(?P<time>{WHOLE}) [-–] (?:{NAME} ?: )?(?P<text>.*)"),
    Chat("chat saved by WhatsApp", rf"(?P<time>{WHOLE}), {NAME} ?: (?P<text>.*)"),
    Chat("chat saved by LINE", rf"(?P<time>{CLOCK})\t(?:{NAME}\t)?(?P<text>.*)",
         rf"(?:[A-Z][a-z]{{2}}, )?(?P<day>{DATE})(?:[ ,(（].{{0,12}})?"),
    Chat("chat saved by KakaoTalk", rf"\[{NAME}\] \[(?P<time>{CLOCK})\] (?P<text>.*)",
         r"-{3,} *(?P<day>[^-].{6,40}?) *-{3,}"),
    Chat("chat saved by KakaoTalk",
         rf"(?P<time>\d{{4}}년 \d{{1,2}}월 \d{{1,2}}일 {CLOCK})(?:, {NAME} : )(?P<text>.*)"),
    Chat("chat log (IRC)", rf"\[?(?P<time>{DATE}[T ]{CLOCK})\]?\s+<{NAME}>\s*(?P<text>.*)"),
    Chat("chat saved by QQ or WeChat",
         rf"(?P<time>{FULL} {CLOCK}) +(?P<name>[^\t,;|]{{1,80}}?)(?P<text>)"),
    Chat("chat copied from WeChat",
         rf"(?P<name>[^\t,;|]{{1,60}}?) +(?P<time>{FULL} {CLOCK})(?P<text>)"),
    Chat("chat copied from Telegram",
         rf"(?P<name>[^\n\[]{{1,60}}?), \[(?P<time>{WHOLE})\]:?(?P<text>)"),
    Chat("chat saved by DiscordChatExporter",
         rf"\[(?P<time>{WHOLE})\] (?P<name>[^:\n]{{1,60}}?)(?: \(pinned\))?(?P<text>)"),
)  # fmt: skip
LOOKED_AT, FEWEST, LEAST_SHARE = 200, 3, 0.2
NUMBER_OF_QQ = re.compile(r"^(?:【[^】]*】)?.*[(<（]([\w.@-]{5,})[)>）]$")
SYSTEM_OF_QQ = ("10000", "1000000")
SUBJECT = (
    r"[\"“]?(.{1,60}?)[\"”]? ?(?:joined|left|was added|님이|退出|加入|通过|がグループ| ist | hat )"
)
UNSEEN = re.compile("[\u200e\u200f\u202a-\u202e\ufeff]")
OF_THE_CHAT = re.compile(r"(?i).*end-to-end encrypted.*|.*ende-zu-ende.*|.*端到端加密.*")


def read_chat(text: bytes) -> Sheet | None:
    """Read a chat saved as text; None where it is none.

    Parameters
    ----------
    text : bytes
        UTF-8.

    Returns
    -------
    Sheet or None
        ``member``, ``time``, ``kind`` and ``text``, one row for each message. Lines below a message
        belong to it; lines above the first are passed over.
    """
    first = [UNSEEN.sub("", one) for one in text[: 1 << 16].decode("utf-8", "replace").splitlines()]
    form = _form_of([one.strip() for one in first[:LOOKED_AT] if one.strip()])
    return None if form is None else _read(text, form)


def _form_of(first: list[str]) -> Chat | None:
    if first and known_names(re.split(r'[,;\t|"]+', first[0])) > 1:
        return None  # column names
    best, most = None, max(FEWEST, LEAST_SHARE * len(first)) - 0.5
    for form in CHATS:
        n = sum(re.fullmatch(form.line, one) is not None for one in first)
        has_day = not form.day or any(re.fullmatch(form.day, one) for one in first)
        if has_day and n > most:
            best, most = form, n
    return best


def _read(text: bytes, form: Chat) -> Sheet:
    message, date = re.compile(form.line), re.compile(form.day) if form.day else None
    day, below, place = "", 0, list[int]()
    cells: dict[str, list[str | None]] = {"member": [], "time": [], "text": []}
    for number, raw in enumerate(text.decode("utf-8", "replace").split("\n"), 1):
        line = UNSEEN.sub("", raw).strip("\r ")
        found = message.fullmatch(line)
        if date is not None and found is None and (day_found := date.fullmatch(line)):
            day = day_found["day"] + " "
            continue
        name = found["name"] if found else None
        if found is None and (not day or not is_sentence(line)):
            below += bool(line and place)
            continue  # a further line of the message above
        place.append(number)
        cells["member"].append(_member(name))
        cells["time"].append(day + (found["time"] if found else "00:00"))
        cells["text"].append(found["text"] if found else line)
    own = {name for name, said in zip(cells["member"], cells["text"], strict=True)
           if name and OF_THE_CHAT.fullmatch(said or "")}  # fmt: skip
    told = (f"{below:,} lines belong to the messages above them",) if below else ()
    return replace(_sheet(cells, own, np.array(place, np.int64), form), notes=told)


def _member(name: str | None) -> str | None:
    """The number of QQ behind a name that may change; else the name."""
    if name is None:
        return None
    found = NUMBER_OF_QQ.match(name.strip())
    return found[1] if found else name.strip().lstrip("~ ")


def _sheet(
    cells: dict[str, list[str | None]], own: set[str], place: np.ndarray, form: Chat
) -> Sheet:
    import pyarrow as pa

    members = [None if name in own or name in SYSTEM_OF_QQ else name for name in cells["member"]]
    texts = pa.array(cells["text"], pa.string())
    nameless = np.array([name is None for name in members], bool)
    roles = np.where(
        nameless, roles_by_text(texts, None), roles_by_text(texts, [name or "" for name in members])
    )
    kinds = [ROLES[role] if role or not bare else "notice"
             for role, bare in zip(roles, nameless, strict=True)]  # fmt: skip
    who = [name or _subject(said) for name, said in zip(members, cells["text"], strict=True)]
    table = pa.table({
        "member": pa.array(who, pa.string()), "time": pa.array(cells["time"], pa.string()),
        "kind": pa.array(kinds, pa.string()), "text": texts,
    })  # fmt: skip
    return Sheet(table, place, "line", len(place), form.title)


def _subject(said: str | None) -> str | None:
    """Who came or went, of a sentence that begins with the name."""
    found = re.match(SUBJECT, said or "")
    return found[1] if found else None
