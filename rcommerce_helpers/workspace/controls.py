"""Live controls: the same public function as the notebook's section, called again with other settings.

The only door to ipywidgets. A control does nothing that code cannot do: ``explore(run, compute, tables, ...)`` calls
``compute(*tables, params)`` with the chosen values, so that call is its headless twin. Settings marked *look* redraw
when the slider is let go; as soon as one is marked *run*, a button starts the computing. Scheduled runs set
``controls`` to False and get one line instead.

The chart is an output that JupyterLab draws as it draws every other figure, not a FigureWidget. That one announces
itself empty and sends its traces in a second message; a view that JupyterLab builds in between draws bare axes and
does not listen for what follows, and on a busy machine its five megabytes of script miss anywidget's two seconds.
An output carries the whole figure in its first message.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import plotly.graph_objects as go
from IPython.display import Markdown

from rcommerce_helpers.errors import ParamError, RCommerceError
from rcommerce_helpers.leaving import plain
from rcommerce_helpers.params import Params, Scalar, Setting
from rcommerce_helpers.results import HasFigures
from rcommerce_helpers.sentences import decimal, label, safe, say
from rcommerce_helpers.sources.guide.choices import Choice, choices
from rcommerce_helpers.workspace.choosing import Picked, as_table, proposal_for, told, writer
from rcommerce_helpers.workspace.notebook import Run, leaving, not_there

if TYPE_CHECKING:
    import ipywidgets as widgets

R = TypeVar("R", bound=HasFigures)
SUBTITLE = 24
"""Pixels the line with the chosen values needs under the title."""


def explore(
    run: Run,
    compute: Callable[..., R],
    tables: tuple[object, ...],
    *,
    vary: tuple[str, ...],
    plot: Callable[[R, str], go.Figure],
) -> widgets.VBox | Markdown:
    """Sliders for some settings over a chart of the result.

    Parameters
    ----------
    run
        The notebook's handle; its parameters are where the sliders start.
    compute
        Public function of the section, called as ``compute(*tables, params)``.
    tables
        What comes before the parameters.
    vary
        Names of settings; each needs a range, choices, or to be a flag.
    plot
        Draws the result in a language.

    Returns
    -------
    VBox | Markdown
        The controls; one line where controls are off or a table is missing.

    Raises
    ------
    ParamError
        A name is no setting of the notebook.
    """
    run.params.check_names(vary)
    language = run.params.language
    if not run.params.controls:
        names = ", ".join(f"`{name}`" for name in vary)
        return Markdown(say("*In the live notebook, controls stand here for: {names}.*", language, names=names))
    missing = not_there(tables)
    if missing is not None:
        return Markdown(f"*{safe(missing.reason)}*")
    return _Explorer(
        run.params, lambda params: plot(leaving(compute(*tables, params), run.registry), language), vary
    ).box


def choose(run: Run, exports: str) -> widgets.VBox | Markdown:
    """The guide over a folder of exports: a drop-down for each line it proposes, and a button that writes the project.

    Parameters
    ----------
    run
        The notebook's handle: its language, and whether it has controls.
    exports
        A folder of exports, or one file; empty = none yet.

    Returns
    -------
    VBox | Markdown
        The controls; a table of what is proposed where controls are off; one line where there are no exports.
    """
    language = run.params.language
    if not exports:
        return Markdown(say("*Name a folder of exports in this cell, and the guide proposes here.*", language))
    try:
        proposal = proposal_for(exports)
    except RCommerceError as error:
        return Markdown(f"*{safe(error)}*")
    if not run.params.controls:
        return Markdown(as_table(proposal))
    return _Chooser(choices(proposal), writer(proposal, exports), language).box


class _Chooser:
    """The widgets of the guide: a row for each line of the proposal, the least sure first."""

    def __init__(self, lines: Sequence[Choice], write: Callable[[str, Picked], str], language: str) -> None:
        import ipywidgets as widgets

        self.write = write
        self.picks = {(one.at, one.column): self._pick(one, language) for one in lines}
        self.folder = widgets.Text(
            placeholder="my-shop", description=say("Folder", language), layout=widgets.Layout(width="36em")
        )
        self.button = widgets.Button(description=say("Write sources.toml", language), button_style="primary")
        self.button.on_click(lambda _: self.refresh())
        self.note = widgets.HTML()
        rows = [widgets.HBox([self.picks[one.at, one.column], widgets.HTML(told(one))]) for one in lines]
        self.box = widgets.VBox([*rows, self.folder, self.button, self.note], layout=widgets.Layout(width="100%"))

    def refresh(self) -> None:
        """Write the project with what stands in the drop-downs, and show what check says of it, or why not."""
        self.button.disabled = True
        try:
            self.note.value = self.write(self.folder.value, {place: pick.value for place, pick in self.picks.items()})
        finally:
            self.button.disabled = False

    def _pick(self, one: Choice, language: str) -> Any:
        """A drop-down: what is proposed, with how sure, then what else the values allow."""
        import ipywidgets as widgets

        proposed = f"{plain(one.proposed)} ({label(one.sure, language)})"
        others = [(plain(name) or say("nothing", language), name) for name in one.instead]
        return widgets.Dropdown(
            options=[(proposed, one.proposed), *others],
            value=one.proposed,
            description=f"{one.table}.{one.column}",
            tooltip=plain(one.file),
            style={"description_width": "16em"},
            layout=widgets.Layout(width="42em"),
        )


class _Explorer:
    """The widgets of one chart: they live as long as the box that shows them."""

    def __init__(self, params: Params, draw: Callable[[Params], go.Figure], vary: tuple[str, ...]) -> None:
        import ipywidgets as widgets

        self.params = params
        self.draw = draw
        self.inputs = {name: _control(name, params) for name in vary}
        self.note = widgets.HTML()
        first = self._figure(params)
        self.chart = widgets.Output(outputs=(_output(first),), layout=widgets.Layout(width="100%"))
        self._keep_height(first)
        waits = any(params.settings()[name].kind == "run" for name in vary)
        self.button = widgets.Button(description=say("Compute", params.language), button_style="primary")
        self.button.on_click(lambda _: self.refresh())
        if not waits:
            for control in self.inputs.values():
                control.observe(lambda _: self.refresh(), names="value")
        rows = [*self.inputs.values(), *([self.button] if waits else []), self.note, self.chart]
        self.box = widgets.VBox(rows, layout=widgets.Layout(width="100%"))

    def refresh(self) -> None:
        """Compute with the values of the controls and redraw, or say why not."""
        self.button.disabled = True
        begun = time.perf_counter()
        self.note.value = say("Computing ...", self.params.language)
        try:
            chosen = self.params.with_(**{name: control.value for name, control in self.inputs.items()})
            self._draw(self._figure(chosen))
            seconds = decimal(time.perf_counter() - begun, self.params.language, digits=1)
            self.note.value = say("Computed in {seconds} s.", self.params.language, seconds=seconds)
        except RCommerceError as error:
            self.note.value = safe(error)
        finally:
            self.button.disabled = False

    def _draw(self, figure: go.Figure) -> None:
        """Put another figure in the place of the last one."""
        self._keep_height(figure)
        self.chart.outputs = (_output(figure),)

    def _keep_height(self, figure: go.Figure) -> None:
        """Hold the place of the chart open, so that the page does not jump while another is drawn."""
        self.chart.layout.min_height = f"{figure.layout.height}px"

    def _figure(self, params: Params) -> go.Figure:
        """The chart, with the chosen values under its title."""
        figure = self.draw(params)
        chosen = ", ".join(f"{name} = {_readout(getattr(params, name), params.language)}" for name in self.inputs)
        title = figure.layout.title.text or ""
        height, top = figure.layout.height or 420, figure.layout.margin.t or 84
        figure.update_layout(title_text=f"{title}<br><sub>{safe(chosen)}</sub>", title_y=0.94, autosize=True)
        figure.update_layout(height=height + SUBTITLE, margin_t=top + SUBTITLE)
        return figure


def _output(figure: go.Figure) -> dict[str, object]:
    """A figure as an output of a notebook, drawn by the plotly.js that JupyterLab already has."""
    import plotly.io as pio

    bundle = pio.renderers["plotly_mimetype"].to_mimebundle(figure.to_dict())
    return {"output_type": "display_data", "data": bundle, "metadata": {}}


def _readout(value: Scalar, language: str) -> str:
    """A chosen value with three digits, as the slider shows it, with the language's own decimal sign."""
    if not isinstance(value, float):
        return str(value)
    digits = 2 - math.floor(math.log10(abs(value))) if value else 0
    return decimal(value, language, digits=max(digits, 0))


