"""The canonical tables: name, grain, columns with types and units, keys, personal or not, purpose.

Whatever a firm's systems call their columns, from here on they have one name each; renaming happens in ``sources``
only. A data set need not have all tables. ``docs/glossary.md`` is generated from this room.
"""

from rcommerce_helpers.schema.campaigns import CAMPAIGN_TABLES
from rcommerce_helpers.schema.columns import Column, Table
from rcommerce_helpers.schema.glossary import write_glossary
from rcommerce_helpers.schema.merged import MERGED_TABLES
from rcommerce_helpers.schema.orders import ORDER_TABLES
from rcommerce_helpers.schema.people import PEOPLE_TABLES
from rcommerce_helpers.schema.permission import BASES, CHANNELS, DECISIONS, PURPOSES, STOPS
from rcommerce_helpers.schema.service import SERVICE_TABLES
from rcommerce_helpers.schema.web import WEB_TABLES

LANDED_TABLES: dict[str, Table] = {
    t.name: t for t in (*PEOPLE_TABLES, *ORDER_TABLES, *WEB_TABLES, *SERVICE_TABLES, *CAMPAIGN_TABLES)
}
TABLES: dict[str, Table] = LANDED_TABLES | {t.name: t for t in MERGED_TABLES}

__all__ = [
    "BASES",
    "CHANNELS",
    "DECISIONS",
    "LANDED_TABLES",
    "MERGED_TABLES",
    "PURPOSES",
    "STOPS",
    "TABLES",
    "Column",
    "Table",
    "write_glossary",
]
