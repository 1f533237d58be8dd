"""Exports of known systems are found by their headers and land to the cent; the samples are our own."""

import json
from collections import Counter

import pytest
from firm_samples import SAMPLES
from firm_samples.firm import make_firm

from rcommerce_helpers.schema import STOPS
from rcommerce_helpers.sources import check, land, load_data_set
from rcommerce_helpers.sources.config import read_config
from rcommerce_helpers.sources.landed import has_landed, read_landed
from rcommerce_helpers.sources.presets import all_presets, filled, matches
from rcommerce_helpers.workspace.project import write_project

pytestmark = pytest.mark.usefixtures("without_fence")


@pytest.fixture(scope="module", params=SAMPLES)
def taken_in(request, tmp_path_factory, without_fence):
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


def project_of(folder, files):
    """A project for files given by name and bytes, and where it landed."""
    (folder / "given").mkdir()
    for name, content in files.items():
        (folder / "given" / name).write_bytes(content)
    write_project(folder / "shop", folder / "given")
    quarantine = land(load_data_set(str(folder / "shop")), folder / "landed").quarantine
    assert quarantine.empty, quarantine.head().to_string()
    return folder / "landed"


def test_the_books_alone_land_and_reconcile_with_nothing(tmp_path):
    books = {name: content for name, content in SAMPLES["shop_and_books"]().files.items() if name.startswith("EXTF")}
    landed = project_of(tmp_path, books)
    days = read_landed(landed, "invoices")["invoiced_on"]
    assert {day.year for day in days} == {2023, 2024}  # each file's own year, though both are of one kind
    assert read_config(tmp_path / "shop" / "sources.toml").reconcile == []


def test_who_left_between_two_exports_of_a_list_has_left(tmp_path):
    """The newer list says it; persons of both count once, as the newer list has them."""
    (content,) = SAMPLES["hubspot_english"]().files.values()
    lines = content.decode().splitlines(keepends=True)
    gone = [line.replace(",true,", ",false,", 1).replace("kundin", "alt", 1) for line in lines[1:31]]
    landed = project_of(
        tmp_path,
        {"contacts-2023.csv": "".join([lines[0], *gone]).encode(), "contacts-2024.csv": "".join(lines).encode()},
    )
    people, said = read_landed(landed, "source_records"), read_landed(landed, "permissions")
    assert len(people) == len(lines) - 1
    assert people["email"].str.startswith("kundin").all()
    points = said[["purpose", "channel", "contact_point"]]
    assert SAMPLES["hubspot_english"]().no <= set(points.itertuples(index=False, name=None))


def test_lines_in_two_files_belong_to_one_file_of_orders(tmp_path):
    orders = "order_id,user_id,eval_set,order_number,order_dow,order_hour_of_day,days_since_prior_order\n"
    lines = "order_id,product_id,add_to_cart_order,reordered\n"
    landed = project_of(
        tmp_path,
        {
            "orders.csv": (orders + "1,7,prior,1,2,08,\n2,7,train,2,3,07,15.0\n").encode(),
            "order_products__prior.csv": (lines + "1,196,1,0\n1,14084,2,0\n").encode(),
            "order_products__train.csv": (lines + "2,196,1,1\n").encode(),
            "products.csv": b"product_id,product_name,aisle_id,department_id\n196,Soda,77,7\n14084,Milk,91,16\n",
            "aisles.csv": b"aisle_id,aisle\n77,soft drinks\n91,soy\n",
        },
    )
    assert len(read_landed(landed, "order_lines")) == 3
    assert set(read_landed(landed, "products")["category"]) == {"soft drinks", "soy"}


def test_a_yes_of_unknown_time_takes_no_dated_no_back(tmp_path):
    """The shop's list says yes, since when it does not say; the mailing system knows that somebody left in 2022."""
    people = make_firm(4).people
    left = next(who for who in people if who.mail_said)
    mailing = "Email,Klaviyo ID,Email Marketing Consent,Email Marketing Consent Timestamp\n"
    files = {
        **SAMPLES["shopify_customers"]().files,
        "Newsletter.csv": f"{mailing}{left.mail},01H,UNSUBSCRIBED,2022-12-24 10:00:00\n".encode(),
    }
    said = read_landed(project_of(tmp_path, files), "permissions")
    said = said[said["contact_point"] == left.mail].sort_values("at")
    assert said["decision"].to_list() == ["granted", "withdrawn"]


def test_a_name_of_a_file_in_its_own_spelling_reaches_every_part_of_the_sql():
    """Short names, optional files that are missing, further files: no name is left that the user does not have."""
    header = [
        "ENTITY_ID",
        "Increment_Id",
        "state",
        "status",
        "customer_id",
        "customer_email",
        "base_grand_total",
        "created_at",
    ]
    items = ["item_id", "order_id", "parent_item_id", "SKU", "qty_ordered", "base_row_total"]
    (match,) = matches(all_presets(), {"o1": header, "o2": header, "i": items})
    made = filled(match, {"o1": header, "o2": header, "i": items})
    text = json.dumps(made)
    assert "entity_id" not in text.replace('c.\\"entity_id\\"', "").replace('as \\"entity_id\\"', "")
    assert "magento_" not in json.dumps(made["tables"])
    assert "select * from o2 union all by name select * from o1" in text
