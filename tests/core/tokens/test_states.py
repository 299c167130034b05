"""Every transition of a token in every state, and the errors of illegal ones."""

from collections.abc import Callable, Mapping
from functools import partial
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
CASES = [(status, name) for status in TokenStatus for name in METHODS]
WITH_ARGUMENT = [name for name, method in METHODS.items() if method.empty_arguments]


def token_in(status: TokenStatus) -> Token:
    cids: dict[str, Any] = {}
    if status in (TokenStatus.READY, TokenStatus.REVEALED):
        cids = {"image_cid": "image", "metadata_cid": "metadata"}

    return evolve(make_token(1), status=status, **cids)


def error_of(act: Callable[[], object]) -> IndelibleError:
    error = refusal(act)
    assert error is not None
    return error


def test_there_are_thirty_cases_eight_of_them_legal() -> None:
    legal = [(status, name) for status, name in CASES if status.value in METHODS[name].sources]

    assert len(CASES) == 30
    assert len(legal) == 8


@pytest.mark.parametrize(("status", "name"), CASES, ids=str)
def test_a_method_leads_where_it_should_or_says_which_step_and_which_state(
    status: TokenStatus, name: str
) -> None:
    method = METHODS[name]
    token = token_in(status)
    act = getattr(token, name)
    if status.value in method.sources:
        assert act(*method.arguments).status == method.target
        assert token.status is status
        return

    # The state is checked before the arguments.
    for arguments in (method.arguments, method.empty_arguments or method.arguments):
        error = error_of(partial(act, *arguments))
        assert isinstance(error, InvalidStateTransition)
        assert (error.lifecycle, error.from_state) == ("token", status)
        assert error.allowed == TOKEN.allowed(status)
        assert status.value in str(error)
        assert all(action in str(error) for action in error.allowed)


@pytest.mark.parametrize("name", WITH_ARGUMENT)
def test_an_empty_argument_is_named(name: str) -> None:
    method = METHODS[name]
    (source,) = method.sources
    token = token_in(TokenStatus(source))

    error = error_of(partial(getattr(token, name), *method.empty_arguments))

    assert error.code == "ARGUMENT_MISSING"
    assert isinstance(error, ValueError)
    assert any(argument in str(error) for argument in ("image_path", "metadata_cid", "tx_hash"))


def test_a_transition_leaves_the_instant_to_the_repository() -> None:
    token = token_in(TokenStatus.DETECTED)

    assert token.mark_generating().updated_at == token.updated_at


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


def test_an_image_s_path_is_not_stored_with_the_token() -> None:
    assert token_in(TokenStatus.GENERATING).mark_uploading("/1.png").image_url is None


def test_only_a_retry_and_the_chain_lead_out_of_a_final_state() -> None:
    assert TOKEN.allowed("revealed") == ()
    assert TOKEN.allowed("failed") == ("retry", "sync")


def test_a_retry_of_a_generation_counts_its_attempts() -> None:
    retried = token_in(TokenStatus.GENERATING).retry_generation("x" * 2_000)

    assert (retried.status, retried.generation_attempts) == ("detected", 1)
    assert retried.generation_error == "x" * 1_000


def test_a_requeued_token_starts_anew() -> None:
    retried = token_in(TokenStatus.GENERATING).retry_generation("no answer")
    requeued = retried.mark_failed({"code": "NO_GPU"}).requeue()

    assert (requeued.status, requeued.generation_attempts) == ("detected", 0)
    assert (requeued.generation_error, requeued.error_data) == (None, None)
    assert isinstance(error_of(token_in(TokenStatus.READY).requeue), InvalidTransition)


@pytest.mark.parametrize("text", ["one\r\ntwo", "", "  ", "\x00", "\ud800", "x" * 5_000])
def test_any_error_of_a_provider_becomes_a_printable_line(text: str) -> None:
    line = token_in(TokenStatus.GENERATING).retry_generation(text).generation_error or ""

    assert 0 < len(line) <= 1_000
    assert line.isprintable()


def test_the_error_of_a_token_is_neither_too_deep_nor_too_long() -> None:
    deep: dict[str, object] = {}
    for _ in range(5_000):
        deep = {"in": deep}
    ready = token_in(TokenStatus.READY)

    assert error_of(lambda: ready.mark_failed(deep)).code == "TEXT_TOO_LONG"
    assert error_of(lambda: ready.mark_failed({"text": "x" * 100_000})).code == "TEXT_TOO_LONG"
    assert ready.mark_failed({"text": "x" * 99_000}).error_data is not None


def test_the_chain_reveals_a_token_in_any_other_state() -> None:
    for status in set(TokenStatus) - {TokenStatus.REVEALED}:
        assert token_in(status).sync_revealed("metadata").status is TokenStatus.REVEALED

    revealed = token_in(TokenStatus.REVEALED)
    assert isinstance(error_of(lambda: revealed.sync_revealed("metadata")), InvalidTransition)


def test_an_orphaned_token_waits_for_the_chain_and_not_for_an_operator() -> None:
    orphaned = token_in(TokenStatus.UPLOADING).mark_orphaned()

    assert orphaned.is_quarantined
    assert error_of(orphaned.requeue).code == "MINT_ORPHANED"


def test_a_token_is_unfinished_until_it_is_revealed_or_failed() -> None:
    finished = [status for status in TokenStatus if not token_in(status).is_unfinished]

    assert finished == [TokenStatus.REVEALED, TokenStatus.FAILED]


def test_at_most_one_action_leads_from_one_state_to_another() -> None:
    pairs = [(edge.from_state, edge.to_state) for edge in TOKEN.edges]

    assert len(pairs) == len(set(pairs))
