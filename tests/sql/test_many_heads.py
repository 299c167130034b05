"""Test that many heads change in one transaction, each by its own change, or none of them."""

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

pytestmark = pytest.mark.slow

ERROR_DATA = {"code": "NO_GPU", "tries": [1, 2], "hint": None, "umlaut": "Größe"}


def lock_heads(tx: TokensWrite, ids: Sequence[str]) -> list[Head[Token]]:
    heads = tx.tokens.tokens.lock_all(ids)
    return [heads[entity_id] for entity_id in ids]


def test_different_transitions_in_one_transaction_are_one_change_each(store: SqlStore) -> None:
    ids = [token.id for token in add_tokens(store, 5)]

    def generate_or_fail(tx: TokensWrite) -> None:
        updates: list[tuple[Head[Token], Token]] = []
        for number, head in enumerate(lock_heads(tx, ids)):
            if number % 2:
                updates.append((head, head.entity.mark_failed(ERROR_DATA)))
            else:
                updates.append((head, head.entity.mark_generating()))
        save_all(tx, tx.tokens.tokens, updates)

    within(store, generate_or_fail)
    saved = [store.read(tokens.get_token, number).token for number in range(1, 6)]
    actions = [store.read(tokens.token_history, number)[-1].action for number in range(1, 6)]

    assert [token.status for token in saved] == [
        "generating",
        "failed",
        "generating",
        "failed",
        "generating",
    ]
    assert [token.error_data for token in saved] == [None, ERROR_DATA, None, ERROR_DATA, None]
    assert actions == ["generate", "fail", "generate", "fail", "generate"]
    assert verify(store) == ()


def test_if_one_head_is_stale_no_head_changes(store: SqlStore) -> None:
    ids = [token.id for token in add_tokens(store, 4)]

    def generate_with_stale_head(tx: TokensWrite) -> None:
        *heads, last = lock_heads(tx, ids)
        stale_head = evolve(last, revision=last.revision._replace(seq=7))
        updates = [(head, head.entity.mark_generating()) for head in (*heads, stale_head)]
        save_all(tx, tx.tokens.tokens, updates)

    with pytest.raises(Stale):
        within(store, generate_with_stale_head)
    statuses = [store.read(tokens.get_token, number).token.status for number in range(1, 5)]

    assert statuses == ["detected"] * 4
    assert verify(store) == ()
