"""Embeddings of texts by the model that comes inside wordllama's wheel."""

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
MOST_CHARACTERS: Final = (
    8_000  # of a text; what follows says little more of its topic, and costs memory
)

__all__ = ["DIMENSION", "MODEL", "MOST_CHARACTERS", "WordLlamaEmbedder"]


@frozen
class WordLlamaEmbedder:
    """Turns texts into unit vectors; the model is loaded once, when the first text comes."""

    _loading: Lock = field(factory=Lock, init=False, repr=False, eq=False)

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        """The embedding of each text's first characters, in order; EmbedderFailed where one has none."""
        try:
            with self._loading:
                model = self._model
            return tuple(_embedded(model, text.strip()[:MOST_CHARACTERS]) for text in texts)
        except (ImportError, OSError) as error:
            raise EmbedderFailed(f"the model cannot be loaded: {type(error).__name__}") from error

    @cached_property
    def _model(self) -> "WordLlamaInference":
        quiet, root = logging.NullHandler(), logging.getLogger()
        root.addHandler(
            quiet
        )  # else wordllama, when it is imported, decides for the whole process what is logged
        try:
            import wordllama  # noqa: PLC0415 - half a second, for whoever embeds
        finally:
            root.removeHandler(quiet)
        inside = Path(
            wordllama.__file__
        ).parent  # its own search looks for the tokenizer in a folder that is not there
        return wordllama.WordLlama.load(cache_dir=inside, dim=DIMENSION, disable_download=True)


def _embedded(model: "WordLlamaInference", text: str) -> EmbeddingVector:
    try:
        (pooled,) = model.embed(
            [text], return_np=False
        )  # one at a time: a batch is as wide as its longest
        length = hypot(*pooled)
        return EmbeddingVector(values=[each / length for each in pooled], model=MODEL)
    except (
        TypeError,
        ZeroDivisionError,
        EmbeddingUnusable,
    ) as error:  # half a character, and no words at all
        raise EmbedderFailed("a text has no words that the model knows") from error
