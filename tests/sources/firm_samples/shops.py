"""Shops: what Shopify, WooCommerce, Magento and Shopware write of the same firm."""

# ruff: noqa: E501 - headers as the systems write them, one row a line
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .firm import Firm, Order, Sample, dot, make_firm, table, tax_in

BERLIN, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
MAIL = ("marketing", "email")


def stamp(at: datetime, *, zone: bool = False) -> str:
    """A wall clock in Berlin; with ``zone`` and its distance from UTC."""
    local = at.replace(tzinfo=BERLIN)
    return f"{local:%Y-%m-%d %H:%M:%S %z}" if zone else f"{local:%Y-%m-%d %H:%M:%S}"


def utc(at: datetime) -> str:
    return f"{at.replace(tzinfo=BERLIN).astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def kinds_of(firm: Firm, *, returns: bool = False) -> dict[tuple[str, str], int]:
    """Purchases by status, and where the system has documents of their own, returns."""
    cancelled = sum(order.cancelled for order in firm.orders)
    found = {("purchase", "completed"): len(firm.orders) - cancelled, ("purchase", "cancelled"): cancelled}
    if returns:
        found["credit_note", "completed"] = sum(order.refunded > 0 for order in firm.orders)
    return found


def net_of(firm: Firm) -> int:
    return sum(order.net for order in firm.orders)


SHOPIFY_ORDERS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
    "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
    "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Phone,Receipt Number,Duties,"
    "Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References"
)


def shopify_orders() -> Sample:
    firm = make_firm(3)
    rows = [row for order in firm.orders for row in _shopify_rows(order)]
    asked = {order.who for order in firm.orders if order.who.mail_said is not None}
    lines = sum(len(o.lines) + (o.shipping > 0) + (o.refunded > 0) for o in firm.orders)
    return Sample(
        files={"orders_export_1.csv": table(SHOPIFY_ORDERS, rows)},
        presets=("shopify_orders",),
        landed={
            "source_records": len(firm.buyers), "orders": len(firm.orders), "order_lines": lines,
            "products": len({line.item for o in firm.orders for line in o.lines}) + 3,
            "permissions": sum(o.who.mail_said is not None for o in firm.orders),
        },
        net=net_of(firm),
        kinds=kinds_of(firm),
        no=frozenset((*MAIL, who.mail) for who in asked if not who.mail_said),
        yes=frozenset((*MAIL, who.mail) for who in asked if who.mail_said),
        sums={"order_lines.discount": sum(line.off for o in firm.orders for line in o.lines) / 100},
    )  # fmt: skip


def _shopify_rows(order: Order) -> list[dict[str, object]]:
    """What belongs to the order stands on its first row only; the address is written with other capitals at times."""
    who, at = order.who, stamp(order.at, zone=True)
    head = {
        "Financial Status": "voided" if order.cancelled else "partially_refunded" if order.refunded else "paid",
        "Accepts Marketing": {True: "yes", False: "no", None: ""}[who.mail_said], "Currency": "EUR",
        "Subtotal": dot(order.goods), "Shipping": dot(order.shipping), "Taxes": dot(tax_in(order.total)),
        "Total": dot(order.total), "Discount Amount": "0.00", "Billing Name": f"{who.given} {who.family}",
        "Billing Street": who.street, "Billing Zip": f"'{who.town[0]}", "Billing City": who.town[1],
        "Billing Country": "DE", "Billing Phone": who.phone, "Shipping Country": "DE",
        "Cancelled at": at if order.cancelled else "", "Payment Method": "PayPal Express Checkout",
        "Refunded Amount": dot(order.refunded), "Id": 4_400_000_000_000 + order.number, "Source": "web",
    }  # fmt: skip
    return [
        {
            "Name": f"#{order.number}", "Email": who.mail.title() if order.number % 7 == 0 else who.mail,
            "Created at": at, "Lineitem quantity": line.units, "Lineitem name": line.goods[1],
            "Lineitem price": dot(line.goods[2]), "Lineitem sku": line.goods[0], "Lineitem discount": dot(line.off),
            "Vendor": "Seifen Süd", **(head if i == 0 else {}),
        }
        for i, line in enumerate(order.lines)
    ]  # fmt: skip


