"""Visits to the site: what Google Analytics and Matomo write, flat and as exported."""

# ruff: noqa: E501 - headers as the systems write them, one row a line
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from .firm import Firm, Order, Sample, make_firm, table
from .shops import BERLIN, utc

GA4_FLAT = (
    "event_date,event_timestamp,event_name,user_pseudo_id,user_id,ga_session_id,ga_session_number,page_location,"
    "page_title,device_category,geo_country,source,medium,campaign,transaction_id,item_id,item_name,quantity,price,"
    "analytics_storage,ads_storage"
)


def _micro(order: Order, minutes: int) -> str:
    at = (order.at + timedelta(minutes=minutes)).replace(tzinfo=BERLIN)
    return f"{int(at.timestamp())}{order.number % 1000:06}"


def _events(order: Order) -> list[tuple[str, str, str, str]]:
    """Name, moment, item, transaction: the visit in which an order was placed."""
    item = order.lines[0].goods[0]
    return [
        ("page_view", _micro(order, -9), "", ""), ("view_item", _micro(order, -7), item, ""),
        ("add_to_cart", _micro(order, -5), item, ""), ("begin_checkout", _micro(order, -3), "", ""),
        ("purchase", _micro(order, 0), "", str(order.number)),
    ]  # fmt: skip


def _knows_who(order: Order) -> str:
    return "" if order.guest else f"U{order.who.number}"


def _refusals(firm: Firm) -> set[str]:
    return {_knows_who(o) for o in firm.orders if o.number % 13 == 0} - {""}


def ga4_events() -> Sample:
    """Every visit has the number 7; the newest day is written twice; some visitors did not agree to be measured."""
    firm = make_firm(41)
    rows = [
        {
            "event_date": f"{o.at:%Y%m%d}", "event_timestamp": moment, "event_name": name,
            "user_pseudo_id": f"{o.who.number}.16{o.who.number:08}", "user_id": _knows_who(o), "ga_session_id": 7,
            "page_location": f"https://laden.example/{item}", "device_category": "mobile", "source": "google",
            "transaction_id": bought, "item_id": item or "(not set)",
            "analytics_storage": "Yes", "ads_storage": "No" if o.number % 13 == 0 else "Yes",
        }
        for o in firm.orders
        for name, moment, item, bought in _events(o)
    ]  # fmt: skip
    nobody = [{**row, "user_pseudo_id": "", "user_id": "", "event_timestamp": f"{int(str(row['event_timestamp'])) + 1}"}
              for row in rows[:3]]  # fmt: skip
    refused = _refusals(firm)
    return Sample(
        files={"events.csv": table(GA4_FLAT, rows + nobody + rows[-5:])},
        presets=("ga4",),
        landed={
            "source_records": len({_knows_who(o) for o in firm.orders} - {""}), "web_events": len(rows),
            "permissions": len(refused),
        },
        no=frozenset({("marketing", "web", "")}),
        aside={"without_consent": len(nobody)},
    )  # fmt: skip


def ga4_export() -> Sample:
    firm = make_firm(42)
    rows = []
    for order in firm.orders:
        for name, moment, item, bought in _events(order):
            params = [
                {"key": "page_location", "value": {"string_value": f"https://laden.example/{item}"}},
                {"key": "ga_session_id", "value": {"int_value": "7"}},
            ]
            rows.append({
                "event_date": f"{order.at:%Y%m%d}", "event_timestamp": moment, "event_name": name,
                "event_params": params, "user_pseudo_id": f"{order.who.number}.16{order.who.number:08}",
                "user_id": _knows_who(order) or None,
                "privacy_info": {"analytics_storage": "No" if order.number % 13 == 0 else "Yes", "ads_storage": "Yes"},
                "device": {"category": "desktop"}, "traffic_source": {"source": "newsletter", "medium": "email"},
                "ecommerce": {"transaction_id": bought} if bought else {}, "items": [{"item_id": item}] if item else [],
            })  # fmt: skip
    refused = _refusals(firm)
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return Sample(
        files={"events_20240601.jsonl": text.encode()},
        presets=("ga4_export",),
        landed={
            "source_records": len({_knows_who(o) for o in firm.orders} - {""}), "web_events": len(rows),
            "permissions": len(refused),
        },
        no=frozenset({("web_linking", "web", "")}),
    )  # fmt: skip


VISITS = (
    "idvisit,idsite,idvisitor,user_id,visit_first_action_time,visit_last_action_time,visit_total_actions,"
    "visit_goal_converted,visit_goal_buyer,referer_type,referer_name,referer_keyword,config_device_type,location_country"
)
ACTIONS = (
    "idlink_va,idsite,idvisitor,idvisit,idaction_url_ref,idaction_name_ref,idaction_url,idaction_name,server_time,"
    "idaction_event_category,idaction_event_action,time_spent_ref_action"
)
NAMES = "idaction,name,hash,type,url_prefix"
CONVERSIONS = (
    "idvisit,idsite,idvisitor,server_time,idgoal,buster,idorder,items,url,revenue,revenue_subtotal,revenue_tax,"
    "revenue_shipping,revenue_discount"
)


def matomo() -> Sample:
    firm = make_firm(43)
    visits, actions, conversions = [], [], []
    for order in firm.orders:
        own = {"idvisit": order.number, "idvisitor": f"{order.who.number:016x}", "idsite": 1}
        visits.append({
            **own, "user_id": "" if order.guest else order.who.mail, "visit_total_actions": 3, "visit_goal_buyer": 1,
            "visit_first_action_time": utc(order.at - timedelta(minutes=9)), "config_device_type": order.number % 3,
            "visit_last_action_time": utc(order.at), "referer_name": "Google",
        })  # fmt: skip
        for i in range(3):
            actions.append({**own, "idlink_va": order.number * 10 + i, "idaction_url": 100 + i,
                            "server_time": utc(order.at - timedelta(minutes=9 - i))})  # fmt: skip
        conversions.append({**own, "server_time": utc(order.at), "idgoal": 0, "idorder": order.number,
                            "revenue": order.total / 100})  # fmt: skip
        if order.number % 4 == 0:
            conversions.append({**own, "server_time": utc(order.at), "idgoal": -1, "idorder": "", "buster": 4})
    names = [
        {"idaction": 100 + i, "name": f"laden.example/{i}", "hash": i, "type": 8 if i == 2 else 1} for i in range(3)
    ]
    return Sample(
        files={
            "log_visit.csv": table(VISITS, visits), "log_link_visit_action.csv": table(ACTIONS, actions),
            "log_action.csv": table(NAMES, names), "log_conversion.csv": table(CONVERSIONS, conversions),
        },
        presets=("matomo",),
        landed={
            "source_records": len({o.who.mail for o in firm.orders if not o.guest}), "sessions": len(visits),
            "web_events": len(actions) + len(conversions),
        },
        sums={"sessions.event_count": 3 * len(visits)},
    )  # fmt: skip


WEB: dict[str, Callable[[], Sample]] = {f.__name__: f for f in (ga4_events, ga4_export, matomo)}
