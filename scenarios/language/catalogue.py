"""Looking messages up, and sentences that were put together elsewhere."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.language.choosing import TAGS

FOLDER = Path(__file__).resolve().parent
DOMAIN, ERRORS, HELP, LEVERS, WORLDS = "plaza", "errors", "help", "levers", "worlds"
"""Catalogues: what is shown; what is said of a mistake, of verbs and flags, of levers and their
options, and of the settings of the world, each read only where it is asked for."""
FINISHED = "finished"
"""Context of messages that are patterns of sentences put together elsewhere."""
PLACE = re.compile(r"\{(\w+)\}")
NAME = "name"
"""Context of groups and options."""
UNIT = "unit"
"""Context of units, and the place that holds one."""
FITS = {
    "amount": r"[-+0-9.,e]+(?: %| yuan)?",
    "number": r"[-+0-9.,e]+",
    "number2": r"[-+0-9.,e]+",
    "number3": r"[-+0-9.,e]+",
    "signed": r"[-+][0-9.,e]+",
    "decimal": r"[0-9,]+\.[0-9]+",
    "unsigned": r"[0-9.,e]+",
    "times": r"[-+0-9.,]+",
    "letter": "[A-Z]",
    "is": ".*?",
    "policy": "[^()]+",
    "counts": "[0-9]+ (?:is|are) .+",
    "unit": r"[^\s(),]+(?: points)?",
    "prog2": "plaza[a-z -]*",
    "bare": r"\S+",
    "bare2": r"\S+",
    "padded": r"\S+ *",
    "dial": r"[\w.]+(?:: \w+(?: \w+)*)?",
    "arm": r"[a-z]\w*",
    "arms": r"[a-z]\w*(?: [-/] [a-z]\w*)?",
}
"""What fits a place of this name; anything fits another."""
VERBATIM = ("bare", "bare2", "padded", "dial", "arm", "arms")
"""Places of names that stay as they are: of columns, settings, statements and arms."""
JOINTS = {"; ": "；", ", ": "，", " and ": "和", ": ": "："}
MOST_LINES = 3
"""Lines on which one heading may stand."""
SENTENCE = re.compile(r"(?<! no\.)(?<! al\.)(?<=\.) (?=[A-Z0-9])")
GLUED = r"(?:[;:,(. ].*?)?"
"""What fits a place right behind a letter or a place: a further clause, or nothing."""


def marked(text: str) -> str:
    """Mark a text that is translated where it is shown; returns it as it is."""
    return text


def catalogue_file(code: str, domain: str = DOMAIN) -> Path:
    """Return where the messages of a language lie."""
    return FOLDER / code / "LC_MESSAGES" / f"{domain}.po"


@cache
def messages_of(code: str, context: str = "", domain: str = DOMAIN) -> dict[str, str]:
    """Read a catalogue: message to translation; empty for a language without one, as English.

    Parameters
    ----------
    code : str
        Language, such as ``zh``.
    context : str
        Empty for messages that are looked up, :data:`FINISHED` for patterns of sentences.
    domain : str
        :data:`DOMAIN`, or another catalogue, whose patterns have no context.
    """
    file = catalogue_file(code, domain)
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


@dataclass(frozen=True)
class Pattern:
    """A message with places to fill, as a pattern of finished sentences."""

    text: str
    translation: str

    @cached_property
    def words(self) -> list[str]:
        """What stands between the places."""
        return PLACE.split(self.text)[::2]

    @cached_property
    def has_letters(self) -> bool:
        """Whether it says anything itself, and not only joins what others say."""
        return any(map(str.isalpha, "".join(self.words)))

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """Groups are named as the places."""
        pieces, last = [], 0
        for place in PLACE.finditer(self.text):
            is_glued = re.search(r"[\w}]$", self.text[: place.start()])
            fits = FITS.get(place[1], GLUED if is_glued else ".+?")
            pieces += [re.escape(self.text[last : place.start()]), f"(?P<{place[1]}>{fits})"]
            last = place.end()
        return re.compile("".join([*pieces, re.escape(self.text[last:])]))

    def values(self, sentence: str) -> dict[str, str] | None:
        """Return what stands in the places of a sentence; None where it is not of this form."""
        if not all(words in sentence for words in self.words):  # spares compiling most of them
            return None
        found = self.expression.fullmatch(sentence)
        return found and found.groupdict()

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the translation with its places filled."""
        return PLACE.sub(lambda place: values[place[1]], self.translation)


@cache
def _patterns_of(code: str, domain: str) -> list[Pattern]:
    """Messages with places to fill; those with the most words of their own first."""
    known = messages_of(code, FINISHED if domain == DOMAIN else "", domain)
    return sorted(
        itertools.starmap(Pattern, known.items()), key=lambda one: -sum(map(len, one.words))
    )


