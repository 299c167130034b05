"""Concepts: versioned learning content that goes from DRAFT to PUBLISHED, forward only."""

from indelible.concepts import errors
from indelible.concepts.commands import (
    ApproveConcept,
    ConceptSaved,
    CreateConcept,
    EditConcept,
    PublishConcept,
    SubmitConcept,
)
from indelible.concepts.entities import (
    Concept,
    ConceptContent,
    ConceptPolicy,
    ConceptVersion,
    ConceptWarning,
    Severity,
)
from indelible.concepts.handlers import (
    approve_concept,
    create_concept,
    edit_concept,
    publish_concept,
    submit_concept,
)
from indelible.concepts.lifecycle import CONCEPT, ConceptStatus
from indelible.concepts.ports import (
    ConceptFilter,
    ConceptOverview,
    ConceptRepository,
    ConceptSummary,
    SearchedOverviews,
)
from indelible.concepts.queries import (
    ConceptView,
    ConceptWarnings,
    VersionView,
    concept_as_of,
    count_concepts,
    diff_versions,
    get_concept,
    get_learning_order,
    get_version,
    list_concepts,
    list_history,
    list_versions,
    list_warnings,
    prerequisite_graph,
    search_overviews,
    whole_graph,
)
from indelible.concepts.repositories import ConceptsRead, ConceptsWrite
from indelible.concepts.rules.diff.content import DiffDoesNotApply, VersionDiff, diff_content
from indelible.concepts.rules.diff.unified import to_unified
from indelible.concepts.rules.graph import ConceptGraph, LearningOrder, learning_order
from indelible.concepts.rules.merge import FieldMerge, MergeKind, three_way
from indelible.concepts.rules.warnings.codes import WarningCode
from indelible.concepts.rules.warnings.levels import (
    UNFILLED_CODES,
    parse_levels,
    shown_warnings,
    unfilled_codes,
)

__all__ = [
    # commands
    "ApproveConcept",
    "CreateConcept",
    "EditConcept",
    "PublishConcept",
    "SubmitConcept",
    "approve_concept",
    "create_concept",
    "edit_concept",
    "publish_concept",
    "submit_concept",
    # queries
    "concept_as_of",
    "count_concepts",
    "diff_versions",
    "get_concept",
    "get_version",
    "list_concepts",
    "list_history",
    "list_versions",
    "list_warnings",
    "get_learning_order",
    "prerequisite_graph",
    "search_overviews",
    "whole_graph",
    # values
    "CONCEPT",
    "Concept",
    "ConceptContent",
    "ConceptFilter",
    "ConceptGraph",
    "ConceptOverview",
    "ConceptSummary",
    "ConceptPolicy",
    "ConceptWarnings",
    "ConceptSaved",
    "ConceptView",
    "ConceptStatus",
    "ConceptVersion",
    "ConceptWarning",
    "FieldMerge",
    "LearningOrder",
    "MergeKind",
    "SearchedOverviews",
    "Severity",
    "UNFILLED_CODES",
    "VersionDiff",
    "VersionView",
    "WarningCode",
    # rules
    "shown_warnings",
    "diff_content",
    "learning_order",
    "parse_levels",
    "three_way",
    "unfilled_codes",
    "to_unified",
    # ports
    "ConceptRepository",
    "ConceptsRead",
    "ConceptsWrite",
    # errors
    "errors",
    "DiffDoesNotApply",
]
