"""The lock is installed as it stands, however much newer the packages of the index have become."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
import venv
from importlib.metadata import version
from pathlib import Path

import pytest
from tiny_index import Release, write_index

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

# "walnut" asks for hazel with an extra, as pytest-cov asks for coverage[toml]. The lock was written before the 2.0s.
LOCKED = [Release("walnut", "1.0", ("hazel[oil]>=1.0", "acorn>=1.0")), Release("hazel", "1.0", extra="oil")]
LOCKED = [*LOCKED, Release("acorn", "1.0")]
NEWER = [Release("walnut", "2.0"), Release("hazel", "2.0", extra="oil"), Release("acorn", "2.0")]
HOLDS_EXTRAS_TO_HASHES = tuple(map(int, version("pip").split(".")[:2])) >= (23, 3)
STRIPPED = ["walnut", "hazel", "acorn"]
WITH_EXTRAS = ["walnut", "hazel[oil]", "acorn"]


def pip_lines(text: str) -> list[list[str]]:
    """Arguments of every call of pip in a file that set up an environment, without those that only quieten it."""
    found = [line.split("||")[0] for line in text.splitlines() if re.search(r"-m pip (install|check)", line)]
    words = [shlex.split(line.split("-m pip", 1)[1]) for line in found if "uv" not in line.split()]
    return [[word for word in its if word not in {"-qq", "--quiet"}] for its in words]


def lock_line() -> list[str]:
    (line,) = [words for words in pip_lines(MAKEFILE) if "requirements.lock" in words]
    return line


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The index and the hash of each wheel in it."""
    folder = tmp_path_factory.mktemp("index")
    return folder, write_index(folder, [*LOCKED, *NEWER])


@pytest.fixture
def project(tmp_path):
    """A folder with an empty environment in it, as `python -m venv .venv` makes it, but for pip."""
    venv.create(tmp_path / ".venv", with_pip=False)
    return tmp_path


def write_lock(project: Path, hashes: dict[Release, str], names: list[str]) -> None:
    releases = {release.name: release for release in LOCKED}
    locked = [(name, releases[name.split("[")[0]]) for name in names]
    lines = [f"{name}=={release.version} --hash=sha256:{hashes[release]}" for name, release in locked]
    (project / "requirements.lock").write_text("\n".join(lines) + "\n", encoding="utf-8")


def pip(project: Path, index: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    """Call pip for the project's environment; nothing of this machine's settings, no index but ours, no network."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    ours |= {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index.as_uri(), "PIP_NO_CACHE_DIR": "1"}
    ours |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    call = [sys.executable, "-m", "pip", "--python", str(project / ".venv"), *words]
    return subprocess.run(call, cwd=project, env=ours, capture_output=True, text=True, timeout=120, check=False)


def installed(project: Path) -> dict[str, str]:
    homes = (project / ".venv").rglob("*.dist-info")
    return dict(home.name.removesuffix(".dist-info").split("-") for home in homes)


@pytest.mark.parametrize("names", [STRIPPED, WITH_EXTRAS], ids=["extras stripped", "extras written"])
def test_the_locked_releases_are_installed_though_newer_ones_are_there(project, index, names):
    folder, hashes = index
    write_lock(project, hashes, names)
    ended = pip(project, folder, lock_line())
    assert ended.returncode == 0, ended.stderr
    assert installed(project) == {"walnut": "1.0", "hazel": "1.0", "acorn": "1.0"}
    assert pip(project, folder, ["check"]).returncode == 0


def test_bytecode_is_written_at_installation_even_where_python_is_told_not_to(project, index, monkeypatch):
    folder, hashes = index
    write_lock(project, hashes, STRIPPED)
    monkeypatch.setenv("PIP_NO_COMPILE", "1")
    assert pip(project, folder, lock_line()).returncode == 0
    assert list((project / ".venv").rglob("__pycache__/walnut.*.pyc"))


def test_with_a_resolver_the_same_lock_breaks(project, index):
    """What the Makefile did until November 2026: the fault that the tests above notice where pip is older than 23.3.

    Python 3.11 brings such a pip; later ones hold an extra to the hash of its package.
    """
    folder, hashes = index
    write_lock(project, hashes, STRIPPED)
    ended = pip(project, folder, [word for word in lock_line() if word != "--no-deps"])
    if HOLDS_EXTRAS_TO_HASHES:
        assert installed(project)["hazel"] == "1.0"
    else:
        assert ended.returncode != 0
        assert "hazel" in ended.stderr
        assert installed(project) == {}


def test_a_wheel_that_is_not_the_locked_one_is_refused(project, index):
    folder, hashes = index
    write_lock(project, {**hashes, LOCKED[1]: "0" * 64}, STRIPPED)
    ended = pip(project, folder, lock_line())
    assert ended.returncode != 0
    assert "hazel" in ended.stderr
    assert installed(project) == {}


def test_a_lock_without_hashes_is_refused(project, index):
    """One hash makes pip ask for all of them; where there is none, our own word must."""
    folder, hashes = index
    write_lock(project, hashes, STRIPPED)
    lock = project / "requirements.lock"
    lock.write_text(re.sub(r" --hash=\S+", "", lock.read_text(encoding="utf-8")), encoding="utf-8")
    ended = pip(project, folder, lock_line())
    assert ended.returncode != 0
    assert installed(project) == {}


def test_a_lock_that_lacks_a_package_is_noticed_by_the_check_that_follows(project, index):
    folder, hashes = index
    assert ["check"] in pip_lines(MAKEFILE)
    write_lock(project, hashes, ["walnut", "acorn"])
    assert pip(project, folder, lock_line()).returncode == 0
    checked = pip(project, folder, ["check"])
    assert checked.returncode != 0
    assert "hazel" in checked.stdout


def test_readme_sets_up_as_the_makefile_does():
    (recipe,) = re.findall(r"^\.venv/ready:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    lines = pip_lines(recipe)
    assert len(lines) == 3
    assert pip_lines(README) == [*lines, *lines]  # Windows, then conda


def test_conda_gets_python_and_pip_only():
    listed = (ROOT / "environment.yml").read_text(encoding="utf-8").split("dependencies:")[1].split()
    assert [word for word in listed if word != "-"] == ["python=3.12", "pip"]


def test_the_lock_holds_all_that_is_declared_with_hashes_and_without_addresses():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*declared["dependencies"], *declared["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in asked}
    entries = re.split(r"\n(?=[a-z0-9])", LOCK.strip())
    locked = {re.split(r"[\[=]", entry)[0] for entry in entries}
    assert names - locked == set()
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in LOCK


def test_the_lock_names_the_extras_that_are_asked_for():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert [name for name in declared if "[" in name]
    for requirement in declared:
        name = re.split(r"[<>=~! ]", requirement)[0]
        assert "[" not in name or f"\n{name}==" in LOCK
