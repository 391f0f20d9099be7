"""Validators of dataset, resource and organisation fields (docs/decisions explain the rules of the form)."""

from __future__ import annotations

__all__: list[str] = []