SHOPIFY_CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
    "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,"
    "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags"
)


def shopify_customers() -> Sample:
    people = make_firm(4).people
    rows = [
        {
            "Customer ID": 7_000_000_000_000 + who.number, "First Name": who.given, "Last Name": who.family,
            "Email": who.mail, "Accepts Email Marketing": {True: "yes", False: "no", None: ""}[who.mail_said],
            "Default Address Address1": who.street, "Default Address City": who.town[1],
            "Default Address Country Code": "DE", "Default Address Zip": f"'{who.town[0]}",
            "Default Address Phone": f"'{who.phone}", "Phone": f"'{who.phone}",
            "Accepts SMS Marketing": "yes" if who.number % 4 == 0 else "no",
            "Total Spent": dot(who.number * 31), "Total Orders": 1, "Tax Exempt": "no",
        }
        for who in people
    ]  # fmt: skip
    sms = ("marketing", "sms")
    return Sample(
        files={"customers_export.csv": table(SHOPIFY_CUSTOMERS, rows)},
        presets=("shopify_customers",),
        landed={
            "source_records": len(people),
            "permissions": len(people) + sum(who.mail_said is not None for who in people),
        },
        no=frozenset((*MAIL, who.mail) for who in people if who.mail_said is False)
        | frozenset((*sms, who.phone) for who in people if who.number % 4),
        yes=frozenset((*MAIL, who.mail) for who in people if who.mail_said)
        | frozenset((*sms, who.phone) for who in people if who.number % 4 == 0),
    )  # fmt: skip


WOO_ORDERS = (
    "id,status,currency,type,tax_amount,total_amount,customer_id,billing_email,date_created_gmt,date_updated_gmt,"
    "parent_order_id,payment_method,payment_method_title,transaction_id,ip_address,user_agent,customer_note"
)
WOO_ADDRESSES = (
    "id,order_id,address_type,first_name,last_name,company,address_1,address_2,city,state,postcode,country,email,phone"
)
WOO_LINES = (
    "order_item_id,order_id,product_id,variation_id,customer_id,date_created,product_qty,product_net_revenue,"
    "product_gross_revenue,coupon_amount,tax_amount,shipping_amount,shipping_tax_amount"
)
WOO_CUSTOMERS = "customer_id,user_id,username,first_name,last_name,email,date_last_active,date_registered,country,postcode,city,state"
WOO_STATS = (
    "order_id,parent_id,date_created,date_created_gmt,date_paid,date_completed,num_items_sold,total_sales,tax_total,"
    "shipping_total,net_total,returning_customer,status,customer_id"
)
REFUND = 90_000
"""Added to the number of an order: its refund."""


def _woo_lines(order: Order) -> list[dict[str, object]]:
    """Net and tax apart, the shipping spread over the lines by units, as the reports of the shop keep it."""
    rows: list[dict[str, object]] = []
    units = sum(line.units for line in order.lines)
    ship_tax = tax_in(order.shipping)
    for i, line in enumerate(order.lines):
        tax, share = tax_in(line.amount), line.units / units
        ship, ship_vat = (order.shipping - ship_tax) * share / 100, ship_tax * share / 100
        rows.append({
            "order_item_id": order.number * 10 + i, "order_id": order.number, "product_id": 700 + line.item,
            "variation_id": 800 + line.item if line.item == 2 else 0, "customer_id": order.who.number,
            "date_created": stamp(order.at), "product_qty": line.units,
            "product_net_revenue": dot(line.amount - tax), "coupon_amount": dot(line.off), "tax_amount": dot(tax),
            "shipping_amount": f"{ship:.6f}", "shipping_tax_amount": f"{ship_vat:.6f}",
            "product_gross_revenue": f"{line.amount / 100 + ship + ship_vat:.6f}",
        })  # fmt: skip
    if order.refunded and order.number % 2:  # the others were refunded by amount
        tax, line = tax_in(order.refunded), order.lines[0]
        rows.append({
            "order_item_id": (order.number + REFUND) * 10, "order_id": order.number + REFUND,
            "product_id": 700 + line.item, "variation_id": 800 + line.item if line.item == 2 else 0,
            "customer_id": order.who.number, "date_created": stamp(order.at + timedelta(days=5)), "product_qty": -1,
            "product_net_revenue": dot(tax - order.refunded), "coupon_amount": 0, "tax_amount": dot(-tax),
            "shipping_amount": 0, "shipping_tax_amount": 0, "product_gross_revenue": dot(-order.refunded),
        })  # fmt: skip
    return rows


