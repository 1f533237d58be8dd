"""Tables that merging writes: who is who, the golden record, the timeline."""

from rcommerce_helpers.schema.columns import Column, Table

PERSONS = Table(
    name="persons",
    grain="one person record and the customer it belongs to",
    key=("record_id",),
    purpose="the link between systems, undoable",
    group="merged",
    columns=(
        Column("record_id", "record", "the record", required=True, personal=True),
        Column("customer_id", "key", "the customer: a pseudonym, stable over runs", required=True, personal=True),
        Column("household_id", "key", "household", personal=True),
        Column("company_id", "key", "company", personal=True),
        Column(
            "method",
            "choice",
            "how it was linked",
            choices=("single", "exact", "probabilistic", "by hand"),
            required=True,
        ),
        Column("certainty", "share", "probability that the record belongs to the customer", required=True),
        Column("reason", "text", "which values agreed"),
        Column("exact_id", "key", "records joined by exact keys alone share it", required=True, personal=True),
        Column("internal_id", "key", "the record after which the customer was named", required=True, personal=True),
    ),
)

HOUSEHOLDS = Table(
    name="households",
    grain="one household",
    key=("household_id",),
    purpose="people under one roof, never treated as one person",
    group="merged",
    columns=(
        Column("household_id", "key", "identifier", required=True, personal=True),
        Column("customer_count", "integer", "customers in it", required=True),
        Column("postcode", "key", "postal code"),
    ),
)

COMPANIES = Table(
    name="companies",
    grain="one company",
    key=("company_id",),
    purpose="firms and the persons who act for them",
    group="merged",
    columns=(
        Column("company_id", "key", "identifier", required=True),
        Column("name", "text", "name", required=True),
        Column("customer_count", "integer", "persons known in it", required=True),
    ),
)

CUSTOMERS = Table(
    name="customers",
    grain="one customer",
    key=("customer_id",),
    purpose="the golden record; ``provenance`` says per value which record it comes from",
    group="merged",
    columns=(
        Column("customer_id", "key", "pseudonym", required=True, personal=True),
        Column("kind", "choice", "what it stands for", choices=("person", "household", "company")),
        Column("given_name", "text", "first name", personal=True),
        Column("family_name", "text", "last name", personal=True),
        Column("email", "text", "e-mail address", personal=True),
        Column("phone", "text", "telephone", personal=True),
        Column("birth_date", "day", "day of birth", personal=True, time="plan"),
        Column("street", "text", "street", personal=True),
        Column("postcode", "key", "postal code", personal=True),
        Column("city", "text", "town", personal=True),
        Column("country", "text", "country"),
        Column("record_count", "integer", "records joined", required=True),
        Column("source_count", "integer", "systems that know the customer", required=True),
        Column("first_seen_at", "moment", "earliest trace", time="begin"),
        Column("last_seen_at", "moment", "latest trace", time="end"),
        Column("provenance", "text", "JSON: column -> record the value comes from"),
    ),
)

TIMELINE = Table(
    name="timeline",
    grain="one thing that happened between one customer and the firm",
    key=("customer_id", "at", "kind", "reference"),
    purpose="one customer's story over all systems",
    group="merged",
    columns=(
        Column("customer_id", "key", "pseudonym", required=True, personal=True),
        Column("at", "moment", "when", required=True, time="begin"),
        Column("kind", "text", "order, return, service case, review, visit, contact, ...", required=True),
        Column("channel", "text", "where"),
        Column("amount", "money", "money involved"),
        Column("reference", "key", "identifier in its own table"),
        Column("detail", "text", "one or two words more: category, topic, stars"),
        Column("file_order", "integer", "place in the story: what came first at one moment", required=True),
    ),
)

MERGED_TABLES = (PERSONS, HOUSEHOLDS, COMPANIES, CUSTOMERS, TIMELINE)
