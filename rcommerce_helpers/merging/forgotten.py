"""Marks of forgotten people: keyed hashes by which a later row is known as theirs, and nobody is found out.

A mark is an HMAC-SHA256 of one identifier in its comparable spelling: record, customer number, e-mail address,
telephone. Others may share a mailbox or a telephone, so marks of first names and birth dates stand beside them: a
record is a forgotten person's by its own id, or by a mark of number, mail or telephone where neither name nor birth
contradicts. Where others hold the same value the first name must agree. First names are compared by their parts,
in both spellings of umlauts, an initial with an initial; birth dates may have day and month swapped or differ in one of
both. Known limit: a new record of theirs with a first name never seen before, under an address others share, lands.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import pandas as pd

from rcommerce_helpers.merging.normalise import DEFAULT_REGION, email_key, normalise_records, phone_key

COLUMNS = ("person", "kind", "mark", "shared")
"""One row = one mark of one forgotten person: a number drawn by chance for the person, what is marked, the mark in
hexadecimal digits, and whether others held that value when the person was forgotten."""
IDS = {"number": "customer_number", "email": "email", "phone": "phone"}
"""Kind of mark -> key of ``normalise_records``."""
OF_ONE_DATA_SET = ("record", "number")
"""Kinds that a firm hands out itself, so that two data sets may use one for two people."""
NAMES = ("given", "given_plain")
MOST_PARTS = 4
NO_MARKS = pd.DataFrame({name: pd.Series(dtype=bool if name == "shared" else object) for name in COLUMNS})


@dataclass(frozen=True)
class Marks:
    """What is known of forgotten people: ``table`` as in ``COLUMNS``, and the key that only the project has.

    ``data_set``: the name of the data set whose records are meant; number 1 of another one's CRM is somebody else.
    """

    table: pd.DataFrame
    secret: bytes = field(repr=False)
    data_set: str = ""

    def within(self, data_set: str) -> Marks:
        """The same list, for the records of one data set."""
        return replace(self, data_set=data_set)

    @property
    def digest(self) -> str:
        """Tells two lists of forgotten people apart: for fingerprints."""
        return hashlib.sha256("\n".join(sorted(self.table["mark"])).encode()).hexdigest()[:16]

    def mark(self, kind: str, text: str) -> str:
        """The mark of one identifier, 64 hexadecimal digits."""
        of = f"{self.data_set}/" if kind in OF_ONE_DATA_SET else ""
        return hmac.new(self.secret, f"{kind}:{of}{text}".encode(), hashlib.sha256).hexdigest()

    def with_person(self, mine: pd.DataFrame, others: pd.DataFrame, region: str = DEFAULT_REGION) -> Marks:
        """These marks and those of one person more.

        Parameters
        ----------
        mine
            One row = one record of the person (``source_records``).
        others
            Records of everybody else; a value that one of them holds is marked as shared.
        region
            ISO country of telephone numbers without one.
        """
        keys, theirs = normalise_records(mine, home=region), normalise_records(others, home=region)
        person = secrets.token_hex(8)
        rows = {(person, "record", self.mark("record", record), False) for record in keys["record_id"]}
        for kind, column in IDS.items():
            held = set(theirs[column].dropna())
            rows |= {(person, kind, self.mark(kind, v), v in held) for v in keys[column].dropna()}
        for name in pd.concat([keys[column] for column in NAMES]).dropna():
            rows |= {(person, "given", self.mark("given", form), False) for form in _marked_forms(name)}
        for birth in keys["birth"].dropna():
            rows |= {(person, "birth", self.mark("birth", form), False) for form in _birth_forms(birth)}
        added = pd.DataFrame(sorted(rows), columns=list(COLUMNS))
        return replace(self, table=pd.concat([self.table, added], ignore_index=True))

    def theirs(self, records: pd.DataFrame, region: str = DEFAULT_REGION) -> pd.Series:
        """Which person records are a forgotten person's.

        Parameters
        ----------
        records
            One row = one record in one system (``source_records``).
        region
            ISO country of telephone numbers without one.

        Returns
        -------
        Series
            Of flags, aligned with ``records``.

        Examples
        --------
        >>> marks = Marks(NO_MARKS, bytes(32))
        >>> anna = pd.DataFrame({"record_id": ["crm:1"], "given_name": ["Anna"], "email": ["a@web.de"]})
        >>> ben = pd.DataFrame({"record_id": ["crm:2"], "given_name": ["Ben"], "email": ["a@web.de"]})
        >>> known = marks.with_person(anna, ben)
        >>> known.theirs(pd.concat([anna.assign(record_id="shop:9"), ben])).to_list()
        [True, False]
        """
        if self.table.empty or records.empty:
            return pd.Series(False, index=records.index)
        keys = normalise_records(records, home=region)
        found = self.named(keys["record_id"]).to_numpy(copy=True)
        hits = [hit for kind, column in IDS.items() for hit in self._hits(kind, keys[column])]
        relation = {(row, person): self._relation(keys.iloc[row], person) for row, person, _ in hits}
        torn = {(person, mark) for row, person, mark in hits if relation[row, person] == "contradicts"}
        for row, person, mark in hits:
            alone = mark not in self._shared and (person, mark) not in torn
            if relation[row, person] == "agrees" or (alone and relation[row, person] == "open"):
                found[row] = True
        return pd.Series(found, index=records.index, dtype=bool)

    def named(self, record_ids: pd.Series) -> pd.Series:
        """Which record ids are of a forgotten person, whatever the record holds."""
        known = self._people.get("record", {})
        found = [bool(known) and self.mark("record", str(record)) in known for record in record_ids]
        return pd.Series(found, index=record_ids.index, dtype=bool)

    def addressed(self, points: pd.Series, region: str = DEFAULT_REGION) -> pd.Series:
        """Which addresses and numbers were a forgotten person's, and nobody else's."""
        found = [any(mark not in self._shared for mark in self._address_marks(point, region)) for point in points]
        return pd.Series(found, index=points.index, dtype=bool)

    def spoken_for(self, points: pd.Series, others: pd.DataFrame, region: str = DEFAULT_REGION) -> pd.Series:
        """Which addresses and numbers some records hold."""
        keys = normalise_records(others, home=region) if len(others) else None
        held = set() if keys is None else {*keys["email"].dropna(), *keys["phone"].dropna()}
        return pd.Series([bool(_address_keys(p, region) & held) for p in points], index=points.index, dtype=bool)

    def _address_marks(self, point: object, region: str) -> list[str]:
        keys = _address_keys(point, region)
        marks = [(kind, self.mark(kind, key)) for key in keys for kind in ("email", "phone")]
        return [mark for kind, mark in marks if mark in self._people.get(kind, {})]

    @cached_property
    def _people(self) -> dict[str, dict[str, set[str]]]:
        """Kind -> mark -> people."""
        found: dict[str, dict[str, set[str]]] = {}
        for person, kind, mark in self.table[["person", "kind", "mark"]].itertuples(index=False):
            found.setdefault(kind, {}).setdefault(mark, set()).add(person)
        return found

    @cached_property
    def _shared(self) -> set[str]:
        return set(self.table.loc[self.table["shared"].astype(bool), "mark"])

    @cached_property
    def _of_person(self) -> dict[tuple[str, str], set[str]]:
        """(person, kind) -> marks."""
        grouped = self.table.groupby(["person", "kind"])["mark"]
        return {(str(person), str(kind)): set(marks) for (person, kind), marks in grouped}

    def _hits(self, kind: str, keys: pd.Series) -> list[tuple[int, str, str]]:
        """(place of the record, person, mark) for each value that is marked."""
        known = self._people.get(kind, {})
        if not known:
            return []
        marks = [(row, self.mark(kind, key)) for row, key in enumerate(keys) if isinstance(key, str)]
        return [(row, person, mark) for row, mark in marks if mark in known for person in known[mark]]

    def _relation(self, keys: pd.Series, person: str) -> str:
        """How name and birth of a record stand to a person: contradicts, agrees (the first name), or open."""
        names = [form for column in NAMES for form in _asked_forms(keys[column])]
        named = self._compare("given", names, person)
        born = self._compare("birth", _birth_forms(keys["birth"]), person)
        if "contradicts" in (named, born):
            return "contradicts"
        return named

    def _compare(self, kind: str, forms: Iterable[str], person: str) -> str:
        mine, known = {self.mark(kind, form) for form in forms}, self._of_person.get((person, kind), set())
        if not mine or not known:
            return "open"
        return "agrees" if mine & known else "contradicts"


def _address_keys(point: object, region: str) -> set[str]:
    if not isinstance(point, str) or not point:
        return set()
    key = email_key(point) if "@" in point else phone_key(point, home=region)
    return {key} if key else set()


def _marked_forms(name: str) -> set[str]:
    """What is marked of a first name: the whole, every part of it, its initial, and that no more is known than that."""
    alone = {f"only {name[0]}."} if len(name) == 1 else set()
    return {f"all {_whole(name)}", f"{name[0]}."} | {f"part {some}" for some in _parts(name)} | alone


def _asked_forms(name: object) -> set[str]:
    """What is looked up of a first name: a whole that is part of the other, a part that is the whole other.

    So Anna is Anna Maria, and Anna Lena is not. An initial fits any name that begins so.
    """
    if not isinstance(name, str) or not name:
        return set()
    if len(name) == 1:
        return {f"{name[0]}."}
    return {f"part {_whole(name)}", f"only {name[0]}."} | {f"all {some}" for some in _parts(name)}


def _whole(name: str) -> str:
    return " ".join(sorted(set(name.split())))


def _parts(name: str) -> set[str]:
    """Every choice of the parts of a name, which seldom has more than three."""
    parts = sorted(set(name.split()))[:MOST_PARTS]
    return {" ".join(some) for n in range(1, len(parts) + 1) for some in combinations(parts, n)}


def _birth_forms(birth: object) -> set[str]:
    """A birth date and what may differ by a slip: day and month swapped, the day, or the month."""
    if not isinstance(birth, str):
        return set()
    year, month, day = birth.split("-")
    return {birth, f"{year}-{day}-{month}", f"{year}-{month}-", f"{year}--{day}"}
