"""`bot pause sends`, `bot resume sends`: hold everything that goes out, in every process."""

from functools import partial

from bot.clock import now
from bot.commands.begin import begin, fail, group, say, written
from bot.operator import hold

pause = group("Stop something in every process.")
resume = group("Let it go on again.")


@pause.callback()
def _pause() -> None:
    """Stop something in every process."""


@resume.callback()
def _resume() -> None:
    """Let it go on again."""


@pause.command("sends")
def pause_sends() -> None:
    """Hold every message to Zalo and Telegram but emergency cards; the web page still answers."""
    settings, author = begin()
    written(settings, author, partial(hold.put, now=now()))
    say(author, "sends.paused")


@resume.command("sends")
def resume_sends() -> None:
    """Send again, what waits first."""
    settings, author = begin()
    if not written(settings, author, hold.lift):
        fail(author.tell("sends.were_not"))
    say(author, "sends.resumed")
