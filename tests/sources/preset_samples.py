"""Small exports of our own with the headers that systems document, traps included, and what must come out of each.

One sample = the files of one system; ``net`` is what its orders come to, cancelled ones left out; ``refusals`` and
``grants`` are contact points or, where the system knows none, records.
"""

# ruff: noqa: E501 - headers as the systems write them, one row a line
from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class Sample:
    """One system: file name -> (header, rows), how they are written, and what must come out."""

    preset: str
    files: Mapping[str, tuple[str, Rows]]
    landed: Mapping[str, int]
    net: float | None = None
    refusals: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    delimiter: str = ","
    encoding: str = "utf-8"
    set_aside: int = 0
    values: Mapping[tuple[str, str], list[object]] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write the files into a folder."""
        folder.mkdir(parents=True)
        for name, (header, rows) in self.files.items():
            text = io.StringIO()
            table = csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n")
            table.writerow(header.split("|"))
            table.writerows(rows)
            (folder / name).write_bytes(text.getvalue().encode(self.encoding))
        return folder


SAMPLES = (
    Sample(
        "woocommerce",
        {
            "wp_wc_orders.csv": (
                "id|status|currency|type|tax_amount|total_amount|customer_id|billing_email|date_created_gmt|parent_order_id|payment_method",
                [
                    ("101", "wc-completed", "EUR", "shop_order", "19.00", "123.90", "7", "Ida@Post.example", "2024-03-01 10:00:00", "0", "paypal"),
                    ("102", "wc-processing", "EUR", "shop_order", "3.80", "23.80", "0", "gast@post.example", "2024-03-02 23:30:00", "0", "bacs"),
                    ("103", "wc-cancelled", "EUR", "shop_order", "3.80", "23.80", "7", "ida@post.example", "2024-03-03 09:00:00", "0", "bacs"),
                    ("104", "wc-completed", "EUR", "shop_order_refund", "-3.80", "-23.80", "7", "ida@post.example", "2024-03-09 09:00:00", "101", ""),
                    ("105", "wc-checkout-draft", "EUR", "shop_order", "0", "0", "0", "", "2024-03-10 09:00:00", "0", ""),
                ],
            ),
            "wp_wc_order_product_lookup.csv": (
                "order_item_id|order_id|product_id|variation_id|customer_id|date_created|product_qty|product_net_revenue|product_gross_revenue|coupon_amount|tax_amount|shipping_amount|shipping_tax_amount",
                [
                    ("1", "101", "11", "0", "3", "2024-03-01 11:00:00", "2", "80.00", "100.10", "5.00", "15.20", "4.12", "0.78"),
                    ("2", "101", "12", "99", "3", "2024-03-01 11:00:00", "1", "20.00", "23.80", "0", "3.80", "0", "0"),
                    ("3", "102", "12", "0", "4", "2024-03-03 00:30:00", "1", "20.00", "23.80", "0", "3.80", "0", "0"),
                    ("4", "103", "12", "0", "3", "2024-03-03 10:00:00", "1", "20.00", "23.80", "0", "3.80", "0", "0"),
                    ("5", "104", "12", "99", "3", "2024-03-09 10:00:00", "-1", "-20.00", "-23.80", "0", "-3.80", "0", "0"),
                ],
            ),
            "wp_wc_order_addresses.csv": (
                "id|order_id|address_type|first_name|last_name|company|address_1|city|postcode|country|email|phone",
                [("1", "101", "billing", "Ida", "Kühn", "", "Brühl 1", "Leipzig", "04109", "DE", "ida@post.example", "+49 341 5550001"),
                 ("2", "101", "shipping", "Falsch", "Name", "", "Weg 2", "Köln", "50667", "DE", "", "")],
            ),
        },
        {"source_records": 2, "orders": 4, "order_lines": 6},
        net=123.90 + 23.80 - 23.80,
        set_aside=1,
        values={("orders", "kind"): ["purchase", "purchase", "purchase", "credit_note"], ("source_records", "given_name"): ["Ida", None]},
    ),
    Sample(
        "magento",
        {
            "sales_order.csv": (
                "entity_id|increment_id|state|status|store_id|customer_id|customer_is_guest|customer_email|customer_firstname|customer_lastname|base_currency_code|base_grand_total|base_subtotal|base_tax_amount|base_discount_amount|base_shipping_amount|base_shipping_tax_amount|base_total_refunded|coupon_code|created_at",
                [
                    ("1", "000000001", "complete", "complete", "1", "5", "0", "anna@post.example", "Anna", "Weiß", "EUR", "124.90", "100.00", "20.90", "-10.00", "5.00", "0.90", "", "X", "2024-02-01 22:30:00"),
                    ("2", "000000002", "closed", "closed", "1", "", "1", "gast@post.example", "Gast", "Haus", "EUR", "59.50", "50.00", "9.50", "0", "0", "0", "59.50", "", "2024-02-02 09:00:00"),
                    ("3", "000000003", "canceled", "canceled", "1", "5", "0", "anna@post.example", "Anna", "Weiß", "EUR", "59.50", "50.00", "9.50", "0", "0", "0", "", "", "2024-02-03 09:00:00"),
                ],
            ),
            "sales_order_item.csv": (
                "item_id|order_id|parent_item_id|sku|name|product_type|qty_ordered|qty_refunded|qty_canceled|base_price|base_row_total|base_tax_amount|base_discount_amount|base_discount_tax_compensation_amount",
                [
                    ("1", "1", "", "HEMD-M", "Hemd", "configurable", "2.0000", "0", "0", "50.00", "100.00", "19.00", "0", "0"),
                    ("2", "1", "1", "HEMD-M", "Hemd M", "simple", "2.0000", "0", "0", "50.00", "0.00", "0", "0", "0"),
                    ("3", "2", "", "HOSE", "Hose", "simple", "1.0000", "1", "0", "50.00", "50.00", "9.50", "0", "0"),
                    ("4", "3", "", "HOSE", "Hose", "simple", "1.0000", "0", "1", "50.00", "50.00", "9.50", "0", "0"),
                ],
            ),
            "newsletter_subscriber.csv": (
                "subscriber_id|store_id|change_status_at|customer_id|subscriber_email|subscriber_status",
                [("1", "1", "2024-01-05 10:00:00", "5", "anna@post.example", "1"), ("2", "1", "2024-01-06 10:00:00", "0", "weg@post.example", "3"),
                 ("3", "1", "2024-01-07 10:00:00", "0", "offen@post.example", "2")],
            ),
        },
        {"source_records": 4, "orders": 3, "order_lines": 5},
        net=124.90,
        refusals=frozenset({"weg@post.example"}),
        grants=frozenset({"anna@post.example"}),
    ),
    Sample(
        "shopware6",
        {
            "order.csv": (
                "id|version_id|order_number|order_date_time|amount_total|amount_net|position_price|tax_status|shipping_total|currency_id|sales_channel_id|state",
                [
                    ("aa01", "0FA91CE3E96A4BC2BE4BD9CE752C3425", "10001", "2024-01-05 12:00:00.000", "54.90", "46.13", "50.00", "gross", "4.90", "e1", "c1", "completed"),
                    ("aa01", "77AA1CE3E96A4BC2BE4BD9CE752C3425", "10001", "2024-01-05 12:00:00.000", "99.90", "46.13", "95.00", "gross", "4.90", "e1", "c1", "completed"),
                    ("aa02", "0FA91CE3E96A4BC2BE4BD9CE752C3425", "10002", "2024-01-06 12:00:00.000", "20.00", "16.81", "20.00", "gross", "0.00", "e1", "c1", "cancelled"),
                ],
            ),
            "order_line_item.csv": (
                "id|version_id|order_id|type|label|quantity|unit_price|total_price|product_id|payload.productNumber|parent_id",
                [
                    ("b1", "0FA91CE3E96A4BC2BE4BD9CE752C3425", "aa01", "product", "Tasse", "3", "20.00", "60.00", "p1", "SW-1", ""),
                    ("b2", "0FA91CE3E96A4BC2BE4BD9CE752C3425", "aa01", "promotion", "Zehn Euro", "1", "-10.00", "-10.00", "", "", ""),
                    ("b3", "77AA1CE3E96A4BC2BE4BD9CE752C3425", "aa01", "product", "Tasse", "5", "20.00", "100.00", "p1", "SW-1", ""),
                    ("b4", "0FA91CE3E96A4BC2BE4BD9CE752C3425", "aa02", "product", "Tasse", "1", "20.00", "20.00", "p1", "SW-1", ""),
                ],
            ),
            "order_customer.csv": (
                "id|version_id|order_id|email|first_name|last_name|customer_number|customer_id",
                [("c1", "0FA91CE3E96A4BC2BE4BD9CE752C3425", "aa01", "Otto@post.example", "Otto", "Groß", "20001", "k1"),
                 ("c2", "0FA91CE3E96A4BC2BE4BD9CE752C3425", "aa02", "otto@post.example", "Otto", "Groß", "20001", "k1")],
            ),
            "newsletter_recipient.csv": (
                "id|email|status|confirmed_at|first_name",
                [("1", "otto@post.example", "optIn", "2024-01-01 10:00:00", "Otto"), ("2", "nie@post.example", "notSet", "", ""),
                 ("3", "raus@post.example", "optOut", "", ""), ("4", "halb@post.example", "optIn", "", "")],
            ),
        },
        {"source_records": 5, "orders": 2, "order_lines": 4},
        net=54.90,
        refusals=frozenset({"raus@post.example"}),
        grants=frozenset({"otto@post.example"}),
    ),
    Sample(
        "ga4",
        {
            "events_20240301.csv": (
                "event_date|event_timestamp|event_name|user_pseudo_id|user_id|ga_session_id|page_location|device_category|source|transaction_id|item_id",
                [
                    ("20240301", "1709287200000000", "page_view", "111.222", "", "5", "/a", "mobile", "google", "", ""),
                    ("20240301", "1709287260000000", "add_to_cart", "111.222", "", "5", "/a", "mobile", "google", "", "SKU1"),
                    ("20240301", "1709287300000000", "page_view", "", "", "", "/b", "desktop", "", "", ""),
                    ("20240301", "1709287400000000", "purchase", "333.444", "u7", "5", "/c", "desktop", "mail", "T1", "SKU1"),
                ],
            )
        },
        {"web_events": 3},
        set_aside=1,
        values={("web_events", "event"): ["view", "cart_add", "purchase"],
                ("web_events", "session_id"): ["111.222-5", "111.222-5", "333.444-5"]},
    ),
    Sample(
        "matomo",
        {
            "log_visit.csv": (
                "idvisit|idsite|idvisitor|user_id|visit_first_action_time|visit_last_action_time|visit_total_actions|visit_goal_buyer|referer_type|referer_name|config_device_type|location_country",
                [("1", "1", "a1b2c3d4e5f60708", "", "2024-03-01 10:00:00", "2024-03-01 10:05:00", "4", "1", "2", "Google", "1", "de"),
                 ("2", "1", "a1b2c3d4e5f60709", "u9", "2024-03-01 23:50:00", "2024-03-02 00:05:00", "9", "0", "1", "", "0", "de")],
            )
        },
        {"sessions": 2},
        values={("sessions", "ordered"): [True, False], ("sessions", "event_count"): [4, 9]},
    ),
    Sample(
        "salesforce_contacts",
        {
            "Contact.csv": (
                "Id|IsDeleted|MasterRecordId|AccountId|LastName|FirstName|MailingStreet|MailingCity|MailingPostalCode|MailingCountry|Phone|MobilePhone|Email|Birthdate|LeadSource|HasOptedOutOfEmail|DoNotCall|CreatedDate|LastModifiedDate",
                [
                    ("0035g00000AbCdEAAV", "false", "", "001A", "Jäger", "Käthe", "Lindenweg 3", "Dresden", "01067", "Germany", "+49 351 5550001", "", "kaethe@post.example", "1980-05-06", "Web", "false", "true", "2023-01-01T10:00:00.000Z", "2024-01-01T10:00:00.000Z"),
                    ("0035g00000abCdEAAV", "false", "", "001A", "Nowak", "Ivo", "", "", "", "", "", "+49 170 5550002", "ivo@post.example", "", "Web", "true", "false", "2023-01-02T10:00:00.000Z", "2024-01-01T10:00:00.000Z"),
                    ("0035g00000zzzzzAAV", "true", "0035g00000AbCdEAAV", "001A", "Jäger", "Kathe", "", "", "", "", "", "", "kaethe@post.example", "", "Web", "false", "false", "2023-01-03T10:00:00.000Z", "2024-01-01T10:00:00.000Z"),
                ],
            )
        },
        {"source_records": 2, "permissions": 2},
        set_aside=1,
        refusals=frozenset({"ivo@post.example", "salesforce:0035g00000AbCdE"}),
        values={("source_records", "record_id"): ["salesforce:0035g00000AbCdE", "salesforce:0035g00000abCdE"]},
    ),
    Sample(
        "klaviyo_list",
        {
            "Newsletter.csv": (
                "Email|Klaviyo ID|First Name|Last Name|Organization|City|Zip Code|Country|Phone Number|Email Marketing Consent|Email Marketing Consent Timestamp|SMS Marketing Consent|SMS Marketing Consent Timestamp|Date Added",
                [
                    ("Emre@post.example", "01A", "Emre", "Özdemir", "", "Köln", "50667", "Germany", "'+491705550003", "SUBSCRIBED", "2024-01-01 10:00:00", "UNSUBSCRIBED", "2024-02-01 10:00:00", "2024-01-01 10:00:00"),
                    ("weg@post.example", "01B", "Weg", "Ab", "", "", "", "", "", "UNSUBSCRIBED", "2024-02-02 10:00:00", "NEVER_SUBSCRIBED", "", "2024-01-01 10:00:00"),
                    ("nie@post.example", "01C", "Nie", "Mals", "", "", "", "", "", "NEVER_SUBSCRIBED", "", "", "", "2024-01-01 10:00:00"),
                ],
            )
        },
        {"source_records": 3, "permissions": 3},
        refusals=frozenset({"weg@post.example", "+491705550003"}),
        grants=frozenset({"emre@post.example"}),
    ),
    Sample(
        "mailchimp_subscribed",
        {
            "subscribed_members_export.csv": (
                "Email Address|First Name|Last Name|Address|Phone Number|Birthday|MEMBER_RATING|OPTIN_TIME|OPTIN_IP|CONFIRM_TIME|CONFIRM_IP|LAST_CHANGED|LEID|EUID|NOTES|TAGS",
                [("Clara@post.example", "Clara", "Peters", "", "", "", "4", "2023-05-01 08:00:00", "", "2023-05-01 08:10:00", "", "2023-05-01 08:10:00", "1", "e1", "", "")],
            )
        },
        {"source_records": 1, "permissions": 1},
        grants=frozenset({"clara@post.example"}),
        values={("permissions", "local_at"): ["2023-05-01 10:10:00"]},
    ),
    Sample(
        "mailchimp_unsubscribed",
        {
            "unsubscribed_members_export.csv": (
                "Email Address|First Name|Last Name|MEMBER_RATING|OPTIN_TIME|OPTIN_IP|CONFIRM_TIME|CONFIRM_IP|LAST_CHANGED|UNSUB_TIME|UNSUB_CAMPAIGN_TITLE|UNSUB_CAMPAIGN_ID|UNSUB_REASON|LEID|EUID",
                [("Lukas@post.example", "Lukas", "Groß", "2", "2023-05-01 08:00:00", "", "2023-05-01 08:10:00", "", "2024-01-01 08:10:00", "2024-01-01 08:10:00", "Mai", "7", "N/A", "2", "e2")],
            )
        },
        {"source_records": 1, "permissions": 1},
        refusals=frozenset({"lukas@post.example"}),
    ),
    Sample(
        "shopify_customers",
        {
            "customers_export.csv": (
                "Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address Company|Default Address Address1|Default Address City|Default Address Province Code|Default Address Country Code|Default Address Zip|Default Address Phone|Phone|Accepts SMS Marketing|Total Spent|Total Orders|Note|Tax Exempt|Tags",
                [("'7000001", "Hanna", "Müller", "Hanna@post.example", "yes", "", "Brühl 2", "Leipzig", "SN", "DE", "'04109", "", "'+491705550009", "no", "120.00", "3", "", "no", ""),
                 ("'7000002", "Ivo", "Kühn", "ivo@post.example", "no", "", "", "", "", "", "", "", "", "no", "0.00", "0", "", "no", "")],
            )
        },
        {"source_records": 2, "permissions": 3},
        refusals=frozenset({"ivo@post.example", "+491705550009"}),
        grants=frozenset({"hanna@post.example"}),
        values={("source_records", "postcode"): ["04109", None]},
    ),
    Sample(
        "hubspot_contacts",
        {
            "all-contacts.csv": (
                "Record ID|First Name|Last Name|Email|Phone Number|Contact owner|Lifecycle Stage|Lead Status|Marketing contact status|Unsubscribed from all email|Legal basis for processing contact's data|Create Date|Last Activity Date|Original Source|Merged contact IDs",
                [("5001", "Dörte", "Arslan", "doerte@post.example", "+49 170 5550004", "Sabine", "Customer", "Open", "Marketing contact", "", "", "2023-04-01 10:00", "2024-01-01 10:00", "Organic Search", "4711"),
                 ("5002", "Lukas", "Groß", "lukas@post.example", "", "Sabine", "Lead", "New", "Non-marketing contact", "Yes", "", "2023-04-02 10:00", "", "Direct Traffic", "")],
            )
        },
        {"source_records": 2, "permissions": 1},
        refusals=frozenset({"lukas@post.example"}),
    ),
    Sample(
        "zendesk_users",
        {
            "users.csv": (
                "id|external_id|name|email|phone|role|created_at|updated_at|suspended",
                [("9001", "K7", "Anna Lena Weiß", "anna@post.example", "+49 170 5550005", "end-user", "2023-01-01T10:00:00Z", "2024-01-01T10:00:00Z", "false"),
                 ("9002", "", "Tim Kraft", "tim@firma.example", "", "agent", "2023-01-01T10:00:00Z", "2024-01-01T10:00:00Z", "false")],
            )
        },
        {"source_records": 1},
        set_aside=1,
        values={("source_records", "family_name"): ["Weiß"], ("source_records", "given_name"): ["Anna Lena"]},
    ),
    Sample(
        "trusted_shops",
        {
            "bewertungen.csv": (
                "Bewertungs-ID|Typ|Erstellt am|Bewertung|Titel|Kommentar|Status|Bestellnummer|Customer email|Artikelnummer",
                [("r1", "SERVICE_REVIEW", "2024-03-01 10:00:00", "5", "Gut", "Schnell; freundlich", "APPROVED", "1001", "anna@post.example", ""),
                 ("r2", "PRODUCT_REVIEW", "2024-03-02 10:00:00", "2", "Naja", "Zu klein", "APPROVED", "1002", "", "A1"),
                 ("r3", "SERVICE_REVIEW", "2024-03-03 10:00:00", "1", "X", "Beleidigung", "REJECTED", "1003", "", "")],
            )
        },
        {"source_records": 1, "feedback": 2},
        delimiter=";",
        encoding="cp1252",
        set_aside=1,
        values={("feedback", "stars"): [5.0, 2.0]},
    ),
    Sample(
        "olist",
        {
            "olist_orders_dataset.csv": (
                "order_id|customer_id|order_status|order_purchase_timestamp|order_approved_at|order_delivered_customer_date",
                [("o1", "c1", "delivered", "2018-01-01 10:00:00", "", ""), ("o2", "c2", "delivered", "2018-02-01 10:00:00", "", ""),
                 ("o3", "c3", "canceled", "2018-03-01 10:00:00", "", "")],
            ),
            "olist_order_items_dataset.csv": (
                "order_id|order_item_id|product_id|seller_id|shipping_limit_date|price|freight_value",
                [("o1", "1", "p1", "s1", "", "100.00", "10.50"), ("o1", "2", "p1", "s1", "", "100.00", "10.50"), ("o2", "1", "p2", "s1", "", "30.00", "5.00"),
                 ("o3", "1", "p2", "s1", "", "30.00", "5.00")],
            ),
            "olist_customers_dataset.csv": (
                "customer_id|customer_unique_id|customer_zip_code_prefix|customer_city|customer_state",
                [("c1", "u1", "01310", "sao paulo", "SP"), ("c2", "u1", "01310", "sao paulo", "SP"), ("c3", "u2", "20000", "rio", "RJ")],
            ),
            "olist_products_dataset.csv": ("product_id|product_category_name|product_weight_g", [("p1", "moveis", "100"), ("p2", "casa", "50")]),
            "olist_order_payments_dataset.csv": (
                "order_id|payment_sequential|payment_type|payment_installments|payment_value",
                [("o1", "1", "credit_card", "1", "200.00"), ("o1", "2", "voucher", "1", "21.00"), ("o2", "1", "boleto", "1", "35.00"), ("o3", "1", "boleto", "1", "35.00")],
            ),
        },
        {"source_records": 2, "orders": 3, "order_lines": 7, "products": 3},
        net=221.00 + 35.00,
    ),
    Sample(
        "retailrocket",
        {
            "events.csv": (
                "timestamp|visitorid|event|itemid|transactionid",
                [("1433221332117", "257597", "view", "355908", ""), ("1433224214164", "992329", "addtocart", "248676", ""), ("1433222276276", "599528", "transaction", "356475", "4000")],
            )
        },
        {"web_events": 3},
        values={("web_events", "event"): ["view", "cart_add", "purchase"]},
    ),
    Sample(
        "instacart",
        {
            "orders.csv": (
                "order_id|user_id|eval_set|order_number|order_dow|order_hour_of_day|days_since_prior_order",
                [("1", "7", "prior", "1", "2", "08", ""), ("2", "7", "prior", "2", "3", "07", "15.0"), ("3", "8", "train", "1", "0", "12", "")],
            ),
            "order_products__prior.csv": (
                "order_id|product_id|add_to_cart_order|reordered", [("1", "196", "1", "0"), ("1", "14084", "2", "0"), ("2", "196", "1", "1"), ("3", "196", "1", "0")],
            ),
            "products.csv": ("product_id|product_name|aisle_id|department_id", [("196", "Soda", "77", "7"), ("14084", "Milk", "91", "16")]),
        },
        {"source_records": 2, "orders": 3, "order_lines": 4, "products": 2},
        net=0.0,
        values={("orders", "local_at"): ["2000-01-02 08:00:00", "2000-01-02 12:00:00", "2000-01-17 07:00:00"]},
    ),
)  # fmt: skip
