"""Numbers as a language writes them, text made harmless, and every message translated."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from rcommerce_helpers import sentences
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sentences import Number, count, decimal, interval, labels, money, safe, say, share
from rcommerce_helpers.sentences.catalogue import CATALOGUES, catalogue
from rcommerce_helpers.sentences.columns import CELLS, COLUMNS, column_words
from rcommerce_helpers.sentences.merging import WORDS as MERGING_WORDS
from rcommerce_helpers.sentences.sources import REASONS, reason_words

PACKAGE = Path(sentences.__file__).parents[1]
SPEAKING = sorted(
    [*(PACKAGE / "sentences").glob("*.py"), *(PACKAGE / "plots").glob("*.py"), *(PACKAGE / "workspace").rglob("*.py")]
)
DRAWING = [path for path in SPEAKING if path.parent.name == "plots"]
GERMAN = sorted((CATALOGUES / "de").glob("*.po"))
SAME_IN_BOTH = frozenset()
FIELD = re.compile(r"\{(\w+)\}")


def constants(node: ast.AST) -> list[str]:
    """The texts an expression can only be: a text, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [a + b for a in constants(node.left) for b in constants(node.right)]
    return []


def texts_of(path: Path) -> set[str]:
    """Messages given to say() and names given to label() or labels(), also by way of a name set beside it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.setdefault(node.targets[0].id, []).extend(constants(node.value))
    found: set[str] = set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        given_texts = {"say": node.args[:1], "label": node.args[:1], "labels": node.args[1:]}.get(node.func.id, [])
        for argument in given_texts:
            found.update(named.get(argument.id, []) if isinstance(argument, ast.Name) else constants(argument))
            if isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name):
                found.update(entries(path, argument.value.id))
    return found


def entries(path: Path, name: str) -> list[str]:
    """Texts in a dictionary of words that a module holds or imports: ``labels(language, WORDS[code])``."""
    module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    words = getattr(importlib.import_module(module), name, {})
    return [text for text in words.values() if isinstance(text, str)] if isinstance(words, dict) else []


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a message, one or two."""
    return text if isinstance(text, tuple) else (text,)


def plurals_of(path: Path) -> set[tuple[str, str]]:
    """Singular and plural of the messages of one file that have both."""
    calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    said = [n for n in calls if isinstance(n.func, ast.Name) and n.func.id == "say"]
    return {
        (constants(call.args[0])[0], constants(word.value)[0])
        for call in said
        for word in call.keywords
        if word.arg == "plural"
    }


@pytest.mark.parametrize("path", SPEAKING, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_plural_has_both_forms_in_the_catalogue(path):
    known = set()
    for german in GERMAN:
        with german.open("rb") as stream:
            known |= {m.id for m in read_po(stream, locale="de") if isinstance(m.id, tuple)}
    assert sorted(plurals_of(path) - known) == []


def test_the_catalogue_chooses_the_plural():
    few, many = Number("1", value=1), Number("3", value=3)
    message, plural = "{n} likely pair is held back.", "{n} likely pairs are held back."
    assert say(message, "en", plural=plural, n=few) == "1 likely pair is held back."
    assert say(message, "en", plural=plural, n=many) == "3 likely pairs are held back."
    assert say(message, "de", plural=plural, n=few) == "1 wahrscheinliches Paar wird zurückgehalten."
    assert say(message, "de", plural=plural, n=many) == "3 wahrscheinliche Paare werden zurückgehalten."


def test_words_of_tables_are_translated():
    shown = {column.heading for column in COLUMNS.values()} | set(CELLS.values()) | set(MERGING_WORDS.values())
    shown |= {name.replace("_", " ") for name in LANDED_TABLES} | {t.grain for t in LANDED_TABLES.values()}
    same = {"n", "AUC", "detail"}
    assert sorted(shown - set(catalogue("de")) - same) == []


@pytest.mark.parametrize("path", SPEAKING, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_message_and_label_is_translated(path):
    known = catalogue("de")
    assert sorted(text for text in texts_of(path) if text not in known) == []


def test_columns_of_the_own_data_have_german_names():
    columns = {column for table in LANDED_TABLES.values() for column in table.column_names}
    shown = {column_words(column, "en") for column in columns}
    assert sorted(shown - set(catalogue("de"))) == []
    assert "email" not in shown


def test_reasons_of_the_quarantine_are_told_in_german():
    assert sorted(set(REASONS) - set(catalogue("de"))) == []
    assert reason_words("none of granted, refused", "de") == "nichts von granted, refused"
    assert reason_words("what nobody knows", "de") == "what nobody knows"


def test_the_collector_sees_messages_and_labels():
    assert sum(len(texts_of(path)) for path in SPEAKING) > 50


@pytest.mark.parametrize("path", GERMAN, ids=lambda p: p.stem)
def test_no_translation_is_empty_fuzzy_or_merely_copied(path):
    with path.open("rb") as stream:
        messages = [m for m in read_po(stream, locale="de") if m.id]
    assert [m.id for m in messages if not all(forms(m.string)) or m.fuzzy] == []
    copied = {i for m in messages for i, s in zip(forms(m.id), forms(m.string), strict=True) if i == s}
    assert {i for i in copied if re.search(r"[a-z]{3}", FIELD.sub("", i))} - SAME_IN_BOTH == set()


@pytest.mark.parametrize("path", GERMAN, ids=lambda p: p.stem)
def test_translation_fills_the_same_places(path):
    with path.open("rb") as stream:
        messages = [m for m in read_po(stream, locale="de") if m.id]
    pairs = [pair for m in messages for pair in zip(forms(m.id), forms(m.string), strict=True)]
    assert [i for i, s in pairs if set(FIELD.findall(i)) != set(FIELD.findall(s))] == []


def test_one_message_has_one_translation():
    seen: dict[str, str] = {}
    for path in GERMAN:
        with path.open("rb") as stream:
            for message in read_po(stream, locale="de"):
                if message.id:
                    said = forms(message.string)
                    assert seen.setdefault(forms(message.id)[0], said) == said, message.id


def test_numbers_are_written_as_each_language_does():
    assert (count(12480, "en"), count(12480, "de")) == ("12,480", "12.480")
    assert (decimal(0.8123, "en"), decimal(0.8123, "de")) == ("0.81", "0,81")
    assert (share(0.2331, "en"), share(0.2331, "de")) == ("23.3%", "23,3\xa0%")
    assert (money(1234.4, "EUR", "en"), money(1234.4, "EUR", "de")) == ("\u20ac1,234", "1.234\xa0\u20ac")
    assert (interval("1", "2", "en"), interval("1", "2", "de")) == ("1 to 2", "1 bis 2")


def test_a_rounded_zero_has_no_sign():
    assert decimal(-0.001, "en") == "0.00"
    assert share(-1e-10, "en") == "0.0%"


def test_say_fills_and_falls_back_to_english(monkeypatch):
    assert say("Nobody translated {this}.", "de", this="that") == "Nobody translated that."


def test_labels_come_in_the_order_asked():
    assert labels("en", "b", "a") == ("b", "a")


def test_unknown_language_is_refused():
    with pytest.raises(ParamError, match="one of en, de"):
        say("x", "fr")


@given(st.text())
def test_text_from_data_never_holds_an_active_sign(text):
    bare = re.sub(r"&(?:amp|lt|gt|quot|#x27|#\d+);", "", safe(text))
    assert not set(bare) & set("<>\"'`*_[]|$~\\\n\r&")


def test_nothing_is_said_of_a_missing_text():
    assert (safe(None), safe(float("nan")), safe(0)) == ("", "", "0")
