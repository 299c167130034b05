"""SQL of the kernel: history, aggregates, tasks and keys."""
