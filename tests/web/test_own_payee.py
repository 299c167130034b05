"""A winner enrolls alone: registers, opens an account at Stripe, and follows it."""

from typing import Any, Final

import pytest
from attrs import evolve
from tests.web.harness import Json, Web, problem, saved
from tests.web.paying import Till

from indelible.kernel import Actor
from indelible.money import PAYEE, AttachDestination, Payee, RegisterPayee
from indelible.money.commands.payouts import ClosePayee
from indelible.money.entities.stripe_objects import AccountObject
from indelible.money.errors.gateway import GatewayOutage, GatewayRejected
from indelible.money.handlers.payees import attach_destination, close_payee, register_payee

pytestmark = pytest.mark.slow

ME: Final = "/v1/payees/me"
ONBOARD: Final = f"{ME}/onboard"
OTTO: Final = Actor.user("otto")
REGISTRATION: Final = {"reason": "I have won"}
ONBOARDING: Final = {
    "country": "DE",
    "refresh_url": "https://example.org/again",
    "return_url": "https://example.org/done",
    "reason": "I have won",
}


def onboard(till: Till, once: str = "onboard-1", **changes: object) -> Any:  # noqa: ANN401 - of any type
    return till.web.post(ONBOARD, json={**ONBOARDING, **changes}, once=once)


def show(till: Till) -> Json:
    return saved(till.web.get(ME), 200)


def stored_payee(till: Till) -> Payee:
    return till.store.read(lambda tx: tx.money.payees.get("maya").entity)


def set_by_operator(till: Till) -> None:
    """Let an operator set the account of the caller."""
    till.gateway.accounts["acct_otto"] = AccountObject(
        id="acct_otto", transfers_active=True, payouts_enabled=True
    )
    register = RegisterPayee(party="maya")
    till.store.run(register_payee, register, actor=OTTO, reason="a test")
    attach = AttachDestination(party="maya", destination="acct_otto")
    till.store.run(attach_destination, attach, actor=OTTO, reason="a test")


def test_a_winner_registers_once(till: Till) -> None:
    before = till.web.get(ME)
    new = saved(till.web.post(ME, json=REGISTRATION, once="a"), 200)
    again = saved(till.web.post(ME, json=REGISTRATION, once="b"), 200)

    assert problem(before) == (404, "PAYEE_NOT_FOUND")
    assert (new["id"], new["status"], new["has_own_account"]) == ("maya", "NEW", False)
    assert again == new
    changes = till.store.read(lambda tx: tx.history.of(PAYEE.name, "maya"))
    assert [(change.action, str(change.actor)) for change in changes] == [("register", "user:maya")]


def test_a_winner_opens_an_account_and_returns_to_it_by_a_new_address(till: Till) -> None:
    first = saved(onboard(till), 200)
    later = saved(onboard(till, once="onboard-2"), 200)
    repeated = saved(onboard(till), 200)

    assert (first["payee"]["status"], first["payee"]["has_own_account"]) == ("RESTRICTED", True)
    assert till.gateway.count("create_account") == 1
    assert len({first["url"], later["url"], repeated["url"]}) == 3
    assert all(answer["url"].endswith("/acct_maya") for answer in (first, later, repeated))
    assert stored_payee(till).destination_set_by == "user:maya"


def test_an_account_that_an_operator_has_set_is_not_the_winners_own(till: Till) -> None:
    set_by_operator(till)
    before = show(till)
    opened = saved(onboard(till), 200)

    assert before["has_own_account"] is False
    assert opened["payee"]["has_own_account"] is True
    assert opened["url"].endswith("/acct_maya")
    payee = stored_payee(till)
    assert (payee.destination, payee.destination_set_by) == ("acct_maya", "user:maya")


def test_an_operator_replaces_the_own_account_and_the_winner_opens_another(till: Till) -> None:
    saved(onboard(till), 200)
    set_by_operator(till)
    replaced = show(till)
    opened = saved(onboard(till, once="onboard-2"), 200)

    assert replaced["has_own_account"] is False
    assert opened["payee"]["has_own_account"] is True
    keys = [key for method, key in till.gateway.calls if method == "create_account"]
    assert keys == ["account:maya:own:0:DE", "account:maya:own:3:DE"]


