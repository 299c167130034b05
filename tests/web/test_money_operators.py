"""The operator's routes of money: ledger, inbox, refunds, reconciliations, payouts, payees."""

from datetime import timedelta
from typing import Any, Final

import pytest
from tests.web.declared import assert_declared, declared_codes
from tests.web.harness import Json, problem, saved
from tests.web.paying import FEE, REFERENCE, WORKER, Till

from indelible.kernel import Actor
from indelible.money import AccountKind, Settle, SettlementLine
from indelible.money.entities.ids import transfer_id
from indelible.money.entities.stripe_objects import AccountObject
from indelible.money.entities.values import account_id
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.handlers.ledger import post_movement, settle
from indelible.money.rules.ledger.payouts import guarantee_topup

pytestmark = pytest.mark.slow

REASON: Final = {"reason": "a test"}
SETTLEMENT: Final = "settlement-1"
ESCROW: Final = account_id(AccountKind.ESCROW, REFERENCE, "EUR")
SOUND: Final = [{"currency": "EUR", "identity_minor": 0}]

ABOUT_ONE: Final = (
    "payments/charges/x/refund",
    "payments/events/x/replay",
    "ledger/movements/x/reversal/propose",
    "ledger/movements/x/reversal/approve",
    "payouts/jobs/x/plan",
    "payouts/transfers/x/approve",
    "payouts/transfers/x/park",
    "payouts/transfers/x/unpark",
    "payouts/transfers/x/reissue",
    "payouts/transfers/x/unclaim",
    "payees/x/close",
    "payees/x/reopen",
)
UNKNOWN: Final = (
    "payments/charges/x",
    "payments/events/x",
    "payments/events/x/payload",
    "payments/reconciliations/x",
    "payments/reconciliations/x/discrepancies",
    "ledger/accounts/x/postings",
    "ledger/movements/x",
    "ledger/movements/x/postings",
    "payouts/transfers/x",
    "payouts/transfers/x/attempts",
    "payouts/transfers/x/lookup",
    "payouts/jobs/x",
    "payees/x",
)


@pytest.fixture
def desk(till: Till) -> Till:
    """Return an application whose caller is an operator and a payer."""
    till.web.key = till.web.new_key("admin")
    return till


def send(till: Till, path: str, once: str = "key-1", **body: object) -> Any:  # noqa: ANN401 - of any type
    """Send a command, and check that a refusal has a code that its route declares."""
    key = till.web.new_key("admin", owner=Actor.user(str(body.pop("by", "maya"))))
    answer = till.web.post(f"/admin/{path}", json={**body, **REASON}, once=once, key=key)
    assert_declared(till.web.app, "POST", f"/admin/{path}", answer)
    return answer


def show(till: Till, path: str) -> Json:
    return saved(till.web.get(f"/admin/{path}"), 200)


def settled(till: Till) -> str:
    """Settle the escrow of one paid charge, and return the id of Ann's transfer."""
    till.pay()
    command = Settle(
        settlement_id=SETTLEMENT,
        reference=REFERENCE,
        currency="EUR",
        lines=(SettlementLine(party="ann", amount_minor=FEE - 1),),
        rake_minor=1,
        rounding_minor=0,
        retained_minor=0,
        top_up_minor=0,
        items=("entry-1",),
    )
    till.store.run(settle, command, actor=WORKER, reason="a test")
    return transfer_id(SETTLEMENT, "ann")


def topped_up(till: Till) -> str:
    """Add money of the platform to an escrow, and return the id of the movement."""
    draft = guarantee_topup(
        settlement_id=SETTLEMENT, reference=REFERENCE, amount_minor=FEE, currency="EUR"
    )
    posted = till.store.run(
        lambda tx, _: post_movement(tx, draft), None, actor=WORKER, reason="a test"
    )
    return posted.movement.id


