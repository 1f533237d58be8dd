"""What SQL of a sources.toml may be made of: words DuckDB's parser gives its parts, functions, types. A closed list.

A function stands here if its value depends on its arguments alone: none that reads a file, a setting, the catalogue, a
clock or a die, none that runs text as SQL or calls a function by its name, none that writes or waits. Whoever adds one
asks these questions of it, and adds it to ``tests/trust/honest_sql.py`` and to ``data/README.md``.
"""

from __future__ import annotations

FUNCTION_GROUPS = {
    "operators": """
        ! !~~ !~~* % & && * ** + - ->> / // < <-> << <= <@ = > >= >> @ @> ^ ^@ | || ~ ~~ ~~* ~~~ like_escape
        ilike_escape not_like_escape not_ilike_escape
    """,
    "text": """
        ascii bit_length char_length character_length chr concat concat_ws contains damerau_levenshtein
        ends_with format from_base64 hamming hex instr jaccard jaro_similarity jaro_winkler_similarity lcase
        left length levenshtein lower lpad ltrim md5 nfc_normalize octet_length ord overlay position prefix
        printf regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace
        regexp_split_to_array repeat replace reverse right rpad rtrim sha1 sha256 split split_part starts_with
        str_split str_split_regex string_split string_split_regex string_to_array strip_accents strlen strpos
        substr substring suffix to_base64 to_hex translate trim ucase unhex unicode upper url_decode url_encode
    """,
    "numbers": """
        abs acos add asin atan atan2 cbrt ceil ceiling cos cot degrees divide even exp factorial fdiv floor fmod
        gcd greatest isfinite isinf isnan lcm least ln log log10 log2 mod multiply pi pow power radians round
        round_even roundbankers sign signbit sin sqrt subtract tan trunc xor
    """,
    "dates and times": """
        age century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day
        dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era hour
        isodow isoyear julian last_day make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns
        microsecond millennium millisecond minute month monthname nanosecond quarter second strftime strptime
        time_bucket timezone to_centuries to_days to_decades to_hours to_microseconds to_milliseconds to_minutes
        to_months to_quarters to_seconds to_timestamp to_weeks to_years try_strptime week weekday weekofyear
        year yearweek
    """,
    "values": """
        coalesce if nullif typeof decode encode
    """,
    "aggregates": """
        any_value arbitrary arg_max arg_max_null arg_min arg_min_null argmax argmin array_agg avg bit_and bit_or
        bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy favg first
        fsum geomean geometric_mean group_concat histogram kahan_sum last list listagg mad max max_by mean
        median min min_by mode product quantile quantile_cont quantile_disc skewness stddev stddev_pop
        stddev_samp string_agg sum sumkahan var_pop var_samp variance wavg weighted_avg
    """,
    "windows": """
        cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank rank_dense
        row_number
    """,
    "lists": """
        array_append array_concat array_contains array_distinct array_extract array_filter array_has
        array_has_all array_has_any array_indexof array_intersect array_length array_position array_prepend
        array_reverse array_reverse_sort array_slice array_sort array_to_string array_transform array_unique
        array_value cardinality element_at flatten generate_series generate_subscripts len list_append
        list_apply list_avg list_cat list_concat list_contains list_count list_distinct list_element
        list_extract list_filter list_first list_has list_has_all list_has_any list_indexof list_intersect
        list_last list_max list_median list_min list_mode list_position list_prepend list_product list_reverse
        list_reverse_sort list_select list_slice list_sort list_string_agg list_sum list_transform list_unique
        list_value list_where list_zip range unnest
    """,
    "maps and structs": """
        map map_concat map_contains map_entries map_extract map_extract_value map_from_entries map_keys
        map_values row struct_concat struct_contains struct_extract struct_extract_at struct_insert struct_keys
        struct_pack struct_values
    """,
    "JSON": """
        json json_array json_array_length json_contains json_exists json_extract json_extract_path
        json_extract_path_text json_extract_string json_keys json_object json_type json_valid json_value to_json
    """,
}
"""Kind -> functions, with blanks between; SQL's operators are functions with a sign for a name."""

FUNCTIONS = frozenset(" ".join(FUNCTION_GROUPS.values()).split())
ROW_MAKERS = frozenset({"unnest", "generate_series", "range"})
"""What may stand in ``from`` besides a declared file."""

MANY_ROWS = frozenset({"unnest", "generate_subscripts"})
"""Makes several rows of one: for a select, not for the value of one column of one row."""

TYPE_NAMES = """
    array bigint bool boolean bpchar blob char date datetime dec decimal double float float4 float8 hugeint int int1
    int128 int16 int2 int32 int4 int64 int8 integer interval json list logical long map numeric nvarchar real short
    signed smallint string struct text time timestamp timestamp_ms timestamp_ns timestamp_s timestamptz tinyint
    ubigint uhugeint uint128 uint16 uint32 uint64 uint8 uinteger usmallint utinyint uuid varchar
    """
TYPES = frozenset(TYPE_NAMES.split()) | {"timestamp with time zone", "time with time zone"}
COLLATIONS = frozenset({"nocase", "noaccent", "nfc"})

EXPRESSIONS = {
    "BETWEEN": "COMPARE_BETWEEN",
    "CASE": "CASE_EXPR",
    "CAST": "OPERATOR_CAST",
    "COLLATE": "COLLATE",
    "COLUMN_REF": "COLUMN_REF",
    "COMPARISON": "COMPARE_EQUAL COMPARE_NOTEQUAL COMPARE_LESSTHAN COMPARE_GREATERTHAN COMPARE_LESSTHANOREQUALTO "
    "COMPARE_GREATERTHANOREQUALTO COMPARE_DISTINCT_FROM COMPARE_NOT_DISTINCT_FROM",
    "CONJUNCTION": "CONJUNCTION_AND CONJUNCTION_OR",
    "CONSTANT": "VALUE_CONSTANT",
    "FUNCTION": "FUNCTION",
    "LAMBDA": "LAMBDA",
    "OPERATOR": "OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_TRY OPERATOR_UNPACK "
    "COMPARE_IN COMPARE_NOT_IN ARRAY_EXTRACT ARRAY_SLICE STRUCT_EXTRACT ARRAY_CONSTRUCTOR GROUPING_FUNCTION",
    "STAR": "STAR",
    "SUBQUERY": "SUBQUERY",
    "TYPE": "TYPE",
    "WINDOW": "WINDOW_AGGREGATE WINDOW_ROW_NUMBER WINDOW_RANK WINDOW_RANK_DENSE WINDOW_PERCENT_RANK WINDOW_CUME_DIST "
    "WINDOW_NTILE WINDOW_LEAD WINDOW_LAG WINDOW_FIRST_VALUE WINDOW_LAST_VALUE WINDOW_NTH_VALUE WINDOW_FILL",
}
"""Class of an expression in DuckDB's JSON -> the types it may have, with blanks between."""

PARTS = frozenset(
    {"SELECT_NODE", "SET_OPERATION_NODE", "BASE_TABLE", "EMPTY", "EXPRESSION_LIST", "JOIN", "PIVOT", "SUBQUERY"}
    | {"TABLE_FUNCTION", "ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER"}
    | {"ORDER_DEFAULT", "ASCENDING", "DESCENDING"}
)
"""Types of what is no expression: queries, what stands in from, order and limit. No insert, no show, no recursion."""

CLOCKS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
ENVIRONMENT = frozenset(
    {"current_catalog", "current_database", "current_role", "current_schema", "current_user", "session_user", "user"}
)
"""Names that DuckDB takes for a function where they stand alone and no column has them."""
