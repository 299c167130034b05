"""Concepts in the service: one setting, no gateway and no stage."""

from typing import Final

from attrs import frozen

from indelible.concepts import ConceptPolicy
from indelible_service.contexts.declaration import ServiceContext
from indelible_service.environment import ON_OFF, setting


@frozen(kw_only=True)
class ConceptSettings:
    """The settings of concepts."""

    four_eyes: bool = setting("INDELIBLE_FOUR_EYES", default=False, accepted=ON_OFF)


def build_policy(settings: ConceptSettings) -> ConceptPolicy:
    """Return the policy that a store is opened with."""
    return ConceptPolicy(four_eyes=settings.four_eyes)


CONTEXT: Final = ServiceContext(name="concepts", settings=ConceptSettings, policy=build_policy)
