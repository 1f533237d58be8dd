"""What is left of somebody who was forgotten: canaries in any file of runs, decisions, models and copies."""

import os
import tempfile
from pathlib import Path

from rcommerce_helpers.workspace.rights.forgetting import forget
from tests.trust.one_person import CANARIES, MAIL, hits, run_firm, write_decisions, write_firm

EXPORTS = ("firm/",)


def erasure_hits() -> list[dict]:
    """A small firm, two runs (all stages; merging once more), one person forgotten; n = files.

    Beside it what was found before, so that nothing left means something.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        os.environ["RCOMMERCE_KEY_FILE"] = str(root / "key")
        write_firm(root / "firm")
        write_decisions(root)
        outcomes = [run_firm(root, stages=()), run_firm(root, fresh=True)]
        if any(outcome.exit_code for outcome in outcomes):
            raise RuntimeError("a run failed")
        before = hits(root, but=EXPORTS)
        if {kind for _, kind, _ in before} != set(CANARIES):
            raise RuntimeError("not every kind of canary was there to be found")
        forget(root / "runs", MAIL, root, yes=True)
        found = hits(root, but=EXPORTS)
        files = sum(path.is_file() for path in root.rglob("*"))
    print(*found, sep="\n")
    row = {
        "name": "erasure_hits",
        "value": len(found),
        "low": None,
        "high": None,
        "n": files,
        "unit": "files and kinds",
    }
    return [{**row, "goal": 0, "peer": "before", "peer_value": len(before), "seed": None}]
