"""Who may do what: one function per action, of the same name."""

from __future__ import annotations

__all__: list[str] = []
