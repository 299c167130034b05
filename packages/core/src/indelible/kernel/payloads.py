"""Raw bytes from outside, stored as they were received and addressed by their SHA-256."""

from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Final, Protocol, Self

from attrs import Attribute, evolve, field, frozen

from indelible.kernel.errors import Invalid, NotFound
from indelible.kernel.json import digest
from indelible.kernel.transaction import ReadTransaction, Transaction
from indelible.kernel.values import (
    IDENTIFIER,
    TextHasControls,
    bounded_int,
    is_digest,
    is_instant,
    non_blank_line,
    wrong_type,
)

MAX_PAYLOAD_BYTES: Final = 2 * 1024 * 1024
PAYLOAD_SIZE: Final = {"minimum": 0, "maximum": MAX_PAYLOAD_BYTES}


@frozen
class PayloadTooLarge(Invalid):
    """A payload has more bytes than the store accepts."""

    message: ClassVar[str] = (
        "The payload is too large: expected at most {max_bytes} bytes, got {size}."
    )
    max_bytes: int
    size: int


@frozen
class PayloadInconsistent(Invalid):
    """A payload's digest, size or hash does not follow from its bytes and its other fields."""

    message: ClassVar[str] = (
        "Field {field} of the payload does not match: expected {expected}, got {actual}."
    )
    field: str
    expected: str
    actual: str


@frozen
class PayloadNotFound(NotFound):
    """No payload has this digest."""

    message: ClassVar[str] = "No payload has the digest {digest}."
    digest: str


def check_content(value: object) -> None:
    """Raise WrongType or PayloadTooLarge unless the value is bytes that a store accepts."""
    if not isinstance(value, bytes):
        raise wrong_type("content", "bytes", value)
    if len(value) > MAX_PAYLOAD_BYTES:
        raise PayloadTooLarge(MAX_PAYLOAD_BYTES, len(value))


def _is_content(_: object, __: "Attribute[Any]", value: object) -> None:
    """Validate the bytes of a payload, which may be none."""
    check_content(value)


def _is_content_type(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate a content type: one printable line."""
    non_blank_line(_, attribute, value)
    if not str(value).isprintable():
        raise TextHasControls(attribute.name)


@frozen(kw_only=True)
class Payload:
    """Bytes as they were received, with the time and the content type of the first receipt.

    `digest` is the SHA-256 of the bytes, and the payload's id. `hash` is the digest of every other
    field, in which `digest` stands for the bytes.
    """

    digest: str = field(validator=is_digest)
    content: bytes = field(validator=_is_content, repr=False)
    size: int = field(validator=bounded_int, metadata=PAYLOAD_SIZE)
    content_type: str = field(validator=_is_content_type, metadata=IDENTIFIER)
    first_received_at: datetime = field(validator=is_instant)
    hash: str = ""

    @classmethod
    def of(cls, content: bytes, *, content_type: str, received_at: datetime) -> Self:
        """Return the payload of some bytes.

        Raises:
            PayloadTooLarge: There are more than MAX_PAYLOAD_BYTES.
        """
        check_content(content)
        unhashed = cls(
            digest=content_digest(content),
            content=content,
            size=len(content),
            content_type=content_type,
            first_received_at=received_at,
        )
        return evolve(unhashed, hash=unhashed.record_digest())

    def record_digest(self) -> str:
        """Return the digest that `hash` must equal."""
        return digest([self.digest, self.size, self.content_type, self.first_received_at])

    def check(self) -> None:
        """Compute the digest, the size and the hash again.

        Raises:
            PayloadInconsistent: One of them differs.
        """
        _check_equal("size", len(self.content), self.size)
        _check_equal("digest", content_digest(self.content), self.digest)
        _check_equal("hash", self.record_digest(), self.hash)


class PayloadReader(Protocol):
    """The payloads of a store, for queries."""

    def get(self, digest: str) -> Payload:
        """Return the payload with this digest, once its bytes are checked against it.

        Raises:
            PayloadNotFound: There is none.
            PayloadInconsistent: The stored bytes are not those that were received.
        """
        ...


class PayloadStore(PayloadReader, Protocol):
    """The payloads of a store, for handlers."""

    def add(self, payload: Payload) -> Payload:
        """Store the payload, and return the stored one.

        Bytes that are there already keep the content type and the time of their first receipt.

        Raises:
            PayloadInconsistent: The payload does not match its own digest, size or hash.
        """
        ...


class PayloadsRead(ReadTransaction, Protocol):
    """The transaction that queries on payloads need."""

    @property
    def payloads(self) -> PayloadReader: ...


class PayloadsWrite(PayloadsRead, Transaction, Protocol):
    """The transaction that handlers need to store payloads."""

    @property
    def payloads(self) -> PayloadStore: ...


def content_digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hex."""
    return sha256(content).hexdigest()


def _check_equal(name: str, expected: object, actual: object) -> None:
    if expected != actual:
        raise PayloadInconsistent(name, str(expected), str(actual))
