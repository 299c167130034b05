"""Illegal writes to permanent records and to the edges."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, literal, select, update
from tests.guards.attack_parts import Kind, Write, approval_writes, further_step, insert_edge
from tests.guards.attacks_on_contests import LIES_ON_CONTESTS
from tests.guards.attacks_on_money import LIES_ON_MONEY
from tests.guards.attacks_on_payments import LIES_ON_PAYMENTS
from tests.guards.attacks_on_projects import LIES_ON_PROJECTS
from tests.guards.attacks_on_settlements import LIES_ON_SETTLEMENTS
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import NULL, raw
from tests.guards.situation import (
    Situation,
    creation_writes,
    edit_writes,
    insert_key,
    insert_receipt,
    insert_version,
    insert_warnings,
)
from tests.guards.task_rows import (
    DEAD,
    LEASED,
    LIVE_UNTIL,
    complete_task,
    end_lease,
    insert_attempt,
)
from tests.guards.writes import forged_step, insert_change, step_writes, update_head

from indelible.kernel.idempotency import Receipt
from indelible_sql.concepts.tables import WARNINGS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS

TO_COME = datetime(2999, 1, 1, tzinfo=UTC)


def _key_with_scopes(scopes: Sequence[object]) -> Write:
    """Return the birth of a key with these scopes, and its true change."""
    return lambda s: step_writes(forged_step(s.births["keys"], scopes=scopes))


def _odd_receipt(**columns: object) -> Write:
    """Return the insert of a receipt with some columns changed, and its true digest."""

    def write(s: Situation) -> Sequence[Statement]:
        row: dict[str, Any] = {**s.receipt, **columns}
        del row["hash"]
        receipt = Receipt(**row)
        return (insert_receipt(row, hash=receipt.digest()),)

    return write


BLANK: Kind = {
    "no actor": lambda s: approval_writes(s, actor=""),
    "an actor of whitespace": lambda s: approval_writes(s, actor="   "),
    "an actor without a kind": lambda s: approval_writes(s, actor="maya"),
    "an actor of an unknown kind": lambda s: approval_writes(s, actor="User:maya"),
    "an actor without a name": lambda s: approval_writes(s, actor="user:"),
    "an actor whose name is a space": lambda s: approval_writes(s, actor="user: "),
    "an actor with a hidden space": lambda s: approval_writes(s, actor="user:ma\x0bya"),
    "no reason": lambda s: approval_writes(s, reason=""),
    "a reason of one space": lambda s: approval_writes(s, reason=" "),
    "a reason of tabs and lines": lambda s: approval_writes(s, reason="\t\r\n"),
    "a reason that is NULL": lambda s: approval_writes(s, reason=NULL),
    "a version by a blank actor": lambda s: edit_writes(s, created_by=" "),
    "a first version by an actor without a name": lambda s: creation_writes(s, created_by="user:"),
    "a key of an actor without a kind": lambda s: (
        insert_key(s, owner="maya"),
        insert_change(s.grant),
    ),
    "a receipt of a blank actor": lambda s: (insert_receipt(s.receipt, owner="\n"),),
    "a receipt without a key": lambda s: (insert_receipt(s.receipt, key=" "),),
}
REWRITTEN: Kind = {
    "a change with another reason": lambda _: (update(HISTORY).values(reason="another"),),
    "a change by another actor": lambda _: (update(HISTORY).values(actor="user:eve"),),
    "a change at another seq": lambda _: (update(HISTORY).values(seq=raw("seq + 100")),),
    "a new change, corrected at once": lambda s: (
        update_head(s.approve),
        insert_change(s.approve),
        update(HISTORY).where(HISTORY.c.hash == s.approve.hash).values(reason="another"),
    ),
    "warnings of another ruleset": lambda _: (update(WARNINGS).values(ruleset=9),),
    "a receipt with another result": lambda _: (update(RECEIPTS).values(result={}),),
    "a receipt for another command": lambda _: (update(RECEIPTS).values(fingerprint="b" * 64),),
    "the last change, deleted": lambda s: (
        delete(HISTORY).where(HISTORY.c.hash == s.reviewed.hash),
    ),
    "a new change, deleted": lambda s: (
        update_head(s.approve),
        insert_change(s.approve),
        delete(HISTORY).where(HISTORY.c.hash == s.approve.hash),
    ),
}
IMPOSSIBLE_SCOPES: Mapping[str, Sequence[object]] = {
    "none": [],
    "51": ["admin"] * 51,
    "everything": ["*"],
    "in capitals": ["ADMIN"],
    "of three parts": ["money:write:all"],
    "without a verb": ["money:"],
    "without a context": [":write"],
    "of no text": [""],
    "of a number": [1],
    "with a line": ["admin\n"],
    "with a line after the verb": ["concepts:read\n"],
    "that begins with a digit": ["1st:read"],
    "that begins with an underscore": ["_orders:read"],
    "with a digit in the verb": ["orders:read2"],
    "with an underscore in the verb": ["orders:read_all"],
    "of a context that is too long": [f"{'a' * 41}:read"],
    "of a verb that is too long": [f"orders:{'a' * 41}"],
    "of which the second is wrong": ["admin", "Orders:read"],
}
ODD_KEYS: Kind = {
    f"a key with the scopes {name}": _key_with_scopes(scopes)
    for name, scopes in IMPOSSIBLE_SCOPES.items()
}
ODD_RECEIPTS: Kind = {
    "a receipt of 2999": _odd_receipt(at=TO_COME),
    "a receipt of nothing": _odd_receipt(result={}),
    "a receipt of something else": _odd_receipt(result={"other": 1}),
    "a receipt of more than an answer": _odd_receipt(result={"answer": 1, "other": 2}),
}
GIVEN_TWICE: Kind = {
    "another receipt of a key": lambda s: (insert_receipt(s.receipt, key="order-1"),),
    "the same receipt twice": lambda s: (insert_receipt(s.receipt), insert_receipt(s.receipt)),
    "a stored receipt again": lambda _: (
        insert(RECEIPTS).from_select(
            [column.name for column in RECEIPTS.columns], select(RECEIPTS)
        ),
    ),
}
ADDED: Kind = {
    "a way back from PUBLISHED": lambda _: (
        insert_edge("concept", "PUBLISHED", "undo", "DRAFT", 0),
    ),
    "a second target of an action": lambda _: (
        insert_edge("concept", "DRAFT", "submit", "PUBLISHED", 0),
    ),
    "an edge of a lifecycle of its own": lambda _: (insert_edge("loan", "", "lend", "LENT", 0),),
    "every edge, for another lifecycle": lambda _: (
        insert(EDGES).from_select(
            [column.name for column in EDGES.columns],
            select(
                literal("other"),
                *[column for column in EDGES.columns if column.name != "lifecycle"],
            ),
        ),
    ),
    "a stored edge again": lambda _: (insert_edge("concept", "DRAFT", "submit", "REVIEW", 0),),
    "an edge that is used at once": lambda s: (
        insert_edge("concept", "REVIEW", "skip", "PUBLISHED", 0),
        *approval_writes(s, action="skip", to_state="PUBLISHED"),
    ),
}
BENT: Kind = {
    "an edge to another state": lambda _: (
        update(EDGES).where(EDGES.c.action == "submit").values(to_state="PUBLISHED"),
    ),
    "an edge from another state": lambda _: (
        update(EDGES).where(EDGES.c.action == "publish").values(from_state="DRAFT"),
    ),
    "an edge that adds a version": lambda _: (
        update(EDGES).where(EDGES.c.action == "revoke").values(adds_version=1),
    ),
    "an edge that is never used": lambda _: (
        update(EDGES)
        .where(EDGES.c.from_state == "APPROVED", EDGES.c.action == "edit")
        .values(action="revise"),
    ),
}
REMOVED: Kind = {
    "edges, all": lambda _: (delete(EDGES),),
    "an edge that history used": lambda _: (delete(EDGES).where(EDGES.c.action == "submit"),),
    "an edge that nothing used": lambda _: (delete(EDGES).where(EDGES.c.action == "revoke"),),
}

# Well-formed but wrong values. No database can refuse them, because neither computes digests.
LIES: Kind = {
    "a digest of something else": lambda s: (
        update_head(s.approve, hash="b" * 64),
        insert_change(s.approve, hash="b" * 64),
    ),
    "a time in the future": lambda s: further_step(
        s.reviewed, action="approve", to_state="APPROVED", at=TO_COME
    ),
    "a failure under a lease that goes on": lambda s: (insert_attempt(s.attempt),),
    "a death that is recorded, and a task that lives": lambda s: (
        insert_attempt(s.attempt, outcome="DEAD"),
    ),
    "a requeue that is recorded, and a task that stays dead": lambda s: (
        insert_attempt(s.attempt, entity_id=DEAD, outcome="REQUEUED"),
    ),
    "a failure under a lease that is then completed": lambda s: (
        insert_attempt(s.attempt),
        complete_task(LEASED),
    ),
    "an attempt that does not match its digest": lambda s: (
        insert_attempt(s.attempt, hash="b" * 64),
        end_lease(LEASED, due_at=LIVE_UNTIL),
    ),
    "a failure in the future": lambda s: (
        insert_attempt(s.attempt, at=TO_COME),
        end_lease(LEASED, due_at=LIVE_UNTIL),
    ),
    "a reason of a no-break space": lambda s: approval_writes(s, reason="\u00a0"),
    "a version that does not match its digest": lambda s: edit_writes(
        s, definition="Something else."
    ),
    "warnings that do not match their digest": lambda s: (
        update_head(s.edit),
        insert_version(s.version),
        insert_warnings(s.warnings, ruleset=9),
        insert_change(s.edit),
    ),
    "a name key that is not its name's": lambda s: (
        update_head(s.edit, name_key="rate"),
        insert_version(s.version, name_key="rate"),
        insert_warnings(s.warnings),
        insert_change(s.edit),
    ),
    "a receipt that does not match its digest": lambda s: (
        insert_receipt(s.receipt, result={"answer": 2}),
    ),
    **LIES_ON_PROJECTS,
    **LIES_ON_CONTESTS,
    **LIES_ON_SETTLEMENTS,
    **LIES_ON_MONEY,
    **LIES_ON_PAYMENTS,
}

RECORDS: Mapping[str, Kind] = {
    "a blank actor or reason": BLANK,
    "a record updated or deleted": REWRITTEN,
    "a receipt saved twice": GIVEN_TWICE,
    "a receipt of no request": ODD_RECEIPTS,
    "a key of impossible scopes": ODD_KEYS,
    "an edge added": ADDED,
    "an edge changed": BENT,
    "an edge removed": REMOVED,
}
