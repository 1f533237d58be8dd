"""Whether linking is worth it: two lists of the same people, counted by hand."""

import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.merging.contact_points import contact_points
from rcommerce_helpers.merging.figures import REGISTRY
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.permissions import decide_permissions
from rcommerce_helpers.merging.worth import weigh_linking
from rcommerce_helpers.plots import merging as plots
from rcommerce_helpers.sentences import merging_sources as sentences
from rcommerce_helpers.sources.facts import write_facts
from rcommerce_helpers.workspace.notebook import leaving

AS_OF = "2024-12-31"
DAYS = {"crm": "2024-02-01", "shop": "2024-03-01"}
NO = {"purpose": "marketing", "decision": "withdrawn", "at": "2023-05-01"}
YES = {"purpose": "marketing", "decision": "granted", "at": "2023-01-01"}


@pytest.fixture
def weigh(tmp_path, make_table, make_facts):
    """``weigh(doubles, refusing)``: crm and shop share so many people; so many of the crm said no to the shop."""

    def weighed(doubles, refusing=0, singles=20, named=False, **settings):
        records, said, orders, lines = [], [], [], []
        for n in range(doubles + singles):
            for source in ("crm", "shop") if n < doubles else ("crm",):
                address = {"street": f"Ring {n}", "postcode": "20095", "city": "Hamburg"}
                mail = {"email": f"a{n}@web.de"} if named else {}
                records.append({"record_id": f"{source}:{n}"} | address | mail)
                no = NO | ({"channel": "email", "contact_point": f"a{n}@web.de"} if named else {})
                said.append({"record_id": f"{source}:{n}"} | (no if source == "shop" and n < refusing else YES))
                orders.append({"order_id": f"{source}{n}", "record_id": f"{source}:{n}", "at": DAYS[source]})
                lines.append(
                    {"order_id": f"{source}{n}", "line_number": 1, "product_id": "p", "quantity": 1, "amount": 10.0}
                )
        tables = {"source_records": records, "permissions": said, "orders": orders, "order_lines": lines}
        made = {name: make_table(name, rows) for name, rows in tables.items()}
        for name, table in made.items():
            table.to_parquet(tmp_path / f"{name}.parquet", index=False)
        write_facts(tmp_path, make_facts())
        known = made["source_records"]
        number = known["record_id"].str.split(":").str[1]
        persons = known[["record_id"]].assign(customer_id="c" + number, exact_id="c" + number)
        decided = decide_permissions(tmp_path, persons, AS_OF)
        points = contact_points(decided.table, known, persons, as_of=AS_OF, key=KEY).table
        params = MergingParams(**settings)
        result = weigh_linking(tmp_path, known, persons, points, params=params, as_of=AS_OF, key=KEY)
        return leaving(result, REGISTRY)

    return weighed


def told(result):
    return {f.name: f.value for f in result.figures}


def test_doubles_wrong_letters_and_revenue_are_counted(weigh):
    found = told(weigh(40, refusing=15))
    assert found["double_counted_records"] == 40
    assert found["double_letters"] == 25  # those of the 15 who said no are no saving, they should not go at all
    assert found["against_their_word"] == 15
    assert (found["revenue_per_buyer_before"], found["revenue_per_buyer_after"]) == (10.0, 1000 / 60)
    assert (found["repeat_share_before"], found["repeat_share_after"]) == (0.0, 40 / 60)
    assert found["letters_saved_per_year"] == 25 * 4 * 1.0
    assert found["linking_pays"] == 0.0


def test_a_list_does_not_know_what_was_said_to_another_one(weigh):
    """Nor which address was closed there: that is what linking finds out."""
    assert told(weigh(40, refusing=15, named=True))["against_their_word"] == 15


def test_the_verdict_follows_the_typed_cost(weigh):
    result = weigh(40, refusing=15, linking_cost_per_year=100.0)
    assert told(result)["linking_pays"] == 1.0
    assert "it pays by that alone" in sentences.sentence_worth(result, "en")
    dear = weigh(40, refusing=15)
    assert "not worth it. What remains for it" in sentences.sentence_worth(dear, "en")
    assert "lohnt es nicht" in sentences.sentence_worth(dear, "de")


def test_where_nothing_is_linked_the_answer_is_a_plain_no(weigh):
    result = weigh(0, singles=40)
    assert "Linking changes nothing here" in sentences.sentence_worth(result, "en")


@pytest.mark.parametrize(("refusing", "before"), [(9, None), (10, 10.0)])
def test_few_people_written_to_wrongly_are_not_counted_aloud(weigh, refusing, before):
    result = weigh(40, refusing=refusing)
    row = result.changes.set_index("changed").loc["written_against_their_word"]
    assert pd.isna(row["before"]) if before is None else row["before"] == before
    figure = {f.name: f for f in result.figures}["against_their_word"]
    assert (figure.value, figure.bound) == ((10.0, "under") if before is None else (10.0, ""))
    assert "9" not in str(plots.plot_worth(result, "en").data[1].text)


def test_the_money_saved_does_not_give_few_letters_away(weigh):
    figure = {f.name: f for f in weigh(3, singles=40).figures}["letters_saved_per_year"]
    assert (figure.value, figure.bound) == (10 * 4 * 1.0, "under")
