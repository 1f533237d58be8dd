"""Benchmarks by one convention: ``make bench STAGE=workspace ONLY=name`` writes ``benchmarks/results/<stage>.json``."""
