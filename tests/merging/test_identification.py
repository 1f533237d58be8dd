"""How soon a visitor is a known person: visits, orders and calls counted by hand."""

import pandas as pd
import pytest

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.golden import owned_values
from rcommerce_helpers.merging.identification import time_to_identify
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.sources.facts import write_facts

AS_OF = "2024-12-31"


@pytest.fixture
def meet(tmp_path, make_table, make_facts):
    """``meet(records, tables, refusing)``: each record is a customer of its own; all but some permit everything."""

    def made(records, tables, refusing=()):
        known = make_table("source_records", records)
        for name, rows in {"source_records": records, **tables}.items():
            make_table(name, rows).to_parquet(tmp_path / f"{name}.parquet", index=False)
        write_facts(tmp_path, make_facts())
        persons = known[["record_id"]].assign(customer_id=known["record_id"])
        allowed = [
            (c, p, (c, p) not in refusing)
            for c in persons["customer_id"] for p in ("statistics", "web_linking", "location")
        ]  # fmt: skip
        decisions = pd.DataFrame(allowed, columns=["customer_id", "purpose", "allowed"])
        return time_to_identify(tmp_path, owned_values(known, persons, MergingParams()), decisions, as_of=AS_OF)

    return made


def account(number, day):
    return {"record_id": f"shop:{number}", "email": f"a{number}@web.de", "created_at": day}


def visit(number, visitor, day, record=None):
    return {"session_id": f"s{number}", "visitor_id": visitor, "at": day, "record_id": record}


VISITS = [
    visit(0, "v0", "2024-01-01"),  # nobody, ever: the first day of the data
    visit(1, "v1", "2024-02-01"),  # shop:1 before it had an account
    visit(2, "v1", "2024-02-11", "shop:1"),
    visit(3, "v2", "2024-03-01", "shop:2"),
]
ACCOUNTS = [account(1, "2024-02-11"), account(2, "2024-03-01")]


@pytest.mark.usefixtures("tell_of_few")
def test_days_from_the_first_visit_to_the_account(meet):
    result = meet(ACCOUNTS, {"sessions": VISITS})
    web = result.entries.set_index("entry").loc["web"]
    assert (web["traces"], web["known_share"]) == (4, 0.5)
    assert (web["customers"], web["at_once_share"], web["soon_share"]) == (2, 0.5, 1.0)
    assert web["raised_by"] == "account"
    assert {f.name: (f.value, f.n) for f in result.figures} == {
        "known_traces_share": (0.5, 4), "identified_at_once_share": (0.5, 2), "identified_soon_share": (1.0, 2),
    }  # fmt: skip


@pytest.mark.usefixtures("tell_of_few")
def test_visits_of_who_does_not_permit_the_link_are_not_followed(meet):
    result = meet(ACCOUNTS, {"sessions": VISITS}, refusing=[("shop:1", "web_linking")])
    assert result.entries.set_index("entry").loc["web", "customers"] == 1
    nobody = [("shop:1", "statistics"), ("shop:2", "statistics")]
    assert meet(ACCOUNTS, {"sessions": VISITS}, refusing=nobody).entries["customers"].sum() == 0


@pytest.mark.usefixtures("tell_of_few")
def test_a_browser_that_two_people_use_is_nobodys_own(meet):
    shared = [*VISITS[:3], visit(3, "v1", "2024-03-01", "shop:2")]
    web = meet(ACCOUNTS, {"sessions": shared}).entries.set_index("entry").loc["web"]
    assert (web["customers"], web["at_once_share"]) == (2, 1.0)


@pytest.mark.usefixtures("tell_of_few")
def test_who_was_known_before_the_data_began_is_no_newcomer(meet):
    result = meet([account(1, "2023-02-11"), ACCOUNTS[1]], {"sessions": VISITS})
    assert result.entries["customers"].sum() == 1


@pytest.mark.usefixtures("tell_of_few")
def test_places_are_told_apart_and_the_most_nameless_is_named(meet):
    orders = [{"order_id": str(n), "at": "2024-05-01", "channel": "store"} for n in range(3)]
    cases = [{"case_id": "1", "record_id": "shop:2", "at": "2024-03-05", "channel": "phone"}]
    result = meet(ACCOUNTS, {"sessions": VISITS, "orders": orders, "service_cases": cases})
    known = result.entries.set_index("entry")["known_share"]
    assert known[["web", "store", "hotline"]].tolist() == [0.5, 0.0, 1.0]
    assert result.most_nameless == "store"


@pytest.mark.parametrize(("people", "told"), [(9, False), (10, True)])
def test_shares_of_fewer_than_ten_customers_are_not_told(meet, people, told):
    accounts = [account(n, "2024-03-01") for n in range(people)]
    visits = [VISITS[0], *(visit(n + 1, f"w{n}", "2024-03-01", f"shop:{n}") for n in range(people))]
    web = meet(accounts, {"sessions": visits}).entries.set_index("entry").loc["web"]
    assert web[["customers", "at_once_share", "soon_share"]].notna().tolist() == [told] * 3


def test_few_latecomers_are_not_given_away_by_the_total(meet):
    """Of each place 20 newcomers: 4 of the web and 15 of the hotline came late; the sum of 19 is known."""
    accounts, visits, cases = [], [VISITS[0]], []
    for n in range(40):
        late = n < 4 or n >= 25
        accounts.append(account(n, "2024-03-09" if late else "2024-03-01"))
        if n < 20:
            visits.append(visit(n + 1, f"w{n}", "2024-03-01", f"shop:{n}"))
        else:
            cases.append({"case_id": str(n), "record_id": f"shop:{n}", "at": "2024-03-01", "channel": "phone"})
    entries = meet(accounts, {"sessions": visits, "service_cases": cases}).entries.set_index("entry")
    assert entries.loc[["web", "hotline"], "customers"].tolist() == [20, 20]
    assert entries.loc[["web", "hotline"], "at_once_share"].isna().all()
    assert entries.loc[["web", "hotline"], "soon_share"].tolist() == [1.0, 1.0]


def test_without_any_trace_the_question_stays_open(meet):
    with pytest.raises(NotEnoughData, match="traces"):
        meet(ACCOUNTS, {})


def test_a_panel_of_numbers_has_nobody_to_become_known(meet):
    result = meet([{"record_id": "shop:1", "created_at": "2024-03-01"}], {"sessions": VISITS})
    assert [f.name for f in result.figures] == ["known_traces_share"]
