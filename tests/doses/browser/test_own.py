"""Test the pages of a host's aggregates in a real browser: a ticket's life, and every kind."""

from datetime import timedelta
from random import Random
from typing import Any, get_type_hints

import pytest
from attrs import frozen
from playwright.sync_api import Page, expect
from tests.doses.browser.conftest import OpenPage, Serve, page_faults
from tests.doses.browser.test_console import is_pictured, save_picture
from tests.examples.consents import Consent, consents, grants
from tests.examples.shipments import Condition, Shipment, shipments
from tests.examples.tickets import Ticket, tickets
from tests.own.generated import generated
from tests.web.console.own_records import EMPTY, FULL, made_of, records
from tests.web.console.own_site import now, own_site, run
from tests.web.console.visitor import Site

from indelible.kernel import Head, IndelibleError
from indelible.kernel.actions import actions_of
from indelible.kernel.choices import choices_of
from indelible.kernel.contexts import Context
from indelible.testing.own.values import draw_for
from indelible.testing.stores import BEGINNING, MAYA
from indelible_web.own_pages.rows import ROWS_PER_PAGE

LOOKS = [(size, scripts) for size in ("desktop", "phone") for scripts in ("on", "blocked", "off")]
WITH_AXE = [look for look in LOOKS if look[1] != "off"]
HOSTS = [generated(number, 37) for number in range(4)]
STEPS = 8
TITLE = "Printer in room 4 is smoking, not burning"


@frozen
class Served:
    """A site with its address and the key of a person who may do everything."""

    site: Site
    address: str
    key: str


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    site = own_site(tickets, records, shipments, consents, grants, *HOSTS)
    return Served(site, serve(site.app), site.key("console", "admin").text)


@pytest.fixture(scope="module")
def ticket_desk(serve: Serve) -> Served:
    """Return a site with tickets alone beside the built-in contexts, as the documents show it."""
    site = own_site(tickets)
    site.clock.time = BEGINNING + timedelta(minutes=30)  # soon after the changes of the store
    return Served(site, serve(site.app), site.key("console", "admin").text)


def faults_of(page: Page, scripts: str) -> list[str]:
    """Return the faults of the page; without scripts, nothing can look for them."""
    return [] if scripts == "off" else page_faults(page)


def press(page: Page, name: str) -> None:
    """Press a button of the page, and wait for the next page."""
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state("load")


def send(page: Page, button: str, reason: str, *, within: str, **typed: str) -> None:
    """Fill in a form and send it."""
    form = page.locator(within)
    if form.evaluate("form => form.open === false"):
        form.locator("summary").click()  # a page with many forms has them closed
    for label, text in typed.items():
        form.get_by_label(label).fill(text)
    form.get_by_label("Reason").fill(reason)
    press(page, button)


@pytest.mark.parametrize(("size", "scripts"), LOOKS)
def test_a_ticket_goes_from_open_to_closed(
    ticket_desk: Served, open_page: OpenPage, size: str, scripts: str
) -> None:
    desk = ticket_desk
    page = open_page("light", size, scripts=scripts, address=desk.address, key=desk.key)
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Tickets").click()
    assert faults_of(page, scripts) == []
    page.get_by_role("link", name="New ticket").first.click()
    assert faults_of(page, scripts) == []
    number = f"T-{LOOKS.index((size, scripts)) + 1}"
    send(page, "Open", "a call", within="main", Number=number, Title="Printer on fire")
    expect(page.get_by_role("status").first).to_contain_text(f"{number} is saved: open.")
    expect(page.locator("h1")).to_contain_text(number)
    assert faults_of(page, scripts) == []

    send(page, "Rename", "seen it", within="#act-rename", Title=TITLE)
    send(page, "Assign", "on duty", within="#act-assign", Assignee="ann")
    expect(page.locator(".timeline ins").first).to_contain_text("ann")
    expect(page.locator(".timeline del").first).to_contain_text("on fire")
    assert faults_of(page, scripts) == []
    if is_pictured(size, scripts):
        page.reload()  # without the notice of the last action
        save_picture(page, "ticket", "light")

    send(page, "Close", "done", within="#act-close", Resolution="Put out.")
    expect(page.locator("aside")).to_contain_text("Nothing can follow the state Closed.")
    assert faults_of(page, scripts) == []
    page.get_by_role("link", name="As of change 1", exact=True).click()
    expect(page.locator("main")).to_contain_text("Printer on fire")
    assert faults_of(page, scripts) == []


