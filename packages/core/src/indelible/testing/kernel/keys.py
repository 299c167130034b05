"""The conformance suite of API keys."""

from datetime import timedelta
from functools import partial
from typing import Any

from attrs import evolve

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Idempotency
from indelible.kernel.aggregate_errors import FieldFixed
from indelible.kernel.aggregates import save_change
from indelible.kernel.checked_queries import CheckedQuery
from indelible.kernel.keys import (
    MAX_SCOPE_WORD,
    CreateKey,
    InvalidScope,
    Key,
    KeyCreated,
    KeyNotFound,
    KeySaved,
    RevokeKey,
    authenticate_key,
    create_key,
    get_key,
    list_keys,
    revoke_key,
)
from indelible.kernel.transaction import single_statement
from indelible.kernel.values import InvalidDigest
from indelible.testing.stores import BEGINNING, MAYA, NOOR, AnyStore, do, refusal
from indelible.testing.suite import Suite


class KeysConformance(Suite):
    """Subclass it with a fixture `store`: an empty store whose policy has a pepper."""

    def test_a_key_opens_until_it_expires(self, store: AnyStore) -> None:
        expiry = BEGINNING + timedelta(days=365)
        new_key = do(
            store, create_key, CreateKey(owner=MAYA, scopes=("concepts:read",), expires_at=expiry)
        )

        assert store.read(authenticate_key, new_key.text, now=BEGINNING) == new_key.key
        assert store.read(authenticate_key, new_key.text, now=expiry) is None

    def test_a_revoked_key_opens_nothing(self, store: AnyStore) -> None:
        new_key = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
        revoked = do(store, revoke_key, RevokeKey(key_id=new_key.key.id, expected_seq=new_key.seq))

        assert store.read(authenticate_key, new_key.text, now=BEGINNING) is None
        assert store.read(get_key, new_key.key.id) == revoked
        assert store.read(list_keys) == (revoked,)

    def test_a_query_is_answered_once_its_check_is_accepted(self, store: AnyStore) -> None:
        created = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
        calls: list[object] = []
        check = single_statement(partial(authenticate_key, text=created.text, now=BEGINNING))

        @single_statement
        def get_saved(tx: ReadTx) -> KeySaved:
            return get_key(tx, created.key.id)

        result = store.read(CheckedQuery(check, calls.append, get_saved))

        assert result.key == created.key, result
        assert calls == [created.key], calls

    def test_a_refused_check_comes_before_the_error_of_its_query(self, store: AnyStore) -> None:
        check = single_statement(partial(authenticate_key, text="ind_none_none", now=BEGINNING))

        def refuse(key: Key | None) -> None:
            raise InvalidScope(str(key))

        @single_statement
        def get_unknown(tx: ReadTx) -> KeySaved:
            return get_key(tx, "unknown")

        error = refusal(lambda: store.read(CheckedQuery(check, refuse, get_unknown)))

        assert isinstance(error, InvalidScope), error

    def test_a_key_keeps_what_it_was_created_with(self, store: AnyStore) -> None:
        created = do(store, create_key, CreateKey(owner=MAYA, scopes=("concepts:read",)))
        changes: tuple[dict[str, Any], ...] = (
            {"owner": NOOR},
            {"scopes": ("admin",)},
            {"secret_digest": "0" * 64},
            {"expires_at": BEGINNING + timedelta(days=365)},
        )

        for change in changes:
            error = refusal(partial(do, store, _revoke_and_change, (created.key.id, change)))
            assert isinstance(error, FieldFixed), change
            assert created.key.secret_digest not in str(error)
        assert store.read(get_key, created.key.id).key == created.key

    def test_a_key_needs_a_digest_of_its_secret(self, store: AnyStore) -> None:
        created = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))

        for text in ("", "0" * 63, "G" * 64, "A" * 64):
            error = refusal(partial(evolve, created.key, secret_digest=text))
            assert isinstance(error, InvalidDigest), text

    def test_a_secret_is_shown_once(self, store: AnyStore) -> None:
        command, idempotency = (
            CreateKey(owner=MAYA, scopes=("admin",)),
            Idempotency("key-1", KeyCreated),
        )
        new_key = do(store, create_key, command, idempotency=idempotency)

        assert store.read(authenticate_key, new_key.text, now=BEGINNING) == new_key.key
        assert do(store, create_key, command, idempotency=idempotency) == evolve(new_key, text="")

    def test_a_wrong_key_opens_nothing(self, store: AnyStore) -> None:
        new_key = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
        prefix = new_key.text.rpartition("_")[0]

        for wrong in (
            "",
            "ind",
            "ind__",
            f"{prefix}_",
            f"{prefix}_{'0' * 64}",
            f"ind_nowhere_{'0' * 64}",
            "é_é_é",
        ):
            assert store.read(authenticate_key, wrong, now=BEGINNING) is None

    def test_a_key_without_a_scope_is_refused(self, store: AnyStore) -> None:
        for scopes in ((), ("Concepts:read",), ("concepts:",), ("a",) * 51):
            command = CreateKey(owner=MAYA, scopes=scopes)

            assert isinstance(refusal(partial(do, store, create_key, command)), InvalidScope)
        assert isinstance(refusal(lambda: store.read(get_key, "nowhere")), KeyNotFound)

    def test_a_scope_has_the_whole_name_of_a_context(self, store: AnyStore) -> None:
        longest = f"{'a' * MAX_SCOPE_WORD}:{'b' * MAX_SCOPE_WORD}"
        scopes = ("purchase_orders:write", "q3_2026:read", "a", longest)
        created = do(store, create_key, CreateKey(owner=MAYA, scopes=scopes))

        assert store.read(authenticate_key, created.text, now=BEGINNING) == created.key
        assert store.read(get_key, created.key.id).key.scopes == scopes

    def test_a_scope_of_another_form_is_refused(self, store: AnyStore) -> None:
        for scope in (
            "",
            "1st:read",
            "_orders:read",
            "orders:read2",
            "orders:read_all",
            "orders:read:all",
            "orders:read\n",
            f"{'a' * (MAX_SCOPE_WORD + 1)}:read",
            f"orders:{'b' * (MAX_SCOPE_WORD + 1)}",
        ):
            command = CreateKey(owner=MAYA, scopes=("admin", scope))
            error = refusal(partial(do, store, create_key, command))

            assert isinstance(error, InvalidScope), scope
            assert error.scope == scope
        assert store.read(list_keys) == ()


def _revoke_and_change(tx: WriteTx, command: tuple[str, dict[str, Any]]) -> None:
    """Revoke a key and change some of its fields in the same step."""
    key_id, changes = command
    head = tx.keys.lock(key_id)
    key = head.entity.transition("revoke", now=tx.clock.now(), **changes)
    save_change(tx, tx.keys, head, key, "revoke")
