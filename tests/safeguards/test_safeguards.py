"""The list of removals is whole, and the runner tells a noticed removal from one that survives, on a tiny checkout."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from . import __main__ as command
from . import trials as trials_module
from .choosing import changed_since, of_rooms, room_of, sampled, touched_by
from .removals import ROOT, Removal, RemovalError, read_removals
from .trials import NO_ANCHOR, NO_TEST, NO_TRIAL, NOT_STARTED, NOTICED, SURVIVED, TOO_LONG, Limits, try_removals

REMOVALS = read_removals()
ROOMS = (
    "access", "affinity", "campaigns", "demo_world", "ground", "merging", "patterns", "plots", "relationship",
    "sentences", "sources", "statistics", "trust", "workspace",
)  # fmt: skip


def test_there_are_at_least_sixty_over_all_rooms():
    per_room = Counter(removal.room for removal in REMOVALS)
    assert len(REMOVALS) >= 60
    assert set(per_room) == set(ROOMS)
    assert min(per_room.values()) >= 3


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.name)
def test_a_removal_can_be_applied_and_its_test_is_there(removal):
    path = ROOT / removal.file
    without = removal.applied(path.read_text(encoding="utf-8"))
    assert without != path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        ast.parse(without)
    assert len(removal.promise) > 20
    file, name, *_ = removal.test.split("[")[0].split("::")
    defined = {n.name for n in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(n, ast.FunctionDef)}
    assert name in defined


def test_a_text_that_is_not_there_once_is_refused():
    removal = Removal("r", "n", "f.py", "x", "y", "promise", "test")
    assert removal.applied("a x b") == "a y b"
    for text in ("a b", "x x"):
        with pytest.raises(RemovalError, match="expected 1"):
            removal.applied(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[removal]]\nname = "a"\n', "fields"),
        (
            "".join(
                f'[[removal]]\nname = "a"\n{REST}'
                for REST in ['file="f"\ncut="c"\nput="p"\npromise="p"\ntest="t"\n'] * 2
            ),
            "named a",
        ),
    ],
)
def test_an_incomplete_or_doubled_entry_is_refused(tmp_path, text, says):
    (tmp_path / "room.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RemovalError, match=says):
        read_removals(tmp_path)


def test_rooms_of_files():
    paths = {
        "rcommerce_helpers/plots/merging.py": "plots",
        "rcommerce_helpers/statistics.py": "statistics",
        "tests/patterns/test_x.py": "patterns",
        "tests/test_statistics.py": "statistics",
        "tests/safeguards/plots.toml": "plots",
        "tests/safeguards/trials.py": "",
        "README.md": "",
        "notebooks/01_data_merging.ipynb": "",
    }
    assert {path: room_of(path) for path in paths} == paths


def test_a_changed_file_calls_up_its_room_and_the_rooms_that_test_there():
    chosen = touched_by(REMOVALS, ["rcommerce_helpers/plots/chrome.py", "README.md"])
    assert chosen == [r for r in REMOVALS if "plots" in (r.room, room_of(r.file), room_of(r.test.split("::")[0]))]
    assert {r.file for r in touched_by(REMOVALS, ["Makefile"])} == {"Makefile"}
    assert {r.room for r in of_rooms(REMOVALS, ["plots"])} == {"plots"}
    with pytest.raises(ValueError, match="plotz"):
        of_rooms(REMOVALS, ["plotz"])


def test_the_sample_rotates_with_its_seed():
    one, again, other = (sampled(REMOVALS, 8, seed) for seed in ("a", "a", "b"))
    assert one == again
    assert len(one) == len(other) == 8
    assert one != other
    seen = {r.name for seed in range(len(REMOVALS) // 2) for r in sampled(REMOVALS, 8, str(seed))}
    assert len(seen) > 0.9 * len(REMOVALS)


SHOP = """
def worth(gain, cost):
    if gain < cost:
        return 0
    return gain - cost
"""
TEST = """
from rcommerce_helpers.shop import worth


def test_nothing_is_sent_at_a_loss():
    assert worth(1, 2) == 0
    assert worth(5, 2) == 3


def test_an_easy_world():
    assert worth(5, 2) == 3


