"""Stripe's webhook, steps 1 to 5 of the fact sheet: verify, check, store, answer, and no more."""

import hashlib
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from tests.web.harness import OLD_STRIPE_SECRET, SETTINGS, STRIPE_SECRET, Web, problem, saved
from tests.web.hostile.webhooks import (
    FOREIGN,
    REPLAY_AGES,
    SECONDS,
    SERIALIZATIONS,
    SIGNATURES,
    UNKNOWN_TYPES,
)
from tests.web.paying import HOOK, Till
from tests.web.test_system import counted

from indelible.money import EventOrigin, InboxStatus
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible.testing.stores import AnyStore
from indelible_web.money.webhooks import MAX_BODY_BYTES

pytestmark = pytest.mark.slow

RECEIVED = {"received": True}


def test_an_event_is_stored_as_it_was_sent_before_the_answer(till: Till) -> None:
    body = till.event()
    assert saved(till.deliver(body), 200) == RECEIVED

    (event,) = till.events()
    assert (event.id, event.status) == ("evt_1", InboxStatus.RECEIVED)
    assert (event.origin, event.attempt_number) == (EventOrigin.WEBHOOK, 0)
    payload = till.store.read(lambda tx: tx.payloads.get(event.payload_digest))
    assert payload.content == body
    task = till.store.read(lambda tx: tx.tasks.get(PROCESS_STRIPE_EVENT_STAGE, event.id))
    assert task.due_at is not None
    assert till.rejections() == ()


def test_a_second_delivery_is_answered_as_a_duplicate(till: Till) -> None:
    body = till.event()
    till.deliver(body)
    again = saved(till.deliver(body), 200)

    assert again == {"received": True, "duplicate": True}
    assert len(till.events()) == 1


@pytest.mark.parametrize("event_type", UNKNOWN_TYPES)
def test_an_event_of_an_unknown_type_is_stored_and_ignored(till: Till, event_type: str) -> None:
    assert saved(till.deliver(till.event(event_type)), 200) == RECEIVED

    till.work()
    (event,) = till.events()
    assert event.status is InboxStatus.IGNORED


def test_the_age_of_an_event_does_not_matter(till: Till) -> None:
    old = till.web.clock.now() - timedelta(days=3)

    assert saved(till.deliver(till.event(created=old)), 200) == RECEIVED


def test_a_body_as_long_as_the_limit_is_received_and_a_longer_one_is_not(till: Till) -> None:
    body = till.event()
    longest = body + b" " * (MAX_BODY_BYTES - len(body))

    assert saved(till.deliver(longest), 200) == RECEIVED
    assert problem(till.deliver(longest + b" ")) == (413, "BODY_TOO_LARGE")
    assert len(till.events()) == 1


def test_either_secret_is_valid_during_a_rotation(till: Till) -> None:
    both = till.event()
    for body, secrets in (
        (till.event(), (STRIPE_SECRET,)),
        (till.event(), (OLD_STRIPE_SECRET,)),
        (both, ("whsec_next", OLD_STRIPE_SECRET)),
        (till.event(), (STRIPE_SECRET, "whsec_next")),
    ):
        assert saved(till.deliver(body, till.header(body, *secrets)), 200) == RECEIVED

    assert len(till.events()) == 4


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_wrong_signature_leaves_a_rejection_and_nothing_of_the_body(
    till: Till, name: str
) -> None:
    body = till.event(canary="canary-1")
    time, _, right = till.header(body).partition(",")
    template, code = SIGNATURES[name]
    header = template.format(now=time.removeprefix("t="), right=right.removeprefix("v1="))

    answer = till.deliver(body, header)
    assert problem(answer) == (400, code)
    (rejection,) = till.rejections()
    assert (rejection.code, rejection.body_size) == (code, len(body))
    assert rejection.body_digest == hashlib.sha256(body).hexdigest()
    assert till.events() == []
    assert "canary-1" not in repr(rejection)


@pytest.mark.parametrize("seconds", SECONDS)
def test_a_signature_of_another_time_is_refused(till: Till, seconds: int) -> None:
    body = till.event()
    answer = till.deliver(body, till.header(body, seconds=seconds))

    assert problem(answer) == (400, "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE")
    assert till.events() == []


