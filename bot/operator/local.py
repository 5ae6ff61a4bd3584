"""What `bot doctor` sees on this machine: settings, content, model, disk, and whether it runs."""

import socket
from collections.abc import Iterator

from bot import content_check, stale
from bot.clock import now
from bot.config import Settings
from bot.content import load
from bot.operator import accounts, measure
from bot.operator.finding import Finding, bad, good, note
from nlu.lexical import from_cache, stored_at


def configuration(settings: Settings) -> Iterator[Finding]:
    """Who runs it, and whether what is set fits together."""
    ours = accounts.configured(settings)
    if not settings.trial:
        yield good("configuration", "operated", name=settings.operator_name)
    elif ours:
        yield bad("configuration", "trial_public")
    else:
        yield note("configuration", "trial")
    if ours and not settings.base_url.startswith("https://"):
        yield bad("configuration", "no_https", url=settings.base_url)
    else:
        yield good("configuration", "reached", url=settings.base_url)
    hooked = any(one.mode == "webhook" for one in ours)
    if hooked and not settings.webhook_secret.get_secret_value():
        yield bad("configuration", "no_secret")
    if not ours:
        yield note("configuration", "no_accounts")


def content(settings: Settings) -> Iterator[Finding]:
    """Whether everything in data/ may be used."""
    if faults := content_check.check(settings.data_dir):
        yield bad("content", "content_faults", count=len(faults))
        return
    read = load(settings.data_dir)
    yield good("content", "content", howtos=len(read.howtos), items=len(read.items))
    if waiting := len(stale.due(read, now().date())):
        yield note("content", "content_due", count=waiting)


def model(settings: Settings) -> Iterator[Finding]:
    """Whether the trained model of these phrases is there; what lacks is trained at a start."""
    stored = stored_at(settings.data_dir, settings.var_dir / "model")
    if not stored.exists():
        yield note("model", "model_missing")
    elif from_cache(stored) is None:
        yield note("model", "model_broken")
    else:
        yield good("model", "model")


def disk(settings: Settings) -> Iterator[Finding]:
    """Whether there is room where the database lies."""
    there = measure.disk(settings.var_dir)
    told = {"free": round(there.free / 10**9, 1), "percent": round(there.share * 100)}
    yield bad("disk", "disk_full", **told) if there.full else good("disk", "disk", **told)


def service(settings: Settings) -> Iterator[Finding]:
    """Whether something listens where the service would."""
    url = f"http://{settings.host}:{settings.port}"
    yield (
        good("service", "runs", url=url)
        if listens(settings)
        else bad("service", "stopped", url=url)
    )


def listens(settings: Settings) -> bool:
    """Whether something answers at this address."""
    try:
        with socket.create_connection((settings.host, settings.port), timeout=1):
            return True
    except OSError:
        return False
