"""Charts and sentences of whole runs that do not speak of the same figures: both data sets, both languages."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rcommerce_helpers.workspace.agreement import mismatches, pairs_of

ROOT = Path(__file__).resolve().parents[1]
RUNS = (("demo", "en"), ("demo", "de"), ("complete-journey", "en"), ("complete-journey", "de"))


def chart_sentence_mismatches() -> list[dict]:
    """Charts looked at are n. No peer keeps what a chart draws, so none can be asked."""
    charts, found = 0, []
    for dataset, language in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            run = _run(Path(folder), dataset, language)
            charts += sum(len(pairs_of(path)) for path in (run / "notebooks").glob("*.ipynb"))
            found += [f"{dataset} {language} {line}" for line in mismatches(run)]
    print(*found, sep="\n")
    row = {"name": "chart_sentence_mismatches", "value": len(found), "low": len(found), "high": len(found), "n": charts}
    return [row | {"unit": "charts", "goal": 0, "peer": "none keeps what a chart draws", "peer_value": None, "seed": 7}]


def _run(folder: Path, dataset: str, language: str) -> Path:
    """One finished run in a folder of its own."""
    command = [str(Path(sys.executable).parent / "rcommerce"), "run", "--dataset", dataset, "--language", language]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=surroundings)
    (run,) = [p for p in (folder / "runs").iterdir() if p.is_dir() and not p.name.startswith(".")]
    return run
