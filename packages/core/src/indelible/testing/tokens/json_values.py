"""Requirements on JSON values: exact fractions, and the same limits in every store."""

from decimal import Decimal
from functools import partial

from indelible.kernel import Head
from indelible.kernel.aggregates import save_changes
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import AnyStore, within
from indelible.testing.suite import Suite
from indelible.testing.tokens.lifecycle import read_token
from indelible.testing.tokens.scenarios import add_tokens, make_token, with_repositories
from indelible.tokens import Token
from indelible.tokens.entities.fields import Document
from indelible.tokens.repositories.finders import TokensWrite


def nested(levels: int) -> object:
    """Return lists within lists."""
    value: object = []
    for _ in range(levels - 1):
        value = [value]
    return value


def fail_together(tx: TokensWrite, error: Document) -> None:
    """Fail all tokens but the first in one call, which is one statement on PostgreSQL."""
    heads = tx.tokens.tokens.find({"status": "detected"}, limit=10)
    now = tx.clock.now()
    steps: list[tuple[Head[Token], Token, str]] = []
    for head in heads:
        failed = head.entity.transition("fail", now=now, error_data=error)
        steps.append((head, failed, "fail"))

    save_changes(tx, tx.tokens.tokens, steps)


def recorded(store: AnyStore, lifecycle: str, entity_id: str, name: str) -> object:
    """Return a field of the data of the last change, whose digest is computed again."""
    change = store.read(lambda tx: tx.history.of(lifecycle, entity_id))[-1]
    assert change.hash == change.digest()
    return change.data[name]


class JsonValueConformance(Suite):
    """Requirements on values of system states, and on errors of tokens."""

    def test_a_fraction_keeps_its_value(self, store: AnyStore) -> None:
        def set_state(value: object) -> object:
            with_repositories(store, lambda r: r.system_state.set_state("a", value))
            return with_repositories(store, lambda r: r.system_state.get_state("a"))

        precise = Decimal("0.1234567890123456789012345678901234567890")
        stored = set_state({"rate": 0.05, "rates": [precise, Decimal("1.50"), 2.0]})

        assert stored == {"rate": Decimal("0.05"), "rates": [precise, Decimal("1.5"), 2]}
        assert set_state(1e-7) == Decimal("0.0000001")
        assert recorded(store, "system_state", "a", "state_value") == Decimal("0.0000001")

    def test_a_fraction_in_an_error_keeps_its_value(self, store: AnyStore) -> None:
        saved = add_tokens(store, 5)
        error = {"code": "SLOW", "seconds": 0.25, "tries": [Decimal("1.10")]}

        with_repositories(store, lambda r: r.tokens.save(saved[0].mark_failed(error)))
        within(store, lambda tx: fail_together(tx, error))

        for number in range(1, 6):
            token = read_token(store, number)
            assert token.error_data == {
                "code": "SLOW",
                "seconds": Decimal("0.25"),
                "tries": [Decimal("1.1")],
            }
            assert recorded(store, "token", token.id, "error_data") == token.error_data

    def test_a_value_beyond_a_limit_of_json_is_refused_with_a_code(self, store: AnyStore) -> None:
        def refused(value: object) -> str:
            return code(
                lambda: with_repositories(store, lambda r: r.system_state.set_state("a", value))
            )

        for value in (nested(33), {"a": nested(6_000)}, 10**640, ["x"] * 100_000, "x" * 2**20):
            assert refused(value) == "JSON_LIMIT_EXCEEDED"
            fail = partial(make_token(1).mark_failed, {"a": value})
            assert code(fail) == "JSON_LIMIT_EXCEEDED"
        assert refused({1: "a", "1": "b"}) == "DUPLICATE_JSON_KEY"
        assert with_repositories(store, lambda r: r.system_state.get_state("a")) is None
        for value in (nested(32), 10**639, ["x"] * 99_999, "x" * (2**20 - 2)):
            assert refused(value) == ""
            assert with_repositories(store, lambda r: r.system_state.get_state("a")) == value
