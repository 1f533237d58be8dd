"""The form of a source that is no file of text: a table of a database, or rows of a web service.

A secret is never written in a sources.toml: it is the value of an environment variable, of which only the name is
here. Whatever asks the network is asked only if whoever runs the command says so (``--allow-network``).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from rcommerce_helpers.sources.section import Section

LOCAL_DATABASES = ("sqlite", "duckdb")
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


class Pages(Section):
    """How a service hands out its rows page by page; one of four ways.

    ``next``: key of the body that holds the address of the next page (``links.next``); ``link_header``: the ``Link``
    header does; ``number``: parameter that counts the pages from ``first`` on until one is empty; ``cursor``: parameter
    that takes the value at ``cursor_from`` of the page before.
    """

    next: str | None = None
    link_header: bool = False
    number: str | None = None
    first: int = Field(default=1, ge=0)
    cursor: str | None = None
    cursor_from: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Pages:
        if sum([self.next is not None, self.link_header, self.number is not None, self.cursor is not None]) != 1:
            raise ValueError("expected one of next, link_header, number, cursor")
        if (self.cursor is None) != (self.cursor_from is None):
            raise ValueError("cursor goes with cursor_from, the key of the body that holds its next value")
        return self


class Elsewhere(Section):
    """A source that is fetched before it is read; all empty for a file.

    ``database`` is ``sqlite:shop.db`` or ``duckdb:shop.duckdb``, a file of the project; ``url_env`` names the variable
    with the address of any other one. Of a database ``table``, or ``query``, is read. ``url`` is a web service,
    ``secret_env`` names the variable with its key, sent as ``secret_header``. ``seconds`` and ``megabytes`` are the
    most that may be spent on this source.
    """

    database: str | None = None
    url_env: str | None = Field(default=None, pattern=VARIABLE)
    table: str | None = Field(default=None, min_length=1)
    query: str | None = Field(default=None, min_length=1)
    url: str | None = None
    secret_env: str | None = Field(default=None, pattern=VARIABLE)
    secret_header: str = Field(default="Authorization", pattern=r"^[A-Za-z0-9-]+$")
    secret_form: str = Field(default="Bearer {}", pattern=r"^[ -z|~]*\{\}[ -z|~]*$")
    pages: Pages | None = None
    seconds: int = Field(default=600, ge=1, le=86_400)
    megabytes: int = Field(default=2_000, ge=1)

    @property
    def is_database(self) -> bool:
        return self.database is not None or self.url_env is not None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is fetched before it is read."""
        return self.is_database or self.url is not None

    @property
    def on_network(self) -> bool:
        return self.url is not None or self.url_env is not None

    @field_validator("database")
    @classmethod
    def _file_of_a_kind(cls, value: str | None) -> str | None:
        if value is not None and not re.match(rf"({'|'.join(LOCAL_DATABASES)}):[^/]", value):
            raise ValueError(
                'expected "sqlite:shop.db" or "duckdb:shop.duckdb"; the address of any other database is a secret: '
                'put it into an environment variable and name that, url_env = "SHOP_DB_URL"'
            )
        return value

    @field_validator("url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return value
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise ValueError("expected an address such as https://shop.example/api/orders") from None
        if parts.username is not None or parts.password is not None:
            raise ValueError("a secret in the address; expected secret_env, the name of an environment variable")
        if not host or not (parts.scheme == "https" or (parts.scheme == "http" and LOOPBACK.fullmatch(host))):
            raise ValueError("expected an https address (http only of this machine)")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Elsewhere:
        if self.is_database and (self.table is None) == (self.query is None):
            raise ValueError("a database needs either table, or query")
        if not self.is_database and (self.table is not None or self.query is not None):
            raise ValueError("table and query go with database or url_env")
        if self.url is None and (self.pages is not None or self.secret_env is not None):
            raise ValueError("pages and secret_env go with url")
        return self
