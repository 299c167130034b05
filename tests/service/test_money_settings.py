"""The settings of money: Stripe's key and secrets, and the stages that they configure."""

import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indelible.kernel import SystemClock
from indelible.money.entities.values import ReconciliationScope
from indelible.money.errors.payments import EnvironmentMismatch, PaymentsNotConfigured
from indelible.money.rules.payouts import (
    AUTOMATIC,
    MANUAL,
    PLAN_TRANSFERS_STAGE,
    SEND_TRANSFER_STAGE,
)
from indelible.money.rules.signatures import sign
from indelible.money.rules.stages import PROCESS_STRIPE_EVENT_STAGE
from indelible.reactions import POST_SETTLEMENT_STAGE, UPDATE_CHARGES_STAGE
from indelible_service.composition import build_app
from indelible_service.contexts.money import (
    MoneySettings,
    build_gateway,
    build_optional_gateway,
    build_peers,
    build_reconciliation,
    build_stages,
    web_options,
)
from indelible_service.demos.stripe import DemoStripeForeign, stand_in_port
from indelible_service.processes.building import recurring_tasks
from indelible_service.settings.environment import SettingsWrong
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore

EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.processing",
    "account": None,
    "api_version": "2025-03-31.basil",
    "livemode": False,
    "created": 1_767_225_600,
    "data": {"object": {"id": "pi_1"}},
}
TEST_MODE = {"STRIPE_API_KEY": "sk_test_123", "STRIPE_WEBHOOK_SECRET": "whsec_abc"}
ROTATING = {
    "STRIPE_WEBHOOK_SECRET": "whsec_old,whsec_new",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_oldconnect, whsec_newconnect",
}
# The stages that need no Stripe.
OWN_STAGES = {UPDATE_CHARGES_STAGE, POST_SETTLEMENT_STAGE, PLAN_TRANSFERS_STAGE}


def section(**variables: str) -> MoneySettings:
    """Return the section of money of these variables."""
    return Settings.read({**variables}).section(MoneySettings)


def served(store: SqlStore, **variables: str) -> FlaskClient:
    """Return a client of the application that the service builds from these variables."""
    settings = Settings.read({"INDELIBLE_SECRET": "s" * 32, **TEST_MODE, **variables})
    return build_app(settings, store).test_client()


def body_of(**changes: object) -> bytes:
    """Return the bytes of an event of Stripe."""
    return json.dumps(EVENT | changes).encode()


def deliver(client: FlaskClient, secret: str, **changes: object) -> TestResponse:
    """Send an event that was signed with a secret."""
    body = body_of(**changes)
    seconds = int(SystemClock().now().timestamp())
    header = {"Stripe-Signature": f"t={seconds},v1={sign(seconds, body, secret)}"}
    return client.post("/payments/webhook", data=body, headers=header)


def test_without_settings_no_request_is_sent_to_stripe(sqlite: SqlStore) -> None:
    settings = section()

    assert build_optional_gateway(settings) is None
    assert build_peers(settings) == ()
    assert {stage.name for stage in build_stages(settings, sqlite)} == OWN_STAGES
    with pytest.raises(PaymentsNotConfigured):
        build_gateway(settings)


def test_a_key_configures_the_stages_and_the_recurring_tasks(sqlite: SqlStore) -> None:
    names = {stage.name for stage in build_stages(section(**TEST_MODE), sqlite)}
    recurring = {task.name for task in recurring_tasks(Settings.read(TEST_MODE))}

    assert names > {*OWN_STAGES, PROCESS_STRIPE_EVENT_STAGE, SEND_TRANSFER_STAGE}
    assert recurring > {"payouts", "reconciliation-cheap", "reconciliation-full"}


def test_two_secrets_are_accepted_during_a_rotation() -> None:
    settings = section(**TEST_MODE | {"STRIPE_WEBHOOK_SECRET": "whsec_old, whsec_new"})

    assert web_options(settings)["stripe_webhook_secrets"] == ("whsec_old", "whsec_new")


