"""A proposal for a folder of exports: files, tables and mappings, how sure each is, and what a person must decide.

Presets first; a file that no preset knows is read by names and values. Nothing is taken over in silence: what no line
reads is listed, what is unsure says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.config import TAKEN
from rcommerce_helpers.sources.guide.by_values import key_by_values, only_date
from rcommerce_helpers.sources.guide.consent import expression_of, take_permissions
from rcommerce_helpers.sources.guide.meanings import Meaning, named, split_name, status_of
from rcommerce_helpers.sources.guide.profile import Profile, decimal_marks, looks_personal, profile
from rcommerce_helpers.sources.guide.proposal import (
    Proposal,
    ProposedFile,
    ProposedTable,
    speaks_of_person,
    tables_of,
    write_alike,
)
from rcommerce_helpers.sources.guide.roles import Role, role_of
from rcommerce_helpers.sources.guide.settle import (
    best_seller,
    describe,
    join_orders,
    join_persons,
    list_unread,
    newest_day,
)
from rcommerce_helpers.sources.guide.sniff import Sniffed, readable
from rcommerce_helpers.sources.parsing import named as as_name
from rcommerce_helpers.sources.presets import Match, Preset, all_presets, filled, matches, plain_name

WITHOUT_NUMBER = ("web_events", "feedback")
"""What systems export without a number of its own for each row."""


def propose(exports: Path, name: str, *, presets: Sequence[Preset] | None = None) -> Proposal:
    """Look at every file of a folder and propose how to read it.

    Parameters
    ----------
    exports
        A folder of exports, or one file.
    name
        Name of the project; the data set is called after it.
    presets
        Systems that are known; none = all there are.

    Raises
    ------
    SchemaError
        No file of it can be read.
    """
    found, refused = readable(exports)
    if not found:
        raise SchemaError(
            exports.name,
            got=f"no file that can be read ({'; '.join(refused) or 'the folder is empty'})",
            expected="exports as .csv, .xlsx, .parquet, .json, .jsonl, plain or .gz",
            do="Put them there",
        )
    sniffed = _keyed(found)
    headers = {key: file.columns for key, file in sniffed.items()}
    lines = {key: file.first_line for key, file in sniffed.items()}
    sniffed, known = _renamed(sniffed, matches(all_presets() if presets is None else presets, headers, lines))
    files = {key: _file(key, file) for key, file in sniffed.items()}
    proposal = Proposal({}, {}, list(files.values()), [], [], [], refused)
    for match in known:
        _take_preset(proposal, match, files)
    for key, file in files.items():
        if not file.title:
            _take_file(proposal, key, file)
    mapped = {table.table for table in proposal.tables}
    proposal.reconcile = [section for section in proposal.reconcile if tables_of(section) <= mapped]
    join_persons(proposal)
    join_orders(proposal)
    describe(proposal, name)
    list_unread(proposal)
    proposal.best_seller = best_seller(proposal)
    return proposal


def _keyed(found: Sequence[Sniffed]) -> dict[str, Sniffed]:
    """Files by a name that SQL can use."""
    keyed: dict[str, Sniffed] = {}
    for file in found:
        stem = re.sub(r"[^a-z0-9]+", "_", plain_name(file.path.name.split(".")[0]).encode("ascii", "ignore").decode())
        key = stem.strip("_")[:40] or "file"
        keyed[_free(key if key[0].isalpha() else f"file_{key}", keyed)] = file
    return keyed


def _free(key: str, taken: Mapping[str, object]) -> str:
    key = f"{key}_file" if key in TAKEN or key.startswith(("staged_", "landed_", "doubled_")) else key
    return next(k for k in (key, *(f"{key}_{i}" for i in range(2, 10_000))) if k not in taken)


def _renamed(files: Mapping[str, Sniffed], known: Sequence[Match]) -> tuple[dict[str, Sniffed], list[Match]]:
    """Files that a preset knows under the name that the preset gives them."""
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    for match in known:
        for theirs in match.files:
            for key in match.all_of(theirs):
                names[key] = _free(theirs, taken)
                taken[names[key]] = key
    for key in files:
        if key not in names:
            names[key] = _free(key, taken)
            taken[names[key]] = key
    newest_first = [key for match in known for key in match.keys]
    order = [*newest_first, *(key for key in files if key not in newest_first)]
    return {names[key]: files[key] for key in order}, [match.renamed(names) for match in known]


def _file(key: str, sniffed: Sniffed) -> ProposedFile:
    columns = list(zip(*sniffed.rows)) if sniffed.rows else [()] * len(sniffed.columns)
    profiles = tuple(profile(name, values) for name, values in zip(sniffed.columns, columns))
    options, comments = dict(sniffed.options), list(sniffed.notes)
    mark, groups, sure = decimal_marks(profiles)
    if sniffed.path.suffix.lower() not in {".parquet", ".jsonl", ".json"}:
        options |= {"decimal": mark} if mark != "." else {}
        options |= {"thousands": groups} if groups else {}
        comments += [] if sure else ["numbers are written with a point and with a comma: look at the amounts as read"]
    if forms := _date_forms(profiles, comments):
        options["date_form"] = forms
    return ProposedFile(key, sniffed, profiles, options, comments)


def _date_forms(profiles: Sequence[Profile], comments: list[str]) -> list[str]:
    """Forms of the dates of a file; where day and month cannot be told apart other columns decide, else a comment."""
    chosen: list[str] = []
    settled = {one.forms[0] for one in profiles if len(one.forms) == 1}
    for one in profiles:
        if one.kind != "date" or not one.forms:
            continue
        form = next((f for f in one.forms if f in settled), one.forms[0])
        if len(one.forms) > 1 and form not in settled:
            others = " or ".join(one.forms[1:3])
            comments.append(f"{one.name}: unsure, day and month could be swapped; every value also reads as {others}")
        chosen += [form] if form not in chosen else []
    return chosen


def _take_preset(proposal: Proposal, match: Match, files: Mapping[str, ProposedFile]) -> None:
    """The sections of a preset for its files; what it says of how a file is written goes before what was found."""
    headers = {key: files[key].sniffed.columns for key in match.keys}
    newest = newest_day([files[key] for key in match.keys])
    made = filled(replace(match, words={**match.words, "as_of": newest}), headers)
    for key, options in made["files"].items():
        files[key].title = match.preset.title
        found = {k: v for k, v in files[key].options.items() if k != "date_form" or "date_form" not in options}
        files[key].options = {**options, **found}
        files[key].comments = [
            f"{match.preset.title}. {trap}" if not i else trap for i, trap in enumerate(match.preset.traps)
        ]
    for name in match.files:
        write_alike([files[key] for key in match.all_of(name)])
    for table, sections in made["tables"].items():
        proposal.tables += [ProposedTable(table, section, [match.preset.title]) for section in sections]
    proposal.reconcile += [section for section in made["reconcile"] if section not in proposal.reconcile]
    proposal.known = {**match.preset.says, **proposal.known}


def _take_file(proposal: Proposal, key: str, file: ProposedFile) -> None:
    """The sections of a file that no preset knows."""
    role = role_of(file.sniffed, file.profiles)
    file.options["source"] = key
    lacking = _lacking(role) if role is not None else []
    if role is None or lacking:
        told = f"it lacks {' and '.join(lacking)}" if role is not None else "its columns say nothing known"
        file.comments.append(f"what this file is could not be told from its columns ({told}): nothing is read from it")
        proposal.decide.append(f"{file.sniffed.path.name}: map it by hand, or take it out; {told}")
        return
    file.role = role.table
    order = ("record_id", *LANDED_TABLES[role.table].column_names)
    given = {**_numbered_rows(role, file), **role.columns}
    columns = {c: _without_sign(role.table, c, given[c], file) for c in dict.fromkeys(order) if c in given}
    if role.table != "source_records" and "record_id" not in columns:
        columns |= _person_by_mail(file)
    everything = columns
    if role.table == "order_lines":
        _orders_of_lines(proposal, key, columns)
        columns = {c: m for c, m in columns.items() if c != "record_id"}
        _products_of_lines(proposal, key, file, columns["order_id"])
    sections = {c: m.origin for c, m in columns.items()}
    proposal.tables.append(
        ProposedTable(role.table, {"from": key, "columns": sections}, [f"{role.sure}: by its columns"], columns)
    )
    if role.table == "orders":
        _ask_about_status(proposal, key, columns.get("status"))
        _lines_of_orders(proposal, key, file, columns["order_id"])
    if role.table != "source_records":
        _persons_within(proposal, key, file, everything)
    take_permissions(proposal, key, file, everything)


def _lacking(role: Role) -> list[str]:
    """Required columns that nothing gives; a key of its own can be made for a row that has none."""
    key = LANDED_TABLES[role.table].key
    needed = [c.name for c in LANDED_TABLES[role.table].columns if c.required and c.name not in role.columns]
    return [f"{role.table}.{name}" for name in needed if key != (name,) or role.table not in WITHOUT_NUMBER]


def _numbered_rows(role: Role, file: ProposedFile) -> dict[str, Meaning]:
    """A number for rows without one: a column that differs in every row, else one out of all that names no person."""
    (key, *_) = LANDED_TABLES[role.table].key
    if role.table not in WITHOUT_NUMBER or key in role.columns:
        return {}
    used = {str(meaning.origin) for meaning in role.columns.values()}
    if own := key_by_values(file.profiles, used):
        return {key: Meaning(own, "unsure", "another value in every row")}
    persons = {str(m.origin) for c, m in role.columns.items() if speaks_of_person(role.table, c)}
    plain_ones = [one.name for one in file.profiles if one.name not in persons and not looks_personal(one)]
    told = f"md5(concat_ws('|', {', '.join(map(as_name, plain_ones))}))"
    return {key: Meaning({"sql": told}, "likely", "rows have no number: one out of what they say")}


def _without_sign(table: str, column: str, meaning: Meaning, file: ProposedFile) -> Meaning:
    """Money written with the sign of its currency, read without it."""
    money = column in LANDED_TABLES[table].column_names and LANDED_TABLES[table].column(column).type == "money"
    one = file.column(meaning.origin) if isinstance(meaning.origin, str) else None
    if not money or one is None or one.kind != "money":
        return meaning
    bare = f"regexp_replace({as_name(one.name)}, '[^0-9.,+-]', '', 'g')"
    return replace(meaning, origin={"sql": bare}, why=f"{meaning.why}, without the sign of the currency")


def _person_by_mail(file: ProposedFile) -> dict[str, Meaning]:
    mail = named("source_records", file.profiles).get("email")
    if mail is None:
        return {}
    return {
        "record_id": Meaning(
            {"sql": f"lower(trim({as_name(str(mail.origin))}))"}, "likely", "known by the address alone"
        )
    }


def _orders_of_lines(proposal: Proposal, key: str, columns: Mapping[str, Meaning]) -> None:
    """One row per order, out of a file of lines."""
    profiles = next(file for file in proposal.files if file.key == key).profiles
    heads = {c: m for c, m in named("orders", profiles).items() if c not in {"order_id", "record_id"}}
    heads |= {"at": Meaning(at, "unsure", "")} if "at" not in heads and (at := only_date(profiles)) else {}
    heads |= {"status": said} if (said := status_of(profiles)) else {}
    _ask_about_status(proposal, key, said)
    parts = [f"{expression_of(columns['order_id'])} as order_id"]
    parts += [f"min({expression_of(columns['record_id'])}) as record_id"] if "record_id" in columns else []
    parts += [
        f"min({expression_of(heads[c])}) as {as_name(c) if c == 'at' else c}"
        for c in ("at", "status", "channel", "store_id", "country")
        if c in heads
    ]
    if "at" not in heads:
        proposal.decide.append(f"{key}: no column says when the orders were placed; map orders.at")
        return
    sql = f"select {', '.join(parts)}\nfrom {key} group by 1"
    proposal.tables.append(
        ProposedTable("orders", {"source": key, "sql": sql}, ["likely: one row per order, its first line speaks"])
    )


def _ask_about_status(proposal: Proposal, key: str, status: Meaning | None) -> None:
    """A word of a status that is not known counts as completed only until a person says otherwise."""
    if status is not None and status.sure == "unsure":
        proposal.decide.append(f"{key}: orders.status is {status.why}; was one of them never a purchase?")


def _products_of_lines(proposal: Proposal, key: str, file: ProposedFile, order: Meaning) -> None:
    """What a file of lines says of its products."""
    shelf = {
        c: m
        for c, m in named("products", [one for one in file.profiles if one.name != order.origin]).items()
        if c in {"product_id", "name", "category", "department", "brand"}
    }
    if "product_id" not in shelf or len(shelf) < 2:
        return
    parts = [
        f"max({expression_of(m)}) as {as_name(c) if c == 'name' else c}" for c, m in shelf.items() if c != "product_id"
    ]
    sql = f"select {expression_of(shelf['product_id'])} as product_id, {', '.join(parts)}\nfrom {key} group by 1"
    proposal.tables.append(ProposedTable("products", {"sql": sql}, ["likely: products as the lines name them"]))


def _with_tax(lines: Mapping[str, Meaning]) -> dict[str, Meaning]:
    return {column: lines[column] for column in ("discount", "tax") if column in lines}


def _lines_of_orders(proposal: Proposal, key: str, file: ProposedFile, order: Meaning) -> None:
    """A file of one row per order still says what was paid: one line per order."""
    lines = named("order_lines", file.profiles)
    if "amount" not in lines:
        proposal.decide.append(f"{key}: no column says what was paid; map order_lines from it or from another file")
        return
    columns = {
        "order_id": order,
        "product_id": Meaning({"constant": "order"}, "unsure", "the file does not say what was bought"),
        "quantity": Meaning({"constant": 1}, "unsure", "one line per order"),
        "amount": _without_sign("order_lines", "amount", replace(lines["amount"], sure="likely"), file),
        **_with_tax(lines),
    }
    proposal.tables.append(
        ProposedTable(
            "order_lines", {"from": key, "columns": {c: m.origin for c, m in columns.items()}},
            ["unsure: a file of orders without what was bought; one line stands for each"], columns,
        )
    )  # fmt: skip


def _persons_within(proposal: Proposal, key: str, file: ProposedFile, columns: Mapping[str, Meaning]) -> None:
    """Persons whom a file names beside its own business."""
    about = split_name(named("source_records", file.profiles), {one.name: one for one in file.profiles})
    reference = about.get("record_id") or columns.get("record_id")
    telling = {
        c: m
        for c, m in about.items()
        if c in {"given_name", "family_name", "email", "phone", "street", "postcode", "city", "country"}
    }
    if reference is None or not (set(telling) & {"given_name", "email", "phone", "street"}):
        return
    parts = [f"{expression_of(reference)} as record_id"]
    parts += [f"max({expression_of(m)}) as {c}" for c, m in telling.items()]
    given = expression_of(reference)
    sql = f"select {', '.join(parts)}\nfrom {key} where {given} is not null group by 1"
    proposal.tables.append(
        ProposedTable("source_records", {"source": key, "sql": sql}, ["likely: persons as this file names them"])
    )
