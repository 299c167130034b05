"""Hostile webhooks: signed bodies with a hostile value at each field, or malformed as a whole.

Every request is answered with 200 or a coded refusal. Every event that was answered with 200 is
stored with its bytes, and ends processed, ignored, as a dead letter, or waits for another attempt.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final, cast

from tests.core.money.payments import dispute_body, intent_body, refund_body, withdrawn_body
from tests.doses.fuzz.hostile import CODES, Tally
from tests.web.harness import memory
from tests.web.paying import Till

from indelible.app import ReadTx
from indelible.kernel import Head
from indelible.money import StripeEvent
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.events import EVENT_TYPES

ROUNDS: Final = 2
EVENTS_PER_ROUND: Final = 300
CHARGES_PER_ROUND: Final = 4
PAGE: Final = 100
INTERNAL: Final = "INTERNAL_ERROR"
OK: Final = 200
SERVER_ERROR: Final = 500
MAX_BODY_BYTES: Final = 512 * 1_024
DEEP: Final = 5_000
VALUES: Final[Sequence[Any]] = (
    *(None, True, False, 0, -1, 1.5, 1e308, 2**63, -(2**63) - 1, 10**30, 10**400),
    *("", " ", "\0", "a\0b", "\ud800", "\u202eabc", "\ufeff", "a" * 201, "a" * 30_000),
    *("'; DROP TABLE movements; --", "../..", "<script>", "NaN", "1e9", "whsec_x", "\U0001f4b8"),
    *([], {}, [[]], [None], {"": 1}, {"id": None}, {"data": []}, ["a"] * 300, [1, "a", {}]),
)
TOKENS: Final = (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"0x10", b"01", b"1.0", b"nul")
RAW: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda body: body[:-1],
    lambda body: body[: len(body) // 2],
    lambda body: body + body,
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body.decode().encode("utf-16"),
    lambda body: body.replace(b"e", b"\xff", 1),
    lambda body: body.replace(b"e", b"\xed\xa0\x80", 1),
    lambda body: body.replace(b"{", b'{"id": "evt_other", ', 1),
    lambda body: body.replace(b"{", b'{"livemode": true, ', 1),
    lambda body: b"[" + body + b"]",
    lambda _: b"[" * DEEP + b"]" * DEEP,
    lambda _: b'{"data":' * DEEP + b"1" + b"}" * DEEP,
    lambda _: b"9" * 6_000,
    lambda _: b"\0",
    lambda _: b"null",
    lambda _: b"",
    lambda body: body + b" " * (MAX_BODY_BYTES - len(body)),
    lambda body: body + b" " * (MAX_BODY_BYTES + 1 - len(body)),
)
Json = dict[str, Any]


def test_hostile_webhooks_are_refused_with_a_code_or_stored_and_ended(
    chance: Random, add_summary_line: Callable[[str], None]
) -> None:
    tally = Tally()
    for _ in range(ROUNDS):
        till = Till(memory())
        subjects = _subjects(till)
        accepted: dict[str, bytes] = {}
        for _ in range(EVENTS_PER_ROUND):
            _deliver(till, _hostile_event(till, subjects, chance), accepted, tally)
        till.work()
        _judge(till, accepted, tally)

    add_summary_line(f"hostile webhooks: {dict(tally.answers)}")
    assert tally.wrong == []
    assert tally.answers["HTTP 400 WEBHOOK_MALFORMED"] > 0
    assert tally.answers["event DEAD WEBHOOK_MALFORMED"] > 0
    assert tally.answers["event PROCESSED"] > 0


def _subjects(till: Till) -> list[tuple[str, Json]]:
    """Return an event type with its object for each type that has an effect."""
    subjects: list[tuple[str, Json]] = []
    for number in range(CHARGES_PER_ROUND):
        till.open(f"entry-{number}")
        answer = till.start(once=f"pay-{number}", item=f"entry-{number}")
        intent_id = answer.get_json()["intent_id"]
        paid = till.gateway.pay(intent_id)
        names = {"id": f"dp_{number}"}
        bodies: Mapping[str, Json] = {
            "payment_intent": intent_body(paid),
            "charge.refunded": _charge_body(intent_id),
            "charge.dispute.created": dispute_body(intent_id, **names),
            "charge.dispute": withdrawn_body(intent_id, **names),
            "refund": refund_body(f"re_{number}", intent_id),
            "transfer": _transfer_body(number),
            "account": _account_body(number),
            "payout": {"id": f"po_{number}", "object": "payout", "amount": 5},
        }
        for event_type in EVENT_TYPES:
            names_of_type = [name for name in bodies if event_type.startswith(name)]
            subjects.append((event_type, bodies[max(names_of_type, key=len)]))
    return subjects


def _charge_body(intent_id: str) -> Json:
    return {
        "id": f"ch_{intent_id}",
        "object": "charge",
        "status": "succeeded",
        "payment_intent": intent_id,
        "amount": 2_501,
        "amount_refunded": 2_501,
        "currency": "eur",
        "created": 1_767_225_600,
        "disputed": False,
        "balance_transaction": f"txn_{intent_id}",
        "metadata": {},
    }


def _transfer_body(number: int) -> Json:
    return {
        "id": f"tr_{number}",
        "object": "transfer",
        "amount": 500,
        "amount_reversed": 0,
        "currency": "eur",
        "destination": f"acct_{number}",
        "transfer_group": "reference:pool-1",
        "created": 1_767_225_600,
        "metadata": {"transfer_id": f"transfer-{number}"},
    }


def _account_body(number: int) -> Json:
    return {
        "id": f"acct_{number}",
        "object": "account",
        "capabilities": {"transfers": "active"},
        "payouts_enabled": True,
        "requirements": {"currently_due": [], "disabled_reason": None},
        "metadata": {},
    }


def _hostile_event(till: Till, subjects: list[tuple[str, Json]], chance: Random) -> bytes:
    """Return an event with a hostile value at one field, hostile bytes, or nothing hostile."""
    event_type, subject = chance.choice(subjects)
    body = till.event(event_type, subject)
    kind = chance.random()
    if kind < 0.1:
        return body
    if kind < 0.35:
        return chance.choice(RAW)(body)
    document = json.loads(body)
    path = chance.choice(list(_paths(document)))
    if kind < 0.45:
        marker = "the hostile token"
        _put(document, path, marker)
        text = json.dumps(document).encode()
        return text.replace(json.dumps(marker).encode(), chance.choice(TOKENS))

    _put(document, path, chance.choice(VALUES))
    return json.dumps(document).encode()


def _paths(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of each field of a document."""
    if not isinstance(value, dict):
        return
    for name, member in cast("Json", value).items():
        yield (*path, name)
        yield from _paths(member, (*path, name))


