"""Warnings on the content of a version: they never block, and they never change anything."""

import logging
from typing import Final

from indelible.concepts.entities import ConceptPolicy, ConceptVersion, ConceptWarning, Warnings
from indelible.concepts.rules.warnings.codes import WarningCode, warning
from indelible.concepts.rules.warnings.names import RelatedNames
from indelible.concepts.rules.warnings.rules import Rule, RuleInput, applicable_rules

# The number is stored with the warnings. Increase it when a rule changes its result. 2: a
# definition is circular and refers to others by its first sentence only; an ordinary word is no
# reference; the targets of links have no length; FIXME is a placeholder; lists of links and
# definitions that were only a placeholder are not compared.
RULESET: Final = 2

logger = logging.getLogger("indelible.concepts")


def content_warnings(
    version: ConceptVersion,
    previous: ConceptVersion | None,
    names: RelatedNames,
    policy: ConceptPolicy,
) -> Warnings:
    """Return the warnings on a version when it is saved, in the order of the rules."""
    rule_input = RuleInput(
        content=version.content,
        note=version.change_note,
        previous=previous.content if previous else None,
        names=names,
        policy=policy,
    )
    warnings: list[ConceptWarning] = []
    for rule in applicable_rules(rule_input):
        warnings.extend(apply_rule(rule, rule_input))

    return tuple(warnings)


def apply_rule(rule: Rule, rule_input: RuleInput) -> list[ConceptWarning]:
    """Return the warnings of a rule; a rule that fails yields the warning RULE_CRASHED."""
    try:
        findings = rule.find(rule_input)
    except Exception as error:  # noqa: BLE001 - a defect in a rule must not block the author
        # The error's message may quote content, which must not be logged.
        logger.warning("warning rule on field %s failed with %s", rule.field, type(error).__name__)
        return [warning(WarningCode.RULE_CRASHED, rule.field, field=rule.field)]

    if not findings:
        return []

    warnings: list[ConceptWarning] = []
    for code in rule.codes:
        values = findings.get(code, False)
        if values is True:
            warnings.append(warning(code, field=rule.field))
        elif values:
            warnings.append(warning(code, *values, field=rule.field))

    return warnings
