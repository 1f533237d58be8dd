"""A package index of made-up wheels in a folder: what pip sees instead of the network."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True)
class Release:
    """One release of a made-up package; ``extra`` is the one extra that it offers, without packages of its own."""

    name: str
    version: str
    requires: tuple[str, ...] = ()
    extra: str = ""

    @property
    def file(self) -> str:
        return f"{self.name}-{self.version}-py3-none-any.whl"

    def contents(self) -> dict[str, str]:
        """Path in the wheel -> text."""
        offered = [f"Provides-Extra: {self.extra}"] if self.extra else []
        asked = [f"Requires-Dist: {requirement}" for requirement in self.requires]
        told = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}", *offered, *asked]
        home = f"{self.name}-{self.version}.dist-info"
        return {
            f"{self.name}.py": f"VERSION = {self.version!r}\n",
            f"{home}/METADATA": "\n".join(told) + "\n",
            f"{home}/WHEEL": WHEEL,
        }


def write_index(folder: Path, releases: list[Release]) -> dict[Release, str]:
    """Write wheels and the pages that list them (simple API); returns release -> sha256 of its wheel."""
    hashes = {release: _write_wheel(folder / release.name, release) for release in releases}
    for name in {release.name for release in releases}:
        files = [release.file for release in releases if release.name == name]
        links = "".join(f'<a href="{file}">{file}</a>\n' for file in files)
        (folder / name / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>", encoding="utf-8")
    return hashes


def _write_wheel(folder: Path, release: Release) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    contents = release.contents()
    record = "".join(f"{path},sha256={_short_hash(text)},{len(text)}\n" for path, text in contents.items())
    home = f"{release.name}-{release.version}.dist-info"
    with zipfile.ZipFile(folder / release.file, "w") as wheel:
        for path, text in {**contents, f"{home}/RECORD": f"{record}{home}/RECORD,,\n"}.items():
            wheel.writestr(path, text)
    return hashlib.sha256((folder / release.file).read_bytes()).hexdigest()


def _short_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
