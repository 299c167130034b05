"""Descriptions of the fields of the kernel's operators' routes, for their OpenAPI document."""

from collections.abc import Mapping
from typing import Final

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "alert": "The alert that led to the execution; null if none did.",
    "allowed_actions": "The actions that the state of the execution allows.",
    "command": "The command of the step, as it was carried out.",
    "ended_at": "The instant at which the execution ended; null before it.",
    "error_reason": "What is left, or why it did not help; needed for `failed` and `partial`.",
    "executed_by": "The actor who did it, such as `user:maya`.",
    "execution": "The execution.",
    "execution_id": "The id of the execution.",
    "expected": "What the runbook expects the command to show.",
    "failed_step_count": "The number of steps that were not as expected.",
    "StepView.number": "The number of the step, from 1.",
    "observed": "What the command has shown.",
    "ok": "True if it was as expected.",
    "result_json": "The result of the execution; null without one.",
    "runbook_name": "The name of the runbook, such as `28-payouts-stuck`.",
    "runbook_version": "The version of the runbook that is carried out; by default this release.",
    "step_count": "The number of steps.",
    "steps": "The steps in their order.",
    "system_state_after": "What was measured at the end; null without it.",
    "system_state_before": "What was measured before the first step; null without it.",
}
