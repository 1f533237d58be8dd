"""Person records as the systems hold them, what is permitted, and what is known of them."""

from rcommerce_helpers.schema.columns import Column, Table
from rcommerce_helpers.schema.permission import BASES, CHANNELS, DECISIONS, PURPOSES

SOURCE_RECORDS = Table(
    name="source_records",
    grain="a person record in one system",
    key=("record_id",),
    purpose="the raw material of the one view per customer",
    group="people",
    columns=(
        Column("record_id", "record", "source and the system's own identifier", required=True, personal=True),
        Column("kind", "choice", "what the record stands for", choices=("person", "household", "company")),
        Column("customer_number", "key", "customer or loyalty number the firm itself hands out", personal=True),
        Column("given_name", "text", "first name", personal=True),
        Column("family_name", "text", "last name", personal=True),
        Column("company_name", "text", "firm the record belongs to"),
        Column("email", "text", "e-mail address", personal=True),
        Column("phone", "text", "telephone number as written", personal=True),
        Column("birth_date", "day", "day of birth", personal=True, time="plan"),
        Column("street", "text", "street with house number", personal=True),
        Column("postcode", "key", "postal code, text with leading zeros", personal=True),
        Column("city", "text", "town", personal=True),
        Column("country", "text", "country as written or ISO code"),
        Column("created_at", "moment", "when the system first held the record", time="begin"),
        Column("updated_at", "moment", "when the system last changed it", time="end"),
    ),
)

PERMISSIONS = Table(
    name="permissions",
    grain="one decision of one person record on one purpose, channel and contact point",
    key=("record_id", "purpose", "channel", "contact_point", "at", "decision"),
    purpose="what may be done with whose data, and how it is known",
    group="people",
    columns=(
        Column("record_id", "record", "whose decision", required=True, personal=True),
        Column("purpose", "choice", "what for", required=True, choices=PURPOSES),
        Column("channel", "choice", "through which channel; empty = any", choices=CHANNELS),
        Column("contact_point", "text", "address or number it holds for; empty = all", personal=True),
        Column("decision", "choice", "what was decided", required=True, choices=DECISIONS),
        Column("basis", "choice", "legal basis", choices=BASES),
        Column("at", "moment", "when it was decided", required=True, time="begin"),
        Column("expires_at", "moment", "when it ends by itself", time="plan"),
        Column("proof", "text", "where the evidence lies"),
    ),
)

ATTRIBUTES = Table(
    name="attributes",
    grain="one attribute of one person record at one time",
    key=("record_id", "name", "at"),
    purpose="what else a system states of a person: age band, household size, declared hobby",
    group="people",
    columns=(
        Column("record_id", "record", "whose attribute", required=True, personal=True),
        Column("name", "text", "which attribute", required=True),
        Column("value", "text", "its value as written", required=True, personal=True),
        Column("at", "moment", "known since", time="begin"),
        Column("declared", "flag", "true = stated by the person, false = computed or bought"),
    ),
)

REFERRALS = Table(
    name="referrals",
    grain="one invitation of one person by another",
    key=("referral_id",),
    purpose="word of mouth",
    group="people",
    columns=(
        Column("referral_id", "key", "identifier", required=True),
        Column("record_id", "record", "who invited", required=True, personal=True),
        Column("invited_record_id", "record", "who was invited, once known", personal=True),
        Column("at", "moment", "when", required=True, time="begin"),
        Column("channel", "text", "how"),
        Column("reward", "money", "what the advocate received", known_at="converted_at"),
        Column("converted_at", "moment", "first order of the invited person", time="end"),
    ),
)

STORES = Table(
    name="stores",
    grain="one store",
    key=("store_id",),
    purpose="places, coarse",
    group="people",
    columns=(
        Column("store_id", "key", "identifier", required=True),
        Column("name", "text", "name"),
        Column("postcode", "key", "postal code"),
        Column("city", "text", "town"),
        Column("region", "text", "coarse area"),
    ),
)

STORE_VISITS = Table(
    name="store_visits",
    grain="one visit of one person to the surroundings of one store",
    key=("visit_id",),
    purpose="moments near a store; coarse location only, with consent",
    group="people",
    columns=(
        Column("visit_id", "key", "identifier", required=True),
        Column("record_id", "record", "who", personal=True),
        Column("store_id", "key", "near which store", required=True),
        Column("at", "moment", "when", required=True, time="begin"),
    ),
)

PEOPLE_TABLES = (SOURCE_RECORDS, PERMISSIONS, ATTRIBUTES, REFERRALS, STORES, STORE_VISITS)
