"""A small firm with one person who has values that nobody else has, wherever a firm may hold them; and where they are.

``hits`` opens every file below a folder: raw bytes, parquet decoded, archives unpacked, databases asked for their rows.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd

from rcommerce_helpers.workspace.runs.data import described_data
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import RunRequest, plan_of
from rcommerce_helpers.workspace.runs.session import Outcome, run_notebooks
from rcommerce_helpers.workspace.runs.stages import standard_table

from .canaries import read_all

MAIL, FAMILY_MAIL = "zzq8anna@zzq8post.de", "familie@haus.de"
RECORD, SHOP_RECORD, NEWS_RECORD = "crm:zzq8k1", "shop:zzq8s7", "news:zzq8n3"
NUMBER, PHONE = "zzq8card", "0176 77788001"
CANARIES = {
    "mail": r"zzq8anna@",
    "phone": r"(?:\+?49|0)[\s/-]*176[\s/-]*777[\s/-]*88001",
    "id": r"zzq8(?:k1|s7|n3|card|debtor|device)",
    "name": r"zzq8given|zzq8family",
    "street": r"zzq8weg",
    "text": r"zzq8text",
}
"""Kind -> what it looks like wherever it turns up."""
OTHERS = 40
NAME = "small-firm"
"""Of the data set: its decisions lie under it."""
HEAD = """
[data_set]
name = "small-firm"
title = "Small firm"
as_of = 2024-06-30
currency = "EUR"
time_zone = "Europe/Berlin"
tax = "included"

