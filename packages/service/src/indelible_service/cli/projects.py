"""Plan the files of a project."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import asdict

from indelible_service.cli.output import REFUSED, Command, print_result, print_table, wants_json

if TYPE_CHECKING:
    from indelible.projects.rules.critique import Critique
    from indelible.projects.rules.plan import Plan

FILE_COLUMNS: Final = ("path", "kind", "purpose")
FINDING_COLUMNS: Final = ("severity", "code", "problem", "recommendation")


@click.group()
def projects() -> None:
    """Plan projects."""


@projects.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def plan(context: click.Context, file: Path) -> None:
    """List the files that a job would write, and the findings on its specification.

    Reads the specification as JSON from FILE, or from standard input where FILE is `-`: an object
    with name, description, prompt, nodes, edges and metadata. Nothing is changed, and no database
    is needed. Exits with 1 if a finding would block the job.
    """
    from indelible.projects.rules.critique import critique
    from indelible.projects.rules.plan import plan_files
    from indelible_service.files.specifications import read_specification

    spec = read_specification(file)
    planned = plan_files(spec)
    findings = critique(spec)
    _print_plan(planned, findings)
    context.exit(REFUSED if findings.blocking else 0)


def _print_plan(planned: "Plan", findings: "Critique") -> None:
    """Print the plan and the critique, with their tables for a person."""
    document = {"plan": asdict(planned), "critique": _critique_fields(findings)}
    files = f"Files: {len(planned.files)} of {planned.app_type}, digest {planned.digest}"
    print_result(document, f"{files}. {findings.summary}")
    if wants_json():
        return

    file_rows = [(file.path, file.kind.value, file.purpose) for file in planned.files]
    print_table(FILE_COLUMNS, file_rows)
    finding_rows = [
        (finding.severity.value, finding.code, finding.problem, finding.recommendation)
        for finding in findings.findings
    ]
    print_table(FINDING_COLUMNS, finding_rows)


def _critique_fields(findings: "Critique") -> dict[str, object]:
    return {
        **asdict(findings),
        "blocking": findings.blocking,
        "issue_count": findings.issue_count,
        "high_severity_count": findings.high_severity_count,
        "warnings": findings.warnings(),
    }
