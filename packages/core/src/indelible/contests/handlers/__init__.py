"""Handlers of commands of contests. They load, let entities and rules decide, and save."""
