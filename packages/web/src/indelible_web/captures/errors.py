"""The errors of the captures' routes."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Invalid


@frozen
class EmbeddingMissing(Invalid):
    """A request without an embedding that the server cannot compute either."""

    message: ClassVar[str] = (
        "The capture needs {missing}: send an embedding with its model, or a text to a server "
        "that has an embedder."
    )
    missing: str
