"""The text of a file in pieces of whole lines, its letters checked: what is written in another encoding is refused."""

from __future__ import annotations

import codecs
import gzip
import itertools
import re
import zlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import IO

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.config import FileSection

PIECE_BYTES = 1024 * 1024
FIELD_CHARACTERS_MAX = 64 * 1024 * 1024
CONTROL = re.compile("[\x80-\x9f]")
ZEROS_OF_UTF16 = 0.3
MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
"""First bytes of a file -> the encoding they stand for; the longer ones before those they begin with."""


class Text:
    """A text that comes in pieces of whole lines: line by line at its head, piece by piece behind."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self.pieces = pieces
        self.piece = StringIO(newline="")

    def __iter__(self) -> Text:
        return self

    def __next__(self) -> str:
        line = self.piece.readline()
        while not line:  # a piece is empty where a line is longer than it
            self.piece = StringIO(next(self.pieces), newline="")
            line = self.piece.readline()
        return line

    def put_back(self, line: str) -> None:
        """Let a line that was just taken be the next again."""
        self.piece.seek(self.piece.tell() - len(line))

    def rest(self) -> Iterator[str]:
        """What was not taken as lines."""
        yield from filter(None, itertools.chain([self.piece.read()], self.pieces))


def check_first_bytes(path: Path, spec: FileSection, name: str) -> None:
    """A file that says or shows another encoding in its first bytes is not read in the declared one."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw:  # type: ignore[attr-defined]
            head = raw.read(4096)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return  # told with its line when the text is read
    declared = codecs.lookup(spec.encoding).name
    said = next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), "")
    if said and not declared.startswith(said):
        raise _wrong_encoding(f"{name}, line 1", spec, f"the byte order mark of {said}", said)
    zeros = [head[half::2].count(0) / max(len(head) // 2, 1) for half in (0, 1)]
    if not said and not declared.startswith(("utf-16", "utf-32")) and max(zeros) > ZEROS_OF_UTF16:
        likely = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
        raise _wrong_encoding(f"{name}, line 1", spec, "a zero byte beside every letter", likely)


def open_bytes(path: Path) -> IO[bytes]:
    """A file of bytes, unpacked where it is gzipped."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _decoded(raw: IO[bytes], spec: FileSection) -> Iterator[str]:
    """The text of a file in pieces of whole lines, the last one perhaps without its end; no byte order mark."""
    encoding = "utf-8-sig" if spec.encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else spec.encoding
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    kept = ""
    while data := raw.read(PIECE_BYTES):
        text = kept + decoder.decode(data)
        end = 1 + max(text.rfind("\n"), text.rfind("\r", 0, -1))  # a CR at the very end may have its LF to come
        kept = text[end:]
        yield text[:end]
        if len(kept) >= FIELD_CHARACTERS_MAX:
            raise _EndlessLine
    yield kept + decoder.decode(b"", final=True)


class _EndlessLine(Exception):
    """A line longer than a field may be."""


def checked_pieces(raw: IO[bytes], spec: FileSection, name: str) -> Iterator[str]:
    """Pieces of whole lines; trouble of the bytes gets a name, a line and a remedy."""
    number = 0
    eye = _Letters(spec, name)
    try:
        for text in _decoded(raw, spec):
            eye.look(text, number)
            number += text.count("\n") or text.count("\r")
            yield text
    except _EndlessLine:
        raise endless_line(f"{name}, line {number + 1}") from None
    except UnicodeDecodeError as error:
        number += error.object.count(b"\n", 0, error.start)
        bad = f"byte 0x{error.object[error.start]:02x}, which {spec.encoding} does not know"
        likely = "utf-8" if eye.single_byte else "cp1252"
        raise _wrong_encoding(f"{name}, at or after line {number + 1}", spec, bad, likely) from None
    except UnicodeError as error:  # UTF-16 without its byte order mark
        raise _wrong_encoding(f"{name}, at or after line {number + 1}", spec, str(error), "utf-8") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SchemaError(
            f"{name}, after line {number}",
            got=f"a gzip file that is cut off or damaged ({error})",
            expected="a whole .gz file",
            do="Copy or export the file again",
        ) from None
    eye.conclude()


class _Letters:
    """Sees whether a text of a single-byte encoding is rather UTF-8, or one of ISO 8859 rather cp1252."""

    def __init__(self, spec: FileSection, name: str) -> None:
        self.spec, self.name = spec, name
        self.single_byte = not spec.encoding.lower().startswith(("utf", "u8"))
        self.has_controls = codecs.lookup(spec.encoding).name.startswith("iso8859")
        self.suspect, self.proven = 0, not self.single_byte

    def look(self, text: str, number: int) -> None:
        """Look at some lines, of which ``number`` were before."""
        found = CONTROL.search(text) if self.has_controls else None
        if found:
            place = f"{self.name}, at or after line {number + text.count(chr(10), 0, found.start()) + 1}"
            raise _wrong_encoding(place, self.spec, "control characters where letters should be", "cp1252")
        if self.proven or text.isascii():
            return
        for line in StringIO(text, newline=""):
            if not line.isascii():
                self.suspect += 1
                if not _is_utf8(line, self.spec.encoding):
                    self.proven = True
                    return

    def conclude(self) -> None:
        """After the last line: letters that all could be UTF-8 are."""
        if self.suspect and not self.proven:
            bad = f"UTF-8 on all {self.suspect} lines with letters beyond ASCII"
            raise _wrong_encoding(f"{self.name}, at or after line 1", self.spec, bad, "utf-8")


def endless_line(place: str) -> SchemaError:
    """The complaint of a line that no export has, and that no memory holds: a packed file may unpack to it."""
    return SchemaError(
        place,
        got=f"a line of {FIELD_CHARACTERS_MAX:,} characters or more",
        expected="lines that end",
        do="Export the file again",
    )


def _is_utf8(line: str, encoding: str) -> bool:
    """Whether the bytes of a line could be UTF-8: letters of a single-byte encoding practically never are."""
    try:
        line.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _wrong_encoding(place: str, spec: FileSection, got: str, other: str) -> SchemaError:
    """The complaint that a file is written in another encoding than declared; ``other`` is the likelier one."""
    return SchemaError(
        place,
        got=got,
        expected=f"text in {spec.encoding} as declared",
        do=f'Try encoding = "{other}" for this file',
    )
