"""A form as a browser without scripts fills it in and sends it."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag


class BrowserForm:
    """The controls of one form of a page; ``values`` are the lists of texts that would be sent, by name."""

    def __init__(self, html: str, selector: str):
        self.page = BeautifulSoup(html, "lxml")
        form = self.page.select_one(selector)
        assert form is not None, f"no form {selector}"
        self.form: Tag = form
        self.values: dict[str, list[str]] = {}
        for control in form.select("input[name], select[name], textarea[name]"):
            for text in _sent(control):
                self.values.setdefault(str(control["name"]), []).append(text)

    def fill(self, **changes: str | list[str]) -> BrowserForm:
        """Type into controls; only names that the form has. ``__`` in a name of ours stands for a hyphen."""
        for name, value in changes.items():
            control = name.replace("__", "-")
            assert self.form.select(f'[name="{control}"]'), f"the form has no {control}"
            self.values[control] = value if isinstance(value, list) else [value]
        return self

    def texts(self, selector: str) -> list[str]:
        return [found.get_text(" ", strip=True) for found in self.page.select(selector)]

    def ticked(self, name: str) -> list[str]:
        return [str(box["value"]) for box in self.form.select(f'input[type=checkbox][name="{name}"][checked]')]

    def sent(self, button: str = "") -> dict[str, Any]:
        return {**self.values, "save": button}


def _sent(control: Tag) -> list[str]:
    if control.name == "select":
        options = control.select("option[selected]") or control.select("option")[:1]
        return [str(option.get("value", option.get_text())) for option in options]
    if control.name == "textarea":
        text = control.get_text()
        return [text.removeprefix("\n").replace("\n", "\r\n")]
    kind = control.get("type", "text")
    if kind in ("checkbox", "radio") and not control.has_attr("checked"):
        return []
    if kind in ("submit", "button", "file"):
        return []
    return [str(control.get("value", "")).replace("\n", "").replace("\r", "")]
