"""Many heads that move in one transaction: each by its own change, and all of them or none."""

from collections.abc import Sequence

import pytest
from attrs import evolve

from indelible import tokens
from indelible.kernel import Head, Stale
from indelible.testing.stores import within
from indelible.testing.tokens.scenarios import add_tokens
from indelible.tokens import Token, TokensWrite
from indelible.tokens.repositories.saving import save_all
from indelible_sql import SqlStore, verify

FAULT = {"code": "NO_GPU", "tries": [1, 2], "hint": None, "umlaut": "Größe"}


def locked_heads(tx: TokensWrite, ids: Sequence[str]) -> list[Head[Token]]:
    return [head for head in tx.tokens.lock_tokens(ids) if head]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> SqlStore:
    found: SqlStore = request.getfixturevalue(request.param)
    return found


def test_different_steps_in_any_order_are_each_one_change(store: SqlStore) -> None:
    ids = [token.id for token in add_tokens(store, 5)]

    def move(tx: TokensWrite) -> None:
        updates: list[tuple[Head[Token], Token]] = []
        for number, head in enumerate(locked_heads(tx, ids)):
            if number % 2:
                updates.append((head, head.entity.mark_failed(FAULT)))
            else:
                updates.append((head, head.entity.mark_generating()))
        save_all(tx, tx.tokens.tokens, updates)

    within(store, move)
    found = [store.read(tokens.get_token, number).token for number in range(1, 6)]

    assert [token.status for token in found] == [
        "generating",
        "failed",
        "generating",
        "failed",
        "generating",
    ]
    assert [token.error_data for token in found] == [None, FAULT, None, FAULT, None]
    changes = [store.read(tokens.token_history, number)[-1].action for number in range(1, 6)]
    assert changes == ["generate", "fail", "generate", "fail", "generate"]
    assert not verify(store)


def test_where_one_has_moved_on_none_moves(store: SqlStore) -> None:
    ids = [token.id for token in add_tokens(store, 4)]

    def move(tx: TokensWrite) -> None:
        *heads, last = locked_heads(tx, ids)
        moved_on = evolve(last, revision=last.revision._replace(seq=7))
        updates = [(head, head.entity.mark_generating()) for head in (*heads, moved_on)]
        save_all(tx, tx.tokens.tokens, updates)

    with pytest.raises(Stale):
        within(store, move)
    assert {store.read(tokens.get_token, number).token.status for number in range(1, 5)} == {
        "detected"
    }
    assert not verify(store)
