"""Pages of whole runs name nobody: no customer, household, firm, letter box or record of the run stands on one."""

import html
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

PERSONAL = ("customer_id", "household_id", "company_id", "record_id", "exact_id", "letter_box", "visitor_id")


@pytest.fixture(scope="module", params=["demo", "complete-journey"])
def run(whole_run, request) -> Path:
    return whole_run(request.param).folder


@pytest.fixture(scope="module")
def ids(run) -> set[str]:
    """Every identifier of a person in any table of the run; read once, there are many."""
    found: set[str] = set()
    made = (
        path for path in run.rglob("*.parquet") if not path.name.startswith("shown_")
    )  # among them an example of ours
    for path in made:
        there = [name for name in PERSONAL if name in pq.read_schema(path).names]
        for column in there:
            found |= set(pd.read_parquet(path, columns=[column])[column].dropna().astype(str).unique())
    return found - {""}


def words_of(path: Path) -> set[str]:
    """Everything in a text that could be an identifier, with what stands around colons, too."""
    text = html.unescape(path.read_text(encoding="utf-8"))
    return set(re.findall(r"[\w:-]+", text)) | set(re.findall(r"\w+", text))


@pytest.mark.slow
def test_no_page_and_no_report_carries_the_identifier_of_a_person(run, ids):
    assert len(ids) > 1000
    for path in [*run.glob("report/*.html"), *run.rglob("*.json"), run / "log.jsonl"]:
        assert not words_of(path) & ids, path.name


@pytest.mark.slow
def test_executed_notebooks_show_keyed_pseudonyms_only(run, ids):
    seen = set().union(*(words_of(path) & ids for path in run.glob("notebooks/*.ipynb")))
    assert seen
    assert all(re.fullmatch(r"[chfb][0-9a-f]{20}", name) for name in seen)
