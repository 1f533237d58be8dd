"""One harness for promises against a known truth and against null worlds.

``worlds`` makes the worlds, ``counting`` counts with n and a binomial interval, ``measures`` runs a stage's public
functions on many worlds. The tests here and ``benchmarks/truth.py`` call the same measures with fewer and more seeds.
"""
