"""A host's own context with documents in its requests, and with limits of its own for bodies."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from attrs import field, frozen
from flask import Request, Response, request
from tests.examples.drawings import DRAWING, HEADS, Drawing
from werkzeug.wrappers import Response as AnyResponse

from indelible.app import AppContext
from indelible.kernel import Actor
from indelible.kernel.aggregates import save_change
from indelible.kernel.history import AggregateRepository, Head
from indelible.kernel.json_objects import (
    EMPTY_OBJECT,
    JSON_OBJECT,
    JSON_OBJECTS,
    JsonObject,
    JsonObjects,
    freeze_object,
    freeze_objects,
)
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible_sql import (
    SqlAggregateRepository,
    SqlReading,
    SqlTransaction,
)
from indelible_web.console.context import ConsoleContext
from indelible_web.console.page import ConsolePage
from indelible_web.context import WebContext, Webhook
from indelible_web.http.access import SIGNED
from indelible_web.http.metrics import Metrics
from indelible_web.http.operation import OperationContext
from indelible_web.http.request import Caller
from indelible_web.http.routing import Routes
from indelible_web.settings import WebSettings

LARGE_BYTES: Final = 6 * 2**20  # more than a server buffers by default
SMALL_BYTES: Final = 200


@frozen(kw_only=True)
class Draw:
    """Draw nodes."""

    command_name: ClassVar[str] = "draw_drawing"

    nodes: JsonObjects = field(converter=freeze_objects, metadata=JSON_OBJECTS)
    settings: JsonObject = field(
        default=EMPTY_OBJECT, converter=freeze_object, metadata=JSON_OBJECT
    )


@frozen(kw_only=True)
class Redraw:
    """Replace the nodes of a drawing."""

    command_name: ClassVar[str] = "redraw_drawing"

    drawing_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    nodes: JsonObjects = field(converter=freeze_objects, metadata=JSON_OBJECTS)


@frozen(kw_only=True)
class DrawingQuery:
    """A question for a drawing."""

    drawing_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class DrawingSaved:
    """A drawing as it is stored."""

    id: str
    nodes: JsonObjects
    settings: JsonObject
    digest: str


@frozen(kw_only=True)
class Note:
    """A short text, or no text."""

    text: str = field(default="", metadata={"max_length": 100})


MEMORY_ROWS: dict[str, Head[Drawing]] = {}


def drawings_of(tx: Any) -> AggregateRepository[Drawing]:  # noqa: ANN401 - of either store
    """Return the drawings in a transaction of any store."""
    if isinstance(tx, SqlTransaction | SqlReading):
        return SqlAggregateRepository(tx.session, HEADS)

    return MemoryAggregateRepository(tx.history, Drawing, MEMORY_ROWS)


def draw(tx: Any, command: Draw) -> DrawingSaved:  # noqa: ANN401 - of either store
    """Store a drawing."""
    drawing = Drawing.create(
        "draw",
        now=tx.clock.now(),
        id=tx.ids.new(),
        nodes=command.nodes,
        settings=command.settings,
    )
    save_change(tx, drawings_of(tx), None, drawing, "draw")
    return _saved(drawing)


def redraw(tx: Any, command: Redraw) -> DrawingSaved:  # noqa: ANN401 - of either store
    """Replace the nodes of a drawing."""
    head = drawings_of(tx).lock(command.drawing_id)
    drawing = head.entity.transition("redraw", now=tx.clock.now(), nodes=command.nodes)
    save_change(tx, drawings_of(tx), head, drawing, "redraw")
    return _saved(drawing)


def get_drawing(tx: Any, drawing_id: str) -> DrawingSaved:  # noqa: ANN401 - of either store
    """Return a drawing."""
    return _saved(drawings_of(tx).get(drawing_id).entity)


def _saved(drawing: Drawing) -> DrawingSaved:
    return DrawingSaved(
        id=drawing.id,
        nodes=drawing.nodes,
        settings=drawing.settings,
        digest=drawing.settings.digest,
    )


routes = Routes("drawings", "Drawings, a host's own context.")


@routes.add(
    "POST /drawings",
    "drawings",
    request_type=Draw,
    response_type=DrawingSaved,
    location_id=lambda saved: saved.id,
    max_body_bytes=LARGE_BYTES,
)
def draw_drawing(context: OperationContext, command: Draw) -> DrawingSaved:
    """Store a drawing."""
    return context.run(draw, command)


@routes.add(
    "PUT /drawings/<drawing_id>", "drawings", request_type=Redraw, response_type=DrawingSaved
)
def redraw_drawing(context: OperationContext, command: Redraw) -> DrawingSaved:
    """Replace the nodes of a drawing."""
    return context.run(redraw, command)


@routes.add(
    "GET /drawings/<drawing_id>", "drawings", request_type=DrawingQuery, response_type=DrawingSaved
)
def show_drawing(context: OperationContext, query: DrawingQuery) -> DrawingSaved:
    """Return a drawing."""
    return context.store.read(get_drawing, query.drawing_id)


@routes.add(
    "POST /notes",
    "drawings",
    request_type=Note,
    response_type=Note,
    reason="",
    max_body_bytes=SMALL_BYTES,
)
def take_note(_: OperationContext, note: Note) -> Note:
    """Return the note."""
    return note


@routes.add("POST /letters", "drawings", request_type=Note, response_type=Note, reason="")
def take_letter(_: OperationContext, note: Note) -> Note:
    """Return the note; the route has no limit of its own."""
    return note


class Hook:
    """A webhook that everybody may call, and that answers with the length of the body."""

    def identify(self, request: Request) -> Caller:
        """Return a caller, after reading the body."""
        request.get_data()
        return Caller(actor=Actor.system("hook"), scopes=frozenset(SIGNED), id="hook")

    def receive(self) -> Response:
        """Answer with the length of the body."""
        return Response(str(len(request.get_data())))


def open_hook(_: AppContext, __: WebSettings, ___: Metrics) -> Hook:
    """Return the webhook."""
    return Hook()


def take_form(_: ConsoleContext) -> AnyResponse:
    """Answer with the length of the text of a form."""
    return AnyResponse(str(len(request.form["text"])))


def take_long_form(_: ConsoleContext) -> AnyResponse:
    """Answer with the length of the text of a form that may be long."""
    return AnyResponse(str(len(request.form["text"])))


EXAMPLES: Final[Mapping[str, object]] = {"settings": JsonObject.of({"zoom": 1.5})}
CONTEXT = WebContext(
    name="drawings",
    routes=(routes,),
    commands=("draw_drawing", "redraw_drawing"),
    lifecycles=(DRAWING,),
    examples=EXAMPLES,
    webhooks=(
        Webhook(
            name="hook",
            rule="/webhooks/hook",
            open=open_hook,
            max_body_bytes=SMALL_BYTES,
        ),
    ),
    pages=(
        ConsolePage(rule="/form", view=take_form, method="POST"),
        ConsolePage(
            rule="/long-form", view=take_long_form, method="POST", max_body_bytes=LARGE_BYTES
        ),
    ),
)
