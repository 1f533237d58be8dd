"""The relationship as a whole: what this data set can answer, the five levels, one customer's story, Monday's list."""