def woocommerce() -> Sample:
    firm = make_firm(5)
    heads: list[dict[str, object]] = []
    for order in firm.orders:
        who = order.who
        common = {"currency": "EUR", "parent_order_id": 0, "date_updated_gmt": utc(order.at)}
        heads.append({
            **common, "id": order.number, "status": "wc-cancelled" if order.cancelled else "wc-completed",
            "type": "shop_order", "tax_amount": dot(tax_in(order.total)), "total_amount": dot(order.total),
            "customer_id": 0 if order.guest else who.number, "billing_email": who.mail,
            "date_created_gmt": utc(order.at), "payment_method": "paypal",
        })  # fmt: skip
        if order.refunded:
            heads.append({
                **common, "id": order.number + REFUND, "status": "wc-completed", "type": "shop_order_refund",
                "total_amount": dot(-order.refunded), "customer_id": 0, "parent_order_id": order.number,
                "date_created_gmt": utc(order.at + timedelta(days=5)),
            })  # fmt: skip
    heads.append({"id": 99_999, "type": "shop_subscription", "status": "wc-active", "total_amount": "9.90",
                  "customer_id": 301, "date_created_gmt": utc(firm.orders[0].at), "parent_order_id": 0})  # fmt: skip
    addresses = [
        {
            "id": i, "order_id": order.number, "address_type": kind, "first_name": order.who.given,
            "last_name": order.who.family, "address_1": order.who.street, "city": order.who.town[1],
            "postcode": order.who.town[0], "country": "DE", "email": order.who.mail, "phone": order.who.phone,
        }
        for i, order in enumerate(firm.orders)
        for kind in ("billing", "shipping")
    ]  # fmt: skip
    lines = [row for order in firm.orders for row in _woo_lines(order)]
    by_amount = sum(o.refunded > 0 and o.number % 2 == 0 for o in firm.orders)
    return Sample(
        files={
            "wp_wc_orders.csv": table(WOO_ORDERS, heads),
            "wp_wc_order_addresses.csv": table(WOO_ADDRESSES, addresses),
            "wp_wc_order_product_lookup.csv": table(WOO_LINES, lines),
            "wp_wc_customer_lookup.csv": table(WOO_CUSTOMERS, _woo_customers(firm)),
            "wp_wc_order_stats.csv": table(WOO_STATS, _woo_stats(firm)),
        },
        presets=("woocommerce",),
        landed={
            "source_records": len(firm.buyers | {w.mail for w in firm.people if w.number % 5}),
            "orders": len(heads) - 1,
            "order_lines": len(lines) + sum(o.shipping > 0 for o in firm.orders) + by_amount,
        },
        net=net_of(firm),
        kinds=kinds_of(firm, returns=True),
        aside={"no_order": 1},
    )  # fmt: skip


def _woo_customers(firm: Firm) -> list[dict[str, object]]:
    return [
        {
            "customer_id": who.number, "user_id": who.number if who.number % 5 else "", "username": f"u{who.number}",
            "first_name": who.given, "last_name": who.family, "email": who.mail, "date_registered": stamp(who.since),
            "country": "DE", "postcode": who.town[0], "city": who.town[1],
        }
        for who in firm.people
    ]  # fmt: skip