@pytest.mark.parametrize(("size", "scripts"), WITH_AXE)
def test_a_refused_form_keeps_what_was_typed(
    served: Served, open_page: OpenPage, size: str, scripts: str
) -> None:
    site = served.site
    head = run(site, tickets, Ticket.open(number=f"S-{size}-{scripts}", title="Fire"))
    page = open_page("dark", size, scripts=scripts, address=served.address, key=served.key)
    page.goto(f"/console/tickets/{head.id}")
    run(site, tickets, Ticket.rename(head, title="Smoke"), reason="in the meantime")
    assign = page.locator("#act-assign")
    assign.get_by_label("Assignee").fill("ann")
    assign.get_by_label("Reason").fill("on duty")
    press(page, "Assign")
    expect(page.get_by_role("alert")).to_contain_text("STALE")
    expect(assign.get_by_label("Assignee")).to_have_value("ann")
    assert page_faults(page) == []

    assign.get_by_label("Assignee").fill("two words")
    press(page, "Assign")
    expect(page.locator(".fault")).to_contain_text("a space in an id")
    expect(assign.get_by_label("Reason")).to_have_value("on duty")
    assert page_faults(page) == []
    assign.get_by_label("Assignee").fill("ann")
    press(page, "Assign")
    assert now(site, tickets, head.id).entity.assignee == "ann"


@pytest.mark.parametrize("values", [FULL, EMPTY], ids=["full", "empty"])
def test_a_browser_sends_a_form_of_every_kind_as_it_shows_it(
    served: Served, open_page: OpenPage, values: dict[str, Any]
) -> None:
    code = f"{values['code']}-browser"
    head = run(served.site, records, made_of(values, code=code))
    page = open_page(address=served.address, key=served.key)
    page.goto(f"/console/records/{head.id}")
    page.locator("#act-edit").get_by_label("Reason").fill("as it was")
    press(page, "Edit")
    after = now(served.site, records, head.id)
    assert after.seq == 2
    for name in values:
        assert getattr(after.entity, name) == getattr(head.entity, name), name


@pytest.mark.parametrize(("size", "scripts"), LOOKS)
def test_scans_are_appended_by_a_form_and_read_page_by_page(
    served: Served, open_page: OpenPage, size: str, scripts: str
) -> None:
    site = served.site
    number = f"P-{size}-{scripts}"
    head = run(site, shipments, Shipment.send(number=number, labels=("red", "blue")))
    page = open_page("light", size, scripts=scripts, address=served.address, key=served.key)
    page.goto(f"/console/shipments/{head.id}")
    assert faults_of(page, scripts) == []
    page.locator("#act-scan").get_by_label("Condition").select_option(label="Damaged")
    send(page, "Scan", "at the gate", within="#act-scan", Place="Hamburg Hauptbahnhof")
    scans = page.get_by_role("region", name="Scans")
    expect(scans.get_by_role("row").nth(1)).to_contain_text("Hamburg Hauptbahnhof")
    expect(scans.get_by_role("row").nth(1)).to_contain_text("Damaged")
    expect(page.get_by_role("region", name="Parcels")).to_contain_text("blue")

    head = now(site, shipments, head.id)
    long = "Ein Ort mit einem langen Namen, der auf keine Zeile eines Telefons passt " * 4
    for place in (long, *(f"Place {one}" for one in range(ROWS_PER_PAGE))):
        command = Shipment.scan(head, place=place, condition=Condition.GOOD, note="seen")
        head = run(site, shipments, command)
    page.reload()
    assert faults_of(page, scripts) == []
    page.get_by_role("link", name="Next scans").click()
    expect(scans).to_contain_text(f"Place {ROWS_PER_PAGE - 1}")
    expect(scans).not_to_contain_text("Hamburg")
    assert faults_of(page, scripts) == []
    page.get_by_role("link", name="First scans").click()
    expect(scans).to_contain_text("Hamburg")
    page.get_by_role("link", name="Earlier", exact=True).click()
    assert faults_of(page, scripts) == []
    page.get_by_role("link", name="As of change 2", exact=True).click()
    expect(scans.get_by_role("row")).to_have_count(2)
    assert faults_of(page, scripts) == []


