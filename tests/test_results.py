"""Figures have a registered name, a finite value and an n; files are written whole or not at all."""

import json
import pickle
from dataclasses import dataclass

import pandas as pd
import pytest

from rcommerce_helpers import errors
from rcommerce_helpers.errors import ParamError, RCommerceError, SchemaError
from rcommerce_helpers.results import (
    Entry,
    Figure,
    NotAnswered,
    Registry,
    StageResults,
    parts_of,
    read_json,
    write_json,
)

REGISTRY = Registry("shop", {"buyers": Entry("buyers; n = customers", "count")})


def test_registered_figure_passes():
    figure = Figure("buyers", 3.0, 10, "count", 1.0, 5.0)
    assert REGISTRY.check(figure) is figure


@pytest.mark.parametrize(
    "figure",
    [
        Figure("sellers", 1.0, 1, "count"),
        Figure("buyers", float("nan"), 1, "count"),
        Figure("buyers", float("inf"), 1, "count"),
        Figure("buyers", 1.0, -1, "count"),
        Figure("buyers", 1.0, 1, "share"),
    ],
)
def test_unknown_null_countless_or_mismeasured_figures_are_refused(figure):
    with pytest.raises(SchemaError, match=f"shop.{figure.name}"):
        REGISTRY.check(figure)


def test_a_unit_nobody_can_write_is_refused():
    with pytest.raises(SchemaError, match="unit: got 'customers'"):
        Entry("buyers; n = customers", "customers")


def test_one_row_per_figure_with_stage_and_day():
    results = StageResults("shop", "2024-06-30", "Three buy.", {"buyers": Figure("buyers", 3.0, 10, "count")})
    results.skipped.append(NotAnswered("prices", "no table prices"))
    content = results.as_json()
    assert content["figures"] == [
        {
            "stage": "shop",
            "name": "buyers",
            "value": 3.0,
            "n": 10,
            "unit": "count",
            "low": None,
            "high": None,
            "bound": "",
            "level": 0.95,
            "as_of": "2024-06-30",
        }
    ]
    assert content["skipped"] == [{"section": "prices", "reason": "no table prices", "needed": ""}]


def test_what_cannot_be_written_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "deep" / "x.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"a": float("nan")})
    assert read_json(path) == {"a": 1}
    assert [p.name for p in path.parent.iterdir()] == ["x.json"]


def test_written_text_is_readable_by_people(tmp_path):
    write_json(tmp_path / "x.json", {"name": "Zürich"})
    assert "Zürich" in (tmp_path / "x.json").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {"name": "Zürich"}


@pytest.mark.parametrize("name", ["ParamError", "SchemaError", "BrokenExpectation", "NotPermitted", "NotEnoughData"])
def test_errors_survive_the_way_between_processes(name):
    error = getattr(errors, name)("x", got="1", expected="2", do="Write 2")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == "x: got 1; expected 2. Write 2."
    assert isinstance(again, RCommerceError)


def test_a_question_ends_the_message_itself():
    assert str(ParamError("x", got="1", expected="2", do="Did you mean 2?")).endswith("Did you mean 2?")


@dataclass(frozen=True)
class Lift:
    table: pd.DataFrame
    figures: tuple[Figure, ...] = ()

    @property
    def best(self) -> pd.DataFrame:
        return self.table.head(1)


def lift(rows: int) -> Lift:
    return Lift(pd.DataFrame({"rows": [rows]}))


def test_a_part_of_an_unanswered_question_is_unanswered_and_a_misspelt_one_fails():
    skipped = NotAnswered("lift", "too few rows", "10 rows", parts_of(lift))
    assert parts_of(lift) == {"table", "best"}
    assert (skipped.best.reason, skipped.table.needed) == ("too few rows", "10 rows")
    with pytest.raises(AttributeError, match="tabel: no part of the unanswered 'lift'"):
        skipped.tabel  # noqa: B018
    with pytest.raises(AttributeError):
        skipped.table.best  # noqa: B018 - a part has no parts
    assert skipped.figures == ()
    with pytest.raises(AttributeError):
        skipped._repr_html_()