def _woo_stats(firm: Firm) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for order in firm.orders:
        rows.append({
            "order_id": order.number, "parent_id": 0, "date_created": stamp(order.at),
            "num_items_sold": sum(line.units for line in order.lines), "total_sales": dot(order.total),
            "tax_total": dot(tax_in(order.total)), "shipping_total": dot(order.shipping),
            "net_total": dot(order.total - tax_in(order.total)), "customer_id": order.who.number,
            "status": "wc-cancelled" if order.cancelled else "wc-processing",
        })  # fmt: skip
        if order.refunded:
            rows.append({
                "order_id": order.number + REFUND, "parent_id": order.number, "num_items_sold": -1,
                "date_created": stamp(order.at + timedelta(days=5)), "total_sales": dot(-order.refunded),
                "net_total": dot(-order.refunded), "customer_id": order.who.number, "status": "wc-completed",
            })  # fmt: skip
    return rows


def woocommerce_analytics() -> Sample:
    firm = make_firm(6)
    lines = [row for order in firm.orders for row in _woo_lines(order)]
    by_amount = sum(o.refunded > 0 and o.number % 2 == 0 for o in firm.orders)
    return Sample(
        files={
            "order_stats.csv": table(WOO_STATS, _woo_stats(firm)),
            "product_lookup.csv": table(WOO_LINES, lines),
            "customer_lookup.csv": table(WOO_CUSTOMERS, _woo_customers(firm)),
        },
        presets=("woocommerce_analytics",),
        landed={
            "source_records": len(firm.people), "orders": sum(1 + (o.refunded > 0) for o in firm.orders),
            "order_lines": len(lines) + sum(o.shipping > 0 for o in firm.orders) + by_amount,
        },
        net=net_of(firm),
        kinds=kinds_of(firm, returns=True),
    )  # fmt: skip


MAGENTO_ORDERS = (
    "entity_id,state,status,coupon_code,protect_code,store_id,customer_id,base_discount_amount,base_grand_total,"
    "base_shipping_amount,base_shipping_tax_amount,base_subtotal,base_tax_amount,base_total_paid,base_total_refunded,"
    "base_total_canceled,grand_total,subtotal,tax_amount,total_paid,total_qty_ordered,customer_is_guest,"
    "customer_group_id,base_currency_code,customer_email,customer_firstname,customer_lastname,customer_dob,"
    "increment_id,order_currency_code,store_currency_code,shipping_method,created_at,updated_at,"
    "base_shipping_discount_amount,base_gift_cards_amount,base_customer_balance_amount"
)
MAGENTO_ITEMS = (
    "item_id,order_id,parent_item_id,quote_item_id,store_id,created_at,updated_at,product_id,product_type,sku,name,"
    "qty_ordered,qty_canceled,qty_refunded,base_price,base_original_price,base_tax_amount,base_discount_amount,"
    "base_row_total,base_row_total_incl_tax,base_discount_tax_compensation_amount"
)
MAGENTO_CUSTOMERS = "entity_id,website_id,email,group_id,increment_id,store_id,created_at,updated_at,is_active,firstname,lastname,dob,gender"
MAGENTO_NEWSLETTER = (
    "subscriber_id,store_id,change_status_at,customer_id,subscriber_email,subscriber_status,subscriber_confirm_code"
)
MAGENTO_ADDRESSES = "entity_id,parent_id,customer_id,address_type,email,firstname,lastname,company,street,city,postcode,country_id,telephone"


