"""Numbers below ten people in what a run shows, found without the gate: by reading pages, notebooks and results.

What counts people is read from the words a reader sees (headings, axis titles, "n =", "customers: 7") and from what the
registries say in prose, never from the marks that the gate goes by. Totals that a reader knows are held against what is
shown of them, so that a number nobody printed but everybody can compute is found too. The one customer of a story and
of the example of reasons is shown on purpose and is left out.
"""

import base64
import html
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rcommerce_helpers.affinity.figures import REGISTRY as AFFINITY
from rcommerce_helpers.campaigns.figures import REGISTRY as CAMPAIGNS
from rcommerce_helpers.merging.figures import REGISTRY as MERGING
from rcommerce_helpers.patterns.figures import REGISTRY as PATTERNS
from rcommerce_helpers.relationship.figures import REPORT_REGISTRY as REPORT

PLOTLY = "application/vnd.plotly.v1+json"
REGISTRIES = {r.stage: r for r in (AFFINITY, CAMPAIGNS, MERGING, PATTERNS, REPORT)}
PEOPLE = (
    r"(?:customers?|people|persons?|(?:linked |person )?records|newcomers|visitors|households|homes|contacts sent"
    r"|targeted)"
)
GERMAN = r"(?:Kund(?:en|innen|in|e)|Personen|Menschen|Datensätze|Haushalte|Kontakte)"
ONE_PERSON = ("story_", "example_")
SHOWN_COUNTS = {"customers", "records", "held out", "contacts sent"}


def few(count: float) -> bool:
    return 0.5 < count < 9.5


def small_groups(run: Path) -> list[str]:
    """One line for each number below ten people in figures, tables, charts and sentences of a finished run."""
    figures = list(_figures(run))
    charts = [line for path in sorted((run / "notebooks").glob("*.ipynb")) for line in _notebook(path)]
    pages = [line for path in sorted((run / "report").glob("*.html")) for line in _page(path)]
    return [*figures, *charts, *pages, *_differences(run)]


def _reported(run: Path) -> dict[tuple[str, str], dict]:
    rows = [r for p in (run / "results").glob("*.json") for r in json.loads(p.read_text(encoding="utf-8"))["figures"]]
    return {(row["stage"], row["name"]): row for row in rows}


def _figures(run: Path) -> Iterator[str]:
    for (stage, name), row in _reported(run).items():
        entry = REGISTRIES[stage].entries.get(name) if stage in REGISTRIES else None
        if entry is None or name.startswith(ONE_PERSON):
            continue
        said, _, counted = entry.meaning.partition("; n = ")
        of_people = re.match(rf"(?:the same|such )?{PEOPLE}\b", counted) is not None
        where = f"{stage}.{name} = {row['value']} (n {row['n']})"
        if of_people and few(row["n"]):
            yield f"{where}: rests on few"
        if row.get("bound"):
            continue
        people = re.match(rf"(?:share of |planned |targeted |reachable |scored )?{PEOPLE}\b", said) is not None
        if people and row["unit"] == "count" and few(row["value"]):
            yield f"{where}: few"
        if people and of_people and row["unit"] in {"share", "count"}:
            part = row["value"] * row["n"] if row["unit"] == "share" else row["value"]
            if few(part) or few(row["n"] - part):
                yield f"{where}: a part, or the rest, is few"


def numbers(column: object) -> list[float]:
    """A column of a trace; plotly packs numpy arrays."""
    if isinstance(column, dict):
        return [float(v) for v in np.frombuffer(base64.b64decode(column["bdata"]), dtype=column["dtype"])]
    return [float(v) if isinstance(v, (int, float)) and not isinstance(v, bool) else math.nan for v in column or []]


def texts(part: object) -> Iterator[str]:
    """Every text of a chart."""
    if isinstance(part, str):
        yield html.unescape(part)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from texts(value) if key != "bdata" else ()
    elif isinstance(part, list):
        for value in part:
            yield from texts(value)


