"""Requirements on the commands on tokens: retry, recovery, prompts and image generation."""

from functools import partial

from indelible import tokens
from indelible.app import WriteTx
from indelible.kernel import Head, IndelibleError, Stale
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import TaskState
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    AnyStore,
    claim,
    do,
    enqueue,
    ids,
    refusal,
    within,
)
from indelible.testing.suite import Suite
from indelible.testing.tokens.lifecycle import FAULT, advance, get_token, read_token, retry
from indelible.testing.tokens.scenarios import add_tokens, wallet, with_repositories
from indelible.tokens import SetAuthorPrompt, TokenStatus
from indelible.tokens.commands import CancelUnperformedTasks
from indelible.tokens.handlers.tokens import cancel_unperformed_tasks
from indelible.tokens.rules.tasks import (
    DETECT_STAGE,
    GENERATE_STAGE,
    REVEAL_STAGE,
    STAGE_LIFECYCLES,
    UPLOAD_STAGE,
)


def stale_batch_error(store: AnyStore, count: int) -> IndelibleError | None:
    """Return the error of finishing the generation of tokens, one of which has failed since."""
    add_tokens(store, count)
    leases = claim(store, count, stage=GENERATE_STAGE)
    started = within(store, lambda tx: tokens.start_generation(tx, leases))
    images = [(head, "/image.png") for head in started if head]
    within(store, lambda tx: tokens.fail_generation(tx, "token-2", "no answer"))

    return refusal(lambda: within(store, lambda tx: tokens.finish_generation(tx, images)))


def enqueue_codes(store: AnyStore, stage: str, entity_id: str) -> list[str]:
    """Return the error codes of both ways to enqueue a task, '' where it was enqueued."""
    slot = partial(_enqueue_slot, stage=stage, entity_id=entity_id)
    return [
        code(lambda: enqueue(store, entity_id, stage=stage)),
        code(lambda: within(store, slot)),
    ]


def _enqueue_slot(tx: WriteTx, *, stage: str, entity_id: str) -> None:
    tx.tasks.enqueue_slot(stage, entity_id, slot=BEGINNING)


