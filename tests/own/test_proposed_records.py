"""A proposed lifecycle is checked against the rows that the actions of the present one append."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.examples.conftest import HostDatabase, host
from tests.examples.shipments import Condition, Shipment, shipments
from tests.own.test_appends import (
    MAYA,
    Open,
    comment_with,
    issue_of,
    issue_without_rows,
    opened,
)

from indelible.declare import (
    KEEP,
    Aggregate,
    AppendedRecord,
    Context,
    Fields,
    OneLine,
    Texts,
    action,
    aggregate,
    creates,
)
from indelible.kernel import Head
from indelible.kernel.actions import Command
from indelible_service.cli import main
from indelible_sql import SqlStore, check_lifecycle

pytestmark = pytest.mark.slow

__all__ = ["host"]  # the fixture


def with_lists(row: type[AppendedRecord], *, most: int) -> Context[Any]:
    """Return issues that are reported with up to `most` comments, and get one later."""

    @aggregate(final=(Open.OPEN,))
    class Issue(Aggregate):
        """An issue."""

        status: Open
        title: OneLine

        @creates(Open.OPEN, appends=row, max_rows=most)
        def report(self, title: OneLine, bodies: Texts) -> Fields:  # noqa: ARG002 - a plain field
            """Report an issue with its first comments."""
            return {"comment": [{"body": body} for body in bodies]}

        @action(Open.OPEN, appends=row)
        def comment(self, body: OneLine) -> None: ...

    return Context(Issue)


def with_ones(row: type[AppendedRecord]) -> Context[Any]:
    """Return issues that are reported with exactly one comment, and get none later."""

    @aggregate(final=(Open.OPEN,))
    class Issue(Aggregate):
        """An issue."""

        status: Open
        title: OneLine

        @creates(Open.OPEN, appends=row)
        def report(self, title: OneLine, body: OneLine) -> None: ...
        @action(Open.OPEN)
        def comment(self, title: OneLine = KEEP) -> None: ...

    return Context(Issue)


def act(store: SqlStore, context: Context[Any], command: Command[Any]) -> Head[Any]:
    head: Head[Any] = store.run(context.execute, command, actor=MAYA, reason="a test")
    return head


def problems(store: SqlStore, context: Context[Any]) -> list[tuple[int, str]]:
    """Return what a proposed lifecycle would have refused, each with the seq of its change."""
    check = check_lifecycle(store, context)
    assert check.refusals == len(check.refused)
    return sorted((one.seq, one.problem) for one in check.refused)


@pytest.fixture
def row() -> type[AppendedRecord]:
    return comment_with()


def test_a_proposal_is_checked_against_the_rows_of_each_change(
    host: HostDatabase, row: type[AppendedRecord]
) -> None:
    context = with_lists(row, most=3)
    store = opened(host, context)
    entity: Any = context.aggregate
    head = act(store, context, entity.report(title="Fire", bodies=("a", "b")))
    act(store, context, entity.comment(head, body="c"))
    act(store, context, entity.report(title="Smoke", bodies=()))

    assert check_lifecycle(store, context).changes == 3
    assert problems(store, context) == []
    assert problems(store, with_lists(row, most=2)) == []
    ((seq, problem),) = problems(store, with_lists(row, most=1))
    assert (seq, "appends at most 1 rows to comment, got 2" in problem) == (1, True)
    assert problems(store, with_ones(row)) == [
        (1, "action report appends one comment, not 0"),
        (1, "action report appends one comment, not 2"),
        (2, "action comment appends no comment"),
    ]
    assert problems(store, issue_without_rows()) == [
        (seq, "comment is no field") for seq in (1, 1, 2)
    ]
    store.dispose()


def test_changes_from_before_a_proposed_action_appends_are_allowed(
    host: HostDatabase, row: type[AppendedRecord]
) -> None:
    older = issue_without_rows()
    store = opened(host, older)
    entity: Any = older.aggregate
    head = act(store, older, entity.report(title="Fire"))
    act(store, older, entity.comment(head))
    assert problems(store, issue_of(row)) == []
    store.dispose()


PROPOSED = """
from indelible.declare import (
    Aggregate, AppendedRecord, Context, Fields, Identifier, Instant, OneLine, Texts,
    action, aggregate, creates, field, record,
)
from tests.examples.shipments import Condition, Status


@record
class Parcel(AppendedRecord):
    label: OneLine


@record(time_field="scanned_at", actor_field="scanned_by")
class Scan(AppendedRecord):
    place: OneLine
    condition: Condition
    note: OneLine | None = None
    scanned_at: Instant
    scanned_by: Identifier


@aggregate(final=(Status.DELIVERED,))
class Shipment(Aggregate):
    status: Status
    number: Identifier = field(unique=True)
    receiver: Identifier | None = field(required_in=(Status.DELIVERED,))

    @creates(Status.MOVING, appends=Parcel, max_rows=1)
    def send(self, number: Identifier, labels: Texts) -> Fields:
        return {"parcel": [{"label": label} for label in labels]}

    @action(Status.MOVING, appends=Scan)
    def scan(self, place: OneLine, condition: Condition, note: OneLine | None = None) -> None: ...
    @action(Status.MOVING, to=Status.DELIVERED, appends=Scan)
    def deliver(self, place: OneLine, condition: Condition, receiver: Identifier) -> None: ...


contexts = (Context(Shipment),)
"""


def test_the_command_lists_changes_with_more_rows_than_are_proposed(
    host: HostDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(host, shipments)
    for labels in (("red",), ("red", "blue")):
        command = Shipment.send(number=f"S-{len(labels)}", labels=labels)
        head = act(store, shipments, command)
        act(store, shipments, Shipment.scan(head, place="Rome", condition=Condition.GOOD))
    store.dispose()
    file = tmp_path / "shipments_next.py"
    file.write_text(PROPOSED, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", host.url)
    result = CliRunner().invoke(main, ["check-lifecycle", str(file)])
    assert (result.exit_code, "Refused: 1 of 4 changes" in result.output) == (1, True), (
        result.output
    )
    assert "at most 1 rows to parcel, got 2" in result.output
