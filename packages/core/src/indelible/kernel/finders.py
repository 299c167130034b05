"""The questions that the finders of a repository ask: they are called, and no row answers.

A finder is a method of a class that a context derives from `Repository`. Its parameters are values
of fields, so that a value of each type is enough to know the shape of its question.
"""

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final

from attrs import define, field, fields, frozen

from indelible.kernel.errors import UsageError
from indelible.kernel.history import Record
from indelible.kernel.questions import Question, equal
from indelible.kernel.repository import Repository

Finder = Callable[..., object]

SAMPLE_TIME: Final = datetime(2999, 1, 1, tzinfo=UTC)
# The values that finders are called with, by the types of parameters.
SAMPLES: Final[Mapping[object, object]] = {
    str: "a",
    int: 1,
    bool: True,
    Decimal: Decimal(1),
    datetime: SAMPLE_TIME,
    date: SAMPLE_TIME.date(),
}
COMMON: Final = frozenset(dir(Repository))  # what every repository has
NO_VALUES: Final[Mapping[str, object]] = {}


@frozen(eq=False)
class FinderQuestion:
    """A question of a finder about heads, or about records of a type."""

    question: Question
    record_type: type[Record] | None = None


@define(eq=False)
class QuestionRecorder:
    """Stands for the store of a repository: keeps the questions, and has no row.

    `is_used` is true as soon as the repository uses the store in any way.
    """

    questions: list[FinderQuestion] = field(factory=list[FinderQuestion])
    is_used: bool = False

    def select(self, *questions: Question, **_: bool) -> tuple[tuple[()], ...]:
        """Keep the questions about heads."""
        self.is_used = True
        self.questions.extend(FinderQuestion(question) for question in questions)
        return tuple(() for _ in questions)

    def select_records(self, record_type: type[Record], question: Question) -> tuple[()]:
        """Keep the question about records."""
        self.is_used = True
        self.questions.append(FinderQuestion(question, record_type))
        return ()

    def select_counts(self, question: Question) -> dict[str, int]:
        """Keep the question whose rows are counted."""
        self.is_used = True
        self.questions.append(FinderQuestion(question))
        return {}

    def find(
        self, where: Mapping[str, object], *, order: Sequence[str] = ("id",), **_: int
    ) -> tuple[()]:
        """Keep the question about heads whose fields equal `where`."""
        comparisons = tuple(equal(name, value) for name, value in where.items())
        self.select(Question(where=comparisons, order=tuple(order)))
        return ()

    def __getattr__(self, name: str) -> Callable[..., tuple[()]]:
        """Return a method that finds nothing, for what asks no question: an id, bulk records."""
        if name.startswith("_"):
            raise AttributeError(name)
        self.is_used = True
        return lambda *_, **__: ()


def finders_of(repository: type[Repository[Any]]) -> Iterator[tuple[str, Finder]]:
    """Yield the finders of a repository's own class, by their names."""
    for name, method in inspect.getmembers(repository, inspect.isfunction):
        if not name.startswith("_") and name not in COMMON:
            yield name, method


def optional_parameters(finder: Finder) -> list[str]:
    """Return the optional parameters that a finder is called with: none, and each alone."""
    names = [""]
    for name, parameter in inspect.signature(finder).parameters.items():
        if parameter.default is not inspect.Parameter.empty:
            names.append(name)
    return names


def call_finder(
    repository: object,
    finder: Finder,
    optional: str = "",
    values: Mapping[str, object] = NO_VALUES,
) -> None:
    """Call a finder with samples for its required parameters, and for one optional one.

    `values` replace the samples of the parameters with these names.

    Raises:
        UsageError: No sample has the type of a parameter.
    """
    positional, named = _arguments_of(finder, optional, values)
    answer = finder(repository, *positional, **named)
    if inspect.isgenerator(answer):
        list(answer)


def questions_of(repository: type[Repository[Any]], finder: Finder) -> tuple[FinderQuestion, ...]:
    """Return the questions that a finder asks, with and without its optional parameters.

    Raises:
        UsageError: The finder cannot be called with samples.
    """
    store = QuestionRecorder()
    any_store: Any = store
    arguments = {str(one.alias): any_store for one in fields(repository) if one.init}
    target = repository(**arguments)
    for optional in optional_parameters(finder):
        store.is_used = False
        try:
            call_finder(target, finder, optional)
        except UsageError:
            raise
        except Exception as error:
            # That no row answers may end a finder: what it has asked before is enough.
            if not store.is_used:
                raise UsageError(f"cannot be called with samples: {error!r}") from error
    return tuple(store.questions)


def sample_of(annotation: object) -> object:
    """Return a value of a parameter's type; of an optional one, not None.

    Raises:
        UsageError: No sample has this type.
    """
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, UnionType):
        return sample_of(next(part for part in arguments if part is not NoneType))
    if origin is tuple and Ellipsis not in arguments:
        return tuple(sample_of(part) for part in arguments)
    if origin in (tuple, list, frozenset, Iterable, Sequence):
        return [sample_of(arguments[0])]
    if annotation in SAMPLES:
        return SAMPLES[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    raise UsageError(f"takes {annotation}, which is no type of a field")


def _arguments_of(
    finder: Finder, optional: str, values: Mapping[str, object]
) -> tuple[list[object], dict[str, object]]:
    """Return arguments for the required parameters of a finder, and for one optional one."""
    hints = typing.get_type_hints(finder)
    positional: list[object] = []
    named: dict[str, object] = {}
    _, *parameters = inspect.signature(finder).parameters.items()
    for name, parameter in parameters:
        if parameter.default is not inspect.Parameter.empty and name != optional:
            continue
        value = values[name] if name in values else sample_of(hints[name])
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            named[name] = value
        else:
            positional.append(value)
    return positional, named
