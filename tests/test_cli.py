"""The command line: one message and the right exit code, nothing written where the request is wrong."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rcommerce_helpers import cli
from rcommerce_helpers.errors import BrokenExpectation, NotPermitted
from rcommerce_helpers.results import write_json
from rcommerce_helpers.workspace.lab import lab_command
from rcommerce_helpers.workspace.runs.manifest import Manifest, Step
from rcommerce_helpers.workspace.runs.seal import seal

ROOT = Path(__file__).resolve().parents[1]
SOURCES = """
[data_set]
name = "tiny"
title = "Tiny shop"
as_of = 2024-06-30
currency = "EUR"
time_zone = "Europe/Berlin"
tax = "included"

[files.orders]
path = "orders.csv"

[tables.orders]
from = "orders"
source = "shop"
columns.order_id = "no"
columns.record_id = "customer"
columns.at = "at"

[tables.order_lines]
from = "orders"
columns.order_id = "no"
columns.product_id = "article"
columns.quantity = "quantity"
columns.amount = "amount"
"""


@pytest.fixture
def rcommerce(monkeypatch, capsys, tmp_path):
    """Call the command line in an empty folder: exit code, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RCOMMERCE_DEBUG", raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["rcommerce", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


def write_tiny(folder: Path, text: str = SOURCES, rows: str = "1,c1,2024-06-01 10:00,a,1,2.50\n") -> Path:
    (folder / "orders.csv").write_text("no,customer,at,article,quantity,amount\n" + rows, encoding="utf-8")
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return folder / "sources.toml"


def a_run(out: Path, name: str, *, buyers: float, extra: str = "", status: str = "done") -> None:
    manifest = Manifest(run=name, dataset="tiny", started_at=f"2026-11-22T12:00:0{name[-1]}+00:00", status=status)
    manifest.steps["land"] = Step("land", "done", "f", reused_from="earlier")
    row = {"stage": "s", "name": "buyers", "value": buyers, "low": buyers - 1, "high": buyers + 1, "n": 9, "unit": ""}
    more = [row | {"name": extra, "low": None, "high": None}] if extra else []
    same = row | {"name": "shops", "value": 1.0, "low": None, "high": None}
    write_json(out / name / "results.json", {"figures": [row, same, *more]})
    seal(out / name, manifest)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "afinity"], "Did you mean affinity?"),
        (["run", "--set", "affinity.horizn_days=3"], "Did you mean horizon_days?"),
        (["run", "--set", "affinity.horizon_days=soon"], "expected int"),
        (["run", "--set", "horizon_days"], "stage.name=value"),
        (["run", "--language", "fr"], "one of en, de"),
        (["run", "--as-of", "yesterday"], "a day such as 2017-12-31"),
        (["run", "--as-of", "2024-W20-1"], "a day such as 2017-12-31"),
        (["run", "--as-of", "20240620"], "a day such as 2017-12-31"),
        (["run", "--timeout", "0"], "at least 1 second"),
        (["run", "--dataset", "complete-jorney"], "complete-journey"),
        (["run", "--dataset", "missing/sources.toml"], "sources.toml"),
        (["run", "--seed", "-1"], "from 0 to"),
        (["check", "nothing.toml"], "nothing.toml"),
        (["report"], "See `rcommerce list`"),
        (["diff", "a", "b"], "See `rcommerce list`"),
        (["runn"], "No such command"),
        (["run", "--timeout", "soon"], "valid integer"),
    ],
)
def test_wrong_input_is_exit_2_one_message_and_nothing_written(rcommerce, tmp_path, arguments, said):
    code, out, err = rcommerce(*arguments)
    assert code == 2
    assert said in err
    assert out == ""
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[files.orders]", "[files.order]"), "order"),
        (("columns.quantity", "columns.quantitty"), "quantity"),
        (('path = "orders.csv"', 'path = "order.csv"'), "orders.csv"),
        (('columns.amount = "amount"', 'columns.amount = "amont"'), "amount"),
        (('columns.at = "at"', 'columns.at = "at"\ncolumns.at = "no"'), "once per table"),
        (('path = "orders.csv"', 'path = "orders.csv"\nencoding = "utf-16"'), "orders"),
    ],
)
def test_wrong_description_of_the_data_leaves_nothing(rcommerce, tmp_path, change, said):
    path = write_tiny(tmp_path, SOURCES.replace(*change, 1))
    code, _, err = rcommerce("run", "--dataset", str(path))
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["orders.csv", "sources.toml"]


def test_broken_promise_of_the_data_is_exit_4_and_leaves_nothing(rcommerce, tmp_path):
    path = write_tiny(tmp_path, SOURCES + "\n[expect]\nrows_min = { orders = 100 }\n")
    code, _, err = rcommerce("run", "--dataset", str(path))
    assert code == 4
    assert "100" in err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("as_of", ["2024-05-31", "2024-07-01", "1999-01-01"])
def test_a_last_day_outside_the_data_is_exit_2_names_their_span_and_leaves_nothing(rcommerce, tmp_path, as_of):
    path = write_tiny(tmp_path)
    code, out, err = rcommerce("run", "--dataset", str(path), "--as-of", as_of)
    assert code == 2
    assert as_of in err
    assert "data from 2024-06-01 to 2024-06-30" in err
    assert "Report:" not in out
    assert not (tmp_path / "runs").exists()


def test_version_is_that_of_the_package_of_the_project_and_of_the_changelog(rcommerce):
    code, out, _ = rcommerce("--version")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    released = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert (code, out) == (0, f"rcommerce {project['version']}\n")
    assert released[0] == project["version"]


