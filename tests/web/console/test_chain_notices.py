"""Test the chain's notices in the console: on the home page, and on the page of tasks."""

import pytest
from attrs import evolve
from tests.web.console.visitor import Site, Visitor
from tests.web.harness import SETTINGS
from tests.web.minting import acted

from indelible import tokens
from indelible.app import WriteTx
from indelible.tokens import ContractState
from indelible.tokens.commands import RecordContract, ReportChainFault
from indelible.tokens.rules.notices import FAULT_CODES, ChainFault

pytestmark = pytest.mark.slow

HOME = "/console/"
TASKS = "/console/tasks"
NOTICES = f"{TASKS}#notices"
OPERATOR = ("console", "admin")
CONTRACT = RecordContract(
    contract_id="eip155:1:0xaa", state=ContractState(code_hash=f"0x{'01' * 32}")
)
OTHER_CODE = evolve(CONTRACT, state=ContractState(code_hash=f"0x{'02' * 32}"))


def report(site: Site, code: str, message: str = "The contract is another one.") -> None:
    """Record a fault that pauses detection."""
    command = ReportChainFault(fault=ChainFault(code=code, message=message))
    acted(site.store, lambda tx: tokens.report_chain_fault(tx, command))


def record(site: Site, *commands: RecordContract) -> None:
    """Record the code that a contract has had, the oldest first."""

    def record_all(tx: WriteTx) -> None:
        for command in commands:
            tokens.record_contract(tx, command)

    acted(site.store, record_all)


def home(site: Site, *scopes: str) -> Visitor:
    """Return a member who has opened the home page."""
    member = site.member(*scopes)
    assert member.get(HOME).status_code == 200
    return member


@pytest.mark.parametrize("code", FAULT_CODES)
def test_a_fault_that_pauses_detection_is_urgent_and_leads_to_its_notice(
    any_site: Site, code: str
) -> None:
    report(any_site, code)

    member = home(any_site, *OPERATOR)
    assert "Urgent The detection of mints is paused." in member.page.words
    assert f"{code}: The contract is another one." in member.page.words
    assert NOTICES in member.page.links

    member.get(NOTICES)
    text = member.page.words
    assert f"{code} Detection is paused. The contract is another one." in text
    assert "notices" in {attributes.get("id") for _, attributes in member.page.tags}
    assert not [form for form in member.page.forms if form.action.endswith("/acknowledge")]


def test_changed_code_is_shown_until_an_operator_acknowledges_it(any_site: Site) -> None:
    record(any_site, CONTRACT, OTHER_CODE)
    member = home(any_site, *OPERATOR)
    assert "Check The contract has other code than before." in member.page.words

    member.get(TASKS)
    assert member.send("/acknowledge", reason="the upgrade was announced").status_code == 303

    member.follow()
    assert "Acknowledged. The contract is read as before." in member.page.words
    assert "CONTRACT_CHANGED" not in member.page.words
    member.get(HOME)
    assert "other code" not in member.page.text
    last_change = any_site.store.read(lambda tx: tx.history.newest(limit=1)).changes[0]
    assert last_change.reason == "the upgrade was announced"
    assert str(last_change.actor) == "user:maya"


def test_an_acknowledgement_needs_a_reason_and_the_scope_of_an_operator(site: Site) -> None:
    for reason in ["", " ", "x" * 1_001]:
        record(site, CONTRACT, OTHER_CODE)
        member = home(site, *OPERATOR)
        member.get(TASKS)

        assert member.send("/acknowledge", reason=reason).status_code == 422

        assert "Refused." in member.page.words
        assert member.page.form("/acknowledge").fields["reason"] == [reason]
        member.get(HOME)
        assert "other code" in member.page.text

    record(site, CONTRACT, OTHER_CODE)
    operator = home(site, *OPERATOR)
    operator.get(TASKS)
    form = operator.page.form("/acknowledge")

    member = site.member("console", "tokens:read")
    member.get("/console/tokens")
    fields = {**form.fields, "csrf": [member.page.csrf_token()], "reason": ["mine"]}

    assert member.post(form.action, fields).status_code == 403
    operator.get(HOME)
    assert "other code" in operator.page.text


def test_notices_are_text_for_operators_where_tokens_are_on_until_they_end(any_site: Site) -> None:
    report(any_site, FAULT_CODES[0], "<script>alert(1)</script>")

    for path in (HOME, TASKS):
        member = home(any_site, *OPERATOR)
        member.get(path)
        assert member.page.active_markup() == []
        assert "<script>alert(1)</script>" in member.page.words

    report(any_site, FAULT_CODES[0])

    assert "detection of mints" not in home(any_site, "console", "tokens:read").page.words

    off = Site(any_site.store, evolve(SETTINGS, webhook_secret=b""))
    assert "detection of mints" not in home(off, *OPERATOR).page.words

    report(any_site, FAULT_CODES[0])
    record(any_site, CONTRACT)

    assert "detection of mints" not in home(any_site, *OPERATOR).page.words
