"""The prompt that critique, plan and generation work with."""

from typing import Final

from indelible.projects.entities.values import ArchitectureSpec

DEFAULT_PROMPT: Final = "A standard software system"


def effective_prompt(spec: ArchitectureSpec) -> str:
    """Return the prompt, or the description if the prompt is blank, or else a default."""
    for text in (spec.prompt, spec.description):
        stripped = text.strip()
        if stripped:
            return stripped

    return DEFAULT_PROMPT
