"""The judge of licences; the bill of materials itself is made and judged by ``make sbom``."""

import pytest
from licences import refused, said_of


def component(*licences: str, name: str = "x", text: str = "") -> dict:
    entries = [{"license": {"name": licence}} for licence in licences]
    return {"name": name, "version": "1", "licenses": [*entries, *([{"license": {
        "name": "declared license of 'x'", "text": {"content": text}}}] if text else [])]}  # fmt: skip


@pytest.mark.parametrize(
    "licence",
    ["GPL-3.0-only", "AGPL-3.0", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)", "SSPL-1.0",
     "Elastic-2.0", "BUSL-1.1", "Proprietary", "CC-BY-NC-4.0", "MIT AND GPL-2.0-only", ""],
)  # fmt: skip
def test_a_licence_that_binds_users_or_forbids_a_use_is_refused(licence):
    assert refused({"components": [component(*[licence] * bool(licence))]})


@pytest.mark.parametrize(
    "licence", ["MIT", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "LGPL-3.0-or-later", "MIT OR GPL-2.0-only", "PSF-2.0"]
)
def test_other_licences_are_taken(licence):
    assert refused({"components": [component(licence)]}) == []


def test_a_text_speaks_where_no_name_does():
    assert refused({"components": [component(text="Apache License, Version 2.0")]}) == []
    assert refused({"components": [component(text="GNU GENERAL PUBLIC LICENSE Version 3")]}) != []
    assert said_of(component("MIT", text="anything")) == ["MIT"]


def test_a_package_without_a_word_is_refused_but_we_ourselves_are_not():
    assert refused({"components": [component()]}) == ["x 1: no licence"]
    assert refused({"components": [component(name="rcommerce-helpers")]}) == []
