"""Faults made on purpose, and whether the promises of ``docs/trust.md`` survive them.

What makes a fault and judges it lies beside its test, so that ``benchmarks/trust.py`` can do the same more often.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workspace"))  # tiny_runs, also for the benchmarks
