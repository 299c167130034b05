"""Every method of a token in every state, and what an illegal one says."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from attrs import evolve

from indelible.kernel import IndelibleError, InvalidTransition
from indelible.testing.stores import refusal
from indelible.testing.tokens.scenarios import make_token
from indelible.tokens import TOKEN, Token, TokenStatus
from indelible.tokens.errors import InvalidStateTransition

HASH = f"0x{7:064x}"
# What each method is given, what it refuses for its argument alone, the states that it leads from, and where to.
METHODS: Mapping[str, tuple[tuple[Any, ...], tuple[Any, ...], tuple[str, ...], str]] = {
    "mark_generating": ((), (), ("detected",), "generating"),
    "mark_uploading": (("/1.png",), ("",), ("generating",), "uploading"),
    "mark_ready": (("metadata", "image"), ("", "image"), ("uploading",), "ready"),
    "mark_revealed": ((HASH,), ("",), ("ready",), "revealed"),
    "mark_failed": (
        ({"code": "NO_GPU"},),
        (),
        ("detected", "generating", "uploading", "ready"),
        "failed",
    ),
}
CASES = [(status, method) for status in TokenStatus for method in METHODS]
ARGUED = [name for name, (_, wrong, _, _) in METHODS.items() if wrong]


def token(status: TokenStatus) -> Token:
    cids: dict[str, Any] = {}
    if status in (TokenStatus.READY, TokenStatus.REVEALED):
        cids = {"image_cid": "image", "metadata_cid": "metadata"}

    return evolve(make_token(1), status=status, **cids)


def refused(act: Callable[[], object]) -> IndelibleError:
    found = refusal(act)
    assert found is not None
    return found


def test_there_are_thirty_cases_eight_of_them_legal() -> None:
    legal = [case for case in CASES if case[0].value in METHODS[case[1]][2]]

    assert (len(CASES), len(legal), len(CASES) - len(legal)) == (30, 8, 22)


@pytest.mark.parametrize(("status", "method"), CASES, ids=str)
def test_a_method_leads_where_it_should_or_says_which_step_and_which_state(
    status: TokenStatus, method: str
) -> None:
    right, wrong, sources, target = METHODS[method]
    before = token(status)
    if status.value in sources:
        after: Token = getattr(before, method)(*right)
        assert (after.status, before.status) == (target, status)
    else:
        for given in (right, wrong or right):  # the state is looked at before the argument
            error = refused(partial(getattr(before, method), *given))
            assert isinstance(error, InvalidStateTransition)
            assert (error.lifecycle, error.from_state) == ("token", status)
            assert error.allowed == TOKEN.allowed(status)
            assert status.value in str(error)
            assert all(action in str(error) for action in error.allowed)


@pytest.mark.parametrize("method", ARGUED)
def test_in_the_right_state_an_empty_argument_is_named(method: str) -> None:
    _, wrong, (source,), _ = METHODS[method]

    error = refused(lambda: getattr(token(TokenStatus(source)), method)(*wrong))

    assert error.code == "ARGUMENT_MISSING"
    assert isinstance(error, ValueError)
    assert any(name in str(error) for name in ("image_path", "metadata_cid", "tx_hash"))


def test_a_token_is_not_ready_without_an_image_that_it_or_the_caller_knows() -> None:
    uploading = token(TokenStatus.UPLOADING)

    assert refused(lambda: uploading.mark_ready("metadata")).code == "ARGUMENT_MISSING"
    assert evolve(uploading, image_cid="known").mark_ready("metadata").image_cid == "known"
    assert uploading.mark_ready("metadata", "new").image_cid == "new"


def test_what_each_step_keeps() -> None:
    failed = token(TokenStatus.READY).mark_failed({"code": "NO_GPU", "tries": (1, 2)})
    revealed = token(TokenStatus.READY).mark_revealed(HASH.upper().replace("X", "x"))

    assert failed.error_data == {"code": "NO_GPU", "tries": [1, 2]}
    assert revealed.reveal_tx_hash == HASH
    assert (
        token(TokenStatus.GENERATING).mark_uploading("/1.png").image_url is None
    )  # the job keeps the path


def test_revealed_and_failed_end_the_way_but_for_an_operator_and_the_chain() -> None:
    assert TOKEN.allowed("revealed") == ()
    assert TOKEN.allowed("failed") == ("retry", "sync")


def test_a_retry_counts_and_an_operator_s_counts_from_nothing() -> None:
    tried = token(TokenStatus.GENERATING).retry_generation("x" * 2_000)
    again = evolve(tried, status=TokenStatus.FAILED, error_data={"code": "NO_GPU"}).requeue()

    assert (tried.status, tried.generation_attempts, len(tried.generation_error or "")) == (
        "detected",
        1,
        1_000,
    )
    assert (again.status, again.generation_attempts, again.generation_error, again.error_data) == (
        *("detected", 0, None, None),
    )
    assert isinstance(refused(lambda: token(TokenStatus.READY).requeue()), InvalidTransition)


@pytest.mark.parametrize("said", ["one\r\ntwo", "", "  ", "\x00", "\ud800", "x" * 5_000])
def test_whatever_a_provider_says_a_retry_keeps_a_line_of_it(said: str) -> None:
    kept = token(TokenStatus.GENERATING).retry_generation(said).generation_error or ""

    assert 0 < len(kept) <= 1_000
    assert kept.isprintable()


def test_what_a_token_failed_of_is_neither_too_deep_nor_too_long() -> None:
    deep: dict[str, object] = {}
    for _ in range(5_000):
        deep = {"in": deep}

    for wrong in (deep, {"said": "x" * 100_000}):
        assert refused(partial(token(TokenStatus.READY).mark_failed, wrong)).code == "TEXT_TOO_LONG"
    assert token(TokenStatus.READY).mark_failed({"said": "x" * 99_000}).error_data is not None


def test_what_the_chain_shows_already_is_revealed_from_wherever_it_was() -> None:
    for status in set(TokenStatus) - {TokenStatus.REVEALED}:
        assert token(status).sync_revealed("metadata").status is TokenStatus.REVEALED
    assert isinstance(
        refused(lambda: token(TokenStatus.REVEALED).sync_revealed("metadata")), InvalidTransition
    )


def test_a_token_whose_mint_was_dropped_waits_for_the_chain_and_not_for_an_operator() -> None:
    dropped = token(TokenStatus.UPLOADING).mark_orphaned()

    assert dropped.is_quarantined
    assert refused(dropped.requeue).code == "MINT_ORPHANED"
    assert not token(TokenStatus.REVEALED).is_unfinished
    assert not token(TokenStatus.FAILED).is_unfinished


def test_from_a_state_to_another_leads_one_action_only() -> None:
    pairs = [(edge.from_state, edge.to_state) for edge in TOKEN.edges]

    assert len(pairs) == len(set(pairs))
