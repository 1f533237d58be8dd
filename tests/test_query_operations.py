"""Queries keep to the operations on which all engines agree, so that the same expressions run in a warehouse.

What was measured on other engines: a cast to bool, an ordered first, an as-of join, a seeded sample, a difference of
dates and a cast to a time zone give other results, or none, elsewhere. What is not listed here has not been tried.
"""

import ast
import importlib
import inspect
from pathlib import Path

import ibis
import ibis.expr.operations as ops
import pandas as pd
import pytest

import rcommerce_helpers
from rcommerce_helpers import engine
from rcommerce_helpers.patterns.effects import CONTEXTS

AGREED = {
    "Aggregate", "Cast", "Coalesce", "Count", "CountDistinct", "CountStar", "DatabaseTable", "Distinct", "Divide",
    "DropColumns", "DropNull", "Equals", "ExtractEpochSeconds", "ExtractHour", "Field", "Filter", "FloorDivide",
    "Greater", "GreaterEqual", "IfElse", "InMemoryTable", "InValues", "IsNull", "JoinChain", "JoinLink",
    "JoinReference", "Lag", "Lead", "Less", "Literal", "Max", "Median", "Min", "Multiply", "Negate", "Not",
    "NotEquals", "NotNull", "Or", "Project", "RowNumber", "Sort", "SortKey", "Subtract", "Sum", "WindowFunction",
}  # fmt: skip
AGREED_CASTS = {"float64", "decimal(38, 10)"}
AGREED_JOINS = {"inner", "left", "semi", "anti"}
ROOMS = ("patterns", "affinity", "relationship", "campaigns")
PACKAGE = Path(rcommerce_helpers.__file__).parent
DISAGREED = ("asof_join", "sample", "delta", "first", "last", "random", "uuid", "now", "sql")
"""Calls that no ``queries.py`` makes, whatever room it is in."""


def disagreements(table):
    """Operations of an expression that are not known to give the same on all engines."""
    found = set()
    for node in table.op().find(ops.Node):
        name = type(node).__name__
        if name not in AGREED:
            found.add(name)
        elif name == "Cast" and str(node.to) not in AGREED_CASTS:
            found.add(f"Cast to {node.to}")
        elif name == "JoinLink" and node.how not in AGREED_JOINS:
            found.add(f"join {node.how}")
    return found


@pytest.fixture(scope="module")
def tables():
    day = pd.Timestamp("2024-03-01 10:00")
    moment = {"customer_id": ["a", "b"], "local_at": [day, day], "file_order": [2, 1]}
    said = {"order_id": ["1", "2"], "product_id": ["p", "q"]}
    paper = {"document": ["purchase", None], "status": [None, "open"]}
    line = {"kind": ["item", None], "quantity": [1.0, 2.0], "amount": [1.5, 2.5], "discount": [0.0, None],
            "margin": [None, 1.0]}  # fmt: skip
    sent = {"campaign_id": ["k", "k"], "contact_id": ["1", "2"], "arm": ["coupon", "none"], "propensity": [0.5, None],
            "converted": [True, False], "revenue": [1.0, 0.0]}  # fmt: skip
    closed = {"solved": [True, None], "closed_at": [day, None], "local_closed_at": [day, None]}
    point = {"channel": ["email"], "contact_point": ["a@b"], "allowed": [True], "why": [""], "letter_box": ["x"]}
    frames = {
        "orders": {**moment, "order_id": ["1", "2"], "channel": ["web", "store"], **line, **paper},
        "order_lines": {**moment, **said, **line, **paper},
        "products": {"product_id": ["p", "q"], "name": ["P", "Q"], "category": ["x", "y"], "durable": [True, None]},
        "web_events": {**moment, "visitor_id": ["v", "w"], "session_id": ["1", None], "event": ["view", "cart"]},
        "contacts": {**moment, **sent},
        "service_cases": {**moment, **closed},
        "feedback": {**moment, "stars": [1.0, None]},
        "attributes": {**moment, "name": ["band", "band"], "value": ["x", None]},
        "timeline": {**moment, "kind": "order", "channel": "web", "amount": 1.0, "detail": ""},
        "plan_groups": {"offer": ["Tea"], "channel": ["email"], "customers": [10], "held_out": [1],
                        "expected_value": [1.0], "low": [0.0], "high": [2.0],
                        "interval_level": [0.9]},
        "contact_points": {"customer_id": ["a"], **point, "preference": [1]},
        "scores": {"customer_id": ["a"], "category": ["x"], "probability": [0.5], "suppressed": [False],
                   "due_days": [3.0], "reason": [""]},
        "contracts": {"customer_id": ["a", "b"], "ended_on": [None, day.date()], "cancelled_on": [None, day.date()],
                      "term_end_on": day.date(), "notice_days": 30},
        "stock": {"local_at": [day], "product_id": ["p"], "store_id": ["s"], "units": [1.0]},
        "prices": {"local_at": [day], "product_id": ["p"], "kind": ["list"], "price": [1.0]},
        "campaigns": {"campaign_id": ["k"], "type": ["A"], "start_on": [day.date()], "end_on": [day.date()]},
    }  # fmt: skip
    return engine.lazy_tables({name: pd.DataFrame(columns) for name, columns in frames.items()})


