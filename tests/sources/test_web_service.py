"""Rows of a web service: all pages and no more, patience within limits, the secret to one host only."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from landing_kit import HEAD, ORDERS

from rcommerce_helpers.errors import ParamError, SchemaError
from rcommerce_helpers.sources import land, load_data_set, web_service
from rcommerce_helpers.sources.landed import read_landed

KEY = "hunter2-of-the-test"
ALL = [{"no": n, "who": f"k{n % 3}", "when": "2024-06-01", "paid": 0.1} for n in range(1, 8)]


class Service:
    """A server on loopback: ``answers`` maps path -> function of the parameters, giving status, headers, body."""

    def __init__(self):
        service = self
        self.answers, self.seen = {}, []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                service.seen.append((self.path, dict(self.headers)))
                status, headers, body = service.answers[parts.path](parse_qs(parts.query))
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service():
    made = Service()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def own_process():
    """As it is: the service is asked by another process. The other tests ask in this one, with short waits."""


@pytest.fixture(autouse=True)
def in_this_process(request, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", KEY)
    if "own_process" not in request.fixturenames:
        direct = lambda limits, scratch, stopped, work, *args: work(*args)  # noqa: E731
        monkeypatch.setattr("rcommerce_helpers.sources.fetching.apart", direct)
        monkeypatch.setattr(web_service, "FIRST_WAIT", 0.01)


def described(folder, url, *more):
    lines = "\n".join(more)
    text = f'{HEAD}\n[files.orders]\nsource = "shop"\nurl = "{url}"\n{lines}\n{ORDERS}'
    (folder / "sources.toml").write_text(text, "utf-8")
    return load_data_set(str(folder), allow_network=True)


def refused(folder, words, url, *more):
    with pytest.raises(SchemaError) as caught:
        described(folder, url, *more)
    said = str(caught.value)
    assert [word for word in words if word not in said] == [], said
    assert KEY not in said
    return said


def pages(rows, size, page):
    return rows[(page - 1) * size : page * size]


def by_next(service, size=3):
    def answer(asked):
        page = int(asked.get("page", ["1"])[0])
        more = f"/orders?page={page + 1}" if page * size < len(ALL) else None
        return 200, {}, {"links": {"next": more}, "orders": pages(ALL, size, page), "tags": []}

    service.answers["/orders"] = answer
    return 'rows = "orders"', 'pages = { next = "links.next" }'


def by_link_header(service, size=3):
    def answer(asked):
        page = int(asked.get("page", ["1"])[0])
        link = f'<{service.url}/orders?page={page + 1}>; rel="next", </orders>; rel="first"'
        return 200, {"Link": link} if page * size < len(ALL) else {}, pages(ALL, size, page)

    service.answers["/orders"] = answer
    return ("pages = { link_header = true }",)


def by_number(service, size=3):
    service.answers["/orders"] = lambda asked: (200, {}, pages(ALL, size, int(asked["p"][0])))
    return ('pages = { number = "p" }',)


def by_cursor(service, size=3):
    def answer(asked):
        begin = int(asked.get("after", ["0"])[0])
        rest = ALL[begin : begin + size]
        return 200, {}, {"data": rest, "meta": {"cursor": begin + size if begin + size < len(ALL) else None}}

    service.answers["/orders"] = answer
    return 'rows = "data"', 'pages = { cursor = "after", cursor_from = "meta.cursor" }'


@pytest.mark.parametrize("way", [by_next, by_link_header, by_number, by_cursor])
def test_all_pages_and_each_row_once(tmp_path, service, way):
    land(described(tmp_path, f"{service.url}/orders?shop=1", *way(service)), tmp_path / "landed")
    assert read_landed(tmp_path / "landed", "orders")["order_id"].to_list() == [str(row["no"]) for row in ALL]
    assert all("shop=1" in path for path, _ in service.seen) or way in (by_next, by_link_header)


def test_the_answer_is_kept_and_the_fingerprint_is_of_it(tmp_path, service, own_process):
    service.answers["/orders"] = lambda _: (200, {}, json.dumps(ALL, indent=2).encode())
    asked = described(tmp_path, f"{service.url}/orders", 'secret_env = "SHOP_KEY"')
    first = asked.fingerprint
    land(asked, tmp_path / "landed")
    kept = (tmp_path / "landed" / "fetched_orders.jsonl").read_text()
    assert [json.loads(line) for line in kept.splitlines()] == ALL
    assert described(tmp_path, f"{service.url}/orders", 'secret_env = "SHOP_KEY"').fingerprint == first
    service.answers["/orders"] = lambda _: (200, {}, ALL[:-1])
    assert described(tmp_path, f"{service.url}/orders", 'secret_env = "SHOP_KEY"').fingerprint != first
    assert service.seen[0][1]["Authorization"] == f"Bearer {KEY}"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []


def test_numbers_arrive_as_they_are_written(tmp_path, service):
    body = b'[{"no": 12345678901234567890123, "who": "a", "when": "2024-06-01", "paid": 0.10}]'
    service.answers["/orders"] = lambda _: (200, {}, body)
    kept = described(tmp_path, f"{service.url}/orders").file_path("orders").read_bytes()
    assert kept == body[1:-1] + b"\n"


def test_a_secret_in_another_header(tmp_path, service):
    service.answers["/orders"] = lambda _: (200, {}, ALL)
    described(
        tmp_path, f"{service.url}/orders", 'secret_env = "SHOP_KEY"\nsecret_header = "X-Key"\nsecret_form = "key={}"'
    )
    assert service.seen[0][1]["X-Key"] == f"key={KEY}"
    assert "Authorization" not in service.seen[0][1]


def test_busy_or_broken_for_a_while_is_no_failure(tmp_path, service):
    troubles = iter([(429, {"Retry-After": "0"}, b""), (503, {}, b""), (429, {"Retry-After": "nonsense"}, b"")])
    service.answers["/orders"] = lambda _: next(troubles, (200, {}, ALL))
    assert described(tmp_path, f"{service.url}/orders").file_path("orders").read_text().count("\n") == 7
    assert len(service.seen) == 4


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((429, {"Retry-After": "86400"}, b""), ["left alone for 86,400 seconds", "Try again later"]),
        ((429, {"Retry-After": "9" * 400}, b""), ["left alone for"]),
        ((429, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, b""), ["left alone for"]),
        ((500, {}, b"hunter"), ["500 for the 5th time"]),
        ((401, {}, b""), ["the status 401", "SHOP_KEY"]),
        ((404, {}, b""), ["the status 404", "Check the address"]),
        ((204, {}, b""), ["the status 204"]),
        ((200, {}, b"<html>login</html>"), ["page 1", "no valid JSON"]),
        ((200, {}, b'[{"no": 1}'), ["no valid JSON", "page 1"]),
        ((200, {}, b'{"error": "none"}'), ["an object with no arrays"]),
        ((200, {}, '[{"no": "ü"}]'.encode("cp1252")), ["UTF-8"]),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"[" + b" " * 70_000_000 + b"]")), ["more than 64 MB"]),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), ["no answer (DecodingError)"]),
        ((302, {"Location": "https://elsewhere.example/orders"}, b""), ["another host ('elsewhere.example')"]),
        ((302, {"Location": "http://127.0.0.1:1/orders"}, b""), ["another host"]),
        ((302, {"Location": "http://localhost:{port}/orders"}, b""), ["another host"]),
        ((302, {"Location": "file:///etc/passwd"}, b""), ["another host"]),
        ((302, {"Location": "//169.254.169.254/latest"}, b""), ["another host ('169.254.169.254')"]),
        ((302, {"Location": "http://[::1"}, b""), ["no answer"]),
        ((302, {"Location": "/orders"}, b""), ["send on and on"]),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path, service, answer, words):
    status, headers, body = answer
    ready = {name: value.replace("{port}", service.url.rpartition(":")[2]) for name, value in headers.items()}
    service.answers["/orders"] = lambda _: (status, ready, body)
    refused(tmp_path, words, f"{service.url}/orders?token=abc", 'secret_env = "SHOP_KEY"')
    assert not (tmp_path / "landed").exists()


def test_a_redirect_within_the_host_is_followed(tmp_path, service):
    service.answers["/old"] = lambda _: (301, {"Location": "/orders"}, b"")
    service.answers["/orders"] = lambda _: (200, {}, ALL)
    described(tmp_path, f"{service.url}/old")


@pytest.mark.parametrize(
    ("body", "pages", "words"),
    [
        ({"next": "https://elsewhere.example/2", "rows": [{"no": 1}]}, 'next = "next"', ["another host"]),
        ({"next": "/orders", "rows": [{"no": 1}]}, 'next = "next"', ["round in a circle"]),
        ({"next": ["x"], "rows": [{"no": 1}]}, 'next = "next"', ["no address"]),
        ({"rows": [{"no": 1}]}, 'number = "page"', ["the same page twice"]),
        ({"c": 5, "rows": [{"no": 1}]}, 'cursor = "a", cursor_from = "c"', ["the same page twice"]),
    ],
)
def test_pages_that_lead_astray(tmp_path, service, body, pages, words):
    service.answers["/orders"] = lambda _: (200, {}, body)
    refused(
        tmp_path, words, f"{service.url}/orders", 'secret_env = "SHOP_KEY"', 'rows = "rows"', f"pages = {{ {pages} }}"
    )
    assert all(path.startswith("/orders") for path, _ in service.seen)


def test_more_than_the_size_and_the_time_of_a_source(tmp_path, service, monkeypatch):
    service.answers["/orders"] = lambda asked: (200, {}, [{"no": asked["p"][0], "x": "y" * 700_000}])
    refused(
        tmp_path, ["more than 1 MB"], f"{service.url}/orders", 'pages = { number = "p" }\nmegabytes = 1\nseconds = 15'
    )
    service.answers["/orders"] = lambda asked: (200, {}, [{"no": asked["p"][0]}])
    refused(tmp_path, ["no end after 1 seconds"], f"{service.url}/orders", 'pages = { number = "p" }\nseconds = 1')


def test_nobody_is_there(tmp_path, service):
    service.server.shutdown()
    service.server.server_close()
    refused(tmp_path, ["no answer (ConnectError)"], f"{service.url}/orders")


@pytest.mark.parametrize(
    "proxy", ["htp://me:pass-of-proxy@firm.example", "socks5://me:pass-of-proxy@firm.example:1080"]
)
def test_a_proxy_that_cannot_be_used_is_named_and_not_quoted(tmp_path, service, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    said = refused(tmp_path, ["HTTPS_PROXY", "NO_PROXY"], "https://shop.example/orders")
    assert "pass-of-proxy" not in said


def test_no_proxy_sees_what_goes_to_this_machine(tmp_path, service, monkeypatch):
    service.answers["/orders"] = lambda _: (200, {}, ALL)
    monkeypatch.setenv("HTTP_PROXY", service.url)
    nobody = "http://127.0.0.1:9/orders"
    refused(tmp_path, ["no answer (ConnectError)"], nobody, 'secret_env = "SHOP_KEY"')
    assert service.seen == []


def test_the_secret_is_told_before_it_is_sent(tmp_path, service):
    service.answers["/orders"] = lambda _: (200, {}, ALL)
    described(tmp_path, f"{service.url}/orders", 'secret_env = "SHOP_KEY"')
    asked = len(service.seen)
    with pytest.raises(ParamError, match=r"asks 127.0.0.1 with the secret of SHOP_KEY.*--allow-network"):
        load_data_set(str(tmp_path))
    assert len(service.seen) == asked
