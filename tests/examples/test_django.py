"""A real Django project shares its login, migrations and transactions with tickets."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest
from attrs import frozen
from tests.databases import create_database
from tests.examples.django_site import PASSWORD, serve
from tests.examples.tickets import tickets
from tests.forks import create_pipe, start_child

from indelible_service.embedded import APP, PostgresServer
from indelible_sql import open_store, verify

TO_THE_APPLICATION = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}"
)
TITLE = {"title": "Printer on fire"}


@frozen
class Site:
    """A running front desk, its database, and how its migrations refused to be reversed."""

    url: str
    database_url: str
    refusal: str

    def sign_in(self, name: str) -> httpx.Client:
        """Return a browser in which a person has logged in, by Django's own form."""
        browser = httpx.Client(base_url=self.url, timeout=60)
        browser.get("/admin/login/")
        form = {
            "username": name,
            "password": PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        assert browser.post("/admin/login/", data=form).status_code == 302
        browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
        return browser


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.dose)]
)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Site]:
    if request.param == "sqlite":
        directory: Path = tmp_path_factory.mktemp("django")
        url = owner_url = f"sqlite:///{directory / 'frontdesk.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("server")
        created = create_database(server, "frontdesk")
        with psycopg.connect(created.owner_url) as owner:
            owner.execute(TO_THE_APPLICATION)
        url, owner_url = created.url, created.owner_url

    # The server of forks may have inherited addresses from the test that started it: name both.
    environment = {"DATABASE_URL": url, "INDELIBLE_OWNER_URL": owner_url}
    ours, theirs = create_pipe()
    child = start_child(serve, theirs, environment)
    theirs.close()
    port, refusal = ours.recv()
    yield Site(f"http://127.0.0.1:{port}", url, refusal)
    child.terminate()
    child.join()


@pytest.fixture(scope="module")
def maya(site: Site) -> Generator[httpx.Client]:
    with closing(site.sign_in("maya")) as browser:
        yield browser


def mail(number: str, message_id: str) -> dict[str, str]:
    return {**TITLE, "number": number, "message_id": message_id}


def numbers(site: Site) -> set[str]:
    """Return the numbers of all tickets, after verifying the database."""
    store = open_store(site.database_url, contexts=(tickets,))
    try:
        assert verify(store) == ()
        return {head.entity.number for head in store.read(tickets.list)}
    finally:
        store.dispose()


@pytest.mark.slow
def test_a_row_of_django_and_a_ticket_are_saved_together(site: Site, maya: httpx.Client) -> None:
    opened = maya.post("/tickets/", json=mail("T-1", "<one>"))

    assert (opened.status_code, opened.json()["status"]) == (201, "OPEN")
    assert "T-1" in maya.get("/tickets/waiting/").json()["waiting"]
    assert "T-1" in numbers(site)


@pytest.mark.slow
def test_an_error_of_django_rolls_both_back(site: Site, maya: httpx.Client) -> None:
    maya.post("/tickets/", json=mail("T-10", "<ten>"))
    known = maya.post("/tickets/", json=mail("T-11", "<ten>"))

    assert (known.status_code, known.json()["code"]) == (409, "MAIL_KNOWN")
    assert "T-11" not in numbers(site)


def test_an_error_of_indelible_rolls_both_back(maya: httpx.Client) -> None:
    maya.post("/tickets/", json=mail("T-20", "<twenty>"))
    taken = maya.post("/tickets/", json=mail("T-20", "<another>"))
    accepted = maya.post("/tickets/", json=mail("T-21", "<another>"))

    assert (taken.status_code, taken.json()["code"]) == (409, "TICKET_NUMBER_TAKEN")
    assert taken.headers["Content-Type"] == "application/problem+json"
    assert accepted.status_code == 201, "the mail of the refused ticket was not saved"


@pytest.mark.slow
def test_the_actor_is_the_user_who_is_logged_in(site: Site, maya: httpx.Client) -> None:
    opened = maya.post("/tickets/", json=mail("T-30", "<thirty>")).json()
    with closing(site.sign_in("noor")) as noor:
        body = {"seq": opened["seq"], "assignee": "ann", "reason": "on duty"}
        noor.post(f"/tickets/{opened['id']}/assign/", json=body)

    assert maya.get(f"/tickets/{opened['id']}/history/").json()["history"] == [
        "open by user:maya: a mail",
        "assign by user:noor: on duty",
    ]


@pytest.mark.slow
def test_nobody_changes_a_ticket_without_a_login(site: Site) -> None:
    with httpx.Client(base_url=site.url, timeout=60) as stranger:
        stranger.get("/admin/login/")
        stranger.headers["X-CSRFToken"] = stranger.cookies["csrftoken"]
        refused = stranger.post("/tickets/", json=mail("T-40", "<forty>"))

    assert refused.headers["Location"].startswith("/admin/login/")
    assert "T-40" not in numbers(site)


def test_of_two_requests_on_one_ticket_one_is_refused(maya: httpx.Client) -> None:
    opened = maya.post("/tickets/", json=mail("T-50", "<fifty>")).json()
    url = f"/tickets/{opened['id']}/assign/"

    def assign(assignee: str) -> httpx.Response:
        body = {"seq": opened["seq"], "assignee": assignee, "reason": "on duty"}
        return maya.post(url, json=body)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(assign, ("ann", "bob")))
    later = maya.post(url, json={"seq": 2, "assignee": "cem", "reason": "on duty"})
    unknown = maya.post("/tickets/none/assign/", json={"seq": 1, "assignee": "x", "reason": "y"})

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert (later.status_code, later.json()["allowed"]) == (409, ["close"])
    assert (unknown.status_code, unknown.json()["code"]) == (404, "TICKET_NOT_FOUND")


def test_the_migration_of_tickets_cannot_be_reversed(site: Site) -> None:
    assert "frontdesk.0001_tickets is not reversible" in site.refusal
