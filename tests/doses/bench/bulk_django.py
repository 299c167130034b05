"""The same bulk change by libraries of Django, in a process that one Django may have for itself."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final

import django
from attrs import frozen
from django.conf import settings
from sqlalchemy import make_url
from tests.doses.bench.rounds import Way
from tests.doses.bench.statement_counts import statements_counted

PGHISTORY, SIMPLE_HISTORY = "django-pghistory", "django-simple-history"
LIBRARIES: Final = (PGHISTORY, SIMPLE_HISTORY)
ACT, COUNT = "act", "count"
BATCH: Final = 1_000  # rows in one statement of Django


@frozen
class Model:
    """A model with a history: one bulk change, and how many entries its history has."""

    change: Callable[[str], object]
    entries: Callable[[], int]


def _set_up(owner_url: str) -> None:
    url = make_url(owner_url)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": url.host,
        "PORT": url.port,
        "NAME": url.database,
        "USER": url.username,
        "PASSWORD": url.password,
        "OPTIONS": {"server_side_binding": True},
        "CONN_MAX_AGE": None,
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=(
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "pgtrigger",
            "pghistory",
            "simple_history",
            "tests.doses.bench.bulk_site",
        ),
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


def _models(rows: int) -> Mapping[str, Model]:
    """Create the tables of both models, and their rows."""
    from django.core.management import call_command  # noqa: PLC0415 - needs Django
    from tests.doses.bench.bulk_site.models import RecordedIssue, TrackedIssue  # noqa: PLC0415 - needs Django

    utilities: Any = import_module("simple_history.utils")  # which has no types
    call_command("migrate", verbosity=0)  # of the libraries, to whose tables ours refer
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("pgtrigger", "install", verbosity=0)
    numbers = [f"T-{number}" for number in range(rows)]
    TrackedIssue.objects.bulk_create([TrackedIssue(number=n, title="Fire") for n in numbers])
    RecordedIssue.objects.bulk_create([RecordedIssue(number=n, title="Fire") for n in numbers])

    def track(title: str) -> None:
        issues = list(TrackedIssue.objects.all())
        for issue in issues:
            issue.title = f"{title} of {issue.number}"
        TrackedIssue.objects.bulk_update(issues, ["title"], batch_size=BATCH)

    def record(title: str) -> None:
        issues = list(RecordedIssue.objects.all())
        for issue in issues:
            issue.title = f"{title} of {issue.number}"
        utilities.bulk_update_with_history(issues, RecordedIssue, ["title"], batch_size=BATCH)

    tracked: Any = TrackedIssue
    return {
        PGHISTORY: Model(
            track, lambda: int(tracked.pgh_event_model.objects.filter(pgh_label="update").count())
        ),
        SIMPLE_HISTORY: Model(record, lambda: int(RecordedIssue.history.count())),
    }


def serve(connection: Connection, owner_url: str, rows: int) -> None:
    """Do and count bulk changes, as the benchmark asks, until it asks for nothing more."""
    _set_up(owner_url)
    models = _models(rows)
    connection.send("ready")
    acts = 0
    while asked := connection.recv():
        what, library = asked
        model = models[library]
        if what == COUNT:
            connection.send(model.entries() // rows)
            continue
        acts += 1
        with statements_counted() as count:
            model.change(f"Fire {acts}")
        connection.send(count.sent)


@frozen
class Asked:
    """A library in the other process."""

    connection: Connection
    library: str

    def ask(self, what: str) -> int:
        """Let the process act or count; return its answer."""
        self.connection.send((what, self.library))
        answer: int = self.connection.recv()
        return answer

    def way(self) -> Way:
        """Return the bulk change as a way that can be measured."""
        return Way(lambda: self.ask(ACT), lambda: self.ask(COUNT))


@contextmanager
def django_process(owner_url: str, rows: int) -> Generator[Mapping[str, Asked]]:
    """Serve both libraries from a process of their own, each with so many rows."""
    spawn = get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=serve, args=(there, owner_url, rows), daemon=True)
    process.start()
    there.close()
    try:
        here.recv()
        yield {library: Asked(here, library) for library in LIBRARIES}
        here.send(None)
        process.join()
    finally:
        process.kill()
        process.join()
        here.close()
