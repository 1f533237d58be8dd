"""Controls call the same function as the notebook, with other values."""

from dataclasses import dataclass

import plotly.graph_objects as go
import pytest
from IPython.display import Markdown

from rcommerce_helpers.access.allowance import Allowance
from rcommerce_helpers.errors import NotEnoughData, ParamError
from rcommerce_helpers.params import Params, setting
from rcommerce_helpers.results import Absent, Figure, Registry
from rcommerce_helpers.sources.facts import DataSetFacts
from rcommerce_helpers.workspace.controls import _readout, _round_step, explore
from rcommerce_helpers.workspace.export import PLOTLY
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.notebook import Run


@dataclass(frozen=True, kw_only=True)
class DoublingParams(Params):
    times: int = setting(2, "how often", low=1, high=9, kind="look")
    share: float = setting(0.5, "of what", low=0.0, high=1.0, kind="look")
    slow: int = setting(3, "needs a run", low=1, high=5, kind="run")
    free: int = setting(3, "has no range")


@dataclass(frozen=True)
class Doubled:
    numbers: list[float]
    figures: tuple[Figure, ...] = ()


def double(numbers, params):
    if params.times == 9:
        raise NotEnoughData("numbers", got="9", expected="fewer", do="Choose fewer")
    return Doubled([n * params.times * params.share * params.slow for n in numbers])


def plot(result, language):
    return go.Figure(go.Bar(y=result.numbers), layout={"title": {"text": "Doubled"}})


def a_run(tmp_path, **given) -> Run:
    facts = DataSetFacts("d", "D", "2024-06-30", "EUR", "UTC", "included", "", (), "f", {})
    return Run(DoublingParams(**given), Registry("x", {}), RunFolder(tmp_path), facts, Allowance("x"))


class Comm:
    """A line to a browser that nobody listens to."""

    comm_id = "none"

    def send(self, *_, **__): ...
    def on_msg(self, _): ...
    def close(self, *_, **__): ...


def parts(box):
    return {type(child).__name__: child for child in box.children}


def drawn(box):
    """The figure that JupyterLab is told to draw."""
    (output,) = parts(box)["Output"].outputs
    return output["data"][PLOTLY]


def heights(box):
    return [list(trace["y"]) for trace in drawn(box)["data"]]


def test_slider_redraws_with_the_headless_functions_values(tmp_path):
    run = a_run(tmp_path)
    box = explore(run, double, ([1.0, 2.0],), vary=("times",), plot=plot)
    assert heights(box) == [[3.0, 6.0]]
    parts(box)["IntSlider"].value = 4
    assert heights(box) == [double([1.0, 2.0], run.params.with_(times=4)).numbers]
    assert "times = 4" in drawn(box)["layout"]["title"]["text"]


def test_first_message_to_the_browser_carries_the_whole_chart(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("ipywidgets.widgets.widget.comm.create_comm", lambda **given: opened.append(given) or Comm())
    explore(a_run(tmp_path), double, ([1.0, 2.0],), vary=("times",), plot=plot)
    states = [message["data"]["state"] for message in opened]
    (chart,) = [state for state in states if state["_model_name"] == "OutputModel"]
    assert chart["outputs"][0]["data"][PLOTLY]["data"][0]["y"] == [3.0, 6.0]
    assert max(len(str(state)) for state in states) < 50_000


def test_slider_waits_until_it_is_let_go_and_keeps_its_range(tmp_path):
    slider = parts(explore(a_run(tmp_path), double, ([1.0],), vary=("times",), plot=plot))["IntSlider"]
    assert not slider.continuous_update
    assert (slider.min, slider.max, slider.value) == (1, 9, 2)


def test_setting_that_needs_a_run_waits_for_the_button(tmp_path):
    box = explore(a_run(tmp_path), double, ([1.0],), vary=("slow",), plot=plot)
    parts(box)["IntSlider"].value = 5
    assert heights(box) == [[3.0]]
    parts(box)["Button"].click()
    assert heights(box) == [[5.0]]


def test_too_few_data_are_said_and_the_last_chart_stays(tmp_path):
    box = explore(a_run(tmp_path), double, ([1.0],), vary=("times",), plot=plot)
    parts(box)["IntSlider"].value = 9
    assert "Choose fewer" in parts(box)["HTML"].value
    assert heights(box) == [[3.0]]


def test_another_number_of_traces_is_drawn_too(tmp_path):
    def plot_many(result, language):
        return go.Figure([go.Scatter(y=[i]) for i in range(int(result.numbers[0]))])

    box = explore(a_run(tmp_path, share=1.0, slow=1), double, ([1.0],), vary=("times",), plot=plot_many)
    parts(box)["IntSlider"].value = 5
    assert heights(box) == [[0], [1], [2], [3], [4]]


def test_float_setting_gets_a_slider(tmp_path):
    slider = parts(explore(a_run(tmp_path), double, ([1.0],), vary=("share",), plot=plot))["FloatSlider"]
    assert (slider.min, slider.max, slider.step, slider.value) == (0.0, 1.0, 0.01, 0.5)


@pytest.mark.parametrize(("fine", "round_one"), [(0.0099, 0.01), (0.011, 0.02), (0.03, 0.05), (0.06, 0.1), (7.0, 10.0)])
def test_step_of_a_slider_is_a_round_number(fine, round_one):
    assert _round_step(fine) == pytest.approx(round_one)


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        (0.20580000000000004, "en", "0.206"),
        (1.5, "de", "1,50"),
        (0.0, "en", "0"),
        (1234.5, "en", "1,234"),
        (4, "de", "4"),
    ],
)
def test_chosen_value_is_written_as_the_slider_shows_it(value, language, shown):
    assert _readout(value, language) == shown


def test_scheduled_run_gets_one_line_in_its_language(tmp_path):
    line = explore(a_run(tmp_path, controls=False, language="de"), double, ([1.0],), vary=("times",), plot=plot)
    assert isinstance(line, Markdown)
    assert line.data == "*Im lebendigen Notebook stehen hier Regler für: `times`.*"


def test_missing_table_is_said(tmp_path):
    line = explore(a_run(tmp_path), double, (Absent("t", "there is no t"),), vary=("times",), plot=plot)
    assert line.data == "*there is no t*"


@pytest.mark.parametrize("name", ["tims", "free"])
def test_name_without_setting_or_range_is_refused(tmp_path, name):
    with pytest.raises(ParamError, match=name):
        explore(a_run(tmp_path), double, ([1.0],), vary=(name,), plot=plot)