def test_what_does_not_exist_is_refused_as_declared(desk: Till) -> None:
    commands: dict[str, Json] = {path: {} for path in ABOUT_ONE}
    commands["payees/x/destination"] = {"destination": "acct_1"}
    answers = {("GET", path): desk.web.get(f"/admin/{path}") for path in UNKNOWN}
    for path, body in commands.items():
        answers["POST", path] = send(desk, path, once=path, **body)

    for (method, path), answer in answers.items():
        status, code = problem(answer)
        assert status == 404
        assert code in declared_codes(desk.web.app, method, f"/admin/{path}")


def test_the_books_show_each_posting_with_its_cause(desk: Till) -> None:
    desk.pay()
    balances = show(desk, "ledger/balances")
    accounts = show(desk, f"ledger/accounts?reference={REFERENCE}")["items"]
    (line,) = show(desk, f"ledger/accounts/{ESCROW}/postings")["items"]
    movement = show(desk, f"ledger/movements/{line['movement_id']}")
    (posting,) = show(desk, f"ledger/movements/{line['movement_id']}/postings")["items"]

    assert balances["identities"] == SOUND
    assert [account["balance_minor"] for account in accounts] == [FEE]
    assert (line["side"], line["amount_minor"], line["kind"]) == ("credit", FEE, "ENTRY_FEE")
    assert line["key"].startswith("stripe_event:")
    assert (movement["key"], movement["reversed_by"]) == (line["key"], None)
    assert posting["credit_account_id"] == ESCROW
    kinds = [item["kind"] for item in show(desk, "ledger/movements")["items"]]
    assert "ENTRY_FEE" in kinds


def test_events_are_listed_with_their_bytes_and_replayed_when_dead(desk: Till) -> None:
    desk.deliver(desk.event("payment_intent.succeeded"))
    (listed,) = show(desk, "payments/events")["items"]
    detail = show(desk, f"payments/events/{listed['id']}")
    payload = desk.web.get(f"/admin/payments/events/{listed['id']}/payload")
    early = send(desk, f"payments/events/{listed['id']}/replay")

    assert (listed["status"], detail["attempts"]) == ("RECEIVED", [])
    assert payload.data.startswith(b'{"id": "evt_1"')
    assert problem(early) == (409, "INVALID_TRANSITION")

    desk.deliver(desk.event(), "t=1,v1=0")

    (rejection,) = show(desk, "payments/webhook-rejections")["items"]
    assert rejection["code"] == "STRIPE_SIGNATURE_INVALID"


def test_an_operator_refunds_a_payment_once(desk: Till) -> None:
    charge_id = desk.pay()["id"]
    for amount in [10.0, 10.5, "10", True, 0, -1, [10], 10**30]:
        answer = send(desk, f"payments/charges/{charge_id}/refund", amount_minor=amount)

        assert problem(answer) == (422, "INVALID_AMOUNT")
        assert show(desk, f"payments/charges/{charge_id}")["refunds"] == []

    first = saved(send(desk, f"payments/charges/{charge_id}/refund"), 200)
    again = saved(send(desk, f"payments/charges/{charge_id}/refund"), 200)
    running = saved(send(desk, f"payments/charges/{charge_id}/refund", once="key-2"), 200)

    assert first == again
    assert running["id"] == first["id"]
    assert (first["amount_minor"], first["reason_code"]) == (FEE, "REQUESTED")
    desk.work()
    detail = show(desk, f"payments/charges/{charge_id}")
    assert detail["charge"]["status"] == "REFUNDED"
    assert [item["status"] for item in detail["refunds"]] == ["succeeded"]


def test_a_halt_lasts_until_an_operator_resumes(desk: Till) -> None:
    assert problem(send(desk, "payments/resume")) == (404, "PAYMENT_SWITCH_NOT_FOUND")

    (rejection,) = show(desk, "rejections")["items"]
    assert (rejection["command"], rejection["code"]) == (
        "resume_payments",
        "PAYMENT_SWITCH_NOT_FOUND",
    )

    before = show(desk, "payments/switch")
    halted = saved(send(desk, "payments/halt", reason_code="drill"), 200)
    resumed = saved(send(desk, "payments/resume", once="key-2"), 200)

    assert (before["is_halted"], halted["is_halted"], resumed["is_halted"]) == (False, True, False)
    assert halted["reason_code"] == "drill"


