"""Requirements on payloads: raw bytes by their SHA-256."""

from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Final

from attrs import evolve

from indelible.app import WriteTx
from indelible.kernel.payloads import (
    MAX_PAYLOAD_BYTES,
    Payload,
    PayloadInconsistent,
    PayloadNotFound,
)
from indelible.testing.stores import BEGINNING, FAR, AnyStore, refusal, within
from indelible.testing.suite import Suite

EVERY_BYTE: Final = bytes(range(256))
RECEIVED: Final = Payload.of(EVERY_BYTE, content_type="text/html", received_at=BEGINNING)


def add(store: AnyStore, payload: Payload) -> Payload:
    """Store a payload in a transaction, and return the stored one."""
    return within(store, lambda tx: tx.payloads.add(payload))


def get(store: AnyStore, digest: str) -> Payload:
    """Return the stored payload with a digest."""
    return store.read(lambda tx: tx.payloads.get(digest))


def require_missing(store: AnyStore, digest: str) -> None:
    """Assert that the store reports that it has no payload with this digest."""
    error = refusal(partial(get, store, digest))
    assert isinstance(error, PayloadNotFound)
    assert error.digest == digest


class PayloadsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_payload_is_stored_byte_for_byte_under_its_sha256(self, store: AnyStore) -> None:
        assert add(store, RECEIVED) == RECEIVED

        stored = get(store, sha256(EVERY_BYTE).hexdigest())
        assert stored == RECEIVED
        assert stored.content == EVERY_BYTE
        assert stored.size == len(EVERY_BYTE)

    def test_empty_and_largest_payloads_are_stored(self, store: AnyStore) -> None:
        for content in (b"", b"\x00" * MAX_PAYLOAD_BYTES):
            payload = payload_of(content)
            add(store, payload)
            assert get(store, payload.digest) == payload

    def test_the_same_bytes_keep_the_metadata_of_their_first_receipt(self, store: AnyStore) -> None:
        later = Payload.of(EVERY_BYTE, content_type="application/json", received_at=FAR)
        add(store, RECEIVED)

        assert add(store, later) == RECEIVED
        assert get(store, later.digest) == RECEIVED

    def test_a_payload_is_added_twice_in_one_transaction(self, store: AnyStore) -> None:
        def add_twice(tx: WriteTx) -> tuple[Payload, Payload]:
            return tx.payloads.add(RECEIVED), tx.payloads.add(RECEIVED)

        assert within(store, add_twice) == (RECEIVED, RECEIVED)

    def test_a_payload_of_a_transaction_that_fails_is_not_stored(self, store: AnyStore) -> None:
        def fail(tx: WriteTx) -> None:
            tx.payloads.add(RECEIVED)
            raise RuntimeError

        with suppress(RuntimeError):
            within(store, fail)
        require_missing(store, RECEIVED.digest)

    def test_an_unknown_digest_is_reported_as_missing(self, store: AnyStore) -> None:
        require_missing(store, "a" * 64)

    def test_a_payload_that_does_not_match_its_digest_is_refused(self, store: AnyStore) -> None:
        wrong = (
            evolve(RECEIVED, content=EVERY_BYTE[::-1]),
            evolve(RECEIVED, content=b"a"),
            evolve(RECEIVED, digest="a" * 64),
            evolve(RECEIVED, size=1),
            evolve(RECEIVED, content_type="text/plain"),
            evolve(RECEIVED, first_received_at=FAR),
            evolve(RECEIVED, hash="a" * 64),
        )
        for payload in wrong:
            error = refusal(partial(add, store, payload))
            assert isinstance(error, PayloadInconsistent)

        require_missing(store, RECEIVED.digest)


def payload_of(content: bytes) -> Payload:
    """Return the payload of other bytes."""
    return Payload.of(content, content_type="application/json", received_at=BEGINNING)
