"""The questions the workspace can answer, and the canonical tables each of them needs.

One row of METHOD may need several questions; a question whose tables a data set lacks is skipped by its notebook.
"""

from __future__ import annotations

from dataclasses import dataclass

PEOPLE = "source_records"


@dataclass(frozen=True)
class Question:
    """One question: ``needs`` are tables that must all be there."""

    stage: str
    text: str
    needs: tuple[str, ...]


QUESTIONS = (
    Question("merging", "How good is each source?", (PEOPLE,)),
    Question("merging", "Which records are one person?", (PEOPLE,)),
    Question("merging", "Who permitted what, and through which channel?", (PEOPLE, "permissions")),
    Question("merging", "What happened between us, over all systems?", (PEOPLE, "orders", "order_lines")),
    Question("merging", "How early is a visitor known?", (PEOPLE, "web_events")),
    Question("patterns", "Who buys often, recently, for much?", ("orders", "order_lines")),
    Question("patterns", "Who is about to leave?", ("orders", "order_lines")),
    Question("patterns", "What follows what, and is it more than chance?", ("orders", "order_lines", "products")),
    Question("patterns", "What do visitors do before they buy?", ("web_events",)),
    Question("patterns", "Which activation pattern works in which context?", ("contacts", "messages")),
    Question("patterns", "Does good service keep customers?", ("service_cases", "orders")),
    Question("patterns", "What do customers say of us?", ("feedback", "surveys")),
    Question("affinity", "Who would be glad of which product next?", ("orders", "order_lines", "products")),
    Question("affinity", "When is it due again?", ("orders", "order_lines", "products")),
    Question("affinity", "Whose contract ends, and who would stay?", ("contracts",)),
    Question("affinity", "What is a customer worth over time?", ("orders", "order_lines")),
    Question("campaigns", "What did past campaigns truly change?", ("campaigns", "contacts", "orders", "order_lines")),
    Question("campaigns", "Is what a message claims true?", ("messages", "stock", "prices")),
    Question("campaigns", "Who brings new customers?", ("referrals",)),
    Question("campaigns", "Who is near a store that has it?", ("store_visits", "stock")),
)
