"""No text of an exported CSV is a formula; numbers and Parquet are as they were."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from plaza_lab.scenarios.files.csv_cells import harmless_cell, write_csv
from plaza_lab.scenarios.store.views import TableWriter

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"]
PLAIN = ["points", "a=b", "", "'=1", "1-2"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_put_behind_an_apostrophe(text):
    assert harmless_cell(text) == f"'{text}"


@pytest.mark.parametrize("cell", [*PLAIN, -1, -1.5, None, True])
def test_everything_else_stays(cell):
    assert harmless_cell(cell) is cell


def test_texts_are_guarded_and_numbers_are_not(tmp_path):
    texts = [*FORMULAS, *PLAIN]
    table = pd.DataFrame({"text": texts, "number": range(-3, len(texts) - 3), "=head": "x"})
    write_csv(table, tmp_path / "t.csv")
    back = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
    assert list(back.columns) == ["text", "number", "'=head"]
    assert back["text"].tolist() == [f"'{text}" for text in FORMULAS] + PLAIN
    assert back["number"].tolist() == table["number"].tolist()


def test_an_export_is_guarded_and_its_parquet_is_not(tmp_path):
    import pyarrow.parquet as parquet

    texts = [*FORMULAS, *PLAIN]
    piece = pa.table({"text": texts, "number": [-1.0] * len(texts)})
    for name in ("t.csv", "t.parquet"):
        with TableWriter(tmp_path / name) as writer:
            writer.add(piece)
    back = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
    assert back["text"].tolist() == [f"'{text}" for text in FORMULAS] + PLAIN
    assert set(back["number"]) == {-1.0}
    assert parquet.read_table(tmp_path / "t.parquet").equals(piece)
