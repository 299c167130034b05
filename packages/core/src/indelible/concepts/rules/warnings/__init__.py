"""Warnings on concepts: their codes, the names that they compare with, and the rules."""

from indelible.concepts.rules.warnings.codes import (
    MAX_PARAM_LENGTH,
    MAX_PARAMS,
    WarningCode,
    warning,
)
from indelible.concepts.rules.warnings.content import RULESET, apply_rule, content_warnings
from indelible.concepts.rules.warnings.levels import (
    UNFILLED_CODES,
    parse_levels,
    shown_warnings,
    unfilled_codes,
)
from indelible.concepts.rules.warnings.names import (
    RelatedNames,
    candidate_names,
    related_name_keys,
)
from indelible.concepts.rules.warnings.rules import RULES, Rule, RuleInput, applicable_rules

__all__ = [
    "MAX_PARAMS",
    "MAX_PARAM_LENGTH",
    "RULES",
    "RULESET",
    "RelatedNames",
    "UNFILLED_CODES",
    "Rule",
    "RuleInput",
    "WarningCode",
    "candidate_names",
    "shown_warnings",
    "content_warnings",
    "applicable_rules",
    "apply_rule",
    "parse_levels",
    "related_name_keys",
    "unfilled_codes",
    "warning",
]
