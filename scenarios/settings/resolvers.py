"""Resolvers of OmegaConf in what others wrote: ``${oc.env:HOME}`` reads the reader's machine.

A configuration that came with a store or in a file may refer to its own values (``${world.a}``),
and to nothing outside itself.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from plaza_lab.scenarios.errors import UserError

OWN_VALUE = re.compile(r"\$\{\s*[\w.\[\]]+\s*\}")
"""A reference to another value of the same configuration; everything else behind ``${`` is not."""
RESOLVER = re.compile(r"\$+\{[^}]{0,40}\}?")


def refuse_resolvers(tree: Any, where: str, trusted: bool = False) -> None:
    """Refuse resolvers anywhere in a tree of plain values, keys among them; overrides are texts.

    `where` is the file or study they stand in. Nothing is refused where the user vouches for who
    wrote it (``--trust``).

    Raises
    ------
    UserError
        With the key of the first resolver.
    """
    if trusted:
        return
    for key, text in texts_of(tree):
        found = _resolver_in(text)
        if found:
            raise UserError(
                f"{where}: {key or 'the text'} holds {found!r}, which reads from outside the "
                "configuration; write the value itself, or give --trust if you trust who wrote it"
            )


def _resolver_in(text: str) -> str:
    r"""Return the first resolver of a text, such as ``${oc.env:HOME}``, at most 45 letters of it.

    Empty for none. Backslashes are passed over: Hydra's grammar takes them away, and ``$\{`` would
    then be a resolver as well.
    """
    if "$" not in text:
        return ""
    bare = text.replace("\\", "")
    last = ""
    while bare != last:  # from the inside outwards: ${oc.${a}:HOME}
        last, bare = bare, OWN_VALUE.sub("", bare)
    found = RESOLVER.search(bare)
    return found[0] if found else ""


def texts_of(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a tree with its dotted key; keys are texts too."""
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, Mapping):
        for name, value in tree.items():
            inner = f"{path}.{name}" if path else str(name)
            yield inner, str(name)  # a key that holds one is shown as it is
            if not isinstance(value, (bool, int, float)):
                yield from texts_of(value, inner)
    elif isinstance(tree, (list, tuple, set, frozenset)):
        for number, value in enumerate(tree):
            yield from texts_of(value, f"{path}[{number}]")


FLAG = "--trust"
TRUSTED = "?trusted"
"""Ends the address of a folder whose files are vouched for, wherever a job is composed."""
_TRUSTED: ContextVar[bool] = ContextVar("plaza_trusted", default=False)


def is_trusted() -> bool:
    """Return whether files may refer to values outside themselves."""
    return _TRUSTED.get()


@contextlib.contextmanager
def trusting(is_on: bool) -> Iterator[None]:
    """Let files refer to values outside themselves, as ``${oc.env:HOME}``, for a while."""
    token = _TRUSTED.set(is_on)
    try:
        yield
    finally:
        _TRUSTED.reset(token)
