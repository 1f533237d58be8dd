"""Exports of known systems are found by their headers and land to the cent; the samples are our own."""

from collections import Counter

import pytest
from firm_samples import SAMPLES

from rcommerce_helpers.schema import STOPS
from rcommerce_helpers.sources import check, land, load_data_set
from rcommerce_helpers.sources.landed import has_landed, read_landed
from rcommerce_helpers.sources.presets import all_presets
from rcommerce_helpers.workspace.project import write_project


@pytest.fixture(scope="module", params=SAMPLES)
def taken_in(request, tmp_path_factory):
    """One sample as a project: what it must give, the project, where it landed, the landing and the check."""
    folder = tmp_path_factory.mktemp(request.param)
    sample = SAMPLES[request.param]()
    (folder / "given").mkdir()
    for name, content in sample.files.items():
        (folder / "given" / name).write_bytes(content)
    started = write_project(folder / "shop", folder / "given")
    data_set = load_data_set(str(folder / "shop"))
    report = land(data_set, folder / "landed")
    return sample, started, data_set, folder / "landed", report, check(data_set)


def test_each_file_is_known_by_its_header(taken_in):
    sample, started, *_ = taken_in
    titles = {preset.title for preset in all_presets() if preset.name in sample.presets}
    assert len(titles) == len(sample.presets)
    told = dict(line.split(": ", 1) for line in started.recognised)
    assert set(told) == set(sample.files)
    assert set(told.values()) == titles


def test_every_row_lands(taken_in):
    sample, *_, report, _ = taken_in
    assert report.quarantine.empty, report.quarantine.head().to_string()
    counts = report.facts.counts
    assert {name: count.landed for name, count in counts.items()} == dict(sample.landed)
    aside = Counter()
    for count in counts.values():
        aside.update(count.set_aside)
    assert {rule: n for rule, n in aside.items() if n} == dict(sample.aside)


def test_net_is_the_truth_to_the_cent(taken_in):
    sample, *_, checked = taken_in
    net = checked.bridge.set_index("step")["amount"].get("net")
    assert (None if net is None else round(net * 100)) == sample.net


def test_documents_are_what_the_system_says_they_are(taken_in):
    sample, _, _, landed, *_ = taken_in
    if sample.kinds:
        orders = read_landed(landed, "orders")
        assert dict(Counter(zip(orders["kind"], orders["status"]))) == dict(sample.kinds)


def test_each_yes_and_no_arrives_and_no_other(taken_in):
    sample, _, _, landed, *_ = taken_in
    if not has_landed(landed, "permissions"):
        assert not sample.no | sample.yes
        return
    said = read_landed(landed, "permissions").fillna({"contact_point": ""})
    stops = said["decision"].isin(STOPS)
    points = said[["purpose", "channel", "contact_point"]]
    assert set(points[stops].itertuples(index=False, name=None)) == sample.no
    assert set(points[~stops].itertuples(index=False, name=None)) == sample.yes


def test_sums_are_those_of_the_system(taken_in):
    sample, _, _, landed, *_ = taken_in
    for place, expected in sample.sums.items():
        table, column = place.split(".")
        assert round(float(read_landed(landed, table)[column].sum()), 2) == round(expected, 2), place


def test_sums_of_lines_are_the_totals_that_the_file_states(taken_in):
    sample, *_, checked = taken_in
    for one in checked.reconciled:
        other = sample.only_there.get("invoices", (0, 0.0)) if "bookings" in one.what else (0, 0.0)
        assert (one.differ, one.only_here, one.only_there) == ((0, 0.0), (0, 0.0), other), one
        assert one.agree


def test_nothing_looks_wrong_in_what_is_right(taken_in):
    *_, checked = taken_in
    assert [doubt for doubt in checked.doubts if doubt.level == "warning"] == []


def test_no_person_stands_in_the_text(taken_in):
    _, _, data_set, *_ = taken_in
    assert "@post.example" not in data_set.path.read_text(encoding="utf-8")