START, END = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-06-30")
PLACES = pd.DataFrame({"order_id": ["1", "2"]})
ASKED = {
    "patterns.paid_orders": lambda f, t: f(t["orders"], t["order_lines"]),
    "patterns.basket_values": lambda f, t: f(t["order_lines"]),
    "patterns.basket_contents": lambda f, t: f(
        PLACES, t["order_lines"], t["products"].select("product_id", group_name="name")
    ),
    "patterns.money_beside_purchases": lambda f, t: f(t["orders"], t["order_lines"]),
    "patterns.product_groups": lambda f, t: f(t["products"], "category"),
    "patterns.distinct_products": lambda f, t: f(t["order_lines"]),
    "patterns.purchase_gaps": lambda f, t: f(t["orders"]),
    "patterns.day_number": lambda f, t: t["orders"].select(day=f(t["orders"].local_at)),
    "patterns.visit_events": lambda f, t: f(t["web_events"]),
    "patterns.randomised_contacts": lambda f, t: f(t["contacts"], CONTEXTS),
    "patterns.filled_rows": lambda f, t: f(t["feedback"], "stars"),
    "patterns.answers_per_person": lambda f, t: f(t["contacts"], "none"),
    "patterns.cases_solved": lambda f, t: f(t["service_cases"]),
    "patterns.star_ratings": lambda f, t: f(t["feedback"]),
    "patterns.full_price_sums": lambda f, t: f(t["order_lines"]),
    "patterns.return_sums": lambda f, t: f(t["order_lines"]),
    "affinity.shelf_columns": lambda f, t: f(t["products"]),
    "affinity.products_as_categories": lambda f, t: f(t["order_lines"]),
    "affinity.purchase_days": lambda f, t: f(t["order_lines"], t["products"], "2024-06-30"),
    "affinity.attribute_values": lambda f, t: f(t["attributes"], ["a"]),
    "affinity.customers_waiting": lambda f, t: f(t["service_cases"]),
    "relationship.last_events": lambda f, t: f(t["timeline"]),
    "relationship.events_of": lambda f, t: f(t["timeline"], "a"),
    "relationship.groups_at_least": lambda f, t: f(t["plan_groups"], 10),
    "campaigns.customer_ids": lambda f, t: f(t["orders"]),
    "campaigns.order_days": lambda f, t: f(t["order_lines"]),
    "campaigns.spending": lambda f, t: f(t["order_lines"], START, margin_share=0.3),
    "campaigns.usual_hours": lambda f, t: f(t["order_lines"]),
    "campaigns.contacts_since": lambda f, t: f(t["contacts"], START),
    "campaigns.planned_days": lambda f, t: f(t["contacts"], START, END),
    "campaigns.attribute_values": lambda f, t: f(t["attributes"], "band"),
    "campaigns.points_of": lambda f, t: f(t["contact_points"], ["email"]),
    "campaigns.scored": lambda f, t: f(t["scores"], ["x"]),
    "campaigns.scored_categories": lambda f, t: f(t["scores"]),
    "campaigns.due_soon": lambda f, t: f(t["scores"], 14),
    "campaigns.gaps_between_orders": lambda f, t: f(t["order_lines"]),
    "campaigns.returns_after": lambda f, t: f(t["order_lines"], 30, since=START, end=END),
    "campaigns.rhythms": lambda f, t: f(t["order_lines"], END, least_orders=2),
    "campaigns.cases_solved": lambda f, t: f(t["service_cases"], since=START, end=END),
    "campaigns.running_contracts": lambda f, t: f(t["contracts"]),
    "campaigns.latest_stock": lambda f, t: f(t["stock"], "p", END),
    "campaigns.bought_between": lambda f, t: f(t["order_lines"], since=START, end=END),
    "campaigns.orders_with_product": lambda f, t: f(t["order_lines"], "p"),
    "campaigns.orders_with_category": lambda f, t: f(t["order_lines"], t["products"], "x"),
    "campaigns.selling_prices": lambda f, t: f(t["prices"], "p", END),
    "campaigns.randomised_arms": lambda f, t: f(t["contacts"]),
    "campaigns.contacts_of": lambda f, t: f(t["contacts"], "k"),
    "campaigns.daily_sums": lambda f, t: f(t["order_lines"]),
    "campaigns.campaign_days": lambda f, t: f(t["campaigns"]),
    "campaigns.targeted": lambda f, t: f(t["contacts"]),
    "campaigns.targets": lambda f, t: f(t["contacts"]),
    "campaigns.redeemed": lambda f, t: f(t["contacts"]),
}
"""Room and query -> how it is asked on tiny tables."""