def test_that_fails_anyway():
    assert worth(5, 2) == 99
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout of one module and its tests; the module is changed and not committed."""
    for name, text in {
        "rcommerce_helpers/__init__.py": "",
        "rcommerce_helpers/shop.py": "",
        "test_shop.py": TEST,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    (tmp_path / "rcommerce_helpers" / "shop.py").write_text(SHOP, encoding="utf-8")
    return tmp_path


def removal(test: str, cut: str = "if gain < cost:", put: str = "if False:") -> Removal:
    return Removal(
        "shop", f"{test} {cut} {put}", "rcommerce_helpers/shop.py", cut, put, "a promise", f"test_shop.py::{test}"
    )


def test_each_outcome_has_its_word(checkout: Path):
    asked = [
        removal("test_nothing_is_sent_at_a_loss"),
        removal("test_an_easy_world"),
        removal("test_that_fails_anyway"),
        removal("test_nothing_is_sent_at_a_loss", cut="if loss:"),
        removal("test_nothing_is_sent_at_a_loss", put="if :"),
        removal("test_nothing_is_sent_at_a_loss", cut="def worth", put="def other"),
    ]
    before = (checkout / "rcommerce_helpers" / "shop.py").read_text()
    trials = try_removals(asked, Limits(seconds=120), root=checkout)
    outcomes = [NOTICED, SURVIVED, NO_TEST, NO_ANCHOR, NO_TRIAL, NO_TRIAL]
    assert [t.outcome for t in trials] == outcomes, [t.told for t in trials]
    assert (checkout / "rcommerce_helpers" / "shop.py").read_text() == before


def test_a_test_out_of_time_is_not_noticed(checkout: Path, monkeypatch):
    """The named test passes on the untouched copy, and without the safeguard it does not come to an end."""
    asked = removal("test_nothing_is_sent_at_a_loss")
    answers = iter([(0, f"PASSED {asked.test}\n"), (None, "")])
    monkeypatch.setattr(trials_module, "run_tests", lambda *_: next(answers))
    (trial,) = try_removals([asked], Limits(), root=checkout)
    assert trial.outcome == TOO_LONG


def test_after_its_minutes_nothing_is_started(checkout: Path):
    asked = [removal("test_nothing_is_sent_at_a_loss")]
    (trial,) = try_removals(asked, Limits(minutes=1e-9), root=checkout)
    assert trial.outcome == NOT_STARTED


def test_changed_files_are_those_since_a_commit_and_those_not_yet_known(checkout: Path):
    (checkout / "rcommerce_helpers" / "new.py").write_text("", encoding="utf-8")
    assert sorted(changed_since("HEAD", checkout)) == ["rcommerce_helpers/new.py", "rcommerce_helpers/shop.py"]
    assert changed_since("0" * 40, checkout) == ["rcommerce_helpers/new.py"]


@pytest.mark.parametrize(
    ("outcome", "code"), [(NOTICED, 0), (SURVIVED, 1), (NO_ANCHOR, 1), (NO_TEST, 1), (TOO_LONG, 1)]
)
def test_one_that_is_not_noticed_fails_the_whole(monkeypatch, capsys, outcome, code):
    from .trials import Trial

    answer = [Trial(REMOVALS[0], NOTICED), Trial(REMOVALS[1], outcome), Trial(REMOVALS[2], NOT_STARTED)]
    monkeypatch.setattr(command, "try_removals", lambda *_: answer)
    assert command.main(["--rooms", REMOVALS[0].room]) == code
    said = capsys.readouterr().out
    assert f"safeguards_noticed_share: {1.0 if code == 0 else 0.5:.3f} (n = 2 removals in 1 rooms)" in said
    assert "not started for want of time: 1" in said


def test_every_promise_about_peoples_data_has_a_removal_that_its_test_notices():
    """docs/trust.md says so of itself; a row whose tests no removal names is a claim."""
    named = {removal.test.split("::")[0] for removal in REMOVALS}
    rows = [line.split("|") for line in (ROOT / "docs" / "trust.md").read_text(encoding="utf-8").splitlines()]
    promises = [(row[1].strip(), re.findall(r"`(tests/[\w/.]+)`", row[2])) for row in rows if len(row) > 3]
    promises = [(promise, tests) for promise, tests in promises if tests]
    assert len(promises) > 25
    bare = [promise for promise, tests in promises if not any(n.startswith(t) for t in tests for n in named)]
    assert bare == []
