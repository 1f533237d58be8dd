"""The facts of a landed data set: what every page states of it, with no word about a person."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.results import read_json, write_json

FACTS_FILE = "data_set.json"
HOME_REGION = "DE"
"""Country of a data set that names none and whose time zone belongs to none."""


@dataclass(frozen=True)
class TableCount:
    """Rows in = landed + quarantined + set aside, of one canonical table.

    ``values_left_out`` counts rows that landed without a value that could not be read: the quarantine keeps the first
    such value of each, with ``row_landed``. ``derived`` maps system -> persons that were made from the customer numbers
    of other tables; they are among the rows in.
    """

    rows_in: int
    landed: int
    quarantined: int
    set_aside: dict[str, int] = field(default_factory=dict)
    values_left_out: int = 0
    derived: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DataSetFacts:
    """What every page states of its data set.

    ``tax`` is "included" or "excluded"; ``purposes`` are those the declared ``basis`` covers (empty basis = only the
    ``permissions`` table decides); ``counts`` maps canonical table -> TableCount; ``region`` is the ISO country that
    telephone numbers and postal codes without one belong to; ``first_day`` is the first day that the data tell of,
    empty where nothing in them has a time; ``changes``: what became of the columns of its files since the last run.
    """

    name: str
    title: str
    as_of: str
    currency: str
    time_zone: str
    tax: str
    basis: str
    purposes: tuple[str, ...]
    fingerprint: str
    counts: dict[str, TableCount]
    region: str = HOME_REGION
    first_day: str = ""
    changes: tuple[str, ...] = ()


def region_of(time_zone: str) -> str:
    """ISO country whose clocks a data set goes by; Germany where the zone belongs to none (UTC).

    Examples
    --------
    >>> region_of("Europe/Vienna"), region_of("UTC")
    ('AT', 'DE')
    """
    from babel.core import get_global

    found = str(get_global("zone_territories").get(time_zone) or "ZZ")
    return HOME_REGION if found == "ZZ" else found


def write_facts(folder: Path, facts: DataSetFacts) -> None:
    """Write the facts beside the landed tables."""
    write_json(folder / FACTS_FILE, asdict(facts))


def read_facts(folder: Path) -> DataSetFacts:
    """Facts of a landed data set.

    Raises
    ------
    SchemaError
        The folder holds no landed data set.
    """
    path = folder / FACTS_FILE
    if not path.exists():
        raise SchemaError(
            str(folder.name), got="no landed data set", expected=FACTS_FILE, do="Run `rcommerce run` for this data set"
        )
    content: dict[str, Any] = read_json(path)
    counts = {name: TableCount(**row) for name, row in content.pop("counts").items()}
    purposes = tuple(content.pop("purposes"))
    changes = tuple(content.pop("changes", ()))
    return DataSetFacts(**content, purposes=purposes, counts=counts, changes=changes)