def _queries(room):
    module = importlib.import_module(f"rcommerce_helpers.{room}.queries")
    named = inspect.getmembers(module, inspect.isfunction)
    return {f"{room}.{name}": f for name, f in named if f.__module__ == module.__name__ and not name.startswith("_")}


def test_every_query_of_these_rooms_is_asked():
    assert {name for room in ROOMS for name in _queries(room)} == set(ASKED)


@pytest.mark.parametrize("name", ASKED)
def test_a_query_uses_operations_on_which_all_engines_agree(name, tables, monkeypatch):
    built = []
    execute = engine.frame

    def seen(table):
        built.append(table)
        return execute(table)

    monkeypatch.setattr(engine, "frame", seen)
    answer = ASKED[name](_queries(name.split(".")[0])[name], tables)
    built += [answer] if isinstance(answer, ibis.Table) else []
    assert built
    assert set().union(*map(disagreements, built)) == set()


@pytest.mark.parametrize(
    ("named", "build"),
    [
        ("Cast to boolean", lambda t: t.select(x=t.kind.cast("boolean"))),
        ("Cast to timestamp('Europe/Berlin')", lambda t: t.select(x=t.local_at.cast("timestamp('Europe/Berlin')"))),
        ("First", lambda t: t.group_by("customer_id").aggregate(x=t.kind.first(order_by=t.local_at))),
        ("join asof", lambda t: t.asof_join(t.view(), "local_at")),
        ("Sample", lambda t: t.sample(0.5, seed=1)),
        ("TimestampDelta", lambda t: t.select(x=t.local_at.delta(t.local_at, unit="day"))),
    ],
)
def test_what_engines_do_not_agree_on_is_noticed(named, build, tables):
    assert named in disagreements(build(tables["timeline"]))


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/queries.py")), ids=lambda p: p.parent.name)
def test_no_room_calls_what_engines_do_not_agree_on(path):
    called = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    assert not {c.attr for c in called if isinstance(c, ast.Attribute)} & set(DISAGREED)
