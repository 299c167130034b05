"""Ids are UUIDs of version 7: unique, and in the order of their milliseconds."""

import time
from uuid import RFC_4122, UUID

from indelible.kernel import TimeOrderedIds

RANDOM_BITS = 2**76 - 1  # the bits of a UUIDv7 after its time and its version


def test_an_id_is_a_uuid_of_version_7() -> None:
    new_id = UUID(TimeOrderedIds().new())

    assert new_id.version == 7
    assert new_id.variant == RFC_4122


def test_an_id_begins_with_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    millisecond = UUID(TimeOrderedIds().new()).int >> 80
    after = time.time_ns() // 1_000_000

    assert before - 1 <= millisecond <= after


def test_ids_of_different_milliseconds_are_in_order() -> None:
    first = TimeOrderedIds().new()
    time.sleep(0.002)

    assert first < TimeOrderedIds().new()


def test_ids_and_secrets_are_unique() -> None:
    ids = TimeOrderedIds()
    new_ids = {ids.new() for _ in range(1_000)}
    secrets = {ids.secret() for _ in range(1_000)}

    assert len(new_ids) == 1_000
    assert len(secrets) == 1_000


def test_every_bit_after_the_version_is_random_except_the_variant() -> None:
    ever_set = 0
    always_set = RANDOM_BITS
    for _ in range(200):
        bits = UUID(TimeOrderedIds().new()).int & RANDOM_BITS
        ever_set |= bits
        always_set &= bits

    assert always_set == 2**63  # the variant's first bit
    assert ever_set == RANDOM_BITS - 2**62  # the variant's second bit is never set


def test_a_secret_is_256_bits_in_hex() -> None:
    secret = TimeOrderedIds().secret()

    assert len(bytes.fromhex(secret)) == 32
