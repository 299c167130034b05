"""One file a step, beside the statements that it runs."""
