"""Concepts in the service: two settings, no gateway and no stage."""

from typing import Final

from attrs import frozen

from indelible.concepts import ConceptPolicy, parse_levels
from indelible.concepts.errors import WarningLevelsInvalid
from indelible_service.contexts.declaration import ServiceContext
from indelible_service.settings.environment import ON_OFF, Format, setting

LEVELS_TEXT: Final = (
    "warning codes with off, info, minor or major, such as EMPTY_FIELDS:off,DEF_LONG:info"
)


def are_levels(text: str) -> bool:
    """Return True where the text can be read as levels of warnings."""
    try:
        parse_levels(text)
    except WarningLevelsInvalid:
        return False

    return True


WARNING_LEVELS: Final = Format(LEVELS_TEXT, r"[A-Za-z_:,\s]+", is_valid=are_levels)


@frozen(kw_only=True)
class ConceptSettings:
    """The settings of concepts."""

    four_eyes: bool = setting("INDELIBLE_FOUR_EYES", default=False, accepted=ON_OFF)
    warning_levels: str = setting("INDELIBLE_WARNING_LEVELS", "", WARNING_LEVELS)


def build_policy(settings: ConceptSettings) -> ConceptPolicy:
    """Return the policy that a store is opened with."""
    return ConceptPolicy(
        four_eyes=settings.four_eyes, warning_levels=parse_levels(settings.warning_levels)
    )


CONTEXT: Final = ServiceContext(
    name="concepts",
    settings=ConceptSettings,
    policy=build_policy,
    scopes=(
        "concepts:read",
        "concepts:write",
        "concepts:review",
        "concepts:approve",
        "concepts:publish",
    ),
)
