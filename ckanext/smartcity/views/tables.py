"""The list of input tables, the page of one, and its templates."""

from __future__ import annotations

from ckan.plugins import toolkit as tk
from flask import Response

from ckanext.smartcity import catalogue, config
from ckanext.smartcity.indicators import blank_tables
from ckanext.smartcity.views import files
from ckanext.smartcity.views.indicators import add_page, by_slug, smartcity, with_names

TABLE_COLUMNS = ("name", "title_id", "title_en", "filled_by", "producers", "supply", "due", "year", "indicators")
TEMPLATES = {
    "csv": (blank_tables.csv_template, "text/csv; charset=utf-8"),
    "xlsx": (
        blank_tables.xlsx_template,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


def table_list() -> str:
    """All input tables."""
    answer = tk.get_action("smartcity_table_list")({}, {})
    return tk.render("smartcity/tables/index.html", {"answer": answer, "names": by_slug(answer["agency_names"])})


def table_list_file(form: str) -> Response:
    """The list of tables as CSV, or the whole answer as JSON."""
    answer = tk.get_action("smartcity_table_list")({}, {})
    if form == "json":
        return files.json_answer(answer)
    rows = [
        {
            **with_names(table, "title"),
            "due": table["due"] and table["due"]["next"],
            "year": table["due"] and table["due"]["year"],
            "indicators": [one["uid"] for one in table["indicators"]],
        }
        for table in answer["tables"]
    ]
    return files.csv_answer(TABLE_COLUMNS, rows)


def table(name: str) -> Response | str:
    """What stands in one input table and who fills it."""
    try:
        answer = tk.get_action("smartcity_table_show")({}, {"id": name})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Table not found"))
    return tk.render("smartcity/tables/table.html", {"answer": answer, "names": by_slug(answer["agency_names"])})


def table_template(name: str, form: str) -> Response:
    """A table to fill in: header and example row. None of a table that the portal writes itself."""
    try:
        answer = tk.get_action("smartcity_table_show")({}, {"id": name})
    except tk.ObjectNotFound:
        return files.refused(404, tk._("Table not found"))
    if form not in answer["templates"]:
        return files.refused(404, tk._("The portal writes this table itself; it has no template."))
    template, content_type = TEMPLATES[form]
    body = template(catalogue.load(**config.catalogue_sources()).table(name))
    response = Response(body, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename={name}.{form}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


add_page("/smartcity/table", table_list, table_list_file)
smartcity.add_url_rule("/smartcity/table/<name>", view_func=table)
for template_form in TEMPLATES:
    smartcity.add_url_rule(
        f"/smartcity/table/<name>.{template_form}", view_func=table_template, defaults={"form": template_form}
    )
