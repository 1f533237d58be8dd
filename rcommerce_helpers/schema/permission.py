"""The closed lists of permission: purposes, channels, legal bases, decisions."""

PURPOSES = ("contract", "service", "statistics", "personalisation", "marketing", "location", "web_linking")
"""web_linking: joining what a device did on the web to a known person."""

CHANNELS = ("any", "email", "phone", "sms", "messenger", "social", "post", "push", "web", "store")
BASES = ("contract", "legal_duty", "consent", "existing_customer", "legitimate_interest")
DECISIONS = ("granted", "refused", "withdrawn", "objected")
"""Objection beats all; refused and withdrawn stop the purpose until a later grant; no row means never asked."""
