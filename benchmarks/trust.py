"""What strangers can do, counted by effects, and what a run gives away, judged apart from the gate that holds back."""

import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rcommerce_helpers.workspace.runs.data import described_data
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import RunRequest, plan_of
from rcommerce_helpers.workspace.runs.session import run_notebooks
from rcommerce_helpers.workspace.runs.stages import standard_table
from tests.trust import hostile_sql
from tests.trust.small_groups import small_groups
from tests.truth.whole_runs import run_demo

SEED = 7731
TRIES = 200
WRITTEN_SQL = 120
WORLD_SEED = 7
ROOT = Path(__file__).resolve().parents[1]
ONLINE_RETAIL = ROOT / "data" / "online_retail" / "sources.toml"


def hostile_sql_effects() -> list[dict]:
    """Two hundred texts through check or land: written ones, ones made of them, other fields, and bombs; 0 effects."""
    rng = random.Random(SEED)  # noqa: S311 - which texts are tried, no secret
    tries = [*rng.sample(hostile_sql.sql_tries(), WRITTEN_SQL), *hostile_sql.bomb_tries()]
    tries += hostile_sql.made_up((TRIES - len(tries)) // 2, SEED)
    tries += rng.sample(hostile_sql.text_tries(), TRIES - len(tries))
    found = [effect for i, one in enumerate(tries) for effect in hostile_sql.effects(one, looking=i % 3 == 0)]
    print(*found, sep="\n")
    row = {"name": "hostile_sql_effects", "value": len(found), "low": None, "high": None, "n": len(tries)}
    return [{**row, "unit": "effects", "goal": 0, "peer": "none", "peer_value": None, "seed": SEED}]


def small_groups_shown() -> list[dict]:
    """Numbers below ten people in pages, charts, tables, sentences and results of the data sets that are there."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        runs = [run_demo(root / "demo", WORLD_SEED, customers=5000)[0], _run("complete-journey", root / "cj")]
        runs += [_run(str(ONLINE_RETAIL), root / "retail")] if _has_retail() else []
        for run in runs:
            found += [f"{run.parent.parent.name} {line}" for line in small_groups(run)]
    print(*found, sep="\n")
    row = {"name": "small_groups_shown", "value": len(found), "low": None, "high": None, "n": len(runs)}
    return [{**row, "unit": "numbers", "goal": 0, "peer": "none", "peer_value": None, "seed": WORLD_SEED}]


def _has_retail() -> bool:
    return (ROOT.parent / "shared" / "data" / "online_retail_2").is_dir() and ONLINE_RETAIL.is_file()


def _run(dataset: str, root: Path) -> Path:
    """A finished run of a data set, in a folder of its own."""
    root.mkdir(parents=True, exist_ok=True)
    request = RunRequest(dataset=dataset, out=root / "runs", seed=WORLD_SEED, project=root, allow_outside=True)
    plan = plan_of(request, standard_table())
    outcome = run_notebooks(plan, described_data(dataset, allow_outside=True), Lines(), started=datetime.now(UTC))
    if outcome.exit_code:
        raise RuntimeError(f"the run ended with {outcome.exit_code}: {' '.join(outcome.errors)}")
    return outcome.folder
