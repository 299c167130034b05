"""Take the embedding of a request from the client, or compute it with the embedder."""

import logging
from collections.abc import Sequence
from typing import Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.captures import Embedder, EmbeddingVector
from indelible.captures.entities.vectors import VECTOR
from indelible.captures.errors import EmbedderFailed
from indelible.kernel import IndelibleError
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_web.captures.errors import EmbeddingMissing
from indelible_web.http.operation import OperationContext

logger = logging.getLogger("indelible.web")

EMBED_COMMAND: Final = "embed_artifact"
ACCEPTED: Final = "OK"

Result = EmbeddingVector | IndelibleError


@frozen(kw_only=True, slots=False)  # A class with slots cannot be a second base.
class EmbeddingFields:
    """The fields of an embedding and its model; without both, a text is embedded instead."""

    embedding: tuple[float, ...] | None = field(default=None, metadata=VECTOR)
    embedding_model: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )


def embed_all(
    context: OperationContext, requests: Sequence[tuple[EmbeddingFields, str]]
) -> list[Result]:
    """Return the embedding of each request, or the error for which it has none.

    Each request is its fields and its text. All texts go to the embedder in one call. Each text
    is counted as a command.
    """
    results: list[Result | None] = []
    texts: list[str] = []
    for fields, text in requests:
        result = _client_embedding(fields, text)
        results.append(result)
        if result is None:
            texts.append(text)

    embeddings = _embed_texts(context.app_context.embedder, texts)
    for embedding in embeddings:
        code = embedding.code if isinstance(embedding, IndelibleError) else ACCEPTED
        context.metrics.count_command(*context.metrics.command_labels[EMBED_COMMAND], code)

    computed = iter(embeddings)
    return [next(computed) if result is None else result for result in results]


def _client_embedding(fields: EmbeddingFields, text: str) -> Result | None:
    """Return the client's embedding or an error; None where the text is to be embedded."""
    if fields.embedding is None:
        return None if text.strip() else EmbeddingMissing("a text")
    if fields.embedding_model is None:
        return EmbeddingMissing("embedding_model")
    try:
        return EmbeddingVector(values=fields.embedding, model=fields.embedding_model)
    except IndelibleError as error:
        return error


def _embed_texts(embedder: Embedder | None, texts: Sequence[str]) -> list[Result]:
    """Return the embedding of each text; where all together fail, embed them one by one."""
    if embedder is None:
        return [EmbeddingMissing("an embedder") for _ in texts]
    if not texts:
        return []

    try:
        vectors: list[Result] = list(embedder.embed(texts))
    except Exception as error:  # noqa: BLE001 - a model may raise anything
        # The message of the exception could quote the texts, so only its type is reported.
        problem = type(error).__name__
    else:
        if len(vectors) == len(texts):
            return vectors
        problem = "not an embedding for each text"

    if len(texts) > 1:
        return [_embed_texts(embedder, [text])[0] for text in texts]
    logger.warning("the embedder failed: %s", problem)
    return [EmbedderFailed(problem)]
