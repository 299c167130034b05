"""Enqueue the units that workers process: tokens, counted units and posted units."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.doses.chaos.worker_process import COUNT, GENERATE, POST

from indelible import tokens
from indelible.kernel import Actor
from indelible.policy import Policy
from indelible.tokens.rules.tasks import TokenPolicy
from indelible_sql import SqlStore, open_store

OPERATOR: Final = Actor.user("operator")
REASON: Final = "chaos of workers"
WALLET: Final = "0x" + "cd" * 20
START_SECONDS: Final = 10  # until the first unit is due
MINT_BATCH: Final = 200

UnitsByStage = Mapping[str, set[str]]


def enqueue_units(url: str, units: int, seconds: float) -> UnitsByStage:
    """Enqueue units that become due one after the other.

    Two fifths are tokens, two fifths are counted and one fifth is posted.
    """
    many = units * 2 // 5
    few = units - 2 * many
    start = datetime.now(UTC) + timedelta(seconds=START_SECONDS)

    def due_at(number: int, count: int) -> datetime:
        return start + timedelta(seconds=seconds * number / count)

    store = open_store(url, policy=Policy(tokens=TokenPolicy(stages=[GENERATE])))
    try:
        mint_instants = {number: due_at(number, many) for number in range(1, many + 1)}
        enqueued = {GENERATE: _mint_tokens(store, mint_instants)}
        for stage, count in ((COUNT, many), (POST, few)):
            due_by_unit = {f"{stage}-{number}": due_at(number, count) for number in range(count)}
            store.run(_enqueue, (stage, due_by_unit), actor=OPERATOR, reason=REASON)
            enqueued[stage] = set(due_by_unit)
    finally:
        store.dispose()

    return enqueued


def _enqueue(tx: Any, tasks: tuple[str, Mapping[str, datetime]]) -> None:  # noqa: ANN401 - any transaction
    tx.tasks.enqueue(*tasks)


def _mint_tokens(store: SqlStore, mint_instants: Mapping[int, datetime]) -> set[str]:
    """Create tokens in batches and return their ids."""
    author_id = store.run(_create_author, None, actor=OPERATOR, reason=REASON)
    numbers = list(mint_instants)
    ids: set[str] = set()
    for first in range(0, len(numbers), MINT_BATCH):
        instants = {number: mint_instants[number] for number in numbers[first : first + MINT_BATCH]}
        command = (author_id, instants)
        ids.update(store.run(_create_tokens, command, actor=OPERATOR, reason=REASON))

    return ids


def _create_author(tx: Any, _: None) -> str:  # noqa: ANN401 - any transaction
    author = tokens.Author.create(
        "create", now=tx.clock.now(), id=tx.ids.new(), wallet_address=WALLET
    )
    return tokens.Repositories.over(tx).authors.add(author).id


def _create_tokens(tx: Any, command: tuple[str, Mapping[int, datetime]]) -> list[str]:  # noqa: ANN401 - any transaction
    author_id, mint_instants = command
    now = tx.clock.now()
    repository = tokens.Repositories.over(tx).tokens
    ids: list[str] = []
    for number, instant in mint_instants.items():
        token = tokens.Token.create(
            "detect",
            now=now,
            id=tx.ids.new(),
            token_id=number,
            mint_timestamp=instant,
            author_id=author_id,
        )
        ids.append(repository.add(token).id)

    return ids
