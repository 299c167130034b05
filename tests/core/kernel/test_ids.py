"""Ids are UUIDv7, new each time and in the order of their milliseconds."""

import time
from uuid import RFC_4122, UUID

from indelible.kernel import TimeOrderedIds


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = UUID(TimeOrderedIds().new())

    assert (made.version, made.variant) == (7, RFC_4122)


def test_an_id_begins_with_the_millisecond_it_was_made_in() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(TimeOrderedIds().new()).int >> 80

    assert before - 1 <= made <= time.time_ns() // 1_000_000


def test_ids_of_different_milliseconds_sort_by_them() -> None:
    first = TimeOrderedIds().new()
    time.sleep(0.002)

    assert first < TimeOrderedIds().new()


def test_ids_and_secrets_are_never_given_twice() -> None:
    ids = TimeOrderedIds()

    assert len({ids.new() for _ in range(1_000)}) == 1_000
    assert len({ids.secret() for _ in range(1_000)}) == 1_000


def test_all_bits_but_version_and_variant_vary() -> None:
    numbers = [UUID(TimeOrderedIds().new()).int & (2**76 - 1) for _ in range(200)]
    ever, never = 0, 2**76 - 1
    for number in numbers:
        ever |= number
        never &= number

    assert ever == 2**76 - 1 - 2**62  # the variant's second bit is always 0
    assert never == 2**63


def test_a_secret_is_256_bits_in_hex() -> None:
    secret = TimeOrderedIds().secret()

    assert len(bytes.fromhex(secret)) == 32
