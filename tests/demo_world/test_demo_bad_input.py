"""Sizes and folders that cannot be: said before anything is written."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from rcommerce_helpers.demo_world import world, write_demo
from rcommerce_helpers.errors import ParamError, Surroundings


@pytest.mark.parametrize("customers", [0, -5, 99, 10**9, True, "5000"])
def test_a_size_that_is_none_is_refused(tmp_path: Path, customers: object) -> None:
    with pytest.raises(ParamError, match="customers"):
        write_demo(customers, 1, tmp_path / "world")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", [-1, 2**31, 1.5])
def test_a_seed_that_is_none_is_refused(tmp_path: Path, seed: object) -> None:
    with pytest.raises(ParamError, match="seed"):
        write_demo(200, seed, tmp_path / "world")  # type: ignore[arg-type]


def test_a_world_larger_than_the_disk_is_refused_before_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    with pytest.raises(Surroundings, match="GB"):
        write_demo(1_000_000, 1, tmp_path / "world")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_refused_unless_told(tmp_path: Path) -> None:
    first = write_demo(150, 1, tmp_path / "world")
    with pytest.raises(ParamError, match="exists"):
        write_demo(150, 2, tmp_path / "world")
    before = first.sources.read_text(encoding="utf-8")
    again = write_demo(150, 2, tmp_path / "world", overwrite=True)
    assert again.rows != first.rows
    assert again.sources.read_text(encoding="utf-8") != "" != before
    assert [p.name for p in tmp_path.iterdir()] == ["world"]


def test_somebody_elses_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "holiday.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(ParamError, match="no demo world"):
        write_demo(150, 1, tmp_path / "photos", overwrite=True)
    assert (tmp_path / "photos" / "holiday.txt").exists()


def test_an_unwritable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ParamError, match="not writable"):
        write_demo(150, 1, tmp_path / "world")


def test_a_path_through_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ParamError, match="out"):
        write_demo(150, 1, tmp_path / "file" / "world")


def test_an_interrupted_generation_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(world, "write_truth", stop)
    with pytest.raises(KeyboardInterrupt):
        write_demo(150, 1, tmp_path / "world")
    assert list(tmp_path.iterdir()) == []


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_the_same_seed_gives_the_same_world_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("one", 4), ("two", 4), ("three", 5)):
        write_demo(300, seed, tmp_path / name)
    assert _digest(tmp_path / "one") == _digest(tmp_path / "two")
    assert _digest(tmp_path / "one") != _digest(tmp_path / "three")