def magento() -> Sample:
    firm = make_firm(7)
    orders = [_magento_order(order) for order in firm.orders]
    items = [row for order in firm.orders for row in _magento_items(order)]
    accounts = [who for who in firm.people if who.number % 5]
    customers = [
        {
            "entity_id": who.number, "website_id": 1, "email": who.mail, "group_id": 1, "created_at": utc(who.since),
            "updated_at": utc(who.since), "is_active": 1, "firstname": who.given, "lastname": who.family,
            "dob": f"19{60 + who.number % 40}-0{1 + who.number % 9}-1{who.number % 9}",
        }
        for who in accounts
    ]  # fmt: skip
    news = [
        {
            "subscriber_id": i, "change_status_at": utc(who.said_at), "subscriber_email": who.mail,
            "customer_id": who.number if who.number % 5 else 0,
            "subscriber_status": {True: 1, False: 3, None: 4}[who.mail_said],
        }
        for i, who in enumerate(firm.people)
    ]  # fmt: skip
    addresses = [
        {
            "entity_id": i, "parent_id": order.number, "address_type": kind, "email": order.who.mail,
            "firstname": order.who.given, "lastname": order.who.family, "street": order.who.street,
            "city": order.who.town[1], "postcode": order.who.town[0], "country_id": "DE", "telephone": order.who.phone,
        }
        for i, order in enumerate(firm.orders)
        for kind in ("billing", "shipping")
    ]  # fmt: skip
    asked = [who for who in firm.people if who.mail_said is not None]
    return Sample(
        files={
            "sales_order.csv": table(MAGENTO_ORDERS, orders), "sales_order_item.csv": table(MAGENTO_ITEMS, items),
            "customer_entity.csv": table(MAGENTO_CUSTOMERS, customers),
            "newsletter_subscriber.csv": table(MAGENTO_NEWSLETTER, news),
            "sales_order_address.csv": table(MAGENTO_ADDRESSES, addresses),
        },
        presets=("magento",),
        landed={
            "source_records": len(firm.people), "orders": len(orders), "permissions": len(asked),
            "order_lines": sum(len(o.lines) + (o.shipping > 0) + (o.refunded > 0) + _bundle(o) for o in firm.orders),
            "products": len({row["product_id"] for row in items}) + 3,
        },
        net=net_of(firm),
        kinds=kinds_of(firm),
        no=frozenset((*MAIL, who.mail) for who in asked if not who.mail_said),
        yes=frozenset((*MAIL, who.mail) for who in asked if who.mail_said),
    )  # fmt: skip


def _bundle(order: Order) -> bool:
    """Whether the first line is sold as a bundle of two parts."""
    return order.number % 11 == 0


def _magento_order(order: Order) -> dict[str, object]:
    who, ship_tax = order.who, tax_in(order.shipping)
    return {
        "entity_id": order.number, "state": "canceled" if order.cancelled else "complete",
        "status": "canceled" if order.cancelled else "complete", "customer_id": "" if order.guest else who.number,
        "customer_is_guest": int(order.guest), "customer_email": who.mail, "customer_firstname": who.given,
        "customer_lastname": who.family, "increment_id": f"{100_000_000 + order.number}",
        "base_grand_total": f"{dot(order.total)}00", "base_shipping_amount": dot(order.shipping - ship_tax),
        "base_shipping_tax_amount": dot(ship_tax), "base_currency_code": "EUR", "order_currency_code": "EUR",
        "base_discount_amount": dot(-sum(line.off for line in order.lines)), "created_at": utc(order.at),
        "base_total_refunded": dot(order.refunded) if order.refunded else "", "base_gift_cards_amount": "0.0000",
        "updated_at": utc(order.at), "store_id": 1,
    }  # fmt: skip


