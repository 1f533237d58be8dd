"""Live controls: the same public function as the notebook's section, called again with other settings.

The only door to ipywidgets. A control does nothing that code cannot do: ``explore(run, compute, tables, ...)`` calls
``compute(*tables, params)`` with the chosen values, so that call is its headless twin. Settings marked *look* redraw
when the slider is let go; as soon as one is marked *run*, a button starts the computing. Scheduled runs set
``controls`` to False and get one line instead: a FigureWidget would add five megabytes to the notebook.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import plotly.graph_objects as go
from IPython.display import Markdown

from rcommerce_helpers.errors import ParamError, RCommerceError
from rcommerce_helpers.params import Params, Setting
from rcommerce_helpers.results import HasFigures
from rcommerce_helpers.sentences import decimal, safe, say
from rcommerce_helpers.workspace.notebook import Run, not_there

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
    return _Explorer(run.params, lambda params: plot(compute(*tables, params), language), vary).box


class _Explorer:
    """The widgets of one chart: they live as long as the box that shows them."""

    def __init__(self, params: Params, draw: Callable[[Params], go.Figure], vary: tuple[str, ...]) -> None:
        import ipywidgets as widgets

        self.params = params
        self.draw = draw
        self.inputs = {name: _control(name, params) for name in vary}
        self.note = widgets.HTML()
        self.chart = go.FigureWidget(self._figure(params))
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
            _redraw(self.chart, self._figure(chosen))
            seconds = decimal(time.perf_counter() - begun, self.params.language, digits=1)
            self.note.value = say("Computed in {seconds} s.", self.params.language, seconds=seconds)
        except RCommerceError as error:
            self.note.value = safe(error)
        finally:
            self.button.disabled = False

    def _figure(self, params: Params) -> go.Figure:
        """The chart, with the chosen values under its title."""
        figure = self.draw(params)
        chosen = ", ".join(f"{name} = {getattr(params, name)}" for name in self.inputs)
        title = figure.layout.title.text or ""
        height, top = figure.layout.height or 420, figure.layout.margin.t or 84
        figure.update_layout(title_text=f"{title}<br><sub>{safe(chosen)}</sub>", title_y=0.94, autosize=True)
        figure.update_layout(height=height + SUBTITLE, margin_t=top + SUBTITLE)
        return figure


def _redraw(widget: Any, figure: go.Figure) -> None:
    """Put another figure into the widget that is already on the page: creating a new one would send plotly.js again."""
    with widget.batch_update():
        same = [trace.type for trace in widget.data] == [trace.type for trace in figure.data]
        if same:
            for old, new in zip(widget.data, figure.data, strict=True):
                old.update(new.to_plotly_json(), overwrite=True)
        widget.layout.update(figure.layout.to_plotly_json(), overwrite=True)
    if not same:
        widget.data = ()
        widget.add_traces(list(figure.data))


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
    step = (high - low) / 100
    return widgets.FloatSlider(
        value, min=low, max=high, step=step, readout_format=".3g", continuous_update=False, **common
    )
