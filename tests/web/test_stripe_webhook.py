"""Stripe's webhook, steps 1 to 5 of the fact sheet: verify, check, store, answer, and no more."""

import hashlib
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from tests.web.harness import OLD_STRIPE_SECRET, SETTINGS, STRIPE_SECRET, Web, problem, saved
from tests.web.paying import HOOK, Till
from tests.web.test_system import counted

from indelible.money import EventOrigin, InboxStatus
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible.testing.stores import AnyStore
from indelible_web.money.webhooks import MAX_BODY_BYTES

pytestmark = pytest.mark.slow

RECEIVED = {"received": True}
# Headers with `{now}` and `{right}` in place of the time and of the right signature; others are
# refused by the rule itself.
SIGNATURES = {
    "no header": ("", "STRIPE_SIGNATURE_INVALID"),
    "a longer signature": ("t={now},v1={right}0", "STRIPE_SIGNATURE_INVALID"),
    "another time": ("t=1,v1={right}", "STRIPE_SIGNATURE_INVALID"),
    "no time": ("v1={right}", "WEBHOOK_MALFORMED"),
    "not ASCII": ("t={now},v1=\u00e9{right}", "WEBHOOK_MALFORMED"),
}
FOREIGN: tuple[dict[str, Any], ...] = (
    {"livemode": True},
    {"account": "acct_other"},
    {"account": "acct_2", "livemode": False},
)


def test_an_event_is_stored_as_it_was_sent_and_a_second_delivery_is_a_duplicate(till: Till) -> None:
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

    till.deliver(body)
    again = saved(till.deliver(body), 200)

    assert again == {"received": True, "duplicate": True}
    assert len(till.events()) == 1


def test_events_are_received_within_the_limits_of_size_and_time_by_either_secret(
    till: Till,
) -> None:
    body = till.event()
    longest = body + b" " * (MAX_BODY_BYTES - len(body))

    assert saved(till.deliver(longest), 200) == RECEIVED
    assert problem(till.deliver(longest + b" ")) == (413, "BODY_TOO_LARGE")
    assert len(till.events()) == 1

    for seconds in [-290, 290]:
        body = till.event()

        assert saved(till.deliver(body, till.header(body, seconds=seconds)), 200) == RECEIVED

    old = till.web.clock.now() - timedelta(days=3)

    assert saved(till.deliver(till.event(created=old)), 200) == RECEIVED

    both = till.event()
    for body, secrets in (
        (till.event(), (STRIPE_SECRET,)),
        (till.event(), (OLD_STRIPE_SECRET,)),
        (both, ("whsec_next", OLD_STRIPE_SECRET)),
        (till.event(), (STRIPE_SECRET, "whsec_next")),
    ):
        assert saved(till.deliver(body, till.header(body, *secrets)), 200) == RECEIVED

    assert len(till.events()) == 8


def test_a_wrong_signature_leaves_a_rejection_and_nothing_of_the_body(till: Till) -> None:
    for name, (template, code) in SIGNATURES.items():
        body = till.event(canary="canary-1")
        time, _, right = till.header(body).partition(",")
        header = template.format(now=time.removeprefix("t="), right=right.removeprefix("v1="))
        assert problem(till.deliver(body, header)) == (400, code), name

        rejection = till.rejections()[0]
        assert (rejection.code, rejection.body_size) == (code, len(body))
        assert rejection.body_digest == hashlib.sha256(body).hexdigest()

    body = till.event(canary="canary-1")
    headers = (
        till.header(body, "whsec_other"),
        till.header(json.dumps(json.loads(body), indent=1).encode()),
    )
    for header in headers:
        assert problem(till.deliver(body, header)) == (400, "STRIPE_SIGNATURE_INVALID")

    assert len(till.rejections()) == len(SIGNATURES) + len(headers)
    assert "canary-1" not in repr(till.rejections())
    assert till.events() == []


def test_a_recorded_request_is_refused_by_its_age_and_a_resent_event_is_a_duplicate(
    till: Till,
) -> None:
    body = till.event()
    till.deliver(body)
    for seconds in (-86_400, -400, 400, 86_400):
        replayed = till.deliver(body, till.header(body, seconds=seconds))
        assert problem(replayed) == (400, "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE")

    assert saved(till.deliver(body), 200) == {"received": True, "duplicate": True}
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


def test_a_signed_body_that_is_no_event_of_this_environment_is_refused(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    bodies = [b"", b"[]", b"{}", b"\xff", b'{"id": 1}', b'{"id": "evt_1", "id": "evt_2"}']
    for body in bodies:
        assert problem(till.deliver(body)) == (400, "WEBHOOK_MALFORMED")
        assert till.rejections()[0].code == "WEBHOOK_MALFORMED"

    with caplog.at_level(logging.ERROR, "indelible.web"):
        for changes in FOREIGN:
            answer = till.deliver(till.event(**changes))
            assert problem(answer) == (400, "ENVIRONMENT_MISMATCH")
            assert till.rejections()[0].code == "ENVIRONMENT_MISMATCH"

    assert "ENVIRONMENT_MISMATCH" in caplog.text
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


def test_a_service_without_a_secret_has_no_webhook_and_outcomes_are_counted(
    any_store: AnyStore,
) -> None:
    till = Till(any_store)
    till.web = Web(any_store, evolve(SETTINGS, stripe_webhook_secrets=()))

    assert problem(till.deliver(till.event())) == (404, "ROUTE_NOT_FOUND")
    assert problem(till.web.get(HOOK)) == (405, "METHOD_NOT_ALLOWED")

    till = Till(any_store)  # with metrics of its own
    body = till.event()
    till.deliver(body)
    till.deliver(body)
    counts = counted(till.web)

    assert counts['indelible_webhooks_total{outcome="received"}'] == 1
    assert counts['indelible_webhooks_total{outcome="stripe_duplicate"}'] == 1
