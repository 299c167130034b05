"""Aggregates of a host that are hard to show: a field of every kind, and names of the console's."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum, auto
from typing import Annotated, Any

from indelible.declare import (
    Aggregate,
    Amount,
    Context,
    Count,
    Currency,
    Date,
    Digest,
    Flag,
    Identifier,
    Instant,
    Label,
    Natural,
    NonBlankText,
    OneLine,
    States,
    Text,
    Texts,
    action,
    aggregate,
    creates,
    decimal_kind,
    field,
)
from indelible.kernel.actions import Command
from indelible.kernel.json_objects import JsonObject


class Phase(States):
    """The states of a record."""

    IN_USE = auto()
    PUT_AWAY = auto()


class Colour(StrEnum):
    """A choice."""

    DARK_RED = "dark_red"
    GREEN = "green"


Price = Annotated[Decimal, decimal_kind(digits=12, places=2)]


@aggregate(final=(Phase.PUT_AWAY,))
class Record(Aggregate):
    """A record with a field of every kind, all of which one action edits."""

    status: Phase
    code: Identifier = field(unique=True)
    name: Label
    line: OneLine
    body: Text
    note: NonBlankText | None = field()
    remarks: OneLine | None = field()
    parts: Texts
    extras: Texts | None = field()
    digest: Digest | None = field()
    currency: Currency
    at: Instant
    day: Date
    count: Count
    level: Natural
    amount: Amount
    price: Price
    flag: Flag
    answer: Flag | None = field()
    colour: Colour
    shade: Colour | None = field()
    document: JsonObject

    @creates(Phase.IN_USE)
    def make(
        self,
        code: Identifier,
        name: Label,
        line: OneLine,
        body: Text,
        parts: Texts,
        currency: Currency,
        at: Instant,
        day: Date,
        count: Count,
        level: Natural,
        amount: Amount,
        price: Price,
        flag: Flag,
        colour: Colour,
        document: JsonObject,
        note: NonBlankText | None = None,
        remarks: OneLine | None = None,
        extras: Texts | None = None,
        digest: Digest | None = None,
        answer: Flag | None = None,
        shade: Colour | None = None,
    ) -> None: ...

    @action(Phase.IN_USE)
    def edit(
        self,
        name: Label,
        line: OneLine,
        body: Text,
        parts: Texts,
        currency: Currency,
        at: Instant,
        day: Date,
        count: Count,
        level: Natural,
        amount: Amount,
        price: Price,
        flag: Flag,
        colour: Colour,
        document: JsonObject,
        note: NonBlankText | None = None,
        remarks: OneLine | None = None,
        extras: Texts | None = None,
        digest: Digest | None = None,
        answer: Flag | None = None,
        shade: Colour | None = None,
    ) -> None: ...

    @action(Phase.IN_USE, to=Phase.PUT_AWAY)
    def put_away(self) -> None:
        """End the use of the record."""


records = Context(Record, filters=("status", "flag", "colour", "count"), search=("line", "body"))
ITEMS: list[object] = ["\r\n", None, dict[str, int]()]
DOCUMENT: dict[str, object] = {"n": Decimal("0.10"), "big": 2**80, "ö": ITEMS}
FULL: dict[str, Any] = {
    "code": "R-1",
    "name": "  a name  ",
    "line": "",
    "body": "\r\n first\rsecond\n\tthird\r\n",
    "note": "x",
    "remarks": "",
    "parts": ("one\r\ntwo", "three"),
    "extras": (),
    "digest": "a" * 64,
    "currency": "EUR",
    "at": datetime(2026, 5, 4, 3, 2, 1, 123_456, tzinfo=UTC),
    "day": date(1, 1, 1),
    "count": 2**63 - 1,
    "level": 2**53 + 1,
    "amount": 0,
    "price": Decimal("-0.05"),
    "flag": True,
    "answer": False,
    "colour": Colour.DARK_RED,
    "shade": Colour.GREEN,
    "document": JsonObject.of(DOCUMENT),
}
EMPTY: dict[str, Any] = {
    **FULL,
    "code": "R-2",
    "body": "",
    "parts": (),
    "at": datetime(2026, 5, 4, tzinfo=UTC),
    "flag": False,
    **dict.fromkeys(("note", "remarks", "extras", "digest", "answer", "shade")),
}


def made_of(values: Mapping[str, Any], **others: object) -> Command[Record]:
    """Return the command that creates a record with values; `others` replace some of them."""
    make: Any = Record.make
    command: Command[Record] = make(**{**values, **others})
    return command


class Mode(States):
    """The states of a form whose names are those of the console's own fields."""

    ON = auto()


@aggregate(final=(Mode.ON,))
class Trap(Aggregate):
    """Its fields have the names of the console's own."""

    status: Mode
    csrf: OneLine
    once: OneLine
    key: OneLine
    next: OneLine
    next_: OneLine
    more_boxes: OneLine
    reason: OneLine
    user_id: Identifier
    text: OneLine
    actor: OneLine
    since: OneLine
    before: OneLine

    @creates(Mode.ON)
    def set(
        self,
        csrf: OneLine,
        once: OneLine,
        key: OneLine,
        next: OneLine,  # noqa: A002 - the field of a form for signing in
        next_: OneLine,
        more_boxes: OneLine,
        reason: OneLine,
        user_id: Identifier,
        text: OneLine,
        actor: OneLine,
        since: OneLine,
        before: OneLine,
    ) -> None: ...
