"""What is gone without a source, and the advice that follows; counted by hand."""

import pandas as pd
import pytest

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.advice import advise
from rcommerce_helpers.merging.golden import golden_records
from rcommerce_helpers.merging.golden_values import compare_values
from rcommerce_helpers.merging.identification import Identification
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.quality import SourceReport
from rcommerce_helpers.merging.switched_off import switch_off

NO_EVENTS = pd.DataFrame({"customer_id": [], "at": [], "local_at": [], "kind": []})
PARAMS = MergingParams()


class World:
    """Records with the customer each belongs to, and e-mail points that are open."""

    def __init__(self, make_table, rows: list[tuple[str, str, dict]], closed: tuple[str, ...] = ()):
        self.records = make_table("source_records", [{"record_id": r} | values for r, _, values in rows])
        self.persons = pd.DataFrame([(r, c) for r, c, _ in rows], columns=["record_id", "customer_id"])
        mails = {(c, v["email"]) for _, c, v in rows if "email" in v}
        self.points = pd.DataFrame(
            [(c, "email", mail, mail not in closed) for c, mail in sorted(mails)],
            columns=["customer_id", "channel", "contact_point", "allowed"],
        )
        self.golden = golden_records(self.records, self.persons, NO_EVENTS, PARAMS)

    def off(self):
        return switch_off(self.golden, self.records, self.persons, self.points, rules=PARAMS.rules())


ROWS = [
    ("crm:1", "a", {"email": "a@web.de", "given_name": "Anna", "family_name": "Voss"}),
    ("shop:1", "a", {"email": "a@web.de", "phone": "0171 2345678"}),
    ("shop:2", "b", {"email": "b@web.de"}),
    ("crm:3", "c", {"given_name": "Kim", "family_name": "Lang", "email": "c@web.de"}),
    ("copy:1", "a", {"email": "a@web.de"}),
]


@pytest.mark.usefixtures("tell_of_few")
def test_each_source_is_switched_off_in_turn(make_table):
    result = World(make_table, ROWS).off()
    table = result.sources.set_index("source")[["customers", "customers_lost", "values_lost", "reach_lost"]]
    assert table.loc["crm"].tolist() == [2, 1, 5, 1]  # Anna's name, all of Kim
    assert table.loc["shop"].tolist() == [2, 1, 2, 1]  # Anna's telephone, the whole of b
    assert table.loc["copy"].tolist() == [1, 0, 0, 0]
    assert (result.most_missed, result.not_missed) == ("crm", ("copy",))
    assert {f.name: (f.value, f.n) for f in result.figures} == {
        "most_missed_customers": (1, 3), "most_missed_values_share": (5 / 8, 8), "most_missed_reach": (1, 3),
        "sources_not_missed": (1, 3),
    }  # fmt: skip


@pytest.mark.usefixtures("tell_of_few")
def test_who_may_not_be_written_to_is_no_contact_lost(make_table):
    table = World(make_table, ROWS, closed=("b@web.de",)).off().sources.set_index("source")
    assert table["reach_lost"].to_dict() == {"crm": 1, "shop": 0, "copy": 0}


@pytest.mark.usefixtures("tell_of_few")
def test_the_values_are_chosen_again_from_the_rest(make_table):
    rows = [
        ("crm:1", "a", {"street": "Ring 7", "postcode": "20095", "city": "Hamburg", "country": "DE"}),
        ("shop:1", "a", {"street": "Weg 1", "postcode": "10115"}),
    ]
    table = World(make_table, rows).off().sources.set_index("source")
    assert table["values_lost"].to_dict() == {"crm": 2, "shop": 0}


def test_one_source_leaves_nothing_to_compare(make_table):
    with pytest.raises(NotEnoughData, match=r"one \(crm\)"):
        World(make_table, [r for r in ROWS if r[0].startswith("crm")]).off()


def crowd(make_table, only_shop, both=40):
    """crm and shop know ``both`` customers, the shop ``only_shop`` more, the crm 40 more."""
    mail = [{"email": f"a{n}@web.de"} for n in range(both + only_shop + 40)]
    rows = [(f"crm:{n}", f"c{n}", mail[n]) for n in range(both)]
    rows += [(f"shop:{n}", f"c{n}", mail[n]) for n in range(both + only_shop)]
    rows += [(f"crm:{n}", f"c{n}", mail[n]) for n in range(both + only_shop, both + only_shop + 40)]
    return World(make_table, rows)


