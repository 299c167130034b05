"""The demonstration of money on a running instance: from paid entries to paid winners."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.service.processes import (
    free_port,
    read_json_line,
    start_command,
    stop_command,
    wait_until_ready,
)

from indelible.kernel import Actor
from indelible.money.commands.payouts import AttachDestination, ClosePayee, RegisterPayee
from indelible.money.entities.values import AccountKind, MovementKind
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.payees import attach_own_destination, close_payee, register_payee
from indelible.money.rules.ledger.drafts import AccountKey, MovementDraft, Step
from indelible_service.cli import main
from indelible_service.database import open_configured_store
from indelible_service.demos.money import OWN_APPROVALS, STRIPE_ENDS
from indelible_service.demos.stripe import EnrollmentRefused, demo_stripe
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore


@pytest.mark.slow
def test_winners_are_paid_automatically_through_the_instance_and_its_webhook(
    tmp_path: Path,
) -> None:
    settings = {
        "STRIPE_API_KEY": "sk_test_demo",
        "STRIPE_WEBHOOK_SECRET": "whsec_demo",
        "STRIPE_API_URL": f"http://127.0.0.1:{free_port()}",
        "INDELIBLE_DATA_DIR": str(tmp_path / "data"),
        "INDELIBLE_PORT": str(free_port()),
    }
    with start_command("up", "--json", cwd=tmp_path, **settings) as process:
        output = read_json_line(process)
        wait_until_ready(output["address"])
        result = CliRunner(env=settings).invoke(
            main, ("demo", "money", "--json"), catch_exceptions=False
        )
        stop_command(process)

    assert result.exit_code == 0, result.output
    steps = {step["text"]: step["rows"] for step in json.loads(result.stdout)}
    transfers = steps["The payouts:"]
    cents = sum(int(row[1].replace(".", "")) for row in transfers)
    assert cents == 5 * 2_501 - 1_250
    assert {row[2] for row in transfers} == {"completed"}
    assert {row[4].partition(":")[0] for row in transfers} == {"system"}
    assert "The sum of all accounts: 0.00." in steps
    kept = {row[0]: row[3] for row in steps["The ledger:"]}
    assert kept["platform_rake"] == "12.50"
    (conformity,) = (text for text in steps if text.startswith("Stripe's descriptions accept"))
    accepted, requests = (int(number) for number in re.findall(r"\d+", conformity))
    assert accepted == requests > 0
    assert list(steps)[-1] == STRIPE_ENDS
    assert OWN_APPROVALS not in steps
    assert_nobody_else_acted(tmp_path / "data")


def assert_nobody_else_acted(data_dir: Path) -> None:
    """Assert that each winner was asked for an account, has set it, and was paid by programs."""
    settings = Settings(data_dir=data_dir)
    with open_configured_store(settings) as store:
        changes = store.read(lambda tx: tx.history.feed(after="", limit=1_000)).changes
    actors: dict[str, set[str]] = {"payee": set(), "transfer": set()}
    asked = {change.data["party"] for change in changes if change.action == "request_account"}
    for change in changes:
        if change.lifecycle in actors:
            actors[change.lifecycle].add(str(change.actor))
        if (change.lifecycle, change.action) == ("payee", "attach"):
            assert str(change.actor) == f"user:{change.entity_id}"
    assert len(asked) == 3
    assert {actor.partition(":")[0] for actor in actors["transfer"]} == {"system"}
    users = {actor for actor in actors["payee"] if actor.startswith("user:")}
    assert users == {f"user:{party}" for party in asked}


@pytest.mark.slow
def test_a_winner_who_is_refused_ends_the_demonstration(sqlite: SqlStore, tmp_path: Path) -> None:
    otto = Actor.user("otto")
    sqlite.run(register_payee, RegisterPayee(party="ann"), actor=otto, reason="a test")
    sqlite.run(close_payee, ClosePayee(party="ann"), actor=otto, reason="a test")
    settings = Settings(database_url=sqlite.own_url, data_dir=tmp_path)

    with demo_stripe(settings, sqlite) as stripe:
        with pytest.raises(EnrollmentRefused, match="INVALID_TRANSITION"):
            stripe.enroll(["ann"])
        stripe.enroll(["bob"])

    payee = sqlite.read(lambda tx: tx.money.payees.get("bob").entity)
    assert payee.has_own_destination


@pytest.mark.slow
def test_a_second_demo_begins_with_the_balance_and_the_accounts_of_the_books(
    sqlite: SqlStore,
) -> None:
    attach = AttachDestination(party="ann", destination="acct_ann")
    sqlite.run(attach_own_destination, attach, actor=Actor.user("ann"), reason="a test")
    ours = AccountKey(AccountKind.STRIPE_BALANCE, None, "USD")
    draft = MovementDraft(
        kind=MovementKind.PROCESSING_FEE,
        key="fee:txn_1",
        currency="USD",
        source="txn_1",
        steps=(
            Step(
                debit=ours,
                credit=AccountKey(AccountKind.STRIPE_FEES, None, "USD"),
                amount_minor=735,
            ),
        ),
    )
    sqlite.run(post_movement, draft, actor=Actor.system("worker"), reason="a test")

    with demo_stripe(Settings(database_url=sqlite.own_url), sqlite) as stripe:
        (balance,) = stripe.gateway.retrieve_balance()
        account = stripe.gateway.retrieve_account("acct_ann")

    assert account.transfers_active
    assert (balance.currency, balance.total_minor) == ("USD", 735)
