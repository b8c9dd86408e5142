"""The language a person reads: messages are written in English and looked up in a catalogue.

>>> from plaza_lab.scenarios.language import Language
>>> Language("zh").tr("weeks")
'周'

Catalogues are gettext's, one folder a language, read by Babel as they stand: there is nothing to
compile. Names of columns, JSON and stores never change with the language.
"""

from __future__ import annotations

from plaza_lab.scenarios.language.catalogue import Language, marked
from plaza_lab.scenarios.language.choosing import LANGUAGES, chosen_language

__all__ = ["LANGUAGES", "Language", "chosen_language", "marked"]