def _notebook(path: Path) -> Iterator[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for output in (o for c in cells for o in c.get("outputs", [])):
        data = output.get("data", {})
        if PLOTLY in data:
            yield from (f"{path.stem}: {line}" for line in of_chart(data[PLOTLY]))
        elif "text/markdown" in data:
            yield from (f"{path.stem}: {line}" for line in of_sentence("".join(data["text/markdown"])))


def of_sentence(text: str) -> list[str]:
    """Where a sentence counts fewer than ten people."""
    hits = re.finditer(
        rf"(?<![\d.,%\w-])([1-9])\s(?:more |weitere |other )?(?:{PEOPLE}|{GERMAN})\b", html.unescape(text)
    )
    return [f"sentence: {text[max(0, m.start() - 40) : m.end() + 20]!r}" for m in hits]


def of_chart(chart: dict) -> Iterator[str]:
    """Where a chart writes or draws a count below ten, or a share of so few, with its people beside it."""
    title = chart.get("layout", {}).get("title", {}).get("text", "")
    written = [f"{text[:80]!r}" for text in texts(chart) if any(few(n) for n in sizes(text))]
    spoken = [line for text in texts(chart) for line in of_sentence(text)]
    drawn = [line for trace in chart.get("data", []) for line in _of_trace(trace, chart.get("layout", {}))]
    yield from (f"chart {title!r}: {line}" for line in (*written, *spoken, *drawn))


def sizes(text: str) -> list[float]:
    """The numbers of people that a text gives: "n = 12", "customers: 12"."""
    return [float(re.sub(r"\D", "", n)) for n in re.findall(rf"(?:\bn = |\b{PEOPLE}: )(\d[\d.,]*)", text)]


def _of_trace(trace: dict, layout: dict) -> Iterator[str]:
    for axis in "xy":
        named = layout.get(f"{axis}axis", {}).get("title", {}).get("text") or ""
        if re.fullmatch(PEOPLE, named):
            yield from (f"{value} {named}" for value in numbers(trace.get(axis)) if few(value))
    told, names = (trace.get(key) if isinstance(trace.get(key), list) else [] for key in ("hovertext", "y"))
    shares = numbers(trace.get("z") or trace.get("x" if trace.get("orientation") == "h" else "y"))
    for share, *words in zip(shares, *(part or [""] * len(shares) for part in (told, names))):
        for n in sizes(re.sub(r"customers: [\d.,]+", "", " ".join(map(str, words))))[:1]:  # that is the part itself
            if 0 < share < 1 and (few(share * n) or few((1 - share) * n)) and "<br>" not in str(words[0]):
                yield f"{share:.4f} of {n:.0f}"


def tables(page: str) -> Iterator[dict[str, list[str | None]]]:
    """Heading -> the raw numbers of a column (None where a cell is empty), of each shown table of a page."""
    for table in re.findall(r'<div class="shown">(.*?)</table>', page, flags=re.DOTALL):
        heads = [html.unescape(h) for h in re.findall(r"<th[^>]*>(.*?)</th>", table, flags=re.DOTALL)]
        rows = [
            re.findall(r"<td([^>]*)>(.*?)</td>", row, flags=re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", table)
        ]
        body = [[_raw(attributes, text) for attributes, text in row] for row in rows if len(row) == len(heads)]
        yield {head: [row[at] for row in body] for at, head in enumerate(heads)}


def _raw(attributes: str, text: str) -> str | None:
    raw = re.search(r'data-v="([^"]*)"', attributes)
    return (raw[1] if raw else html.unescape(text)) or None


def _page(path: Path) -> Iterator[str]:
    page = path.read_text(encoding="utf-8")
    for table in tables(page):
        counted = table.get("counted", [])
        for head, column in table.items():
            for at, value in enumerate(column):
                of_people = head in SHOWN_COUNTS or (head == "there are" and re.search(PEOPLE, str(counted[at])))
                if of_people and value is not None and few(float(value)):
                    yield f"{path.stem}: {head} {value}"
        for head in ("duplicates", "with a consent"):
            for share, size in zip(table.get(head, []), table.get("records", [])):
                if share is not None and size is not None:
                    part = float(share) * float(size)
                    if few(part) or few(float(size) - part):
                        yield f"{path.stem}: {head} {share} of {size}"
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    yield from (f"{path.stem}: {line}" for line in of_sentence(re.sub(r"<[^>]+>", " ", bare)))


def _differences(run: Path) -> Iterator[str]:
    """Known totals less what is shown of them: a rest of one to nine is as good as printed."""
    reported = _reported(run)

    def known(stage: str, name: str, part: str = "value") -> float:
        row = reported.get((stage, name), {})
        return math.nan if row.get("bound") and part == "value" else float(row.get(part, math.nan))

    shown = {
        "02 segments": (known("patterns", "customers"), _sizes(run, "02", "bar", "x", 0)),
        "05 pulse": (known("report", "customers"), _bars(run, "05", "customers")),
        "04 contacts": (known("campaigns", "sent_contacts"), _bars(run, "04", "contacts sent")),
        "01 certainty": (known("merging", "records"), _bars(run, "01", "records")),
        "04 reasons": (known("campaigns", "reachable_customers", "n"), _column(run, "04", "reason", "customers")),
        "01 sources": (known("merging", "records"), _column(run, "01", "source", "records")),
        "03 value": (known("affinity", "value_coverage", "n"), _hover(run, "03", "BG/NBD")),
    }
    for name, (total, parts) in shown.items():
        if parts and few(total - sum(parts)):
            yield f"{name}: {total} less {sum(parts)}"
    states = [known("patterns", f"{state}_customers") for state in ("active", "at_risk", "lost")]
    if sum(map(math.isnan, states)) == 1 and few(known("patterns", "customers") - float(np.nansum(states))):
        yield f"02 states: {states}"


def _charts(run: Path, number: str) -> Iterator[dict]:
    for path in (run / "notebooks").glob(f"{number}_*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            yield from (o["data"][PLOTLY] for o in cell.get("outputs", []) if PLOTLY in o.get("data", {}))


def _bars(run: Path, number: str, axis_title: str) -> list[float]:
    """What the bars of the chart with that axis show."""
    for chart in _charts(run, number):
        for axis in "xy":
            if chart["layout"].get(f"{axis}axis", {}).get("title", {}).get("text") == axis_title:
                return [v for t in chart["data"] if t.get("type") == "bar" for v in numbers(t.get(axis)) if v == v]
    return []


def _sizes(run: Path, number: str, kind: str, axis: str, trace: int) -> list[float]:
    """The group sizes written at the bars of the first chart that has them."""
    for chart in _charts(run, number):
        if chart["data"] and chart["data"][trace].get("type") == kind:
            found = [re.search(r"n = (\d[\d.,]*)", str(name)) for name in chart["data"][trace].get(axis) or []]
            if any(found):
                return [float(re.sub(r"\D", "", m[1])) for m in found if m]
    return []


def _hover(run: Path, number: str, name: str) -> list[float]:
    """The group sizes that the hover of a trace tells."""
    for chart in _charts(run, number):
        for trace in chart["data"]:
            if str(trace.get("name", "")).startswith(name):
                return [
                    float(re.sub(r"\D", "", m[1])) for t in trace["hovertext"] if (m := re.search(r"n = ([\d.,]+)", t))
                ]
    return []


def _column(run: Path, number: str, first: str, head: str) -> list[float]:
    """A column of the shown table whose first heading is that."""
    for path in (run / "report").glob(f"{number}_*.html"):
        for table in tables(path.read_text(encoding="utf-8")):
            if next(iter(table), "") == first and head in table:
                return [float(v) for v in table[head] if v is not None]
    return []
