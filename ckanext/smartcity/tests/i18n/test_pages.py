"""A walk through the pages of a portal in Indonesian: no text of CKAN, scheming or ours may come in English."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartcity.tests.i18n.english import English, spoken

VISITOR_PAGES = [
    "/",
    "/dataset",
    "/dataset?q=hujan",
    "/dataset?q=takada",
    "/dataset?tags=cuaca&sort=title_string+asc",
    "/dataset/curah-hujan",
    "/dataset/groups/curah-hujan",
    "/dataset/followers/curah-hujan",
    "/dataset/tanpa-berkas",
    "/dataset/curah-hujan/resource/{resource}",
    "/organization",
    "/organization?q=takada",
    "/organization/dinas-cuaca",
    "/organization/about/dinas-cuaca",
    "/organization/members/dinas-cuaca",
    "/group",
    "/group?q=takada",
    "/group/iklim",
    "/group/about/iklim",
    "/service_contract",
    "/smartcity",
    "/smartcity?programme=1&state=without_data",
    "/smartcity?theme=99",
    "/smartcity/indicator/iso37122-2019/5.1",
    "/smartcity/indicator/iso37122-2019/10.1",
    "/smartcity/indicator/iso37122-2019/99.9",
    "/smartcity/agency",
    "/smartcity/agency/dishub",
    "/smartcity/agency/dinas-cuaca",
    "/smartcity/table",
    "/smartcity/table/payments",
    "/smartcity/table/contracts",
    "/smartcity/table/tidak-ada",
    "/smartcity/visits",
    "/smartcity/visits?first=2026-01-01&last=2026-01-31",
    "/smartcity/visits?first=kemarin",
    "/user/login",
    "/user/register",
    "/user/reset",
    "/user/logged_out_redirect",
    "/user/wulan",
    "/about",
    "/tidak-ada",
    "/dataset/tidak-ada",
    "/organization/tidak-ada",
    "/dataset/activity/tidak-ada",
]
OFFICER_PAGES = [
    "/dataset/new",
    "/dataset/edit/curah-hujan",
    "/dataset/curah-hujan/resource/new",
    "/dataset/curah-hujan/resource/{resource}/edit",
    "/dataset/resources/curah-hujan",
    "/dataset/collaborators/curah-hujan",
    "/dataset/collaborators/curah-hujan/new",
    "/dataset/delete/curah-hujan",
    "/dataset/tanpa-berkas",
    "/service_contract/new",
    "/organization/edit/dinas-cuaca",
    "/organization/manage_members/dinas-cuaca",
    "/organization/member_new/dinas-cuaca",
    "/organization/bulk_process/dinas-cuaca",
    "/smartcity/tagging",
    "/dashboard/datasets",
    "/dashboard/organizations",
    "/dashboard/groups",
    "/user/edit/wulan",
    "/user/wulan",
    "/user/wulan/api-tokens",
]


@pytest.fixture(scope="session")
def english(translations) -> English:
    """Every message whose Indonesian differs from its English: all of CKAN's, scheming's listed ones and ours."""
    core, ours = translations.core_translation("id"), translations.committed("id")

    def pairs():
        for source in (core, translations.core_messages(), translations.our_messages()):
            for message in source:
                if not message.id:
                    continue
                place = translations.key(message)
                texts = [translations.forms(where.get(*place))[0] for where in (core, ours) if where.get(*place)]
                indonesian = " ".join(texts)
                for form in message.id if isinstance(message.id, tuple) else (message.id,):
                    yield form, indonesian

    return English(pairs())


@pytest.fixture
def city(clean):
    """A small portal whose data share no word with the messages; the resource's id and an officer of its agency."""
    officer = factories.User(name="wulan", fullname="Wulan Sari", about="Petugas data.")
    members = [{"name": officer["name"], "capacity": "admin"}]
    factories.Organization(
        name="dinas-cuaca", title="Dinas Cuaca", description="Mencatat cuaca.", sdi_role="walidata", users=members
    )
    factories.Group(name="iklim", title="Iklim", description="Cuaca sepanjang tahun.", users=members)
    dataset = call_action(
        "package_create",
        name="curah-hujan",
        title="Curah hujan harian",
        owner_org="dinas-cuaca",
        license_id="cc-by",
        indicators=["iso37122:2019/10.1"],
        frequency="DAILY",
        groups=[{"name": "iklim"}],
        tag_string="cuaca",
        resources=[{"url": "https://kota.example/hujan.csv", "name": "Hujan 2025", "format": "CSV"}],
    )
    call_action("package_create", name="tanpa-berkas", title="Angin bulanan", owner_org="dinas-cuaca")
    return {"resource": dataset["resources"][0]["id"], "officer": officer}


def english_on(pages, app, english, city, prefix=""):
    found = {}
    licences = {licence["title"] for licence in call_action("license_list")}  # each in both languages
    for page in pages:
        address = prefix + page.format(resource=city["resource"])
        answer = app.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        if texts := english.found_in(answer.body, licences):
            found[page] = texts
    return found


def listed(found: dict[str, list[str]]) -> str:
    return "".join(f"\n{page}: {text}" for page, texts in found.items() for text in texts)


def test_a_visitor_meets_no_english(app, english, city):
    assert listed(english_on(VISITOR_PAGES, app, english, city)) == ""


def test_an_officer_meets_no_english(app, english, city):
    app.set_session_user(city["officer"]["id"])
    assert listed(english_on(OFFICER_PAGES, app, english, city)) == ""


def test_the_walk_sees_english_where_there_is_some(app, english, city):
    found = english_on(["/dataset", "/user/login"], app, english, city, prefix="/en")
    assert "Datasets" in found["/dataset"]
    assert any(text.startswith("{number} datasets found") for text in found["/dataset"])
    assert any("Remember me" in text for text in found["/user/login"])


def test_indonesian_is_served_by_default_and_english_below_its_prefix(app, city):
    assert "2 kumpulan data ditemukan" in spoken(app.get("/dataset").body)
    assert "2 datasets found" in spoken(app.get("/en/dataset").body)
    assert 'lang="id"' in app.get("/dataset").body
    assert 'lang="en"' in app.get("/en/dataset").body


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize(("language", "clock"), [("id", "Baru saja"), ("en", "Just now")])
def test_what_code_writes_is_translated_too(test_request_context, language, clock):
    with test_request_context("/", environ_overrides={"CKAN_LANG": language}):
        assert tk._("Just now") == clock
