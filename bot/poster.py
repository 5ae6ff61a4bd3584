"""The sheet that a host prints: a QR code, three questions to try, and what is never asked.

`make(...)` gives a PDF of one A4 page, tagged for readers aloud (PDF/UA-1). The words are
`poster_sheet.*` of the locale, the layout is `bot/web/templates/poster.typ`.
"""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import segno
import typst

from flows.content import Content, Ward

_LAYOUT = Path(__file__).parent / "web" / "templates" / "poster.typ"
QUESTIONS = ("first", "second", "third")


@dataclass(frozen=True, slots=True)
class Way:
    """How people reach the bot from the sheet."""

    channel: str
    """web, zalo_bot …: names the sentence that says what to scan with."""
    link: str
    """What the QR code holds."""


def make(content: Content, *, way: Way, page: str, operator: str, ward: Ward | None) -> bytes:
    """Make the sheet as a PDF. `page` is the web chat's address, printed for who can't scan."""

    def say(key: str, **values: str) -> str:
        return content.sentence("vi", key, **values)

    given = {
        "title": say("poster_sheet.title"),
        "lead": say("poster_sheet.lead_ward", ward=f"{ward.kind} {ward.name}")
        if ward
        else say("poster_sheet.lead"),
        "qr": _qr(way.link),
        "qr_says": say("poster_sheet.qr", link=way.link),
        "scan": say(f"poster_sheet.scan_{way.channel}"),
        "without": say(
            "poster_sheet.without", page=page.removeprefix("https://").removeprefix("http://")
        ),
        "try": say("poster_sheet.try"),
        "questions": [say(f"poster_sheet.question.{one}") for one in QUESTIONS],
        "never": say("poster_sheet.never"),
        "by": say("poster_sheet.by", operator=operator) if operator else say("poster_sheet.trial"),
    }
    return typst.compile(
        str(_LAYOUT),
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,  # the same sheet on every machine
        sys_inputs={"given": json.dumps(given, ensure_ascii=False)},
    )


def _qr(link: str) -> str:
    """As SVG; level M still reads with a coffee stain on it."""
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
