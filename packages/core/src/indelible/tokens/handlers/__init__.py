"""Handlers of token commands. They load, let entities and rules decide, and save."""
