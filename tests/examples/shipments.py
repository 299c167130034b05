"""Shipments: each scan of a label is a row that its action appends, and nothing changes it."""

from enum import StrEnum, auto

from indelible.declare import (
    Aggregate,
    AppendedRecord,
    Context,
    Fields,
    Identifier,
    Instant,
    OneLine,
    States,
    Texts,
    action,
    aggregate,
    creates,
    field,
    record,
)

MAX_PARCELS = 50


class Status(States):
    """The states of a shipment."""

    MOVING = auto()
    DELIVERED = auto()


class Condition(StrEnum):
    """The look of a parcel."""

    GOOD = "good"
    DAMAGED = "damaged"


@record(time_field="scanned_at", actor_field="scanned_by")
class Scan(AppendedRecord):
    """One reading of a shipment's label."""

    place: OneLine
    condition: Condition
    note: OneLine | None = None
    scanned_at: Instant
    scanned_by: Identifier


@record
class Parcel(AppendedRecord):
    """One of the parcels of a shipment."""

    label: OneLine


@aggregate(final=(Status.DELIVERED,))
class Shipment(Aggregate):
    """Parcels on their way to somebody."""

    status: Status
    number: Identifier = field(unique=True)
    receiver: Identifier | None = field(required_in=(Status.DELIVERED,))

    @creates(Status.MOVING, appends=Parcel, max_rows=MAX_PARCELS)
    def send(self, number: Identifier, labels: Texts) -> Fields:  # noqa: ARG002 - a plain field
        """Hand parcels over to the carrier."""
        return {"parcel": [{"label": label} for label in labels]}

    @action(Status.MOVING, appends=Scan)
    def scan(self, place: OneLine, condition: Condition, note: OneLine | None = None) -> None: ...
    @action(Status.MOVING, to=Status.DELIVERED, appends=Scan)
    def deliver(self, place: OneLine, condition: Condition, receiver: Identifier) -> None: ...


shipments = Context(Shipment, filters=("status",), search=("number",))
contexts = (shipments,)
