"""Signed messages, ranges of blocks to read, actions between states, and tasks that are due."""

from datetime import timedelta
from enum import StrEnum
from functools import partial

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from indelible.kernel import Lifecycle
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING
from indelible.testing.tokens.scenarios import chain_hash, make_token, wallet
from indelible.tokens import (
    TOKEN,
    BlockRange,
    Checkpoint,
    ScanSettings,
    TokenStatus,
    signed_message,
)
from indelible.tokens.lifecycle import AUTHOR, IMAGE_JOB, MINT, REVEAL, SYSTEM_STATE, UPLOAD
from indelible.tokens.rules import (
    EPOCH,
    MESSAGE,
    SignedMessage,
    action_between,
    due_tasks,
    next_range,
    next_size,
    shrink,
)

NOW = BEGINNING
MILLISECONDS = (NOW - EPOCH) // timedelta(milliseconds=1)
NONCE = "nonce-0001"
NUMBERS = st.integers(0, 10_000_000)
SCAN_SETTINGS = st.builds(
    ScanSettings,
    start_block=st.integers(0, 1_000),
    confirmations=st.integers(0, 100),
    max_blocks=st.integers(1, 5_000),
    overlap=st.integers(0, 200),
)


def message(
    *, signer: str = wallet(1), timestamp: object = MILLISECONDS, nonce: str = NONCE
) -> str:
    return MESSAGE.format(wallet=signer, timestamp=timestamp, nonce=nonce)


def test_a_message_has_a_timestamp_and_a_nonce() -> None:
    assert signed_message(message(), wallet(1), NOW) == SignedMessage(
        timestamp=MILLISECONDS, nonce=NONCE
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        message(signer=wallet(2)),
        message() + "\n",
        " " + message(),
        message().replace("\n", "\r\n"),
        message().replace("Update", "update"),
        message(timestamp=f"{MILLISECONDS // 1000}"),
        message(timestamp=f"+{MILLISECONDS}"),
        message(timestamp="\N{ARABIC-INDIC DIGIT ZERO}" * 13),
        message(nonce="short"),
        message(nonce="x" * 101),
        message(nonce="a nonce with spaces"),
        message(nonce="nonce-0001\nNonce: nonce-0002"),
        message() + message(),
    ],
)
def test_a_message_that_differs_in_one_character_is_wrong(wrong: str) -> None:
    assert code(lambda: signed_message(wrong, wallet(1), NOW)) == "MESSAGE_WRONG"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, ""), (300, ""), (-300, ""), (300.001, "MESSAGE_EXPIRED"), (-301, "MESSAGE_EXPIRED")],
)
def test_a_message_is_valid_for_five_minutes(seconds: float, expected: str) -> None:
    timestamp = MILLISECONDS + round(seconds * 1_000)

    assert code(lambda: signed_message(message(timestamp=timestamp), wallet(1), NOW)) == expected


@given(st.text(max_size=300))
def test_no_other_text_is_a_message(text: str) -> None:
    assume(text != message())

    assert code(lambda: signed_message(text, wallet(1), NOW)) == "MESSAGE_WRONG"


@given(NUMBERS | st.none(), NUMBERS, st.integers(1, 5_000), SCAN_SETTINGS)
def test_confirmed_blocks_are_read_from_the_checkpoint_on_without_a_gap(
    read: int | None, newest: int, size: int, settings: ScanSettings
) -> None:
    checkpoint = None if read is None else Checkpoint(number=read, hash=chain_hash(0))
    unread = settings.start_block if read is None else read + 1

    span = next_range(checkpoint, newest, size, settings)

    assert bool(span) == (unread <= newest - settings.confirmations)
    if span:
        assert min(settings.start_block, unread) <= span.first <= unread
        assert unread <= span.last <= newest - settings.confirmations
        assert span.last - span.first < size
        assert unread - span.first <= settings.overlap


@given(st.integers(1, 10_000_000), st.integers(1, 5_000), st.integers(-10, 10_000_100))
def test_a_refused_range_shrinks_to_at_least_one_block(first: int, size: int, advised: int) -> None:
    span = BlockRange(first=first, last=first + size)

    for hint in (None, advised):
        found = shrink(span, hint)
        assert 1 <= found <= size
    if first <= advised < span.last:
        assert shrink(span, advised) == advised - first + 1


@given(st.integers(1, 5_000), st.integers(0, 20_000), SCAN_SETTINGS)
def test_a_range_grows_up_to_a_limit_while_it_holds_few_logs(
    size: int, logs: int, settings: ScanSettings
) -> None:
    assume(size <= settings.max_blocks)

    found = next_size(size, logs, settings)

    assert size <= found <= settings.max_blocks
    assert found == (size if logs >= 1_000 else min(2 * size, settings.max_blocks))


@pytest.mark.parametrize(
    "lifecycle",
    [TOKEN, AUTHOR, MINT, IMAGE_JOB, UPLOAD, REVEAL, SYSTEM_STATE],
    ids=lambda it: it.name,
)
def test_an_action_follows_from_the_two_states(lifecycle: Lifecycle[StrEnum]) -> None:
    news = sorted({edge.to_state for edge in lifecycle.edges})
    edges = {(edge.from_state, edge.to_state.value): edge.action for edge in lifecycle.edges}

    for old, new in ((old, new) for old in ("", *news) for new in news):
        expected = edges.get((old, new.value))
        if expected is None:
            assert code(partial(action_between, lifecycle, old, new)) == "INVALID_TRANSITION"
        else:
            assert action_between(lifecycle, old, new) == expected


def test_a_task_is_due_at_the_instant_of_its_mint() -> None:
    cids = {"image_cid": "image", "metadata_cid": "metadata"}
    tokens = [
        evolve(make_token(number + 1, **cids), status=status)
        for number, status in enumerate(TokenStatus)
    ]

    assert due_tasks(tokens) == {
        "generate": {"token-1": BEGINNING + timedelta(seconds=1)},
        "upload": {"token-3": BEGINNING + timedelta(seconds=3)},
        "reveal": {"token-4": BEGINNING + timedelta(seconds=4)},
    }
    assert due_tasks([]) == {}
