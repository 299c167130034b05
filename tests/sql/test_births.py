"""Test two transactions that create the same entity at once and cannot see each other."""

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
from indelible_sql.engine.session import Session

PROMPT = SetAuthorPrompt(wallet_address=wallet(1), prompt_text="A boat.")
BIRTHS: dict[str, tuple[Callable[[SqlStore], object], list[str]]] = {
    "a prompt": (lambda store: do(store, tokens.set_author_prompt, PROMPT), ["", ""]),
    "a value": (
        lambda store: with_repositories(store, lambda r: r.system_state.set_state("key", 1)),
        ["", ""],
    ),
    "a pause": (
        lambda store: do(store, pause_stage, PauseStage(stage="bake")),
        ["", "INVALID_TRANSITION"],
    ),
    "a token": (
        lambda store: do(
            store, tokens.recover_token, RecoverToken(token_id=1, author_wallet=wallet(1))
        ),
        ["", "TOKEN_EXISTS"],
    ),
}


@pytest.mark.parametrize("birth", BIRTHS)
def test_who_is_second_looks_again(
    postgresql: SqlStore, monkeypatch: pytest.MonkeyPatch, birth: str
) -> None:
    work, wanted = BIRTHS[birth]
    both_have_looked, met, codes = Barrier(2), set[int](), list[str]()
    write = Session.write

    def waiting(session: Session, *given: Any) -> None:  # noqa: ANN401 - what a session writes
        if get_ident() not in met:
            met.add(get_ident())
            both_have_looked.wait(60)
        write(session, *given)

    monkeypatch.setattr(Session, "write", waiting)
    workers = [
        Thread(target=lambda: codes.append(code(lambda: work(postgresql)))) for _ in range(2)
    ]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert (sorted(codes), len(met)) == (wanted, 2)
