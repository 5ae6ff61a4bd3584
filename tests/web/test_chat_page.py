"""Whole conversations in a real browser, on a cheap phone and on a desk."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from bot.channels import web
from bot.storage import outbox
from flows.replies import Reply
from tests.talk import everything
from tests.web.conftest import DESKTOP, PHONE, Served

pytestmark = pytest.mark.asyncio(loop_scope="session")
Open = Callable[..., Any]
QUESTION = re.compile(r"^Câu \d+/\d+\.")


def replies(page: Page) -> Locator:
    return page.locator(".reply")


def own(page: Page) -> Locator:
    return page.locator(".mine")


async def choose(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).click()


async def say(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.get_by_role("button", name="Gửi", exact=True).click()


async def press(page: Page, label: str) -> None:
    await page.locator(".options:not(.old)").get_by_role("button", name=label).click()


async def begin(open_page: Open, whose: str = "Máy của tôi", **kind: Any) -> Page:
    page = await open_page(**kind)
    await choose(page, whose)
    return page


async def ask_about_qr(page: Page) -> None:
    await say(page, "quét mã QR")
    await expect(replies(page).last).to_contain_text("Bước 1/")


async def queue(served: Served, page: Page, reply: Reply) -> None:
    """What a reminder does: something is said that nobody asked for now."""
    key = await page.evaluate("(sessionStorage.getItem('key') ?? localStorage.getItem('key'))")
    address = web.address_of(web.chat_of(key))
    await served.database.write(
        partial(
            outbox.enqueue,
            turn="unasked",
            address=address,
            learner_id=None,
            said=[reply],
            now=served.clock(),
        )
    )


async def key_of(page: Page) -> dict[str, str]:
    return {"X-Browser": await page.evaluate("localStorage.getItem('key')")}


async def stored(page: Page, kind: str) -> str:
    return await page.evaluate(f"JSON.stringify({kind}Storage)")


@pytest.mark.parametrize("kind", [PHONE, DESKTOP], ids=["phone", "desk"])
async def test_a_howto_is_followed_by_buttons_and_numbers(
    open_page: Open, served: Served, kind: Any
) -> None:
    page = await begin(open_page, **kind)
    await choose(page, "Quét mã QR để trả tiền")
    await expect(replies(page).last).to_contain_text("Bước 1/")

    await press(page, "Xong, bước tiếp")
    await expect(replies(page).last).to_contain_text("iPhone hay máy khác")

    served.clock.pass_(seconds=5)
    await say(page, "2")
    await expect(replies(page).last).to_contain_text("Bước 2/")
    await expect(replies(page)).to_have_count(3)
    await expect(own(page)).to_have_count(3)


async def test_all_of_a_quiz_is_answered_by_letters_and_buttons(
    open_page: Open, served: Served
) -> None:
    page = await begin(open_page)
    await say(page, "làm bài")
    asked = set[str]()
    await expect(replies(page)).to_have_count(1)
    while await replies(page).last.get_by_text(QUESTION).count():
        newest = replies(page).last
        count = await replies(page).count()
        served.clock.pass_(seconds=5)
        if await newest.locator(".order").count():
            asked.add("order")
            await expect(newest.get_by_role("button")).to_have_count(0)
            marks = await newest.locator(".order b").all_inner_texts()
            await say(page, " ".join(mark.rstrip(".") for mark in marks))
        else:
            asked.add("options")
            await page.locator(".options:not(.old) .option").first.click()
        await expect(replies(page)).not_to_have_count(count)
    assert asked == {"order", "options"}


async def test_a_reload_keeps_the_thread(open_page: Open) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    await press(page, "Xong, bước tiếp")
    await expect(replies(page)).to_have_count(2)
    before = await page.locator("#thread .text").all_inner_texts()

    await page.reload()

    await expect(replies(page)).to_have_count(2)
    assert await page.locator("#thread .text").all_inner_texts() == before
    await expect(page.locator(".options.old .chosen")).to_contain_text("Xong, bước tiếp")
    await press(page, "Máy khác")
    await expect(replies(page).last).to_contain_text("Bước 2/")


async def test_an_old_button_marks_nothing(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    await press(page, "Xong, bước tiếp")
    await expect(replies(page)).to_have_count(2)
    old = page.locator(".options.old").get_by_role("button", name="Xong, bước tiếp")
    await expect(old).to_be_visible()

    await page.reload()  # a double tap is dropped by the page; this is no double tap
    await expect(replies(page)).to_have_count(2)
    await old.click()

    told = served.content.sentence("vi", "stale.old")
    await expect(page.locator("#thread")).to_contain_text(told)
    await press(page, "Máy khác")
    await expect(replies(page).last).to_contain_text("Bước 2/")


async def test_an_answer_that_was_overtaken_opens_no_old_buttons(
    open_page: Open, served: Served
) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    stored = await page.request.get(f"{served.url}/chat/replies", headers=await key_of(page))
    overtaken = await stored.text()
    given: list[str] = []

    async def come_late(route: Route) -> None:
        if given:
            return await route.continue_()
        given.append(overtaken)
        return await route.fulfill(body=overtaken, content_type="application/json")

    await page.route("**/chat/replies*", come_late)
    await press(page, "Xong, bước tiếp")
    async with page.expect_request_finished(lambda _: bool(given)):
        await expect(replies(page)).to_have_count(2)

    await expect(page.locator(".options:not(.old)")).to_contain_text("Máy khác")


async def test_a_double_tap_is_one_press(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    await page.get_by_role("button", name="Xong, bước tiếp").dblclick()

    await expect(replies(page)).to_have_count(2)
    await expect(own(page)).to_have_count(2)


async def test_what_was_typed_without_a_network_is_sent_later_and_once(
    open_page: Open, served: Served
) -> None:
    page = await begin(open_page)
    await expect(page.get_by_role("heading", name="Cần hỏi việc gì ạ?")).to_be_visible()
    await page.context.set_offline(True)
    await say(page, "quét mã QR")
    await expect(own(page)).to_contain_text("Chưa gửi, đang chờ mạng.")
    await expect(replies(page)).to_have_count(0)

    await page.context.set_offline(False)

    await expect(replies(page)).to_have_count(1)
    await expect(own(page)).not_to_contain_text("Chưa gửi")
    assert len((await everything(served.database))["utterance"]) == 1


async def test_what_waits_outlives_the_page(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await page.context.set_offline(True)
    await say(page, "quét mã QR")
    await expect(own(page)).to_contain_text("Chưa gửi, đang chờ mạng.")
    await page.close()
    await page.context.set_offline(False)

    again = await open_page(context=page.context)

    await expect(replies(again)).to_have_count(1)
    await expect(own(again)).to_have_count(1)


async def test_what_waits_is_sent_though_a_hotspot_first_put_its_own_page_there(
    open_page: Open, served: Served
) -> None:
    page = await begin(open_page)
    await page.context.set_offline(True)
    await say(page, "quét mã QR")
    await expect(own(page)).to_contain_text("Chưa gửi, đang chờ mạng.")
    await page.close()
    seen: list[str] = []

    async def login(route: Route) -> None:
        if len(seen) == 2:
            return await route.continue_()
        seen.append(route.request.method)
        return await route.fulfill(status=200, content_type="text/html", body="<p>Wi-Fi</p>")

    await page.context.route("**/chat/*", login)
    await page.context.set_offline(False)

    again = await open_page(context=page.context)

    await expect(replies(again)).to_have_count(1, timeout=15_000)
    assert len(seen) == 2
    assert len((await everything(served.database))["utterance"]) == 1


async def test_an_answer_that_was_lost_on_its_way_is_shown_once(
    open_page: Open, served: Served
) -> None:
    page = await begin(open_page)
    lost: list[str] = []

    async def lose(route: Route) -> None:
        if lost:
            return await route.continue_()
        lost.append((await (await route.fetch()).json())["at"])
        return await route.abort()

    await page.route("**/chat/messages", lose)
    await ask_about_qr(page)
    await expect(own(page).locator(".delay")).to_be_hidden()

    await expect(replies(page)).to_have_count(1)
    assert len(lost) == 1
    assert len((await everything(served.database))["utterance"]) == 1


async def test_a_shown_reply_is_noted_as_sent(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    async with page.expect_response("**/chat/seen"):
        await ask_about_qr(page)

    rows = (await everything(served.database))["delivery"]
    assert [row["state"] for row in rows] == ["sent"]


async def test_what_is_said_unasked_appears_by_itself(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    await queue(served, page, Reply(text="Dạ, tới giờ rồi: uống thuốc."))

    await expect(replies(page).last).to_contain_text("uống thuốc")


async def test_a_fragment_is_answered_when_no_more_comes(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    async with page.expect_response("**/chat/messages"):
        await say(page, "xin chào")
    await expect(page.locator("#state")).to_have_text("Máy đang đọc…")
    served.clock.pass_(seconds=5)
    assert await served.assistant.fall_due(served.clock()) == 1

    await expect(replies(page)).to_have_count(1)
    await expect(page.locator("#state")).to_have_text("")


async def test_a_secret_does_not_stay_on_the_phone(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await say(page, "mã OTP là 482913")

    await expect(replies(page)).not_to_have_count(0)
    await expect(own(page)).not_to_contain_text("482913")
    assert "482913" not in await stored(page, "local")


async def test_what_was_deleted_goes_from_the_page_too(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    await say(page, "xóa dữ liệu của tôi")
    await press(page, "Xóa hết")
    deleted = served.content.sentence("vi", "data.deleted")

    await expect(replies(page)).to_have_count(1)
    await expect(replies(page)).to_contain_text(deleted)
    await expect(own(page)).to_have_count(1)
    assert "quét" not in await stored(page, "local")


async def test_a_borrowed_phone_keeps_nothing(open_page: Open, served: Served) -> None:
    page = await begin(open_page, "Mượn máy")
    await ask_about_qr(page)
    assert await stored(page, "local") == "{}"
    await page.reload()
    await expect(replies(page)).to_have_count(1)
    await expect(own(page)).to_have_count(1)

    await choose(page, "Xong, người khác dùng")
    async with page.expect_response("**/chat/forget"):
        await choose(page, "Quên, để người khác dùng")

    await expect(page.get_by_role("heading", name="Đang dùng điện thoại của ai ạ?")).to_be_focused()
    await expect(page.locator("#thread")).to_be_empty()
    assert [await stored(page, kind) for kind in ("local", "session")] == ["{}", "{}"]
    left = await everything(served.database)
    for table in ("identity", "learner", "dialog", "utterance", "delivery"):
        assert left[table] == []


async def test_a_closed_tab_ends_a_visit_on_a_borrowed_phone(open_page: Open) -> None:
    page = await begin(open_page, "Mượn máy")
    await ask_about_qr(page)
    await page.close()

    again = await open_page(context=page.context)

    await expect(again.get_by_role("button", name="Mượn máy")).to_be_visible()
    await expect(again.locator("#thread")).to_be_empty()


async def test_a_borrowed_phone_forgets_after_a_quarter_of_an_hour(
    open_page: Open, served: Served
) -> None:
    page = await open_page()
    await page.clock.install()
    await page.reload()
    await choose(page, "Mượn máy")
    await ask_about_qr(page)
    await page.clock.fast_forward("14:00")
    await page.get_by_role("textbox").press("a")
    await page.clock.fast_forward("14:00")
    await expect(replies(page)).to_have_count(1)

    async with page.expect_response("**/chat/forget"):
        await page.clock.fast_forward("01:30")

    await expect(page.get_by_text("Để yên lâu nên trang đã quên")).to_be_visible()
    assert await stored(page, "session") == "{}"
    assert (await everything(served.database))["learner"] == []


async def test_ones_own_phone_forgets_when_asked_twice(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    key = await page.evaluate("localStorage.getItem('key')")
    await choose(page, "Xong, người khác dùng")
    await choose(page, "Chưa, ở lại")
    await expect(replies(page)).to_have_count(1)

    await choose(page, "Xong, người khác dùng")
    await choose(page, "Quên, để người khác dùng")
    await choose(page, "Máy của tôi")

    await expect(page.locator("#thread")).to_be_empty()
    assert await page.evaluate("localStorage.getItem('key')") != key
    assert len((await everything(served.database))["learner"]) == 1


async def test_another_tab_forgets_too(open_page: Open) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    other = await open_page(context=page.context)
    await expect(replies(other)).to_have_count(1)

    await choose(page, "Xong, người khác dùng")
    await choose(page, "Quên, để người khác dùng")

    await expect(other.locator("#thread")).to_be_empty()
    await expect(other.get_by_role("button", name="Máy của tôi")).to_be_visible()


async def test_a_text_that_is_too_long_is_told_and_stays(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await say(page, "a" * 4_003)

    await expect(page.get_by_role("alert")).to_contain_text("đang dư 3")
    await expect(page.get_by_role("textbox")).to_have_value("a" * 4_003)
    await expect(own(page)).to_have_count(0)


@pytest.mark.parametrize(
    "link", ["//evil.example/c/", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]
)
async def test_words_are_never_read_as_a_page(open_page: Open, served: Served, link: str) -> None:
    markup = "<img src=x onerror=alert(1)><b>đậm</b>"
    page = await begin(open_page)
    await say(page, f"quét mã QR {markup}")
    await queue(served, page, Reply(text=markup, link=link))

    await expect(own(page)).to_contain_text(markup)
    await expect(replies(page).last).to_contain_text(markup)
    await expect(page.locator("#thread img, #thread b, #thread a")).to_have_count(0)


async def test_a_link_to_our_own_page_can_be_followed(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    await queue(served, page, Reply(text="Xong rồi ạ!", link="/c/7KQ2M9XA4T"))
    await page.get_by_role("link", name="Mở giấy ghi nhận").click()

    await expect(page).to_have_url(f"{served.url}/c/7KQ2M9XA4T")


async def test_an_emergency_offers_the_number_to_call(open_page: Open, served: Served) -> None:
    page = await begin(open_page)
    await ask_about_qr(page)
    card = served.content.sentence("vi", "emergency.danger_fire")
    await queue(served, page, Reply(text=card, emergency=True))

    await expect(replies(page).last).to_contain_text("Việc gấp")
    call = page.get_by_role("link", name="Gọi 114")
    await expect(call).to_have_attribute("href", "tel:114")


VOICES = """
Object.defineProperty(speechSynthesis, "getVoices", {
  value: () => [{ lang: "vi-VN", localService: %s }, { lang: "en-US", localService: true }],
});
"""


@pytest.mark.parametrize(("local", "buttons"), [("true", 1), ("false", 0)])
async def test_only_a_voice_of_this_device_reads_aloud(
    open_page: Open, local: str, buttons: int
) -> None:
    page = await open_page()
    await page.add_init_script(VOICES % local)
    await page.reload()
    await choose(page, "Máy của tôi")
    await ask_about_qr(page)

    await expect(page.get_by_role("button", name="Nghe đọc")).to_have_count(buttons)
