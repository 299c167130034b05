"""Levels of warnings: which codes are shown, and with which severity."""

import re
from collections.abc import Mapping
from typing import Final

from attrs import evolve

from indelible.concepts.entities import ConceptWarning, Severity, WarningLevels, Warnings
from indelible.concepts.errors import WarningLevelsInvalid
from indelible.concepts.rules.warnings.codes import WarningCode

OFF: Final = "off"
EMPTY_FIELDS: Final = "EMPTY_FIELDS"  # the five codes of UNFILLED_CODES in a text of levels
LEVELS: Final[Mapping[str, Severity | None]] = {
    OFF: None,
    "info": Severity.INFO,
    "minor": Severity.MINOR,
    "major": Severity.MAJOR,
}
RANKS: Final = {Severity.MAJOR: 0, Severity.MINOR: 1, Severity.INFO: 2}
SEPARATOR: Final = re.compile(r"\s*,\s*")

# A field that was left empty. In a store that does not use the field, every concept has the
# warning, so these come after the warnings about what was written.
UNFILLED_CODES: Final[frozenset[str]] = frozenset(
    {
        WarningCode.EXPL_EMPTY,
        WarningCode.OBJ_EMPTY,
        WarningCode.EX_NONE,
        WarningCode.MISC_NONE,
        WarningCode.SCOPE_EMPTY,
    }
)


def parse_levels(text: str) -> WarningLevels:
    """Return the levels in a text such as `EMPTY_FIELDS:off, DEF_LONG:major`.

    `EMPTY_FIELDS` stands for the five codes of empty fields, except those with a level of their
    own.

    Raises:
        WarningLevelsInvalid: A code or a level is unknown, or a code occurs twice.
    """
    chosen: dict[str, Severity | None] = {}
    if not text.strip():
        return chosen

    for item in SEPARATOR.split(text.strip()):
        code, _, level = item.partition(":")
        is_known = code == EMPTY_FIELDS or code in WarningCode.__members__
        if not is_known or level not in LEVELS or code in chosen:
            raise WarningLevelsInvalid(item, tuple(LEVELS))
        chosen[code] = LEVELS[level]

    if EMPTY_FIELDS not in chosen:
        return chosen

    level_of_empty_fields = chosen.pop(EMPTY_FIELDS)
    for code in sorted(UNFILLED_CODES):
        chosen.setdefault(code, level_of_empty_fields)

    return chosen


def shown_warnings(warnings: Warnings, levels: WarningLevels) -> Warnings:
    """Return the warnings to show, the most important first; stored warnings never change.

    Warnings about what was written come before those about empty fields, and major ones before
    minor ones. Otherwise the order of the rules stays.
    """
    last_codes = unfilled_codes(levels)

    def rank(warning: ConceptWarning) -> tuple[bool, int]:
        return warning.code in last_codes, RANKS[warning.severity]

    selected: list[ConceptWarning] = []
    for warning in warnings:
        severity = levels.get(warning.code, warning.severity)
        if severity is warning.severity:
            selected.append(warning)
        elif severity is not None:
            selected.append(evolve(warning, severity=severity))

    return tuple(sorted(selected, key=rank))


def unfilled_codes(levels: WarningLevels) -> frozenset[str]:
    """Return the codes that come last: those of empty fields, except where a level was chosen."""
    return UNFILLED_CODES - levels.keys()
