"""What a file that no preset knows says of permission to write: yes, no, or a word that a person must explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rcommerce_helpers.sources.guide.meanings import Meaning, as_case, named
from rcommerce_helpers.sources.guide.proposal import Proposal, ProposedFile, ProposedTable
from rcommerce_helpers.sources.guide.words import plain, synonyms
from rcommerce_helpers.sources.parsing import named as as_name

LONG_AGO = "2000-01-01"
"""When a yes without a time is put, so that it lifts no dated no; a no without one counts from the start."""


def take_permissions(proposal: Proposal, key: str, file: ProposedFile, columns: Mapping[str, Meaning]) -> None:
    """Yes and no to e-mail marketing, where a column says so or when; an empty cell is neither."""
    said = named("permissions", file.profiles)
    people = named("source_records", file.profiles)
    mail, reference = people.get("email"), columns.get("record_id") or people.get("record_id")
    if mail is None or reference is None:
        return
    head = (
        f"select {expression_of(reference)} as record_id, 'marketing' as purpose, 'email' as channel,\n"
        f"       lower(trim({expression_of(mail)})) as contact_point, 'consent' as basis,\n"
    )
    _note_other_words(proposal, key, file, said)
    for sql, told in _decisions(said, columns):
        section = {"source": key, "sql": f"{head}{sql}\nfrom {key} {told[1]}"}
        proposal.tables.append(
            ProposedTable("permissions", section, [f"likely: {told[0]} as yes and no to e-mail marketing"])
        )
        proposal.decide.append(
            f"{key}: was the yes to e-mail given as the law asks, and when? The guide took {told[0]}"
        )


def _note_other_words(proposal: Proposal, key: str, file: ProposedFile, said: Mapping[str, Meaning]) -> None:
    """Words beside yes and no are neither until a person says so: one of them may be a no."""
    source = said.get("decision") or said.get("refusal")
    one = file.column(str(source.origin)) if source is not None else None
    words = synonyms()["words"]
    known = {*words["yes"], *words["no"], *words["neither"]}
    other = sorted({value for value in one.values if plain(value) not in known}) if one is not None else []
    if other:
        told = ", ".join(map(repr, other[:5]))
        proposal.decide.append(
            f"{key}: {told} in {one.name if one else ''} count as neither yes nor no; is one of them a no?"
        )


def _decisions(said: Mapping[str, Meaning], columns: Mapping[str, Meaning]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Per column that speaks of permission: SQL of decision and moment, what it is called, and which rows count."""
    source = said.get("decision") or said.get("refusal")
    if source is not None:
        when = said.get("at") or columns.get("created_at")
        column = f"lower(regexp_replace({expression_of(source)}, '[^\\pL\\pN]', '', 'g'))"
        yes, no = (", ".join(f"'{word}'" for word in synonyms()["words"][side]) for side in ("yes", "no"))
        first, second = ("granted", "refused") if "decision" in said else ("refused", "granted")
        sql = f"       case when {column} in ({yes})\n            then '{first}' else '{second}' end as decision, "
        undated = f"case when {column} in ({yes if first == 'granted' else no}) then '{LONG_AGO}' end"
        sql += f'{expression_of(when) if when is not None else undated} as "at"'
        yield sql, (str(source.origin), f"where {column} in ({yes},\n    {no})")
        return
    for column, decision in (("granted_at", "granted"), ("refused_at", "withdrawn")):
        if column in said:
            moment = expression_of(said[column])
            yield (
                f"       '{decision}' as decision, {moment} as \"at\"",
                (str(said[column].origin), f"where {moment} is not null"),
            )


def expression_of(meaning: Meaning) -> str:
    """A meaning as SQL over its file."""
    if isinstance(meaning.origin, str):
        return as_name(meaning.origin)
    if "values" in meaning.origin:
        return as_case(meaning)
    return str(meaning.origin.get("sql") or f"'{meaning.origin.get('constant')}'")
