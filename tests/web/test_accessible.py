"""A person of seventy on a cheap phone: reads, presses, hears, finds her way by keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.config import Settings
from flows.replies import Reply
from tests.web.conftest import DESKTOP, PHONE, Served
from tests.web.test_certificate_page import CODE, issue
from tests.web.test_chat_page import ask_about_qr, begin, choose, own, press, queue, replies, say

pytestmark = pytest.mark.asyncio(loop_scope="session")
Open = Callable[..., Any]
LOOKS = [
    pytest.param({**PHONE, "color_scheme": "light"}, id="phone-light"),
    pytest.param({**PHONE, "color_scheme": "dark"}, id="phone-dark"),
    pytest.param({**DESKTOP, "color_scheme": "light"}, id="desk-light"),
    pytest.param({**DESKTOP, "color_scheme": "dark"}, id="desk-dark"),
]
TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def assert_accessible(page: Page) -> None:
    """axe finds nothing at all, contrast of level AAA included."""
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
    found = await Axe().run(page, options=options)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_no_fault_in_the_chat(open_page: Open, served: Served, look: Any) -> None:
    page = await open_page(**look, reduced_motion="reduce")
    await assert_accessible(page)

    await choose(page, "Mượn máy")
    await expect(page.get_by_role("heading", name="Cần hỏi việc gì ạ?")).to_be_visible()
    await assert_accessible(page)

    await ask_about_qr(page)
    await press(page, "Xong, bước tiếp")
    await expect(replies(page)).to_have_count(2)
    card = served.content.sentence("vi", "emergency.danger_fire")
    await queue(served, page, Reply(text=card, emergency=True))
    await expect(page.locator(".emergency")).to_be_visible()
    await assert_accessible(page)

    await choose(page, "Xong, người khác dùng")
    await assert_accessible(page)


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_no_fault_in_pages_to_read(
    open_page: Open, served: Served, look: Any
) -> None:
    await issue(served)
    lessons = ("/bai", "/bai/phone/scan_qr", "/bai/vneid/forgot_password")
    for path in ("/rieng-tu", f"/c/{CODE}", "/c/unknown", *lessons):
        await assert_accessible(await open_page(path, **look))


@pytest.mark.parametrize("bigger", [False, True], ids=["normal", "bigger"])
async def test_letters_and_buttons_are_large(open_page: Open, bigger: bool) -> None:
    page = await open_page()
    if bigger:
        await choose(page, "Chữ to")
    await choose(page, "Máy của tôi")
    await ask_about_qr(page)
    small = await page.evaluate(
        """() => [...document.querySelectorAll("body *")]
          .filter((one) => one.checkVisibility() && !one.closest(".unseen, svg"))
          .filter((one) => [...one.childNodes].some((node) => node.data?.trim()))
          .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 18)
          .map((one) => one.outerHTML)"""
    )
    low = await page.evaluate(
        """() => [...document.querySelectorAll("button, a, textarea")]
          .filter((one) => one.checkVisibility() && !one.matches(".skip"))
          .filter((one) => one.getBoundingClientRect().height < 48)
          .map((one) => one.outerHTML)"""
    )
    assert small == []
    assert low == []
    assert await page.evaluate("document.documentElement.scrollWidth <= 360")


async def test_larger_letters_are_remembered(open_page: Open) -> None:
    page = await begin(open_page)
    normal = await page.evaluate("getComputedStyle(document.documentElement).fontSize")
    await choose(page, "Chữ to")
    await page.goto(page.url + "rieng-tu")

    larger = await page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert (normal, larger) == ("18px", "23px")
    await expect(page.get_by_role("button", name="Chữ to")).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_larger_letters_on_a_borrowed_phone_do_not_stay(open_page: Open) -> None:
    page = await open_page()
    await choose(page, "Chữ to")
    await choose(page, "Mượn máy")
    assert await page.evaluate("JSON.stringify(localStorage)") == "{}"

    await page.reload()
    await expect(page.get_by_role("button", name="Chữ to")).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_the_keyboard_alone_is_enough(open_page: Open, served: Served) -> None:
    page = await open_page(**DESKTOP)
    await page.keyboard.press("1")
    await expect(page.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("quét mã QR")
    await page.keyboard.press("Enter")
    await expect(replies(page)).to_have_count(1)
    await expect(page.get_by_role("textbox")).to_be_focused()

    for _ in range(3):
        await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Xong, bước tiếp")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(replies(page)).to_have_count(2)
    await expect(page.get_by_role("button", name="Xong, bước tiếp")).to_be_focused()


async def test_a_screen_reader_hears_what_is_said(open_page: Open) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)

    log = page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).not_to_have_attribute("aria-busy", "true")
    await expect(own(page).locator(".who")).to_have_text("Người hỏi:")
    await expect(replies(page).locator(".who")).to_have_text("Máy:")
    await expect(page.get_by_role("group", name="Các lựa chọn")).to_be_visible()
    for landmark in ("banner", "main"):
        await expect(page.get_by_role(landmark)).to_have_count(1)


async def test_nothing_moves_for_who_does_not_want_it(open_page: Open) -> None:
    page = await begin(open_page, reduced_motion="reduce")
    await say(page, "quét mã QR")
    await expect(replies(page)).to_have_count(1)

    moving = await page.evaluate("document.getAnimations().length")
    assert moving == 0


async def test_nothing_is_lost_at_four_times_the_size(open_page: Open) -> None:
    page = await begin(open_page, viewport={"width": 320, "height": 256})
    await ask_about_qr(page)

    await expect(page.get_by_role("button", name="Xong, người khác dùng")).to_be_in_viewport()
    await expect(page.get_by_role("textbox")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth <= 320")


async def test_a_browser_that_runs_no_script_is_told(open_page: Open, served: Served) -> None:
    told = served.content.sentence("vi", "page.no_script")
    without = await open_page(java_script_enabled=False)
    await expect(without.get_by_text(told)).to_be_visible()

    page = await open_page()
    await expect(page.get_by_role("button", name="Máy của tôi")).to_be_visible()
    await expect(page.get_by_text(told)).to_be_hidden()


async def test_a_trial_run_says_so(open_page: Open) -> None:
    page = await open_page()
    await expect(page.get_by_text("Bản chạy thử")).to_be_visible()
    await page.get_by_role("link", name="Riêng tư").click()
    await expect(page.get_by_text("chưa có cơ quan nào nhận trách nhiệm")).to_be_visible()


class TestRunByAnOperator:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(
            operator_name="UBND phường Thử",
            operator_contact="028 0000 0000",
            privacy_text="Dòng một.\nDòng hai.",
        )

    async def test_its_name_and_words_are_shown(self, open_page: Open) -> None:
        page = await open_page()
        await expect(page.get_by_text("Của UBND phường Thử")).to_be_visible()
        await expect(page.get_by_text("Bản chạy thử")).to_have_count(0)

        await page.get_by_role("link", name="Riêng tư").click()
        await expect(page.get_by_text("028 0000 0000")).to_be_visible()
        await expect(page.get_by_text("Dòng hai.")).to_be_visible()
