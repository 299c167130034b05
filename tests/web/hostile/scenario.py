"""Hostile requests that need preparation, with the expected answer."""

from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, Final, cast

from attrs import frozen
from sqlalchemy import text
from tests.web.building import created_job, created_project
from tests.web.console.visitor import Site
from tests.web.harness import Json, Sent, Web, saved
from tests.web.hostile.requests import CONCEPT, HostileRequest, ascii_label, get
from tests.web.reader import Reader, reader_of
from werkzeug.test import TestResponse

from indelible.testing.contests.scenarios import new_contest
from indelible.testing.stores import MAYA, AnyStore
from indelible_sql import SqlStore
from indelible_sql.contexts import CATALOG

MAX_CHANGES: Final = 100_000
Send = Callable[[], TestResponse]


@frozen
class Deployment:
    """The API and the console over one store."""

    store: AnyStore

    @cached_property
    def web(self) -> Web:
        return Web(self.store)

    @cached_property
    def site(self) -> Site:
        return Site(self.store)

    @cached_property
    def concept_id(self) -> str:
        """The id of a concept that no scenario changes."""
        return str(self.web.create()["concept"]["id"])

    @cached_property
    def space_id(self) -> str:
        """The id of a space that no scenario changes."""
        return reader_of(self.web).space_id

    @cached_property
    def retired_space_id(self) -> str:
        space_id = reader_of(self.web).space_id
        saved(self.web.post(f"/v1/spaces/{space_id}/retire", json={"reason": "a test"}, seq=1), 200)
        return space_id

    @cached_property
    def subspace_id(self) -> str:
        """The id of a subspace that no scenario changes."""
        return Reader(self.web, self.space_id, self.web.key).subspace()

    @cached_property
    def project_id(self) -> str:
        """The id of a project that no scenario changes."""
        return created_project(self.store)

    @cached_property
    def job_id(self) -> str:
        """The id of a job that no scenario changes."""
        return created_job(self.store, self.project_id)

    @cached_property
    def entry_id(self) -> str:
        """The id of an entry in a contest that no scenario changes."""
        return new_contest(self.store).enter(MAYA.id).entity.id

    def written(self) -> tuple[Any, ...]:
        """Return the number of rows of each table, or all changes of a store in memory.

        A refused webhook leaves a rejection, which other tests check.
        """
        if isinstance(self.store, SqlStore):
            return rows(self.store, without={"webhook_rejections"})
        return self.store.feed(limit=MAX_CHANGES).changes


@frozen
class Scenario:
    """A preparation, the request that follows, and its expected answer.

    The code is empty for a page of the console.
    """

    row: int
    name: str
    status: int
    code: str
    prepare: Callable[[Deployment], Send]

    def __str__(self) -> str:
        return ascii_label(f"{self.row} {self.name}")


def scenario_of(request: HostileRequest) -> Scenario:
    """Return the request as a scenario, with the ids of the deployment's entities."""

    def prepare(deployment: Deployment) -> Send:
        path = request.path.format(here=deployment.concept_id)
        options = _with_ids(request.options, deployment)
        return lambda: deployment.web.send(request.method, path, **options)

    name = str(request).partition(" ")[2]
    return Scenario(request.row, name, request.status, request.code, prepare)


def _with_ids(options: Sent, deployment: Deployment) -> Sent:
    if "data" not in options:
        return options

    data = options["data"]
    if b"{project}" in data:
        data = data.replace(b"{project}", deployment.project_id.encode())
    data = data.replace(b"{space}", deployment.space_id.encode())
    data = data.replace(b"{retired}", deployment.retired_space_id.encode())
    return {**options, "data": data}


# The server must still answer this request after every hostile one.
HARMLESS: Final = scenario_of(get(0, 200, "", CONCEPT))


def faults(scenario: Scenario, deployment: Deployment) -> list[str]:
    """Return the faults of the answer, and of the state after it."""
    send = scenario.prepare(deployment)
    send_harmless = HARMLESS.prepare(deployment)
    written_before = deployment.written()

    answer = send()

    expected = (scenario.status, scenario.code)
    actual = (answer.status_code, _code_of(answer))
    result: list[str] = []
    if actual != expected:
        result.append(f"{scenario}: {actual}, not {expected}")
    if deployment.written() != written_before:
        result.append(f"{scenario}: something was written")
    if answer.status_code == 405 and "Allow" not in answer.headers:
        result.append(f"{scenario}: the header Allow is missing")
    next_status = send_harmless().status_code
    if next_status != HARMLESS.status:
        result.append(f"{scenario}: the next request is answered with {next_status}")

    return result


def _code_of(answer: TestResponse) -> str:
    """Return the code of a problem, or FOUND for a list with items."""
    body = cast("Json", answer.get_json(silent=True) or {})
    if "code" in body:
        return str(body["code"])
    return "FOUND" if body.get("items") else ""


def rows(store: SqlStore, *, without: Collection[str] = ()) -> tuple[Any, ...]:
    """Return the number of rows of each table except some."""
    schema = "" if store.engines.reader.dialect.name == "sqlite" else "indelible."
    names = [table.name for table in CATALOG.tables if table.name not in without]
    counts = ", ".join(f"(SELECT count(*) FROM {schema}{name})" for name in names)
    return store.read(lambda tx: tuple(tx.connection.execute(text(f"SELECT {counts}")).one()))
