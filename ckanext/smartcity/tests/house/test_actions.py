"""Every action has an auth function of its name, a docstring, one signature, and asks first."""

from __future__ import annotations

import inspect

import pytest
from ckan import authz
from ckan import plugins as p
from ckan.plugins import toolkit as tk

pytestmark = pytest.mark.usefixtures("with_plugins")


class Asked(Exception):
    pass


def actions() -> dict:
    return p.get_plugin("smartcity").get_actions()


def test_there_are_actions_and_they_bear_our_prefix() -> None:
    assert actions()
    assert all(name.startswith("smartcity_") for name in actions() if not getattr(actions()[name], "chained_action", 0))


def test_each_action_has_an_auth_function_of_its_name() -> None:
    assert not [name for name in actions() if name not in authz.auth_functions_list()]


def test_each_action_says_what_it_takes_and_returns() -> None:
    for name, action in actions().items():
        text = inspect.getdoc(action) or ""
        assert ":returns:" in text or "Returns" in text or "returns" in text, f"{name}: say what it returns"


def test_each_action_has_one_signature() -> None:
    for name, action in actions().items():
        chained = ["original_action"] if getattr(action, "chained_action", False) else []
        assert list(inspect.signature(action).parameters) == [*chained, "context", "data_dict"], name


def test_each_action_asks_before_it_looks_at_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in actions():

        def asked(action: str, *args: object, expected: str = name, **kwargs: object) -> None:
            assert action == expected
            raise Asked

        monkeypatch.setattr(tk, "check_access", asked)
        with pytest.raises(Asked):
            tk.get_action(name)({"user": ""}, {"nonsense": object()})
