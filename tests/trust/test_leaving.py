"""What the exit gate takes out of texts, what it leaves alone, and what a spreadsheet may be given."""

import re
import time

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from rcommerce_helpers.leaving import fit_to_leave, masked, plain, typed_cell
from rcommerce_helpers.sentences.catalogue import CATALOGUES

MAILS = (
    "anna@mail.de", "Anna.Müller+x@sub.münchen.de", "anna (at) mail.de", "anna＠mail.de", "an\u200bna@mail.de",
    "an\u202ena@mail.de", "anna&#64;mail.de", "anna&#95;lena@mail.de", "ANNA@MAIL.DE", "anna%40mail.de",
    "anna﹫mail。de",
)  # fmt: skip
PHONES = (
    "0162-26111090", "030 / 901 820 15", "(030) 90182015", "+49 (0)30 90182015", "+49301234567", "0049 30 1234567",
    "01622611109", "(555) 123-4567", "555-123-4567", "01 23 45 67 89", "０３０ ９０１ ８２０ １５", "٠٣٠٩٠١٨٢٠١٥",
    "+44\xa020 7946 0958",
)  # fmt: skip
ACCOUNTS = ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "de89 3704 0044 0532 0130 00",
            "AT611904300234573201", "GB29 NWBK 6016 1331 9268 19")  # fmt: skip
IDS = (
    "c0123456789",
    "hab12cd34ef",
    "c0123456789abcdef0123",
    "p" + "0af3" * 16,
    "shop:K0000175172",
    "crm:4711",
    "C0123456789ABCDEF0123",
    "_c0123456789abcdef0123_",
)
OURS = (
    "01.10.2024 00:15:07", "2026-09-30", "2026-09-30T08:42:04+02:00", "01/10/2024", "01.10.2024-07.10.2024",
    "1.234.567", "+1.234.567 EUR", "+12.3%", "−3.5", "€1,234,567.89", "0.00001234567", "0,0012345", "12 345 678",
    "10,000,000", "B1148590156", "K01-information", "70558 Stuttgart", "20261126T174941-feab1b", "29 to 90",
    "08:00-12:00", "1234567890123", "652934", "https://doi.org/10.1145/3097983.3098066", "arXiv:1706.04599",
    "ISBN 978-3-16-148410-0", "http://localhost:8888/lab", "1e-12", "1.0038689772375882e-19",
    "[0.1, 0.25]", "feedback", "@dataclass",
    "juergen@lueth.example", "+493023125017", "030 / 23125 017",
)  # fmt: skip
HIDDEN = ("\u202e", "\u2066", "\u200f", "\u061c", "\x00", "\x1b", "\u2028", "\U000e0041", "\ufeff", "\u200b", "\r")


@pytest.mark.parametrize("found", [*MAILS, *PHONES, *ACCOUNTS, *IDS])
@pytest.mark.parametrize("around", ["{}", "Ask {} today", "<td>{}</td>", "({})", "'{}',"])
def test_identifiers_give_way_to_a_word(found, around):
    said = fit_to_leave(around.format(found))
    assert "[" in said and "]" in said
    assert sum(sign.isdigit() for sign in said) == 0 and "anna" not in said.casefold()


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("around", ["{}", "since {} there", "<td>{}</td>", "({})"])
def test_days_money_counts_and_orders_stay(ours, around):
    assert fit_to_leave(around.format(ours)) == around.format(ours)


@given(st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9).map(lambda x: round(x, 4)) | st.floats(-1e3, 1e3))
def test_our_numbers_stay(value):
    for text in (
        repr(value),
        f'data-v="{value!r}"',
        f"{value:,}",
        f"{value:,}".replace(",", "\x00").replace(".", ",").replace("\x00", "."),
    ):
        assert masked(text) == text


def test_no_message_of_the_catalogues_is_taken_for_an_identifier():
    said = []
    for path in CATALOGUES.glob("*/*.po"):
        with path.open("rb") as stream:
            messages = [m for m in read_po(stream) if m.id]
        texts = [m.id for m in messages] + [m.string for m in messages]
        said += [form for text in texts for form in (text if isinstance(text, tuple) else (text,))]
    assert len(said) > 500
    assert [text for text in said if fit_to_leave(text) != text] == []


@pytest.mark.parametrize("sign", HIDDEN)
def test_hidden_characters_are_gone_or_seen(sign):
    assert sign not in plain(f"pay{sign}pal")


@given(st.text())
def test_what_left_once_may_leave_again(text):
    once = fit_to_leave(text)
    assert plain(once) == once
    assert all(sign in once for sign in text if sign.isalpha() and sign.isascii() and "[" not in once)


@pytest.mark.parametrize("text", ["a" * 10**5, "0 " * 10**5, "a." * 10**5, "(at)" * 10**5, "x@" + "a." * 10**5,
                                  "DE12 " * 10**5, "+1" * 10**5, "ab:" * 10**5])  # fmt: skip
def test_a_long_text_is_looked_through_in_seconds(text):
    begun = time.perf_counter()
    fit_to_leave(text)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", " =1", "\t=1", '"=1+1"', "'=1", "@x", "-1+1", "+49 30", "\r=1",
                                  "\u200b=1", "-", "+1-2", "＠SUM(1)"])  # fmt: skip
def test_no_text_starts_a_formula(text):
    cell = str(typed_cell(text))
    assert re.match(r"""[\s"']*'[=+@-]""", cell)
    assert typed_cell("\u202e" + text) != "\u202e" + text


def test_a_separator_within_a_text_starts_no_formula_either():
    assert typed_cell("x;=cmd|1") == "x;'=cmd|1"
    assert typed_cell('x\n"=1') == "x\n\"'=1"


@pytest.mark.parametrize("value", [-3.5, 7, True, None, "+49301234567", "-3,5", "+12", "2024-06-30", "Hallo, -10 %",
                                   "a,b", "a-b@c.de"])  # fmt: skip
def test_numbers_telephone_numbers_and_plain_texts_stay(value):
    assert typed_cell(value) == value