def _magento_items(order: Order) -> list[dict[str, object]]:
    """Configurable products as parent and child; discounts taken off the gross, with the tax in them apart."""
    rows: list[dict[str, object]] = []
    for i, line in enumerate(order.lines):
        item = order.number * 100 + i * 10
        gross = line.goods[2] * line.units
        net, tax = gross - tax_in(gross), tax_in(line.amount)
        base = {"order_id": order.number, "created_at": utc(order.at), "qty_ordered": f"{line.units}.0000"}
        whole = {
            **base, "item_id": item, "product_id": 60 + line.item, "product_type": "configurable",
            "sku": line.goods[0], "name": line.goods[1], "base_row_total": dot(net), "base_tax_amount": dot(tax),
            "base_discount_amount": dot(line.off),
            "base_discount_tax_compensation_amount": dot(line.amount - (net + tax - line.off)),
            "base_row_total_incl_tax": dot(gross),
        }  # fmt: skip
        child = {**base, "item_id": item + 1, "parent_item_id": item, "product_id": 60 + line.item,
                 "product_type": "simple", "sku": f"{line.goods[0]}-blau", "name": line.goods[1],
                 "base_row_total": "0.0000", "base_tax_amount": "0.0000", "base_discount_amount": "0.0000"}  # fmt: skip
        if i == 0 and _bundle(order):
            half, tax_half = net // 2, tax // 2
            rest = line.amount - (net + tax - line.off)
            whole |= {"product_type": "bundle", "product_id": 99, "base_tax_amount": "", "base_discount_amount": "",
                      "base_discount_tax_compensation_amount": ""}  # fmt: skip
            child |= {"base_row_total": dot(half), "base_tax_amount": dot(tax_half)}
            other = {**child, "item_id": item + 2, "product_id": 98, "sku": "ZUGABE", "base_row_total": dot(net - half),
                     "base_tax_amount": dot(tax - tax_half), "base_discount_amount": dot(line.off),
                     "base_discount_tax_compensation_amount": dot(rest)}  # fmt: skip
            rows.append(other)
        rows += [whole, child]
    return rows


LIVE, DRAFT = "0FA91CE3E96A4BC2BE4BD9CE752C3425", "5D5C0A3B8A8E4E8C9D0A7B1C2D3E4F50"
SW_ORDERS = (
    "id,version_id,auto_increment,order_number,state_id,billing_address_id,billing_address_version_id,currency_id,"
    "language_id,currency_factor,sales_channel_id,order_date_time,order_date,price,amount_total,amount_net,"
    "position_price,tax_status,shipping_costs,shipping_total,deep_link_code,affiliate_code,campaign_code,created_at"
)
SW_LINES = (
    "id,version_id,order_id,order_version_id,parent_id,identifier,referenced_id,product_id,label,description,quantity,"
    "unit_price,total_price,type,payload,price_definition,price,position,created_at"
)
SW_BUYERS = (
    "id,version_id,customer_id,order_id,order_version_id,email,salutation_id,first_name,last_name,title,company,"
    "customer_number,created_at"
)
SW_ADDRESSES = "id,version_id,order_id,order_version_id,country_id,first_name,last_name,street,zipcode,city,phone_number,created_at"
SW_CUSTOMERS = "id,customer_number,email,guest,first_name,last_name,birthday,newsletter,active,created_at,updated_at"
SW_NEWS = "id,email,title,first_name,last_name,zip_code,city,street,status,hash,confirmed_at,created_at,updated_at"
SW_STATES = "id,technical_name,state_machine_id,created_at"


