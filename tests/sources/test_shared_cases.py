"""The small inputs of ``../shared/cases/own_data``: each lands its right value, where the folder is there."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.landed import read_landed

CASES = Path(__file__).parents[3] / "shared" / "cases" / "own_data"


def as_text(value: object) -> str | float | None:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value if isinstance(value, str | float) else str(value)


@pytest.mark.shared_data
@pytest.mark.skipif(not CASES.exists(), reason="needs ../shared/cases")
@pytest.mark.parametrize("case", sorted(CASES.glob("*/expected.json")), ids=lambda path: path.parent.name)
def test_a_shared_case_lands_its_right_value(tmp_path, case):
    expected = json.loads(case.read_text(encoding="utf-8"))
    land(load_data_set(str(case.parent / "sources.toml")), tmp_path / "landed")
    found = [as_text(v) for v in read_landed(tmp_path / "landed", expected["table"])[expected["column"]]]
    assert len(found) == len(expected["right"])
    for value, right in zip(found, expected["right"]):
        same = math.isclose(value, right) if isinstance(right, float) and isinstance(value, float) else value == right
        assert same, f"{found} instead of {expected['right']}"
