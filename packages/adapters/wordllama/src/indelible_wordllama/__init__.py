"""Embeddings of texts by the model in wordllama's wheel."""

import logging
from collections.abc import Sequence
from functools import cached_property
from math import hypot
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from indelible.captures import EmbeddingVector
from indelible.captures.errors import EmbedderFailed, EmbeddingUnusable

if TYPE_CHECKING:
    from wordllama import WordLlamaInference

MODEL: Final = "wordllama-l2-supercat-256"
DIMENSION: Final = 256
# Of a longer text only the beginning is embedded: the rest costs memory and adds little.
MAX_CHARACTERS: Final = 8_000

__all__ = ["DIMENSION", "MODEL", "MAX_CHARACTERS", "WordLlamaEmbedder"]


@frozen
class WordLlamaEmbedder:
    """An embedder that returns unit vectors. It loads the model once, for the first text."""

    _loading: Lock = field(factory=Lock, init=False, repr=False, eq=False)

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        """Return the embedding of each text, in order; EmbedderFailed where a text has none."""
        vectors: list[EmbeddingVector] = []
        try:
            with self._loading:
                model = self._model
            for text in texts:
                vectors.append(_embed_text(model, text.strip()[:MAX_CHARACTERS]))
        except (ImportError, OSError) as error:
            raise EmbedderFailed(f"the model cannot be loaded: {type(error).__name__}") from error

        return tuple(vectors)

    @cached_property
    def _model(self) -> "WordLlamaInference":
        # Without a handler on the root logger, the import of wordllama configures the logging of
        # the whole process.
        handler = logging.NullHandler()
        root_logger = logging.getLogger()
        root_logger.addHandler(handler)
        try:
            import wordllama  # noqa: PLC0415 - it takes half a second, so only an embedder pays
        finally:
            root_logger.removeHandler(handler)

        # By itself wordllama looks for its tokenizer in a folder that does not exist.
        package_folder = Path(wordllama.__file__).parent
        return wordllama.WordLlama.load(
            cache_dir=package_folder, dim=DIMENSION, disable_download=True
        )


def _embed_text(model: "WordLlamaInference", text: str) -> EmbeddingVector:
    """Embed one text; a batch would need as much memory for each text as for its longest."""
    try:
        (pooled,) = model.embed([text], return_np=False)
        length = hypot(*pooled)
        return EmbeddingVector(values=[number / length for number in pooled], model=MODEL)
    except (TypeError, ZeroDivisionError, EmbeddingUnusable) as error:
        # The text has half a surrogate pair, or no words at all.
        raise EmbedderFailed("a text has no words that the model knows") from error
