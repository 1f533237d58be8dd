"""The named errors of the workspace: every message says what, what was expected, and what to do.

All are ValueErrors, so that a caller who only knows Python still catches them. The command line turns them into exit
codes: 2 bad parameters or input, 4 expectation broken, 5 surroundings. In a notebook ``NotEnoughData`` skips a section.
"""


class RCommerceError(ValueError):
    """``name: got X; expected Y. Do Z.``

    Parameters
    ----------
    name
        The parameter, file, table or column in question.
    got, expected
        What came and what would have been right, in plain words.
    do
        The one thing to do next, as an imperative sentence without its full stop.
    """

    def __init__(self, name: str, *, got: str, expected: str, do: str) -> None:
        super().__init__(f"{name}: got {got}; expected {expected}. {do}{'' if do.endswith('?') else '.'}")
        self.name = name
        self.got = got
        self.expected = expected
        self.do = do

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.name, self.got, self.expected, self.do))


def _rebuild(kind: type[RCommerceError], name: str, got: str, expected: str, do: str) -> RCommerceError:
    """Keyword-only arguments do not survive pickling between worker processes without this."""
    return kind(name, got=got, expected=expected, do=do)


class ParamError(RCommerceError):
    """A parameter has a wrong name, type or value."""


class SchemaError(RCommerceError):
    """A file, table or column is not what its description says."""


class BrokenExpectation(SchemaError):
    """The data arrived, but not as ``expect`` in sources.toml promises: nothing is planned on it."""


class NotPermitted(RCommerceError):
    """The data set or the person does not permit this purpose."""


class NotEnoughData(RCommerceError):
    """The question cannot be answered from so few rows, or without this table: a result, not a failure."""


class Surroundings(RCommerceError):
    """The machine refused: space, open files, memory, a lock of another program. Neither bad input nor our fault."""

    EXIT_CODE = 5
