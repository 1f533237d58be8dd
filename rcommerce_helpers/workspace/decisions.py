"""What people decided on one data set: ``decisions/<name>/`` with corrections, who is the same person, and ids.

The name is that of the data set in its sources.toml: it goes along where a project is moved, and forgetting knows data
sets by it. Record numbers of two systems may be the same, so what is decided on one data set says nothing of another;
two data sets of one project may therefore not have one name. The list of forgotten people alone is the project's.
"""

from __future__ import annotations

from pathlib import Path

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.merging.by_hand import FILE as IDENTITY
from rcommerce_helpers.merging.corrections import FILE as CORRECTIONS
from rcommerce_helpers.merging.ids import FILE as IDS
from rcommerce_helpers.sources.facts import FACTS_FILE, read_facts
from rcommerce_helpers.sources.public import public_data_sets
from rcommerce_helpers.workspace.data_sets import DEMO, data_set_id
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.manifest import Manifest, runs_in
from rcommerce_helpers.workspace.tombstones import DECISIONS

OF_A_DATA_SET = (CORRECTIONS, IDENTITY, IDS)


def decisions_of(project: Path, name: str) -> Path:
    """Folder of the decisions on the data set of that name; it need not be there.

    Raises
    ------
    ParamError
        Decisions lie where those of all data sets of a project lay once: nobody can say which one they are about.
    """
    place = project / DECISIONS
    for file in OF_A_DATA_SET:
        if (place / file).exists():
            do = "Move it into the folder of the data set that it is about"
            if file == IDS:
                do = "Move it there if this data set alone was run here; else remove it, and customers are named anew"
            raise ParamError(
                f"{DECISIONS}/{file}",
                got="decisions that do not say on which data set",
                expected=f"them in {DECISIONS}/{name}/",
                do=do,
            )
    return place / name


def check_name(out: Path, project: Path, data_set: str, name: str, *, within: bool = True) -> None:
    """Refuse a name under which other decisions lie.

    Parameters
    ----------
    out
        Folder of the runs.
    data_set
        What the data set is known by; ``name``: what its sources.toml calls it.
    within
        Whether it lies in the project. Then one outside is no other one: a project that was copied still names it.

    Raises
    ------
    ParamError
        Another data set of the project bears the name, or this one bore another and its decisions lie under that.
    """
    runs = [(_name_in(folder), manifest) for folder, manifest in runs_in(out, unfinished=True)]
    for its_name, manifest in runs:
        if its_name == name and manifest.data_set != data_set and _is_there(project, manifest, within=within):
            raise ParamError(
                f"data set {name}",
                got=f"the name of another data set of this project ({manifest.dataset})",
                expected="a name of its own, under which its decisions lie",
                do="Change name in [data_set] of one of them",
            )
    before = next((its_name for its_name, manifest in runs if its_name and manifest.data_set == data_set), name)
    old, new = decisions_of(project, before), decisions_of(project, name)
    if before != name and old.is_dir() and not new.is_dir():
        raise ParamError(
            f"data set {name}",
            got=f"another name than in its last run, and decisions under that one ({before})",
            expected=f"them in {DECISIONS}/{name}/",
            do=f"Rename {DECISIONS}/{before}",
        )


def _name_in(folder: Path) -> str:
    landed = RunFolder(folder).landed
    return read_facts(landed).name if (landed / FACTS_FILE).exists() else ""


def _is_there(project: Path, manifest: Manifest, *, within: bool) -> bool:
    """Whether the data set of a run is still where it was; one that moved along with its project is not another."""
    if manifest.dataset == DEMO or manifest.dataset in public_data_sets():
        return True
    place = project / manifest.dataset
    if not place.exists() or (within and not is_within(place, project)):
        return False
    return data_set_id(manifest.dataset, project) == manifest.data_set


def is_within(place: Path, project: Path) -> bool:
    """Whether a file lies in the project, links followed."""
    return place.resolve().is_relative_to(project.resolve())
