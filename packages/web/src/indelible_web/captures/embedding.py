"""From what a client sends to an embedding, before a transaction begins."""

import logging
from collections.abc import Iterator, Sequence
from itertools import repeat

from attrs import field, frozen
from attrs.validators import optional

from indelible.captures import Embedder, EmbeddingVector
from indelible.captures.entities import NUMBERS
from indelible.captures.errors import EmbedderFailed
from indelible.kernel import IndelibleError
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_web.captures.errors import EmbeddingMissing
from indelible_web.http.problems import error_or_result

logger = logging.getLogger("indelible.web")


@frozen(kw_only=True, slots=False)  # without slots, it can be a second base
class Meaning:
    """An embedding and its model; or neither, and a text instead."""

    embedding: tuple[float, ...] | None = field(default=None, metadata=NUMBERS)
    embedding_model: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )


Meant = tuple[Meaning, str]
Vectors = list[EmbeddingVector | IndelibleError]


def embedded(embedder: Embedder | None, query: Sequence[Meant]) -> Vectors:
    """The embedding of each, or why there is none; all texts go to the embedder at once."""
    given = [error_or_result(_given, *each) for each in query]
    texts = [each for each in given if isinstance(each, str)]
    found = _found(embedder, texts)
    return [next(found) if isinstance(each, str) else each for each in given]


def _given(meaning: Meaning, text: str) -> EmbeddingVector | str:
    if meaning.embedding is None:
        if not text.strip():
            raise EmbeddingMissing("a text")
        return text
    if meaning.embedding_model is None:
        raise EmbeddingMissing("embedding_model")
    return EmbeddingVector(values=meaning.embedding, model=meaning.embedding_model)


def _found(
    embedder: Embedder | None, texts: Sequence[str]
) -> Iterator[EmbeddingVector | IndelibleError]:
    if embedder is None:
        return repeat(EmbeddingMissing("an embedder"))
    found = list[EmbeddingVector]()
    try:
        found += embedder.embed(texts) if texts else ()
        problem = "" if len(found) == len(texts) else "not an embedding for each text"
    except Exception as error:  # noqa: BLE001 - whatever a model raises, nothing is kept
        problem = type(error).__name__  # its message could quote the texts
    if problem and len(texts) > 1:
        return iter([next(_found(embedder, [each])) for each in texts])
    if problem:
        logger.warning("the embedder failed: %s", problem)
        return repeat(EmbedderFailed(problem))
    return iter(found)