def _control(name: str, params: Params) -> Any:
    """The widget that fits what is known of a setting."""
    import ipywidgets as widgets

    spec, value = params.settings()[name], getattr(params, name)
    common = {
        "description": name,
        "tooltip": spec.help,
        "style": {"description_width": "12em"},
        "layout": widgets.Layout(width="36em"),
    }
    if spec.choices:
        return widgets.Dropdown(options=list(spec.choices), value=value, **common)
    if isinstance(value, bool):
        return widgets.Checkbox(value=value, **common)
    if isinstance(value, str) or spec.low is None or spec.high is None:
        raise ParamError(name, got="a setting without a range", expected="low and high, or choices", do="Declare them")
    return _slider(value, spec, common)


def _slider(value: float, spec: Setting, common: dict[str, Any]) -> Any:
    import ipywidgets as widgets

    low, high = float(spec.low or 0), float(spec.high or 0)
    if isinstance(value, int):
        return widgets.IntSlider(value, int(low), int(high), continuous_update=False, **common)
    step = _round_step((high - low) / 100)
    return widgets.FloatSlider(
        value, min=low, max=high, step=step, readout_format=".3g", continuous_update=False, **common
    )


def _round_step(fine: float) -> float:
    """The nearest of 1, 2, 5, 10 and so on at or above a step: a slider that stops at .2058 is no help to anyone."""
    power = 10.0 ** math.floor(math.log10(fine))
    return next(power * by for by in (1, 2, 5, 10) if power * by >= fine * 0.99)
