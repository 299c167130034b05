"""Rules of tokens: signed messages, ranges of blocks, batches, actions and due tasks."""

from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import product

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
    BlockBatch,
    BlockRange,
    Checkpoint,
    ScanSettings,
    Token,
    TokenStatus,
    signed_message,
)
from indelible.tokens.lifecycle import AUTHOR, IMAGE_JOB, MINT, REVEAL, SYSTEM_STATE, UPLOAD
from indelible.tokens.rules.messages import EPOCH, MESSAGE, SignedMessage
from indelible.tokens.rules.saving import action_between
from indelible.tokens.rules.scanning import next_range, next_size, shrink
from indelible.tokens.rules.tasks import STAGE_LIFECYCLES, TokenPolicy, due_tasks

NOW = BEGINNING
MILLISECONDS = (NOW - EPOCH) // timedelta(milliseconds=1)
NONCE = "nonce-0001"
FEW_LOGS = 1_000  # the number of logs from which on a range does not grow
NUMBERS = st.integers(0, 10_000_000)
FIRST_BLOCKS = st.integers(1, 10_000_000)
BLOCK_COUNTS = st.integers(1, 5_000)
CHECKPOINTS = st.builds(Checkpoint, number=NUMBERS, hash=st.just(chain_hash(0)))
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
    """Return the text that a wallet signs."""
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


@given(CHECKPOINTS | st.none(), NUMBERS, BLOCK_COUNTS, SCAN_SETTINGS)
def test_confirmed_blocks_are_read_from_the_checkpoint_on_without_a_gap(
    checkpoint: Checkpoint | None, newest: int, size: int, settings: ScanSettings
) -> None:
    confirmed = newest - settings.confirmations
    unread = checkpoint.number + 1 if checkpoint else settings.start_block

    blocks = next_range(checkpoint, newest, size, settings)

    assert bool(blocks) == (unread <= confirmed)
    if blocks:
        assert min(settings.start_block, unread) <= blocks.first <= unread
        assert unread <= blocks.last <= confirmed
        assert blocks.last - blocks.first < size
        assert unread - blocks.first <= settings.overlap


