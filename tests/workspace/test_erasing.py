"""One person out of one file of any kind; what is somebody else's, or only looks alike, stays."""

import gzip
import json
import sqlite3

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from rcommerce_helpers.merging.rights import Words
from rcommerce_helpers.workspace.rights.erasing import Eraser
from rcommerce_helpers.workspace.rights.moments import Moments, moments_of
from rcommerce_helpers.workspace.rights.sweeping import MASK, Sweep

CUSTOMER = "c" + "1" * 20
IDS = frozenset({"crm:1", CUSTOMER})
WORDS = Words(
    frozenset({"anna@web.de", "anna koch", "crm:1"}),
    frozenset({"17677700003"}),
    frozenset({"koch"}),
    frozenset({"4711"}),
)
MOMENTS = Moments(frozenset({"2024-05-05T10:11:12", "2024-05-06T09:00:00"}), frozenset({"2024-05-05T10:11:12"}))
SWEEP = Sweep(WORDS, IDS, MOMENTS)
ERASER = Eraser(SWEEP, IDS, "forgotten:1", write=True, note="told no more")


@pytest.mark.parametrize(
    "text",
    ["ANNA@web.de.", "Frau Anna  Koch", "0176 777 00003", "+49 (0)176/777-00003", "of crm:1, say", f"<b>{CUSTOMER}</b>",
     "anna&#64;web.de"],
)  # fmt: skip
def test_a_text_that_names_the_person_is_found(text):
    assert SWEEP.hits(text)
    assert MASK in SWEEP.masked(text)
    assert SWEEP.hits(f"{text} {'x' * 5000}")


@pytest.mark.parametrize(
    "text",
    ["hanna@web.de", "crm:12", "crm:1-2", "Koch", "Joanna Koch", "1176777000031", "0.17677700003"],
)
def test_a_text_that_only_looks_alike_is_not(text):
    assert not SWEEP.hits(text)
    assert SWEEP.masked(text) == text


def parquet(path, **columns):
    pd.DataFrame(columns).to_parquet(path, index=False)
    return path


def test_rows_and_cells_of_a_table(tmp_path):
    path = parquet(
        tmp_path / "persons.parquet",
        record_id=["crm:1", "crm:2", "crm:3"], exact_id=["crm:1", "crm:1", "crm:3"],
        reason=["", "as Anna Koch", "cook"], born=pd.to_datetime(["1980-01-01", None, None]),
    )  # fmt: skip
    schema = pq.read_schema(path)
    change = ERASER.erase(path, "persons")
    table = pd.read_parquet(path)
    assert (change.rows, change.texts) == (1, 2)
    assert table["record_id"].to_list() == ["crm:2", "crm:3"]
    assert table["exact_id"].to_list() == ["forgotten:1", "crm:3"]
    assert table["reason"].to_list() == [f"as {MASK}", "cook"]
    assert pq.read_schema(path).equals(schema)
    assert ERASER.erase(path, "persons") is None


def test_an_address_that_is_only_theirs_takes_its_row_along(tmp_path):
    path = parquet(tmp_path / "p.parquet", customer_id=["", "c2"], contact_point=["anna@web.de", "both@web.de"])
    assert ERASER.erase(path, "p").rows == 1


def test_single_names_go_from_free_words_and_not_from_names_of_things(tmp_path):
    path = parquet(tmp_path / "feedback.parquet", feedback_id=["1"], text=["Herr Koch war nett"], product=["Koch"])
    ERASER.erase(path, "feedback")
    table = pd.read_parquet(path)
    assert table["text"].to_list() == [f"Herr {MASK} war nett"]
    assert table["product"].to_list() == ["Koch"]


def test_quarantine_loses_values_that_are_theirs(tmp_path):
    path = parquet(tmp_path / "quarantine.parquet", value=["4711", "Koch;1", "other"], reason=["x", "x", "x"])
    assert ERASER.erase(path, "quarantine").rows == 2


