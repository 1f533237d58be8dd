"""Who is forgotten is in no file of any run, comes back with no import, and takes nobody else along."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from rcommerce_helpers.errors import BrokenExpectation, ParamError
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.workspace.rights.answering import everything_of, give_access
from rcommerce_helpers.workspace.rights.erasing import Eraser
from rcommerce_helpers.workspace.rights.forgetting import forget
from rcommerce_helpers.workspace.runs.compare import find_run
from rcommerce_helpers.workspace.runs.manifest import read_manifest, runs_in
from rcommerce_helpers.workspace.runs.seal import check_seal, rewrite
from rcommerce_helpers.workspace.tombstones import forgotten_people, list_key_path, list_path

from .one_person import (
    CANARIES,
    FAMILY_MAIL,
    MAIL,
    NUMBER,
    RECORD,
    SHOP_RECORD,
    hits,
    run_firm,
    write_decisions,
    write_firm,
)

MINE = (RECORD, SHOP_RECORD, "news:zzq8n3", "books:zzq8debtor")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def held(tmp_path_factory) -> Path:
    """A project with a finished run of merging that holds the person; who changes it takes a copy."""
    root = tmp_path_factory.mktemp("held")
    write_firm(root / "firm")
    write_decisions(root)
    outcome = run_firm(root)
    assert outcome.exit_code == 0, outcome.errors
    return root


@pytest.fixture
def project(held, tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("RCOMMERCE_KEY_FILE", str(tmp_path / "key"))
    root = tmp_path / "project"
    shutil.copytree(held, root)
    return root


@pytest.fixture(scope="module")
def after(held, tmp_path_factory) -> Path:
    """The same project when the person was forgotten."""
    root = tmp_path_factory.mktemp("after") / "project"
    shutil.copytree(held, root)
    report = forget(root / "runs", MAIL, root, yes=True)
    assert report.done
    return root


def newest(root: Path) -> Path:
    return runs_in(root / "runs")[0][0]


def table(root: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(newest(root) / "tables" / f"{name}.parquet")


def test_the_canaries_were_there_to_be_found(held):
    found = hits(held, but=("firm/",))
    assert {kind for _, kind, _ in found} == set(CANARIES)
    assert {file.split("/")[0] for file, _, _ in found} == {"runs", "decisions", "models"}
    places = {file.rpartition("/")[2] for file, _, _ in found}
    assert {"quarantine.parquet", "conversations.parquet", "fetched_news.parquet", "customers.parquet"} <= places
    assert {"golden_values.parquet", "golden_conflicts.parquet"} <= places
    assert any("/.read/" in f"/{file}" for file, _, _ in found)


def test_no_file_holds_who_was_forgotten(after):
    assert hits(after, but=("firm/",)) == []
    folder = newest(after)
    check_seal(folder, read_manifest(folder))
    assert "a person was forgotten" in (folder / "log.jsonl").read_text()


def test_nothing_of_anybody_else_is_lost(held, after):
    for path in sorted(newest(held).rglob("*.parquet")):
        twin = newest(after) / path.relative_to(newest(held))
        before = pd.read_parquet(path)
        own = [c for c in ("record_id", "customer_id") if c in before and path.stem not in ("orders", "invoices")]
        if own and path.stem != "quarantine":
            persons = pd.read_parquet(newest(held) / "tables" / "persons.parquet")
            mine = set(persons.loc[persons["record_id"].isin(MINE), "customer_id"]) | {*MINE, "crm:gone9"}
            others = set(before[own[0]].dropna()) - mine - {""}
            assert others <= set(pd.read_parquet(twin)[own[0]].dropna()), path.stem
    assert len(table(held, "landed/source_records")) - len(table(after, "landed/source_records")) == len(MINE)


def test_the_law_keeps_orders_and_invoices_under_another_name(held, after):
    for name, own in (("orders", 3), ("invoices", 1)):
        before, now = table(held, f"landed/{name}"), table(after, f"landed/{name}")
        assert len(before) == len(now)
        assert now["record_id"].str.startswith("forgotten:").sum() == own
    assert len(table(held, "landed/order_lines")) == len(table(after, "landed/order_lines"))
    assert table(after, "landed/orders").loc[lambda t: t["order_id"].str.startswith("z"), "referrer"].isna().all()
    permitted = list((newest(after) / "permitted").glob("*/orders.parquet"))
    assert permitted
    assert not any(pd.read_parquet(p)["order_id"].str.startswith("z").any() for p in permitted)


def test_every_row_stays_in_one_bucket(after):
    for name, count in read_facts(newest(after) / "tables" / "landed").counts.items():
        assert count.rows_in == count.landed + count.quarantined + sum(count.set_aside.values()), name
        assert count.landed == len(table(after, f"landed/{name}")), name


def test_who_shares_the_mailbox_stays_and_so_does_the_no_to_it(after):
    records = table(after, "landed/source_records")
    assert set(records.loc[records["email"] == FAMILY_MAIL, "record_id"]) == {"crm:k2", "shop:s2"}
    said = table(after, "landed/permissions")
    no = said[(said["contact_point"] == FAMILY_MAIL) & (said["decision"] == "objected")]
    assert no["record_id"].to_list() == ["forgotten:address"]


def test_an_import_brings_nobody_back(after, tmp_path, without_kernels):
    root = tmp_path / "again"
    shutil.copytree(after, root)
    write_firm(root / "firm", newer=True)
    outcome = run_firm(root)
    assert outcome.exit_code == 0, outcome.errors
    landed = outcome.folder / "tables" / "landed"
    told_by_others = (landed / "conversations.parquet").relative_to(root).as_posix()  # a limit: docs/trust.md
    assert hits(root, but=("firm/", told_by_others)) == []
    assert "zzq8k1" not in pd.read_parquet(landed / "conversations.parquet").to_string()
    counts = read_facts(outcome.folder / "tables" / "landed").counts
    assert counts["source_records"].set_aside == {"forgotten": 6}  # those, the line that is no record, a new one
    orders = pd.read_parquet(outcome.folder / "tables" / "landed" / "orders.parquet")
    assert orders["record_id"].isna().sum() == 3
    for count in counts.values():
        assert count.rows_in == count.landed + count.quarantined + sum(count.set_aside.values())


def test_the_plan_changes_nothing(project):
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    report = forget(project / "runs", NUMBER, project)
    lines = "\n".join(report.lines())
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
    assert not list_key_path(project).exists()
    for word in ("Art. 17(1)", "Art. 17(3)(b)", "HGB 257", "AO 147", "3 orders, 1 invoices", "--yes"):
        assert word in lines
    assert not any(word in lines.casefold() for word in ("zzq8", FAMILY_MAIL))
    held = {one.file: one.rows for one in report.exports}
    assert held["crm.csv"] == 2
    assert held["talk.jsonl"] == 2
    assert held["orders.csv"] == 3


def test_who_fits_nobody_or_several_is_not_forgotten(project):
    with pytest.raises(ParamError, match="fits 2 customers") as caught:
        forget(project / "runs", FAMILY_MAIL, project, yes=True)
    assert "berger" not in str(caught.value).casefold()
    with pytest.raises(ParamError, match="fits nobody"):
        forget(project / "runs", "nobody@web.de", project, yes=True)
    assert not list_path(project).exists()


def test_without_the_key_to_the_list_nothing_lands(project):
    forget(project / "runs", RECORD, project, yes=True)
    key = list_key_path(project)
    assert key.stat().st_mode & 0o777 == list_path(project).stat().st_mode & 0o777 == 0o600
    kept = key.read_text()
    key.unlink()
    with pytest.raises(ParamError, match="no key to the list"):
        run_firm(project)
    key.touch(mode=0o600)
    key.write_text("ab" * 32)
    with pytest.raises(ParamError, match="another key"):
        run_firm(project)
    key.write_text(kept)
    assert forgotten_people(project) is not None


def test_a_run_that_cannot_be_believed_stops_it_before_anything_is_changed(project):
    folder = newest(project)
    (folder / "results.json").chmod(0o600)
    (folder / "results.json").write_text("{}")
    with pytest.raises(BrokenExpectation):
        forget(project / "runs", MAIL, project, yes=True)
    assert not list_path(project).exists()


def test_the_list_is_written_before_anything_is_erased(project, monkeypatch):
    monkeypatch.setattr("rcommerce_helpers.workspace.rights.forgetting.rewrite", stopped)
    with pytest.raises(KeyboardInterrupt):
        forget(project / "runs", RECORD, project, yes=True)
    assert forgotten_people(project).within("small-firm").named(pd.Series([RECORD, "crm:k2"])).to_list() == [
        True,
        False,
    ]


def stopped(*_, **__):
    raise KeyboardInterrupt


def test_what_is_left_is_found_by_the_last_look(project, monkeypatch):
    folder = newest(project)

    def with_a_word(path):
        (path / "log.jsonl").chmod(0o600)
        with (path / "log.jsonl").open("a") as file:
            file.write(f'{{"error": "{MAIL}"}}\n')
        return ["log.jsonl"]

    rewrite(folder, read_manifest(folder), with_a_word, why="test")
    blind = Eraser._text
    monkeypatch.setattr(Eraser, "_text", lambda self, path, name: None if self.write else blind(self, path, name))
    with pytest.raises(ParamError, match="still names the person"):
        forget(project / "runs", MAIL, project, yes=True)


def test_access_gives_all_of_the_person_and_nothing_of_others(held, tmp_path):
    folder, manifest = find_run(held / "runs", "")
    answer = give_access(folder, manifest, NUMBER, tmp_path / "answer", language="de")
    content = everything_of_run(folder)
    assert {row["record_id"] for row in content["records"]} == set(MINE)
    golden = next(one for one in content["golden"] if "street" in one)  # the debtor of the books is a customer apart
    assert golden["street"] == {
        "value": "Zzq8weg 4", "from": RECORD, "source": "crm", "rule": "corrected",
    }  # fmt: skip
    assert golden["phone"]["day"] == "2021-01-01"
    assert all(one.get("source") or one["rule"] == "worked_out" for one in golden.values())
    assert {row["column"]: row["values"] for row in content["differing"]} == {
        "email": f"{FAMILY_MAIL} (shop); {MAIL} (crm); {MAIL} (news)"
    }
    assert not {"golden_values", "golden_conflicts", "customers"} & set(content["made"])
    assert len(content["landed"]["orders"]) == len(content["landed"]["order_lines"]) == 3
    assert len(content["landed"]["conversations"]) == 2
    assert len(content["landed"]["web_events"]) == 2
    assert len(content["quarantine"]) == 2
    assert {one["purpose"] for one in content["purposes"]} == {"statistics", "personalisation", "marketing"}
    assert all(row["why"] for row in content["decisions"])
    for path in (answer.page, answer.data):
        assert path.stat().st_mode & 0o777 == 0o600
        text = path.read_text(encoding="utf-8").casefold()
        assert MAIL in text
        assert not re.search(r"\b[hfb][0-9a-f]{20}\b", text)
        assert not any(word in text for word in ("berger", "crm:k", "shop:s1", "other1", "@web.de"))
    assert "Was wir über Sie" in answer.page.read_text(encoding="utf-8")
    with pytest.raises(ParamError, match="among the runs"):
        give_access(folder, manifest, NUMBER, held / "runs" / "answer")


def everything_of_run(folder: Path) -> dict:
    from rcommerce_helpers.workspace.folder import RunFolder

    return everything_of(RunFolder(folder), MAIL)
