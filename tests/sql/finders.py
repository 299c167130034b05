"""The finders of all contexts, called with values of their parameters' types."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import Select

from indelible.kernel import NotFound
from indelible.kernel.finders import (
    Finder,
    QuestionRecorder,
    call_finder,
    finders_of,
    optional_parameters,
)
from indelible.kernel.questions import Question
from indelible.kernel.repository import Repository
from indelible_sql.contexts import CATALOG
from indelible_sql.store.transactions import KernelTransaction

# The ends of ranges that would be empty with the samples of their types, by finders.
LAST_VALUES: Mapping[str, Mapping[str, object]] = {
    "newest": {"before": 20},
    "valid_events": {"until": 20},
}


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

    def rows_of_queries(
        self, *queries: tuple[Select[Any], Mapping[str, Any]]
    ) -> list[list[dict[str, Any]]]:
        """Record the statements."""
        return [self.rows(statement, values) for statement, values in queries]


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
    transaction = SimpleNamespace(session=session)
    executions = vars(KernelTransaction)["runbook_executions"].func(transaction)
    yield "kernel.runbook_executions", executions, session
    for context in CATALOG.contexts:
        if context.open_writer is None:
            continue
        holder = context.open_writer(SimpleNamespace(session=session, config=None))
        for name in dir(holder):
            repository = getattr(holder, name)
            if isinstance(repository, Repository):
                yield f"{context.name}.{name}", repository, session


def finder_calls() -> Iterator[FinderCall]:
    """Yield the calls of all finders."""
    for path, repository, session in repositories():
        for name, finder in finders_of(type(repository)):
            for optional in optional_parameters(finder):
                session.sent.clear()
                _call(repository, finder, optional)
                (sent,) = session.sent
                statement, values = sent
                question = _question_of(repository, finder, optional)
                yield FinderCall(f"{path}.{name}({optional})", statement, values, question)


def _question_of(repository: Repository[Any], finder: Finder, optional: str) -> Question | None:
    """Return the question that a finder asks, None if it reads bulk records."""
    store: Any = QuestionRecorder()
    _call(evolve(repository, store=store), finder, optional)
    return store.questions[0].question if store.questions else None


def _call(repository: Repository[Any], finder: Finder, optional: str) -> None:
    with suppress(LookupError, NotFound):  # the row that a finder counts on
        call_finder(repository, finder, optional, LAST_VALUES.get(finder.__name__, {}))


CALLS = {call.name: call for call in finder_calls()}
