"""Takes every number out of executed notebooks and looks it up in what the run left behind as data."""

import html
import json
import math
import re
from pathlib import Path

import pandas as pd

NUMBER = re.compile(r"(?<![\w.,&#-])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]\d+)?(?=[\s%).,;:·/\"'€$£<|*-]|$)(%?)")


def printed(notebook: Path) -> list[tuple[str, str]]:
    """(kind, text) of each spoken sentence ("told") and each shown table ("shown") of an executed notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [o.get("data", {}) for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
    told = [("told", "".join(d["text/markdown"])) for d in outputs if "text/markdown" in d]
    tables = ["".join(d["text/html"]) for d in outputs if "text/html" in d]
    bare = [re.sub(r"<(style|script)>.*?</\1>", "", table, flags=re.DOTALL) for table in tables]
    shown = [("shown", re.sub(r"<[^>]+>", " ", table)) for table in bare]
    return [(kind, html.unescape(text)) for kind, text in told + shown]


def numbers(text: str) -> list[str]:
    """The numbers of a text as printed: '2,469', '23.3%'; parts of names, dates and identifiers are none."""
    bare = re.sub(r"\d{4}-\d{2}-\d{2}|\d{1,2} [A-Z][a-z]{2} \d{4}|\d{1,2}:\d{2}(?::\d{2})?", " ", text)
    return [m.group() for m in NUMBER.finditer(bare)]


def known_values(run: Path) -> list[float]:
    """All values, interval ends and counts that the run registered."""
    values: list[float] = []
    for path in (run / "results").glob("*.json"):
        for figure in json.loads(path.read_text(encoding="utf-8"))["figures"]:
            values += [figure[k] for k in ("value", "low", "high", "n", "level") if figure[k] is not None]
            values += [math.exp(figure["value"])] if figure["unit"] == "log_error" else []
    return values


def shown_values(run: Path) -> list[float]:
    """All numbers in the tables that were shown, in number columns and inside text."""
    values: list[float] = []
    for path in (run / "tables").glob("shown_*.parquet"):
        for _, column in pd.read_parquet(path).items():
            if pd.api.types.is_numeric_dtype(column):
                values += column.dropna().astype(float).to_list()
            else:
                values += [as_number(t)[0] for text in column.dropna() for t in numbers(str(text))]
    return values


def as_number(token: str) -> tuple[float, float]:
    """The value of a printed number and half a unit of its last digit."""
    bare = token.rstrip("%").replace(",", "").replace("−", "-")
    exponent = int(bare.split("e")[1]) if "e" in bare else 0
    digits = len(bare.split("e")[0].split(".")[1]) if "." in bare else 0
    return float(bare), 0.5 * 10.0 ** (exponent - digits) * (1 + 1e-6)


def is_known(token: str, values: list[float]) -> bool:
    """Whether a registered value, or a hundred times a share, prints as this number."""
    number, half = as_number(token)
    scales = (100.0,) if token.endswith("%") else (1.0, 100.0)
    return any(abs(abs(v) * s - abs(number)) <= half for v in values for s in scales)


def unknown_numbers(run: Path, notebook: Path, *, spoken_only: bool = False) -> list[str]:
    """Numbers a notebook printed that the run does not know: an empty list is what the house rule asks for."""
    figures, shown = known_values(run), shown_values(run)
    missing = []
    for kind, text in printed(notebook):
        if text.startswith(("Data set", "| parameter", "*Skipped")) or (spoken_only and kind != "told"):
            continue
        pool = figures if kind == "told" else figures + shown
        missing += [f"{kind}: {t} in {text.strip()[:90]!r}" for t in numbers(text) if not is_known(t, pool)]
    return missing
