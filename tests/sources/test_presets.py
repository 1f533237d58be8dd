"""Each preset knows its exports by their header, and lands our samples of them with every trap avoided."""

from pathlib import Path

import pytest
from preset_samples import SAMPLES, Sample

from rcommerce_helpers.errors import BrokenExpectation, SchemaError
from rcommerce_helpers.sources import check, land, load_data_set
from rcommerce_helpers.sources.config import read_config
from rcommerce_helpers.sources.landed import read_landed
from rcommerce_helpers.sources.presets import all_presets, matches
from rcommerce_helpers.workspace.project import write_project

pytestmark = pytest.mark.usefixtures("without_fence")
SHARED = Path(__file__).parents[3] / "shared" / "data"
OF_THE_WALK = {"shopify_orders", "zendesk_tickets", "trustpilot", "datev_bookings"}
OF_THE_FIRM = {"ga4_export", "woocommerce_analytics", "plain_crm", "mailchimp_cleaned"}
PUBLIC = {"online_retail", "telco_flat", "telco_tables", "hillstrom"}


def project_of(sample: Sample, folder: Path) -> Path:
    write_project(folder / "project", sample.write(folder / "given"))
    return folder / "project"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.preset)
def test_a_sample_lands_as_it_is_meant(sample, tmp_path):
    project = project_of(sample, tmp_path)
    title = next(preset.title for preset in all_presets() if preset.name == sample.preset)
    assert f"# {title}" in (project / "sources.toml").read_text(encoding="utf-8")
    report = land(load_data_set(str(project)), tmp_path / "landed")
    assert report.quarantine.empty, report.quarantine.to_dict("records")
    counts = report.facts.counts
    assert {name: counts[name].landed for name in sample.landed} == sample.landed
    aside = {name: sum(n for rule, n in count.set_aside.items()) for name, count in counts.items()}
    assert max(aside.values()) >= sample.set_aside
    for (table, column), expected in sample.values.items():
        landed = read_landed(tmp_path / "landed", table)[column]
        seen = [None if v is None or v != v else (str(v) if column.endswith("_at") else v) for v in landed]
        assert sorted(map(str, seen)) == sorted(map(str, expected)), (table, column)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.net is not None], ids=lambda sample: sample.preset)
def test_money_comes_out_to_the_cent_and_reconciles(sample, tmp_path):
    report = check(load_data_set(str(project_of(sample, tmp_path))))
    assert round(report.bridge.set_index("step")["amount"]["net"], 2) == round(sample.net, 2)
    for one in report.reconciled:
        assert (one.differ, one.only_here, one.only_there) == ((0, 0.0), (0, 0.0), (0, 0.0)), one
        assert one.agree > 0


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.refusals | s.grants], ids=lambda sample: sample.preset)
def test_every_no_lands_as_a_no_and_silence_is_no_yes(sample, tmp_path):
    land(load_data_set(str(project_of(sample, tmp_path))), tmp_path / "landed")
    said = read_landed(tmp_path / "landed", "permissions")
    said["whom"] = said["contact_point"].fillna(said["record_id"])
    granted = said["decision"] == "granted"
    assert set(said.loc[granted, "whom"]) == sample.grants
    assert set(said.loc[~granted, "whom"]) == sample.refusals


def test_every_preset_has_a_sample_and_says_where_its_header_is_documented():
    names = {preset.name for preset in all_presets()}
    assert names == {sample.preset for sample in SAMPLES} | OF_THE_WALK | OF_THE_FIRM | PUBLIC
    assert all(preset.documented and preset.traps for preset in all_presets())


def test_signatures_do_not_overlap():
    """The header of each sample is known as its own, whatever else lies in the folder."""
    headers, owner = {}, {}
    for sample in SAMPLES:
        for name, (header, _) in sample.files.items():
            headers[f"{sample.preset}/{name}"] = header.split("|")
            owner[f"{sample.preset}/{name}"] = sample.preset
    for match in matches(all_presets(), headers):
        assert {owner[key] for key in match.files.values()} == {match.preset.name}
    assert len(matches(all_presets(), headers)) == len(SAMPLES)


