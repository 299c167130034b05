"""The critique of a specification: deterministic rules, each with a code of ours.

A critical finding blocks: the job fails, and all findings become warnings. `CRITIQUE_CODES` lists
every code with its meaning.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from indelible.projects.entities.values import ArchitectureSpec
from indelible.projects.rules.checks import RULES
from indelible.projects.rules.findings import Finding, Problem, Rule, Severity
from indelible.projects.rules.graph import read_graph

MAX_HIGH_WARNINGS: Final = 3

CRITIQUE_CODES: Final[Mapping[str, Severity]] = {rule.code: rule.severity for rule in RULES}
# What a plan ignores or does not know is always a warning of the job.
ALWAYS_WARNED: Final = frozenset({"NODE_TYPE_UNKNOWN", "NODE_ITEM_IGNORED"})


@frozen(kw_only=True)
class Critique:
    """The findings on a specification, the most severe first."""

    summary: str
    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> bool:
        """Return True if a job with this specification fails."""
        return any(finding.severity is Severity.CRITICAL for finding in self.findings)

    @property
    def issue_count(self) -> int:
        """Return the number of findings."""
        return len(self.findings)

    @property
    def high_severity_count(self) -> int:
        """Return the number of high and critical findings."""
        severe = {Severity.HIGH, Severity.CRITICAL}
        return sum(1 for finding in self.findings if finding.severity in severe)

    @property
    def failure_reason(self) -> str:
        """Return the reason with which a blocked job fails."""
        problems = [
            finding.problem for finding in self.findings if finding.severity is Severity.CRITICAL
        ]
        return f"Architecture blocked: {' '.join(problems)}"

    def warnings(self) -> tuple[str, ...]:
        """Return the warnings of a job with this specification.

        If the critique blocks, every finding is a warning. Otherwise the first three high findings
        are, and what the plan ignores or does not know.
        """
        if self.blocking:
            return tuple(finding.warning for finding in self.findings)

        high = [finding for finding in self.findings if finding.severity is Severity.HIGH]
        ignored = [finding for finding in self.findings if finding.code in ALWAYS_WARNED]
        return tuple(finding.warning for finding in (*high[:MAX_HIGH_WARNINGS], *ignored))


def critique(spec: ArchitectureSpec) -> Critique:
    """Check a specification against every rule. Linear in its size."""
    graph = read_graph(spec)
    findings: list[Finding] = []
    for rule in RULES:
        problem = rule.problem_of(spec, graph)
        if problem is not None:
            findings.append(_finding(rule, problem))

    return Critique(summary=_summary(findings), findings=tuple(findings))


def _finding(rule: Rule, problem: Problem) -> Finding:
    node_ids = dict.fromkeys(node.id for node in problem.nodes)
    return Finding(
        code=rule.code,
        severity=rule.severity,
        category=rule.category,
        node_ids=tuple(node_ids),
        problem=problem.text,
        recommendation=rule.recommendation,
    )


def _summary(findings: Iterable[Finding]) -> str:
    counts = dict.fromkeys(reversed(Severity), 0)
    for finding in findings:
        counts[finding.severity] += 1

    parts = [f"{count} {severity}" for severity, count in counts.items() if count]
    if not parts:
        return "No problems found."

    verdict = "The architecture can be built."
    if counts[Severity.CRITICAL]:
        verdict = "The architecture is blocked."
    return f"Findings: {', '.join(parts)}. {verdict}"
