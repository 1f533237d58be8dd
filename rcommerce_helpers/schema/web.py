"""What happened on the site."""

from rcommerce_helpers.schema.columns import Column, Table

WEB_EVENTS = Table(
    name="web_events",
    grain="one event of one visitor on the site",
    key=("event_id",),
    purpose="journeys and moments; joined to a person only with permission for web_linking",
    group="web",
    columns=(
        Column("event_id", "key", "identifier", required=True),
        Column("visitor_id", "key", "first-party device identifier", required=True, personal=True),
        Column("record_id", "record", "person, once logged in", personal=True),
        Column("session_id", "key", "visit the event belongs to"),
        Column("at", "moment", "when", required=True, time="begin"),
        Column("event", "text", "view, search, cart_add, cart_remove, checkout, purchase, login, ...", required=True),
        Column("page", "text", "page or screen"),
        Column("product_id", "key", "product in view"),
        Column("order_id", "key", "order made"),
        Column("referrer", "text", "where the visit came from"),
        Column("device", "text", "device class"),
        Column("campaign_id", "key", "campaign the visit came from"),
    ),
)

SESSIONS = Table(
    name="sessions",
    grain="one visit",
    key=("session_id",),
    purpose="visits by context",
    group="web",
    columns=(
        Column("session_id", "key", "identifier", required=True),
        Column("visitor_id", "key", "first-party device identifier", personal=True),
        Column("record_id", "record", "person, once known", personal=True),
        Column("at", "moment", "first event", required=True, time="begin"),
        Column("ended_at", "moment", "last event", time="end"),
        Column("referrer", "text", "where it came from"),
        Column("device", "text", "device class"),
        Column("event_count", "integer", "events in the visit", unit="events", known_at="ended_at"),
        Column("ordered", "flag", "an order was placed", known_at="ended_at"),
    ),
)

WEB_TABLES = (WEB_EVENTS, SESSIONS)
