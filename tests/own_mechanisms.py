"""The birthdays of the tutorial, as a user would import them from a file of hers."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).parents[1] / "docs" / "tutorials" / "your_own_mechanism.md"


def page_blocks() -> list[str]:
    """Python of the tutorial, block by block."""
    return re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


SOURCE = page_blocks()[0]


def module_of(folder: Path, source: str = SOURCE, name: str = "my_mechanisms") -> ModuleType:
    """Import a file that holds such source."""
    file = folder / f"{name}.py"
    file.write_text(source, "utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