def test_a_lost_answer_leaves_one_account(till: Till) -> None:
    till.gateway.failures.after["create_account"] = [GatewayOutage("no answer")]
    lost = onboard(till)
    opened = saved(onboard(till), 200)

    assert problem(lost) == (502, "STRIPE_API_ERROR")
    assert opened["url"].endswith("/acct_maya")
    assert list(till.gateway.accounts) == ["acct_maya"]


def test_a_country_that_was_wrong_can_be_corrected_before_the_account_is_known(till: Till) -> None:
    till.gateway.failures.before["create_account"] = [
        GatewayRejected("country_unsupported", "ZZ is not supported"),
        GatewayOutage("no answer"),
    ]
    refused = onboard(till, country="ZZ")
    unanswered = onboard(till, once="onboard-2", country="US")
    opened = saved(onboard(till, once="onboard-3", country="DE"), 200)

    assert problem(refused) == (409, "STRIPE_REJECTED")
    assert problem(unanswered) == (502, "STRIPE_API_ERROR")
    assert opened["payee"]["has_own_account"] is True


def test_a_repeated_request_leads_to_no_account_that_was_replaced(till: Till) -> None:
    saved(onboard(till), 200)

    assert problem(onboard(till, country="US")) == (409, "IDEMPOTENCY_KEY_CONFLICT")

    set_by_operator(till)

    assert problem(onboard(till)) == (409, "ACCOUNT_REPLACED")
    assert stored_payee(till).destination == "acct_otto"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"transfers_active": True, "requirements_due": ()}, "ACTIVE"),
        ({"transfers_pending": True, "requirements_due": ()}, "PENDING"),
        ({"disabled_reason": "requirements.past_due"}, "RESTRICTED"),
    ],
)
def test_the_account_is_shown_as_stripe_has_it(
    till: Till, changes: dict[str, Any], state: str
) -> None:
    saved(onboard(till), 200)
    account = evolve(till.gateway.accounts["acct_maya"], **changes)
    till.gateway.accounts["acct_maya"] = account

    shown = show(till)

    assert shown["account_state"] == state
    assert shown["requirements_due"] == list(account.requirements_due)
    assert shown["disabled_reason"] == account.disabled_reason
    assert shown["status"] == "RESTRICTED"
    again = saved(onboard(till, once="onboard-2"), 200)
    assert again["payee"]["status"] == ("READY" if state == "ACTIVE" else "RESTRICTED")


def test_the_state_of_an_account_is_unknown_while_stripe_does_not_answer(till: Till) -> None:
    saved(onboard(till), 200)
    till.gateway.failures.before["retrieve_account"] = [GatewayOutage("no answer")]

    shown = show(till)

    assert (shown["status"], shown["account_state"]) == ("RESTRICTED", None)
    assert shown["requirements_due"] == []

    set_by_operator(till)
    close = ClosePayee(party="maya")
    till.store.run(close_payee, close, actor=OTTO, reason="a test")

    assert problem(onboard(till, once="onboard-2")) == (409, "INVALID_TRANSITION")
    assert till.gateway.count("create_account") == 1
    assert (show(till)["status"], show(till)["account_state"]) == ("CLOSED", None)


def test_a_country_and_the_pages_to_return_to_are_checked(till: Till) -> None:
    for country, code in [
        ("", "TEXT_BLANK"),
        ("D ", "TEXT_HAS_CONTROLS"),
        ("DEU", "TEXT_TOO_LONG"),
    ]:
        assert problem(onboard(till, country=country)) == (422, code)

    answer = onboard(till, return_url="javascript:alert(1)")

    assert problem(answer) == (422, "ADDRESS_INVALID")

    key = till.web.new_key("payments:write", owner=Actor.system("importer"))

    assert problem(till.web.get(ME, key=key)) == (403, "NOT_A_USER")
    registered = till.web.post(ME, json=REGISTRATION, once="a", key=key)
    assert problem(registered) == (403, "NOT_A_USER")
    onboarded = till.web.post(ONBOARD, json=ONBOARDING, once="b", key=key)
    assert problem(onboarded) == (403, "NOT_A_USER")


def test_a_winner_is_a_payee_without_a_stripe_but_opens_no_account(web: Web) -> None:
    registered = saved(web.post(ME, json=REGISTRATION, once="a"), 200)
    opened = web.post(ONBOARD, json=ONBOARDING, once="b")
    shown = saved(web.get(ME), 200)

    assert problem(opened) == (503, "PAYMENTS_NOT_CONFIGURED")
    assert (registered["status"], shown["account_state"]) == ("NEW", None)
