"""Result + language -> the sentence that reads a figure aloud.

One module per stage holds the sentence functions; ``catalogues/<language>/<stage>.po`` holds their translations
(gettext form, English text as the message id). Numbers are written the way the language writes them.
"""

from rcommerce_helpers.sentences.catalogue import LANGUAGES, labels, say
from rcommerce_helpers.sentences.numbers import count, decimal, interval, money, safe, share

__all__ = ["LANGUAGES", "count", "decimal", "interval", "labels", "money", "safe", "say", "share"]