def _put(document: Json, path: tuple[str, ...], value: object) -> None:
    parent = document
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = value


def _deliver(till: Till, body: bytes, accepted: dict[str, bytes], tally: Tally) -> None:
    """Send a signed body; 200 promises that the event is stored."""
    line = repr(body[:300])
    try:
        answer = till.deliver(body)
    except Exception as error:  # noqa: BLE001 - an undocumented answer, or none
        tally.wrong.append(f"{line}: {error!r}")
        return

    if answer.status_code == OK:
        tally.answers["HTTP 200"] += 1
        event_id = json.loads(body)["id"]
        accepted.setdefault(event_id, body)
        return
    code = answer.get_json()["code"]
    tally.answers[f"HTTP {answer.status_code} {code}"] += 1
    if answer.status_code >= SERVER_ERROR or code not in CODES:
        tally.wrong.append(f"{line}: {answer.status_code} {answer.text}")


def _judge(till: Till, accepted: Mapping[str, bytes], tally: Tally) -> None:
    """Check that no accepted event is lost, and that each has a coded end."""
    stored = {event.id: event for event in _stored_events(till)}
    if stored.keys() != accepted.keys():
        lost = sorted(accepted.keys() ^ stored.keys())
        tally.wrong.append(f"events answered and not stored, or the reverse: {lost}")
    for event in stored.values():
        tally.answers[f"event {event.status} {event.last_code or ''}".strip()] += 1
        content = till.store.read(_content_of, event.payload_digest)
        if content != accepted.get(event.id):
            tally.wrong.append(f"event {event.id}: other bytes are stored")
        is_waiting = event.status is InboxStatus.RECEIVED
        if event.last_code == INTERNAL or (is_waiting and event.last_code is None):
            body = repr(accepted.get(event.id, b"")[:600])
            tally.wrong.append(f"{body}: {event.status} {event.last_code}")

    total = 0
    for one in till.store.read(lambda tx: tx.money.accounts.joins.sums()):
        total += one.balance_minor if one.kind.side == "debit" else -one.balance_minor
    if total:
        tally.wrong.append(f"the sum of all accounts is {total}")


def _content_of(tx: ReadTx, payload_digest: str) -> bytes:
    return tx.payloads.get(payload_digest).content


def _events_after(tx: ReadTx, event_id: str) -> tuple[Head[StripeEvent], ...]:
    return tx.money.events.page(after=event_id, limit=PAGE)


def _stored_events(till: Till) -> Iterator[StripeEvent]:
    after = ""
    while True:
        heads = till.store.read(_events_after, after)
        yield from (head.entity for head in heads)
        if len(heads) < PAGE:
            return
        after = heads[-1].entity.id
