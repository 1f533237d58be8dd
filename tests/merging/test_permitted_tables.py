"""What the stages find in their folders, and what they must not find."""

import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.contact_points import contact_points
from rcommerce_helpers.merging.figures import REGISTRY
from rcommerce_helpers.merging.golden import golden_records
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.permissions import decide_permissions
from rcommerce_helpers.merging.permitted import write_permitted
from rcommerce_helpers.merging.story import describe_certainty, summarise, tell_story
from rcommerce_helpers.merging.timeline import build_timeline
from rcommerce_helpers.sources.landed import read_landed

AS_OF = "2024-12-31"


class Merged:
    def __init__(self, landed, params=None):
        self.params = params or MergingParams(matching="exact")
        self.records = read_landed(landed, "source_records")
        self.linked = identify(self.records, self.params, key=KEY)
        self.persons = self.linked.persons
        self.owner = self.persons.set_index("record_id")["customer_id"]
        self.decided = decide_permissions(landed, self.persons, AS_OF)
        self.points = contact_points(self.decided.table, self.records, self.persons, as_of=AS_OF, key=KEY)
        self.timeline = build_timeline(landed, self.persons, AS_OF)
        self.golden = golden_records(self.records, self.persons, self.timeline.events, self.params)
        self.out = landed.parent / "permitted"
        self.report = self.write(landed)

    def write(self, landed):
        return write_permitted(
            landed, self.persons, customers=self.golden.customers, events=self.timeline.events,
            decisions=self.decided.table, out=self.out, points=self.points.table,
        )  # fmt: skip

    def read(self, purpose, table):
        return pd.read_parquet(self.out / purpose / f"{table}.parquet")


@pytest.fixture
def merged(landed):
    return Merged(landed)


def test_only_purposes_that_somebody_permits_have_a_folder(merged):
    assert sorted(p.name for p in merged.out.iterdir()) == ["marketing", "statistics"]


def test_orders_of_permitting_people_without_tests_and_cancellations(merged):
    orders = merged.read("statistics", "orders")
    assert orders.columns[0] == "customer_id"
    assert "record_id" not in orders
    assert set(orders["order_id"]) == {"a", "b", "f"}
    assert orders["customer_id"].is_monotonic_increasing
    assert merged.read("marketing", "orders")["order_id"].tolist() == ["f"]


def test_order_lines_carry_customer_and_time_first_and_all_their_amounts(merged):
    lines = merged.read("statistics", "order_lines")
    assert lines.columns[:4].tolist() == ["customer_id", "at", "local_at", "order_id"]
    assert lines["amount"].sum() == 10 - 4 + 20 + 5
    own = lines[lines["customer_id"] == merged.owner["crm:1"]]
    assert own["order_id"].tolist() == ["b", "a", "a"]


def test_web_visits_need_permission_for_the_link_as_well(merged):
    sessions = merged.read("statistics", "sessions")
    assert sessions["customer_id"].tolist() == [merged.owner["shop:9"]]
    assert not (merged.out / "marketing" / "sessions.parquet").exists()
    timeline = merged.read("statistics", "timeline")
    assert timeline.loc[timeline["kind"] == "web_visit", "reference"].tolist() == ["s1"]


def test_a_referral_names_the_invited_person_only_where_that_person_permits_it_too(merged):
    referrals = merged.read("statistics", "referrals")
    assert referrals["invited_customer_id"].tolist() == [merged.owner["shop:7"]]
    assert "invited_record_id" not in referrals
    assert not (merged.out / "marketing" / "referrals.parquet").exists()


def test_identifiers_stay_out_of_statistics(merged):
    for table in (merged.out / "statistics").glob("*.parquet"):
        text = pd.read_parquet(table).astype(str).to_csv()
        assert not any(word in text for word in ("gmx.de", "web.de", "Müller", "Mueller", "Voss", "crm:", "shop:")), (
            table.name
        )


def test_marketing_knows_whom_to_write_to_by_the_contact_points_alone(merged):
    assert not {"email", "phone", "given_name", "birth_date"} & set(merged.read("marketing", "customers"))
    assert "contact_point" not in merged.read("marketing", "permission_decisions")
    points = merged.read("marketing", "contact_points")
    assert points.loc[points["allowed"], ["channel", "contact_point"]].to_numpy().tolist() == [["email", "kim@web.de"]]
    assert set(points["customer_id"]) == {merged.owner["shop:7"]}
    assert not (merged.out / "statistics" / "contact_points.parquet").exists()


def test_tables_without_people_are_copied_whole(merged):
    assert merged.read("marketing", "products")["product_id"].tolist() == ["p", "q"]


