"""Pure functions over concepts, their versions, their history and each other."""

from indelible.concepts.rules.current import Lookup, current_warnings
from indelible.concepts.rules.diff import (
    ContentDiff,
    DiffDoesNotApply,
    DiffOp,
    FieldDiff,
    VersionDiff,
    diff_content,
    to_unified,
)
from indelible.concepts.rules.graph import ConceptGraph, LearningOrder, graph_warnings, learning_order
from indelible.concepts.rules.records import (
    change_between,
    check_corrected,
    check_step,
    check_version,
    fold,
    record_of,
    warnings_digest,
)
from indelible.concepts.rules.warnings import RULESET, NamesLike, WarningCode, candidate_names, content_warnings

__all__ = [
    # records
    "change_between",
    "check_corrected",
    "check_step",
    "check_version",
    "fold",
    "record_of",
    "warnings_digest",
    # diff
    "ContentDiff",
    "DiffDoesNotApply",
    "DiffOp",
    "FieldDiff",
    "VersionDiff",
    "diff_content",
    "to_unified",
    # warnings
    "RULESET",
    "NamesLike",
    "WarningCode",
    "candidate_names",
    "content_warnings",
    # warnings that hold now
    "Lookup",
    "current_warnings",
    # graph
    "ConceptGraph",
    "LearningOrder",
    "graph_warnings",
    "learning_order",
]