def test_the_package_can_be_called_by_its_name(tmp_path):
    call = [sys.executable, "-m", "rcommerce_helpers", "--version"]
    ended = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("rcommerce ")


def test_the_shell_completes_commands_and_options(rcommerce, monkeypatch):
    monkeypatch.setenv("_RCOMMERCE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_CWORD", "1")
    monkeypatch.setenv("COMP_WORDS", "rcommerce de")
    assert rcommerce()[1].split() == ["demo"]
    monkeypatch.setenv("COMP_CWORD", "2")
    monkeypatch.setenv("COMP_WORDS", "rcommerce run --as")
    assert rcommerce()[1].split() == ["--as-of"]


def test_empty_file_is_said(rcommerce, tmp_path):
    path = write_tiny(tmp_path)
    (tmp_path / "orders.csv").write_bytes(b"")
    code, _, err = rcommerce("run", "--dataset", str(path))
    assert code == 2
    assert "orders" in err
    assert not (tmp_path / "runs").exists()


def test_check_counts_what_would_land(rcommerce, tmp_path):
    code, out, _ = rcommerce("check", str(write_tiny(tmp_path)))
    assert code == 0
    assert "order_lines" in out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["orders.csv", "sources.toml"]


def test_new_project_can_be_filled_in_and_is_never_overwritten(rcommerce, tmp_path):
    from rcommerce_helpers.campaigns.offers import read_offers
    from rcommerce_helpers.sources import load_data_set

    code, out, _ = rcommerce("new", "mine")
    assert code == 0
    assert "rcommerce check" in out
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == [
        ".gitignore",
        "decisions",
        "exports",
        "offers.toml",
        "runs",
        "sources.toml",
    ]
    assert load_data_set(str(tmp_path / "mine")).name == "my-shop"
    assert read_offers(tmp_path / "mine" / "offers.toml").budget.amount == 100.0
    (tmp_path / "mine" / "sources.toml").write_text("my work", encoding="utf-8")
    code, _, err = rcommerce("new", "mine")
    assert code == 2
    assert "there already" in err
    assert (tmp_path / "mine" / "sources.toml").read_text(encoding="utf-8") == "my work"


def test_list_shows_newest_first_and_says_when_there_is_none(rcommerce, tmp_path):
    assert "No run in runs/ yet" in rcommerce("list")[1]
    a_run(tmp_path / "runs", "run-1", buyers=1)
    a_run(tmp_path / "runs", "run-2", buyers=1, status="failed")
    first, second = rcommerce("list")[1].splitlines()
    assert first.split()[:3] == ["run-2", "failed", "tiny"]
    assert second.split()[:3] == ["run-1", "done", "tiny"]
    assert "1 reused" in first


def test_diff_names_changed_added_and_gone_figures(rcommerce, tmp_path):
    a_run(tmp_path / "runs", "run-1", buyers=10, extra="old")
    a_run(tmp_path / "runs", "run-2", buyers=20, extra="new")
    code, out, _ = rcommerce("diff", "run-1", "run-2")
    assert code == 0
    assert (
        out.splitlines()
        == [
            "changed  s.buyers: 10 [9, 11] (n 9) -> 20 [19, 21] (n 9), intervals apart",
            "added    s.new: 20 (n 9)",
            "gone     s.old: 10 (n 9)",
            "1 figures are the same.",
        ]
        or "intervals apart" in out
    )


def test_ambiguous_beginning_of_a_name_is_refused(rcommerce, tmp_path):
    a_run(tmp_path / "runs", "run-1", buyers=1)
    a_run(tmp_path / "runs", "run-2", buyers=1)
    code, _, err = rcommerce("diff", "run", "run-2")
    assert code == 2
    assert "fits 2 runs" in err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BrokenExpectation("x", got="1", expected="2", do="Ask"), 4),
        (NotPermitted("x", got="1", expected="2", do="Ask"), 2),
        (KeyboardInterrupt(), 130),
        (FileNotFoundError(2, "No such file or directory", "x.csv"), 2),
        (SystemExit(3), 3),
        (RuntimeError("a fault of ours"), 1),
        (SystemExit(None), 0),
    ],
)
def test_errors_become_their_exit_code(error, code, monkeypatch):
    def fail() -> None:
        raise error

    monkeypatch.delenv("RCOMMERCE_DEBUG", raising=False)
    assert cli._guarded(fail) == code


def test_debugging_shows_the_traceback(monkeypatch):
    def fail() -> None:
        raise NotPermitted("x", got="1", expected="2", do="Ask")

    monkeypatch.setenv("RCOMMERCE_DEBUG", "1")
    with pytest.raises(NotPermitted):
        cli._guarded(fail)


def test_lab_listens_on_this_machine_only_and_keeps_its_token():
    command = lab_command(8888)
    assert "--ip=127.0.0.1" in command
    assert not any("token" in part or "password" in part or "allow" in part for part in command)
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command


def test_help_does_not_load_the_heavy_libraries():
    code = (
        "import sys; import rcommerce_helpers.cli; "
        "print([m for m in ('pandas', 'numpy', 'plotly', 'papermill', 'sklearn', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_forgetting_and_access_name_what_fits_nobody_and_change_nothing(rcommerce, tmp_path):
    code, _, complaint = rcommerce("forget", "nobody@web.de")
    assert (code, list(tmp_path.iterdir())) == (2, [])
    assert "fits nobody" in complaint
    assert "nobody@web.de" not in complaint
    assert rcommerce("access", "nobody@web.de", "--to", "answer")[0] == 2
    assert list(tmp_path.iterdir()) == []
