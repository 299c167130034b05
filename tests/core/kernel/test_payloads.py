"""Test the value of a payload: its limits and its digests."""

from hashlib import sha256
from typing import Any, cast

import pytest
from attrs import evolve

from indelible.kernel import Invalid
from indelible.kernel.payloads import (
    MAX_PAYLOAD_BYTES,
    Payload,
    PayloadInconsistent,
    PayloadTooLarge,
)
from indelible.kernel.values import WrongType
from indelible.testing.stores import BEGINNING


def payload(content: bytes = b"{}", content_type: str = "application/json") -> Payload:
    return Payload.of(content, content_type=content_type, received_at=BEGINNING)


def test_the_digest_is_the_sha256_of_the_bytes() -> None:
    assert payload(b"abc").digest == sha256(b"abc").hexdigest()
    assert payload(b"abc").size == len(b"abc")


def test_one_byte_more_than_the_limit_is_refused() -> None:
    assert payload(b"a" * MAX_PAYLOAD_BYTES).size == MAX_PAYLOAD_BYTES

    with pytest.raises(PayloadTooLarge) as refused:
        payload(b"a" * (MAX_PAYLOAD_BYTES + 1))
    assert refused.value.code == "PAYLOAD_TOO_LARGE"
    assert refused.value.size == MAX_PAYLOAD_BYTES + 1


@pytest.mark.parametrize("content", ["text", bytearray(b"a"), memoryview(b"a"), None, [1]])
def test_what_is_no_bytes_is_refused(content: object) -> None:
    with pytest.raises(WrongType):
        payload(cast("Any", content))


@pytest.mark.parametrize("content_type", ["", " ", "a" * 201, "text/html\nSet-Cookie: a"])
def test_a_content_type_that_is_no_line_is_refused(content_type: str) -> None:
    with pytest.raises(Invalid):
        payload(content_type=content_type)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content": b"[]"}, "digest"),
        ({"content": b"[1]"}, "size"),
        ({"size": 3}, "size"),
        ({"digest": "a" * 64}, "digest"),
        ({"content_type": "text/html"}, "hash"),
        ({"first_received_at": BEGINNING.replace(day=2)}, "hash"),
        ({"hash": ""}, "hash"),
    ],
)
def test_a_changed_field_is_found(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(PayloadInconsistent) as refused:
        evolve(payload(), **changes).check()

    assert refused.value.field == field


def test_the_bytes_are_not_in_the_representation() -> None:
    assert "secret" not in repr(payload(b"secret"))
