"""Test two concurrent transactions that create the same entity and do not see each other."""

from collections.abc import Callable
from threading import Barrier, Thread, get_ident
from typing import Any

import pytest

from indelible import tokens
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import do
from indelible.testing.tokens.scenarios import wallet, with_repositories
from indelible.tokens import RecoverToken, SetAuthorPrompt
from indelible_sql import SqlStore
from indelible_sql.engine.collecting import CollectingSession

TIMEOUT_SECONDS = 60


def set_prompt(store: SqlStore) -> None:
    command = SetAuthorPrompt(wallet_address=wallet(1), prompt_text="A boat.")
    do(store, tokens.set_author_prompt, command)


def set_state(store: SqlStore) -> None:
    with_repositories(store, lambda r: r.system_state.set_state("key", 1))


def pause(store: SqlStore) -> None:
    do(store, pause_stage, PauseStage(stage="bake"))


def recover_token(store: SqlStore) -> None:
    do(store, tokens.recover_token, RecoverToken(token_id=1, author_wallet=wallet(1)))


@pytest.mark.parametrize(
    ("create", "code_of_second"),
    [
        (set_prompt, ""),
        (set_state, ""),
        (pause, "INVALID_TRANSITION"),
        (recover_token, "TOKEN_EXISTS"),
    ],
)
def test_the_second_creator_of_an_entity_runs_again_and_sees_the_first(
    postgresql: SqlStore,
    monkeypatch: pytest.MonkeyPatch,
    create: Callable[[SqlStore], None],
    code_of_second: str,
) -> None:
    both_have_read = Barrier(2)
    threads_that_wrote: set[int] = set()
    codes: list[str] = []
    write = CollectingSession.write

    def write_late(session: CollectingSession, *args: Any) -> None:  # noqa: ANN401 - any write
        if get_ident() not in threads_that_wrote:
            threads_that_wrote.add(get_ident())
            both_have_read.wait(TIMEOUT_SECONDS)
        write(session, *args)

    monkeypatch.setattr(CollectingSession, "write", write_late)
    workers = [
        Thread(target=lambda: codes.append(code(lambda: create(postgresql)))) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(codes) == ["", code_of_second]
    assert len(threads_that_wrote) == 2