@pytest.mark.parametrize("age", REPLAY_AGES)
def test_a_recorded_request_is_refused_by_its_age_and_a_resent_event_is_a_duplicate(
    till: Till, age: int
) -> None:
    body = till.event()
    till.deliver(body)
    replayed = till.deliver(body, till.header(body, seconds=-age))
    resent = saved(till.deliver(body), 200)

    assert problem(replayed) == (400, "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE")
    assert resent == {"received": True, "duplicate": True}
    assert len(till.events()) == 1


def test_events_of_an_hour_with_a_wrong_clock_are_stored_when_they_are_sent_again(
    till: Till,
) -> None:
    body, clock = till.event(), till.web.clock
    signed_at_first = till.header(body)
    clock.jump(hours=1)
    assert problem(till.deliver(body, signed_at_first)) == (
        400,
        "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE",
    )
    clock.jump(hours=-1)

    assert saved(till.deliver(body), 200) == RECEIVED
    clock.jump(hours=-1)
    assert saved(till.deliver(body), 200) == {"received": True, "duplicate": True}
    assert len(till.events()) == 1


@pytest.mark.parametrize("seconds", [-290, 290])
def test_a_signature_within_five_minutes_is_accepted(till: Till, seconds: int) -> None:
    body = till.event()

    assert saved(till.deliver(body, till.header(body, seconds=seconds)), 200) == RECEIVED


@pytest.mark.parametrize("name", SERIALIZATIONS)
def test_a_body_that_was_serialized_again_is_refused(till: Till, name: str) -> None:
    body = till.event()
    header = till.header(body)
    again = json.dumps(json.loads(body), **SERIALIZATIONS[name]).encode()

    assert again != body
    assert problem(till.deliver(again, header)) == (400, "STRIPE_SIGNATURE_INVALID")
    assert till.events() == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff", b'{"id": 1}', b'{"id": "evt_1", "id": "evt_2"}']
)
def test_a_signed_body_that_is_no_event_is_refused(till: Till, body: bytes) -> None:
    assert problem(till.deliver(body)) == (400, "WEBHOOK_MALFORMED")

    assert [rejection.code for rejection in till.rejections()] == ["WEBHOOK_MALFORMED"]
    assert till.events() == []


@pytest.mark.parametrize("name", FOREIGN)
def test_an_event_of_another_environment_is_refused_with_an_alert(
    till: Till, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    body = till.event(**FOREIGN[name])
    with caplog.at_level(logging.ERROR, "indelible.web"):
        answer = till.deliver(body)

    assert problem(answer) == (400, "ENVIRONMENT_MISMATCH")
    assert "ENVIRONMENT_MISMATCH" in caplog.text
    assert [rejection.code for rejection in till.rejections()] == ["ENVIRONMENT_MISMATCH"]
    assert till.events() == []
    name = 'indelible_webhook_requests_total{code="ENVIRONMENT_MISMATCH",endpoint="stripe"}'
    assert counted(till.web)[name] >= 1


def test_version_and_account_are_compared_where_they_are_configured(any_store: AnyStore) -> None:
    till = Till(any_store)
    settings = evolve(SETTINGS, stripe_account="acct_1", stripe_api_version="2026-10-28.endive")
    till.web = Web(any_store, settings)

    cases: list[tuple[str, dict[str, Any], int]] = [
        ("payment_intent.processing", {}, 200),
        ("payment_intent.processing", {"account": "acct_1"}, 200),
        ("payment_intent.processing", {"account": "acct_2"}, 400),
        ("account.updated", {"account": "acct_2"}, 200),
        ("payment_intent.processing", {"api_version": "2020-08-27"}, 400),
    ]
    for event_type, changes, status in cases:
        body = till.event(event_type, **changes)
        assert till.deliver(body).status_code == status, (event_type, changes)


def test_a_service_without_a_secret_has_no_webhook(any_store: AnyStore) -> None:
    till = Till(any_store)
    till.web = Web(any_store, evolve(SETTINGS, stripe_webhook_secrets=()))

    assert problem(till.deliver(till.event())) == (404, "ROUTE_NOT_FOUND")
    assert problem(till.web.get(HOOK)) == (405, "METHOD_NOT_ALLOWED")


def test_the_outcomes_of_webhooks_are_counted(any_store: AnyStore) -> None:
    till = Till(any_store)  # with metrics of its own
    body = till.event()
    till.deliver(body)
    till.deliver(body)
    counts = counted(till.web)

    assert counts['indelible_webhooks_total{outcome="received"}'] == 1
    assert counts['indelible_webhooks_total{outcome="stripe_duplicate"}'] == 1
