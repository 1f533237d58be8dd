"""A project folder of one's own, outside the clone: what to fill in, and where runs and decisions go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.files import copy, owner_only
from rcommerce_helpers.sources.guide import Proposal, propose, toml_value, write_toml
from rcommerce_helpers.sources.guide.proposal import ProposedFile
from rcommerce_helpers.workspace.project_key import KEY_FILE
from rcommerce_helpers.workspace.tombstones import BESIDE

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOR_GIT = (KEY_FILE, f"{KEY_FILE}{BESIDE}", "/runs/", "/exports/")
"""The keys, and what names people: a project may be under version control, these may not."""


@dataclass(frozen=True)
class Started:
    """What was written, and what the guide says of the exports: what it knew, what a person decides, what it left."""

    written: tuple[Path, ...]
    recognised: tuple[str, ...] = ()
    decide: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def write_project(folder: Path, exports: Path | None = None, *, proposal: Proposal | None = None) -> Started:
    """Make the folder with sources.toml, offers.toml, decisions/ and runs/; an existing file is never replaced.

    The key, the exports and the runs are left out of git. With ``exports`` (a folder or a file) these are copied into
    the project, and sources.toml is what the guide proposes for them, or the ``proposal`` that a person went through.

    Raises
    ------
    ParamError
        The folder holds one of these files already, or is a file; or there are no exports at that place.
    SchemaError
        No file of the exports can be read.
    """
    if exports is not None and not exports.exists():
        raise ParamError("--from", got=f"no {exports.name!r}", expected="a folder of exports, or a file", do="Check it")
    texts = {p.name: p.read_text(encoding="utf-8") for p in sorted(TEMPLATES.glob("*.toml"))}
    taken = [name for name in (*texts, "decisions") if (folder / name).exists()]
    if taken or folder.is_file():
        raise ParamError(
            str(folder),
            got=f"{', '.join(taken) or 'a file'} there already",
            expected="a new folder, or one without a project",
            do="Choose another folder",
        )
    if proposal is None and exports is not None:
        proposal = propose(exports, folder.resolve().name)
    for part in ("exports", "decisions", "runs"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    if proposal is not None:
        texts["sources.toml"] = write_toml(proposal)
        texts["offers.toml"] = _example_that_fits(texts["offers.toml"], *proposal.best_seller)
        _copy_exports(proposal, folder / "exports")
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    _leave_out_of_git(folder / ".gitignore")
    written = tuple(folder / name for name in (*texts, "exports", "decisions", "runs"))
    if proposal is None:
        return Started(written)
    return Started(written, tuple(map(_told, proposal.files)), tuple(proposal.decide), tuple(proposal.refused))


EXAMPLE_MARGIN = 0.3
"""Share of a line's price that the example takes for its margin."""


def _example_that_fits(offers: str, category: str, price: float) -> str:
    """The template of offers with the best seller for its example, so that a first plan has something to plan."""
    if not category:
        return offers
    named = offers.replace('"Example category"', toml_value(category))
    return named.replace("margin = 5.0", f"margin = {max(price * EXAMPLE_MARGIN, 0.01):.2f}")


def _copy_exports(proposal: Proposal, target: Path) -> None:
    """Copy the files that were recognised; they name people, so that nobody else on this machine may read them."""
    with owner_only():
        for file in proposal.files:
            if file.sniffed.path.resolve() != (target / file.sniffed.path.name).resolve():
                copy(file.sniffed.path, target / file.sniffed.path.name)


def _told(file: ProposedFile) -> str:
    """One line on one file: its name, what it is taken for."""
    known = file.title or (
        f"read as {file.role}, by its columns" if file.role else "not recognised: nothing is read from it"
    )
    return f"{file.sniffed.path.name}: {known}"


def _leave_out_of_git(file: Path) -> None:
    """Add what is missing to .gitignore; what is there stays."""
    there = file.read_text(encoding="utf-8") if file.exists() else ""
    missing = [line for line in NOT_FOR_GIT if line not in there.splitlines()]
    gap = "" if there.endswith("\n") or not there else "\n"
    file.write_text(there + gap + "".join(f"{line}\n" for line in missing), encoding="utf-8")
