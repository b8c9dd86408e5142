"""Notebooks agree with their sources, carry no output, and run top to bottom."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext", reason="pip install -e '.[test]'")

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "notebooks").glob("*.py"))
LONGEST_S = 120
VERDICT = re.compile(r": (holds|fails|undecided)$", re.MULTILINE)
TOLD = {
    "03_incentives_and_fund": [
        "holds", "fails", "holds",  # thanks, points or a prize
        "fails", "holds",  # when the cash stops
        "holds", "holds",  # what one more member costs
        "holds", "holds", "fails",  # those who game it
    ],
    "04_growth_and_quality": [
        "fails", "holds", "holds", "fails",  # too fast
        "fails", "undecided", "holds", "fails",  # who comes
        "undecided", "holds", "undecided",  # too much to read
        "undecided", "fails", "undecided",  # which one would you rather be in
    ],
    "05_your_own_mechanism": ["holds", "holds", "undecided"],
}  # fmt: skip
"""Verdicts on the predictions filled in, as the text under "What came out" tells them."""


def cells(path: Path) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source.strip()) for cell in jupytext.read(path).cells]


def printed(notebook) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream")


def test_every_notebook_has_a_source():
    kept = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert kept == {path.stem for path in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_notebook_and_source_agree(source):
    assert cells(source.with_suffix(".ipynb")) == cells(source)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_output(source):
    for cell in jupytext.read(source.with_suffix(".ipynb")).cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_notebooks_run_top_to_bottom(source, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient", reason="pip install -e '.[test]'")
    pytest.importorskip("ipykernel", reason="pip install -e '.[test]'")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    )
    notebook = jupytext.read(source.with_suffix(".ipynb"))
    client = nbclient.NotebookClient(
        notebook, timeout=LONGEST_S, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    assert VERDICT.findall(printed(notebook)) == TOLD.get(source.stem, [])
