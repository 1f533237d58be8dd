"""Ordinary SQL of people who clean their exports passes, and what runs in its place means the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.allowed_sql import FUNCTION_GROUPS, FUNCTIONS, TYPES
from rcommerce_helpers.sources.foreign_sql import Place, judged_expression, judged_select

ROOT = Path(__file__).resolve().parents[2]
EXPRESSIONS = (
    "no", '"Kunden Nr"', '"q""x"', "lines.no", "-units", "units // 2", "-units // 2", "units / 3", "units % 3",
    "units ^ 2", "2 ** units", "units ^ 2 ^ 0.5", "-units ^ 2", "units + 1 * 2 - 3", "(units + 1) * 2", "1e3 * units",
    "no ~ '^A[0-9]+$'", "no !~ '^A'", "no ~~ 'A%'", "no !~~* 'a%'", "no like 'A\\_1%' escape '\\'", "no ilike 'a_'",
    "no not like '%!%%' escape '!'", "no similar to '(A|B).*'", "no glob 'A*'", "upper(trim(both ' ' from name))",
    "name.trim().lower()", "substring(name from 2 for 3)", "name[1:2]", "left(name, 2) || '-' || right(name, 2)",
    "name || 'it''s' || E'\\t\\u00fc' || $$a'b$$", "concat_ws(' ', name, null, no)",
    "replace(paid, ',', '.')::double", "cast(replace(replace(paid, '.', ''), ',', '.') as decimal(12, 2))",
    "try_cast(paid as double)", "paid::varchar", "regexp_replace(name, '(\\w+) (\\w+)', '\\2, \\1')",
    "regexp_extract(name, '([a-z]+)', 1)", "split_part(name, ' ', 1)", "string_split(name, ' ')[1]",
    "list_filter(string_split(name, ' '), lambda part: len(part) > 3)[1]",
    "array_to_string([x.upper() for x in string_split(name, ' ') if x <> ''], '+')", "strip_accents(lower(name))",
    "lpad(cast(units as varchar), 5, '0')", "coalesce(nullif(trim(name), ''), 'nobody')",
    "if(units > 1, 'many', 'one')", "case units when 1 then 'one' when 2 then 'two' end",
    "case when units > 2 then 'a' when name is null then 'b' else 'c' end", "units between 1 and 2",
    "units not between 1 and 2", "units in (1, 3)", "units not in (1, 3)", "name is not null",
    "name is distinct from 'x'", "not (units = 1 or units = 2) and true", "day::date",
    "day::timestamp + interval 2 hours", "day::timestamp + interval '1 month 2 days'", "date '2024-02-29' + 1",
    "date_trunc('month', day::timestamp)", "extract(isodow from day::date)",
    "date_diff('day', day::date, date '2024-12-31')", "strftime(day::date, '%d.%m.%Y')",
    "strptime(german, '%d.%m.%Y')", "try_strptime(german, ['%d.%m.%Y', '%Y-%m-%d'])::date",
    "age(date '2024-12-31', day::date)", "(day::timestamp at time zone 'Europe/Berlin') at time zone 'UTC'",
    "to_timestamp(units * 86400) at time zone 'UTC'", "round(units / 3.0, 2)", "greatest(units, 2)",
    "abs(-units) + ceil(1.2)", "true and units > 1", "1_000 + units",
    "row_number() over (partition by name order by units desc nulls last)",
    "sum(units) over (order by no rows 1 preceding)", "lag(units, 1, 0) over (order by no)",
    "first_value(no) over (partition by units order by no)", "count(*) filter (where units > 1) over ()",
    "dense_rank() over (order by units)", "ntile(2) over (order by no)", "json_extract_string(more, '$.city')",
    "more ->> 'city'", "more -> '$.tags[0]'", "cast(more->>'n' as integer)",
    "exists (select 1 from prices p where p.no = lines.no)",
    "(select max(price) from prices p where p.no = lines.no)", "no in (select no from prices)",
    "units = any (select price from prices)", "name collate nocase = 'ANNA MEYER'", "no -- a remark",
    "/* a remark */ no", "no /* it's */ || 'x' -- and; more", "md5(lower(trim(name)))", "'a' < name",
    "levenshtein(name, 'Anna Meier') <= 1", "{'a': units, 'b': no}.b", "map {'1': 'one'}[units::varchar]",
    "typeof(units)",
)  # fmt: skip
SELECTS = (
    "select no, sum(units) as n from lines group by no order by no",
    'select "Kunden Nr" as who, count(distinct no) from lines group by all having count(*) > 0',
    "select * exclude (more) from lines order by all",
    "select * replace (upper(name) as name) from lines",
    "select l.no, p.price from lines l left join prices p on l.no = p.no and p.price > 1",
    "select no, price from lines join prices using (no) order by 1, 2 desc limit 3 offset 1",
    "select no from lines union all select no from prices",
    "select no from lines except select no from prices",
    "select no, name from lines union by name select no, price from prices",
    "with many as (from lines where units > 1), named as (from many where name is not null) select no from named",
    "unpivot (select no, name, german from lines) on name, german into name what value as_text",
    "from lines pivot (sum(units) for no in ('A1', 'B2'))",
    "select distinct on (no) no, units from lines order by no, units desc",
    "select no, units from lines qualify row_number() over (partition by no order by units desc) = 1",
    "select no, unnest(string_split(name, ' ')) as part from lines",
    "select l.no, t.part from lines l, unnest(string_split(l.name, ' ')) as t(part)",
    "select no, arg_max(name, units) as name, list(units order by units) as all_units from lines group by no;",
    "select no, string_agg(name, ', ' order by name) filter (where units > 1) from lines group by no",
    "select d::date as day from generate_series(date '2024-01-01', date '2024-01-03', interval 1 day) as g(d)",
    "select * from (values ('x', 1), ('y', 2)) as v(code, n)",
    "select v.n, no from lines, (values (1), (2)) as v(n)",
    "select no, grouping(no), count(*) from lines group by rollup (no)",
    "select columns('n.*') from lines",
    "from lines",
    "table prices",
    "select a.no from lines a semi join prices b on a.no = b.no",
    "select a.no, b.price from lines a asof join prices b on a.no = b.no and a.units >= b.price",
    "select no, case when bool_and(starts_with(no, 'A')) then 'test' else 'done' end from lines group by no",
    "select /* the first */ min(day) as \"at\", 'web' as channel -- and that is all\nfrom lines",
    "(select no from lines) union (select no from prices) order by no",
)


@pytest.fixture(scope="module")
def connection():
    made = connect()
    made.execute(
        """
        create table lines as select * from (values
            ('A1', 'K1', 'q', 1, ' Anna  Meyer ', '1.234,50', '2024-03-05', '05.03.2024', '{"city": "Köln", "n": 1}'),
            ('A1', 'K2', 'q', 2, 'Jürgen O''Neil', '12.5', '2024-10-27', '27.10.2024', '{"tags": ["a"]}'),
            ('B2', 'K1', null, 3, null, null, '2024-02-29', '29.02.2024', '{}'),
            ('a%c', '', 'x', -7, '', 'x', '2024-01-01', '01.01.2024', null))
            as t(no, "Kunden Nr", "q""x", units, name, paid, day, german, more)
        """
    )
    made.execute("create table prices as select * from (values ('A1', 1), ('A1', 2), ('C3', 3)) as t(no, price)")
    made.execute("set TimeZone = 'UTC'")
    return made


PLACE = Place("tables.orders.sql", ("lines", "prices"), frozenset({"no", "name"}))


def rows(connection: duckdb.DuckDBPyConnection, select: str) -> list[str] | str:
    """The rows as sorted text, or the error an honest person gets either way."""
    try:
        return sorted(json.dumps(row, default=str) for row in connection.sql(select).fetchall())
    except duckdb.Error as error:
        return type(error).__name__


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_means_what_it_meant(connection, text):
    judged = judged_expression(connection, text, PLACE)
    before = rows(connection, f"select ({text}\n) from lines")
    assert rows(connection, f"select {judged} from lines") == before
    types = [connection.sql(f"select {e} as x from lines").types for e in (f"({text}\n)", judged)]
    assert types[0] == types[1]


@pytest.mark.parametrize("text", SELECTS)
def test_a_select_means_what_it_meant(connection, text):
    judged = judged_select(connection, text, PLACE).text
    assert rows(connection, judged) == rows(connection, text)
    assert connection.sql(judged).columns == connection.sql(text).columns


def test_most_of_them_give_rows(connection):
    """The comparison would be idle over errors: at most the two that cast every row of a mixed column."""
    failing = [t for t in EXPRESSIONS if isinstance(rows(connection, f"select ({t}\n) from lines"), str)]
    assert len(failing) <= 3, failing
    assert not [t for t in SELECTS if isinstance(rows(connection, t), str)]


def test_the_files_a_select_reads_are_known(connection):
    assert judged_select(connection, "with prices as (from lines) from prices", PLACE).files == ("lines",)
    assert judged_select(connection, "select 'lines' as no, 1 as prices", PLACE).files == ()
    assert judged_select(connection, "from LINES join prices using (no)", PLACE).files == ("lines", "prices")


def test_a_column_with_the_name_of_a_setting_can_be_read(connection):
    place = Place("files.log.set_aside[1].where", ("log",), frozenset({"user", "current_date"}))
    assert judged_expression(connection, "\"user\" = 'bot'", place) == "((\"user\" = 'bot'))"
    assert "log" in judged_expression(connection, 'log."current_date" is null', place)
    with pytest.raises(SchemaError, match="clock"):
        judged_expression(connection, "current_date is null", place)


def test_an_unknown_function_gets_the_nearest_name(connection):
    with pytest.raises(SchemaError, match=r"tables.orders.sql: got the function uppper.*Did you mean upper\?"):
        judged_expression(connection, "uppper(name)", PLACE)
    with pytest.raises(SchemaError, match=r"a table 'line'.*Did you mean lines\?"):
        judged_select(connection, "select no from line", PLACE)


def test_every_function_and_type_on_the_list_is_one_of_the_engine(connection):
    """A name that DuckDB does not know would stand on the list for nothing, and might be taken by something else."""
    known = {name for (name,) in connection.sql("select distinct function_name from duckdb_functions()").fetchall()}
    windows = {"cume_dist", "dense_rank", "fill", "first_value", "lag", "last_value", "lead", "nth_value", "ntile"}
    windows |= {"percent_rank", "rank", "rank_dense", "row_number"}
    assert FUNCTIONS - known - windows <= {"coalesce", "unnest", "!", "xor", "nullif", "if"}, (
        FUNCTIONS - known - windows
    )
    for name in sorted(TYPES - {"list", "map", "array", "struct"}):
        connection.sql(f"select cast(null as {name})")


def test_the_page_on_data_names_every_function_and_type():
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z_0-9]+", page))
    functions = {name for kind, names in FUNCTION_GROUPS.items() if kind != "operators" for name in names.split()}
    assert functions <= words
    assert {name for name in TYPES if name.isidentifier()} <= words