def test_two_files_of_one_kind_are_both_read(tmp_path):
    sample = next(s for s in SAMPLES if s.preset == "mailchimp_subscribed")
    given = sample.write(tmp_path / "given")
    (first,) = given.iterdir()
    (given / "second.csv").write_text(first.read_text(encoding="utf-8").replace("Clara@", "Dora@"), encoding="utf-8")
    write_project(tmp_path / "project", given)
    config = read_config(tmp_path / "project" / "sources.toml")
    assert set(config.files) == {"mailchimp_subscribed", "mailchimp_subscribed_2"}
    land(load_data_set(str(tmp_path / "project")), tmp_path / "landed")
    assert len(read_landed(tmp_path / "landed", "source_records")) == 2


def test_columns_in_another_order_and_with_other_capitals_are_known():
    sample = next(s for s in SAMPLES if s.preset == "hubspot_contacts")
    ((header, _),) = sample.files.values()
    turned = [name.upper() + " " for name in reversed(header.split("|"))]
    assert [match.preset.name for match in matches(all_presets(), {"x": turned})] == ["hubspot_contacts"]


def broken_order(project: Path) -> None:
    """One row of the lines lost on the way."""
    path = next((project / "exports").glob("*product_lookup*"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))


def test_a_lost_line_shows_in_the_reconciliation_and_breaks_its_promise(tmp_path):
    project = project_of(next(s for s in SAMPLES if s.preset == "woocommerce"), tmp_path)
    broken_order(project)
    (one,) = check(load_data_set(str(project))).reconciled
    assert one.differ == (1, -23.8)
    assert any("1 differ" in line and "101" in line for line in one.lines())
    toml = project / "sources.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("# reconcile_max = 0.0", "reconcile_max = 0.0"), "utf-8")
    with pytest.raises(BrokenExpectation, match="reconcile_max"):
        land(load_data_set(str(project)), tmp_path / "landed")
    assert not (tmp_path / "landed").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('table = "order_lines"', 'table = "order_line"'), "order_line"),
        (('file = "wc_orders", key = "id"', 'file = "wc_order", key = "id"'), "wc_order"),
        (('key = "id", amount = ["total_amount"]', 'key = "ID_", amount = ["total_amount"]'), "ID_"),
    ],
)
def test_a_reconciliation_of_what_is_not_there_is_refused(tmp_path, change, told):
    project = project_of(next(s for s in SAMPLES if s.preset == "woocommerce"), tmp_path)
    toml = project / "sources.toml"
    text = toml.read_text(encoding="utf-8")
    assert change[0] in text
    toml.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(SchemaError, match=told):
        check(load_data_set(str(project)))


PUBLIC_SETS = {
    "hillstrom": {"source_records": 64_000, "contacts": 64_000},
    "telco": {"source_records": 7_043, "contracts": 29_202},
    "telco_multi": {"source_records": 7_043, "contracts": 36_435},
    "online_retail": {"order_lines": 541_909, "orders": 25_900},
}


@pytest.mark.shared_data
@pytest.mark.parametrize("name", PUBLIC_SETS)
def test_public_sets_run_through_their_presets(name, tmp_path):
    if not SHARED.exists():
        pytest.skip("needs ../shared/data")
    given = tmp_path / "given"
    given.mkdir()
    for path in (SHARED / name).iterdir():
        if path.suffix in {".csv", ".parquet"}:
            (given / path.name).write_bytes(path.read_bytes())
    write_project(tmp_path / "project", given)
    report = land(load_data_set(str(tmp_path / "project")), tmp_path / "landed")
    assert report.quarantine.empty
    assert {table: report.facts.counts[table].landed for table in PUBLIC_SETS[name]} == PUBLIC_SETS[name]
    if name == "online_retail":
        kinds = read_landed(tmp_path / "landed", "orders")["kind"].value_counts().to_dict()
        assert kinds == {"purchase": 22_061, "credit_note": 3_836, "adjustment": 3}
        assert round(read_landed(tmp_path / "landed", "order_lines")["amount"].sum(), 2) == 9_747_747.93
