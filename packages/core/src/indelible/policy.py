"""The policies of a store: frozen, and passed when the store is opened."""

from attrs import field, frozen

from indelible.captures import CapturePolicy
from indelible.concepts import ConceptPolicy
from indelible.kernel.keys import KeyPolicy
from indelible.kernel.task_arguments import TaskPolicy
from indelible.tokens.rules.tasks import TokenPolicy


@frozen(kw_only=True)
class Policy:
    """The policies of all contexts."""

    captures: CapturePolicy = field(factory=CapturePolicy)
    concepts: ConceptPolicy = field(factory=ConceptPolicy)
    keys: KeyPolicy = field(factory=KeyPolicy)
    tasks: TaskPolicy = field(factory=TaskPolicy)
    tokens: TokenPolicy = field(factory=TokenPolicy)
