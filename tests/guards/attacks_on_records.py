"""Illegal writes to permanent records and to the edges."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, insert, literal, select, update
from tests.guards.kinds import Kind, further, new_edge, step
from tests.guards.raw import NULL, raw
from tests.guards.situation import B, answer, born, creating, editing, keep, log, move, remark

from indelible_sql.concepts.tables import WARNINGS
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS

TO_COME = datetime(2999, 1, 1, tzinfo=UTC)

BLANK: Kind = {
    "no actor": lambda s: step(s, actor=""),
    "an actor of spaces": lambda s: step(s, actor="   "),
    "an actor of no kind": lambda s: step(s, actor="maya"),
    "an actor of an unknown kind": lambda s: step(s, actor="User:maya"),
    "an actor without a name": lambda s: step(s, actor="user:"),
    "an actor whose name is a space": lambda s: step(s, actor="user: "),
    "an actor with a hidden space": lambda s: step(s, actor="user:ma\x0bya"),
    "no reason": lambda s: step(s, reason=""),
    "a reason of a space": lambda s: step(s, reason=" "),
    "a reason of tabs and lines": lambda s: step(s, reason="\t\r\n"),
    "a reason that is NULL": lambda s: step(s, reason=NULL),
    "a version by nobody": lambda s: editing(s, created_by=" "),
    "a first version by nobody": lambda s: creating(s, created_by="user:"),
    "a key for nobody": lambda s: (born(s.grant, **{**s.key, "owner": "maya"}), log(s.grant)),
    "a receipt for nobody": lambda s: (answer(s.receipt, owner="\n"),),
    "a receipt without a key": lambda s: (answer(s.receipt, key=" "),),
}
UPDATED: Kind = {
    "a change with another reason": lambda _: (update(HISTORY).values(reason="another"),),
    "a change by another actor": lambda _: (update(HISTORY).values(actor="user:eve"),),
    "a change at another seq": lambda _: (update(HISTORY).values(seq=raw("seq + 100")),),
    "a new change, corrected at once": lambda s: (
        move(s.approve),
        log(s.approve),
        update(HISTORY).where(HISTORY.c.hash == s.approve.hash).values(reason="another"),
    ),
    "remarks by other rules": lambda _: (update(WARNINGS).values(ruleset=9),),
    "a receipt with another answer": lambda _: (update(RECEIPTS).values(result={}),),
    "a receipt for another command": lambda _: (update(RECEIPTS).values(fingerprint=B),),
}
DELETED: Kind = {
    "history, deleted": lambda _: (delete(HISTORY),),
    "the last change, deleted": lambda s: (
        delete(HISTORY).where(HISTORY.c.hash == s.reviewed.hash),
    ),
    "a new change, deleted": lambda s: (
        move(s.approve),
        log(s.approve),
        delete(HISTORY).where(HISTORY.c.hash == s.approve.hash),
    ),
    "receipts, deleted": lambda _: (delete(RECEIPTS),),
}
GIVEN_TWICE: Kind = {
    "another answer to a key": lambda s: (answer(s.receipt, key="order-1"),),
    "the same receipt twice": lambda s: (answer(s.receipt), answer(s.receipt)),
    "an older receipt again": lambda _: (
        insert(RECEIPTS).from_select(
            [column.name for column in RECEIPTS.columns], select(RECEIPTS)
        ),
    ),
}
ADDED: Kind = {
    "a way back from PUBLISHED": lambda _: (new_edge("concept", "PUBLISHED", "undo", "DRAFT", 0),),
    "a second target of an action": lambda _: (
        new_edge("concept", "DRAFT", "submit", "PUBLISHED", 0),
    ),
    "an edge of a lifecycle of its own": lambda _: (new_edge("loan", "", "lend", "LENT", 0),),
    "every edge, once more, for another lifecycle": lambda _: (
        insert(EDGES).from_select(
            [column.name for column in EDGES.columns],
            select(
                literal("other"),
                *[column for column in EDGES.columns if column.name != "lifecycle"],
            ),
        ),
    ),
    "an edge, given twice": lambda _: (new_edge("concept", "DRAFT", "submit", "REVIEW", 0),),
    "an edge that is used at once": lambda s: (
        new_edge("concept", "REVIEW", "skip", "PUBLISHED", 0),
        *step(s, action="skip", to_state="PUBLISHED"),
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
    "a digest of something else": lambda s: (move(s.approve, hash=B), log(s.approve, hash=B)),
    "a time to come": lambda s: further(
        s.reviewed, action="approve", to_state="APPROVED", at=TO_COME
    ),
    "a reason of an invisible space": lambda s: step(s, reason="\u00a0"),
    "a version that its change does not vouch for": lambda s: editing(
        s, definition="Something else."
    ),
    "remarks that their change does not vouch for": lambda s: (
        move(s.edit),
        keep(s.version),
        remark(s.warnings, ruleset=2),
        log(s.edit),
    ),
    "a name's key that is not its name's": lambda s: (
        move(s.edit, name_key="rate"),
        keep(s.version, name_key="rate"),
        remark(s.warnings),
        log(s.edit),
    ),
    "a key that changes hands as it is revoked": lambda s: (
        move(s.revoke, owner="user:eve"),
        log(s.revoke),
    ),
    "a receipt that was never given": lambda s: (answer(s.receipt, result={"answer": 2}),),
}

RECORDS: Mapping[str, Kind] = {
    "a blank actor or reason": BLANK,
    "a record updated": UPDATED,
    "a record deleted": DELETED,
    "a receipt twice": GIVEN_TWICE,
    "an edge added": ADDED,
    "an edge bent": BENT,
    "an edge removed": REMOVED,
}
