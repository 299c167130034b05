"""Events of contracts that mint tokens, and the mapping of their fields to a mint."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, cast

from attrs import Factory, field, frozen
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import event_signature_to_log_topic

from indelible.kernel import Invalid
from indelible.tokens import Block, ContractLog, LogPosition
from indelible.tokens.entities.chain import LOG_DATA
from indelible.tokens.entities.fields import MAX_TOKENS_PER_MINT
from indelible_evm.parsing import ADDRESS_BYTES, WORD_BYTES

ZERO_WORD: Final = f"0x{'00' * WORD_BYTES}"
ZERO_ADDRESS: Final = f"0x{'00' * ADDRESS_BYTES}"
TOPICS: Final = "topics"
MAX_INDEXED: Final = 3  # of an event, besides its signature
NUMBER_TYPE: Final = re.compile(r"uint(8|16|24|32|40|48|56|64|72|80|88|96|104|112|120|128|160|256)")
WORD_TYPE: Final = re.compile(r"u?int\d+|address|bool|bytes\d+")  # always one word
ADDRESS_TYPE: Final = "address"
ARRAY: Final = "[]"

# The fields that a mapping may name, with the types of the values that they take.
ADDRESS_FIELDS: Final = ("recipient", "author", "sender")
NUMBER_FIELDS: Final = ("quantity", "last_token_id", "paid")
ARRAY_FIELDS: Final = ("token_id", "copies")  # a number each, or an array of numbers
MAPPED_FIELDS: Final = (*ARRAY_FIELDS, *ADDRESS_FIELDS, *NUMBER_FIELDS)
REQUIRED_FIELDS: Final = ("token_id", "recipient")


@frozen
class EventMappingInvalid(Invalid):
    """An event, or the mapping of its fields, that no mint can be read from."""

    message: ClassVar[str] = "Event {event}, field {field}, cannot be read as a mint: {problem}."
    event: str
    field: str
    problem: str


@frozen
class ImpossibleField(Exception):
    """A field of a log with an impossible value."""

    field: str
    problem: str


@frozen(kw_only=True)
class EventField:
    """A field of an event, with its type in the ABI."""

    name: str
    type: str
    indexed: bool = False


@frozen(kw_only=True)
class MintEventType:
    """An event that mints tokens.

    `mapping` names, for fields of a mint, the event's fields with their values: `token_id` and
    `recipient`, and where there are such `author`, `quantity` or `last_token_id`, `copies`, `paid`,
    and `sender`, which must be the zero address.

    Raises: EventMappingInvalid.
    """

    name: str
    fields: tuple[EventField, ...]
    mapping: Mapping[str, str]
    topic: str = field(
        init=False, default=Factory(lambda self: self.compute_topic(), takes_self=True)
    )

    def __attrs_post_init__(self) -> None:
        for name in REQUIRED_FIELDS:
            if name not in self.mapping:
                raise EventMappingInvalid(self.name, name, "it is not mapped")
        for name, source in self.mapping.items():
            self._check_field(name, source)
        if "quantity" in self.mapping and "last_token_id" in self.mapping:
            raise EventMappingInvalid(self.name, "quantity", "last_token_id is mapped as well")
        if len(self._indexed) > MAX_INDEXED:
            raise EventMappingInvalid(self.name, TOPICS, "more than 3 fields are indexed")

    def compute_topic(self) -> str:
        """Return the first topic of the event's logs: the digest of its signature."""
        types = ",".join(event_field.type for event_field in self.fields)
        return f"0x{event_signature_to_log_topic(f'{self.name}({types})').hex()}"

    @property
    def topics(self) -> tuple[str | None, ...]:
        """Return the topics that a mint has, None for any; without a zero sender only the first."""
        sender = self.mapping.get("sender")
        for number, event_field in enumerate(self._indexed):
            if event_field.name == sender:
                return (self.topic, *[None] * number, ZERO_WORD)
        return (self.topic,)

    def read(
        self, position: LogPosition, block: Block, topics: Sequence[bytes], data: bytes
    ) -> ContractLog | None:
        """Return the mint in a log, an invalid log if it has none, None for another transfer."""
        try:
            values = self._decode(topics, data)
            if "sender" in values and values["sender"] != ZERO_ADDRESS:
                return None
            mint_values = _mint_values(values)
        except ImpossibleField as error:
            return position.invalid(error.field, error.problem)

        if mint_values is None:
            return None
        return position.mint(block_timestamp=block.at, **mint_values)

    @property
    def _indexed(self) -> list[EventField]:
        return self._fields_that_are(indexed=True)

    def _fields_that_are(self, *, indexed: bool) -> list[EventField]:
        return [event_field for event_field in self.fields if event_field.indexed is indexed]

    def _find_field(self, name: str) -> EventField | None:
        for event_field in self.fields:
            if event_field.name == name:
                return event_field

        return None

    def _check_field(self, name: str, source: str) -> None:
        """Raise EventMappingInvalid unless the event's field can be this field of a mint."""
        if name not in MAPPED_FIELDS:
            known = ", ".join(MAPPED_FIELDS)
            raise EventMappingInvalid(self.name, name, f"expected one of {known}")

        event_field = self._find_field(source)
        if event_field is None:
            names = ", ".join(known.name for known in self.fields)
            raise EventMappingInvalid(
                self.name, name, f"the event has no field {source}, only {names}"
            )

        kind = event_field.type
        is_array = name in ARRAY_FIELDS and kind.endswith(ARRAY) and not event_field.indexed
        element = kind.removesuffix(ARRAY) if is_array else kind
        is_address = name in ADDRESS_FIELDS and kind == ADDRESS_TYPE
        is_number = name not in ADDRESS_FIELDS and NUMBER_TYPE.fullmatch(element)
        if not is_address and not is_number:
            raise EventMappingInvalid(self.name, name, f"field {source} has the type {kind}")

    def _decode(self, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
        """Return the values of a log by the fields of a mint. Raises ImpossibleField."""
        indexed = self._indexed
        if len(topics) != len(indexed) + 1:
            problem = f"The log has {len(topics)} topics: expected {len(indexed) + 1}."
            raise ImpossibleField(TOPICS, problem)

        by_source: dict[str, Any] = {}
        for event_field, topic in zip(indexed, topics[1:], strict=True):
            source = event_field.name
            if source in self.mapping.values():
                (by_source[source],) = _decode([event_field.type], topic, source)

        stored = self._fields_that_are(indexed=False)
        types = [event_field.type for event_field in stored]
        _check_length(types, data)
        decoded = _decode(types, data, LOG_DATA)
        for event_field, value in zip(stored, decoded, strict=True):
            by_source[event_field.name] = value

        return {name: by_source[source] for name, source in self.mapping.items()}


def _check_length(types: list[str], data: bytes) -> None:
    """Raise ImpossibleField where the data of types of one word each has another length."""
    for kind in types:
        if not WORD_TYPE.fullmatch(kind):
            return

    expected = WORD_BYTES * len(types)
    if len(data) != expected:
        raise ImpossibleField(LOG_DATA, f"It has {len(data)} bytes: expected {expected}.")


def _decode(types: list[str], data: bytes, name: str) -> tuple[Any, ...]:
    """Return the values in ABI-encoded data. Raises ImpossibleField."""
    try:
        return decode(types, data)
    except (DecodingError, ValueError, OverflowError) as error:
        problem = f"It does not contain {', '.join(types)} ({type(error).__name__})."
        raise ImpossibleField(name, problem) from None


def _mint_values(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the fields of a MintLog, None for a mint of no copies. Raises ImpossibleField."""
    recipient = values["recipient"]
    mint_values: dict[str, Any] = {
        "minter": recipient,
        "author_wallet": values.get("author", recipient),
        "total_paid": values.get("paid", 0),
    }
    token_id = values["token_id"]
    if isinstance(token_id, tuple):
        batch = _batch_values(cast("tuple[int, ...]", token_id), values.get("copies"))
        return None if batch is None else {**mint_values, **batch}

    copies = values.get("copies")
    if copies == 0:
        return None
    if copies is not None:
        mint_values["copies"] = (copies,)
    quantity = values.get("quantity", 1)
    if "last_token_id" in values:
        quantity = values["last_token_id"] - token_id + 1

    return {**mint_values, "start_token_id": token_id, "quantity": quantity}


def _batch_values(ids: tuple[int, ...], copies: object) -> dict[str, Any] | None:
    """Return the fields of a MintLog of several ids, None if no copy of any id is minted."""
    counts: tuple[int, ...] = (1,) * len(ids)
    if isinstance(copies, tuple):
        counts = cast("tuple[int, ...]", copies)
    if len(counts) != len(ids):
        raise ImpossibleField("copies", f"There are {len(counts)} for {len(ids)} token ids.")
    if len(ids) > MAX_TOKENS_PER_MINT:
        problem = f"The mint has {len(ids)} ids: expected at most {MAX_TOKENS_PER_MINT}."
        raise ImpossibleField("quantity", problem)

    batch: list[int] = []
    minted: list[int] = []
    for token_id, count in zip(ids, counts, strict=True):
        if count > 0:
            batch.append(token_id)
            minted.append(count)
    if not batch:
        return None

    return {
        "start_token_id": batch[0],
        "quantity": len(set(batch)),
        "batch": tuple(batch),
        "copies": tuple(minted),
    }
