"""The policies of a store: frozen, and passed when the store is opened."""

from attrs import field, frozen

from indelible.concepts import ConceptPolicy
from indelible.kernel.keys import KeyPolicy


@frozen(kw_only=True)
class Policy:
    """The policies of all contexts."""

    concepts: ConceptPolicy = field(factory=ConceptPolicy)
    keys: KeyPolicy = field(factory=KeyPolicy)