def test_a_requested_reconciliation_is_a_task_that_is_due(desk: Till) -> None:
    task = saved(send(desk, "payments/reconciliations", scope="FULL"), 200)

    stored = desk.store.read(lambda tx: tx.tasks.get(task["stage"], task["entity_id"]))
    assert stored.due_at is not None
    assert show(desk, "payments/reconciliations")["items"] == []


def test_a_payout_needs_a_plan_and_the_approval_of_another_person(desk: Till) -> None:
    transfer = settled(desk)
    (owed,) = show(desk, f"payouts/owed?reference={REFERENCE}")["items"]
    assert (owed["party"], owed["amount_minor"], owed["transfer_id"]) == ("ann", FEE - 1, None)

    job = saved(send(desk, f"payouts/jobs/{SETTLEMENT}/plan"), 200)
    own = send(desk, f"payouts/transfers/{transfer}/approve", once="a")
    approved = saved(send(desk, f"payouts/transfers/{transfer}/approve", once="b", by="noor"), 200)

    assert (job["transfer_count"], job["total_minor"]) == (1, FEE - 1)
    assert problem(own) == (409, "FOUR_EYES_REQUIRED")
    assert (approved["approved_by"], approved["approval_reason"]) == ("user:noor", "a test")
    (owed,) = show(desk, "payouts/owed?party=ann")["items"]
    assert owed["transfer_id"] == transfer
    progress = show(desk, f"payouts/jobs/{SETTLEMENT}")
    assert (progress["ended"], progress["states"]) == (0, [{"status": "pending", "transfers": 1}])

    saved(send(desk, f"payouts/jobs/{SETTLEMENT}/plan"), 200)
    detail = show(desk, f"payouts/transfers/{transfer}")

    assert (detail["calls"], detail["look_ups"], detail["is_adopted"]) == (0, 0, False)
    assert (detail["reissued_as"], detail["can_reissue"]) == ([], False)
    assert detail["payee_status"] is None


def test_an_approval_names_the_account_that_was_compared(desk: Till) -> None:
    transfer = settled(desk)
    saved(send(desk, f"payouts/jobs/{SETTLEMENT}/plan"), 200)
    saved(send(desk, "payees", party="ann", by="otto"), 200)
    attach = {"destination": "acct_otto", "by": "otto", "once": "d"}
    saved(send(desk, "payees/ann/destination", **attach), 200)
    path = f"payouts/transfers/{transfer}/approve"
    detail = show(desk, f"payouts/transfers/{transfer}")
    other = send(desk, path, once="a", by="noor", destination="acct_ann")
    none = send(desk, path, once="b", by="noor", destination=None)
    approved = saved(send(desk, path, once="c", by="noor", destination="acct_otto"), 200)

    assert (detail["payee_destination"], detail["payee_destination_set_by"]) == (
        "acct_otto",
        "user:otto",
    )
    assert problem(other) == problem(none) == (409, "DESTINATION_MISMATCH")
    assert approved["approved_destination"] == "acct_otto"


def test_an_approved_transfer_is_parked_and_waits_for_its_payee(desk: Till) -> None:
    transfer = settled(desk)
    saved(send(desk, f"payouts/jobs/{SETTLEMENT}/plan"), 200)
    saved(send(desk, f"payouts/transfers/{transfer}/approve", once="a", by="noor"), 200)
    parked = saved(send(desk, f"payouts/transfers/{transfer}/park", once="b"), 200)
    unpark = send(desk, f"payouts/transfers/{transfer}/unpark", once="c")
    unclaim = send(desk, f"payouts/transfers/{transfer}/unclaim", once="d")

    assert (parked["status"], parked["failure_code"]) == ("parked", "operator")
    assert problem(unpark) == (409, "PAYOUT_ACCOUNT_MISSING")
    assert problem(unclaim) == (409, "UNCLAIMED_TOO_EARLY")
    assert show(desk, f"payouts/transfers/{transfer}/attempts")["items"] == []
    assert [item["id"] for item in show(desk, "payouts/transfers?status=parked")["items"]] == [
        transfer
    ]


