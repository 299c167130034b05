"""A batch of tasks: claimed, performed and finished."""
