"""Events of Stripe: parsed strictly into frozen facts, and checked against the environment."""

from datetime import datetime
from typing import Self

from attrs import field, frozen

from indelible.money.errors.payments import EnvironmentMismatch
from indelible.money.rules.events.facts import EVENT_TYPES, READERS, EventFacts
from indelible.money.rules.events.reading import MAX_BODY_BYTES, JsonFields, read_object

__all__ = [
    "EVENT_TYPES",
    "MAX_BODY_BYTES",
    "Environment",
    "EventEnvelope",
    "EventFacts",
    "ParsedEvent",
    "parse_envelope",
    "parse_event",
]


@frozen(kw_only=True)
class EventEnvelope:
    """The part that every event of Stripe has.

    `created` is the time that Stripe gives the event. `account` is the connected account of the
    event, None for our own.
    """

    id: str
    type: str
    api_version: str | None
    livemode: bool
    created: datetime
    object_id: str
    account: str | None

    @classmethod
    def read(cls, fields: JsonFields) -> Self:
        """Read the fields of an event."""
        event_type = fields.text("type")
        return cls(
            id=fields.own_id("id"),
            type=event_type,
            api_version=fields.text_or_none("api_version"),
            livemode=fields.flag("livemode"),
            created=fields.instant("created"),
            object_id=_object_of(fields).text_or_none("id") or event_type,
            account=fields.text_or_none("account"),
        )


@frozen(kw_only=True)
class ParsedEvent:
    """An event with its object; `facts` are None for a type that has no effect."""

    envelope: EventEnvelope
    facts: EventFacts | None = field(repr=False)

    @property
    def id(self) -> str:
        """Return the id of the event."""
        return self.envelope.id

    @property
    def type(self) -> str:
        """Return the type of the event."""
        return self.envelope.type

    @property
    def created(self) -> datetime:
        """Return the time that Stripe gives the event."""
        return self.envelope.created


@frozen(kw_only=True)
class Environment:
    """The mode, account and version of this service.

    A version that is None is not compared. `account` is our own account. An event that names
    another one is accepted only for the types of `CONNECTED_TYPES`; where ours is None, every named
    account is another one.
    """

    livemode: bool
    account: str | None = None
    api_version: str | None = None

    def check(self, event: EventEnvelope) -> None:
        """Raise EnvironmentMismatch for an event of another mode, account or version."""
        if event.livemode is not self.livemode:
            raise EnvironmentMismatch("livemode", str(self.livemode), str(event.livemode))
        is_version = self.api_version in (None, event.api_version)
        if not is_version:
            expected = str(self.api_version)
            raise EnvironmentMismatch("api_version", expected, str(event.api_version))
        is_ours = event.account in (None, self.account)
        if not is_ours and not event.type.startswith(CONNECTED_TYPES):
            raise EnvironmentMismatch("account", str(self.account), str(event.account))


# The types of events that connected accounts send.
CONNECTED_TYPES = ("account.", "payout.", "capability.")


def parse_envelope(body: bytes) -> EventEnvelope:
    """Parse what every event has, from its raw bytes; its object is not looked at.

    Raises:
        WebhookMalformed: The body is no event.
    """
    return EventEnvelope.read(read_object(body))


def parse_event(body: bytes) -> ParsedEvent:
    """Parse the raw bytes of an event and its object.

    Raises:
        WebhookMalformed: The body is no event, or its object is not of the expected form.
    """
    fields = read_object(body)
    envelope = EventEnvelope.read(fields)
    reader = READERS.get(envelope.type)
    facts = None if reader is None else reader(_object_of(fields))
    return ParsedEvent(envelope=envelope, facts=facts)


def _object_of(fields: JsonFields) -> JsonFields:
    return fields.member("data").member("object")
