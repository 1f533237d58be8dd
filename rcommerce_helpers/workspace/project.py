"""A project folder of one's own, outside the clone: what to fill in, and where runs and decisions go."""

from __future__ import annotations

from pathlib import Path

from rcommerce_helpers.errors import ParamError

TEMPLATES = Path(__file__).parent / "templates"


def write_project(folder: Path) -> list[Path]:
    """Make the folder with sources.toml, offers.toml, decisions/ and runs/; an existing file is never replaced.

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
    return [folder / name for name in (*texts, "exports", "decisions", "runs")]
