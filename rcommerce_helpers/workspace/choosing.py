"""The guide on a page: a drop-down for each line of the proposal, as written and as read beside it, and a button.

The headless twin is ``write_project(folder, exports)``; ``with_choices`` takes what a person picked.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

from rcommerce_helpers.errors import ParamError, RCommerceError
from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.sources import check, load_data_set
from rcommerce_helpers.sources.guide import Proposal, propose
from rcommerce_helpers.sources.guide.choices import Choice, choices, with_choices
from rcommerce_helpers.workspace.project import write_project

Picked = dict[tuple[int, str], str]


def proposal_for(exports: str) -> Proposal:
    """What the guide proposes for a folder of exports.

    Raises
    ------
    ParamError
        There is nothing at that place.
    """
    folder = Path(exports).expanduser()
    if not folder.exists():
        raise ParamError("exports", got=f"no {folder.name!r}", expected="a folder of exports, or a file", do="Check it")
    return propose(folder, folder.resolve().stem)


def told(choice: Choice) -> str:
    """As written -> as read, as a line of a page."""
    return escape(" · ".join(f"{written} → {read}" for written, read in choice.examples))


def as_table(proposal: Proposal) -> str:
    """All lines of a proposal as a table in markdown, for a page without controls."""
    lines = ["| | | | |", "|---|---|---|---|"]
    for one in choices(proposal):
        cells = (f"{one.table}.{one.column}", f"{one.file}: {one.proposed}", one.sure, told(one))
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return escape(fit_to_leave(text), quote=False).replace("|", "\\|").replace("\n", " ")


def writer(proposal: Proposal, exports: str) -> Callable[[str, Picked], str]:
    """What the button does: write the project with what was picked, and say what ``check`` says of it."""

    def write(folder: str, picked: Picked) -> str:
        try:
            if not folder.strip():
                raise ParamError("folder", got="nothing", expected="a folder to make", do="Name one")
            target = Path(folder).expanduser()
            write_project(target, Path(exports).expanduser(), proposal=with_choices(proposal, picked))
            lines = [str(target / "sources.toml"), "", *check(load_data_set(str(target))).lines()]
        except RCommerceError as error:
            lines = [str(error)]
        return f"<pre>{escape(fit_to_leave(chr(10).join(lines)))}</pre>"

    return write
