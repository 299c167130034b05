"""The route of the embedder for operators, outside the public OpenAPI document."""

from typing import Final

from attrs import frozen

from indelible.captures.errors import EmbedderFailed
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.request import OPS
from indelible_web.http.routing import Routes

TEXT: Final = "A text of nobody, to see that texts are embedded."

routes: Final = Routes("captures_admin", "The embedder, for operators.")


@frozen(kw_only=True)
class EmbedderView:
    """The answer of the embedder to a text: its model and dimension, or the problem."""

    answers: bool
    model: str | None = None
    dimension: int | None = None
    problem: str | None = None


@routes.add("GET /captures/embedder", OPS, request_type=EmptyQuery, response_type=EmbedderView)
def check_embedder(context: OperationContext, _: EmptyQuery) -> EmbedderView:
    """Embed a short text, and show the model that has done it, or why none has.

    No metric counts the text, which is nobody's capture.
    """
    embedder = context.app_context.embedder
    if embedder is None:
        return EmbedderView(answers=False, problem="the server has no embedder")

    try:
        (vector,) = embedder.embed([TEXT])
    except EmbedderFailed as error:
        problem = error.problem
    except Exception as error:  # noqa: BLE001 - a model may raise anything
        problem = type(error).__name__
    else:
        return EmbedderView(answers=True, model=vector.model, dimension=len(vector.values))
    return EmbedderView(answers=False, problem=problem)
