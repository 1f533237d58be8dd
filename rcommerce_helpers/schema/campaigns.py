"""What the firm said to whom, on which grounds, and what came of it."""

from rcommerce_helpers.schema.columns import Column, Table

CAMPAIGNS = Table(
    name="campaigns",
    grain="one campaign",
    key=("campaign_id",),
    purpose="what was planned",
    group="campaigns",
    columns=(
        Column("campaign_id", "key", "identifier", required=True),
        Column("name", "text", "name"),
        Column("type", "text", "kind of campaign as the firm sorts them"),
        Column("start_on", "day", "first day", required=True, time="begin"),
        Column("end_on", "day", "last day", time="plan"),
        Column("channel", "text", "main channel"),
        Column("randomised", "flag", "true = arms were drawn by chance with known propensities"),
    ),
)

MESSAGES = Table(
    name="messages",
    grain="one message text of one campaign arm",
    key=("message_id",),
    purpose="what was said; patterns and claims as declared by its author",
    group="campaigns",
    columns=(
        Column("message_id", "key", "identifier", required=True),
        Column("campaign_id", "key", "campaign", required=True),
        Column("arm", "text", "arm it belongs to"),
        Column("text", "text", "subject or wording"),
        Column("patterns", "text", "declared activation patterns, separated by |"),
        Column("claims", "text", "declared claims, separated by |"),
    ),
)

CONTACTS = Table(
    name="contacts",
    grain="one person in one campaign, contacted or held out",
    key=("contact_id",),
    purpose="the log that effects are learnt from",
    group="campaigns",
    columns=(
        Column("contact_id", "key", "identifier", required=True),
        Column("record_id", "record", "who", required=True, personal=True),
        Column("campaign_id", "key", "campaign", required=True),
        Column("arm", "text", "what the person was assigned; the holdout is 'none'", required=True),
        Column("propensity", "share", "chance with which this arm was drawn; empty = not randomised"),
        Column("message_id", "key", "message sent"),
        Column("at", "moment", "when", required=True, time="begin"),
        Column("channel", "text", "channel used"),
        Column("referrer", "text", "context: where the last visit came from"),
        Column("device", "text", "context: device class"),
        Column("experience", "text", "context: novice or experienced in the category"),
        Column("outcome_until", "moment", "end of the outcome window; empty = closed at the export", time="end"),
        Column("opened", "flag", "message opened", known_at="outcome_until"),
        Column("visited", "flag", "came to shop or site within the outcome window", known_at="outcome_until"),
        Column("converted", "flag", "bought within the outcome window", known_at="outcome_until"),
        Column("revenue", "money", "revenue within the outcome window", known_at="outcome_until"),
        Column("unsubscribed", "flag", "left the channel after it", known_at="outcome_until"),
    ),
)

PLANNED_CONTACTS = Table(
    name="planned_contacts",
    grain="one contact that another department has already planned",
    key=("planned_id",),
    purpose="no two departments on one person on one day",
    group="campaigns",
    columns=(
        Column("planned_id", "key", "identifier", required=True),
        Column("record_id", "record", "who", required=True, personal=True),
        Column("at", "moment", "when", required=True, time="plan"),
        Column("channel", "text", "channel"),
        Column("department", "text", "who planned it"),
    ),
)

CAMPAIGN_TABLES = (CAMPAIGNS, MESSAGES, CONTACTS, PLANNED_CONTACTS)
