"""Rules over several entities: saving, tasks that are due, signed messages and scanning a chain."""
