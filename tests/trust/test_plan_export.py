"""What of a plan is handed to those who send it: what the channel needs, of whom may be contacted, and nothing else."""

import csv
import stat

import pandas as pd
import pytest

from rcommerce_helpers.errors import NotPermitted, ParamError
from rcommerce_helpers.sources.facts import DataSetFacts, write_facts
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.plan_export import export_plan, sendable
from rcommerce_helpers.workspace.runs.manifest import Manifest, Step

OFFERS = """
[budget]
amount = 10.0
[[offers]]
id = "tea"
name = "=Tea"
category = "Tea"
margin = 5.0
text = "Your tea?"
[[channels]]
id = "email"
cost = 0.1
capacity = 100
"""
DONE = Manifest(run="r", dataset="d", started_at="2024-07-01T00:00:00", status="done")
NEEDED = ["row", "send_on", "from_hour", "to_hour", "offer", "message", "to"]


@pytest.fixture
def run(tmp_path):
    """Fifteen by mail (c14 held out), twelve letters, two by telephone, three on push; c90 is left in peace."""
    people = [(f"c{i:02d}", "email", f"p{i}@x.de") for i in range(15)]
    people += [(f"c{i}", "post", f"Weg {i}, 10115 Berlin") for i in range(20, 32)]
    people += [("c40", "phone", "030 901820 15"), ("c41", "phone", "+49 162 2611109")]
    people += [(f"c{i}", "push", "") for i in range(50, 53)]
    plan = pd.DataFrame([*people, ("c90", None, None)], columns=["customer_id", "channel", "contact_point"])
    plan = plan.assign(plan_id="abc", offer_id="tea", offer="=Tea", category="Tea", reason="6:gap", expected_value=1.5)
    plan["day"], plan["hour"] = pd.Timestamp("2024-07-02").date(), pd.array([9] * len(plan), dtype="Int64")
    plan["held_out"] = plan["customer_id"] == "c14"
    folder = RunFolder(tmp_path / "runs" / "r")
    folder.landed.mkdir(parents=True)
    (folder.landed / "offers.toml").write_text(OFFERS, encoding="utf-8")
    facts = {"name": "d", "title": "D", "as_of": "2024-06-30", "currency": "EUR", "tax": "included", "basis": ""}
    more = {"time_zone": "Europe/Berlin", "purposes": (), "fingerprint": "f", "counts": {}, "first_day": ""}
    write_facts(folder.landed, DataSetFacts(**facts, **more))
    points = pd.DataFrame(people, columns=["customer_id", "channel", "contact_point"]).assign(allowed=True)
    folder.write("plan", plan)
    folder.write("contact_points", points)
    folder.write("permission_decisions", points[["customer_id"]].assign(purpose="marketing", allowed=True))
    folder.write(
        "customers", pd.DataFrame({"customer_id": plan["customer_id"], "given_name": "Ann", "family_name": "=Lee"})
    )
    return folder


def test_a_row_carries_what_its_channel_needs(run):
    sheets = sendable(run).sheets
    assert list(sheets["email"].columns) == NEEDED
    assert list(sheets["post"].columns) == [*NEEDED, "name"]
    assert sheets["phone"]["to"].tolist() == ["+493090182015", "+491622611109"]
    assert "push" not in sheets
    assert sheets["email"].loc[0, ["offer", "message", "from_hour"]].tolist() == ["=Tea", "Your tea?", 9]


def test_who_is_held_out_stays(run):
    plan = sendable(run)
    assert "p14@x.de" not in plan.sheets["email"]["to"].tolist()
    assert plan.lines() == [
        "email: 14 contacts",
        "phone: under 10 contacts",
        "post: 12 contacts",
        "under 10 held out by chance and not to be contacted",
        "under 10 left out, on a channel that needs no address here",
    ]


@pytest.mark.parametrize("table", ["contact_points", "permission_decisions"])
def test_a_point_refused_meanwhile_is_left_out(run, table):
    known = run.read(table)
    run.write(table, known.assign(allowed=known["customer_id"] != "c03"))
    plan = sendable(run)
    assert "p3@x.de" not in plan.sheets["email"]["to"].tolist()
    assert plan.refused == 1


