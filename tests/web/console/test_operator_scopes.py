"""Test what an operator with the scope `ops` is shown in the console, and what is kept back."""

import re
from typing import Final

import pytest
from tests.web.console.visitor import Site, Visitor
from tests.web.harness import memory

from indelible.contests import ContestStatus
from indelible.kernel import Actor
from indelible.kernel.rejections import list_rejections
from indelible.testing.contests.scenarios import contest_in, live_contest
from indelible.testing.money.transfers import planned, transfer_of
from indelible_web.console import stages, tasks
from indelible_web.console.page import PREFIX, ConsolePage
from indelible_web.contests import contest_forms
from indelible_web.contexts import CONTEXTS
from indelible_web.money import forms
from indelible_web.tokens import pages as token_pages

OTTO: Final = Actor.user("otto")
FORMS: Final[tuple[ConsolePage, ...]] = tuple(
    page
    for page in (
        *forms.PAGES,
        *contest_forms.PAGES,
        *token_pages.PAGES,
        *stages.PAGES,
        *tasks.PAGES,
    )
    if page.method == "POST"
)
DECISIONS: Final = {
    "/contests/<contest_id>/cancel",
    "/money/payouts/<transfer_id>/approve",
}
HOME: Final = f"{PREFIX}/"
LISTS: Final = (
    "/contests",
    "/money",
    "/money/disputes",
    "/money/inbox",
    "/money/ledger",
    "/money/payees",
    "/money/payouts",
    "/money/reconciliations",
    "/tasks",
)


@pytest.fixture
def operator(site: Site) -> Visitor:
    return site.member("console", "ops", owner=OTTO)


def is_missing_scope(visitor: Visitor, rule: str, entity_id: str) -> bool:
    """Send a form to a rule and return True if it is refused for the lack of a scope."""
    visitor.get(HOME)
    address = re.sub(r"<\w+>", entity_id, rule.replace("<action>", "pause"))
    data = {"csrf": visitor.page.csrf_token(), "once": "key-1", "reason": "a test"}
    answer = visitor.post(PREFIX + address, data)
    return answer.status_code == 403 and "SCOPE_MISSING" in visitor.page.words


def test_a_form_needs_the_scope_of_its_route_and_its_refusal_leaves_a_record(
    site: Site, operator: Visitor
) -> None:
    planned(site.store)
    transfer_id = transfer_of(site.store, "ann").id
    rule = "/money/payouts/<transfer_id>/approve"
    assert is_missing_scope(operator, rule, transfer_id)

    (rejection,) = site.store.read(list_rejections, limit=10)
    assert rejection.actor == OTTO
    assert (rejection.code, rejection.reason) == ("SCOPE_MISSING", "a test")
    assert rejection.command == f"{PREFIX}{rule}"

    for page in FORMS:
        planned(site.store)
        transfer_id = transfer_of(site.store, "ann").id

        assert is_missing_scope(operator, page.rule, transfer_id) is (page.rule in DECISIONS)
        assert is_missing_scope(site.member("console", "concepts:read"), page.rule, transfer_id)
        assert not is_missing_scope(site.member("console", "admin"), page.rule, transfer_id)


def test_an_operator_opens_the_pages_of_operators(site: Site, operator: Visitor) -> None:
    operator.get(HOME)
    for rule in LISTS:
        section = PREFIX + "/" + rule.split("/")[1]
        assert section in operator.page.links
        assert operator.get(PREFIX + rule).status_code == 200

        reader = site.member("console", "concepts:read")
        reader.get(HOME)
        assert section not in reader.page.links
        assert reader.get(PREFIX + rule).status_code == 403


def test_an_operator_pauses_and_resolves_contests_and_cancels_none(
    site: Site, operator: Visitor
) -> None:
    contest = contest_in(site.store, ContestStatus.ERROR)
    operator.get(HOME)
    assert "is in ERROR and waits for you." in operator.page.words
    path = operator.page.link(contest.contest_id)
    operator.get(path)
    assert 'value="resume"' in operator.client.get(path).text
    assert 'value="cancel"' not in operator.client.get(path).text
    assert 'value="cancel"' in site.member("console", "admin").client.get(path).text

    operator.send("/resolve", action="cancel", reason="a test")
    assert "SCOPE_MISSING" in operator.page.words
    assert contest.contest.is_in_error

    contest = live_contest(site.store)
    path = f"{PREFIX}/contests/{contest.contest_id}"
    operator.get(path)
    actions = {form.action.rpartition("/")[2] for form in operator.page.forms}
    assert "pause" in actions
    assert "cancel" not in actions

    operator.send("/pause", reason="a test")
    operator.follow()
    assert "Ingestion paused." in operator.page.words


def test_an_operator_sees_who_approves_a_transfer_and_no_form_for_it(
    site: Site, operator: Visitor
) -> None:
    planned(site.store)
    path = f"{PREFIX}/money/payouts/{transfer_of(site.store, 'ann').id}"
    operator.get(path)
    assert "somebody whose key has the scope admin approves the transfer" in operator.page.words
    assert not [form for form in operator.page.forms if form.action.endswith("/approve")]

    administrator = site.member("console", "admin", owner=OTTO)
    administrator.get(path)
    assert [form for form in administrator.page.forms if form.action.endswith("/approve")]


def test_an_operator_sees_and_creates_no_keys_of_others(site: Site, operator: Visitor) -> None:
    key_id = site.key("concepts:read").key.id
    operator.get(f"{PREFIX}/keys")
    assert key_id not in operator.page.words
    assert operator.get(f"{PREFIX}/keys/{key_id}").status_code == 404
    assert operator.get(f"{PREFIX}/keys/new").status_code == 403

    issuer = site.member("console", "ops", "keys:write", owner=OTTO)
    issuer.get(f"{PREFIX}/keys/new")
    assert 'value="ops"' in issuer.client.get(f"{PREFIX}/keys/new").text
    forged = {"scopes": ["admin"], "reason": "a test"}
    assert issuer.send("/new", None, **forged).status_code == 403
    assert "SCOPE_NOT_GRANTED" in issuer.page.words

    concepts = tuple(context for context in CONTEXTS if context.name == "concepts")
    administrator = Site(memory(), contexts=concepts).member("console", "admin")

    assert 'value="admin"' in administrator.client.get(f"{PREFIX}/keys/new").text