def test_rows_of_unknown_people_are_counted(merged):
    table = merged.report.tables.set_index("table")
    assert table.loc["orders", ["rows", "rows_of_unknown_people", "rows_statistics", "rows_marketing"]].tolist() == [
        6,
        1,
        3,
        1,
    ]
    assert table.loc["order_lines", "rows_of_unknown_people"] == 1
    assert "permissions" not in table.index


def test_a_second_write_removes_what_is_no_longer_permitted(merged, landed):
    merged.decided.table.loc[merged.decided.table["purpose"] == "marketing", "allowed"] = False
    merged.write(landed)
    assert sorted(p.name for p in merged.out.iterdir()) == ["statistics"]


def test_equal_purposes_share_their_files(landed, make_facts):
    from rcommerce_helpers.sources.facts import write_facts

    (landed / "permissions.parquet").unlink()
    write_facts(landed, make_facts(basis="research", purposes=("statistics", "personalisation", "marketing")))
    merged = Merged(landed)
    assert set(
        merged.report.tables.set_index("table").loc[
            "orders", ["rows_statistics", "rows_personalisation", "rows_marketing"]
        ]
    ) == {3}
    files = [(merged.out / p / "orders.parquet").stat().st_ino for p in ("statistics", "personalisation", "marketing")]
    assert len(set(files)) == 1
    assert "email" not in merged.read("personalisation", "customers")


def test_the_timeline_has_every_event_once_in_order(merged):
    events = merged.timeline.events
    own = events[events["customer_id"] == merged.owner["crm:1"]]
    assert own["kind"].tolist() == ["referral", "web_visit", "order", "order", "return"]
    assert own["amount"].fillna(0).tolist() == [5.0, 0, 20.0, 10.0, -4.0]
    assert set(events.loc[events["customer_id"] == merged.owner["shop:7"], "kind"]) == {
        "was_referred",
        "web_visit",
        "order",
    }
    assert merged.owner["crm:2"] not in set(events["customer_id"])


def test_orders_without_lines_are_events_without_money(merged, landed):
    (landed / "order_lines.parquet").unlink()
    orders = build_timeline(landed, merged.persons, AS_OF).events.query("kind == 'order'")
    assert sorted(orders["reference"]) == ["a", "b", "f"]
    assert orders["amount"].isna().all()


def test_nothing_after_the_last_day_is_in_the_timeline(merged, landed):
    early = build_timeline(landed, merged.persons, "2024-02-01").events
    assert early["local_at"].max() == pd.Timestamp("2024-02-01 11:00")


def test_golden_values_newest_first_and_by_trust(merged, landed):
    customer = merged.golden.customers.set_index("customer_id").loc[merged.owner["crm:1"]]
    assert customer["given_name"] == "Juergen"
    assert customer["street"] == "Lange Str. 1"
    assert (customer["record_count"], customer["source_count"]) == (2, 2)
    assert customer["first_seen_at"] == pd.Timestamp("2020-01-01")
    assert customer["last_seen_at"] == pd.Timestamp("2024-03-01 10:00")
    trusted = Merged(landed, MergingParams(matching="exact", trust_order="crm,shop")).golden.customers
    value = trusted.set_index("customer_id").loc[merged.owner["crm:1"]]
    assert value["given_name"] == "Jürgen"
    assert '"given_name": "crm:1"' in value["provenance"]
    assert '"phone": "shop:9"' in value["provenance"]


def test_the_story_shows_a_permitting_customer_without_a_name(merged):
    story = tell_story(merged.timeline.events, merged.decided.table, "EUR", merged.params)
    assert story.customer_id == merged.owner["crm:1"]
    assert {f.name: f.value for f in story.figures} == {
        "story_events": 5, "story_days": 60, "story_amount": 26.0, "story_silence": 29, "story_contacts_in_silence": 0,
    }  # fmt: skip
    nobody = merged.decided.table.assign(allowed=False)
    with pytest.raises(NotEnoughData, match="statistics"):
        tell_story(merged.timeline.events, nobody, "EUR", merged.params)


def test_every_figure_is_registered(merged):
    parts = (
        merged.linked,
        merged.decided,
        merged.timeline,
        merged.golden,
        merged.report,
        describe_certainty(merged.linked),
    )
    names = {
        REGISTRY.check(f).name for part in (*parts, summarise(merged.linked, merged.decided)) for f in part.figures
    }
    assert len(names) >= 20


@pytest.mark.usefixtures("tell_of_few")
def test_certainty_counts_every_record_once(merged):
    certainty = describe_certainty(merged.linked)
    assert certainty.bands["records"].sum() == 5
    assert {f.name: f.value for f in certainty.figures} == {"linked_records": 2, "unsure_records": 0}
