"""Kinds and conditions: one declaration gives the checks, and a wrong one is refused at once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import pytest
from attrs import evolve, fields_dict, frozen

from indelible.kernel import Actor, AuditContext, Edge, Head, Lifecycle, UsageError
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.claims import (
    AnyOf,
    Compared,
    Implies,
    OneOf,
    Present,
    WithinKind,
    absent_in,
    follows,
    present_in,
    required_in,
    required_outside,
)
from indelible.kernel.conditions import (
    AnyCondition,
    Condition,
    FieldNotOfRecord,
    FixedIf,
    NamesActor,
    Rising,
    fixed_once_set,
)
from indelible.kernel.history import Revision
from indelible.kernel.json_objects import EMPTY_OBJECT, JsonObject
from indelible.kernel.kinds import (
    Count,
    Currency,
    Digest,
    Flag,
    Identifier,
    Instant,
    Kind,
    Label,
    Natural,
    OneLine,
    Text,
    kinds,
    unvalidated_kinds,
)
from indelible.kernel.values import is_text
from indelible.testing.stores import refusal

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
MAYA = Actor.user("maya")
AUDIT = AuditContext(actor=MAYA, reason="a test")


class TicketStatus(StrEnum):
    """The states of a ticket."""

    OPEN = "OPEN"
    ASSIGNED = "ASSIGNED"
    DONE = "DONE"


class OtherStatus(StrEnum):
    """The states of something else."""

    SHIPPED = "SHIPPED"


OPEN, ASSIGNED, DONE = TicketStatus
TICKET = Lifecycle(
    name="ticket",
    edges=(
        Edge("", "open", OPEN, 0),
        Edge(OPEN, "assign", ASSIGNED, 0),
        Edge(ASSIGNED, "assign", ASSIGNED, 0),
        Edge(ASSIGNED, "finish", DONE, 0),
    ),
)


@frozen(kw_only=True, field_transformer=kinds)
class Ticket(Aggregate):
    """A ticket with a condition of each sort."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = TICKET
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("assignee_of_status", required_in(("assignee", "assigned_by"), ASSIGNED)),
        Condition("end_of_status", required_outside("finished_at", OPEN, ASSIGNED)),
        Condition("result_of_end", present_in("result", DONE), absent_in("result", OPEN)),
        Condition("spent_within", Compared("spent", "<=", "budget"), WithinKind(("spent",))),
        Condition("answer_after", follows("answer", "question")),
        Condition("answer_differs", Compared("answer", "!=", "question")),
        Condition("spent_not_unlucky", Compared("spent", "!=", 4)),
        Condition(
            "urgent_or_paid",
            Implies(
                Present("question"),
                (AnyOf((OneOf("status", (DONE,)), Compared("spent", ">", 0))),),
            ),
        ),
        fixed_once_set("question"),
        FixedIf("budget_of_work", OneOf("status", (ASSIGNED,)), ("budget",)),
        Rising(name="rounds_rise", field="rounds", most=1),
        NamesActor("assigned_by", "assign"),
    )

    status: TicketStatus
    assignee: Identifier | None = None
    assigned_by: Identifier | None = None
    finished_at: Instant | None = None
    result: OneLine | None = None
    question: Text | None = None
    answer: Text | None = None
    spent: Natural = 0
    budget: Count = 10
    rounds: Natural = 0


@frozen(kw_only=True, field_transformer=kinds)
class Visit(BulkRecord):
    """A record with a condition."""

    record_name: ClassVar[str] = "visits"
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("times", Compared("began_at", "<=", "ended_at")),
    )

    began_at: Instant
    ended_at: Instant


def ticket(status: TicketStatus = OPEN, **values: Any) -> Ticket:  # noqa: ANN401 - of any field
    """Return a ticket."""
    return Ticket(id="ticket-1", status=status, created_at=NOW, updated_at=NOW, **values)


ASSIGNEE = {"assignee": "ann", "assigned_by": str(MAYA)}


