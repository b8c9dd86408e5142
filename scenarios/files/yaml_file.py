"""YAML files, all read in one way (YAML 1.2), with mistakes in one line that names file and line.

Whatever Plaza reads is read here, also the option files that go on to Hydra.
"""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.resolvers import is_trusted, refuse_resolvers

MOST_BYTES, MOST_VALUES = 1_000_000, 200_000
"""A study of a thousand values takes 10,000 bytes; it holds at most so many points."""
EXPECTED = "lines of 'name: value' are expected"
OTHER_CODES = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
PLAINER = {
    "character '\\t' that cannot start": "a tab stands where only spaces may; indent with spaces",
    "found duplicate anchor": "an anchor of this name stands further up already",
    "found unexpected end of stream": "a quote is opened and never closed",
    "but found another document": "a second document begins; a file holds one",
    "mapping values are not allowed here": "a colon stands where no value can begin; put the text "
    "in quotes, or mend the indentation",
}  # fmt: skip


@dataclass(frozen=True)
class YamlFile:
    """What stands in a file.

    Parameters
    ----------
    shown : str
        Its name for people.
    text : str
        The whole of it.
    content : mapping
        Its values, none if it is empty.
    node : yaml.Node, optional
        The same with the lines.
    """

    shown: str
    text: str
    content: Mapping[str, Any]
    node: Any = None

    def line_of(self, path: tuple[str | int, ...]) -> int:
        """Return the line of a value.

        Parameters
        ----------
        path : tuple of str or int
            Names, and positions in lists, from the outside inwards.

        Returns
        -------
        int
            From 1; the line of what surrounds it where the value came from elsewhere.
        """
        node = self.node
        for step in path:
            inner = node.value[step] if isinstance(step, int) else _value_of(node, step)
            if inner is None:
                break
            node = inner
        return int(node.start_mark.line) + 1


def _value_of(node: Any, name: str) -> Any:
    return next((value for key, value in node.value if key.value == name), None)


def yaml_content(file: Path) -> Mapping[str, Any]:
    """Read a YAML file of named values.

    Parameters
    ----------
    file : pathlib.Path
        The file.

    Returns
    -------
    mapping
        What stands in it.

    Raises
    ------
    UserError
        With the file, and the line where it is known.
    """
    found = read_yaml(file)
    if found.node is None:
        raise UserError(f"{file}: {EXPECTED}, such as 'question: ...', and it is empty")
    return found.content


def read_yaml(file: Path, shown: str = "", most_values: int = MOST_VALUES) -> YamlFile:
    """Read a YAML file of named values, which may be empty.

    Parameters
    ----------
    file : pathlib.Path
        The file.
    shown : str
        Its name in errors; default: its path.
    most_values : int
        Values that are read, those behind an alias counted every time.

    Returns
    -------
    YamlFile
        Without references to other values or to the machine (``resolvers.py``), unless
        the user vouches for them.

    Raises
    ------
    UserError
        With the file, and the line where it is known.
    """
    shown = shown or str(file)
    text = _text_of(file, shown)
    content, node = _parsed(text, shown, most_values)
    if node is not None and not isinstance(content, dict):
        wide = "：" in text  # what a Chinese keyboard writes
        raise UserError(f"{shown}: {EXPECTED}, such as 'question: ...'"
                        + "; '：' is no colon, write ': '" * wide)  # fmt: skip
    refuse_resolvers(content, shown, is_trusted())
    return YamlFile(shown, text, content or {}, node)


def _parsed(text: str, shown: str, most_values: int) -> tuple[Any, Any]:
    import yaml

    from plaza_lab.scenarios.files.yaml_reader import composed

    try:
        return composed(text, most_values)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        told = " ".join(f"{wrong.context or ''} {wrong.problem or ''}".split())
        plainer = next((mine for theirs, mine in PLAINER.items() if theirs in told), "")
        raise UserError(f"{shown}{line}: {plainer or wrong.problem or told}") from wrong
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise UserError(f"{shown}: {' '.join(str(wrong).split())[:200]}") from wrong


def _text_of(file: Path, shown: str) -> str:
    try:
        data = _bytes_of(file, shown)
    except (OSError, ValueError) as wrong:
        reason = getattr(wrong, "strerror", None) or wrong
        raise UserError(f"{shown} cannot be read: {reason}") from wrong
    for code, name in OTHER_CODES.items():
        if data.startswith(code):
            raise UserError(f"{shown} is written in {name}; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise UserError(f"{shown}, line {line}: this is no UTF-8; save it as such") from wrong
    strange = UNPRINTABLE.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        raise UserError(
            f"{shown}, line {line}: the character U+{ord(strange[0]):04X} is none of a text; "
            "take it out"
        )
    return text


def _bytes_of(file: Path, shown: str) -> bytes:
    kind = stat.S_IFMT(file.stat().st_mode)
    if kind != stat.S_IFREG:  # to open a pipe would wait for ever
        raise UserError(f"{shown} is {KINDS.get(kind, 'a device')}; a file is expected")
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UserError(f"{shown} holds more than {MOST_BYTES:,} bytes; no settings take so many")
    return data