@pytest.mark.parametrize("name", ["plan.csv", "plan.xlsx"])
def test_only_its_owner_may_read_the_file(run, tmp_path, name):
    export_plan(run.path, DONE, tmp_path / name, channel="email")
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_csv_has_typed_cells_and_no_formula(run, tmp_path):
    export_plan(run.path, DONE, tmp_path / "plan.csv", channel="post")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as stream:
        first = next(csv.DictReader(stream))
    assert (first["offer"], first["name"], first["send_on"], first["to_hour"]) == (
        "'=Tea",
        "Ann =Lee",
        "2024-07-02",
        "10",
    )


def test_a_file_that_is_there_stays(run, tmp_path):
    target = tmp_path / "plan.csv"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(ParamError, match="there already"):
        export_plan(run.path, DONE, target, channel="email")
    assert target.read_text(encoding="utf-8") == "mine"
    export_plan(run.path, DONE, target, channel="email", overwrite=True)
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(ParamError, match="there already"):
        export_plan(run.path, DONE, link, channel="email", overwrite=True)


@pytest.mark.parametrize(
    ("name", "channel", "said"),
    [
        ("plan.txt", "", "ends with"),
        ("plan.csv", "", "one channel for each file"),
        ("plan.csv", "fax", "one of email, phone, post, push"),
        ("plan.csv", "push", "no contact to send"),
        ("none/plan.csv", "email", "no folder"),
        ("runs/plan.csv", "email", "among the runs"),
        ("runs/r/plan.csv", "email", "among the runs"),
    ],
)
def test_what_cannot_be_written_is_named(run, tmp_path, name, channel, said):
    with pytest.raises(ParamError, match=said):
        export_plan(run.path, DONE, tmp_path / name, channel=channel)
    assert [p for p in tmp_path.rglob("plan.*") if p.suffix != ".parquet"] == []


def test_a_run_that_is_not_finished_hands_out_nothing(run, tmp_path):
    stopped = Manifest(run="r", dataset="d", started_at="2024-07-01T00:00:00", status="failed")
    with pytest.raises(ParamError, match="a finished run"):
        export_plan(run.path, stopped, tmp_path / "plan.csv", channel="email")


def test_a_plan_does_not_leave_once_a_later_import_knows_a_refusal(run, tmp_path):
    """The plan was made on Monday, somebody said no on Tuesday: Monday's plan is not handed out any more."""
    said = pd.DataFrame(
        {"record_id": ["crm:1"], "purpose": "marketing", "channel": "email", "contact_point": "p1@x.de",
         "decision": ["granted"], "at": pd.to_datetime(["2024-06-01"])}
    )  # fmt: skip
    said.to_parquet(run.landed / "permissions.parquet")
    mine = Manifest(run="r", dataset="d", data_set="d", started_at="2024-07-01T00:00:00", status="done")
    later = Manifest(run="s", dataset="d", data_set="d", started_at="2024-07-02T00:00:00", status="failed")
    other = RunFolder(run.path.parent / "s")
    other.landed.mkdir(parents=True)
    for manifest, folder in ((mine, run), (later, other)):
        manifest.steps["land"] = Step("land", "done", "f")
        manifest.save(folder.path)
    said.to_parquet(other.landed / "permissions.parquet")
    export_plan(run.path, mine, tmp_path / "before.csv", channel="email")
    no = said.assign(decision="withdrawn", at=pd.to_datetime(["2024-07-01 12:00"]))
    pd.concat([said, no]).to_parquet(other.landed / "permissions.parquet")
    with pytest.raises(NotPermitted, match="refusals in s that it does not know"):
        export_plan(run.path, mine, tmp_path / "after.csv", channel="email")
    assert not (tmp_path / "after.csv").exists()


def test_a_run_without_a_plan_says_so(run, tmp_path):
    run.table_path("plan").unlink()
    with pytest.raises(ParamError, match=r"offers\.toml"):
        export_plan(run.path, DONE, tmp_path / "plan.csv", channel="email")
