"""A document is not a purchase: one rule says what is, and every room counts by it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rcommerce_helpers import engine
from rcommerce_helpers.affinity import queries as affinity
from rcommerce_helpers.campaigns import queries as campaigns
from rcommerce_helpers.campaigns.history import daily_panel
from rcommerce_helpers.clock import first_day
from rcommerce_helpers.documents import purchases
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.baskets import read_baskets, read_contents
from rcommerce_helpers.patterns.cohorts import cohorts
from rcommerce_helpers.patterns.lifecycle import lifecycle
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import return_sums
from rcommerce_helpers.patterns.segments import revenue_shares, rfm_segments
from rcommerce_helpers.sources import land, load_data_set

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
PARAMS = PatternsParams()
# order, customer, day, kind of the document, kind of the line, quantity, amount
PAPERS = [
    ("1", "a", "2024-01-05", "purchase", "item", 2, 60.0),
    ("1", "a", "2024-01-05", "purchase", "shipping", 1, 5.0),
    ("2", "a", "2024-02-05", None, None, 1, 40.0),
    ("3", "a", "2024-02-20", "credit_note", "item", 1, 10.0),  # positive, as some systems write them
    ("4", "a", "2024-03-01", "cancellation", "item", 0, 0.0),
    ("5", "a", "2024-03-02", "purchase", "return", -1, -30.0),
    ("6", "b", "2024-01-10", "purchase", "item", 1, 25.0),
    ("6", "b", "2024-01-10", "purchase", "item", -1, -5.0),
    ("7", "b", "2024-02-11", "purchase", "shipping", 1, 6.0),
    ("8", "b", "2024-02-12", "purchase", "voucher", 1, 50.0),
    ("9", "b", "2024-02-13", "purchase", "fee", 1, 3.0),
    ("10", "b", "2024-02-14", "purchase", "item", -2, -20.0),  # a credit note of an export without kinds
    ("11", "b", "2024-02-15", "return", "return", -1, -1.0),
    ("12", "c", "2024-02-16", "adjustment", "item", 1, 7.0),
    ("14", "c", "2024-02-18", "purchase", "item", -1, 0.0),  # written off
    ("13", "c", "2024-02-17", "purchase", "item", 1, 0.0),  # a free sample was chosen as well
]
BOUGHT = ["1", "2", "6", "13"]


def papers():
    names = ["order_id", "customer_id", "local_at", "document", "kind", "quantity", "amount"]
    lines = pd.DataFrame(PAPERS, columns=names).assign(product_id="p", discount=0.0, margin=np.nan)
    lines["local_at"] = pd.to_datetime(lines["local_at"])
    lines["quantity"] = lines["quantity"].astype(float)
    orders = lines.drop_duplicates("order_id")[["order_id", "customer_id", "local_at", "document"]]
    return orders.rename(columns={"document": "kind"}).reset_index(drop=True), lines


def test_what_counts_as_a_purchase():
    orders, lines = papers()
    unlike = lines.drop(columns="document")
    assert engine.frame(purchases(orders, unlike))["order_id"].to_list() == BOUGHT
    assert set(engine.frame(purchases(orders))["order_id"]) == {"1", "2", "5", "6", "7", "8", "9", "10", "13", "14"}


def test_an_order_without_lines_is_taken_at_its_word():
    orders, lines = papers()
    more = pd.DataFrame({"order_id": ["x", "y"], "kind": ["purchase", "credit_note"]})
    found = engine.frame(purchases(pd.concat([orders, more]), lines))
    assert found["order_id"].to_list() == [*BOUGHT, "x"]


@pytest.mark.parametrize("status", ["cancelled", "test"])
def test_what_never_came_about_is_no_purchase(status):
    orders = pd.DataFrame({"order_id": ["1", "2", "3"], "status": [None, status, "open"]})
    assert engine.frame(purchases(orders))["order_id"].to_list() == ["1", "3"]


@pytest.mark.usefixtures("tell_of_few")
def test_patterns_count_purchases_and_all_the_money():
    orders, lines = papers()
    baskets = read_baskets(orders, lines.drop(columns="document"), "2024-03-31")
    assert baskets.orders["order_id"].to_list() == BOUGHT
    assert baskets.revenue.to_dict() == {"a": 85.0, "b": 58.0, "c": 7.0}
    assert baskets.orders["line_count"].to_list() == [1, 1, 1, 1]
    assert baskets.purchase_days.tolist() == [2, 1, 1]
    rfm = rfm_segments(baskets).customers.set_index("customer_id")
    assert rfm["frequency"].to_dict() == {"a": 2, "b": 1, "c": 1}
    assert rfm["revenue"].sum() == lines["amount"].sum()
    products = pd.DataFrame({"product_id": ["p"], "name": ["P"]})
    contents = read_contents(baskets, lines, products, PARAMS)
    assert contents.rows["order"].to_list() == [0, 1, 2]  # the free sample is bought, but no basket of anybody's money


def test_two_orders_on_one_day_are_one_purchase_day():
    lines = pd.DataFrame({"customer_id": list("aabb"), "order_id": list("1234"), "amount": 5.0})
    lines["local_at"] = pd.to_datetime(
        ["2024-01-05 09:00", "2024-01-05 18:00", "2024-01-05", "2024-01-06"], format="mixed"
    )
    baskets = read_baskets(lines, lines, "2024-03-31")
    told = {f.name: f.value for f in baskets.figures}
    assert (told["orders"], told["repeat_share"], baskets.purchase_days.tolist()) == (4, 0.5, [1, 2])


def test_without_a_second_purchase_day_nobody_has_a_rhythm():
    lines = pd.DataFrame({"customer_id": [f"c{i}" for i in range(30)], "order_id": [f"o{i}" for i in range(30)]})
    lines = lines.assign(amount=5.0, local_at=pd.Timestamp("2024-01-05") + pd.to_timedelta(np.arange(30), unit="D"))
    with pytest.raises(NotEnoughData, match="no customer with two purchase days"):
        lifecycle(read_baskets(lines, lines, "2024-12-31"), PARAMS)


def test_who_bought_once_is_never_loyal():
    who = [f"once{i:02d}" for i in range(70)] + [f"twice{i:02d}" for i in range(30) for _ in (0, 1)]
    lines = pd.DataFrame({"customer_id": who, "order_id": [f"o{i}" for i in range(len(who))], "amount": 5.0})
    lines["local_at"] = pd.Timestamp("2024-01-05") + pd.to_timedelta(np.arange(len(who)) * 2, unit="D")
    rfm = rfm_segments(read_baskets(lines, lines, "2024-12-31")).customers
    assert not rfm.loc[rfm["frequency"] == 1, "segment"].isin(["loyal", "best"]).any()
    assert (rfm.loc[rfm["frequency"] == 1, "f_score"] == 1).all()


def test_goods_alone_are_brought_back():
    orders, lines = papers()
    voucher = lines.head(1).assign(kind="voucher", amount=-15.0)
    sums = return_sums(pd.concat([lines, voucher])).set_index("customer_id")
    assert sums["back"].to_dict() == {"a": 30.0, "b": 26.0, "c": 0.0}


def test_affinity_counts_the_same_days():
    _, lines = papers()
    days = affinity.purchase_days(lines, pd.DataFrame({"product_id": ["p"], "category": ["x"]}), "2024-03-31")
    at = pd.Timestamp(0) + pd.to_timedelta(days["day_number"], unit="D")
    found = list(zip(days["customer_id"], at.astype(str)))
    assert found == [("a", "2024-01-05"), ("a", "2024-02-05"), ("b", "2024-01-10"), ("c", "2024-02-17")]


def test_campaigns_count_the_same_orders_and_all_the_money():
    _, lines = papers()
    spent = campaigns.spending(lines, pd.Timestamp("2024-01-01"), margin_share=0.5).set_index("customer_id")
    assert spent["orders"].to_dict() == {"a": 2, "b": 1, "c": 1}
    assert spent["revenue"].to_dict() == {"a": 85.0, "b": 58.0, "c": 7.0}
    daily = campaigns.daily_sums(lines)
    assert (daily["orders"].sum(), daily["money"].sum()) == (4, 150.0)
    gaps = engine.frame(campaigns.gaps_between_orders(engine.as_lazy(lines)))
    assert gaps["gap"].dropna().to_list() == [31.0]
    assert campaigns.order_days(lines)["orders"].sum() == 4
    bought = campaigns.bought_between(lines, since=pd.Timestamp("2024-01-01"), end=pd.Timestamp("2024-04-01"))
    assert campaigns.orders_with_product(bought, "p") == 4
    assert daily_panel(lines).orders[:, -1].sum() == 4


def test_a_customer_below_zero_makes_no_share_larger_than_all():
    rows = [(f"g{i}", f"g{i}", 100.0) for i in range(40)] + [("n", "n", 10.0), ("n", "nC", -5000.0)]
    lines = pd.DataFrame(rows, columns=["customer_id", "order_id", "amount"])
    lines = lines.assign(local_at=pd.Timestamp("2024-01-05"), product_id="p")
    baskets = read_baskets(lines.drop_duplicates("order_id"), lines, "2024-03-31")
    shares = revenue_shares(baskets, PARAMS.with_(top_share=0.5))
    top = next(f for f in shares.figures if f.name == "top_revenue_share")
    assert 0 <= top.low <= top.value <= top.high <= 1
    assert top.value == pytest.approx(21 / 40)
    table = shares.customers.set_index("customer_id")
    assert (table.loc["n", "revenue"], table.loc["n", "abc"]) == (-4990.0, "C")
    assert shares.customers["revenue_share"].is_monotonic_increasing
    assert shares.customers["revenue_share"].iloc[-1] == pytest.approx(1)
    assert rfm_segments(baskets).summary["revenue_share"].dropna().between(0, 1).all()


def test_one_row_sets_no_frame():
    days = np.arange(19_000, 19_300)
    assert first_day(days) == 19_000
    assert first_day([-25_567, *days]) == 19_000
    assert first_day([-25_567, 0, *days]) == 19_000
    assert first_day([18_990, *days]) == 18_990  # ten days before is early, not wrong
    assert first_day([*range(10_000, 10_010), *days]) == 10_000  # ten of 310 is a first season, not a slip
    assert first_day([0, 19_000]) == 0  # of two nobody can say which one is wrong


@pytest.mark.usefixtures("tell_of_few")
def test_one_order_of_1900_changes_neither_cohorts_nor_panel():
    rng = np.random.default_rng(3)
    lines = pd.DataFrame({"customer_id": [f"c{i % 60}" for i in range(900)], "order_id": [f"o{i}" for i in range(900)]})
    lines = lines.assign(
        local_at=pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 400, 900), unit="D"),
        product_id="p", quantity=1.0, amount=5.0, discount=0.0,
    )  # fmt: skip
    stray = lines.head(1).assign(order_id="stray", local_at=pd.Timestamp("1900-01-01"))
    both = pd.concat([lines, stray], ignore_index=True)
    plain, odd = (cohorts(read_baskets(x, x, "2024-02-24")) for x in (lines, both))
    pd.testing.assert_frame_equal(plain.cells, odd.cells)
    assert plain.figures == odd.figures
    assert daily_panel(both).money.shape == daily_panel(lines).money.shape


@pytest.fixture(scope="module")
def retail(tmp_path_factory):
    if not (SHARED / "online_retail").exists():
        pytest.skip("needs ../shared/data/online_retail and online_retail_2 beside the checkout")
    folder = tmp_path_factory.mktemp("retail")
    land(load_data_set(str(ROOT / "data" / "online_retail" / "sources.toml"), allow_outside=True), folder)
    orders = pd.read_parquet(folder / "orders.parquet").rename(columns={"record_id": "customer_id"})
    return orders[orders["customer_id"].notna()], pd.read_parquet(folder / "order_lines.parquet")


@pytest.mark.shared_data
@pytest.mark.parametrize("kinds", [True, False])
def test_credit_notes_of_online_retail_are_no_orders(retail, kinds):
    """Counted apart, in pandas: an invoice with a good sold on it. Its kind is told by the file, or by its lines."""
    orders, lines = retail
    baskets = read_baskets(orders if kinds else orders.drop(columns="kind"), lines, "2011-12-09")
    assert not baskets.orders["order_id"].str.startswith(("C", "A")).any()
    sold = lines[(lines["kind"] == "item") & (lines["quantity"] > 0)]
    by_hand = orders[orders["order_id"].isin(sold["order_id"]) & ~orders["order_id"].str.startswith(("C", "A"))]
    by_hand = by_hand[by_hand["status"] == "completed"]
    assert len(baskets.orders) == len(by_hand) == 36_597
    days = by_hand.assign(day=by_hand["local_at"].dt.date).groupby("customer_id")["day"].nunique()
    told = {f.name: f.value for f in (*baskets.figures, *lifecycle(baskets, PARAMS).figures, *cohorts(baskets).figures)}
    assert told["repeat_share"] == pytest.approx((days > 1).mean())
    orders_each = by_hand.groupby("customer_id").size()
    assert (told["customers"], round((orders_each > 1).mean(), 3)) == (5853, 0.723)
    assert (told["lost_customers"], told["typical_gap_days"]) == (387, pytest.approx(64, abs=0.5))
    assert told["next_month_share"] == pytest.approx(0.233, abs=0.001)
    known = lines[lines["order_id"].isin(orders.loc[orders["status"] == "completed", "order_id"])]
    owner = known["order_id"].map(orders.set_index("order_id")["customer_id"])
    net = known.groupby(owner)["amount"].sum().reindex(baskets.revenue.index)
    np.testing.assert_allclose(baskets.revenue, net, atol=1e-6)
