"""The key of a contract in the register. Pure."""

from __future__ import annotations

SOURCES = ("spse",)


def manual_id(organization: str, number: str) -> str:
    """The key of a contract that was typed in. ``organization``: its name; upper case and white space do not count."""
    return f"manual:{organization}:{''.join(number.lower().split())}"
