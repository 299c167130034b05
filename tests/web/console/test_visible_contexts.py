"""A context that is off: hidden until it has a record, then shown with what is missing."""

from typing import Final, cast

import pytest
from attrs import evolve
from tests.core.money.gateway import ScriptedGateway
from tests.web.console.visitor import SettableClock, Site, Visitor
from tests.web.failing import Failing
from tests.web.harness import SETTINGS, RenewableStore, memory
from tests.web.minting import MAYA_S, minted

from indelible.app import AppContext
from indelible.kernel import StoreBusy
from indelible.money.entities.ids import movement_id
from indelible.testing.money.payments import open_charge
from indelible.testing.money.reconciliations import finish, start
from indelible.testing.money.transfers import SETTLEMENT, id_of, planned, sent
from indelible.testing.stores import AnyStore
from indelible_web import money, tokens
from indelible_web.console.visible_contexts import VisibleContexts
from indelible_web.contexts import CONTEXTS

pytestmark = pytest.mark.slow

HOME: Final = "/console/"
TASKS: Final = "/console/tasks"
TOKENS: Final = "/console/tokens"
MONEY: Final = "/console/money"
OFF: Final = evolve(SETTINGS, webhook_secret=b"", stripe_webhook_secrets=())


def operator_of(site: Site) -> Visitor:
    return site.member("console", "admin", "tokens:read")


def links(visitor: Visitor, path: str = HOME) -> list[str]:
    """Return the links of a page."""
    assert visitor.get(path).status_code == 200
    return visitor.page.links


def disabled_buttons(visitor: Visitor) -> int:
    """Count the buttons of the page that cannot be used."""
    count = 0
    for tag, attributes in visitor.page.tags:
        count += tag == "button" and "disabled" in attributes

    return count


def test_a_context_that_is_off_is_hidden_until_it_has_a_record(any_site: Site) -> None:
    off = Site(any_site.store, OFF)
    operator = operator_of(off)

    assert TOKENS not in links(operator)
    assert "Tokens:" not in operator.page.words
    assert TOKENS not in links(operator, TASKS)
    assert "chain" not in operator.page.words

    minted(any_site.store, MAYA_S)
    assert TOKENS not in links(operator)

    off.clock.forward(seconds=10)
    assert TOKENS in links(operator)
    assert "Tokens: detected 1" in operator.page.words
    assert MONEY not in operator.page.links
    assert TOKENS in links(operator, TASKS)
    assert "The chain" in operator.page.words


def test_a_store_that_does_not_answer_hides_a_context_only_meanwhile() -> None:
    store = RenewableStore()
    clock = SettableClock()
    app_context = AppContext(store=cast("AnyStore", store), clock=clock)
    visible = VisibleContexts.of(app_context, OFF, CONTEXTS)
    full = memory()
    minted(full, MAYA_S)

    store.put(cast("AnyStore", Failing(StoreBusy(8))))
    assert tokens.CONTEXT not in visible.contexts()

    store.put(full)
    assert tokens.CONTEXT not in visible.contexts()
    clock.forward(seconds=10)
    assert tokens.CONTEXT in visible.contexts()
    assert money.CONTEXT not in visible.contexts()


def test_the_page_of_a_context_that_is_off_says_what_is_missing_to_members_alone(
    any_site: Site,
) -> None:
    operator = operator_of(Site(any_site.store, OFF))

    operator.get(TOKENS)
    assert tokens.CONTEXT.off_notice in operator.page.words
    operator.get(f"{TOKENS}/1")
    assert operator.page.words.count(tokens.CONTEXT.off_notice) == 1
    operator.get(HOME)
    assert "This process" not in operator.page.words

    on = operator_of(any_site)
    on.get(TOKENS)
    assert "This process" not in on.page.words

    stranger = Site(any_site.store, OFF).visitor()

    assert stranger.post(f"{MONEY}/inbox/backfill", {}).status_code == 401
    assert "This process" not in stranger.page.words

    for page, form in [("/inbox", "/backfill"), ("/reconciliations", "/start")]:
        planned(any_site.store)
        operator = operator_of(Site(any_site.store, OFF))

        operator.get(f"{MONEY}{page}")
        assert disabled_buttons(operator) == 1
        assert "it has no key of Stripe. PAYMENTS_NOT_CONFIGURED" in operator.page.words

        refused = operator.send(form, reason="a test", scope="CHEAP")
        assert refused.status_code == 503
        assert "Refused. This service takes no payments" in operator.page.words

        with_stripe = operator_of(Site(any_site.store, OFF, stripe=ScriptedGateway()))
        with_stripe.get(f"{MONEY}{page}")
        assert disabled_buttons(with_stripe) == 0
        assert "This process" not in with_stripe.page.words


def test_money_that_was_moved_with_stripe_is_read_without_it(any_site: Site) -> None:
    store = any_site.store
    planned(store)
    sent(store, "ann")
    report = finish(store, start(store))
    charge = open_charge(store, "entry-1").charge
    operator = operator_of(Site(store, OFF))
    expected = {
        "": "entry-1",
        f"/payments/{charge.id}": "Payment of entry-1",
        f"/payouts/{id_of('ann')}": "Completed",
        "/payouts": "56.28 USD",
        "/ledger": "Stripe balance",
        f"/movements/{movement_id(f'settlement:{SETTLEMENT}')}": "platform",
        "/reconciliations": "Cheap Complete 0 R1, R2",
        f"/reconciliations/{report.id}": "Discrepancies None.",
        "/disputes": "Disputes",
        "/inbox": "Webhook inbox",
    }

    assert MONEY in links(operator)
    for path, part in expected.items():
        assert operator.get(f"{MONEY}{path}").status_code == 200, path
        assert part in operator.page.words, (path, operator.page.words)
        assert money.CONTEXT.off_notice in operator.page.words, path
        assert operator.page.active_markup() == []
