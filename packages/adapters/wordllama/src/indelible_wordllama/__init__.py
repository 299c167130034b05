"""Embeddings of texts by the model in wordllama's wheel, alone or with the words of the text."""

import logging
from collections.abc import Sequence
from functools import cached_property
from math import hypot
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, ClassVar, Final

from attrs import field, frozen

from indelible.captures import EmbeddingVector
from indelible.captures.errors import EmbedderFailed, EmbeddingUnusable
from indelible_wordllama.words import DIMENSION as WORDS_DIMENSION
from indelible_wordllama.words import word_vector

if TYPE_CHECKING:
    from wordllama import WordLlamaInference

# Of a longer text only the beginning is embedded: the rest costs memory and adds little.
MAX_CHARACTERS: Final = 8_000

__all__ = ["MAX_CHARACTERS", "WordLlamaEmbedder", "WordLlamaWordsEmbedder"]


@frozen
class WordLlamaEmbedder:
    """An embedder that returns unit vectors. It loads the model once, for the first text."""

    model: ClassVar[str] = "wordllama-l2-supercat-256"
    dimension: ClassVar[int] = 256

    _loading: Lock = field(factory=Lock, init=False, repr=False, eq=False)

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        """Return the embedding of each text, in order; EmbedderFailed where a text has none."""
        vectors: list[EmbeddingVector] = []
        try:
            with self._loading:
                loaded = self._loaded
            for text in texts:
                values = _embed_text(loaded, _beginning(text))
                vectors.append(EmbeddingVector(values=values, model=self.model))
        except (ImportError, OSError) as error:
            raise EmbedderFailed(f"the model cannot be loaded: {type(error).__name__}") from error
        except EmbeddingUnusable as error:
            raise EmbedderFailed("the model returned no usable vector") from error

        return tuple(vectors)

    @cached_property
    def _loaded(self) -> "WordLlamaInference":
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
            cache_dir=package_folder, dim=self.dimension, disable_download=True
        )


@frozen
class WordLlamaWordsEmbedder:
    """An embedder whose vectors compare what texts mean and, as much, which words they share.

    The first 256 numbers are the model's, the other 768 count the words of the text. Both parts
    have the same length, and together 1. Without words, such as in "a b", the second part is zero.
    """

    model: ClassVar[str] = f"{WordLlamaEmbedder.model}+words-{WORDS_DIMENSION}"
    dimension: ClassVar[int] = WordLlamaEmbedder.dimension + WORDS_DIMENSION

    _meanings: WordLlamaEmbedder = field(factory=WordLlamaEmbedder, init=False, repr=False)

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        """Return the embedding of each text, in order; EmbedderFailed where a text has none."""
        vectors: list[EmbeddingVector] = []
        for text, meaning in zip(texts, self._meanings.embed(texts), strict=True):
            parts = (*meaning.values, *word_vector(_beginning(text)))
            length = hypot(*parts)
            values = [number / length for number in parts]
            vectors.append(EmbeddingVector(values=values, model=self.model))

        return tuple(vectors)


def _beginning(text: str) -> str:
    return text.strip()[:MAX_CHARACTERS]


def _embed_text(model: "WordLlamaInference", text: str) -> list[float]:
    """Embed one text; a batch would need as much memory for each text as for its longest."""
    try:
        (pooled,) = model.embed([text], return_np=False)
        length = hypot(*pooled)
        return [number / length for number in pooled]
    except (TypeError, ZeroDivisionError) as error:
        # The text has half a surrogate pair, or no words at all.
        raise EmbedderFailed("a text has no words that the model knows") from error
