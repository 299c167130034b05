"""A host's own chain detects tokens through the service, and an odd one is quarantined."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.examples.own_chain import Ledger

from indelible import tokens
from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible_service.contexts.tokens import TokenSettings, build_detection
from indelible_workers import process_batch

PATH = "tests.examples.own_chain:Ledger"
WORKER = Actor.system("worker")
WALLET = "0x" + "ab" * 20
ROUNDS = 30


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "ledger"
    monkeypatch.setenv("LEDGER", str(path))
    path.write_text("")
    return path


def write_block(ledger: Path, *tickets: tuple[object, str]) -> None:
    """Append a block to the ledger."""
    document = {"at": datetime(2026, 1, 1, tzinfo=UTC).isoformat(), "tickets": tickets}
    number = len(ledger.read_text().splitlines())
    with ledger.open("a") as file:
        file.write(json.dumps({**document, "number": number}) + "\n")


def detect(store: MemoryStore) -> list[int]:
    """Run the configured stage until nothing is unread, and return the detected ids."""
    settings = TokenSettings(chain_path=PATH, confirmations=2)
    stage = build_detection(settings, store).stage()
    for _ in range(ROUNDS):
        with store.transaction(actor=WORKER, reason="a test") as tx:
            tx.tasks.enqueue(stage.name, {"chain": tx.clock.now()})
        process_batch(store, stage, actor=WORKER)

    return [token.token_id for token in store.read(tokens.list_tokens)]


def test_the_tickets_of_a_ledger_are_detected(ledger: Path) -> None:
    write_block(ledger)
    write_block(ledger, (0, WALLET), (2**256 - 1, WALLET))
    write_block(ledger, (7, WALLET))
    for _ in range(2):
        write_block(ledger)
    store = MemoryStore()

    assert detect(store) == [0, 7, 2**256 - 1]
    assert store.read(tokens.token_stats).checkpoint is not None
    assert store.read(tokens.chain_notices) == ()


def test_an_odd_ticket_is_quarantined(ledger: Path) -> None:
    write_block(ledger)
    write_block(ledger, (1, WALLET), (-5, WALLET), (2, "nobody"), (3, WALLET))
    for _ in range(3):
        write_block(ledger)
    store = MemoryStore()

    assert detect(store) == [1, 3]
    logs = store.read(tokens.quarantined_logs)
    assert [(log.log_index, log.field) for log in logs] == [(1, "start_token_id"), (2, "minter")]


def test_a_rewritten_ledger_is_a_reorg(ledger: Path) -> None:
    write_block(ledger)
    write_block(ledger, (1, WALLET))
    for _ in range(4):
        write_block(ledger)
    store = MemoryStore()
    assert detect(store) == [1]

    first = ledger.read_text().splitlines()[0]
    ledger.write_text(first + "\n")
    write_block(ledger, (2, WALLET))
    for _ in range(6):
        write_block(ledger)
    detect(store)
    active = [token for token in store.read(tokens.list_tokens) if not token.is_quarantined]
    assert [token.token_id for token in active] == [2]


def test_what_a_chain_does_not_implement_has_a_default() -> None:
    chain = Ledger()
    chain.check()

    assert (chain.first_token_id, chain.next_token_id(1), chain.inspect()) == (0, None, None)
    assert (chain.author_of(1), chain.metadata_of(1)) == (None, None)
    assert not chain.is_signed_by(WALLET, "a message", "0x00")
