"""One column of a file, bound once to what its cells must be: the reading of a cell is then one call."""

from __future__ import annotations

import re
from typing import Any

from ckanext.smartcity.catalogue import Column
from ckanext.smartcity.indicators.cells import Broken, Notation, Value, trimmed
from ckanext.smartcity.indicators.files import UNCALCULATED
from ckanext.smartcity.indicators.report import ERROR

_GROUP_OR_FRACTION = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
"""1.500 is one and a half with a decimal point, and fifteen hundred as Indonesians write it."""


class BoundColumn:
    """A column of a table and its place in the rows of a file, None where the file has not got it."""

    def __init__(self, column: Column, place: int | None, notation: Notation) -> None:
        self.name, self.place = column.name, place
        self._required = column.required and place is not None
        self._read = notation.reader(column.type)
        self._ours = {trimmed(theirs): ours for theirs, ours in notation.options.values.get(column.name, {}).items()}
        self._allowed = None if column.allowed is None else frozenset(column.allowed)
        self._known = list(column.allowed or ())
        self._allowed_level = column.allowed_level
        self._form = re.compile(column.pattern) if column.pattern else None
        self._example = column.example
        self._least, self._most = column.bounds.minimum, column.bounds.maximum
        self._points = column.type in ("integer", "decimal") and notation.options.number_format == "plain"

    def value(self, cell: Any) -> Value:
        """The value of a cell, None for an empty one. Raises Broken for an error."""
        if cell is UNCALCULATED:
            raise Broken("formula_without_value")
        value = self._read(self._mapped(cell))
        if value is None:
            if self._required:
                raise Broken("empty")
            return None
        if self._allowed is not None and self._allowed_level == ERROR and value not in self._allowed:
            raise Broken("not_allowed", known=self._known)
        if self._form is not None and not self._form.fullmatch(str(value)):
            raise Broken("other_form", example=self._example)
        self._refuse_out_of_bounds(value)
        return value

    def doubt(self, cell: Any, value: Value) -> Broken | None:
        """What a reader should look at in a cell that has no error."""
        if self._points and isinstance(cell, str) and _GROUP_OR_FRACTION.fullmatch(cell.strip()):
            return Broken("point_of_thousands")
        if self._allowed is None or value is None or value in self._allowed:
            return None
        return Broken("not_allowed", known=self._known)

    def _mapped(self, cell: Any) -> Any:
        return self._ours.get(trimmed(cell), cell) if self._ours and isinstance(cell, str) else cell

    def _refuse_out_of_bounds(self, value: Any) -> None:
        if (self._least is not None and value < self._least) or (self._most is not None and value > self._most):
            least, most = (None if bound is None else str(bound) for bound in (self._least, self._most))
            raise Broken("out_of_bounds", least=least, most=most)