@pytest.mark.parametrize(
    ("status", "values", "field", "expected"),
    [
        (ASSIGNED, {"assigned_by": "user:maya"}, "assignee", "set"),
        (OPEN, {"assignee": "ann"}, "assignee", "empty"),
        (OPEN, {"finished_at": NOW}, "finished_at", "empty"),
        (DONE, {"result": "good"}, "finished_at", "set"),
        (DONE, {"finished_at": NOW}, "result", "set"),
        (OPEN, {"result": "good"}, "result", "empty"),
        (OPEN, {"spent": 11}, "spent", "at most 10"),
        (OPEN, {"answer": "yes"}, "answer", "empty"),
        (OPEN, {"answer": "so", "question": "so", "spent": 1}, "answer", "another than so"),
        (OPEN, {"spent": 4}, "spent", "another than 4"),
        (OPEN, {"question": "why"}, "question", "empty"),
    ],
)
def test_an_unfulfilled_claim_is_refused(
    status: TicketStatus, values: dict[str, Any], field: str, expected: str
) -> None:
    with pytest.raises(FieldNotOfState) as error:
        ticket(status, **values)

    assert (error.value.field, error.value.expected) == (field, expected)
    assert error.value.status == status


def test_fulfilled_claims_are_accepted() -> None:
    assert ticket(ASSIGNED, **ASSIGNEE, question="why", spent=1).assignee == "ann"
    assert ticket(DONE, finished_at=NOW, result="good").result == "good"
    assert ticket(question="why", answer="so", spent=1).answer == "so"


def code_of(attempt: Callable[[], object]) -> str:
    """Return the code of the error that the attempt raises, '' if there is none."""
    error = refusal(attempt)
    return "" if error is None else error.code


def change_code(before: Ticket, action: str, **values: Any) -> str:  # noqa: ANN401 - any field
    """Return the code of the error about a change, '' if there is none."""
    head = Head(entity=before, revision=Revision(1, before.status, 0, "a" * 64))
    after = evolve(before, status=ASSIGNED, updated_at=LATER, **{**ASSIGNEE, **values})
    return code_of(lambda: change_for(AUDIT, head, after, action))


def test_conditions_of_changes_are_checked() -> None:
    asked = ticket(question="why", spent=1)
    assigned = ticket(ASSIGNED, **ASSIGNEE)

    assert not change_code(ticket(), "assign", question="why", spent=1, budget=5, rounds=1)
    assert change_code(asked, "assign", question="when") == "FIELD_FIXED"
    assert change_code(assigned, "assign", budget=5) == "FIELD_FIXED"
    assert change_code(ticket(), "assign", rounds=2) == "FIELD_NOT_RISING"
    assert change_code(ticket(rounds=2), "assign", rounds=1) == "FIELD_NOT_RISING"
    assert change_code(ticket(), "assign", assigned_by="user:ann") == "FIELD_NOT_ACTOR"


def test_the_conditions_of_a_record_are_checked() -> None:
    assert Visit(number=1, began_at=NOW, ended_at=NOW).ended_at == NOW

    refused = refusal(lambda: Visit(number=1, began_at=LATER, ended_at=NOW))
    assert isinstance(refused, FieldNotOfRecord)
    expected = "at most 2026-01-01T00:00:00.000000+00:00"
    assert refused.detail == {"record": "visits", "field": "began_at", "expected": expected}


def test_a_record_has_no_conditions_of_changes() -> None:
    with pytest.raises(UsageError, match="a record never changes: declare a Condition"):

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(BulkRecord):
            record_name: ClassVar[str] = "visits"
            conditions: ClassVar[tuple[AnyCondition, ...]] = (fixed_once_set("began_at"),)

            began_at: Instant


def test_a_kind_gives_validator_and_limits() -> None:
    fields = fields_dict(Ticket)

    assert fields["assignee"].metadata == {"max_length": 200}
    assert fields["assignee"].type == str | None
    assert fields["rounds"].metadata["minimum"] == 0
    assert code_of(lambda: ticket(result=5)) == "WRONG_TYPE"
    assert code_of(lambda: ticket(rounds=-1)) == "NUMBER_OUT_OF_RANGE"


