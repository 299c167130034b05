"""Illegal writes to the tables of tokens, to stages, and to tasks and their attempts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Table, delete, insert, select, update
from tests.guards.arena import Statement
from tests.guards.attacks_on_columns import birth_of
from tests.guards.kinds import Kind, Write
from tests.guards.minted import (
    DEAD,
    FREE,
    HEADS_OF_TOKENS,
    LEASED,
    SHOWN,
    Step,
    attempt,
    chain_hash,
    put,
    wallet,
    work,
)
from tests.guards.raw import NULL, raw, replacing
from tests.guards.situation import Situation, after, born, log, move

from indelible.kernel import Lifecycle
from indelible.testing.stores import BEGINNING
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.tokens.tables import AUTHORS, IMAGE_JOBS, MINT_EVENTS, REVEALS, TOKENS, UPLOADS

MAYA, NOOR = "user:maya", "user:noor"
SOON = BEGINNING + timedelta(days=900)
OTHERS, NOBODY_S = {"token_id": "token-2"}, {"token_id": "nothing"}  # a token, by its id


def stepped(step: Step, **other: object) -> Sequence[Statement]:
    """Return a legal step with some columns of its head changed."""
    return move(step.change, **{**step.row, **other}), log(step.change)


def _stepping(table: Table, **other: object) -> Write:
    return lambda s: stepped(s.minted.steps[table.name], **other)


def _bearing(table: Table, **other: object) -> Write:
    return lambda s: birth_of(s, table, **other)


def _alone(table: Table, *, is_birth: bool, **other: object) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        step = (s.minted.births if is_birth else s.minted.steps)[table.name]
        return ((born if is_birth else move)(step.change, **{**step.row, **other}),)

    return write


def _two_steps(table: Table) -> Write:
    def write(s: Situation) -> Sequence[Statement]:
        change = s.minted.steps[table.name].change
        return move(change), move(after(change, to_state=change.to_state))

    return write


def _said(table: Table, **other: object) -> Write:
    """Return a step with other values in its change; a changed state is also set in its head."""

    def write(s: Situation) -> Sequence[Statement]:
        step = s.minted.steps[table.name]
        head = {"status": other["to_state"]} if "to_state" in other else {}
        return move(step.change, **{**step.row, **head}), log(step.change, **other)

    return write


def _illegal(lifecycle: Lifecycle[StrEnum]) -> Iterator[tuple[str, str]]:
    """Return every pair of an action and a state that no edge from the first state declares."""
    states = sorted({edge.to_state for edge in lifecycle.edges})
    actions = sorted({edge.action for edge in lifecycle.edges})
    here = next(edge.to_state for edge in lifecycle.edges if edge.from_state == "")
    legal = {
        (edge.action, str(edge.to_state)) for edge in lifecycle.edges if edge.from_state == here
    }
    return (
        (action, str(state))
        for action in actions
        for state in states
        if (action, str(state)) not in legal
    )


def _setting(head: Table, **values: object) -> Write:
    return lambda _: (update(head).values(**values),)


def _deleting(head: Table) -> Write:
    return lambda _: (delete(head),)


def _logging(head: Table) -> Write:
    return lambda s: (log(s.minted.steps[head.name].change),)


def _born_twice(head: Table) -> Write:
    return lambda s: (*birth_of(s, head), birth_of(s, head)[0])


def _replacing(head: Table, *, is_told: bool = True, **other: object) -> Write:
    """Return an INSERT OR REPLACE of a new head."""

    def write(s: Situation) -> Sequence[Statement]:
        birth = s.minted.births[head.name]
        told = (log(birth.change),) if is_told else ()
        return replacing(born(birth.change, **{**birth.row, **other})), *told

    return write


def _untold(head: Table) -> Kind:
    """Write every state of the lifecycle to the head, without a change."""
    states = sorted({str(edge.to_state) for edge in CATALOG.heads[head].edges})
    return {f"{head.name} is {state} by itself": _setting(head, status=state) for state in states}


LEGAL_OF_TOKENS: Kind = {
    **{f"a birth in {head.name}": _bearing(head) for head in HEADS_OF_TOKENS},
    **{f"a step in {head.name}": _stepping(head) for head in HEADS_OF_TOKENS},
    "a token is ready": lambda s: stepped(s.minted.ready),
    "an upload is completed": lambda s: stepped(s.minted.completed),
    "work is put": lambda _: (put(),),
    "work is made due again": lambda _: (work(FREE, due_at=SOON),),
    "work is claimed": lambda _: (
        work(FREE, fence=1, attempts=1, lease_owner=MAYA, lease_until=SOON),
    ),
    "work is claimed when its lease is over": lambda _: (
        work(LEASED, fence=2, attempts=2, lease_owner=NOOR, lease_until=SOON),
    ),
    "work is held for longer": lambda _: (work(LEASED, lease_until=SOON),),
    "work is finished": lambda _: (work(LEASED, lease_owner=None, lease_until=None, due_at=None),),
    "work is given back": lambda _: (work(LEASED, lease_owner=None, lease_until=None, attempts=0),),
    "work is buried": lambda _: (
        work(LEASED, lease_owner=None, lease_until=None, due_at=None, dead_reason="it cannot be"),
    ),
    "dead work is revived": lambda _: (work(DEAD, dead_reason=None, due_at=SOON, attempts=0),),
    "an attempt is recorded": lambda s: (attempt(s.minted),),
}

ALONE_OF_TOKENS: Mapping[str, Kind] = {
    "a status of tokens without history": {
        **{
            f"a step in {head.name} without its change": _alone(head, is_birth=False)
            for head in HEADS_OF_TOKENS
        },
        **{
            f"a birth in {head.name} without its change": _alone(head, is_birth=True)
            for head in HEADS_OF_TOKENS
        },
    },
}
# Each is refused by the one key into the edges, whose mutation is tried with other attacks.
TOLD: Kind = {
    f"{head.name}: {action} to {state}": _said(head, action=action, to_state=state)
    for head in HEADS_OF_TOKENS
    for action, state in _illegal(CATALOG.heads[head])
}
ON_TOKENS: Mapping[str, Kind] = {
    "a state of tokens skipped, gone back to or invented": {
        **{
            f"{head.name} in a state that nobody declared": _said(head, to_state="BURNT")
            for head in HEADS_OF_TOKENS
        },
    },
    "a status of tokens by itself": {
        **{name: write for head in HEADS_OF_TOKENS for name, write in _untold(head).items()},
        **{
            f"two steps in {head.name} with one change": _two_steps(head)
            for head in HEADS_OF_TOKENS
        },
    },
    "a change of tokens ahead of its head": {
        f"a change of {head.name} alone": _logging(head) for head in HEADS_OF_TOKENS
    },
    "a head of tokens reborn, replaced or moved back": {
        **{f"{head.name}, deleted": _deleting(head) for head in HEADS_OF_TOKENS},
        **{
            f"{head.name} whose seq jumps": _setting(head, seq=raw("seq + 2"))
            for head in HEADS_OF_TOKENS
        },
        **{f"{head.name}, the same birth twice": _born_twice(head) for head in HEADS_OF_TOKENS},
        **{
            f"{head.name}, born in another's place": _bearing(head, id=SHOWN[head.name][0])
            for head in HEADS_OF_TOKENS
        },
    },
    "what tokens keep fixed": {
        "an author of another wallet": _stepping(AUTHORS, wallet_address=wallet(7)),
        "a mint in another block": _stepping(MINT_EVENTS, block_number=7),
        "a mint of other tokens": _stepping(MINT_EVENTS, token_id=7),
        "a mint at another time": _stepping(MINT_EVENTS, block_timestamp=SOON),
        "a mint at another price": _stepping(MINT_EVENTS, total_paid="9"),
        "a mint detected at another time": _stepping(MINT_EVENTS, detected_at=SOON),
        "a token of another number": _stepping(TOKENS, token_id=7),
        "a token minted by another": _stepping(TOKENS, minter_address=wallet(7)),
        "a token minted by nobody": _stepping(TOKENS, minter_address=NULL),
        "a token minted at another time": _stepping(TOKENS, mint_timestamp=SOON),
        "a token of another mint": _stepping(TOKENS, mint_event_id="mint-2"),
        "a reveal of other tokens": _stepping(REVEALS, token_ids=["token-1"]),
        "a job of another token": _stepping(IMAGE_JOBS, **OTHERS),
        "a job by another service": _stepping(IMAGE_JOBS, service="selfhosted"),
        "an upload of another token": _stepping(UPLOADS, **OTHERS),
        "an upload that becomes metadata": _stepping(UPLOADS, record_type="metadata"),
    },
    "what tokens have once": {
        "a second author of a wallet": _bearing(AUTHORS, wallet_address=wallet(1)),
        "a second token of a number": _bearing(TOKENS, token_id=1),
        "an occurrence of a mint, twice": _bearing(
            MINT_EVENTS, tx_hash=chain_hash(1), block_hash=chain_hash(1), block_number=1
        ),
        "a mint that stands in the chain twice": _bearing(
            MINT_EVENTS, tx_hash=chain_hash(1), block_hash=chain_hash(3), block_number=3
        ),
        "a mint that comes back beside itself": lambda s: stepped(s.minted.restored),
    },
    "what tokens point at": {
        "a token of nobody": _bearing(TOKENS, author_id="nobody"),
        "a token of no mint": _bearing(TOKENS, mint_event_id="nothing"),
        "a job of no token": _bearing(IMAGE_JOBS, **NOBODY_S),
        "an upload of no token": _bearing(UPLOADS, **NOBODY_S),
    },
    "what tokens must have": {
        "a prompt of 1,001 characters": _bearing(AUTHORS, prompt_text="x" * 1_001),
        "a mint of 51": _bearing(MINT_EVENTS, quantity=51),
        "a token that is ready without metadata": lambda s: stepped(
            s.minted.ready, metadata_cid=None
        ),
        "a token that is ready without an image": lambda s: stepped(s.minted.ready, image_cid=None),
        "an upload of something else": _bearing(UPLOADS, record_type="video"),
        "an upload that ends without a CID": lambda s: stepped(s.minted.completed, cid=None),
        "a reveal of nothing": _bearing(REVEALS, token_ids=[]),
        "a reveal of an unknown token": _bearing(REVEALS, token_ids=["token-1", "nothing"]),
        "a reveal of 51": _bearing(REVEALS, token_ids=["token-1"] * 51),
    },
    "a fence": {
        "a fence that is lowered": lambda _: (work(LEASED, fence=0),),
        "a fence that is lowered as the work is finished": lambda _: (
            work(LEASED, fence=0, lease_owner=None, lease_until=None, due_at=None),
        ),
        "a fence that is skipped": lambda _: (
            work(FREE, fence=2, attempts=1, lease_owner=MAYA, lease_until=SOON),
        ),
        "a fence that rises with no claim": lambda _: (work(FREE, fence=1),),
        "a claim under the same fence": lambda _: (work(FREE, lease_owner=MAYA, lease_until=SOON),),
        "a lease that is stolen under its fence": lambda _: (work(LEASED, lease_owner=NOOR),),
        "a claim that is no attempt": lambda _: (
            work(FREE, fence=1, lease_owner=MAYA, lease_until=SOON),
        ),
        "a claim of what is not due": lambda _: (
            work(
                DEAD,
                fence=2,
                attempts=2,
                dead_reason=None,
                due_at=SOON,
                lease_owner=MAYA,
                lease_until=SOON,
            ),
        ),
        "attempts that are more than claims": lambda _: (work(LEASED, attempts=9),),
        "a lease of nobody": lambda _: (work(LEASED, lease_owner=None),),
        "a lease without an end": lambda _: (work(LEASED, lease_until=None),),
        "leased work that is not due": lambda _: (work(LEASED, due_at=None),),
        "dead work that is due": lambda _: (work(DEAD, due_at=SOON),),
    },
    "work out of its place": {
        "work that is born leased": lambda _: (
            put(fence=1, attempts=1, lease_owner=MAYA, lease_until=SOON),
        ),
        "work that is born with a fence": lambda _: (put(fence=7),),
        "work that is born dead": lambda _: (put(due_at=None, dead_reason="it cannot be"),),
        "work of another stage": lambda _: (work(FREE, stage="other"),),
        "work under another id": lambda _: (work(FREE, entity_id="other"),),
        "work, put twice": lambda _: (put(entity_id=FREE),),
        "work, deleted": lambda _: (delete(TASKS),),
        "finished work, deleted": lambda _: (
            work(LEASED, lease_owner=None, lease_until=None, due_at=None),
            delete(TASKS).where(TASKS.c.entity_id == LEASED),
        ),
    },
    "an attempt forged": {
        "an attempt at a claim to come": lambda s: (attempt(s.minted, fence=2),),
        "an attempt at a claim that is over": lambda s: (attempt(s.minted, fence=raw("0")),),
        "an attempt at no work": lambda s: (attempt(s.minted, entity_id="nothing"),),
        "an attempt with an outcome of its own": lambda s: (attempt(s.minted, outcome="DONE"),),
        "an attempt, recorded twice": lambda s: (attempt(s.minted), attempt(s.minted)),
        "attempts, recorded again": lambda _: (
            insert(TASK_ATTEMPTS).from_select(
                [each.name for each in TASK_ATTEMPTS.columns], select(TASK_ATTEMPTS)
            ),
        ),
        "an attempt with another reason": lambda _: (
            update(TASK_ATTEMPTS).values(reason="another"),
        ),
        "an attempt by another": lambda _: (update(TASK_ATTEMPTS).values(actor=NOOR),),
        "attempts, deleted": lambda _: (delete(TASK_ATTEMPTS),),
        "an attempt without a reason": lambda s: (attempt(s.minted, reason=NULL),),
    },
}

# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_TOKENS: Kind = {
    **{
        f"{head.name}, replaced by a birth": _replacing(head, is_told=False, id=SHOWN[head.name][0])
        for head in HEADS_OF_TOKENS
    },
    "a mint, replaced by the same in another block": _replacing(
        MINT_EVENTS, tx_hash=chain_hash(1), block_hash=chain_hash(3)
    ),
    "a mint, replaced by one that comes back": lambda s: (
        move(s.minted.restored.change, **s.minted.restored.row).prefix_with("OR REPLACE"),
        log(s.minted.restored.change),
    ),
    "an author, replaced by one of their wallet": _replacing(AUTHORS, wallet_address=wallet(1)),
    "a token, replaced by one of its number": _replacing(TOKENS, token_id=1),
    "work, replaced": lambda _: (replacing(put(entity_id=LEASED)),),
    "work, replaced by another": lambda _: (
        work(FREE, entity_id=LEASED).prefix_with("OR REPLACE"),
    ),
    "an attempt, replaced": lambda s: (
        replacing(attempt(s.minted, outcome="STARTED", reason="another")),
    ),
}
