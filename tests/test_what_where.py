"""The page that says where to find what is true, and a lever is followed through few files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "how-to" / "find_what_where.md").read_text("utf-8")
ROW = re.compile(r"^\| [^|`]+ \| `([^`|]+)` \| `([^`|]+)` \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
FOLLOWED = "prize_winners"
MOST_FILES = 5


def test_the_page_has_its_table():
    table = PAGE.partition("## One lever")[0]
    assert len(ROWS) == table.count("\n| ") - 2 >= 20  # without head and rule


@pytest.mark.parametrize(("file", "thing"), ROWS)
def test_each_file_holds_what_the_page_names(file, thing):
    text = (ROOT / file).read_text("utf-8")
    assert re.search(rf"(?<!\w){re.escape(thing)}(?!\w)", text), f"{file} holds no {thing}"


def test_a_lever_is_followed_through_few_files():
    """From YAML to the kernel and to what is said of it: files that name it, tests aside."""
    files = [
        file.relative_to(ROOT).as_posix()
        for folder in ("agents", "benchmarks", "conf", "data", "engine", "scenarios", "sim", "src")
        for kind in ("*.py", "*.yaml")
        for file in (ROOT / folder).rglob(kind)
        if FOLLOWED in file.read_text("utf-8")
    ]
    assert len(files) <= MOST_FILES, files
    named = PAGE.partition("## One lever")[2]
    assert all(f"`{file}`" in named for file in files), files