@pytest.mark.parametrize(("size", "scripts"), LOOKS)
def test_versions_are_made_by_a_form_and_compared(
    served: Served, open_page: OpenPage, size: str, scripts: str
) -> None:
    site = served.site
    draft = Consent.draft(number=f"C-{size}-{scripts}", scope="Blood", text="Two samples a year.")
    head = run(site, consents, draft)
    page = open_page("dark", size, scripts=scripts, address=served.address, key=served.key)
    page.goto(f"/console/consents/{head.id}")
    send(page, "Revise", "fewer", within="#act-revise", Text="One sample a year.")
    expect(page.get_by_role("region", name="Versions")).to_contain_text("fewer")
    assert faults_of(page, scripts) == []
    page.get_by_role("link", name="Version 2", exact=True).click()
    expect(page.locator("ins").first).to_contain_text("One sample")
    assert faults_of(page, scripts) == []
    page.get_by_role("link", name="version 1").first.click()
    expect(page.locator("main")).to_contain_text("Two samples a year.")
    assert faults_of(page, scripts) == []


@pytest.mark.parametrize(("size", "scripts"), LOOKS)
def test_a_form_offers_what_a_field_can_refer_to(
    served: Served, open_page: OpenPage, size: str, scripts: str
) -> None:
    number = f"G-{size}-{scripts}"
    draft = Consent.draft(number=number, scope="Blood", text="Two samples a year.")
    head = run(served.site, consents, draft)
    page = open_page("light", size, scripts=scripts, address=served.address, key=served.key)
    page.goto("/console/grants/new/give")
    expect(page.get_by_label("Consent", exact=True)).to_have_role("combobox")
    expect(page.locator(f"datalist option[value='{head.id}']")).to_have_text(f"{number}: Blood")
    assert faults_of(page, scripts) == []
    typed = {"Patient": f"patient-{number}", "Consent version": "1"}
    page.get_by_label("Consent", exact=True).fill(head.id)
    send(page, "Give", "signed", within="main", **typed)
    expect(page.get_by_role("link", name=number)).to_be_visible()


def lived(site: Site, context: Context[Any], seed: str) -> str:
    """Return the id of a generated aggregate with some changes."""
    random = Random(seed)  # noqa: S311 - a test draws the same from the same seed
    store: Any = site.store
    create = actions_of(context.aggregate)["begin"]
    head = run(site, context, command_of(create, random))
    for _ in range(STEPS):
        names = context.allowed_actions(head)
        if not names:
            break
        name = random.choice(names)
        action = {**actions_of(context.aggregate), **choices_of(context.aggregate)}[name]
        try:
            change = command_of(action, random, head)
            head = store.run(context.execute, change, actor=MAYA, reason="a walk")
        except IndelibleError:
            continue  # a condition does not allow it
    return head.id


def command_of(action: Any, random: Random, *target: Head[Any]) -> Any:  # noqa: ANN401 - any action
    """Return a command with drawn arguments."""
    hints = get_type_hints(action.method, include_extras=True)
    arguments: dict[str, Any] = {
        name: draw_for(hints[name], name)(random) for name in action.parameters
    }
    for name in arguments:
        if name.endswith("_reference"):
            arguments[name] = None  # nothing else has its id yet
        if name == "copies":
            arguments[name] = arguments[name][:1]  # each record may have one row more
    return action(*target, **arguments)


@pytest.mark.parametrize(("size", "scripts"), WITH_AXE)
def test_no_page_of_any_kind_has_faults(
    served: Served, open_page: OpenPage, size: str, scripts: str
) -> None:
    page = open_page("light", size, scripts=scripts, address=served.address, key=served.key)
    long = made_of(FULL, code=f"long-{size}-{scripts}", body="many words " * 900, line="x" * 900)
    ids = {"records": run(served.site, records, long).id}
    for context in HOSTS:
        ids[context.name] = lived(served.site, context, f"{size} {scripts}")

    faults: dict[str, list[str]] = {}
    for name, entity_id in ids.items():
        new = "make" if name == "records" else "begin"
        base = f"/console/{name.replace('_', '-')}"
        paths = (base, f"{base}?status=nowhere", f"{base}/new/{new}", f"{base}/{entity_id}")
        for path in paths:
            page.goto(path)
            faults_of_page = page_faults(page)
            if faults_of_page:
                faults[path] = faults_of_page
    assert faults == {}