@given(FIRST_BLOCKS, BLOCK_COUNTS)
def test_a_refused_range_is_halved_down_to_one_block(first: int, count: int) -> None:
    blocks = BlockRange(first=first, last=first + count - 1)

    assert shrink(blocks, advised_last=None) == max(1, count // 2)


@given(FIRST_BLOCKS, st.integers(2, 5_000), st.data())
def test_a_refused_range_shrinks_to_the_advised_block(
    first: int, count: int, data: st.DataObject
) -> None:
    blocks = BlockRange(first=first, last=first + count - 1)
    advised_last = data.draw(st.integers(first, blocks.last - 1))

    assert shrink(blocks, advised_last) == advised_last - first + 1


@given(FIRST_BLOCKS, BLOCK_COUNTS, st.integers(-10, 10_000_100))
def test_an_advised_block_outside_the_range_is_ignored(
    first: int, count: int, advised_last: int
) -> None:
    blocks = BlockRange(first=first, last=first + count - 1)
    assume(not first <= advised_last < blocks.last)

    assert shrink(blocks, advised_last) == shrink(blocks, advised_last=None)


@given(BLOCK_COUNTS, st.integers(0, FEW_LOGS - 1), SCAN_SETTINGS)
def test_a_range_with_few_logs_is_doubled_up_to_the_limit(
    size: int, logs: int, settings: ScanSettings
) -> None:
    assume(size <= settings.max_blocks)

    assert next_size(size, logs, settings) == min(2 * size, settings.max_blocks)


@given(BLOCK_COUNTS, st.integers(FEW_LOGS, 20_000), SCAN_SETTINGS)
def test_a_range_with_many_logs_does_not_grow(size: int, logs: int, settings: ScanSettings) -> None:
    assume(size <= settings.max_blocks)

    assert next_size(size, logs, settings) == size


CHECKPOINT = Checkpoint(number=10, hash=chain_hash(10))
NEXT_CHECKPOINT = Checkpoint(number=15, hash=chain_hash(15))


def batch(first: int, checkpoint: Checkpoint | None, end: Checkpoint) -> BlockBatch:
    """Return a batch without mints of a scan that starts at block 5."""
    return BlockBatch(
        blocks=BlockRange(first=first, last=end.number),
        checkpoint=checkpoint,
        end=end,
        start_block=5,
        mints=(),
        is_last=False,
    )


@pytest.mark.parametrize(("first", "follows"), [(9, True), (11, True), (12, False)])
def test_a_batch_follows_its_checkpoint_without_a_gap(first: int, *, follows: bool) -> None:
    assert batch(first, CHECKPOINT, NEXT_CHECKPOINT).follows(CHECKPOINT) is follows


@pytest.mark.parametrize(("first", "follows"), [(5, True), (6, False)])
def test_a_first_batch_begins_at_the_start_block(first: int, *, follows: bool) -> None:
    assert batch(first, None, NEXT_CHECKPOINT).follows(None) is follows


def test_a_batch_of_new_blocks_does_not_follow_another_checkpoint() -> None:
    new_blocks = batch(11, CHECKPOINT, NEXT_CHECKPOINT)

    assert not new_blocks.follows(NEXT_CHECKPOINT)
    assert not new_blocks.follows(evolve(CHECKPOINT, hash=chain_hash(10, fork=1)))


def test_a_batch_of_blocks_read_before_follows_until_a_reorg() -> None:
    repeated = batch(6, CHECKPOINT, Checkpoint(number=9, hash=chain_hash(9)))
    reorganized = evolve(NEXT_CHECKPOINT, reorg_count=NEXT_CHECKPOINT.reorg_count + 1)

    assert repeated.follows(NEXT_CHECKPOINT)
    assert not repeated.follows(reorganized)


@pytest.mark.parametrize(
    "lifecycle",
    [TOKEN, AUTHOR, MINT, IMAGE_JOB, UPLOAD, REVEAL, SYSTEM_STATE],
    ids=lambda lifecycle: lifecycle.name,
)
def test_an_action_follows_from_the_two_states(lifecycle: Lifecycle[StrEnum]) -> None:
    states = sorted({edge.to_state for edge in lifecycle.edges})
    actions = {(edge.from_state, edge.to_state): edge.action for edge in lifecycle.edges}

    for from_state, to_state in product(("", *states), states):
        if (from_state, to_state) in actions:
            action = action_between(lifecycle, from_state, to_state)
            assert action == actions[from_state, to_state]
        else:
            attempt = partial(action_between, lifecycle, from_state, to_state)
            assert code(attempt) == "INVALID_TRANSITION"


def test_a_task_is_due_at_the_instant_of_its_mint() -> None:
    cids = {"image_cid": "image", "metadata_cid": "metadata"}
    tokens: list[Token] = []
    for number, status in enumerate(TokenStatus, start=1):
        tokens.append(evolve(make_token(number, **cids), status=status))

    assert due_tasks(tokens, STAGE_LIFECYCLES) == {
        "generate": {"token-1": BEGINNING + timedelta(seconds=1)},
        "upload": {"token-3": BEGINNING + timedelta(seconds=3)},
        "reveal": {"token-4": BEGINNING + timedelta(seconds=4)},
    }


def test_only_performed_stages_have_due_tasks() -> None:
    token = make_token(1)

    assert TokenPolicy().stages == frozenset()
    assert due_tasks([token], TokenPolicy().stages) == {}
    assert due_tasks([token], ["upload"]) == {}
    assert due_tasks([], STAGE_LIFECYCLES) == {}


def test_a_policy_has_stages_of_tokens_only() -> None:
    with pytest.raises(ValueError, match="mint"):
        TokenPolicy(stages=["mint"])
