"""Handlers of commands on projects and jobs. They load, let entities and rules decide, and save."""
