"""The content of planned files, by deterministic templates of our own."""

from indelible.projects.entities import ArchitectureSpec, GeneratedFile
from indelible.projects.rules.plan import Plan


def generate_files(spec: ArchitectureSpec, plan: Plan) -> tuple[GeneratedFile, ...]:
    """Return the content of each planned file: UTF-8 with LF, the same bytes for the same input.

    Raises:
        GeneratedTooLarge: A file, or all files together, exceed a limit.
    """
    raise NotImplementedError