def test_both_endpoints_may_rotate_their_secrets_at_the_same_time(sqlite: SqlStore) -> None:
    client = served(sqlite, **ROTATING)

    for secret in ("whsec_old", "whsec_new", "whsec_oldconnect", "whsec_newconnect"):
        answer = deliver(client, secret, id=f"evt_{secret}", type="account.updated")
        assert answer.status_code == 200, (secret, answer.text)
    assert deliver(client, "whsec_other").status_code == 400


def test_the_secret_of_the_connect_endpoint_is_optional(sqlite: SqlStore) -> None:
    client = served(sqlite)

    assert deliver(client, "whsec_abc").status_code == 200
    assert deliver(client, "whsec_connect", type="account.updated").status_code == 400


@pytest.mark.parametrize(
    ("settings", "event", "status"),
    [
        ({}, {"api_version": "2020-08-27"}, 200),
        ({"STRIPE_API_VERSION": "2025-03-31.basil"}, {}, 200),
        ({"STRIPE_API_VERSION": "2025-03-31.basil"}, {"api_version": "2020-08-27"}, 400),
        ({"STRIPE_API_VERSION": "2025-03-31.basil"}, {"api_version": None}, 400),
        ({}, {"account": "acct_ours"}, 400),
        ({"STRIPE_ACCOUNT": "acct_ours"}, {}, 200),
        ({"STRIPE_ACCOUNT": "acct_ours"}, {"account": "acct_ours"}, 200),
        ({"STRIPE_ACCOUNT": "acct_ours"}, {"account": "acct_other"}, 400),
        (
            {"STRIPE_ACCOUNT": "acct_ours"},
            {"account": "acct_winner", "type": "account.updated"},
            200,
        ),
    ],
)
def test_the_account_and_the_version_of_the_settings_are_compared(
    sqlite: SqlStore, settings: dict[str, str], event: dict[str, object], status: int
) -> None:
    answer = deliver(served(sqlite, **settings), "whsec_abc", **event)

    assert answer.status_code == status, answer.text
    if status == 400:
        assert answer.get_json()["code"] == "ENVIRONMENT_MISMATCH"


def test_a_backfill_has_the_environment_of_the_webhook(sqlite: SqlStore) -> None:
    settings = section(
        **TEST_MODE, STRIPE_ACCOUNT="acct_ours", STRIPE_API_VERSION="2025-03-31.basil"
    )
    gateway = build_gateway(settings)
    backfill = build_reconciliation(settings, sqlite, gateway, ReconciliationScope.CHEAP).backfill

    assert not backfill(body_of()).is_duplicate
    with pytest.raises(EnvironmentMismatch):
        backfill(body_of(id="evt_2", api_version="2020-08-27"))


def test_payouts_need_no_operator_unless_a_setting_demands_one() -> None:
    assert section().payout_policy == AUTOMATIC
    assert section(INDELIBLE_AUTOMATIC_PAYOUTS="off").payout_policy == MANUAL


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET must be set"),
        ({"STRIPE_API_KEY": ""}, "STRIPE_API_KEY must be set"),
        (
            {
                "STRIPE_API_KEY": "",
                "STRIPE_WEBHOOK_SECRET": "",
                "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_connect",
            },
            "STRIPE_API_KEY must be set because STRIPE_CONNECT_WEBHOOK_SECRET is set",
        ),
        ({"STRIPE_LIVEMODE": "on"}, "STRIPE_LIVEMODE must be off"),
        ({"STRIPE_API_KEY": "rk_live_1"}, "STRIPE_LIVEMODE must be on"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    changes: dict[str, str], problem: str
) -> None:
    with pytest.raises(SettingsWrong) as refused:
        section(**TEST_MODE | changes)

    assert problem in str(refused.value)


def test_the_demo_is_no_stripe_of_others() -> None:
    own = section(**TEST_MODE, STRIPE_API_URL="http://127.0.0.1:8472")

    assert stand_in_port(own) == 8472
    assert stand_in_port(section()) == 0
    with pytest.raises(DemoStripeForeign):
        stand_in_port(section(**TEST_MODE))
