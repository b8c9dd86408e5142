"""Text is broken between words and between Chinese characters, and nothing of it is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from plaza_lab.scenarios.language.terminal import NEVER_FIRST, NEVER_LAST, lines_of

LETTERS = st.text(alphabet="ab 12,.%周奖成员，。；（）", max_size=80)


@given(LETTERS, st.integers(12, 60))
def test_lines_fit_and_hold_everything(text, width):
    lines = list(lines_of(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        is_one_piece = len(line.split()) == 1
        assert cell_len(line) <= width or is_one_piece
        assert line == line.rstrip()


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    text = "周奖在成员增长（+76.4 个百分点）上更好：如果这正是您要的，就选它。" * 4
    for width in range(14, 60):
        lines = list(lines_of(text, width))
        assert not any(line.startswith(tuple(NEVER_FIRST)) for line in lines)
        assert not any(line.endswith(tuple(NEVER_LAST)) for line in lines)
        assert max(map(cell_len, lines)) <= width


def test_english_is_broken_at_spaces():
    assert list(lines_of("one two three", 8)) == ["one two", "three"]
