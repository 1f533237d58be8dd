"""Chart and sentence: the comparison notices another figure, another value, another interval."""

import nbformat
import plotly.graph_objects as go
import pytest

from rcommerce_helpers.plots.chrome import base_figure, drawn, interval_bars
from rcommerce_helpers.results import Figure, NotAnswered
from rcommerce_helpers.sentences import Quotes, quotes_of, say
from rcommerce_helpers.workspace.agreement import PLOTLY, notebook_mismatches

RATE = Figure("rate", 0.25, 1200, "share", 0.2, 0.3)
REPORTED = {"rate": {"value": 0.25, "low": 0.2, "high": 0.3, "n": 1200}, "rows": {"value": 7.0, "n": 7}}


def chart(value: float = 0.25, *, low: float = 0.2, name: str = "rate", bars: bool = True) -> go.Figure:
    figure = base_figure("Shares", "en")
    error = interval_bars([0.1, value], low=[0.05, low], high=[0.2, 0.3]) if bars else None
    return figure.add_scatter(x=[0.1, value], y=["a", "b"], error_x=error, meta=drawn(on="x", **{name: 1}))


def sentence(*, interval: bool = True):
    q = Quotes(NotAnswered("x", "", figures=(RATE,)), "en")
    if interval:
        return say("{rate} ({range})", "en", rate=q("rate"), range=q.range("rate"))
    return say("{rate}", "en", rate=q("rate"))


def compared(tmp_path, figure, said) -> list[str]:
    rows = [{"figure": x.figure, "part": x.part, "value": x.value} for x in quotes_of(said)]
    cell = nbformat.v4.new_code_cell("x")
    told = {"data": {"text/markdown": str(said)}, "metadata": {"text/markdown": {"quotes": rows}}}
    cell.outputs = [
        nbformat.v4.new_output("display_data", data={PLOTLY: figure.to_plotly_json()}),
        nbformat.v4.new_output("display_data", **told),
    ]
    path = tmp_path / "x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return notebook_mismatches(path, REPORTED)


def test_the_same_figure_with_the_same_interval_agrees(tmp_path):
    assert compared(tmp_path, chart(), sentence()) == []


@pytest.mark.parametrize(
    ("figure", "complaint"),
    [
        (chart(0.26), "chart has rate.value = 0.26"),
        (chart(low=0.1), "chart has rate.low = 0.1"),
        (chart(name="rows"), "share no figure"),
        (chart(bars=False), "an interval of rate that the chart does not draw"),
    ],
)
def test_every_difference_is_noticed(tmp_path, figure, complaint):
    assert any(complaint in line for line in compared(tmp_path, figure, sentence()))


def test_a_sentence_without_interval_asks_for_none(tmp_path):
    assert compared(tmp_path, chart(bars=False), sentence(interval=False)) == []


def test_points_of_several_traces_add_up(tmp_path):
    figure = base_figure("Rows", "en")
    for counts in ([1, 2], [4]):
        figure.add_bar(x=counts, meta=drawn(on="x", rows=-1))
    q = Quotes(NotAnswered("x", "", figures=(Figure("rows", 7.0, 7, "count"),)), "en")
    assert compared(tmp_path, figure, say("{rows} rows", "en", rows=q("rows"))) == []