def test_a_payee_is_registered_and_gets_an_account(desk: Till) -> None:
    new = saved(send(desk, "payees", party="ann"), 200)
    attached = saved(send(desk, "payees/ann/destination", once="b", destination="acct_1"), 200)

    assert (new["status"], new["destination"]) == ("NEW", None)
    assert (attached["status"], attached["destination"]) == ("RESTRICTED", "acct_1")
    taken = send(desk, "payees", once="c", party="bob")
    assert saved(taken, 200)["id"] == "bob"
    again = send(desk, "payees/bob/destination", once="d", destination="acct_1")
    assert problem(again) == (409, "DESTINATION_TAKEN")
    assert {item["id"] for item in show(desk, "payees")["items"]} == {"ann", "bob"}


def active_account(desk: Till, account_id: str) -> None:
    """Let Stripe have an account that receives transfers."""
    desk.gateway.accounts[account_id] = AccountObject(
        id=account_id, transfers_active=True, payouts_enabled=True
    )


def test_an_attached_account_is_read_at_stripe_at_once(desk: Till) -> None:
    active_account(desk, "acct_1")
    saved(send(desk, "payees", party="ann"), 200)
    attached = saved(send(desk, "payees/ann/destination", once="b", destination="acct_1"), 200)
    again = saved(send(desk, "payees/ann/destination", once="b", destination="acct_1"), 200)

    assert (attached["status"], attached["destination"]) == ("READY", "acct_1")
    assert again == attached
    assert show(desk, "payees/ann")["status"] == "READY"

    saved(send(desk, "payees/ann/close", once="c"), 200)
    refused = send(desk, "payees/ann/onboard", once="d", **ONBOARDING)

    assert problem(refused) == (409, "INVALID_TRANSITION")
    assert desk.gateway.count("create_account") == 0


def test_an_account_is_attached_while_stripe_does_not_answer(desk: Till) -> None:
    active_account(desk, "acct_1")
    desk.gateway.failures.before["retrieve_account"] = [GatewayOutage("no answer")]
    saved(send(desk, "payees", party="ann"), 200)
    attached = saved(send(desk, "payees/ann/destination", once="b", destination="acct_1"), 200)

    assert (attached["status"], attached["destination"]) == ("RESTRICTED", "acct_1")
    assert show(desk, "payees/ann")["status"] == "RESTRICTED"


ONBOARDING: Final = {
    "country": "DE",
    "refresh_url": "https://example.org/again",
    "return_url": "https://example.org/done",
}


def test_an_onboarded_account_is_read_at_stripe(desk: Till) -> None:
    body = ONBOARDING
    opened = saved(send(desk, "payees/ann/onboard", **body), 200)
    active_account(desk, "acct_ann")
    again = saved(send(desk, "payees/ann/onboard", once="key-2", **body), 200)

    assert (opened["payee"]["status"], again["payee"]["status"]) == ("RESTRICTED", "READY")
    assert desk.gateway.count("retrieve_account") == 2


def test_a_payee_keeps_its_account_when_stripe_has_forgotten_the_key(desk: Till) -> None:
    saved(send(desk, "payees/ann/onboard", **ONBOARDING), 200)
    active_account(desk, "acct_ann")
    desk.gateway.forget_keys()
    again = saved(send(desk, "payees/ann/onboard", once="key-2", **ONBOARDING), 200)

    assert (again["payee"]["status"], again["payee"]["destination"]) == ("READY", "acct_ann")
    assert again["url"].endswith("/acct_ann")
    assert desk.gateway.count("create_account") == 1


