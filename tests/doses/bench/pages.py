"""Measure every page of the console over a large store and over a small one."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Final

from attrs import frozen
from flask.testing import FlaskClient
from tests.doses.bench.console_rows import COPIED, LARGE_STAGE, fill_concepts, fill_tasks
from tests.doses.bench.feeds import CSRF_TOKEN
from tests.doses.bench.rounds import Dose, Goal, Measured, Table
from tests.doses.bench.served import SECOND
from tests.doses.bench.statements import NOTE
from tests.testbed import Testbed

from indelible.app import AppContext
from indelible.concepts import ConceptFilter, list_concepts
from indelible.kernel.keys import CreateKey, KeyPolicy, create_key
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import TaskState
from indelible.policy import Policy
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, open_store
from indelible_web import WebSettings, create_app

SMALL_CONCEPTS: Final = COPIED
SMALL_TASKS: Final = 1_000
MAX_ROUNDS: Final = 3
MAX_REQUESTS: Final = 20  # of each page in a round
MIN_REQUESTS: Final = 2  # of which a quantile can be computed
MAX_MILLISECONDS: Final = 300
SETTINGS: Final = WebSettings(
    secret=b"a secret of the bench, 32 bytes.", requests_per_minute=10_000_000
)
POLICY: Final = Policy(keys=KeyPolicy(pepper=b"a pepper of the bench, 32 bytes."))
DESCRIPTION: Final = (
    "Each page of the console, read by a user with all scopes, through the WSGI application in one"
    " process, without a network. The figure of a round is the time that 95 of 100 requests do not"
    " exceed; both stores take turns. The large store has {concepts:,} concepts with {changes:,}"
    " changes, and {tasks:,} tasks, most of them in one stage; the small one has {small_concepts:,}"
    " concepts and {small_tasks:,} tasks."
)


@frozen
class Site:
    """The console over a store, and a signed-in browser."""

    store: SqlStore
    browser: FlaskClient

    def milliseconds(self, path: str) -> float:
        """Return the duration of a request for a page."""
        started = time.perf_counter()
        answer = self.browser.get(path)
        duration = SECOND * (time.perf_counter() - started)

        assert answer.status_code == 200, answer.text
        return duration


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure both databases."""
    for database in ("PostgreSQL", "SQLite"):
        large = _open_site(bed, database, concepts=dose.stored, tasks=dose.tasks)
        small = _open_site(bed, database, concepts=SMALL_CONCEPTS, tasks=SMALL_TASKS)
        rows = tuple(_measure_pages({"large store": large, "small store": small}, dose))
        for site in (large, small):
            site.store.dispose()

        yield _table(database, rows, dose)


def paths_of(store: SqlStore) -> Mapping[str, str]:
    """Return the path of every page, by its name."""
    now = datetime.now(UTC)
    days = f"since={now - timedelta(days=3):%Y-%m-%d}&until={now - timedelta(days=2):%Y-%m-%d}"
    (listed,) = store.read(list_concepts, ConceptFilter(), limit=1)
    concept = f"/console/concepts/{listed.concept.id}"
    paths = {
        "home": "/console/",
        "concepts": "/console/concepts",
        "concepts by name": "/console/concepts?order=name",
        "concepts in review": "/console/concepts?status=REVIEW&order=changed",
        "concepts of an actor": "/console/concepts?actor=me",
        "concepts of two days": f"/console/concepts?{days}",
        "concepts with a word": "/console/concepts?text=fractions",
        "concepts with no such word": "/console/concepts?text=nothing+of+the+kind",
        "one concept": concept,
        "two versions": f"{concept}/diff?from=1&to=2",
        "reviews": "/console/reviews",
        "search": "/console/search?q=Equi",
        "history": "/console/history",
        "history from the beginning": "/console/history?beginning=1",
        "history of an actor": "/console/history?actor=me",
        "history of one action": "/console/history?lifecycle=concept&action=approve",
        "history of two days": f"/console/history?{days}",
        "history of a concept": f"/console/history?entity_id={listed.concept.id}",
        "tasks": "/console/tasks",
        "tasks, live table": "/console/tasks-now",
        "dead tasks of an error": _stage_path("dead", "error_class=PostOfficeClosed1"),
        "one task": f"/console/tasks/{LARGE_STAGE}/{_dead_task(store, now)}",
        "API keys": "/console/keys",
        "spaces": "/console/spaces",
        "tokens": "/console/tokens",
    }
    for state in TaskState:
        paths[f"{state} tasks of a stage"] = _stage_path(state)

    return paths


def _stage_path(state: str, more: str = "") -> str:
    return f"/console/tasks/{LARGE_STAGE}?state={state}&{more}"


def _dead_task(store: SqlStore, now: datetime) -> str:
    """Return the id of a dead task of the large stage."""
    matching = TaskFilter(stage=LARGE_STAGE, state=TaskState.DEAD)
    (task,) = store.read(lambda tx: tx.tasks.list_tasks(matching, now=now, after="", limit=1))
    return task.entity_id


def _open_site(bed: Testbed, database: str, *, concepts: int, tasks: int) -> Site:
    """Fill a new database, and sign in to the console over it."""
    if database == "SQLite":
        url = admin_url = bed.sqlite()
    else:
        server = bed.postgresql()
        url, admin_url = server.url, server.admin_url

    store = open_store(url, policy=POLICY)
    fill_concepts(store, admin_url, concepts)
    fill_tasks(admin_url, tasks)
    command = CreateKey(owner=MAYA, scopes=("admin",))
    key = store.run(create_key, command, actor=MAYA, reason=NOTE).text

    browser = create_app(AppContext(store=store), SETTINGS).test_client()
    (token,) = CSRF_TOKEN.findall(browser.get("/console/sign-in").text)
    answer = browser.post("/console/sign-in", data={"csrf": token, "key": key})
    assert answer.status_code == 303, answer.text
    return Site(store, browser)


def _measure_pages(sites: Mapping[str, Site], dose: Dose) -> Iterator[Measured]:
    """Yield the milliseconds at p95 of each page over each store, by round."""
    requests = max(MIN_REQUESTS, min(MAX_REQUESTS, dose.times))
    paths = {name: paths_of(site.store) for name, site in sites.items()}
    for page in next(iter(paths.values())):
        values: dict[str, list[float]] = {name: [] for name in sites}
        for name, site in sites.items():
            site.milliseconds(paths[name][page])  # fills caches
        for _ in range(min(dose.rounds, MAX_ROUNDS)):
            durations: dict[str, list[float]] = {name: [] for name in sites}
            for _ in range(requests):
                for name, site in sites.items():
                    durations[name].append(site.milliseconds(paths[name][page]))
            for name, of_round in durations.items():
                values[name].append(quantiles(of_round, n=20, method="inclusive")[-1])

        for name, of_page in values.items():
            yield Measured(name=name, group=page, unit="ms", values=tuple(of_page))


def _table(database: str, rows: tuple[Measured, ...], dose: Dose) -> Table:
    large = [row for row in rows if row.name == "large store"]
    slowest = max(large, key=lambda row: row.median)
    promise = f"milliseconds at p95 of the slowest page, on {database}"
    return Table(
        name=f"pages-{database.lower()}",
        title=f"Pages of the console on {database}",
        description=DESCRIPTION.format(
            concepts=dose.stored,
            changes=dose.stored * 10,
            tasks=dose.tasks,
            small_concepts=SMALL_CONCEPTS,
            small_tasks=SMALL_TASKS,
        ),
        rows=rows,
        baseline="small store",
        goals=(Goal(promise=promise, value=slowest.median, at_most=MAX_MILLISECONDS),),
    )
