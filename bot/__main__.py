"""`python -m bot`, the same as `bot`."""

from bot.cli import app

app(prog_name="bot")
