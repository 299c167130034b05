"""A field that cannot number versions is refused when its class is made, with file and line."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import auto
from typing import Any

import pytest

from indelible.declare import (
    Aggregate,
    Count,
    Identifier,
    Instant,
    OneLine,
    States,
    Version,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Actor, UsageError
from indelible.kernel.execution import changed, created
from indelible.kernel.history import Head, Revision


class Status(States):
    """The states of a form."""

    OPEN = auto()
    CLOSED = auto()


def form(**fields: tuple[Any, Any]) -> type[Aggregate]:
    """Declare a form with a title, a time, an author, and these fields: each a kind and a rule."""

    class Form(Aggregate):
        status: Status
        number: Identifier
        title: OneLine
        closed_at: Instant | None = field(required_in=(Status.CLOSED,))
        author: Identifier = field(actor_of=("open", "edit"))

        @creates(Status.OPEN)
        def open(self, number: Identifier, title: OneLine) -> None: ...
        @action(Status.OPEN)
        def edit(self, title: OneLine) -> None: ...
        @action(Status.OPEN, to=Status.CLOSED, time_field="closed_at")
        def close(self) -> None: ...

    for name, (kind, rule) in fields.items():
        Form.__annotations__[name] = kind
        setattr(Form, name, rule)
    return aggregate(final=(Status.CLOSED,))(Form)


WRONG: dict[str, Callable[[], object]] = {
    "field edition names no field whose values it counts": lambda: form(
        edition=(Version, field(version_of=()))
    ),
    "field edition counts the values of titel, which is no field": lambda: form(
        edition=(Version, field(version_of="titel"))
    ),
    "field edition cannot count the values of edition: it is no content": lambda: form(
        edition=(Version, field(version_of=("title", "edition")))
    ),
    "field edition cannot count the values of status: it is no content": lambda: form(
        edition=(Version, field(version_of=("status", "title")))
    ),
    "field edition cannot count the values of updated_at: it is no content": lambda: form(
        edition=(Version, field(version_of=("updated_at", "title")))
    ),
    "field edition names a field twice": lambda: form(
        edition=(Version, field(version_of=("title", "title")))
    ),
    "field edition cannot number versions: its kind is no Version": lambda: form(
        edition=(OneLine, field(version_of="title"))
    ),
    "field edition begins with 1: leave out its default": lambda: form(
        edition=(Version, field(version_of="title", default=2))
    ),
    "field revision numbers versions, and field edition does already": lambda: form(
        edition=(Version, field(version_of="title")),
        revision=(Version, field(version_of="title")),
    ),
    "field edition counts the values of closed_at, which action close stamps": lambda: form(
        edition=(Version, field(version_of=("title", "closed_at")))
    ),
    "field edition counts the values of author, which action edit stamps": lambda: form(
        edition=(Version, field(version_of=("title", "author")))
    ),
    "field edition is always 1: no action changes number": lambda: form(
        edition=(Version, field(version_of="number"))
    ),
    "field version has the name of a column that every aggregate has": lambda: form(
        version=(Version, field(version_of="title"))
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_version_is_refused(message: str) -> None:
    with pytest.raises(UsageError) as error:
        WRONG[message]()
    lines = [line for line in str(error.value).splitlines() if message in line]
    assert len(lines) == 1
    assert f"{__file__}:" in lines[0]


def test_no_action_sets_the_number() -> None:
    with pytest.raises(UsageError) as error:

        @aggregate(final=(Status.CLOSED,))
        class Form(Aggregate):
            status: Status
            title: OneLine
            edition: Version = field(version_of="title")

            @creates(Status.OPEN)
            def open(self, title: OneLine, edition: Version) -> None: ...
            @action(Status.OPEN)
            def edit(self, title: OneLine, edition: Version) -> None: ...
            @action(Status.OPEN, to=Status.CLOSED, computes=("edition",))
            def close(self) -> dict[str, object]:
                return {"edition": 7}

    for name in ("open", "edit", "close"):
        fault = f"action {name} sets field edition, which counts by itself: nobody passes it"
        assert fault in str(error.value)


def test_emptied_content_is_another_version() -> None:
    @aggregate(final=(Status.CLOSED,))
    class Form(Aggregate):
        status: Status
        title: OneLine
        draft: OneLine | None = field(required_in=(Status.OPEN,))
        edition: Version = field(version_of=("title", "draft"))

        @creates(Status.OPEN)
        def open(self, title: OneLine, draft: OneLine) -> None: ...
        @action(Status.OPEN, to=Status.CLOSED, empties=("draft",))
        def close(self) -> None: ...

    now = datetime(2026, 11, 28, tzinfo=UTC)
    ann = Actor.user("ann")
    opened = created(Form.open(title="a", draft="b"), now=now, actor=ann, new_id=lambda: "i")
    head = Head(entity=opened, revision=Revision(1, "OPEN", 0, "0" * 64))
    closed = changed(Form.close(head), opened, now=now, actor=ann)
    assert (opened.edition, closed.draft, closed.edition) == (1, None, 2)


def test_any_count_from_1_can_number_versions() -> None:
    assert form(edition=(Count, field(version_of="title"))).numbered_versions is not None
