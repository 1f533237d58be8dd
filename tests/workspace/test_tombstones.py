"""The list of forgotten people and the corrections of a project: what a run makes of them, and when it refuses."""

import pandas as pd
import pytest

from rcommerce_helpers.errors import ParamError, SchemaError
from rcommerce_helpers.sources import load_data_set
from rcommerce_helpers.sources.facts import DataSetFacts, write_facts
from rcommerce_helpers.workspace.data_sets import bare
from rcommerce_helpers.workspace.rights.forgetting import fitting_runs
from rcommerce_helpers.workspace.runs.data import DescribedData
from rcommerce_helpers.workspace.runs.manifest import Manifest
from rcommerce_helpers.workspace.runs.remembering import Remembering
from rcommerce_helpers.workspace.tombstones import forgotten_people, keep_list, list_key_path, list_path, open_list

SOURCES = """
[data_set]
name = "tiny"
title = "Tiny"
as_of = 2024-06-30
currency = "EUR"
time_zone = "UTC"
tax = "included"
[files.crm]
path = "crm.csv"
source = "crm"
[[tables.source_records]]
from = "crm"
columns = { record_id = "id", given_name = "given", email = "mail" }
"""
CORRECTION = '[[correction]]\nrecord_id = "{}"\ncolumn = "city"\nvalue = "Kiel"\nreason = "letter"\nday = 2024-06-01\n'


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("RCOMMERCE_KEY_FILE", str(tmp_path / "key"))
    (tmp_path / "sources.toml").write_text(SOURCES)
    (tmp_path / "crm.csv").write_text("id,given,mail\n1,Anna,a@web.de\n2,Ben,b@web.de\n")
    return tmp_path


def remembering(project) -> Remembering:
    return Remembering(DescribedData(load_data_set(str(project))), project / "runs", "tiny", project)


def forget_anna(project) -> None:
    people = pd.DataFrame({"record_id": ["crm:1", "crm:2"], "given_name": ["Anna", "Ben"]})
    keep_list(open_list(project).within("tiny").with_person(people[:1], people[1:]), project)


def test_nobody_forgotten_changes_nothing_and_makes_no_key(project):
    data = remembering(project)
    assert forgotten_people(project) is None
    assert data.fingerprint == data.data.fingerprint
    assert not list_key_path(project).exists()


def test_a_run_lands_nobody_who_is_on_the_list_and_reuses_nothing_made_before(project):
    before = remembering(project).fingerprint
    forget_anna(project)
    data = remembering(project)
    data.land(project / "landed", None)
    assert pd.read_parquet(project / "landed" / "source_records.parquet")["record_id"].to_list() == ["crm:2"]
    assert data.fingerprint != before
    assert bare(data.fingerprint) == before
    assert data.fingerprint == remembering(project).fingerprint


def test_list_and_key_are_for_their_owner_alone(project):
    forget_anna(project)
    for path in (list_path(project), list_key_path(project)):
        assert path.stat().st_mode & 0o777 == 0o600
    assert list_key_path(project).read_text() != "" != open_list(project).secret.hex() not in repr(open_list(project))


def test_without_its_key_the_list_is_refused(project):
    forget_anna(project)
    list_key_path(project).unlink()
    with pytest.raises(ParamError, match="no key to the list"):
        remembering(project)
    assert not list_key_path(project).exists()


def test_another_key_than_its_own_is_refused(project):
    forget_anna(project)
    list_key_path(project).write_text("ab" * 32)
    with pytest.raises(ParamError, match="another key"):
        remembering(project)
    with pytest.raises(ParamError, match="another key"):
        open_list(project)


def test_corrections_lie_beside_what_landed_and_change_the_fingerprint(project):
    before = remembering(project).fingerprint
    (project / "decisions" / "tiny").mkdir(parents=True)
    (project / "decisions" / "tiny" / "corrections.toml").write_text(CORRECTION.format("crm:2"))
    data = remembering(project)
    data.land(project / "landed", None)
    assert pd.read_parquet(project / "landed" / "corrections.parquet")["value"].to_list() == ["Kiel"]
    assert data.fingerprint != before


def test_a_correction_of_an_unknown_record_is_refused(project):
    (project / "decisions" / "tiny").mkdir(parents=True)
    (project / "decisions" / "tiny" / "corrections.toml").write_text(CORRECTION.format("crm:3"))
    with pytest.raises(SchemaError, match="correction 1"):
        remembering(project).land(project / "landed", None)


def test_a_number_that_fits_in_two_data_sets_is_asked_about(tmp_path):
    runs = []
    for name in ("one", "other"):
        landed = tmp_path / name / "tables" / "landed"
        landed.mkdir(parents=True)
        people = pd.DataFrame({"record_id": ["crm:1", f"crm:{name}"], "email": ["a@web.de", f"{name}@web.de"]})
        people.to_parquet(landed / "source_records.parquet", index=False)
        write_facts(landed, DataSetFacts(name, name, "2024-06-30", "EUR", "UTC", "included", "", (), "x", {}))
        runs.append((tmp_path / name, Manifest(name, name, "2024-06-30")))
    with pytest.raises(ParamError, match="fits in 2 data sets"):
        fitting_runs(runs, "crm:1")
    assert set(fitting_runs(runs, "a@web.de")) == {"one", "other"}
    assert set(fitting_runs(runs, "crm:other")) == {"other"}
    with pytest.raises(ParamError, match="fits nobody"):
        fitting_runs(runs, "crm:2")
