"""Splink 5 as its own examples use it: name, birth date, place compared; blocks on what a set holds; clusters at .95.

Its clusters are connected components; chance agreement from random pairs, the rest by expectation maximisation. For the
demo it is given what a careful user gives it: normalised mail, number and name.
"""

import logging

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD = 0.95
COMPARED = {
    "given": lambda: cl.JaroWinklerAtThresholds("given", [0.92, 0.8]).configure(term_frequency_adjustments=True),
    "family": lambda: cl.JaroWinklerAtThresholds("family", [0.92, 0.8]).configure(term_frequency_adjustments=True),
    "birth": lambda: cl.DateOfBirthComparison("birth", input_is_string=True),
    "postcode": lambda: cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    "street": lambda: cl.JaroWinklerAtThresholds("street", [0.92, 0.8]),
    "email": lambda: cl.EmailComparison("email"),
    "phone": lambda: cl.ExactMatch("phone"),
}
BLOCKS = (
    ("given", "family"), ("given", "birth"), ("family", "birth"), ("birth", "postcode"), ("family", "postcode"),
    ("given", "postcode"), ("street", "postcode"), ("email",), ("phone",), ("birth",), ("given", "street"),
    ("family", "street"),
)  # fmt: skip
SURE = (("given", "family", "birth"), ("given", "birth"), ("family", "birth"), ("given", "family"))
"""Agreements that count as a match for the first guess of how many there are."""


def splink_clusters(people: pd.DataFrame) -> pd.Series:
    """Cluster of each record.

    Parameters
    ----------
    people
        One row = one record, as ``normalise_records`` gives it.

    Returns
    -------
    Series
        One value per row, indexed by record_id.
    """
    held = [column for column in COMPARED if people[column].notna().mean() > 0.02]
    table = people[["record_id", *held]].astype("string")
    blocks = [block_on(*columns) for columns in BLOCKS if set(columns) <= set(held)]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[COMPARED[column]() for column in held],
        blocking_rules_to_generate_predictions=blocks,
    )
    linker = Linker(DuckDBAPI().register(table), settings, log_level=logging.ERROR)
    sure = [block_on(*columns) for columns in SURE]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for columns in (("given", "family"), ("birth",)):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*columns), estimate_without_term_frequencies=True
        )
    pairs = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=THRESHOLD)
    found = pd.DataFrame(clusters.as_dict()).set_index("record_id")["cluster_id"]
    return found.loc[people["record_id"]]
