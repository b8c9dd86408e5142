"""YAML files, all read in one way (YAML 1.2), with mistakes in one line that names file and line.

Whatever Plaza reads is read here, also the option files that go on to Hydra. PyYAML reads YAML 1.1,
in which ``0100`` is 64, ``1:30`` is 90 and ``no`` is false, and takes the last of two keys of one
name. Its scanner and parser are used here, its guesses are not: numbers are as the core schema of
1.2 says, no key is repeated, and nothing is endless.
"""

from __future__ import annotations

import codecs
import math
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError

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
    """What stands in a file: its name for people, its text, and its values, none if it is empty.

    ``node`` holds the same with the lines.
    """

    shown: str
    text: str
    content: Mapping[str, Any]
    node: Any = None

    def line_of(self, path: tuple[str | int, ...]) -> int:
        """Return the line of a value, from 1; of what surrounds it where it came from elsewhere.

        `path` leads to it from the outside inwards: names, and positions in lists.
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
    """Read a YAML file of named values, at least one.

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

    It holds no references to other values or to the machine (``resolvers.py``), unless the user
    vouches for them.

    Parameters
    ----------
    file : pathlib.Path
        The file.
    shown : str
        Its name in errors; default: its path.
    most_values : int
        Values that are read, those behind an alias counted every time.

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


# ---- the reader

MOST_DEPTH = 50
"""Levels; a file of settings has 4."""
LARGEST = 2**63
TAGS = "tag:yaml.org,2002:"
CORE = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
    "merge": (r"<<", ["<"]),  # of YAML 1.1, and read by every reader of 1.2
}
"""Plain scalars that are no text, and the characters they begin with."""
BASES = {"0o": 8, "0x": 16}
NOWHERE = yaml.Mark("", 0, 0, 0, None, None)


class Reader(yaml.SafeLoader):  # type: ignore[misc]
    """PyYAML's loader with the core schema of YAML 1.2."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012
    yaml_constructors: dict[Any, Any] = {}  # noqa: RUF012

    def __init__(self, text: str, most_values: int = 1) -> None:
        super().__init__(text)
        self.most_values = most_values
        self.depth = self.count = 0
        self.open: list[str] = []
        self.sizes: dict[int, int] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node; refuse what lies too deep, holds itself, or grows without end."""
        event = self.peek_event()
        if self.depth >= MOST_DEPTH:
            _refuse(f"more than {MOST_DEPTH} levels are not read", event)
        if isinstance(event, yaml.AliasEvent) and event.anchor in self.open:
            _refuse(f"the anchor &{event.anchor} holds itself", event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        self.count += 1
        if self.count > self.most_values or self._size(node) > self.most_values:
            _refuse(f"more than {self.most_values:,} values are not read", event)
        return node

    def compose_sequence_node(self, anchor: str | None) -> Any:
        """Compose a list, whose anchor is open meanwhile."""
        return self._opened(anchor, super().compose_sequence_node)

    def compose_mapping_node(self, anchor: str | None) -> Any:
        """Compose a mapping, whose anchor is open meanwhile; refuse a repeated key."""
        node = self._opened(anchor, super().compose_mapping_node)
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                _refuse("a list or a mapping is no name of a value", key)
            if key.tag == TAGS + "null":
                _refuse("a value has no name", key)
            name = key.value if key.tag == TAGS + "merge" else str(self.construct_object(key))
            if name in lines:
                _refuse(f"{name!r} stands in line {lines[name]} already; keep one of the two", key)
            lines[name] = key.start_mark.line + 1
        return node

    def _opened(self, anchor: str | None, compose: Callable[[str | None], Any]) -> Any:
        if anchor is None:
            return compose(anchor)
        self.open.append(anchor)
        node = compose(anchor)
        self.open.pop()
        return node

    def _size(self, node: Any) -> int:
        """Count the values of a node, those behind an alias every time."""
        if not isinstance(node, yaml.CollectionNode):
            return 1
        if id(node) not in self.sizes:
            parts = node.value
            if isinstance(node, yaml.MappingNode):
                parts = [part for pair in parts for part in pair]
            self.sizes[id(node)] = 1 + sum(map(self._size, parts))
        return self.sizes[id(node)]

    def construct_bool(self, node: Any) -> bool:
        """Read ``true`` or ``false``."""
        return bool(self._matched(node, "bool").lower() == "true")

    def construct_null(self, node: Any) -> None:
        """Read ``null``, ``~`` or nothing at all."""
        self._matched(node, "null")

    def construct_int(self, node: Any) -> int:
        """Read a whole number; leading zeros say nothing."""
        text = self._matched(node, "int")
        if len(text) > 25:
            _refuse(f"a number of {len(text):,} digits is too large", node)
        number = int(text[2:], BASES[text[:2]]) if text[:2] in BASES else int(text)
        if not -LARGEST <= number < LARGEST:
            _refuse(f"{text} is too large a number", node)
        return number

    def construct_float(self, node: Any) -> float:
        """Read a number; what is endless or none is no setting of anything."""
        text = self._matched(node, "float")
        number = math.nan if text.lstrip("+-").lower() in (".inf", ".nan") else float(text)
        if not math.isfinite(number):
            _refuse(f"{text[:40]} is no number that Plaza can use", node)
        return number

    def _matched(self, node: Any, kind: str) -> str:
        text = str(self.construct_scalar(node))
        if not re.fullmatch(CORE[kind][0], text) and not (
            kind == "float" and re.fullmatch(CORE["int"][0], text)
        ):
            _refuse(f"{text[:40]!r} is no {kind}", node)
        return text

    def refuse_tag(self, node: Any) -> Any:
        """Refuse a tag of YAML 1.1 or of a program."""
        _refuse(f"{node.tag.replace(TAGS, '!!')} is not read; write the value without a tag", node)


def _refuse(what: str, place: Any) -> None:
    raise ConstructorError(None, None, what, place.start_mark)


for _kind, (_form, _first) in CORE.items():
    Reader.add_implicit_resolver(TAGS + _kind, re.compile(f"^(?:{_form})$"), _first)
for _kind, _construct in {
    "null": Reader.construct_null,
    "bool": Reader.construct_bool,
    "int": Reader.construct_int,
    "float": Reader.construct_float,
    "str": Reader.construct_yaml_str,
    "seq": Reader.construct_yaml_seq,
    "map": Reader.construct_yaml_map,
}.items():
    Reader.add_constructor(TAGS + _kind, _construct)
Reader.add_constructor(None, Reader.refuse_tag)


def composed(text: str, most_values: int) -> tuple[Any, Any]:
    """Read one document of YAML, of so many values, those behind an alias counted every time.

    Returns what stands in it, and its node, which knows the lines; both None if it is empty.

    Raises
    ------
    yaml.YAMLError
        With the first mistake.
    """
    reader = Reader(text, most_values)
    try:
        node = reader.get_single_node()
        return (None, None) if node is None else (reader.construct_document(node), node)
    finally:
        reader.dispose()


def scalar(text: str) -> Any:
    """Read what would stand in a file without quotes: a number, true, false, null, else a text.

    Raises
    ------
    yaml.YAMLError
        If it is a number that Plaza cannot use.
    """
    for kind in ("null", "bool", "int", "float"):
        if re.fullmatch(CORE[kind][0], text):
            reader = Reader("")
            return reader.construct_object(yaml.ScalarNode(TAGS + kind, text, NOWHERE, NOWHERE))
    return text
