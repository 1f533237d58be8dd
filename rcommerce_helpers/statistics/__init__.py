"""How sure is a number: intervals, partial pooling, tests, the size a test needs."""
