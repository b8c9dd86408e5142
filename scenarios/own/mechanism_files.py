"""A user's file of mechanisms: imported, known by its text, and carried to other processes."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import sys
import traceback
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from plaza_lab.engine.private import passing_folder
from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    from plaza_lab.sim.mechanism import Mechanism
    from plaza_lab.sim.recording.measure import Measure

WORD = "mechanisms"


@dataclass(frozen=True)
class MechanismFile:
    """A file of Python that makes mechanisms, with what it imports from its own folder.

    ``texts`` holds paths within the folder and what stands there, the file first.
    """

    name: str
    texts: dict[str, bytes]

    @property
    def digest(self) -> str:
        """Hash of all texts, 16 hex digits."""
        if len(self.texts) == 1:
            return hashlib.sha256(self.texts[self.name]).hexdigest()[:16]
        whole = hashlib.sha256()
        for path in sorted(self.texts):
            whole.update(f"{path} {len(self.texts[path])} ".encode() + self.texts[path])
        return whole.hexdigest()[:16]


def file_of(path: Path) -> MechanismFile:
    """Read a file of Python and what it imports from its own folder; nothing of it is run."""
    texts: dict[str, bytes] = {}
    _gather(path.resolve().parent, path.resolve(), texts)
    return MechanismFile(path.name, texts)


def _gather(folder: Path, path: Path, texts: dict[str, bytes]) -> None:
    name = path.relative_to(folder).as_posix()
    if name in texts:
        return
    texts[name] = path.read_bytes()
    for module in _imported_by(texts[name]):
        if (folder / f"{module}.py").is_file():
            _gather(folder, folder / f"{module}.py", texts)
        elif (folder / module / "__init__.py").is_file():
            for inner in sorted((folder / module).rglob("*.py")):
                _gather(folder, inner, texts)


def _imported_by(text: bytes) -> list[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):  # told when it is imported
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return [name.partition(".")[0] for name in names]


@dataclass(frozen=True)
class Found:
    """What a file makes, in the order in which it is made, and the file as it was read."""

    mechanisms: list[Mechanism]
    measures: list[Measure]
    file: MechanismFile


def mechanisms_in(file: Path) -> Found:
    """Import a user's file and find its mechanisms and measures, at least one.

    Raises
    ------
    UserError
        If it is not there, cannot be imported, or has none.
    """
    from plaza_lab.sim.mechanism import Mechanism
    from plaza_lab.sim.recording.measure import Measure

    if file.suffix != ".py" or not file.is_file():
        why = "there is no such file" if file.suffix == ".py" else "it is no file of Python (.py)"
        raise UserError(f"{WORD}: {file}: {why}")
    if not file.stem.isidentifier():
        raise UserError(f"{WORD}: {file}: its name must be one that Python can import")
    try:
        read = file_of(file)
    except OSError as wrong:
        raise UserError(f"{WORD}: {file}: it cannot be read ({wrong.strerror})") from wrong
    module = _imported(file, read)
    values = list(vars(module).values())
    made = [one for one in values if isinstance(one, Mechanism) and not one.is_plazas]
    measures = [one for one in values if isinstance(one, Measure)]
    if not made and not measures:
        raise UserError(f"{WORD}: {file} makes no Mechanism; write Name = Mechanism('name', step)")
    return Found(list(dict.fromkeys(made)), list(dict.fromkeys(measures)), read)


def _imported(file: Path, read: MechanismFile) -> ModuleType:
    """Import a file under its own name; as it was before where it has not changed since."""
    place, known = file.resolve(), sys.modules.get(file.stem)
    mark = (str(place), read)
    if known is not None and getattr(known, "__plaza_source__", None) == mark:
        return known
    if known is not None and not _is_of(known, place):
        raise UserError(f"{WORD}: {file}: Python has a module {file.stem!r} already; rename it")
    for path in read.texts:  # what lies beside it may have changed as well
        stem = path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        beside = sys.modules.get(stem)
        if beside is not None and _is_of(beside, place.parent / path):
            del sys.modules[stem]
    module = ModuleType(file.stem)
    module.__dict__.update(__file__=str(place), __plaza_source__=mark)
    sys.modules[file.stem] = module
    sys.path.insert(0, str(place.parent))  # what lies beside it can be imported
    try:
        code = compile(read.texts[file.name], str(place), "exec", dont_inherit=True)
        exec(code, vars(module))
    except Exception as wrong:
        del sys.modules[file.stem]
        raise UserError(_told(file, wrong)) from wrong
    except SystemExit as wrong:
        del sys.modules[file.stem]
        raise UserError(f"{file}: it ends the program when it is imported") from wrong
    finally:
        sys.path.remove(str(place.parent))
    return module


def _is_of(module: ModuleType, place: Path) -> bool:
    """Whether a module was made from a file: an older state of the same, or by an import."""
    if hasattr(module, "__plaza_source__"):
        return True
    own = getattr(module, "__file__", None)
    return own is not None and Path(own).resolve() == place


def _told(file: Path, wrong: Exception) -> str:
    if isinstance(wrong, SyntaxError):
        where = Path(wrong.filename or "")
        name = file if where == file.resolve() or not wrong.filename else where
        return f"{name}, line {wrong.lineno}: SyntaxError: {wrong.msg}"
    trace = traceback.extract_tb(wrong.__traceback__)
    lines = [at.lineno for at in trace if at.filename == str(file.resolve())]
    place = f", line {lines[-1]}" if lines else ""
    what = " ".join(str(wrong).split())
    return f"{file}{place}: {type(wrong).__name__}: {what[:300]}"


# ---- to other processes


def packed(names: Iterable[str], measures: Iterable[str], files: Iterable[MechanismFile]) -> str:
    """Write a model's files and the order of its mechanisms and measures as one text.

    All mechanisms are named in their order; the files are those of the ones that are not Plaza's.
    Any command line takes the letters.
    """
    content = {
        "order": list(names),
        "measures": list(measures),
        "files": [
            {"name": file.name, "texts": {k: v.decode("latin-1") for k, v in file.texts.items()}}
            for file in files
        ],
    }
    return base64.b64encode(zlib.compress(json.dumps(content).encode())).decode()


@cache
def unpacked(text: str) -> tuple[list[str], list[str], tuple[Found, ...]]:
    """Import what :func:`packed` wrote, from a folder that only this process has.

    Whoever asked this process to work has sent it. Returns names of all mechanisms and of the
    measures, in their order, and what the files make.
    """
    content = json.loads(zlib.decompress(base64.b64decode(text)))
    found = []
    for told in content["files"]:
        folder = passing_folder("plaza-mechanisms-")
        for path, own in told["texts"].items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(own.encode("latin-1"))
        found.append(mechanisms_in(folder / told["name"]))
    return content["order"], content["measures"], tuple(found)
