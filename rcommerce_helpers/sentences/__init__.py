"""Result + language -> the sentence that reads a figure aloud.

One module per stage holds the sentence functions; ``catalogues/<language>/<stage>.po`` holds their translations
(gettext form, English text as the message id). Numbers are written the way the language writes them.
"""

from rcommerce_helpers.sentences.catalogue import LANGUAGES, label, labels, say
from rcommerce_helpers.sentences.numbers import count, decimal, interval, money, safe, share, written
from rcommerce_helpers.sentences.quoting import Number, Quotes, Said, quotes_of, together

__all__ = [
    "LANGUAGES",
    "Number",
    "Quotes",
    "Said",
    "count",
    "decimal",
    "interval",
    "label",
    "labels",
    "money",
    "quotes_of",
    "safe",
    "say",
    "share",
    "together",
    "written",
]
