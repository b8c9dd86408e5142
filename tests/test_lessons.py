"""Exercises tell right from wrong from open, and nothing before it is asked for."""

from __future__ import annotations

import pytest

from plaza_lab.scenarios.lessons import Lesson


def test_answers_are_marked_and_counted(capsys):
    lesson = Lesson()
    lesson.exercise("pool", ..., 100_000.0, because="500 times 200.")
    lesson.exercise("week", 1923.08, 100_000 / 52, within=0.01)
    lesson.exercise("who", " Farmers", "farmers")
    lesson.exercise("dues", 50_000, 60_000, within=1)
    told = capsys.readouterr().out
    assert told.splitlines() == ["pool: open", "week: right", "who: right", "dues: not yet"]
    assert "100,000" not in told
    assert lesson.score() == (2, 3, 4)
    lesson.exercise("pool", 100_000, 100_000.0)
    assert lesson.score() == (3, 4, 4)


def test_predictions_are_held_against_intervals(capsys):
    lesson = Lesson()
    lesson.prediction("answers", "more", 0.2, 1.4)
    lesson.prediction("staying", "less", -0.3, 0.4)
    lesson.prediction("joins", ..., -2.0, -1.0)
    assert lesson.score() == (1, 2, 3)
    lesson.solution("joins")
    assert "less. The difference lies between -2 and -1." in capsys.readouterr().out


def test_what_is_no_answer_is_told():
    lesson = Lesson()
    with pytest.raises(ValueError, match="none of 'more'"):
        lesson.prediction("joins", "higher", 0.0, 1.0)
    with pytest.raises(TypeError, match="is not a number"):
        lesson.exercise("pool", "many", 1.0)
    with pytest.raises(KeyError, match="there are: joins"):
        lesson.prediction("joins", ..., 0.0, 1.0)
        lesson.solution("poool")
