"""Intervals, partial pooling, false-discovery control, verdicts."""
