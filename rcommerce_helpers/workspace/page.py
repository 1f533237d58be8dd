"""The frame of every page of a report: head, policy, style, scripts."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence

from rcommerce_helpers.leaving import fit_to_leave

STYLE = """
:root { color-scheme: light; --ink: #1c2733; --soft: #5b6875; --line: #dfe4ea; --tint: #f5f7f9; --link: #0b5cad; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; color: var(--ink); background: #fff;
  font: 1rem/1.6 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: .5rem 0 1rem; } h2 { font-size: 1.35rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1.1rem; } p, li { max-width: 46rem; } a { color: var(--link); }
table { border-collapse: collapse; margin: .8rem 0; font-size: .92rem; font-variant-numeric: tabular-nums; }
table:not(.shown table) { display: block; overflow-x: auto; max-width: 100%; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
pre { background: var(--tint); padding: .7rem .9rem; overflow-x: auto; font-size: .85rem; line-height: 1.45; }
code { font-size: .9em; } blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 4px solid var(--line); }
details.code { margin: .4rem 0; color: var(--soft); } details.code summary { cursor: pointer; font-size: .8rem; }
.chart { width: 100%; margin: .6rem 0; } .note, .facts { color: var(--soft); } img { max-width: 100%; }
nav { display: flex; justify-content: space-between; font-size: .9rem; border-bottom: 1px solid var(--line);
  padding-bottom: .5rem; gap: 1rem; } .stage { border-top: 1px solid var(--line); padding: .4rem 0 1rem; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } details.code, nav { display: none; }
  .chart, table, figure { break-inside: avoid; } h2, h3 { break-after: avoid; } a { color: inherit; } }
"""


def page(
    *, title: str, body: str, language: str, scripts: Sequence[str] = (), style: str = STYLE, private: bool = False
) -> str:
    """A whole page. ``title`` is plain text; ``body`` is HTML; ``scripts`` are the only ones that may run.

    ``private``: for the eyes of the one person it tells of, so that nothing in it is masked.

    The policy names the scripts by their hashes and allows nothing to be loaded, so the page works, and stays silent,
    from a memory stick.
    """
    if not private:
        title, body = fit_to_leave(title), fit_to_leave(body)
    hashes = " ".join(f"'sha256-{_sha(script)}'" for script in scripts) or "'none'"
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{html.escape(language)}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            '<link rel="icon" href="data:,">',
            f"<title>{html.escape(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            f"<body>\n{body}",
            *(f"<script>{script}</script>" for script in scripts),
            "</body>",
            "</html>",
            "",
        ]
    )


def _sha(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
