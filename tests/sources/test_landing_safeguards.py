"""What landing promises where something goes wrong inside it: nothing lost, nothing guessed, nothing personal shown."""

import pandas as pd
import pytest
from landing_kit import Shop

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import landing
from rcommerce_helpers.sources.arrival import count_reasons

ROWS = "no,who,when\n1,a,2024-06-01\n2,b,2024-06-02\n3,c,never\n"


def test_a_row_lost_on_the_way_is_told(tmp_path, monkeypatch):
    """A fault of our own that drops a rejected row must not pass as a whole landing."""
    monkeypatch.setattr(landing, "reject", lambda *_: None)
    shop = Shop(tmp_path).write(ROWS)
    with pytest.raises(SchemaError, match="every row in one bucket"):
        shop.land()
    assert not shop.landed.exists()


def test_sql_that_would_fit_reads_no_other_file(tmp_path):
    """The select has all columns of an order, and takes them from a file that nobody declared."""
    secret = tmp_path / "elsewhere.txt"
    secret.write_text("canary-7731", encoding="utf-8")
    columns = "content as order_id, 'a' as record_id, timestamp '2024-06-01' as \"at\""
    sql = f"select {columns} from read_text('{secret}')"
    shop = Shop(tmp_path, tables=f'[[tables.orders]]\nsource = "shop"\nsql = """{sql}"""').write(ROWS)
    with pytest.raises(SchemaError, match="tables.orders.sql") as refused:
        shop.land()
    assert "canary" not in str(refused.value)
    assert not shop.landed.exists()


def test_a_year_of_two_digits_read_as_four_is_quarantined(tmp_path):
    shop = Shop(tmp_path, options='date_form = "dd.mm.yyyy"').write("no,who,when\n1,a,05.03.0024\n2,b,05.03.2024\n")
    report = shop.land()
    assert shop.table()["order_id"].to_list() == ["2"]
    assert report.quarantine["value"].to_list() == ["05.03.0024"]


def test_reasons_carry_no_value_of_a_person():
    """Two wrong addresses are one reason, counted twice, and neither of them is to be read."""
    quarantine = pd.DataFrame(
        {
            "table": "source_records", "file": "crm", "line": [2, 3], "column": "created_at",
            "value": ["anna@web.de", "ole@web.de"], "reason": "not a moment", "row_landed": False,
        }
    )  # fmt: skip
    counted = count_reasons(quarantine).reasons
    assert counted["rows"].to_list() == [2]
    assert "web.de" not in counted.to_csv()


def test_a_document_without_a_kind_is_a_purchase_and_an_unknown_kind_is_refused(tmp_path):
    kinds = 'columns = { order_id = "no", record_id = "who", at = "when", kind = "what" }'
    shop = Shop(tmp_path, tables=f'[[tables.orders]]\nfrom = "orders"\n{kinds}\n')
    shop.write("no,who,when,what\n1,a,2024-01-01,\n2,a,2024-01-02,credit_note\n3,a,2024-01-03,gift\n")
    report = shop.land()
    assert shop.table().set_index("order_id")["kind"].to_dict() == {"1": "purchase", "2": "credit_note"}
    assert report.quarantine["value"].to_list() == ["gift"]
