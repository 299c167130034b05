"""KEEP: an edit of many fields leaves those alone that nobody passes."""

import copy
import pickle
from decimal import Decimal
from enum import auto
from typing import Annotated, Any, TypeAlias

import pytest
from tests.conftest import POLICY
from tests.examples.conftest import stores_of
from tests.web.harness import Web, saved

from indelible.declare import (
    KEEP,
    Aggregate,
    ChangingAction,
    Context,
    Date,
    Fields,
    OneLine,
    Refused,
    States,
    Text,
    action,
    aggregate,
    chooses,
    creates,
    decimal_kind,
    field,
)
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.memory.store import MemoryStore
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

AnyStore: TypeAlias = Any  # of memory, or of a database
MAYA = Actor.user("maya")
Price = Annotated[Decimal, decimal_kind(digits=8, places=2)]


class Status(States):
    """The states of a note."""

    DRAFT = auto()
    SHOWN = auto()


@aggregate(final=(Status.SHOWN,))
class Note(Aggregate):
    """A note with a price."""

    status: Status
    title: OneLine
    body: Text | None = field()
    price: Price
    label: OneLine = field(default="")
    due_on: Date | None = field()

    @creates(Status.DRAFT)
    def draft(self, title: OneLine, price: Price, body: Text | None = None) -> None: ...
    @action(Status.DRAFT, computes=("label",))
    def edit(
        self,
        title: OneLine = KEEP,
        body: Text | None = KEEP,
        price: Price = KEEP,
        due_on: Date | None = KEEP,
    ) -> Fields:
        """Change some of the fields; the body sees the values as they will be."""
        if title == "forbidden":
            raise Refused("this title is forbidden")
        return {"label": f"{title} {price} {body} {due_on}"}

    @action(Status.DRAFT, to=Status.SHOWN)
    def show(self, title: OneLine = KEEP) -> None: ...
    @action(Status.DRAFT)
    def stay(self, title: OneLine = KEEP) -> None: ...
    @chooses(show, stay)
    def decide(self, title: OneLine = KEEP) -> "ChangingAction[Note, ...]":
        """Show a note with a long title."""
        return Note.show if len(title) > len("short") else Note.stay


notes = Context(Note)


store = stores_of(notes, postgresql=pytest.mark.slow)


def run(store: AnyStore, command: Command[Note], **options: Any) -> Head[Note]:  # noqa: ANN401 - of `run`
    head: Head[Note] = store.run(notes.execute, command, actor=MAYA, reason="a test", **options)
    return head


@pytest.mark.slow
def test_a_field_that_is_not_passed_stays(store: AnyStore) -> None:
    note = run(store, Note.draft(title="Pens", price=Decimal("2.50"), body="Blue."))
    note = run(store, Note.edit(note, price=Decimal(3)))
    fields = (note.entity.title, note.entity.body, note.entity.price)
    assert fields == ("Pens", "Blue.", Decimal(3))
    assert note.entity.label == "Pens 3 Blue. None"
    note = run(store, Note.edit(note, body=None))
    assert (note.entity.title, note.entity.body) == ("Pens", None)
    note = run(store, Note.edit(note.id, "Ink", "Red."))
    assert (note.entity.title, note.entity.body, note.entity.price) == ("Ink", "Red.", Decimal(3))
    note = run(store, Note.edit(note))
    assert (note.seq, note.entity.title) == (5, "Ink")
    last = store.read(notes.history, note.id)[-1]
    assert last.data == {**last.data, "title": "Ink", "body": "Red.", "price": "3.00"}


@pytest.mark.slow
def test_a_rule_and_a_choice_see_what_is_kept(store: AnyStore) -> None:
    note = run(store, Note.draft(title="short", price=Decimal(1)))
    note = run(store, Note.decide(note))
    assert (note.entity.status, note.entity.title) == (Status.DRAFT, "short")
    with pytest.raises(IndelibleError, match="forbidden"):
        run(store, Note.edit(note, title="forbidden"))
    note = run(store, Note.decide(note, title="much longer"))
    assert (note.entity.status, note.entity.title) == (Status.SHOWN, "much longer")


