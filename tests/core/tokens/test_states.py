"""A token takes each legal transition, and refuses each illegal one with its state."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Any

import pytest
from attrs import evolve, frozen

from indelible.kernel import IndelibleError, InvalidTransition
from indelible.testing.stores import refusal
from indelible.testing.tokens.scenarios import make_token
from indelible.tokens import TOKEN, Token, TokenStatus
from indelible.tokens.errors import InvalidStateTransition

HASH = f"0x{7:064x}"


@frozen(kw_only=True)
class Method:
    """A `mark_*` method: legal arguments, an empty argument, and the states it connects."""

    arguments: tuple[Any, ...] = ()
    empty_arguments: tuple[Any, ...] = ()
    sources: tuple[str, ...]
    target: str


METHODS: Mapping[str, Method] = {
    "mark_generating": Method(sources=("detected",), target="generating"),
    "mark_uploading": Method(
        arguments=("/1.png",), empty_arguments=("",), sources=("generating",), target="uploading"
    ),
    "mark_ready": Method(
        arguments=("metadata", "image"),
        empty_arguments=("", "image"),
        sources=("uploading",),
        target="ready",
    ),
    "mark_revealed": Method(
        arguments=(HASH,), empty_arguments=("",), sources=("ready",), target="revealed"
    ),
    "mark_failed": Method(
        arguments=({"code": "NO_GPU"},),
        sources=("detected", "generating", "uploading", "ready"),
        target="failed",
    ),
}
CASES = list(product(TokenStatus, METHODS))
LEGAL_CASES = [(status, name) for status, name in CASES if status in METHODS[name].sources]
ILLEGAL_CASES = [(status, name) for status, name in CASES if status not in METHODS[name].sources]


def token_in(status: TokenStatus) -> Token:
    """Return a token in this state, with the fields that the state needs."""
    token = make_token(1)
    if status in (TokenStatus.READY, TokenStatus.REVEALED):
        token = evolve(token, image_cid="image", metadata_cid="metadata")

    return evolve(token, status=status)


def error_of(attempt: Callable[[], object]) -> IndelibleError:
    """Return the error that the attempt raises."""
    error = refusal(attempt)
    assert error is not None
    return error


@pytest.mark.parametrize(("status", "name"), LEGAL_CASES, ids=str)
def test_a_legal_method_returns_the_token_in_the_next_state(status: TokenStatus, name: str) -> None:
    method = METHODS[name]
    token = token_in(status)
    moved = getattr(token, name)(*method.arguments)

    assert moved.status == method.target
    assert token.status is status


@pytest.mark.parametrize(("status", "name"), ILLEGAL_CASES, ids=str)
def test_an_illegal_method_names_the_state_and_the_allowed_actions(
    status: TokenStatus, name: str
) -> None:
    method = METHODS[name]
    mark = getattr(token_in(status), name)
    # The state is checked before the arguments.
    error = error_of(partial(mark, *(method.empty_arguments or method.arguments)))

    assert isinstance(error, InvalidStateTransition)
    assert error.lifecycle == "token"
    assert error.from_state == status
    assert error.allowed == TOKEN.allowed(status)
    for text in (status.value, *error.allowed):
        assert text in str(error)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("mark_uploading", "image_path"),
        ("mark_ready", "metadata_cid"),
        ("mark_revealed", "tx_hash"),
    ],
)
def test_an_empty_argument_is_refused_by_name(name: str, argument: str) -> None:
    method = METHODS[name]
    (source,) = method.sources
    mark = getattr(token_in(TokenStatus(source)), name)
    error = error_of(partial(mark, *method.empty_arguments))

    assert error.code == "ARGUMENT_MISSING"
    assert isinstance(error, ValueError)
    assert argument in str(error)


def test_a_ready_token_has_the_image_of_the_argument_or_its_own() -> None:
    uploading = token_in(TokenStatus.UPLOADING)
    with_image = evolve(uploading, image_cid="known")

    assert error_of(lambda: uploading.mark_ready("metadata")).code == "ARGUMENT_MISSING"
    assert with_image.mark_ready("metadata").image_cid == "known"
    assert uploading.mark_ready("metadata", "new").image_cid == "new"


def test_transitions_store_their_arguments() -> None:
    failed = token_in(TokenStatus.READY).mark_failed({"code": "NO_GPU", "tries": (1, 2)})
    revealed = token_in(TokenStatus.READY).mark_revealed(f"0x{HASH[2:].upper()}")

    assert failed.error_data == {"code": "NO_GPU", "tries": [1, 2]}
    assert revealed.reveal_tx_hash == HASH


def test_a_retry_of_a_generation_counts_its_attempts() -> None:
    retried = token_in(TokenStatus.GENERATING).retry_generation("x" * 2_000)

    assert retried.status is TokenStatus.DETECTED
    assert retried.generation_attempts == 1
    assert retried.generation_error == "x" * 1_000


def test_a_requeued_token_starts_anew() -> None:
    retried = token_in(TokenStatus.GENERATING).retry_generation("no answer")
    requeued = retried.mark_failed({"code": "NO_GPU"}).requeue()

    assert requeued.status is TokenStatus.DETECTED
    assert requeued.generation_attempts == 0
    assert requeued.generation_error is None
    assert requeued.error_data is None


@pytest.mark.parametrize("text", ["one\r\ntwo", "", "  ", "\x00", "\ud800", "x" * 5_000])
def test_any_error_of_a_provider_becomes_a_printable_line(text: str) -> None:
    line = token_in(TokenStatus.GENERATING).retry_generation(text).generation_error or ""

    assert 0 < len(line) <= 1_000
    assert line.isprintable()


def test_the_error_of_a_token_is_not_nested_too_deeply() -> None:
    nested: dict[str, object] = {}
    for _ in range(5_000):
        nested = {"in": nested}
    ready = token_in(TokenStatus.READY)

    assert error_of(lambda: ready.mark_failed(nested)).code == "JSON_LIMIT_EXCEEDED"


def test_the_error_of_a_token_is_not_too_long() -> None:
    ready = token_in(TokenStatus.READY)

    too_long = {"text": "x" * 1_048_576}
    assert error_of(lambda: ready.mark_failed(too_long)).code == "JSON_LIMIT_EXCEEDED"
    assert ready.mark_failed({"text": "x" * 1_000_000}).error_data is not None


@pytest.mark.parametrize("status", sorted(set(TokenStatus) - {TokenStatus.REVEALED}))
def test_the_chain_reveals_a_token_in_any_other_state(status: TokenStatus) -> None:
    assert token_in(status).sync_revealed("metadata").status is TokenStatus.REVEALED


def test_the_chain_does_not_reveal_a_token_twice() -> None:
    revealed = token_in(TokenStatus.REVEALED)
    assert isinstance(error_of(lambda: revealed.sync_revealed("metadata")), InvalidTransition)


def test_an_orphaned_token_waits_for_the_chain_and_not_for_an_operator() -> None:
    orphaned = token_in(TokenStatus.UPLOADING).mark_orphaned()

    assert orphaned.is_quarantined
    assert error_of(orphaned.requeue).code == "MINT_ORPHANED"


def test_a_token_is_unfinished_until_it_is_revealed_or_failed() -> None:
    finished = [status for status in TokenStatus if not token_in(status).is_unfinished]

    assert finished == [TokenStatus.REVEALED, TokenStatus.FAILED]