def shopware6() -> Sample:
    firm = make_firm(8)
    orders, lines, buyers, addresses = [], [], [], []
    for order in firm.orders:
        who, key = order.who, _hex(order.number)
        business = order.number % 9 == 0  # prices without tax
        tax = tax_in(order.total)
        orders.append({
            "id": key, "version_id": LIVE, "order_number": str(10_000 + order.number),
            "state_id": _hex(1 if order.cancelled else 2), "currency_factor": 1, "order_date_time": f"{utc(order.at)}.000",
            "amount_total": dot(order.total), "amount_net": dot(order.total - tax),
            "tax_status": "net" if business else "gross", "billing_address_id": _hex(order.number + 50_000),
            "shipping_total": dot(order.shipping - (tax_in(order.shipping) if business else 0)),
        })  # fmt: skip
        rest = tax - (tax_in(order.shipping) if business else 0)
        for i, line in enumerate(order.lines):
            part = (rest if i == len(order.lines) - 1 else tax_in(line.amount)) if business else 0
            rest -= part
            gross = line.amount + line.off
            lines.append(_sw_line(order, i, "product", line.units, gross - part, line.goods))
            if line.off:
                lines.append(_sw_line(order, i + 5, "promotion", 1, -line.off, ("", "Treue", 0)))
        buyers.append({
            "id": _hex(order.number + 70_000), "version_id": LIVE, "order_id": key, "email": who.mail,
            "customer_id": _hex(order.number + 80_000 if order.guest else who.number), "first_name": who.given,
            "last_name": who.family, "customer_number": f"K{who.number}",
        })  # fmt: skip
        addresses.append({
            "id": _hex(order.number + 50_000), "version_id": LIVE, "order_id": key, "first_name": who.given,
            "last_name": who.family, "street": who.street, "zipcode": who.town[0], "city": who.town[1],
            "phone_number": who.phone,
        })  # fmt: skip
    drafts = [{**row, "version_id": DRAFT} for row in orders[:4]]
    guests = [
        {"id": _hex(o.number + 80_000), "customer_number": f"K{o.who.number}", "email": o.who.mail, "guest": 1,
         "first_name": o.who.given, "last_name": o.who.family, "created_at": f"{utc(o.at)}.000"}
        for o in firm.orders if o.guest
    ]  # fmt: skip
    accounts = [
        {"id": _hex(w.number), "customer_number": f"K{w.number}", "email": w.mail, "guest": 0, "first_name": w.given,
         "last_name": w.family, "birthday": "", "created_at": f"{utc(w.since)}.000"}
        for w in firm.people if w.number % 5
    ]  # fmt: skip
    news = [
        {"id": _hex(w.number + 900), "email": w.mail, "first_name": w.given, "last_name": w.family,
         "status": {True: "optIn", False: "optOut", None: "notSet"}[w.mail_said],
         "confirmed_at": f"{utc(w.said_at)}.000" if w.mail_said is not None else "",
         "created_at": f"{utc(w.since)}.000", "updated_at": f"{utc(w.said_at + timedelta(days=40))}.000"}
        for w in firm.people
    ]  # fmt: skip
    states = [{"id": _hex(1), "technical_name": "cancelled"}, {"id": _hex(2), "technical_name": "completed"}]
    asked = [who for who in firm.people if who.mail_said is not None]
    persons = {w.mail for w in firm.people if w.number % 5} | {o.who.mail for o in firm.orders if o.guest}
    return Sample(
        files={
            "order.csv": table(SW_ORDERS, orders + drafts), "order_line_item.csv": table(SW_LINES, lines),
            "order_customer.csv": table(SW_BUYERS, buyers), "order_address.csv": table(SW_ADDRESSES, addresses),
            "customer.csv": table(SW_CUSTOMERS, accounts + guests), "newsletter_recipient.csv": table(SW_NEWS, news),
            "state_machine_state.csv": table(SW_STATES, states),
        },
        presets=("shopware6",),
        landed={
            "source_records": len(persons) + len(news), "permissions": len(asked), "orders": len(orders),
            "order_lines": len(lines) + sum((o.shipping > 0) + (o.number % 9 == 0) for o in firm.orders),
            "products": len({row["product_id"] or row["identifier"] for row in lines}) + 2,
        },
        net=sum(order.total for order in firm.orders if not order.cancelled),
        kinds=kinds_of(firm),
        no=frozenset((*MAIL, who.mail) for who in asked if not who.mail_said),
        yes=frozenset((*MAIL, who.mail) for who in asked if who.mail_said),
    )  # fmt: skip


def _hex(number: int) -> str:
    return f"{number:032X}"


def _sw_line(order: Order, i: int, kind: str, units: int, cents: int, goods: tuple[str, str, int]) -> dict[str, object]:
    return {
        "id": _hex(order.number * 100 + i), "version_id": LIVE, "order_id": _hex(order.number), "quantity": units,
        "identifier": goods[0] or "promotion", "product_id": _hex(int(goods[0][-2:])) if goods[0] else "",
        "label": goods[1], "unit_price": dot(cents // units), "total_price": dot(cents), "type": kind, "position": i,
    }  # fmt: skip


SHOPS: dict[str, Callable[[], Sample]] = {
    f.__name__: f for f in (shopify_orders, shopify_customers, woocommerce, woocommerce_analytics, magento, shopware6)
}
