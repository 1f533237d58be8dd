"""The closed lists of permission: purposes, channels, legal bases, decisions."""

PURPOSES = ("contract", "service", "statistics", "personalisation", "marketing", "location", "web_linking")
"""web_linking: joining what a device did on the web to a known person."""

CHANNELS = ("any", "email", "phone", "sms", "messenger", "social", "post", "push", "web", "store")
BASES = ("contract", "legal_duty", "consent", "existing_customer", "legitimate_interest")
DECISIONS = ("granted", "refused", "withdrawn", "objected")
STOPS = ("refused", "withdrawn", "objected")
"""An objection stops its purpose everywhere, a refusal or withdrawal its channel and its contact point; each is lifted
only by a later grant for that very contact point. No row means never asked."""
