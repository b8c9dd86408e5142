"""Which language: ``--lang``, else ``PLAZA_LANG``, else the locale, else English."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence

from plaza_lab.scenarios.errors import UserError

LANGUAGES = {"en": "English", "zh": "中文"}
"""Code to its own name."""

TAGS = {"en": "en", "zh": "zh-CN"}
"""Code to the tag that pages carry (BCP 47): browsers choose faces and line breaks by it."""

VARIABLE = "PLAZA_LANG"
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def chosen_language(asked: str = "", environment: Mapping[str, str] | None = None) -> str:
    """Choose a language: what ``--lang`` says, else what the environment (the process's) asks for.

    Raises
    ------
    UserError
        If ``--lang`` or ``PLAZA_LANG`` names none of :data:`LANGUAGES`.
    """
    known = os.environ if environment is None else environment
    for name, given in (("--lang", asked), (VARIABLE, known.get(VARIABLE, ""))):
        if given:
            if (code := _code(given)) in LANGUAGES:
                return code
            raise UserError(f"{name} {given}: choose one of {', '.join(LANGUAGES)}")
    locale = next((known[name] for name in LOCALE if known.get(name)), "")
    code = _code(locale)
    return code if code in LANGUAGES else "en"


def language_of_words(words: Sequence[str]) -> str:
    """Choose the language of a command by its words; ``--lang`` is the last there is.

    Raises
    ------
    UserError
        As :func:`chosen_language`.
    """
    asked = ""
    for place, word in enumerate(words):
        flag, equals, value = word.partition("=")
        if flag == "--lang":
            asked = value if equals else "".join(words[place + 1 : place + 2])
            if not asked:
                raise UserError("--lang needs a value, as in --lang zh")
    return chosen_language(asked)


@contextlib.contextmanager
def speaking(words: Sequence[str]) -> Iterator[list[str]]:
    """Let everything below speak the language of a command.

    What ``--lang`` says among the words holds as ``PLAZA_LANG`` meanwhile; yields the others.
    """
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = language_of_words(words)
    try:
        is_value = [before == "--lang" for before in ("", *words)]
        yield [
            word
            for word, follows in zip(words, is_value, strict=False)
            if not follows and word.partition("=")[0] != "--lang"
        ]
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def _code(text: str) -> str:
    """Language of ``zh_CN.UTF-8``, ``zh-Hans`` or ``ZH``."""
    return text.partition(".")[0].replace("-", "_").partition("_")[0].lower()
