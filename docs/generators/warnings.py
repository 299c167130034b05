"""The page of warnings."""

from collections.abc import Iterator

from docs.generators.markdown import cell, page, table

from indelible.concepts import ConceptPolicy, WarningCode
from indelible.concepts.entities import OBSERVABLE_VERBS
from indelible.concepts.rules.warnings.rules import RULES

LEAD = """
A warning never blocks a write and never changes content. *Stored* warnings are computed in the
transaction that writes a version and are saved with it. Warnings *at read* depend on other
concepts or on later approvals and are computed when they are requested. Braces stand for values;
`ConceptPolicy` sets the limits.
"""
LIMITS_LEAD = """
Set these limits with `open_store(policy=Policy(concepts=ConceptPolicy(...)))`.
"""


def warnings_page() -> str:
    """Return the page with every warning and the limits that the rules use."""
    head = ("code", "severity", "message", "field", "computed")
    warnings = table(head, _warning_rows())
    limits = table(("limit", "default"), _limit_rows())

    return page("Warnings", LEAD.lstrip(), warnings, "## Limits\n", LIMITS_LEAD.lstrip(), limits)


def _warning_rows() -> Iterator[tuple[str, ...]]:
    fields = stored_fields()
    for code in WarningCode:
        if code in fields:
            field, computed = fields[code], "stored"
        elif code.startswith("PREREQ"):
            field, computed = "`prerequisites`", "at read"
        else:
            field, computed = "the concept", "at read"
        yield f"`{code}`", code.severity.value, cell(code.template), field, computed


def stored_fields() -> dict[str, str]:
    """Map each code that is stored with a version to the field that it is about."""
    fields = {str(WarningCode.RULE_CRASHED): "any"}
    for rule in RULES:
        for code in rule.codes:
            is_in_several_fields = code in fields
            fields[code] = "any text" if is_in_several_fields else f"`{rule.field}`"

    return fields


def _limit_rows() -> Iterator[tuple[str, str]]:
    policy = ConceptPolicy()
    for name in dir(policy):
        if name.startswith("_"):
            continue
        value = getattr(policy, name)
        is_verbs = value == OBSERVABLE_VERBS
        yield f"`{name}`", f"{len(OBSERVABLE_VERBS)} verbs" if is_verbs else str(value)