def test_each_kind_refuses_another_value() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Sample:
        label: Label = "a"
        digest: Digest = "0" * 64
        currency: Currency = "USD"
        flag: Flag = True
        document: JsonObject = EMPTY_OBJECT
        status: OtherStatus = OtherStatus.SHIPPED

    wrong: dict[str, Any] = {
        "label": " ",
        "digest": "0",
        "currency": "usd",
        "flag": 1,
        "document": 1,
        "status": "SHIPPED",
    }
    assert set(wrong) == set(fields_dict(Sample))
    assert Sample().document == {}
    for name, value in wrong.items():
        assert refusal(lambda: Sample(**{name: value})), name  # noqa: B023 - called at once


def test_a_record_can_name_its_kinds_without_validating() -> None:
    @frozen(kw_only=True, field_transformer=unvalidated_kinds)
    class Sample:
        label: Label | None
        document: JsonObject = EMPTY_OBJECT

    attribute = fields_dict(Sample)["label"]
    assert (attribute.type, attribute.validator, dict(attribute.metadata)) == (str | None, None, {})
    assert Sample(label=" ").label == " "
    with pytest.raises(UsageError, match="field vague has no kind"):

        @frozen(kw_only=True, field_transformer=unvalidated_kinds)
        class Wrong:
            vague: str


def test_all_faults_of_a_class_are_named_at_once_with_file_and_line() -> None:
    with pytest.raises(UsageError) as error:

        @frozen(kw_only=True, field_transformer=kinds)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = TICKET
            conditions: ClassVar[tuple[AnyCondition, ...]] = (
                Condition("one", required_in("asignee", ASSIGNED)),
                Condition("two", Compared("spent", "<=", "projects.budget")),
                Condition("three", required_in("assignee", OtherStatus.SHIPPED)),
                Condition("three", Compared("spent", "<>", 3)),
                Condition("four", Implies(OneOf("other", (OtherStatus.SHIPPED,)), ())),
                Condition("five", required_in("assignee")),
                FixedIf("eight", OneOf("maybe", (OtherStatus.SHIPPED,)), ("spent",)),
                FixedIf("six", Present("nobody"), ("nothing",)),
                Rising(name="seven", field="never"),
                NamesActor("assignee", "promote"),
            )

            status: TicketStatus
            assignee: Identifier | None = None
            spent: Natural = 0
            other: OtherStatus | None = None
            endless: Annotated[str, Kind(is_text)] = ""
            vague: str = ""
            double: Identifier | Count | None = None
            maybe: OtherStatus | None = None

            def __attrs_post_init__(self) -> None:
                """Forget the claims."""

    text = str(error.value)
    for problem in (
        "unknown field: asignee",
        "projects.budget is in another table",
        "unknown state: SHIPPED",
        "condition three is declared twice",
        "unknown operator <>: expected one of = != < <= > >=",
        "other may be empty",
        "maybe may be empty",
        "field double has several kinds",
        "no state is named",
        "unknown field: nobody",
        "unknown field: nothing",
        "unknown field: never",
        "unknown action of lifecycle ticket: promote",
        "field endless has no bounds: max_length",
        "field vague has no kind",
        "does not call super()",
    ):
        assert re.search(rf"test_conditions\.py:\d+: .*{re.escape(problem)}", text), problem
    assert _line(text, "asignee") + 1 == _line(text, "projects.budget")


def _line(text: str, problem: str) -> int:
    match = re.search(rf":(\d+): .*{re.escape(problem)}", text)
    assert match is not None, problem
    return int(match[1])


def test_a_class_without_kinds_checks_its_conditions_too() -> None:
    with pytest.raises(UsageError, match="unknown field: nobody"):

        @frozen(kw_only=True)
        class Wrong(Aggregate):
            lifecycle: ClassVar[Lifecycle[StrEnum]] = TICKET
            conditions: ClassVar[tuple[AnyCondition, ...]] = (
                Condition("one", required_in("nobody", OPEN)),
            )
