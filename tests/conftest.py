"""What several test files look at and nobody changes: one whole run, made once however many workers there are."""

import os
import shutil

import pytest
from known_key import KEY_TEXT
from whole_runs import made_once, shared_folder


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files of whole runs, so that no worker is left alone with one at the end; else the order stays."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def known_key(tmp_path_factory):
    """The key of every project under test, so that the people of a run bear the same names each time."""
    file = tmp_path_factory.mktemp("key") / "key"
    file.write_text(KEY_TEXT, encoding="ascii")
    file.chmod(0o600)
    os.environ["RCOMMERCE_KEY_FILE"] = str(file)


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory):
    """``whole_run(dataset)``: the finished run of a data set, made by the first test of any worker that asks."""
    shared = shared_folder(tmp_path_factory)
    return lambda dataset: made_once(shared / f"whole-{dataset}", dataset)


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser, or the reason why a test is skipped."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    return path


@pytest.fixture
def without_kernels():
    """Notebooks of this test run in its own process, as ``without_kernels.py`` says."""
    from without_kernels import no_kernels  # papermill takes seconds to import

    with no_kernels():
        yield


@pytest.fixture
def tell_of_few(monkeypatch):
    """Worlds that are counted by hand are small: here groups of fewer than ten people are told, as nowhere else."""
    monkeypatch.setattr("rcommerce_helpers.leaving.SMALLEST_GROUP", 1)
