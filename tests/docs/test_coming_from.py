"""The pages about other libraries name the versions beside which they were run."""

from importlib.metadata import version

import pytest
from tests.architecture.pages import page
from tests.examples.calls import Call, calls

from indelible.kernel import InvalidTransition
from indelible.memory.store import MemoryStore
from indelible.testing.stores import MAYA

LIBRARIES = (
    ("django-simple-history", "django-simple-history"),
    ("django-pghistory", "django-pghistory"),
    ("django-fsm-2", "django-fsm-2"),
    ("sqlalchemy-continuum", "SQLAlchemy-Continuum"),
    ("eventsourcing", "eventsourcing"),
)


@pytest.mark.parametrize(("stem", "library"), LIBRARIES)
def test_a_page_names_the_version_that_it_ran(stem: str, library: str) -> None:
    text = page(f"how-to/coming-from-{stem}.md")

    assert f"`{library.lower()}` {version(library)}" in text
    assert text.count("<!-- tested -->") >= 2
    assert "\n## What it does better\n" in text


def test_the_lifecycle_of_the_pages_changes_many_calls_by_actions_only() -> None:
    store = MemoryStore(contexts=(calls,))
    opened = [Call.open(number=number, title="Fire") for number in ("C-1", "C-2")]
    heads = store.run(calls.execute_many, opened, actor=MAYA, reason="a call")
    closed = store.run(calls.execute, Call.close(heads[0]), actor=MAYA, reason="put out")

    renamed = [Call.rename(head, title="Flood") for head in (heads[1], closed)]
    with pytest.raises(InvalidTransition):
        store.run(calls.execute_many, renamed, actor=MAYA, reason="a bulk update")
    for command in renamed:
        command.use()

    assert [head.entity.title for head in store.read(calls.list)] == ["Fire", "Fire"]
