"""A project folder of one's own, outside the clone: what to fill in, and where runs and decisions go."""

from __future__ import annotations

from pathlib import Path

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.workspace.project_key import KEY_FILE

TEMPLATES = Path(__file__).parent / "templates"
NOT_FOR_GIT = (KEY_FILE, "/runs/", "/exports/")
"""The key, and what names people: a project may be under version control, these may not."""


def write_project(folder: Path) -> list[Path]:
    """Make the folder with sources.toml, offers.toml, decisions/ and runs/; an existing file is never replaced.

    The key, the exports and the runs are left out of git.

    Raises
    ------
    ParamError
        The folder holds one of these files already, or is a file.
    """
    texts = {p.name: p.read_text(encoding="utf-8") for p in sorted(TEMPLATES.glob("*.toml"))}
    taken = [name for name in (*texts, "decisions") if (folder / name).exists()]
    if taken or folder.is_file():
        raise ParamError(
            str(folder),
            got=f"{', '.join(taken) or 'a file'} there already",
            expected="a new folder, or one without a project",
            do="Choose another folder",
        )
    for part in ("exports", "decisions", "runs"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    _leave_out_of_git(folder / ".gitignore")
    return [folder / name for name in (*texts, "exports", "decisions", "runs")]


def _leave_out_of_git(file: Path) -> None:
    """Add what is missing to .gitignore; what is there stays."""
    there = file.read_text(encoding="utf-8") if file.exists() else ""
    missing = [line for line in NOT_FOR_GIT if line not in there.splitlines()]
    gap = "" if there.endswith("\n") or not there else "\n"
    file.write_text(there + gap + "".join(f"{line}\n" for line in missing), encoding="utf-8")
