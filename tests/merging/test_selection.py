"""Consent selection: a difference that was put in is found, none is found where chance alone chose, few stay untold."""

import numpy as np
import pandas as pd
import pytest

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.selection import consent_selection
from rcommerce_helpers.plots.permission import plot_selection
from rcommerce_helpers.sentences.permission import sentence_seen, sentence_selection

AS_OF = "2024-12-31"


@pytest.fixture
def shop(landed, make_table):
    """A function of customers, their purchases and their yes."""
    (landed / "permissions.parquet").unlink()

    def make(yes, *, purchases=None, born=None, created="2020-01-01", purpose="personalisation"):
        n = len(yes)
        records = make_table("source_records", [{"record_id": f"crm:{i:04d}", "created_at": created} for i in range(n)])
        if born is not None:
            records["birth_date"] = born
        orders = [(i, k) for i, count in enumerate(purchases if purchases is not None else []) for k in range(count)]
        rows = [{"order_id": f"{i}/{k}", "record_id": f"crm:{i:04d}", "at": f"2024-03-{k + 1:02d}"} for i, k in orders]
        make_table("orders", rows or [{"order_id": "none"}]).to_parquet(landed / "orders.parquet", index=False)
        persons = pd.DataFrame({"record_id": records["record_id"], "customer_id": records["record_id"].str[4:]})
        decisions = pd.DataFrame({"customer_id": persons["customer_id"], "purpose": purpose, "allowed": yes})
        return consent_selection(landed, records, persons, decisions, purpose=purpose, as_of=AS_OF)

    return make


def told(selection) -> dict[str, float]:
    return {f.name: f.value for f in selection.figures}


def test_whoever_buys_more_and_says_yes_more_often_is_found_and_named(shop):
    rng = np.random.default_rng(5)
    purchases = rng.choice([0, 1, 3], 600)
    yes = rng.random(600) < np.where(purchases == 0, 0.3, 0.8)
    found = shop(yes, purchases=purchases)
    assert (found.trait, found.least) == ("purchases", "bought_0")
    figures = told(found)
    assert figures["least_permitting_share"] == pytest.approx(yes[purchases == 0].mean())
    assert figures["purchases_permitting"] == pytest.approx(purchases[yes].mean())
    assert figures["purchases_others"] == pytest.approx(purchases[~yes].mean())
    assert figures["purchases_seen_share"] == pytest.approx(purchases[yes].sum() / purchases.sum())
    assert "no purchase: " in sentence_selection(found, "en")
    assert "sees" in sentence_seen(found, "en")


def test_documents_and_two_orders_of_one_day_are_no_further_purchases(shop, landed, make_table):
    """Everybody ordered twice on one day and got a credit note later: one purchase day each."""
    rng = np.random.default_rng(8)
    yes = rng.random(60) < 0.5
    shop(yes)
    papers = (("a", "2024-03-01", None), ("b", "2024-03-01", None), ("c", "2024-03-09", "credit_note"))
    rows = [
        {"order_id": f"{i}/{name}", "record_id": f"crm:{i:04d}", "at": at, "kind": kind}
        for i in range(60) for name, at, kind in papers
    ]  # fmt: skip
    make_table("orders", rows).to_parquet(landed / "orders.parquet", index=False)
    records = make_table("source_records", [{"record_id": f"crm:{i:04d}"} for i in range(60)])
    persons = pd.DataFrame({"record_id": records["record_id"], "customer_id": records["record_id"].str[4:]})
    decisions = pd.DataFrame({"customer_id": persons["customer_id"], "purpose": "personalisation", "allowed": yes})
    found = consent_selection(landed, records, persons, decisions, purpose="personalisation", as_of=AS_OF)
    assert (told(found)["purchases_permitting"], told(found)["purchases_others"]) == (1, 1)


def test_where_chance_alone_chose_no_trait_is_named(shop):
    rng = np.random.default_rng(6)
    named = [shop(rng.random(400) < 0.6, purchases=rng.choice([0, 1, 3], 400)).trait for _ in range(20)]
    assert named.count("") >= 17
    quiet = shop(rng.random(400) < 0.6)
    assert "beyond what chance" in sentence_selection(quiet, "en")


def test_groups_with_few_on_either_side_are_not_shown_and_cannot_be_worked_out(shop):
    yes = np.r_[np.ones(200, bool), np.zeros(200, bool), np.ones(4, bool), np.zeros(60, bool)]
    purchases = np.r_[np.zeros(400, int), np.full(64, 3)]
    groups = shop(yes, purchases=purchases).groups
    bought = groups[groups["trait"] == "purchases"].set_index("group")
    assert bought["hidden"].to_dict() == {"bought_0": "given_away", "bought_2_to_4": "small"}
    assert bought[["customers", "permitting_share", "low", "high"]].isna().all(axis=None)


def test_a_value_that_no_system_holds_names_no_group(shop):
    """All of those without a birth date say no, as a list without names often does: that tells of the list."""
    rng = np.random.default_rng(7)
    yes = np.r_[rng.random(200) < 0.7, np.zeros(200, bool)]
    born = [*rng.choice(["1960-05-05", "1985-05-05"], 200), *[None] * 200]
    found = shop(yes, born=born)
    assert found.trait == ""
    assert "not_known" in set(found.groups.loc[found.groups["trait"] == "age", "group"])


def test_records_that_contradict_each_other_tell_no_age(landed, make_table):
    records = make_table("source_records", [{"record_id": f"crm:{i}"} for i in range(40)])
    records["birth_date"] = ["1980-01-01", "1990-01-01"] * 20
    persons = pd.DataFrame({"record_id": records["record_id"], "customer_id": [f"c{i // 2}" for i in range(40)]})
    decisions = pd.DataFrame({"customer_id": [f"c{i}" for i in range(20)], "purpose": "marketing",
                              "allowed": [True, False] * 10})  # fmt: skip
    found = consent_selection(landed, records, persons, decisions, purpose="marketing", as_of=AS_OF)
    assert set(found.groups.loc[found.groups["trait"] == "age", "group"]) == {"not_known"}


@pytest.mark.parametrize("yes", [np.ones(30, bool), np.zeros(30, bool)])
def test_where_all_or_none_permit_there_is_no_selection(shop, yes):
    with pytest.raises(NotEnoughData, match="selection: got"):
        shop(yes)


def test_every_share_is_drawn_with_its_interval_and_its_number(shop):
    rng = np.random.default_rng(8)
    purchases = rng.choice([0, 1, 3], 600)
    found = shop(rng.random(600) < np.where(purchases == 0, 0.3, 0.8), purchases=purchases)
    figure = plot_selection(found, "de")
    shown = found.groups[found.groups["hidden"] == ""]
    assert sum(len(trace.x) for trace in figure.data) == len(shown)
    assert all(len(trace.error_x.array) == len(trace.x) for trace in figure.data)
    assert sum(note.text.startswith("n = ") for note in figure.layout.annotations) == len(shown)
