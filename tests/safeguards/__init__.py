"""Safeguards that are tested: the protecting line is taken out, and the test that keeps the promise must fail.

One toml file per room holds the removals; ``python -m tests.safeguards`` tries them. See docs/safeguards.md.
"""
