"""R-Commerce: from scattered exports to one view per customer, patterns, scores with reasons, and plans that hold.

The rooms, from the data upwards: ``schema``, ``sources``, ``merging``, ``patterns``, ``affinity``, ``campaigns``,
``sentences``, ``plots``, ``workspace``. Imports point down this list only (see ``docs/architecture.md``).
"""

__version__ = "0.1.0"
