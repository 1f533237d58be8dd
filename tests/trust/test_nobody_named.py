"""Pages of whole runs name nobody: no customer, household, firm, letter box or record of the run stands on one."""

import html
import re
from pathlib import Path

import pandas as pd
import pytest

PERSONAL = ("customer_id", "household_id", "company_id", "record_id", "exact_id", "letter_box", "visitor_id")


@pytest.fixture(scope="module", params=["demo", "complete-journey"])
def run(whole_run, request) -> Path:
    return whole_run(request.param).folder


def ids_of(run: Path) -> set[str]:
    """Every identifier of a person in any table of the run."""
    found: set[str] = set()
    made = (
        path for path in run.rglob("*.parquet") if not path.name.startswith("shown_")
    )  # among them an example of ours
    for path in made:
        table = pd.read_parquet(path)
        for column in set(PERSONAL) & set(table.columns):
            found |= set(table[column].dropna().astype(str))
    return found - {""}


def words_of(path: Path) -> set[str]:
    """Everything in a text that could be an identifier, with what stands around colons, too."""
    text = html.unescape(path.read_text(encoding="utf-8"))
    return set(re.findall(r"[\w:-]+", text)) | set(re.findall(r"\w+", text))


@pytest.mark.slow
def test_no_page_and_no_report_carries_the_identifier_of_a_person(run):
    ids = ids_of(run)
    assert len(ids) > 1000
    for path in [*run.glob("report/*.html"), *run.rglob("*.json"), run / "log.jsonl"]:
        assert not words_of(path) & ids, path.name


@pytest.mark.slow
def test_executed_notebooks_show_keyed_pseudonyms_only(run):
    seen = set().union(*(words_of(path) & ids_of(run) for path in run.glob("notebooks/*.ipynb")))
    assert seen
    assert all(re.fullmatch(r"[chfb][0-9a-f]{20}", name) for name in seen)