[basis]
text = "for the test"
purposes = ["statistics", "personalisation", "marketing"]
"""
FILES = """
[files.crm]
path = "crm.csv"
source = "crm"
[files.shop]
path = "shop.csv"
source = "shop"
[files.news]
database = "sqlite:news.db"
table = "readers"
source = "news"
[files.consent]
path = "consent.csv"
source = "crm"
[files.orders]
path = "orders.csv"
source = "shop"
[files.invoices]
path = "invoices.csv"
source = "books"
[files.talk]
path = "talk.jsonl"
source = "crm"
[files.cases]
path = "cases.csv"
source = "crm"
[files.likes]
path = "likes.xlsx"
source = "crm"
[files.visits]
path = "visits.csv"
source = "shop"
"""
WHO = 'given_name = "given", family_name = "family", email = "mail", phone = "phone"'
TABLES = f"""
[[tables.source_records]]
from = "crm"
columns = {{ record_id = "id", {WHO}, birth_date = "born", street = "street", postcode = "zip", created_at = "made" }}
[[tables.source_records]]
from = "shop"
columns = {{ record_id = "id", {WHO}, customer_number = "card", created_at = "made" }}
[[tables.source_records]]
from = "news"
columns = {{ record_id = "id", email = "mail", created_at = "made" }}
[[tables.permissions]]
from = "consent"
columns = {{ record_id = "id", purpose = "what", channel = "how", contact_point = "to", decision = "said", at = "on" }}
[[tables.orders]]
from = "orders"
columns = {{ order_id = "no", record_id = "who", at = "when", referrer = "via" }}
[[tables.order_lines]]
from = "orders"
columns = {{ order_id = "no", product_id = "thing", quantity = "n", amount = "paid" }}
[[tables.invoices]]
from = "invoices"
columns = {{ invoice_id = "no", record_id = "debtor", order_id = "order", invoiced_on = "day", amount = "sum" }}
[[tables.conversations]]
from = "talk"
columns = {{ message_id = "no", case_id = "case", record_id = "who", at = "when", text = "words" }}
[[tables.service_cases]]
from = "cases"
columns = {{ case_id = "no", record_id = "who", at = "when", topic = "about" }}
[[tables.attributes]]
from = "likes"
columns = {{ record_id = "who", name = "what", value = "is" }}
[[tables.web_events]]
from = "visits"
columns = {{ event_id = "no", visitor_id = "device", record_id = "who", at = "when", event = "did" }}
"""


def write_firm(folder: Path, *, newer: bool = False) -> Path:
    """Exports and sources.toml; ``newer``: a later export, in which the person has a new record as well."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.toml").write_text(f"{HEAD}{FILES}{TABLES}", encoding="utf-8")
    crm = [
        ["zzq8k1", "Zzq8given", "Zzq8family", MAIL, PHONE, "1980-05-17", "Zzq8weg 3", "10115", "2020-01-02 10:11:12"],
        ["k2", "Ben", "Berger", FAMILY_MAIL, "030 90182015", "1979-01-01", "Weg 3", "10115", "2020-02-02 09:00:00"],
    ]  # fmt: skip
    crm += [_other(n) for n in range(OTHERS)]
    crm += [["k900", "Zzq8given", "Zzq8family", MAIL, "", "", "Zzq8weg 3", "10115", "2024-06-01 08:00:00"]] * newer
    _csv(folder / "crm.csv", "id,given,family,mail,phone,born,street,zip,made", crm)
    with (folder / "crm.csv").open("a", encoding="utf-8") as file:  # a line that is no record, and names the person
        file.write(f"zzq8k1,Zzq8given,Zzq8family,{MAIL}\n")
    _csv(folder / "shop.csv", "id,given,family,mail,phone,card,made", [
        ["zzq8s7", "Zzq8given", "Zzq8family", FAMILY_MAIL, "+49 176 77788001", NUMBER, "2021-01-01 12:00:00"],
        ["s2", "Ben", "Berger", FAMILY_MAIL, "", "", "2021-02-01 12:00:00"],
        *([f"s{n + 10}", f"Karl{n}", f"Other{n}", f"o{n}@web.de", "", f"c{n}", "2021-03-01"] for n in range(9)),
    ])  # fmt: skip
    _database(folder / "news.db")
    _csv(folder / "consent.csv", "id,what,how,to,said,on", [
        ["zzq8k1", "marketing", "email", MAIL, "granted", "2023-01-01 10:00:00"],
        ["zzq8k1", "statistics", "any", "", "granted", "Zzq8text then"],  # cannot be read: quarantine
        ["zzq8k1", "marketing", "email", FAMILY_MAIL, "objected", "2023-05-05 10:00:00"],
        ["gone9", "marketing", "email", MAIL, "withdrawn", "2022-01-01 10:00:00"],  # a record that is nobody
        ["k2", "marketing", "email", FAMILY_MAIL, "granted", "2022-01-01 10:00:00"],
    ])  # fmt: skip
    orders = [
        [f"a{n}", f"s{n % 9 + 10}", f"2024-03-{n % 28 + 1:02} 10:00:{n:02}", "p1", 1, 10, "ad"] for n in range(30)
    ]
    mine = [[f"z{n}", "zzq8s7", f"2024-02-{n + 1:02} 11:12:1{n}", "p", 2, 20, "zzq8text blog"] for n in range(3)]
    _csv(folder / "orders.csv", "no,who,when,thing,n,paid,via", [*orders, *mine])
    bills = [[f"i{n}", f"d{n % 9}", f"a{n}", "2024-04-01", 10] for n in range(30)]
    _csv(folder / "invoices.csv", "no,debtor,order,day,sum", [*bills, ["iz", "zzq8debtor", "z0", "2024-04-01", 20]])
    talk = [{"no": f"t{n}", "case": "", "who": f"k{n + 10}", "when": "2024-05-01 10:00:00", "words": "Hallo"}
            for n in range(20)]  # fmt: skip
    talk += [
        {"no": "z1", "case": "zc", "who": "zzq8k1", "when": "2024-05-02 10:00:00", "words": "zzq8text von mir"},
        {"no": "z2", "case": "zc", "who": "", "when": "2024-05-02 11:00:00", "words": "zzq8text Antwort"},
        {"no": "z3", "case": "", "who": "k12", "when": "2024-05-03 11:00:00",
         "words": "Meine Kollegin Zzq8given Zzq8family (0176/777 88001) hat das auch."},
    ]  # fmt: skip
    (folder / "talk.jsonl").write_text("\n".join(map(json.dumps, talk)), encoding="utf-8")
    _csv(folder / "cases.csv", "no,who,when,about", [
        ["zc", "zzq8k1", "2024-05-02 09:00:00", "delivery"], ["c2", "k12", "2024-05-02 09:00:00", "delivery"],
    ])  # fmt: skip
    _book(folder / "likes.xlsx")
    _csv(folder / "visits.csv", "no,device,who,when,did", [
        ["v1", "zzq8device", "zzq8s7", "2024-05-05 10:00:01", "login"],
        ["v2", "zzq8device", "", "2024-05-05 10:00:09", "view"],
        ["v3", "other", "s12", "2024-05-05 10:00:09", "view"],
    ])  # fmt: skip
    return folder / "sources.toml"


