"""The first page of a report: what was analysed, what each stage found, where to read on, what stayed open."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from rcommerce_helpers.results import read_json
from rcommerce_helpers.sentences import say
from rcommerce_helpers.sentences.numbers import day
from rcommerce_helpers.sources.facts import FACTS_FILE, DataSetFacts, read_facts
from rcommerce_helpers.workspace.export import title_of
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.page import page


def write_first_page(folder: Path, stages: Iterable[tuple[str, str]], language: str) -> Path:
    """Write report/index.html of a run.

    Parameters
    ----------
    folder
        The run folder, with its pages and results.
    stages
        Stage name and notebook name, in reading order.
    language
        Of headings and labels; headlines are in the language the stages ran in.

    Returns
    -------
    Path
        The page.
    """
    found = [(notebook, _results(folder, stage)) for stage, notebook in stages]
    facts = read_facts(RunFolder(folder).landed) if (RunFolder(folder).landed / FACTS_FILE).exists() else None
    title = say("Report: {name}", language, name=facts.title if facts else folder.name)
    as_of = next((str(content["as_of"]) for _, content in found if content.get("as_of")), facts.as_of if facts else "")
    body = [f"<h1>{html.escape(title)}</h1>"]
    body += [_facts(facts, as_of, language)] if facts else []
    body += [_stage(folder, notebook, content, language) for notebook, content in found]
    body += [_skipped(found, language)]
    target = folder / "report" / "index.html"
    target.parent.mkdir(exist_ok=True)
    temporary = target.with_name(".index.html")
    temporary.write_text(page(title=title, body="\n".join(body), language=language), encoding="utf-8")
    temporary.replace(target)
    return target


def _results(folder: Path, stage: str) -> dict[str, Any]:
    path = RunFolder(folder).results_path(stage)
    return read_json(path) if path.exists() else {}


def _facts(facts: DataSetFacts, as_of: str, language: str) -> str:
    basis = facts.basis or say("per person, as the permissions table says", language)
    lines = [
        (say("Known up to", language), day(date.fromisoformat(as_of), language) if as_of else ""),
        (say("Money in", language), facts.currency),
        (say("Time zone", language), facts.time_zone),
        (say("Basis of use", language), basis),
    ]
    rows = "".join(f"<tr><th scope='row'>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in lines)
    return f"<table class='facts'><tbody>{rows}</tbody></table>"


def _stage(folder: Path, notebook: str, content: dict[str, Any], language: str) -> str:
    name = html.escape(_heading(folder / "notebooks" / f"{notebook}.ipynb"))
    headline = html.unescape(str(content.get("headline", ""))) or say("This stage has no result.", language)
    target = folder / "report" / f"{notebook}.html"
    link = (
        f"<a href='{html.escape(target.name)}'>{html.escape(say('Read on', language))}</a>" if target.exists() else ""
    )
    return f"<section class='stage'><h2>{name}</h2><p>{html.escape(headline)}</p><p>{link}</p></section>"


def _heading(executed: Path) -> str:
    """Number and title of a notebook: the number is how users refer to it."""
    number, _, words = executed.stem.partition("_")
    if not executed.exists():
        return f"{number} {words.replace('_', ' ')}"
    title = title_of(read_json(executed)["cells"], words.replace("_", " "))  # type: ignore[arg-type]
    return f"{number} · {title}"


def _skipped(found: list[tuple[str, dict[str, Any]]], language: str) -> str:
    rows = [
        f"<tr><td>{html.escape(notebook)}</td><td>{html.escape(str(row['section']))}</td>"
        f"<td>{html.escape(html.unescape(str(row['reason'])))}</td></tr>"
        for notebook, content in found
        for row in content.get("skipped", [])
    ]
    if not rows:
        return ""
    heads = [say(text, language) for text in ("Stage", "Section", "Reason")]
    head = "".join(f"<th scope='col'>{html.escape(text)}</th>" for text in heads)
    title = html.escape(say("What stayed open", language))
    return f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
