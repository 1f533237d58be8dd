"""A table as it stands on the page: plain headings, numbers as the sentences write them, numbers to the right.

The table is whole without any script. Where scripts run (JupyterLab, once the output is trusted; every page of a
report) a short one adds sorting by heading and a filter over the rows. great-tables draws a fine table, but without
sorting and filter; itables brings them along with DataTables, half a megabyte in each page. These fifty lines do what
is needed, offline. A cell carries its raw number, so that sorting knows nothing of languages.
"""

from __future__ import annotations

import html
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pandas as pd

from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.results import Unit
from rcommerce_helpers.sentences import interval, label, written
from rcommerce_helpers.sentences.columns import COLUMNS, HIDDEN, cell_text, heading, withheld
from rcommerce_helpers.sentences.numbers import day, interval_words, within

STYLE = (
    ".shown{max-width:100%;overflow-x:auto;margin:.8rem 0;background:"
    "linear-gradient(90deg,#fff 40%,transparent) local,linear-gradient(-90deg,#fff 40%,transparent) 100% 0 local,"
    "radial-gradient(farthest-side at 0 50%,#5b6875aa,transparent),"
    "radial-gradient(farthest-side at 100% 50%,#5b6875aa,transparent) 100% 0;"
    "background-repeat:no-repeat;background-size:3rem 100%,3rem 100%,.9rem 100%,.9rem 100%;"
    "background-attachment:local,local,scroll,scroll}"
    ".shown table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums;margin:0}"
    ".shown th,.shown td{padding:.3rem .4rem;text-align:left;vertical-align:top}"
    ".shown thead th{white-space:normal;vertical-align:bottom;hyphens:auto}"
    ".shown td:not(.number){min-width:4rem}"
    ".shown :is(th,td):first-child{position:sticky;left:0;background:#fff;max-width:40vw}"
    "@media(max-width:600px){.shown td:not(.number):not(:first-child){min-width:9rem}}"
    ".shown .number{text-align:right}.shown td.number,.shown td.day{white-space:nowrap}"
    ".shown caption{caption-side:bottom;text-align:left;padding:.3rem .7rem;color:#5b6875}"
    ".shown button{all:unset;cursor:pointer}.shown button:focus-visible{outline:2px solid #0b5cad}"
    '.shown th[aria-sort="ascending"] button::after{content:" \\2191"}'
    '.shown th[aria-sort="descending"] button::after{content:" \\2193"}'
    ".shown input{margin:.2rem .7rem .4rem;padding:.2rem .5rem}"
)
SCRIPT = """
for (const box of document.querySelectorAll('.shown:not([data-live])')) {
  box.dataset.live = '1';
  const body = box.querySelector('tbody'), rows = Array.from(body.rows);
  const key = (row, at) => { const cell = row.cells[at], raw = cell.dataset.v;
    return raw === undefined ? cell.textContent : raw === '' ? null : Number(raw); };
  box.querySelectorAll('thead th').forEach((head, at) => {
    const button = document.createElement('button');
    button.type = 'button'; button.textContent = head.textContent; head.replaceChildren(button);
    button.addEventListener('click', () => {
      const up = head.getAttribute('aria-sort') !== 'ascending';
      box.querySelectorAll('thead th').forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      rows.sort((a, b) => { const x = key(a, at), y = key(b, at);
        if (x === null || y === null) return (x === null) - (y === null);
        return (up ? 1 : -1) * (typeof x === 'number' && typeof y === 'number' ? x - y :
          String(x).localeCompare(String(y), document.documentElement.lang || undefined)); });
      body.append(...rows);
    });
  });
  if (rows.length < 8) continue;
  const search = document.createElement('input');
  search.type = 'search'; search.placeholder = search.ariaLabel = box.querySelector('table').title;
  search.addEventListener('input', () => { const wanted = search.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted); });
  box.prepend(search);
}
"""
IN_NOTEBOOK = f"<style>{STYLE}</style><script>{SCRIPT}</script>"
"""What a table brings along in JupyterLab; a page of a report carries both once and drops it here.

A wide table scrolls within its own box: a shadow at either edge says that there is more, the first column stays.
"""

UNITS: tuple[Unit, ...] = get_args(Unit)
OF_ROW = frozenset({"value", "low", "high", "available", "used", "measured"})
"""Columns whose unit may differ from row to row: then a column ``unit`` names it, or one of its own, ``rate_unit``."""
LOW, HIGH, LEVEL = "low", "high", "interval_level"
"""Interval ends and the level they hold at: shown as one column, which says the level."""


@dataclass(frozen=True)
class Shown:
    """The rows that are shown, and how they look."""

    rows: pd.DataFrame
    page: str