@pytest.mark.slow
def test_nothing_is_kept_where_the_default_is_another(store: AnyStore) -> None:
    with pytest.raises(IndelibleError) as refused:
        run(store, Note.draft(title=KEEP, price=Decimal(1)))
    assert refused.value.code == "WRONG_TYPE"
    assert store.read(notes.list) == ()


def test_keep_is_one_value() -> None:
    assert copy.deepcopy(KEEP) is KEEP
    assert pickle.loads(pickle.dumps(KEEP)) is KEEP  # noqa: S301 - of this test
    assert repr(KEEP) == "KEEP"


def test_keep_has_nothing_to_keep_in_a_new_aggregate_or_an_input() -> None:
    with pytest.raises(UsageError) as refused:

        @aggregate(final=(Status.SHOWN,))
        class Bad(Aggregate):  # pyright: ignore[reportUnusedClass] # it is refused
            """A note."""

            status: Status
            title: OneLine
            body: Text | None = field(required_in=(Status.SHOWN,))

            @creates(Status.DRAFT)
            def draft(self, title: OneLine = KEEP) -> None: ...
            @action(Status.DRAFT, computes=("title",))
            def edit(self, words: OneLine = KEEP) -> Fields:
                """Compute a title."""
                return {"title": words}

            @action(Status.DRAFT, to=Status.SHOWN)
            def show(self, body: Text = KEEP) -> None: ...

    message = str(refused.value)
    assert "action draft: parameter title has nothing that KEEP could keep" in message
    assert "action edit: parameter words has nothing that KEEP could keep" in message
    assert "action show leads to SHOWN, which requires field body" in message


@pytest.mark.slow
def test_a_missing_property_keeps_and_null_empties() -> None:
    store: AnyStore = MemoryStore(contexts=(notes,), policy=POLICY)
    web = Web(store, contexts=(*CONTEXTS, own_context(notes)))
    key = web.new_key("notes:read", "notes:write")
    reason = {"reason": "a test"}
    body = {**reason, "title": "Pens", "price": "2.50", "body": "Blue."}
    made = saved(web.post("/v1/notes", json=body, key=key), 201)
    path = f"/v1/notes/{made['id']}/edit"

    edited = saved(web.post(path, json={**reason, "price": "3"}, key=key, seq=1), 200)
    assert (edited["title"], edited["body"], edited["price"]) == ("Pens", "Blue.", "3.00")
    edited = saved(web.post(path, json={**reason, "body": None}, key=key, seq=2), 200)
    assert (edited["title"], edited["body"]) == ("Pens", None)
    for wrong, code in (
        ({"title": None}, "INVALID_FIELDS"),
        ({"title": "a\nb"}, "TEXT_HAS_LINE_BREAKS"),
        ({"price": "1.234"}, "INVALID_DECIMAL"),
    ):
        answer = web.post(path, json={**reason, **wrong}, key=key, seq=3)
        problem: Any = answer.json
        assert (answer.status_code, problem["code"]) == (422, code)

    sent: dict[str, Any] = {"json": {**reason, "title": "Ink"}, "key": key, "seq": 3}
    sent["headers"] = {"Idempotency-Key": "edit-1"}
    first = saved(web.post(path, **sent), 200)
    assert saved(web.post(path, **sent), 200) == first
    assert first["seq"] == 4

    document: Any = web.get("/openapi.json").json
    schema = document["components"]["schemas"]["EditNoteBody"]
    assert set(schema["properties"]) >= {"title", "body", "price", "due_on"}
    assert not {"title", "body", "price", "due_on"} & set(schema.get("required", ()))
    assert schema["properties"]["title"]["description"] == "Without it the value stays as it is."