def test_a_story_is_known_by_its_times(tmp_path):
    own = parquet(tmp_path / "shown_story.parquet", at=pd.to_datetime(["2024-05-05 10:11:12", "2024-05-06 09:00:00"]))
    waves = parquet(tmp_path / "waves.parquet", at=pd.to_datetime(["2024-05-06 09:00:00"]))
    both = parquet(tmp_path / "both.parquet", at=pd.to_datetime(["2024-05-05 10:11:12", "2024-05-09 09:00:00"]))
    assert ERASER.erase(own, "own").rows == 2
    assert ERASER.erase(waves, "waves") is None
    assert ERASER.erase(both, "both") is None


def test_a_notebook_loses_the_story_and_the_names(tmp_path):
    def cell(text):
        return {"cell_type": "code", "source": "x", "outputs": [{"data": {"text/plain": text}}]}

    cells = [cell("at 2024-05-05T10:11:12"), cell(f"{CUSTOMER} 3"), cell("2024-05-07T10:00:01 and 2024-05-05T10:11:12")]
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    change = ERASER.erase(path, "n")
    assert (change.stories, change.texts) == (1, 1)
    texts = [c["outputs"][0]["data"]["text/plain"] for c in json.loads(path.read_text())["cells"]]
    assert texts == ["told no more", f"{MASK} 3", "2024-05-07T10:00:01 and 2024-05-05T10:11:12"]


def test_entries_of_a_toml_go_and_the_others_stay_as_written(tmp_path):
    path = tmp_path / "identity.toml"
    kept = '# who is who\n[[same]]\nrecords = ["crm:2", "shop:3"]  # sure\n'
    path.write_text(f'{kept}\n[[same]]\nrecords = ["crm:1", "shop:3"]\n\n[ids]\n"crm:1" = "x"\n"crm:12" = "y"\n')
    assert ERASER.erase(path, "identity").rows == 2
    text = path.read_text()
    assert text.startswith(kept)
    assert '"crm:12" = "y"' in text
    assert 'crm:1"' not in text


def test_json_and_lines_keep_all_else(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"anna@web.de": 1, "b": ["Anna Koch", 4711], "c": "an\u00e4"}))
    (tmp_path / "log.jsonl").write_text('{"error": "crm:1"}\n{"error": "crm:12"}\n')
    ERASER.erase(tmp_path / "a.json", "a")
    ERASER.erase(tmp_path / "log.jsonl", "log")
    assert json.loads((tmp_path / "a.json").read_text()) == {MASK: 1, "b": [MASK, 4711], "c": "anä"}
    assert (tmp_path / "log.jsonl").read_text() == f'{{"error": "{MASK}"}}\n{{"error": "crm:12"}}\n'


def test_what_cannot_be_rewritten_goes_as_a_whole_and_only_where_it_holds_them(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"anna@web.de"))
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"ben@web.de"))
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("create table t as select 'koch' as name")
    connection.close()
    for name, value in (("a", "koch"), ("b", "ben")):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as connection:
            connection.execute(f"create table t as select '{value}' as name from range(5000)")
    removed = {p.name for p in sorted(tmp_path.iterdir()) if (change := ERASER.erase(p, p.name)) and change.removed}
    assert removed == {"a.gz", "a.db", "a.duckdb"}
    assert {p.name for p in tmp_path.iterdir()} == {"b.gz", "b.duckdb"}


def test_moments_of_a_person_and_those_that_are_nobody_elses(tmp_path):
    times = pd.to_datetime(["2024-05-05 10:11:12", "2024-05-06 09:00:00", "2024-05-06 09:00:00", "2024-05-07 00:00:00"])
    parquet(tmp_path / "contacts.parquet", record_id=["crm:1", "crm:1", "crm:2", "crm:1"], at=times)
    assert moments_of(tmp_path, IDS) == MOMENTS
