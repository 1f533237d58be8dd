"""Rows of a web service as JSON lines: page by page, patient within limits, and asking nobody but the declared host.

The secret goes to the host that is declared and to no other: an answer that sends elsewhere is refused. Whatever the
service says is data: no message repeats it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.elsewhere import Pages
from rcommerce_helpers.sources.json_files import raw_elements
from rcommerce_helpers.sources.secrets import secret_of
from rcommerce_helpers.sources.text_pieces import FIELD_CHARACTERS_MAX

ANSWER_SECONDS = 30.0
TRIES = 5
FIRST_WAIT, WAIT_MAX = 0.5, 120.0
REDIRECTS_MAX = 5
PAGES_MAX = 10_000
MB = 1024 * 1024


def read_service(spec: FileSection, place: str, target: Path) -> None:
    """Read all pages into a file with one JSON object per line; runs in a process of its own.

    Raises
    ------
    SchemaError
        The service cannot be reached, refuses, answers with no JSON, sends to another host, turns in a circle, or has
        more than the limits of the source; or the environment names a proxy that cannot be used.
    """
    headers = {"Accept": "application/json"}
    if spec.secret_env is not None:
        headers[spec.secret_header] = spec.secret_form.format(secret_of(spec.secret_env, place))
    with _client(spec, headers, place) as client, target.open("wb") as out:
        asking = _Asking(client, spec, place, time.monotonic() + spec.seconds)
        page_file = target.with_suffix(".page")
        try:
            for page in asking.pages(page_file):
                out.writelines(page)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = f"no answer ({type(error).__name__})"
            raise asking.refused(said, "Check the address, and try again later") from None


def _client(spec: FileSection, headers: dict[str, str], place: str) -> httpx.Client:
    """Who asks: through the proxy that the environment names, but never for a service of this machine.

    What goes to another host is encrypted, so that a proxy passes on what it cannot read; else it would read the
    secret.
    """
    proxied = str(spec.url).startswith("https:")
    try:
        return httpx.Client(
            headers=headers, timeout=httpx.Timeout(ANSWER_SECONDS), follow_redirects=False, trust_env=proxied
        )
    except (ValueError, ImportError):  # the address of a proxy may hold its password: it is not repeated
        raise SchemaError(
            place,
            got="a proxy in HTTP_PROXY, HTTPS_PROXY or ALL_PROXY that cannot be used",
            expected="an address as http://proxy.firm.example:3128",
            do="Correct the variable, or set NO_PROXY to the host of the service",
        ) from None


@dataclass
class _Asking:
    """One round of questions: what is left of time and size, and what was asked already."""

    client: httpx.Client
    spec: FileSection
    place: str
    end: float
    size: int = 0
    asked: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return str(self.spec.url)

    def pages(self, file: Path) -> Iterator[list[bytes]]:
        """The rows of each page, one line each."""
        address: str | None = self.url
        number = self.spec.pages.first if self.spec.pages else 0
        if self.spec.pages and self.spec.pages.number:
            address = _with(self.url, self.spec.pages.number, str(number))
        before: list[bytes] = []
        while address is not None:
            if address in self.asked or len(self.asked) >= PAGES_MAX:
                raise self.refused(
                    f"pages that go round in a circle after {len(self.asked):,}", "Correct pages = { ... }"
                )
            self.asked.add(address)
            answer = self._answer(address, file)
            page = [line + b"\n" for line in raw_elements(file, self.spec, f"{self.place}, page {len(self.asked)}")]
            if page and page == before:
                raise self.refused("the same page twice", "Correct pages = { ... }: the service ignores it")
            yield page
            before, number = page, number + 1
            address = self._next(answer, file, page, number) if self.spec.pages else None

    def _next(self, answer: httpx.Response, file: Path, page: list[bytes], number: int) -> str | None:
        """Address of the next page; None after the last."""
        pages: Pages = self.spec.pages  # type: ignore[assignment]
        if pages.number is not None:
            return _with(self.url, pages.number, str(number)) if page else None
        if pages.link_header:
            found = answer.links.get("next", {}).get("url")
        else:
            found = _at(json.loads(file.read_text(encoding="utf-8-sig")), str(pages.next or pages.cursor_from))
        if found in (None, "", False):
            return None
        if not isinstance(found, (str, int)):
            raise self.refused("a next page that is no address", "Correct pages = { ... }")
        if pages.cursor is not None:
            return _with(self.url, pages.cursor, str(found)) if page else None
        return self._same_host(str(answer.url), str(found))

    def _same_host(self, base: str, address: str) -> str:
        """An address that an answer names, if it is of the declared host."""
        try:
            whole = urljoin(base, address)
            there, declared = (_origin(part) for part in (whole, self.url))
        except ValueError:
            raise self.refused("a next address that is none", "Tell the service's maker") from None
        if there != declared:
            raise self.refused(
                f"an answer that sends to another host ({there[1][:100]!r})",
                "If that host is right, write its address in url; the secret is sent to no other",
            )
        return whole

    def _answer(self, address: str, file: Path) -> httpx.Response:
        """The answer to one question, its body in a file; asked again where the service is busy or broke down."""
        hops, tries = 0, 0
        while True:
            self._check_time()
            try:
                answer = self._ask(address, file)
            except httpx.TransportError:
                tries += 1
                if tries >= TRIES:
                    raise
                self._wait(FIRST_WAIT * 2**tries)
                continue
            if answer.has_redirect_location:
                hops += 1
                if hops > REDIRECTS_MAX:
                    raise self.refused("answers that send on and on", "Write the last address in url")
                address = self._same_host(address, answer.headers["location"])
            elif answer.status_code == 429 or answer.status_code >= 500:
                tries += 1
                if tries >= TRIES:
                    raise self.refused(f"{answer.status_code} for the {tries}th time", "Try again later")
                self._wait(_asked_wait(answer) or FIRST_WAIT * 2**tries)
            elif answer.status_code != 200:
                raise self._no(answer.status_code)
            else:
                return answer

    def _ask(self, address: str, file: Path) -> httpx.Response:
        with self.client.stream("GET", address) as answer, file.open("wb") as out:
            taken = 0
            for chunk in answer.iter_bytes():
                self._check_time()
                taken += len(chunk)
                if taken > FIELD_CHARACTERS_MAX:
                    raise self.refused(f"a page of more than {FIELD_CHARACTERS_MAX // MB} MB", "Ask for smaller pages")
                out.write(chunk)
            self.size += taken
            if self.size > self.spec.megabytes * MB:
                raise self.refused(
                    f"more than {self.spec.megabytes:,} MB", "Ask for less, or set megabytes = ... for this source"
                )
            return answer

    def _check_time(self) -> None:
        if time.monotonic() > self.end:
            raise self.refused(
                f"no end after {self.spec.seconds:,} seconds", "Ask for less, or set seconds = ... for this source"
            )

    def _wait(self, seconds: float) -> None:
        if seconds > min(WAIT_MAX, self.end - time.monotonic()):
            raise self.refused(f"a service that wants to be left alone for {seconds:,.0f} seconds", "Try again later")
        time.sleep(max(seconds, 0.0))

    def _no(self, status: int) -> SchemaError:
        who = self.spec.secret_env or "no secret; it may need secret_env"
        do = f"Check the secret ({who})" if status in (401, 403) else "Check the address and its parameters"
        return self.refused(f"the status {status}", do)

    def refused(self, got: str, do: str) -> SchemaError:
        """A complaint about the service; of the address only the host is told, for the rest may hold a key."""
        return SchemaError(
            f"{self.place} ({urlsplit(self.url).hostname})", got=got, expected="rows as JSON, page by page", do=do
        )


def _origin(address: str) -> tuple[str, str, int]:
    parts = urlsplit(address)
    return parts.scheme, str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)


def _with(address: str, name: str, value: str) -> str:
    """An address with a parameter set."""
    return str(httpx.URL(address).copy_set_param(name, value))


def _at(content: Any, place: str) -> Any:
    """What stands at a place of a body such as ``links.next``; None where there is nothing."""
    for part in place.split("."):
        content = content.get(part) if isinstance(content, dict) else None
    return content


def _asked_wait(answer: httpx.Response) -> float:
    """Seconds a busy service asks to wait (``Retry-After``: seconds, or a moment of its clock); 0 for none."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said[:9])
    try:
        now = parsedate_to_datetime(answer.headers.get("date", ""))
        return max((parsedate_to_datetime(said) - now).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return 0.0