@pytest.mark.parametrize(("lost", "told"), [(9, False), (10, True)])
def test_fewer_than_ten_customers_lost_are_not_told(make_table, lost, told):
    table = crowd(make_table, lost).off().sources.set_index("source")
    assert table.loc["shop", ["customers_lost", "values_lost", "reach_lost"]].notna().tolist() == [told] * 3
    assert (table.loc["shop", "hidden"] == "") is told


def test_a_hidden_number_is_not_given_away_by_the_sum(make_table):
    table = crowd(make_table, 9).off().sources.set_index("source")
    assert pd.isna(table.loc["crm", "customers_lost"])  # with it and the known total, the nine would be told


@pytest.mark.parametrize(("both", "told"), [(9, False), (10, True)])
def test_all_but_a_few_customers_lost_are_not_told(make_table, both, told):
    table = crowd(make_table, 40, both).off().sources.set_index("source")
    assert table["customers_lost"].notna().tolist() == [told] * 2


@pytest.mark.parametrize(("lacking", "told"), [(9, False), (10, True), (0, True)])
def test_few_values_that_a_source_lacks_are_not_told(make_table, lacking, told):
    rows = [(f"crm:{n}", f"c{n}", {"email": f"a{n}@web.de"}) for n in range(30)]
    rows += [(f"shop:{n}", f"c{n}", {"phone": f"0171 23456{n:02d}"}) for n in range(lacking)]
    rows += [(f"shop:x{n}", f"x{n}", {"phone": f"0171 65432{n:02d}"}) for n in range(20)]
    table = World(make_table, rows).off().sources.set_index("source")
    assert pd.notna(table.loc["crm", "lacks_share"]) == told


def met(known_share=0.2):
    entries = pd.DataFrame({"entry": ["web"], "traces": [100], "known_share": [known_share], "raised_by": ["account"]})
    return Identification(entries, "web", ())


def report(**changes):
    row = {"source": "crm", "days_old": 1.0, "duplicate_share": 0.0, "granted_share": 0.9} | changes
    return SourceReport(pd.DataFrame([row]), pd.DataFrame(), pd.DataFrame(), ())


def tasks(world, **changes):
    values = compare_values(world.golden, PARAMS)
    table = advise(report(**changes), world.off(), values, met()).table
    return {row.task: (row.about, row.value) for row in table.itertuples()}


def test_each_advice_follows_from_its_figure(make_table):
    world = crowd(make_table, 40)
    assert tasks(world) == {"platform_not_needed": ("", 1 / 3), "raise_by_account": ("web", 0.2)}
    more = tasks(world, days_old=200.0, duplicate_share=0.1, granted_share=0.1)
    assert more["bring_up_to_date"] == ("crm", 200.0)
    assert more["stop_doubles"] == ("crm", 0.1)
    assert more["ask_permission"] == ("crm", 0.1)


@pytest.mark.parametrize(("both", "told"), [(9, False), (10, True)])
def test_few_customers_in_several_sources_are_not_given_away_by_their_share(make_table, both, told):
    said = tasks(crowd(make_table, 40, both))["platform_not_needed"][1]
    assert pd.notna(said) == told


def test_a_source_without_overlap_needs_a_key(make_table):
    rows = [(f"crm:{n}", f"c{n}", {"email": f"a{n}@web.de"}) for n in range(30)]
    rows += [(f"till:{n}", f"t{n}", {"phone": f"0171 23456{n:02d}"}) for n in range(20)]
    found = tasks(World(make_table, rows))
    assert found["give_a_key"] == ("crm", 30.0)
    assert found["platform_not_needed"] == ("", 0.0)


def test_a_copy_may_go_and_a_platform_is_worth_a_look(make_table):
    mail = [{"email": f"a{n}@web.de"} for n in range(60)]
    named = {"given_name": "Anna", "family_name": "Voss"}
    rows = [(f"crm:{n}", f"c{n}", mail[n] | named) for n in range(30)]
    rows += [(f"{source}:{n}", f"c{n}", mail[n]) for source in ("copy", "shop") for n in range(30)]
    rows += [(f"shop:{n}", f"c{n}", mail[n]) for n in range(30, 60)]
    found = tasks(World(make_table, rows))
    assert found["could_be_switched_off"] == ("copy", 0.0)
    assert found["platform_look"] == ("", 0.5)


def test_the_crm_is_told_what_the_others_know(make_table):
    rows = [(f"crm:{n}", f"c{n}", {"email": f"a{n}@web.de"}) for n in range(30)]
    rows += [(f"shop:{n}", f"c{n}", {"email": f"a{n}@web.de", "phone": f"0171 23456{n:02d}"}) for n in range(30)]
    assert tasks(World(make_table, rows))["give_values_back"] == ("crm", 0.5)