def show_table(
    table: pd.DataFrame, language: str, *, currency: str, columns: Sequence[str] = (), rows: int = 10, caption: str = ""
) -> Shown:
    """Choose rows and columns of a table and write them as HTML.

    Parameters
    ----------
    table
        One row = one row of the page. A column ``unit`` says in which unit the row's numbers are.
    columns
        Names of the columns to show, in that order; empty = all.
    caption
        A line under the table, already in the language; what is left out is said by itself.
    """
    table = _leaving(table)
    part = table.head(rows)
    kept = [name for name in (columns or table.columns) if name not in HIDDEN]
    joined = {LOW, HIGH} <= set(kept) and LEVEL in table
    names = [name for name in kept if not (joined and name == HIGH)]
    hidden = [name for name in table.columns if name in HIDDEN]
    units = _units(kept, table)
    levels = tuple(sorted(part.loc[part[LOW].notna(), LEVEL].unique())) if joined else ()
    pen = _Pen(language, currency, levels)
    head = "".join(f'<th scope="col"{_class(units[name])}>{pen.heading(name)}</th>' for name in names)
    body = "".join(
        f"<tr>{''.join(pen.cell(row, name, units[name]) for name in names)}</tr>" for row in part.to_dict("records")
    )
    below = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    search = html.escape(label("filter rows", language))
    page = (
        f'<div class="shown"><table title="{search}">{below}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )
    return Shown(part[[*kept, *hidden]], page)


def _leaving(table: pd.DataFrame) -> pd.DataFrame:
    """The last net under a table whose room has not decided: columns that count people show no small number."""
    people = [name for name in table.columns if name in COLUMNS and COLUMNS[name].people]
    if "hidden" in table or not people:
        return table
    hidden = [suppress_small(table, name, totals=[])["hidden"] for name in people]
    emptied = {name: table[name].mask(why != "") for name, why in zip(people, hidden)}
    return table.assign(**emptied, hidden=pd.concat(hidden, axis=1).max(axis=1))


def _units(names: Sequence[str], table: pd.DataFrame) -> dict[str, Unit | None]:
    """Name -> unit of its numbers; None for a column of text."""
    units: dict[str, Unit | None] = {}
    before: Unit = "mean"
    for name in names:
        column = COLUMNS.get(name)
        if column is not None and column.kind == "number":
            units[name] = before = column.unit
        elif pd.api.types.is_numeric_dtype(table[name]):
            units[name] = before if column is not None and column.kind == "like" else "mean"
        else:
            units[name] = None
    return units


def _known(name: object) -> Unit | None:
    """The unit of that name."""
    return next((unit for unit in UNITS if unit == name), None)


def _class(unit: Unit | None) -> str:
    return ' class="number"' if unit else ""


@dataclass(frozen=True)
class _Pen:
    """Writes single cells in one language and currency; ``levels``: those of the intervals in a joined column."""

    language: str
    currency: str
    levels: tuple[float, ...] = ()

    def heading(self, name: str) -> str:
        if name == LOW and self.levels:
            one = interval_words(self.levels[0], self.language)
            return one if len(self.levels) == 1 else label("interval", self.language)
        return heading(name, self.language)

    def interval(self, row: dict[Hashable, Any], unit: Unit) -> str:
        """Both ends in one cell; where the rows differ in their level, the level too."""
        ends = interval(self.number(row, LOW, unit), self.number(row, HIGH, unit), self.language)
        level = f" ({written(float(row[LEVEL]), 'share', self.language)})" if len(self.levels) > 1 else ""
        text = html.escape(ends + level)
        return f'<td class="number" data-v="{float(row[LOW])!r}">{text}</td>'

    def number(self, row: dict[Hashable, Any], name: str, unit: Unit) -> str:
        """A number in its own unit, else in that of its row, else in that of its column."""
        of_row = row.get(f"{name}_unit") or (row.get("unit") if name in OF_ROW else None)
        return written(float(row[name]), _known(of_row) or unit, self.language, self.currency)

    def cell(self, row: dict[Hashable, Any], name: str, unit: Unit | None) -> str:
        value = row[name]
        if pd.isna(value):
            people = name in COLUMNS and COLUMNS[name].people
            words = withheld(str(row.get("hidden") or ""), self.language) if people or unit == "count" else ""
            return f'<td class="number" data-v="">{words}</td>' if unit else "<td></td>"
        if unit:
            if name == LOW and self.levels:
                return self.interval(row, unit)
            text = self.number(row, name, unit)
            text = f"{within(row.get('bound') or '', self.language)}{text}" if name == "value" else text
            return f'<td class="number" data-v="{float(value)!r}">{html.escape(text)}</td>'
        if isinstance(value, pd.Timestamp):
            return f'<td class="day" data-v="{value.value}">{day(value, self.language)}</td>'
        column = COLUMNS.get(name)
        kind = column.kind if column else "text"
        beside = row.get("reason_value") if kind == "reason" else row.get("kind")
        return f"<td>{cell_text(value, kind, self.language, beside=beside)}</td>"
