"""Looking messages up, and sentences that were put together elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
DOMAIN = "plaza"
FINISHED = "finished"
"""Context of messages that are patterns of sentences put together elsewhere."""
PLACE = re.compile(r"\{(\w+)\}")
FITS = {"number": r"[-+0-9.,]+", "times": r"[-+0-9.,]+", "letter": "[A-Z]"}
"""What fits a place of this name; anything fits another."""


def marked(text: str) -> str:
    """Mark a text that is translated where it is shown; returns it as it is."""
    return text


def catalogue_file(code: str) -> Path:
    """Return where the messages of a language lie."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def messages_of(code: str, context: str = "") -> dict[str, str]:
    """Read a catalogue.

    Parameters
    ----------
    code : str
        Language, such as ``zh``.
    context : str
        Empty for messages that are looked up, :data:`FINISHED` for patterns of sentences.

    Returns
    -------
    dict of str to str
        Message to translation; empty for a language without a catalogue, as English has none.
    """
    file = catalogue_file(code)
    if not file.exists():
        return {}
    from babel.messages.pofile import read_po

    with file.open("rb") as opened:
        catalogue = read_po(opened, locale=code)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
        if (message.context or "") == context
    }


@cache
def _patterns_of(code: str) -> list[tuple[re.Pattern[str], str]]:
    """Messages with places to fill, as patterns of finished sentences; the longest first."""
    found = []
    for text, translation in messages_of(code, FINISHED).items():
        pieces, last = [], 0
        for place in PLACE.finditer(text):
            fits = FITS.get(place[1], ".+?")
            pieces += [re.escape(text[last : place.start()]), f"(?P<{place[1]}>{fits})"]
            last = place.end()
        pattern = "".join([*pieces, re.escape(text[last:])])
        found.append((re.compile(pattern), translation))
    return sorted(found, key=lambda pair: -len(pair[0].pattern))


class Language:
    """What a person reads, in her language.

    Parameters
    ----------
    code : str
        One of :data:`plaza_lab.scenarios.language.LANGUAGES`.
    """

    def __init__(self, code: str = "en") -> None:
        self.code = code

    def tr(self, text: str, /, **values: Any) -> str:
        """Translate a message and fill it.

        Parameters
        ----------
        text : str
            In English, with ``{places}``; one without a translation stays as it is.
        **values : object
            What stands in the places; texts among them are translated too.

        Returns
        -------
        str
            In the language.
        """
        found = messages_of(self.code).get(text, text)
        if not values:
            return found
        said = {
            name: self.tr(value) if isinstance(value, str) else value
            for name, value in values.items()
        }
        return found.format(**said)

    def listed(self, items: Iterable[str]) -> str:
        """Join words as people do: ``a, b and c``."""
        words = list(items)
        if len(words) < 2:
            return "".join(words)
        comma = ", " if self.code == "en" else "、"
        return self.tr("{first} and {last}", first=comma.join(words[:-1]), last=words[-1])

    def joined(self, sentences: Iterable[str]) -> str:
        """Put whole sentences behind one another."""
        return (" " if self.code == "en" else "").join(sentences)

    def sentence(self, parts: Iterable[str]) -> str:
        """Make one sentence of parts; empty where there is none."""
        said = [part for part in parts if part]
        if not said:
            return ""
        text = ("; " if self.code == "en" else "；").join(said)
        return f"{text[:1].upper()}{text[1:]}{'.' if self.code == 'en' else '。'}"

    def told(self, sentence: str) -> str:
        """Translate a sentence that was put together elsewhere.

        Parameters
        ----------
        sentence : str
            Finished; looked up as it stands, then as a message with its places filled.

        Returns
        -------
        str
            In the language, or as it is where no message fits.
        """
        known = messages_of(self.code)
        if sentence in known or not known:
            return known.get(sentence, sentence)
        for pattern, translation in _patterns_of(self.code):
            if found := pattern.fullmatch(sentence):
                return translation.format(
                    **{name: self.told(value) for name, value in found.groupdict().items()}
                )
        pieces = sentence.split(", ")  # a list of things, each of which is known
        said = [self.told(piece) for piece in pieces] if len(pieces) > 1 else pieces
        known_all = all(old != new for old, new in zip(pieces, said, strict=True))
        return "，".join(said) if known_all else sentence
