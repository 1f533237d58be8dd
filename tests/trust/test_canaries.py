"""Nothing that belongs to a person, and no secret, lies where it should not: a small world with planted values."""

import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from known_key import KEY, KEY_TEXT

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.workspace.runs.request import RunRequest, plan_of
from rcommerce_helpers.workspace.runs.stages import standard_table

from .canaries import KINDS, PLACES, SECRET, Hit, hits, kinds_in, run_with_canaries

SPELT = {
    "name": "zzq7Given3", "mail": "ZZQ7mail3@zzq7post.de", "phone": "+49 176 77700003", "street": "Zzq7strasse 3",
    "birth": "1907-03-04", "text": "DE44 7777 7777 7777 7777 77", "attribute": "zzq7hobby", "secret": SECRET,
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Iterator[Path]:
    """Folder of one run of all stages."""
    os.environ["RCOMMERCE_TEST_SECRET"] = SECRET
    outcome = run_with_canaries(tmp_path_factory.mktemp("canaries"))
    del os.environ["RCOMMERCE_TEST_SECRET"]
    assert outcome.exit_code == 0, outcome.errors
    return outcome.folder


@pytest.mark.slow
def test_no_canary_lies_outside_the_listed_tables(run):
    assert hits(run) == []
    beside = [hit for hit in hits(run.parent) if not hit.file.startswith(f"{run.name}/")]
    assert beside == []
    kept = [path for path in (run.parent / ".read").rglob("*") if path.is_file()]
    assert kept
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


@pytest.mark.slow
def test_the_canaries_were_there_to_be_found(run):
    """In the tables that may hold them, so that their absence elsewhere says something."""
    tables = run / "tables"
    for name, kinds in (
        ("landed/source_records", {"name", "mail", "phone", "street", "birth"}),
        ("customers", {"name", "mail", "phone", "street", "birth"}),
        ("contact_points", {"mail", "phone", "street"}),
        ("landed/feedback", {"text"}), ("landed/conversations", {"text"}), ("landed/forms", {"text"}),
        ("landed/quarantine", {"text"}), ("landed/attributes", {"attribute"}),
    ):  # fmt: skip
        assert kinds <= {kind for kind, _ in kinds_in(tables / f"{name}.parquet")}, name
    quarantine = pd.read_parquet(tables / "landed" / "quarantine.parquet")
    assert not quarantine["reason"].str.contains("zzq7").any()


@pytest.mark.slow
def test_no_key_and_no_word_of_the_key_in_any_artefact(run):
    for path in run.parent.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert KEY_TEXT.strip().encode() not in content, path
        assert KEY.secret not in content, path
        assert os.environ["RCOMMERCE_KEY_FILE"].encode() not in content, path


def test_every_kind_is_found_in_every_kind_of_file(tmp_path):
    assert set(SPELT) == set(KINDS)
    text = " ".join(SPELT.values())
    (tmp_path / "page.html").write_text("".join(f"&#{ord(c)};" for c in text))
    (tmp_path / "results.json").write_text("".join(f"\\u{ord(c):04x}" for c in text))
    (tmp_path / "log.jsonl").write_text(json.dumps({"error": text}))
    (tmp_path / ".hidden").write_text(text)
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("stream", text=text)])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "n.ipynb")
    born = pd.DataFrame({"born": [pd.Timestamp(SPELT["birth"])], "rest": [text]})
    born.to_parquet(tmp_path / "table.parquet", compression="zstd")
    found = hits(tmp_path)
    assert {(hit.file, hit.kind) for hit in found} == {(p.name, kind) for p in tmp_path.iterdir() for kind in KINDS}


def test_a_listed_table_is_open_to_its_kinds_and_to_no_other(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    pd.DataFrame({"text": list(SPELT.values())}).to_parquet(folder / "permission_decisions.parquet")
    found = {hit.kind for hit in hits(tmp_path)}
    assert found == set(KINDS) - {"mail", "phone"}
    assert all(isinstance(hit, Hit) for hit in hits(tmp_path))


def test_every_listed_place_says_why():
    places = tomllib.loads(PLACES.read_text(encoding="utf-8"))["place"]
    assert len({place["files"] for place in places}) == len(places)
    assert all(place["why"] and set(place["kinds"]) <= set(KINDS) for place in places)


def test_a_secret_given_as_a_parameter_is_refused_and_not_repeated(tmp_path):
    request = RunRequest(dataset="demo", out=tmp_path / "runs", settings=(f"merging.password={SECRET}",))
    with pytest.raises(ParamError) as caught:
        plan_of(request, standard_table())
    assert SECRET not in str(caught.value)
    assert not (tmp_path / "runs").exists()
