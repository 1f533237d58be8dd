"""Run the benchmarks of one stage and merge their figures into ``benchmarks/results/<stage>.json``.

A benchmark is a function named like its figure that returns rows ``{name, value, low, high, n, unit, goal, peer,
peer_value, seed}``; command, commit and time are added here. Values are medians of ``n`` repeats, low and high their
smallest and largest.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
STAGES: dict[str, dict[str, str]] = {
    "workspace": {
        "make_run_seconds": "benchmarks.whole_runs",
        "cj_run_seconds": "benchmarks.whole_runs",
        "test_seconds": "benchmarks.whole_runs",
        "landing_1m_rows_seconds": "benchmarks.landing",
        "run_overhead_cpu_seconds": "benchmarks.run_overhead",
        "chart_sentence_mismatches": "benchmarks.chart_sentences",
        "safeguards_noticed_share": "benchmarks.safeguards",
        "door_leaks": "benchmarks.door",
        "as_of_differences": "benchmarks.door",
    },
    "truth": dict.fromkeys(
        (
            "policy_coverage_90",
            "learnt_null_false_share",
            "silence_null_false_share",
            "waves_coverage_90",
            "plan_demo_coverage_90",
        ),
        "benchmarks.truth",
    ),
    "trust": {
        "faults_survived_share": "benchmarks.faults",
        "tampering_found_share": "benchmarks.faults",
        "interrupt_seconds": "benchmarks.faults",
        "canary_hits": "benchmarks.leaks",
        "pseudonyms_reversed": "benchmarks.leaks",
        "small_groups_shown": "benchmarks.trust",
        "hostile_sql_effects": "benchmarks.trust",
    },
    "sources": {
        "wrong_mappings_noticed": "benchmarks.own_data",
        "wrong_mappings_false_alarms": "benchmarks.own_data",
        "guide_mapped_share": "benchmarks.own_data",
        "reconcile_error": "benchmarks.own_data",
        "landing_cpu_ratio_duckdb": "benchmarks.landing_ratio",
        "landing_10m_rows_seconds": "benchmarks.landing_ratio",
        "fuzz_silent_errors": "benchmarks.silence",
        "planted_faults_silent": "benchmarks.silence",
    },
    "merging": {
        "erasure_hits": "benchmarks.erasure",
        "linkage_f1": "benchmarks.linkage",
        "demo_linkage": "benchmarks.linkage",
        "quality_estimate_gap_points": "benchmarks.linkage",
        "splink_time_ratio": "benchmarks.linkage",
        "demo_60k_strangers": "benchmarks.linkage",
        "permission_leaks": "benchmarks.permissions",
        "over_blocked_share": "benchmarks.permissions",
    },
    "patterns": dict.fromkeys(
        ("null_false_shares", "planted_found", "experiments_against_truth", "patterns_demo"), "benchmarks.patterns"
    ),
    "demo": {"demo_100k_seconds": "benchmarks.demo", "demo_1m_gen_peak_gb": "benchmarks.demo"},
}
LATER = ("affinity", "campaigns", "people")


def main(stage: str, only: str = "") -> int:
    """Run all benchmarks of a stage, or only one."""
    if stage in LATER:
        print(f"{stage}: no benchmark yet; its figures come with the issue that deepens this stage")
        return 0
    if stage not in STAGES or (only and only not in STAGES[stage]):
        print(f"got {stage!r} {only!r}; expected one of { {s: list(b) for s, b in STAGES.items()} }")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RCOMMERCE_KEY_FILE"] = str(_known_key(Path(folder) / "key"))
        return _measure(stage, [only] if only else list(STAGES[stage]))


def _known_key(file: Path) -> Path:
    """One key for every project that is measured: draws go by pseudonym, and are to be the same each time."""
    file.touch(mode=0o600)
    file.write_text("5eed" * 16, encoding="ascii")
    return file


def _measure(stage: str, names: list[str]) -> int:
    for name in names:
        rows = getattr(importlib.import_module(STAGES[stage][name]), name)()
        merge(stage, name, rows)
        for row in rows:
            beside = f"goal {row['goal']}, peer {row['peer']}: {row['peer_value']}"
            print(f"{row['name']}: {row['value']} {row['unit']} ({beside})")
    return 0


def merge(stage: str, name: str, rows: list[dict]) -> None:
    """Replace the rows of these names, keep the others, sorted by name."""
    target = HERE / "results" / f"{stage}.json"
    old = json.loads(target.read_text(encoding="utf-8"))["figures"] if target.exists() else []
    stamp = {
        "command": f"make bench STAGE={stage} ONLY={name}",
        "commit": commit(),
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    fresh = {row["name"] for row in rows}
    kept = [row for row in old if row["name"] not in fresh]
    figures = sorted([*kept, *({**row, **stamp} for row in rows)], key=lambda row: row["name"])
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"figures": figures}, indent=1) + "\n", encoding="utf-8")


def commit() -> str:
    """Short commit of the measured code, with a mark where files other than these results differ from it."""
    short = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", ".", ":!benchmarks/results")
    return f"{short or 'unknown'}{'-dirty' if changed else ''}"


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=HERE.parent, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
