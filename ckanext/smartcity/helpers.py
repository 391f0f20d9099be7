"""Template helpers. All names begin with ``smartcity_``: among plugins the first of a name wins.

The one exception chains a helper of CKAN.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from ckan.plugins import toolkit as tk

from ckanext.smartcity import catalogue, config, portal, visits
from ckanext.smartcity.portal import fields, forms
from ckanext.smartcity.visits import caller, texts

__all__ = [
    "humanize_entity_type",
    "smartcity_approaches",
    "smartcity_catalogue_text",
    "smartcity_chips",
    "smartcity_choice_label",
    "smartcity_choices",
    "smartcity_city_name",
    "smartcity_city_region_code",
    "smartcity_contract_decisions",
    "smartcity_date",
    "smartcity_day",
    "smartcity_day_of_month",
    "smartcity_day_of_year",
    "smartcity_empty_fields",
    "smartcity_form_choices",
    "smartcity_form_problems",
    "smartcity_form_rows",
    "smartcity_has_value",
    "smartcity_in_page_language",
    "smartcity_is_day",
    "smartcity_is_email",
    "smartcity_is_walidata",
    "smartcity_is_yes",
    "smartcity_moment",
    "smartcity_month",
    "smartcity_navigation",
    "smartcity_next_release",
    "smartcity_number",
    "smartcity_opted_out",
    "smartcity_organization_visits",
    "smartcity_overdue_toggle",
    "smartcity_page_token",
    "smartcity_percent",
    "smartcity_required_when",
    "smartcity_root_path",
    "smartcity_rupiah",
    "smartcity_sections",
    "smartcity_texts",
    "smartcity_visits_indicator",
]


def smartcity_approaches() -> tuple[catalogue.Approach, ...]:
    """The approaches of the catalogue with their themes, in its order."""
    return catalogue.load(**config.catalogue_sources()).approaches


def smartcity_catalogue_text(text: Any) -> str:
    """A text of the catalogue (``Text`` or ``{"id": .., "en": ..}``) in the language of the page."""
    return portal.in_reader_language(text)


def smartcity_city_name() -> str:
    """The name of the city in titles and sentences."""
    return config.city_name()


def smartcity_date(day: date | str, width: str = "long") -> str:
    """A day, also as ISO text, in the language of the page; ``width`` is ``long`` or, for tables, ``medium``."""
    return portal.day(date.fromisoformat(day) if isinstance(day, str) else day, tk.h.lang(), width)


def smartcity_month(day: str, width: str = "long") -> str:
    """The month of an ISO day in the language of the page; ``short`` for below a bar of a chart."""
    return portal.month(date.fromisoformat(day), tk.h.lang(), width)


def smartcity_day_of_month(day: str) -> str:
    """An ISO day without its year, for below a bar of a chart."""
    return portal.day_of_month(date.fromisoformat(day), tk.h.lang())


def smartcity_day_of_year(day: str) -> int:
    """How many days of its year have begun by the end of an ISO day."""
    return date.fromisoformat(day).timetuple().tm_yday


def smartcity_moment(moment: str) -> str:
    """A moment given as ISO text with its zone, as day and minute in the city, in the language of the page."""
    return portal.moment(datetime.fromisoformat(moment).astimezone(config.timezone()), tk.h.lang())


def smartcity_organization_visits(organization_id: str) -> dict[str, int] | None:
    """Visits, views and downloads of an organization and what is below it; nothing where they are not shown."""
    return visits.organization_counts(organization_id)


def smartcity_visits_indicator() -> str:
    """Address part of the indicator that visits are counted for, as in ``/smartcity/indicator/<part>``."""
    return texts.texts()["indicator"]


def smartcity_is_walidata(user: str | None = None, capacity: str = "editor") -> bool:
    """Whether the user (default: who looks at the page) acts for the walidata."""
    return portal.is_walidata(user or tk.current_user.name, capacity)


def smartcity_navigation() -> bool:
    """Whether header entry and home block are shown."""
    return config.navigation()


def smartcity_number(value: int | float | Decimal | str) -> str:
    """A number, also as text with a decimal point, in the language of the page."""
    return portal.number(Decimal(value) if isinstance(value, str) else value, tk.h.lang())


def smartcity_percent(share: str) -> str:
    """A percentage, a decimal number as text, with one decimal in the language of the page: ``33,3%``."""
    rounded = Decimal(share).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{smartcity_number(rounded)}%"


def smartcity_contract_decisions(contract_id: str) -> list[dict[str, Any]] | None:
    """The decisions about a contract, the newest first; ``None`` for a contract that is deleted."""
    try:
        return tk.get_action("smartcity_contract_decision_list")({"user": tk.current_user.name}, {"id": contract_id})
    except tk.ObjectNotFound:
        return None


def smartcity_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """All choices of a field, retired ones too (scheming's ``choices_helper``): for display and validators."""
    return portal.field_choices(field)


def smartcity_form_choices(field: dict[str, Any], value: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a form offers for a field that holds ``value``: groups of choices with ``value``, ``label``, ``ticked``.

    The label of a group is empty for choices without one. Labels are in the language of the page.
    """
    text = portal.in_reader_language
    groups = forms.grouped_choices(forms.offered_choices(portal.field_choices(field), value))
    return [(text(group), [{**c, "label": text(c["label"])} for c in choices]) for group, choices in groups]


def smartcity_choice_label(field: dict[str, Any], value: Any) -> str:
    """The label of a choice in the language of the page; a value that is no choice as it is."""
    return portal.choice_label(field, str(value))


def smartcity_chips(field: dict[str, Any], values: Any) -> list[dict[str, str]]:
    """The values of a list field as ``label`` and, where there is a page for it, ``url``."""
    held = fields.stored_list(values)
    choices = portal.field_choices(field) if held else []
    labels = {choice["value"]: portal.in_reader_language(choice["label"]) for choice in choices}
    page = CHIP_PAGES.get(field["smartcity_vocabulary"])
    known = [value for value in labels if value in held]
    return [
        {"label": labels.get(value, value), "url": page(value) if page and value in labels else ""}
        for value in known + [value for value in held if value not in labels]
    ]


def _indicator_page(uid: str) -> str:
    standard, code = catalogue.load(**config.catalogue_sources()).indicator(uid).path.split("/")
    return tk.url_for("smartcity.indicator", standard=standard, code=code)


def _agency_page(name: str) -> str:
    return tk.url_for("smartcity.agency", org=name)


CHIP_PAGES = {"indicators": _indicator_page, "organizations": _agency_page}


def smartcity_city_region_code() -> str:
    """The region code that the form of a new dataset proposes."""
    return config.region_code()


def smartcity_day(value: Any) -> str:
    """A stored day in the language of the page; a stored text that is no day as it is."""
    return smartcity_date(value) if fields.is_day(value) or isinstance(value, date) else str(value)


def smartcity_rupiah(value: Any) -> str:
    """A stored amount as ``Rp 1.250.000.000`` in the language of the page; an odd stored text as it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"Rp\N{NO-BREAK SPACE}{smartcity_number(value)}"


def smartcity_form_rows(field: dict[str, Any], data: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a repeating field in a form: those just typed, else those stored."""
    return forms.form_rows(field["field_name"], data)


def smartcity_form_problems(errors: dict[str, Any], definitions: list[dict[str, Any]]) -> list[forms.Problem]:
    """The errors of a form as sentences with the id of what to mend."""
    return forms.problems(errors, definitions, _field_label)


def smartcity_empty_fields(definitions: list[dict[str, Any]], record: dict[str, Any]) -> list[dict[str, Any]]:
    """Fields of a record that hold nothing, required ones first: ``label``, ``anchor`` in the form, ``required``."""
    required, recommended = forms.empty_fields(definitions, record)
    return [
        {"label": _field_label(field), "anchor": forms.field_id(field["field_name"]), "required": field in required}
        for field in required + recommended
    ]


def _field_label(field: dict[str, Any]) -> str:
    return tk.h.scheming_language_text(field.get("label") or field["field_name"])


def smartcity_required_when(field: dict[str, Any], dataset_type: str) -> str:
    """When a field is required that is not always so, as a hint for its form; empty for all other fields."""
    when = field.get("smartcity_required_when") or {}
    definitions = (tk.h.scheming_get_dataset_schema(dataset_type) or {}).get("dataset_fields", []) if when else []
    return " ".join(
        tk._('Required where {other} is "{value}".').format(
            other=_field_label(other), value=smartcity_choice_label(other, when[other["field_name"]])
        )
        for other in definitions
        if other["field_name"] in when
    )


def smartcity_in_page_language(record: dict[str, Any]) -> dict[str, Any]:
    """A dataset or organisation with its English title and notes where the page is not Indonesian and it has them."""
    if tk.h.lang() == "id":
        return record
    english = {name: record[f"{name}_en"] for name in ("title", "notes") if record.get(f"{name}_en")}
    if "title" in english and "display_name" in record:
        english["display_name"] = english["title"]
    return {**record, **english}


def smartcity_next_release(dataset: dict[str, Any]) -> tuple[date, bool] | None:
    """When a dataset is next due and whether that has passed; from the dictionary alone, without a query."""
    return portal.next_release(dataset)


def smartcity_overdue_toggle() -> dict[str, Any]:
    """The link of the search page that limits to overdue datasets, or lifts that: ``url``, ``active``."""
    active = tk.request.args.get(portal.OVERDUE_PARAMETER) == "1"
    arguments = [
        pair for pair in tk.request.args.items(multi=True) if pair[0] not in (portal.OVERDUE_PARAMETER, "page")
    ]
    if not active:
        arguments.append((portal.OVERDUE_PARAMETER, "1"))
    path = tk.h.current_url().partition("?")[0]
    return {"active": active, "url": f"{path}?{urlencode(arguments)}" if arguments else path}


def smartcity_page_token() -> str | None:
    """The token with which this page confirms that it was shown; ``None`` on pages that do not."""
    return tk.g.get("smartcity_page_token")


def smartcity_root_path() -> str:
    """What stands before every path of the portal that has no language in it; empty for a portal at the root."""
    return config.root_path()


def smartcity_opted_out() -> bool:
    """Whether this browser has asked not to be counted."""
    return caller.has_opted_out(tk.request.environ)


def smartcity_sections(
    definitions: list[dict[str, Any]], record: dict[str, Any], without: list[str]
) -> list[dict[str, Any]]:
    """The fields of a record that hold a value, under the headings of the form: ``heading``, ``fields``."""
    text = tk.h.scheming_language_text
    found = forms.sections(definitions, record, without)
    return [{"heading": text(heading), "fields": filled} for heading, filled in found]


def smartcity_has_value(field: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether a record holds something in a field."""
    return not forms.is_blank(record.get(field["field_name"]))


def smartcity_texts(value: Any) -> list[str]:
    """A list field as a list of texts, also as just typed or as an older portal left it."""
    return fields.stored_list(value)


def smartcity_is_day(value: Any) -> bool:
    """Whether a text is a day that a date control can show."""
    return fields.is_day(value)


def smartcity_is_yes(value: Any) -> bool:
    """Whether a stored or typed value means yes."""
    return fields.is_yes(value)


def smartcity_is_email(value: Any) -> bool:
    """Whether a text can be linked as an e-mail address."""
    return fields.is_email(value)


@tk.chained_helper
def humanize_entity_type(next_helper: Any, entity_type: str, object_type: str, purpose: str) -> str | None:
    """CKAN's words around the name of a type ("Create Service contract"), with the type's name in the page's language.

    CKAN makes the name out of ``service_contract`` and translates only the words around it.
    """
    words = next_helper(entity_type, object_type, purpose)
    if object_type != "service_contract" or not words:
        return words
    words = words.replace("Service contract", tk._("service contract"))
    return words[0].upper() + words[1:]