class CommandsConformance(Suite):
    """Requirements on the commands on tokens."""

    def test_a_failed_token_is_retried_once(self, store: AnyStore) -> None:
        (token,) = add_tokens(store, 1)
        leases = claim(store, stage=GENERATE_STAGE)
        within(store, lambda tx: tx.tasks.complete(leases))
        with_repositories(store, lambda r: r.tokens.save(token.mark_failed(FAULT)))
        saved = retry(store, 1, 2)

        assert (saved.token.status, saved.token.error_data) == (TokenStatus.DETECTED, None)
        assert code(lambda: retry(store, 1, 2)) == "STALE"
        assert code(lambda: retry(store, 1, saved.seq)) == "INVALID_TRANSITION"
        assert code(lambda: retry(store, 9, 1)) == "TOKEN_NOT_FOUND"
        assert ids(claim(store, 9, stage=GENERATE_STAGE)) == [token.id]

    def test_a_retry_requeues_the_dead_tasks_of_every_stage(self, store: AnyStore) -> None:
        add_tokens(store, 1)
        with_repositories(store, lambda r: advance(r, 1, TokenStatus.UPLOADING))
        (lease,) = claim(store, stage=UPLOAD_STAGE)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="the gateway refused the file"))
        with_repositories(store, lambda r: r.tokens.save(get_token(r, 1).mark_failed(FAULT)))

        retry(store, 1, 4)
        with_repositories(store, lambda r: advance(r, 1, TokenStatus.UPLOADING))

        assert ids(claim(store, 9, stage=UPLOAD_STAGE)) == ["token-1"]

    def test_a_token_in_a_state_without_a_performed_stage_has_no_task(
        self, store: AnyStore
    ) -> None:
        add_tokens(store, 1)
        with_repositories(store, lambda r: advance(r, 1, TokenStatus.READY))

        assert within(store, lambda tx: tx.policy.tokens.unperformed_stages) == [REVEAL_STAGE]
        assert ids(claim(store, 9, stage=GENERATE_STAGE)) == ["token-1"]
        assert ids(claim(store, 9, stage=UPLOAD_STAGE)) == ["token-1"]
        assert claim(store, 9, stage=REVEAL_STAGE) == ()

    def test_waiting_tasks_of_stages_that_no_worker_performs_are_canceled(
        self, store: AnyStore
    ) -> None:
        add_tokens(store, 3)
        enqueue(store, "token-1", "token-2", "token-3", stage=REVEAL_STAGE)
        claim(store, stage=REVEAL_STAGE)

        cancel = CancelUnperformedTasks(limit=1)
        counts = [do(store, cancel_unperformed_tasks, cancel) for _ in range(3)]
        canceled = TaskFilter(stage=REVEAL_STAGE, state=TaskState.CANCELED)
        tasks = store.read(lambda tx: tx.tasks.list_tasks(canceled, now=FAR, after="", limit=9))

        assert counts == [1, 1, 0]
        assert {task.entity_id: task.cancel_reason for task in tasks} == {
            "token-2": "a test",
            "token-3": "a test",
        }
        assert ids(claim(store, 9, stage=GENERATE_STAGE)) == ["token-1", "token-2", "token-3"]

    def test_a_task_of_a_token_needs_the_token(self, store: AnyStore) -> None:
        (token,) = add_tokens(store, 1)

        for stage in STAGE_LIFECYCLES:
            assert enqueue_codes(store, stage, token.id) == ["", ""]
            assert enqueue_codes(store, stage, "nothing") == ["TASK_ENTITY_NOT_FOUND"] * 2
        assert enqueue_codes(store, DETECT_STAGE, "nothing") == ["", ""]

    def test_a_missed_token_is_recovered_as_the_chain_has_it(self, store: AnyStore) -> None:
        recover = partial(tokens.RecoverToken, author_wallet=wallet(3))
        detected = do(store, tokens.recover_token, recover(token_id=1))
        revealed = do(store, tokens.recover_token, recover(token_id=2, metadata_cid="metadata"))

        assert (detected.token.status, detected.seq) == (TokenStatus.DETECTED, 1)
        assert revealed.token.status is TokenStatus.REVEALED
        assert revealed.token.metadata_cid == "metadata"
        assert detected.token.author_id == revealed.token.author_id
        second = recover(token_id=1)
        assert code(lambda: do(store, tokens.recover_token, second)) == "TOKEN_EXISTS"
        assert ids(claim(store, 9, stage=GENERATE_STAGE)) == [detected.token.id]

    def test_a_prompt_is_set_and_set_again(self, store: AnyStore) -> None:
        def set_prompt(text: str) -> Head[tokens.Author]:
            command = SetAuthorPrompt(wallet_address=wallet(4), prompt_text=text)
            return do(store, tokens.set_author_prompt, command)

        first = set_prompt("A boat.")
        second = set_prompt("A lake.")

        assert (first.entity.prompt_text, second.entity.prompt_text) == ("A boat.", "A lake.")
        assert first.entity.id == second.entity.id
        assert second.revision.seq == first.revision.seq + 1

    def test_generation_starts_and_finishes(self, store: AnyStore) -> None:
        add_tokens(store, 2)
        leases = claim(store, 2, stage=GENERATE_STAGE)
        started = within(store, lambda tx: tokens.start_generation(tx, leases))
        again = within(store, lambda tx: tokens.start_generation(tx, leases))
        images = [(head, f"/{head.entity.token_id}.png") for head in started if head]
        within(store, lambda tx: tokens.finish_generation(tx, images))

        statuses = [head.entity.status for head in started if head]
        assert statuses == [TokenStatus.GENERATING] * 2
        assert again == started
        assert ids(claim(store, 9, stage=UPLOAD_STAGE)) == ["token-1", "token-2"]
        finished = within(store, lambda tx: tokens.start_generation(tx, leases))
        assert finished == [None, None]

    def test_generation_finishes_for_all_tokens_or_for_none(self, store: AnyStore) -> None:
        add_tokens(store, 2)
        leases = claim(store, 2, stage=GENERATE_STAGE)
        started = within(store, lambda tx: tokens.start_generation(tx, leases))
        images = [(head, "/image.png") for head in started if head]
        within(store, lambda tx: tokens.fail_generation(tx, "token-2", "no answer"))

        finish = partial(within, store, lambda tx: tokens.finish_generation(tx, images))
        assert code(finish) == "STALE"
        assert read_token(store, 1).status is TokenStatus.GENERATING

    def test_a_stale_pair_names_the_token_that_changed(self, store: AnyStore) -> None:
        stale = Stale("token-2", expected_seq=2, actual_seq=3)
        assert str(stale_batch_error(store, 2)) == str(stale)

    def test_a_stale_batch_names_the_token_that_changed(self, store: AnyStore) -> None:
        stale = Stale("token-2", expected_seq=2, actual_seq=3)
        assert str(stale_batch_error(store, 4)) == str(stale)

    def test_generation_is_given_up_once(self, store: AnyStore) -> None:
        add_tokens(store, 1)
        within(store, lambda tx: tokens.fail_generation(tx, "token-1", "no answer"))
        within(store, lambda tx: tokens.fail_generation(tx, "token-1", "again"))
        within(store, lambda tx: tokens.fail_generation(tx, "nothing", "again"))

        error = {"code": "PERMANENT_FAILURE", "reason": "no answer"}
        assert read_token(store, 1).error_data == error

    def test_statistics_count_every_status(self, store: AnyStore) -> None:
        add_tokens(store, 3)
        with_repositories(store, lambda r: advance(r, 1, TokenStatus.UPLOADING))
        with_repositories(store, lambda r: advance(r, 2, TokenStatus.UPLOADING))
        with_repositories(store, lambda r: r.tokens.save(get_token(r, 3).mark_failed(FAULT)))

        counts = {
            "detected": 0,
            "generating": 0,
            "ready": 0,
            "uploading": 2,
            "revealed": 0,
            "failed": 1,
        }
        assert store.read(tokens.token_stats).statuses == counts
