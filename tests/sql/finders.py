"""The finders of all contexts, called with values of their parameters' types."""

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from types import NoneType, SimpleNamespace, UnionType
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import Select

from indelible.kernel import NotFound
from indelible.kernel.questions import Question
from indelible.kernel.repository import Repository
from indelible.testing.stores import FAR
from indelible_sql.contexts import CATALOG

Finder = Callable[..., object]
SAMPLES: Mapping[object, object] = {str: "a", int: 1, bool: True, datetime: FAR}
LAST_NUMBER = 20  # of a range that begins after the sample of a number
COMMON = frozenset(dir(Repository))  # what every repository has


class RecordingSession:
    """Records statements instead of sending them; every query finds nothing."""

    is_sqlite = True
    schema = "indelible"

    def __init__(self) -> None:
        self.sent: list[tuple[Select[Any], Mapping[str, Any]]] = []

    def rows(self, statement: Select[Any], values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Record the statement."""
        self.sent.append((statement, values))
        return []


class RecordingStore:
    """Records the questions of a repository; no row answers them."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def select(self, *questions: Question, lock: bool = False) -> tuple[tuple[()], ...]:  # noqa: ARG002 - the port's signature
        """Record the questions."""
        self.asked.extend(questions)
        return tuple(() for _ in questions)

    def select_records(self, _: object, question: Question) -> tuple[()]:
        """Record the question."""
        self.asked.append(question)
        return ()

    def select_counts(self, question: Question) -> dict[str, int]:
        """Record the question."""
        self.asked.append(question)
        return {}

    def bulk_rows(self, *_: object, **__: object) -> tuple[()]:
        """Return nothing: bulk records are read by their change, not by a question."""
        return ()


@frozen(eq=False)
class FinderCall:
    """A call of a finder, with the statement that it sends, its values and its question.

    `name` is the finder as a transaction calls it, with the optional parameter that is given.
    """

    name: str
    statement: Select[Any]
    values: Mapping[str, Any]
    question: Question | None


def repositories() -> Iterator[tuple[str, Repository[Any], RecordingSession]]:
    """Yield each repository with its name in a transaction, and the session that it uses."""
    session = RecordingSession()
    for context in CATALOG.contexts:
        if context.open_writer is None:
            continue
        holder = context.open_writer(SimpleNamespace(session=session, config=None))
        for name in dir(holder):
            repository = getattr(holder, name)
            if isinstance(repository, Repository):
                yield f"{context.name}.{name}", repository, session


def finders(repository: object) -> Iterator[tuple[str, Finder]]:
    """Yield the finders of a repository's own class, by their names."""
    for name, _ in inspect.getmembers(type(repository), inspect.isfunction):
        if not name.startswith("_") and name not in COMMON:
            yield name, getattr(repository, name)


def sample_of(annotation: object) -> object:
    """Return a value of a parameter's type; of an optional one, not None."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, UnionType):
        return sample_of(next(part for part in arguments if part is not NoneType))
    if origin is tuple and Ellipsis not in arguments:
        return tuple(sample_of(part) for part in arguments)
    if origin in (tuple, list, frozenset, Iterable, Sequence):
        return [sample_of(arguments[0])]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    return SAMPLES[annotation]


def arguments_of(finder: Finder, optional: str) -> tuple[list[object], dict[str, object]]:
    """Return arguments for the required parameters of a finder, and for one optional one."""
    hints = typing.get_type_hints(finder)
    positional: list[object] = []
    named: dict[str, object] = {}
    for name, parameter in inspect.signature(finder).parameters.items():
        if parameter.default is not inspect.Parameter.empty and name != optional:
            continue
        value = sample_of(hints[name])
        if value == SAMPLES[int] and name == "until":
            value = LAST_NUMBER
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            named[name] = value
        else:
            positional.append(value)
    return positional, named


def optional_parameters(finder: Finder) -> list[str]:
    """Return the optional parameters that a finder is called with: none, and each alone."""
    names = [""]
    for name, parameter in inspect.signature(finder).parameters.items():
        if parameter.default is not inspect.Parameter.empty:
            names.append(name)
    return names


def finder_calls() -> Iterator[FinderCall]:
    """Yield the calls of all finders."""
    for path, repository, session in repositories():
        for name, finder in finders(repository):
            for optional in optional_parameters(finder):
                session.sent.clear()
                _call(finder, optional)
                (sent,) = session.sent
                statement, values = sent
                question = _question_of(repository, name, optional)
                yield FinderCall(f"{path}.{name}({optional})", statement, values, question)


def _question_of(repository: Repository[Any], name: str, optional: str) -> Question | None:
    """Return the question that a finder asks, None if it reads bulk records."""
    store: Any = RecordingStore()
    _call(getattr(evolve(repository, store=store), name), optional)
    return store.asked[0] if store.asked else None


def _call(finder: Finder, optional: str) -> None:
    positional, named = arguments_of(finder, optional)
    with suppress(LookupError, NotFound):  # the row that a finder counts on
        answer = finder(*positional, **named)
        if inspect.isgenerator(answer):
            list(answer)


CALLS = {call.name: call for call in finder_calls()}
