"""Captures in the service: the embedder is a gateway."""

from typing import TYPE_CHECKING, ClassVar, Final

from attrs import frozen

from indelible.captures import CapturePolicy, DefaultEmbedding, Embedder
from indelible.kernel import Conflict
from indelible.kernel.distributions import WORDLLAMA, DistributionMissing
from indelible_service.contexts.declaration import ServiceContext
from indelible_service.settings.environment import one_of, setting

if TYPE_CHECKING:
    from indelible_wordllama import WordLlamaEmbedder, WordLlamaWordsEmbedder

EMBEDDERS: Final = one_of("auto", "wordllama", "wordllama-words", "none", convert=str.lower)


@frozen
class EmbedderDisabled(Conflict):
    """A command needs an embedder, but the settings choose none."""

    message: ClassVar[str] = "INDELIBLE_EMBEDDER is none, so that texts are not embedded here."


@frozen(kw_only=True)
class CaptureSettings:
    """The settings of captures."""

    embedder: str = setting("INDELIBLE_EMBEDDER", "auto", EMBEDDERS)


def build_embedder(settings: CaptureSettings) -> Embedder | None:
    """Return the configured embedder, or None where texts are not embedded here.

    Raises: DistributionMissing where one is named and not installed.
    """
    try:
        return build_required_embedder(settings)
    except EmbedderDisabled:
        return None
    except DistributionMissing:
        if settings.embedder == "auto":
            return None
        raise


def build_required_embedder(settings: CaptureSettings) -> Embedder:
    """Return the configured embedder.

    Raises: EmbedderDisabled, DistributionMissing.
    """
    return _embedder_class(settings)()


def build_policy(settings: CaptureSettings) -> CapturePolicy:
    """Return the policy that a store is opened with: first calls work without configuration."""
    return CapturePolicy(default_embedding=_default_embedding(settings), has_default_algorithm=True)


def _default_embedding(settings: CaptureSettings) -> DefaultEmbedding | None:
    """Return the model of the configured embedder, or None where texts are not embedded here."""
    try:
        embedder = _embedder_class(settings)
    except (EmbedderDisabled, DistributionMissing):
        return None

    return DefaultEmbedding(model=embedder.model, dimension=embedder.dimension)


def _embedder_class(
    settings: CaptureSettings,
) -> "type[WordLlamaEmbedder | WordLlamaWordsEmbedder]":
    """Return the class of the configured embedder.

    Raises: EmbedderDisabled, DistributionMissing.
    """
    if settings.embedder == "none":
        raise EmbedderDisabled

    with WORDLLAMA.required():
        from indelible_wordllama import WordLlamaEmbedder, WordLlamaWordsEmbedder

    return WordLlamaWordsEmbedder if settings.embedder == "wordllama-words" else WordLlamaEmbedder


CONTEXT: Final = ServiceContext(
    name="captures",
    settings=CaptureSettings,
    policy=build_policy,
    gateways={"embedder": build_embedder},
    scopes=("captures:read", "captures:write", "captures:admin"),
)
