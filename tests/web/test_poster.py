"""The printable sheet: one page, its code leads to the bot, its questions are answered."""

import httpx
import pypdfium2
import pytest
import zxingcpp

from bot import poster
from bot.config import Settings
from bot.poster import Way
from bot.storage.database import Database
from bot.storage.tables import account
from bot.web.app import create_app
from flows.content import Content
from tests.talk import MORNING, Clock

ZALO = "https://zalo.me/s/binhdan"


@pytest.fixture
async def client(assistant, database: Database, content: Content, clock: Clock):
    settings = Settings(base_url="https://hoi.example.vn")
    app = create_app(assistant, database, settings, content, clock=clock)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
        yield client


def read(pdf: bytes) -> str:
    [page] = pypdfium2.PdfDocument(pdf)
    return page.get_textpage().get_text_range()


async def test_the_sheet_of_a_ward_names_it_and_what_is_never_asked(
    client: httpx.AsyncClient, content: Content
) -> None:
    ward = content.wards[0]
    answer = await client.get(f"/to-gioi-thieu/{ward.code}.pdf")

    assert answer.headers["content-type"] == "application/pdf"
    words = read(answer.content)
    assert ward.name in words
    assert "hoi.example.vn" in words
    assert "không bao giờ hỏi mã OTP" in words


async def test_no_sheet_of_a_ward_that_is_none(client: httpx.AsyncClient) -> None:
    assert (await client.get("/to-gioi-thieu/00000.pdf")).status_code == 404
    assert (await client.get("/to-gioi-thieu.pdf")).status_code == 200


async def test_the_sheet_leads_to_zalo_once_there_is_a_chat_with_a_link(
    client: httpx.AsyncClient, database: Database
) -> None:
    assert "Mở máy ảnh" in read((await client.get("/to-gioi-thieu.pdf")).content)

    row = {"name": "Bot", "groups": False, "updates": "polling", "at": MORNING, "account": "1"}
    links = {"telegram": "https://t.me/binhdan_bot", "zalo_bot": ZALO}
    for channel, link in links.items():
        new = account.insert().values(channel=channel, link=link, **row)
        await database.write(lambda connection, new=new: connection.execute(new) and None)

    assert "Mở Zalo" in read((await client.get("/to-gioi-thieu.pdf")).content)


def test_a_phone_reads_the_code(content: Content) -> None:
    made = poster.make(content, way=Way("zalo_bot", ZALO), page="", operator="", ward=None)
    [page] = pypdfium2.PdfDocument(made)

    [code] = zxingcpp.read_barcodes(page.render(scale=1.5).to_pil())
    assert code.text == ZALO
