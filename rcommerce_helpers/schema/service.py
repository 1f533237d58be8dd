"""Dialogue: service, reviews, conversations, surveys, forms."""

from rcommerce_helpers.schema.columns import Column, Table

SERVICE_CASES = Table(
    name="service_cases",
    grain="one case of one person with the service",
    key=("case_id",),
    purpose="service quality; complaint text is never a feature",
    group="service",
    columns=(
        Column("case_id", "key", "identifier", required=True),
        Column("record_id", "record", "who asked", personal=True),
        Column("at", "moment", "opened", required=True, time="begin"),
        Column("closed_at", "moment", "closed; empty = still open", time="end"),
        Column("channel", "text", "channel the person chose"),
        Column("answer_channel", "text", "channel the answer came on", known_at="closed_at"),
        Column("topic", "text", "what about"),
        Column("product_id", "key", "product concerned"),
        Column("handovers", "integer", "times the case changed hands", known_at="closed_at"),
        Column("contact_count", "integer", "times the person had to make contact", known_at="closed_at"),
        Column("solved", "flag", "solved in the person's eyes", known_at="closed_at"),
        Column("satisfaction", "number", "rating after the case, 1 to 5", unit="1 to 5", known_at="closed_at"),
    ),
)

FEEDBACK = Table(
    name="feedback",
    grain="one review, social post or testimonial",
    key=("feedback_id",),
    purpose="satisfaction and word in public",
    group="service",
    columns=(
        Column("feedback_id", "key", "identifier", required=True),
        Column("record_id", "record", "author, where known", personal=True),
        Column("at", "moment", "published", required=True, time="begin"),
        Column("kind", "choice", "what it is", choices=("review", "social_post", "testimonial")),
        Column("product_id", "key", "product concerned"),
        Column("order_id", "key", "order it refers to"),
        Column("stars", "number", "1 to 5", unit="1 to 5"),
        Column("text", "text", "words as published", personal=True),
        Column("rewarded", "flag", "the author received something for it"),
    ),
)

CONVERSATIONS = Table(
    name="conversations",
    grain="one message of a conversation",
    key=("message_id",),
    purpose="dialogue over channels",
    group="service",
    columns=(
        Column("message_id", "key", "identifier", required=True),
        Column("case_id", "key", "service case it belongs to"),
        Column("record_id", "record", "person", personal=True),
        Column("at", "moment", "when", required=True, time="begin"),
        Column("channel", "text", "channel"),
        Column("direction", "choice", "in = from the person", choices=("in", "out")),
        Column("text", "text", "words as written", personal=True),
    ),
)

SURVEYS = Table(
    name="surveys",
    grain="one answer to one question",
    key=("answer_id",),
    purpose="satisfaction as stated",
    group="service",
    columns=(
        Column("answer_id", "key", "identifier", required=True),
        Column("record_id", "record", "who answered", personal=True),
        Column("at", "moment", "when", required=True, time="begin"),
        Column("survey", "text", "which survey"),
        Column("question", "text", "which question", required=True),
        Column("answer", "text", "answer in words", personal=True),
        Column("score", "number", "answer as a number"),
    ),
)

FORMS = Table(
    name="forms",
    grain="one field of one submitted form",
    key=("form_id", "field"),
    purpose="declared preferences, with their purpose",
    group="service",
    columns=(
        Column("form_id", "key", "submission", required=True),
        Column("record_id", "record", "who", personal=True),
        Column("at", "moment", "when", required=True, time="begin"),
        Column("form", "text", "which form"),
        Column("field", "text", "which field", required=True),
        Column("value", "text", "what was entered", personal=True),
    ),
)

SERVICE_TABLES = (SERVICE_CASES, FEEDBACK, CONVERSATIONS, SURVEYS, FORMS)