@cache
def _within_sentences(code: str, domain: str) -> dict[str, str]:
    """Messages as they are written in the middle of a sentence: with a small first letter."""
    return {
        f"{text[:1].lower()}{text[1:]}": said
        for text, said in messages_of(code, "", domain).items()
    }


class Language:
    """What a person reads, in her language: one of ``plaza_lab.scenarios.language.LANGUAGES``."""

    def __init__(self, code: str = "en") -> None:
        self.code = code

    @property
    def tag(self) -> str:
        """What a page in the language is marked as: ``zh-CN``."""
        return TAGS.get(self.code, self.code)

    def tr(self, text: str, /, **values: Any) -> str:
        """Translate a message in English and fill its ``{places}``.

        Texts among the values are translated too; one without a translation stays as it is.
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

    def told(self, sentence: str, domain: str = DOMAIN) -> str:
        """Translate a sentence that was put together elsewhere, by the catalogue of a domain.

        It is looked up as it stands, then as a message with its places filled; where no message
        fits, it stays as it is.
        """
        if self.code == "en":
            return sentence
        known = messages_of(self.code, "", domain)
        if sentence in known:
            return known[sentence]
        if sentence in (within := _within_sentences(self.code, domain)):
            return within[sentence]
        for pattern in _patterns_of(self.code, domain):
            if (values := pattern.values(sentence)) is not None:
                said = {name: self._filling(name, value, domain) for name, value in values.items()}
                if pattern.has_letters or said != values:
                    return pattern.filled(said)
        for mark, joint in JOINTS.items():  # several things, each of which is known
            pieces = sentence.split(mark)
            said_pieces = [self.told(piece, domain) for piece in pieces] if len(pieces) > 1 else []
            is_known = (a != b or a in known for a, b in zip(pieces, said_pieces, strict=False))
            if said_pieces and said_pieces != pieces and all(is_known):
                return joint.join(said_pieces)
        return self._named(sentence) if domain == DOMAIN else sentence

    def _filling(self, place: str, value: str, domain: str) -> str:
        if place in VERBATIM:
            return value
        return self.unit(value) if place == UNIT else self.told(value, domain)

    def unit(self, unit: str) -> str:
        """Translate a unit, such as ``items/visit``."""
        return messages_of(self.code, UNIT, ERRORS).get(unit) or messages_of(self.code).get(
            unit, unit
        )

    def _named(self, words: str) -> str:
        """Put what options are called before them: ``incentive=points fund=dues``."""
        names, known = messages_of(self.code, NAME), messages_of(self.code)
        if words.startswith("world.") and words in (groups := messages_of(self.code, NAME, WORLDS)):
            return f"{groups[words]}（{words}）"
        if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", words):
            spaced = words.replace("_", " ")
            return names.get(spaced, known.get(spaced, words))
        if not re.fullmatch(r"[a-z_]+=\w+((, | )[a-z_]+=\w+)*", words):
            return words
        options = [one.partition("=")[2].replace("_", " ") for one in re.split(", | ", words)]
        called = [names.get(one) or known.get(one) for one in options]
        return f"{' + '.join(map(str, called))}（{words}）" if all(called) else words

    def text(self, text: str) -> str:
        """Translate lines of sentences that were put together elsewhere, sentence by sentence."""
        if self.code == "en":
            return text
        lines, said, place = text.split("\n"), [], 0
        while place < len(lines):
            most = 1 if re.search("[0-9]", text) else MOST_LINES  # a heading may be broken
            for end in range(min(len(lines), place + most), place, -1):
                line = " ".join(lines[place:end])
                if (found := self._line(line)) != line or end == place + 1:
                    break
            said.append(found)
            place = end
        return "\n".join(said)

    def _line(self, line: str) -> str:
        bare = line.strip().removeprefix("- ")
        sentences = SENTENCE.split(bare)
        said_each = [self.told(one) for one in sentences]
        said = self.told(bare) if said_each == sentences else self.joined(said_each)
        return line.replace(bare, said) if bare and said != bare else line

    def meant(self, text: str) -> str:
        """Translate what a lever or a setting of the world is, or what an option means."""
        return self._first_told(text, LEVERS, WORLDS)

    def mistake(self, line: str) -> str:
        """Translate the one line that says what is wrong, such as that of a ``UserError``."""
        return self._first_told(line, ERRORS)

    def _first_told(self, text: str, *domains: str) -> str:
        said = (self.told(text, domain) for domain in (*domains, DOMAIN))
        return next((one for one in said if one != text), text)
