"""What was sold, at which price, and what was billed.

Money: ``amount`` is what the customer paid after discounts, returns negative; with or without tax as the data set
states (``tax`` in sources.toml). Revenue = net of returns and cancellations, by order date.
"""

from rcommerce_helpers.schema.columns import Column, Table

ORDERS = Table(
    name="orders",
    grain="one order, till receipt, or document that takes one back",
    key=("order_id",),
    purpose="who bought when and where",
    group="orders",
    columns=(
        Column("order_id", "key", "identifier", required=True),
        Column("record_id", "record", "who ordered; empty = unknown or guest", personal=True),
        Column("at", "moment", "when the order was placed", required=True, time="begin"),
        Column("status", "choice", "empty = completed", choices=("completed", "cancelled", "test", "open")),
        Column(
            "kind",
            "choice",
            "what the document is; empty = purchase",
            choices=("purchase", "return", "credit_note", "cancellation", "adjustment"),
        ),
        Column("channel", "text", "web, store, phone, ..."),
        Column("store_id", "key", "which store"),
        Column("referrer", "text", "where the visitor came from"),
        Column("device", "text", "device class"),
        Column("country", "text", "delivery country"),
        Column("source", "text", "system the order comes from"),
    ),
)

ORDER_LINES = Table(
    name="order_lines",
    grain="one product on one order",
    key=("order_id", "line_number"),
    purpose="what was bought and brought back",
    group="orders",
    columns=(
        Column("order_id", "key", "the order", required=True),
        Column("line_number", "integer", "position on the order; landing numbers the lines where it is missing"),
        Column("product_id", "key", "the product", required=True),
        Column(
            "kind", "choice", "empty = item", choices=("item", "return", "voucher", "shipping", "fee", "adjustment")
        ),
        Column("quantity", "number", "units; negative for returns", unit="units", required=True),
        Column("amount", "money", "paid after discounts; negative for returns", required=True),
        Column("discount", "money", "taken off the list price, zero or more"),
        Column("tax", "money", "tax contained in or added to the amount"),
        Column("margin", "money", "contribution before marketing cost"),
    ),
)

PRODUCTS = Table(
    name="products",
    grain="one product or variant",
    key=("product_id",),
    purpose="what the shop sells",
    group="orders",
    columns=(
        Column("product_id", "key", "identifier", required=True),
        Column("name", "text", "name shown to customers"),
        Column("category", "text", "product category"),
        Column("department", "text", "group of categories"),
        Column("brand", "text", "brand or manufacturer"),
        Column("variant", "text", "variant of one model"),
        Column("size", "text", "size of the variant"),
        Column("durable", "flag", "true = bought once in years, false = used up"),
        Column("successor_id", "key", "product that replaces it"),
        Column("list_price", "money", "regular price"),
        Column("margin_share", "share", "margin as a share of the price"),
    ),
)

PRICES = Table(
    name="prices",
    grain="one price of one product from one moment on",
    key=("product_id", "at", "kind"),
    purpose="price history: strike prices are checked against it",
    group="orders",
    columns=(
        Column("product_id", "key", "the product", required=True),
        Column("at", "moment", "valid from", required=True, time="begin"),
        Column("price", "money", "price per unit", required=True),
        Column("kind", "choice", "empty = list", choices=("list", "offer", "cost")),
    ),
)

STOCK = Table(
    name="stock",
    grain="units of one product in one place at one moment",
    key=("product_id", "store_id", "at"),
    purpose="scarcity claims are checked against it",
    group="orders",
    columns=(
        Column("product_id", "key", "the product", required=True),
        Column("store_id", "key", "store; empty = warehouse"),
        Column("at", "moment", "counted at", required=True, time="begin"),
        Column("units", "number", "units on hand", required=True, unit="units"),
    ),
)

CONTRACTS = Table(
    name="contracts",
    grain="one contract of one person or firm",
    key=("contract_id",),
    purpose="terms, renewals and notice",
    group="orders",
    columns=(
        Column("contract_id", "key", "identifier", required=True),
        Column("record_id", "record", "holder", required=True, personal=True),
        Column("product_id", "key", "tariff", required=True),
        Column("start_on", "day", "first day", required=True, time="begin"),
        Column("term_end_on", "day", "end of the current minimum term", time="plan"),
        Column("notice_days", "integer", "notice before the term ends", unit="days"),
        Column("cancelled_on", "day", "day notice was given", time="end"),
        Column("ended_on", "day", "last day", time="end"),
        Column("monthly_fee", "money", "fee a month"),
        Column("channel", "text", "where it was signed"),
    ),
)

INVOICES = Table(
    name="invoices",
    grain="one booking of the accounts: invoice or credit note",
    key=("invoice_id",),
    purpose="reconciling orders with the books; never a feature of a score",
    group="orders",
    columns=(
        Column("invoice_id", "key", "document number", required=True),
        Column("record_id", "record", "debtor", personal=True),
        Column("order_id", "key", "order it bills"),
        Column("invoiced_on", "day", "document date", required=True, time="begin"),
        Column("due_on", "day", "payable until", time="plan"),
        Column("paid_on", "day", "settled on", time="end"),
        Column("amount", "money", "as booked; credit notes negative", required=True),
        Column("tax", "money", "tax contained"),
        Column("account", "key", "ledger account"),
    ),
)

ORDER_TABLES = (ORDERS, ORDER_LINES, PRODUCTS, PRICES, STOCK, CONTRACTS, INVOICES)
