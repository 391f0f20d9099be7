"""Blueprints: one file per page family."""

from __future__ import annotations

__all__: list[str] = []
