"""Executed notebook -> one offline page: charts, sentences and tables, with the code folded away.

Everything a page needs is in it (plotly.js once, 4.8 MB), and it asks for nothing: a content policy forbids every
request and every script but its own, so text that came from data cannot run or call out even where a notebook showed
it raw. nbconvert alone drops plotly figures, and its own sanitising drops headings; both are done here.
Known limit: formulas in TeX stay as they are written, since MathJax would be another library to inline.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.plots.chrome import LINE, ONE, SEVERAL
from rcommerce_helpers.sentences import say
from rcommerce_helpers.workspace import shown
from rcommerce_helpers.workspace.page import STYLE, page
from rcommerce_helpers.workspace.unnamed import number_people

PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
TEMPLATE = """
{%- extends 'basic/index.html.j2' -%}
{% block input_group %}<details class="code"><summary>SUMMARY</summary>{{ super() }}</details>{% endblock input_group %}
{% block in_prompt %}{% endblock in_prompt %}
{% block output_area_prompt %}{% endblock output_area_prompt %}
{% block empty_in_prompt %}{% endblock empty_in_prompt %}
"""
TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure h1 h2 "
        "h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s small span strong sub summary sup table tbody td tfoot th "
        "thead tr u ul",
    )
)
ATTRIBUTES = {
    "*": ["class", "id", "title", "lang"],
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
    "table": ["title"],
    "td": ["colspan", "rowspan", "data-v"],
    "th": ["colspan", "rowspan", "scope"],
    "details": ["open"],
}


def write_page(notebook: Path, target: Path, language: str) -> None:
    """Write the offline page of an executed notebook.

    Raises
    ------
    SchemaError
        The page would load something from elsewhere; the message names it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    text = notebook_page(notebook, language)
    temporary = target.with_name(f".{target.name}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)


def notebook_page(notebook: Path, language: str) -> str:
    """The page as text: body from nbconvert, charts drawn by the inlined plotly.js after loading."""
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    content.metadata.pop("widgets", None)
    number_people(content, language)
    _drop_parameters(content)
    charts = _take_charts(content, language)
    back = html.escape(say("All stages", language))
    tables = _take_table_scripts(content)
    body = f"<nav><a href='index.html'>{back}</a></nav>\n{_convert(content, language)}"
    text = page(
        title=title_of(content.cells, notebook.stem),
        body=body,
        language=language,
        scripts=[*_scripts(charts), *([shown.SCRIPT] if tables else [])],
        style=STYLE + shown.STYLE + _code_style(),
    )
    check_offline(text, notebook.name)
    return text


def title_of(cells: Iterable[Any], otherwise: str) -> str:
    """First heading of a notebook, without its marks."""
    for cell in cells:
        source = "".join(cell["source"])
        found = re.search(r"^#\s+(.+)$", source, flags=re.MULTILINE) if cell["cell_type"] == "markdown" else None
        if found:
            return re.sub(r"[*_`]", "", found[1]).strip()
    return otherwise


def _drop_parameters(content: Any) -> None:
    """Of the two parameters cells keep the one with the run's values."""
    tagged = {tag for cell in content.cells for tag in cell.metadata.get("tags", [])}
    if "injected-parameters" in tagged:
        content.cells = [c for c in content.cells if "parameters" not in c.metadata.get("tags", [])]


def name_pages(cells: Iterable[Any], *, page: str, language: str) -> None:
    """Give every chart a second form: one line that leads to where it is drawn.

    ``jupyter nbconvert`` knows no plotly figures and would leave a gap without a word. Drawing them there would need
    plotly.js in every notebook, 4.8 MB each; the page of the run has it already. Where figures are drawn, as in
    JupyterLab, the line is not shown.
    """
    outputs = (output for cell in cells for output in cell.get("outputs", []))
    charts = (output["data"] for output in outputs if PLOTLY in output.get("data", {}))
    for place, data in enumerate(charts, start=1):
        href = html.escape(f"{page}#chart-{place}", quote=True)
        line = html.escape(say("This chart is drawn on the page of this notebook.", language))
        data["text/html"] = f'<p><a href="{href}">{line}</a></p>'


def _take_charts(content: Any, language: str) -> list[dict[str, object]]:
    """Replace every chart by an empty place and give back what is to be drawn there."""
    charts: list[dict[str, object]] = []
    for cell in content.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if PLOTLY in data:
                place = f"chart-{len(charts) + 1}"
                charts.append({"place": place, "figure": chart_leaving(data[PLOTLY])})
                height = _height(data[PLOTLY])
                output["data"] = {"text/html": f'<div class="chart height-{height}" id="{place}"></div>'}
            elif WIDGET in data:
                note = say("This control works in the notebook only.", language)
                output["data"] = {"text/html": f"<p class='note'>{html.escape(note)}</p>"}
    return charts


def _take_table_scripts(content: Any) -> bool:
    """Take style and script out of each shown table, for the page carries both once; whether there was any."""
    found = False
    for cell in content.cells:
        for output in cell.get("outputs", []):
            text = "".join(output.get("data", {}).get("text/html", ""))
            if shown.IN_NOTEBOOK in text:
                output["data"]["text/html"] = text.replace(shown.IN_NOTEBOOK, "")
                found = True
    return found


def chart_leaving(part: Any) -> Any:
    """A chart, every text in it fit to leave: names, hover, custom data; numbers and packed columns stay."""
    if isinstance(part, dict):
        return {key: value if key == "bdata" else chart_leaving(value) for key, value in part.items()}
    if isinstance(part, list):
        return [chart_leaving(value) for value in part]
    return fit_to_leave(part) if isinstance(part, str) else part


def _height(figure: dict[str, Any]) -> int:
    return int(figure.get("layout", {}).get("height") or 450)


def _convert(content: Any, language: str) -> str:
    """The notebook's body; text that came from data loses every tag that is not of this list."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        raw_template=TEMPLATE.replace("SUMMARY", html.escape(say("Code", language))),
        sanitize_html=True,
        exclude_anchor_links=True,
        require_js_url="",
        mathjax_url="",
        mermaid_js_url="",
        widget_renderer_url="",
        jquery_url="",
        html_manager_semver_range="",
    )
    exporter.register_filter("clean_html", clean)
    body, _ = exporter.from_notebook_node(content)
    return str(body)


def clean(text: object) -> str:
    """HTML reduced to harmless tags and attributes; images only where they are in the page itself."""
    import bleach  # type: ignore[import-untyped]

    cleaned = bleach.clean(
        str(text), tags=TAGS, attributes=_allowed, protocols=["http", "https", "mailto", "data"], strip=False
    )
    return str(cleaned)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return value.startswith(("#", "http://", "https://", "mailto:")) or re.fullmatch(r"[\w./-]+", value) is not None
    if name == "src":
        return value.startswith("data:image/")
    return name in ATTRIBUTES["*"] or name in ATTRIBUTES.get(tag, [])


def _scripts(charts: list[dict[str, object]]) -> list[str]:
    if not charts:
        return []
    fit = FIT % {"toolbar": TOOLBAR, "line": LINE, "several": SEVERAL, "one": ONE}
    drawing = (
        f"{fit}for (const c of {for_script(charts)}) {{"
        "const f = c.figure; const layout = Object.assign({}, f.layout, {autosize: true});"
        "const place = document.getElementById(c.place); const narrow = fit(f.data, layout, place.clientWidth);"
        "delete layout.width;"
        "place.style.minHeight = (layout.height || 450) + 'px';"
        "Plotly.newPlot(c.place, f.data, layout, Object.assign({}, f.config,"
        " {responsive: true, displaylogo: false, displayModeBar: narrow ? false : 'hover', plotlyServerURL: ''}));}"
    )
    return [plotly_js(), drawing]


TOOLBAR = 230
"""Pixels that plotly's toolbar may take beside a title."""
FIT = """
function fit(data, layout, wide) {
  const told = layout.meta || {}, title = layout.title || {}, margin = layout.margin || {};
  if (!told.title || wide >= told.room + %(toolbar)d) return false;
  const pen = document.createElement('canvas').getContext('2d');
  const wrap = (text, size, room) => {
    pen.font = size + 'px ' + layout.font.family;
    const lines = [''];
    for (const word of text.split(' ')) {
      const last = lines.length - 1, longer = (lines[last] + ' ' + word).trim();
      const wide = pen.measureText(longer.replace(/&#?\\w+;/g, 'x')).width > room;
      if (lines[last] && wide) lines.push(word); else lines[last] = longer;
    }
    return lines;
  };
  const lines = wrap(told.title, title.font.size, wide - 24), rest = title.text.split('<br>').slice(told.lines);
  const names = data.filter(trace => trace.name && trace.showlegend !== false).length;
  const above = (layout.legend || {}).y >= 1 && names > 1 ? names - 1 : 0;
  const more = (lines.length - told.lines + above) * %(line)d, axis = layout.xaxis || {};
  layout.title = Object.assign({}, title, {text: lines.concat(rest).join('<br>'),
    y: 1 - (lines.length + rest.length > 1 ? %(several)d : %(one)d) / (layout.height + more)});
  layout.margin = Object.assign({}, margin, {t: margin.t + more});
  layout.height += more;
  if (axis.title && axis.title.text) layout.xaxis = Object.assign({}, axis,
    {title: Object.assign({}, axis.title, {text: wrap(axis.title.text, 14, wide / 2).join('<br>')})});
  return true;
}
"""
"""Where a page is too narrow for title and toolbar, the title is wrapped to the page and the toolbar is left out."""


def for_script(content: object) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(content, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def plotly_js() -> str:
    """plotly.js as shipped with the Python package, made safe to stand inside a script element."""
    from plotly.offline import get_plotlyjs

    return re.sub(r"</(script)", r"<\\/\1", get_plotlyjs(), flags=re.IGNORECASE)


@cache
def _code_style() -> str:
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

    return str(HtmlFormatter(style="default").get_style_defs(".highlight"))


class _Resources(HTMLParser):
    """Collects what a browser would load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_style = tag == "style"
        for name, value in attrs:
            if name in {"src", "srcset", "data", "poster", "background"} or (tag == "link" and name == "href"):
                self.found += [value] if value and not value.startswith("data:") else []
            elif name == "style":
                self._styles(value or "")

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self._styles(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False

    def _styles(self, text: str) -> None:
        self.found += re.findall(r"@import[^;]*|url\(\s*['\"]?(?!data:|#)[^)]*\)", text)


def resources(text: str) -> list[str]:
    """Everything a page would load from elsewhere; plain links, which a reader must click, are not among it."""
    parser = _Resources()
    parser.feed(text)
    return parser.found


def check_offline(text: str, name: str) -> None:
    """Refuse a page that is not complete in itself."""
    found = resources(text)
    if found:
        raise SchemaError(
            name,
            got=f"a page that loads {found[0][:80]!r}",
            expected="a page complete in itself",
            do="Take the reference out of the notebook",
        )