def _other(n: int) -> list[str]:
    born = f"19{50 + n}-01-{n % 28 + 1:02}"
    return [f"k{n + 10}", f"Name{n}", f"Other{n}", f"n{n}@web.de", "", born, f"Weg {n}", "20095", "2020-05-05 10:00:00"]


def _csv(path: Path, head: str, rows: list[list]) -> None:
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")


def _database(path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table readers (id text, mail text, made text)")
        rows = [("zzq8n3", MAIL, "2022-01-01 10:00:00"), ("n1", "n1@web.de", "2022-01-01 10:00:00")]
        connection.executemany("insert into readers values (?, ?, ?)", rows)
        connection.commit()


def _book(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["who", "what", "is"], ["zzq8k1", "hobby", "zzq8text chess"], ["k12", "hobby", "golf"]):
        book.active.append(row)
    book.save(path)


def write_decisions(project: Path) -> None:
    """What people decided, and what a linkage keeps: corrections, who is who, ids, models in several forms."""
    place, models = project / "decisions" / NAME, project / "models"
    place.mkdir(parents=True, exist_ok=True)
    models.mkdir(exist_ok=True)
    (place / "corrections.toml").write_text(
        f'[[correction]]\nrecord_id = "{RECORD}"\ncolumn = "street"\nvalue = "Zzq8weg 4"\n'
        'reason = "Zzq8given Zzq8family told us"\nday = 2024-06-01\n\n'
        '[[correction]]\nrecord_id = "crm:k12"\ncolumn = "city"\nvalue = "Kiel"\nreason = "letter"\nday = 2024-06-01\n'
    )
    (place / "identity.toml").write_text(
        f'[[same]]\nrecords = ["{RECORD}", "{SHOP_RECORD}"]\nreason = "she said so"\nday = 2024-06-01\n\n'
        '[[different]]\nrecords = ["crm:k12", "crm:k13"]\nreason = "father and son"\nday = 2024-06-01\n'
    )
    ids = pd.DataFrame({"record_id": [RECORD, "crm:k12"], "internal_id": ["i1", "i2"]})
    ids.to_parquet(place / "ids.parquet", index=False)
    (models / "terms.json").write_text(json.dumps({"given": {"zzq8given": 0.01, "ben": 0.02}}))
    pd.DataFrame({"value": ["zzq8family", "berger"], "share": [0.1, 0.2]}).to_parquet(models / "terms.parquet")
    (models / "terms.json.gz").write_bytes(gzip.compress(b'{"zzq8given": 1}'))
    with duckdb.connect(str(models / "terms.duckdb")) as connection:
        connection.execute("create table t as select 'zzq8family' as value")


def run_firm(root: Path, *, stages: tuple[str, ...] = ("merging",), fresh: bool = False) -> Outcome:
    """A run of the firm in ``root/firm``; runs, key and decisions lie in ``root``."""
    dataset = str(root / "firm" / "sources.toml")
    request = RunRequest(dataset=dataset, out=root / "runs", stages=stages, project=root, fresh=fresh)
    data = described_data(dataset, kept=request.out / ".read" / request.data_set)
    return run_notebooks(plan_of(request, standard_table()), data, Lines(), started=datetime.now(UTC))


def hits(folder: Path, *, but: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """(file, kind, what was found) over every file below a folder, hidden ones too, names of files included."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name.startswith(but):
            continue
        text = f"{name}\n{all_text(path)}"
        examples = ((kind, re.search(pattern, text, flags=re.IGNORECASE)) for kind, pattern in CANARIES.items())
        found += [(name, kind, example.group()) for kind, example in examples if example]
    return found


def all_text(path: Path) -> str:
    """Whatever can be read of a file, besides its bytes."""
    raw = html.unescape(path.read_bytes().decode("utf-8", errors="replace"))
    match path.suffix:
        case ".gz":
            return gzip.decompress(path.read_bytes()).decode("utf-8", errors="replace")
        case ".duckdb":
            with duckdb.connect(str(path), read_only=True) as held:
                return raw + str(
                    [held.execute(f"from {t}").fetchall() for (t,) in held.execute("show tables").fetchall()]
                )
    return raw + read_all(path)
