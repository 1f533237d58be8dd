"""The generated shop and its truth: a German shop for telecom and living, hard enough to be worth beating.

``write_demo`` writes exports as ten systems would, how to read them (sources.toml), what could be offered
(offers.toml), and the truth apart. Imported by the command line, tests and exercises only.
"""

from rcommerce_helpers.demo_world.world import DemoReport, write_demo

__all__ = ["DemoReport", "write_demo"]
