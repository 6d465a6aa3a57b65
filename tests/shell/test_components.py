"""Every component, as bytes and in a real browser: valid, accessible, within 320 px, silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser import (
    PHONE,
    assert_axe_clean,
    assert_no_overflow,
    assert_page_holds,
    collect_complaints,
    serve,
    window,
)
from tests.html import check_page
from tests.shell.gallery import ERROR_PAGES, make_gallery

PAGES = ["/", "/form", "/table", "/table?page=3", "/confirm", "/messages"]


@pytest.mark.parametrize("path", [*PAGES, *(f"/errors/{status}" for status in ERROR_PAGES)])
def test_every_page_is_sound_html(gallery: Flask, path: str) -> None:
    for language in ("it", "en"):
        page = gallery.test_client().get(path, headers={"Accept-Language": language})
        check_page(page.text, path=path)
        assert f'<html lang="{language}">' in page.text


def test_a_refused_form_is_sound_html_and_links_each_error_to_its_field(gallery: Flask) -> None:
    page = gallery.test_client().post("/form", data={"places": "9999", "name": "<b>"})
    check_page(page.text, path="/form")
    assert "<title>Errore: Nuovo ciclo · Percorso</title>" in page.text
    assert '<a href="#places">Scrivi un numero da 1 a 6000.</a>' in page.text
    assert '<a href="#mode">Scegli una modalità.</a>' in page.text
    assert 'id="name" name="name"' in page.text
    assert 'value="&lt;b&gt;"' in page.text


def test_a_stranger_is_offered_to_sign_in(tmp_path: Path) -> None:
    page = make_gallery(tmp_path, signed_in=False).test_client().get("/table")
    check_page(page.text, path="/table")
    assert 'href="/accedi"' in page.text
    assert "/esci" not in page.text


def test_pages_that_must_survive_everything_ask_nobody_who_is_there(gallery: Flask) -> None:
    def _unreachable(*_arguments: object) -> str:
        raise RuntimeError("no database, and no address can be built for a hostile Host")

    gallery.jinja_env.globals.update(navigation=_unreachable, url_for=_unreachable)
    for status in (400, 500):
        assert gallery.test_client().get(f"/errors/{status}").status_code == status


@pytest.mark.browser
@pytest.mark.parametrize("path", [*PAGES, "/errors/404", "/errors/500"])
def test_every_page_holds_wide_and_on_a_phone(page: Page, gallery_url: str, path: str) -> None:
    assert_page_holds(page, gallery_url + path)


@pytest.mark.browser
@pytest.mark.parametrize("size", [None, PHONE])
def test_a_refused_form_puts_the_focus_on_its_errors(
    page: Page, gallery_url: str, size: dict[str, int] | None
) -> None:
    if size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(gallery_url + "/form")
    page.get_by_role("button", name="Salva").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert_no_overflow(page)
    assert_axe_clean(page)
    summary.get_by_role("link", name="Scrivi il titolo del ciclo.").click()
    expect(page.get_by_label("Titolo del ciclo")).to_be_focused()


@pytest.mark.browser
def test_a_password_can_be_shown_and_hidden(page: Page, gallery_url: str) -> None:
    page.goto(gallery_url + "/form")
    field = page.locator("#password")
    button = page.get_by_role("button", name="Mostra")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(field).to_have_attribute("type", "password")


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_the_menu_of_a_phone_opens_by_keyboard_even_without_scripts(
    browser: Browser, gallery_url: str, javascript: bool
) -> None:
    with window(browser, viewport=PHONE, java_script_enabled=javascript) as page:
        page.goto(gallery_url + "/table")
        link = page.get_by_role("link", name="I miei incontri")
        expect(link).not_to_be_visible()
        page.get_by_role("button", name="Menu", exact=True).press("Enter")
        expect(link).to_be_visible()
        page.keyboard.press("Escape")
        expect(link).not_to_be_visible()


@pytest.mark.browser
def test_the_open_menu_of_a_phone_holds_too(page: Page, gallery_url: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(gallery_url + "/table")
    page.get_by_role("button", name="Menu", exact=True).click()
    assert_no_overflow(page)
    assert_axe_clean(page)


@pytest.mark.browser
def test_the_skip_link_comes_first_and_leads_to_the_content(page: Page, gallery_url: str) -> None:
    page.goto(gallery_url + "/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Vai al contenuto")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.browser
def test_the_browser_helpers_can_fail(browser: Browser, gallery: Flask) -> None:
    """Each watcher is shown a page with the fault it exists for."""

    @gallery.get("/broken")
    def broken() -> str:
        return (
            '<!doctype html><html lang="it"><title>x</title><main><h1>x</h1>'
            '<p style="width:900px">wide</p><div class="w">x</div><img src="/static/no.png">'
            '<input><script>document.title = "run"</script></main></html>'
        )

    with serve(gallery) as url, browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        complaints = collect_complaints(page)
        page.goto(url + "/broken")
        page.evaluate("() => document.querySelector('.w').style.setProperty('width', '800px')")
        with pytest.raises(AssertionError, match="808 px of 320"):
            assert_no_overflow(page)
        with pytest.raises(AssertionError, match=r"image-alt[\s\S]*label"):
            assert_axe_clean(page)
        told = "\n".join(complaints)
        assert "style-src" in told
        assert "script-src" in told
        assert "404" in told
        assert page.title() == "x"