def test_an_attached_account_is_onboarded(desk: Till) -> None:
    saved(send(desk, "payees", party="ann"), 200)
    saved(send(desk, "payees/ann/destination", once="b", destination="acct_1"), 200)
    active_account(desk, "acct_1")
    opened = saved(send(desk, "payees/ann/onboard", once="c", **ONBOARDING), 200)

    assert opened["payee"]["destination"] == "acct_1"
    assert opened["url"].endswith("/acct_1")
    assert desk.gateway.count("create_account") == 0


def test_an_account_is_created_under_the_next_key_after_a_stored_failure(desk: Till) -> None:
    stored = GatewayOutage("a stored 500", is_replayed=True)
    desk.gateway.failures.before["create_account"] = [stored]

    opened = saved(send(desk, "payees/ann/onboard", **ONBOARDING), 200)

    assert opened["payee"]["destination"] == "acct_ann"
    keys = [key for method, key in desk.gateway.calls if method == "create_account"]
    assert keys == ["account:ann", "account:ann:g2"]


def test_a_movement_is_reversed_by_two_persons_at_most_once(desk: Till) -> None:
    movement_id = topped_up(desk)
    path = f"ledger/movements/{movement_id}/reversal"
    missing = send(desk, f"{path}/approve", once="a")
    proposal = saved(send(desk, f"{path}/propose", once="b"), 200)
    alone = send(desk, f"{path}/approve", once="c")
    mirror = saved(send(desk, f"{path}/approve", once="d", by="noor"), 200)
    again = saved(send(desk, f"{path}/approve", once="e", by="noor"), 200)
    late = send(desk, f"{path}/propose", once="f")

    assert problem(missing) == (409, "REVERSAL_NOT_PROPOSED")
    assert proposal["kind"] == "REVERSAL_PROPOSED"
    assert problem(alone) == (409, "REVERSAL_NEEDS_SECOND_PERSON")
    assert mirror["reverses"] == movement_id
    assert again["id"] == mirror["id"]
    assert problem(late) == (409, "MOVEMENT_REVERSED")
    assert show(desk, "ledger/balances")["identities"] == SOUND
    movement = show(desk, f"ledger/movements/{movement_id}")
    assert movement["reversed_by"] == mirror["id"]
    assert movement["reversal_proposed_by"] == "user:maya"


def test_a_reversal_is_taken_back_but_not_what_stripe_has_reported(desk: Till) -> None:
    movement_id = topped_up(desk)
    before = show(desk, "ledger/balances")["items"]
    for _ in range(2):
        path = f"ledger/movements/{movement_id}/reversal"
        saved(send(desk, f"{path}/propose", once=f"p-{movement_id}"), 200)
        mirror = saved(send(desk, f"{path}/approve", once=f"a-{movement_id}", by="noor"), 200)
        movement_id = mirror["id"]

    assert show(desk, "ledger/balances")["items"] == before

    known = {item["id"] for item in show(desk, "ledger/movements")["items"]}
    desk.pay()
    reported = [item for item in show(desk, "ledger/movements")["items"] if item["id"] not in known]
    assert reported
    for movement in reported:
        refused = send(desk, f"ledger/movements/{movement['id']}/reversal/propose", once="p")
        assert problem(refused) == (409, "MOVEMENT_HAS_EVIDENCE"), movement["kind"]


def test_lists_have_next_pages_and_states(desk: Till) -> None:
    desk.open(days=timedelta(hours=-1) / timedelta(days=1))

    (charge,) = show(desk, "payments/charges?status=PENDING")["items"]
    assert charge["party"] == "maya"

    for number in range(3):
        desk.open(f"entry-{number}")
    first = show(desk, "payments/charges?limit=2")
    second = show(desk, f"payments/charges?limit=2&cursor={first['next']}")

    items = [item["item"] for item in (*first["items"], *second["items"])]
    assert sorted(items) == ["entry-0", "entry-1", "entry-2"]
    assert second["next"] is None
