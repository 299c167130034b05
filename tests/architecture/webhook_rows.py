"""The steps of a webhook and its processing, each with its test."""

from typing import Final

from tests.architecture.money_rows import BAD_INPUT, STEPS, Row


def step(
    fact: str,
    test: str,
    *asserts: str,
    path: str = STEPS,
    uses: tuple[str, ...] = (),
    cases: tuple[str, ...] = (),
) -> Row:
    """Return a row of section 5.5, whose facts begin with the number of the step."""
    return Row(fact=fact, path=path, test=test, uses=uses, asserts=asserts, cases=cases)


WEBHOOKS: Final = (
    step(
        "1 the raw body and the cap of its size",
        "test_step_1_a_body_over_the_limit_is_refused_and_not_stored",
        "BODY_TOO_LARGE",
        "received",
        uses=("MAX_BODY_BYTES",),
    ),
    step(
        "2 a signature that fails is a rejection and no event",
        "test_step_2_a_webhook_with_another_secret_leaves_only_a_rejection",
        "STRIPE_SIGNATURE_INVALID",
        "rejections",
        "events",
    ),
    step(
        "2 a signature that fails is answered with 400",
        "test_a_bad_signature_leaves_only_its_reason_its_digest_and_its_size",
        "STRIPE_SIGNATURE_INVALID",
        "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE",
        "body_digest",
        path=BAD_INPUT,
    ),
    step(
        "3 mode, account and version are those of the environment",
        "test_step_3_an_event_of_another_environment_is_refused_with_an_alert",
        "ENVIRONMENT_MISMATCH",
        "caplog",
        "rejections",
        cases=("livemode", "account", "api_version"),
    ),
    step(
        "4 the raw event is stored and committed first",
        "test_step_4_the_bytes_are_stored_before_anything_is_processed",
        "RECEIVED",
        "sent",
        "PENDING",
    ),
    step(
        "5 a job is enqueued and the answer is 200",
        "test_step_5_an_event_is_acknowledged_and_a_known_one_is_a_duplicate",
        "received",
        "duplicate",
        "due_at",
    ),
    step(
        "5 a known event is stored once",
        "test_step_5_the_same_event_twice_at_once_is_stored_and_booked_once",
        "status_code",
        "ENTRY_FEE",
    ),
    step(
        "6 transition, posting, entry and attempt of a payment",
        "test_step_6_an_event_is_applied_and_booked_under_its_own_key",
        "PROCESSED",
        "total_minor",
        "SUCCEEDED",
        "ACTIVE",
        uses=("stripe_event:", "ENTRY_FEE"),
    ),
    step(
        "6 an event that was processed is a duplicate",
        "test_step_6_an_event_that_is_sent_again_is_not_applied_again",
        "postings",
        "changes",
        uses=("send",),
    ),
    step(
        "6 a processed event has no second attempt",
        "test_step_6_a_processed_event_has_no_second_attempt",
        "PROCESSED",
        "attempt_number",
        "postings",
        uses=("enqueue",),
    ),
    step(
        "6 an unknown intent is retried for 72 hours and is a dead letter then",
        "test_step_6_an_event_of_an_unknown_intent_is_a_dead_letter_after_72_hours",
        "RECEIVED",
        "DEAD",
        "PAYMENT_INTENT_NOT_FOUND",
        "caplog",
        uses=("work_for",),
    ),
    step(
        "6 amount and currency are checked",
        "test_step_6_other_money_is_stored_refunded_and_never_in_the_pool",
        "AMOUNT_MISMATCH",
        "CURRENCY_MISMATCH",
        "PROCESSED",
        cases=("amount", "currency"),
    ),
    step(
        "7 an event of another type is ignored and logged",
        "test_step_7_an_event_of_another_type_is_ignored_and_logged",
        "IGNORED",
        "UNHANDLED_EVENT",
        "messages",
    ),
    step(
        "8 an error is a failed attempt that is repeated",
        "test_step_8_a_failed_attempt_is_stored_and_repeated",
        "STRIPE_API_ERROR",
        "attempt_number",
        "PROCESSED",
        uses=("outage",),
    ),
    step(
        "8 a spent budget is a dead letter with an alert",
        "test_step_6_an_event_of_an_unknown_intent_is_a_dead_letter_after_72_hours",
        "DEAD",
        "caplog",
        uses=("ERROR",),
    ),
    step(
        "two events about one fact post once",
        "test_two_events_of_one_payment_are_booked_once",
        "PAYMENT_ALREADY_PROCESSED",
        "ENTRY_FEE",
    ),
    step(
        "the subscribed types",
        "test_each_subscribed_type_is_received_and_reaches_an_outcome",
        "received",
        "PROCESSED",
        cases=("EVENT_TYPES",),
    ),
)
