"""Runs Rasa in the environment that `make rasa` built: validate, train, serve.

Telemetry is off. What Rasa prints goes to `rasa.log` in the project's folder; where a command
fails, its last lines are in the error.
"""

import os
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.rasa.project import Project
from nlu.phrases import FOLDERS
from nlu.rasa import Client, RasaError

_START_S = 180
_LAST_LINES = 15
_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "PYTHONWARNINGS": "ignore",
}


class RasaFailedError(Exception):
    """A command of Rasa failed; the message has its last lines."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took."""

    seconds: float
    cpu_s: float
    peak_mb: float
    """The most memory it held at a time."""


@dataclass(frozen=True, slots=True)
class Server:
    """A Rasa server that answers."""

    url: str
    pid: int
    start_s: float
    """From its beginning to the first answer."""


def validate(project: Project, data: Path) -> None:
    """Let Rasa check all phrases; a warning (a phrase under two intents) is a fault too."""
    folders = [str((data / "nlu" / folder).resolve()) for folder in FOLDERS]
    given = ["--domain", "domain.yml", "--config", "config.yml", "--data", *folders, "rules.yml"]
    _run(project, ["data", "validate", "--fail-on-warnings", *given], project.whole)


def train(project: Project) -> Spent:
    """Train on the share; the model lies in `models/` afterwards, older ones stay beside it."""
    given = ["--domain", "domain.yml", "--config", "config.yml", "--nlu", "data"]
    return _run(project, ["train", "nlu", *given], project.peer)


@contextmanager
def serving(project: Project, port: int, *, models: Path | None = None) -> Generator[Server]:
    """Serve the newest model on this machine alone, until the block ends.

    `models`: the folder whose `models/` is looked in, where it is not the peer's.
    """
    given = ["--enable-api", "--interface", "127.0.0.1", "--port", str(port)]
    begun = time.monotonic()
    with _started(project, ["run", *given], models or project.peer) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(project, process, url)
            yield Server(url, process.pid, time.monotonic() - begun)
        finally:
            process.terminate()


def _wait(project: Project, process: subprocess.Popen[bytes], url: str) -> None:
    """Return when it answers, be it that it has no model. Raises RasaFailedError."""
    client = Client(url)
    until = time.monotonic() + _START_S
    try:
        while process.poll() is None and time.monotonic() < until:
            try:
                client.status()
            except RasaError as error:
                if str(error).startswith("status_"):
                    return
                time.sleep(0.1)
            else:
                return
    finally:
        client.close()
    raise RasaFailedError(_told(project))


def _run(project: Project, arguments: Sequence[str], folder: Path) -> Spent:
    """Run one command to its end. Raises RasaFailedError."""
    begun = time.monotonic()
    with _started(project, arguments, folder) as process:
        _, status, usage = os.wait4(process.pid, 0)  # Popen's own wait tells no memory
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RasaFailedError(_told(project))
    return Spent(
        seconds=time.monotonic() - begun,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1_024,
    )


def _started(project: Project, arguments: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    rasa = (project.folder / "venv" / "bin" / "rasa").absolute()
    with _log(project).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own arguments
            [rasa, *arguments],
            cwd=folder,
            env=os.environ | _ENVIRONMENT,
            stdout=log,
            stderr=log,
        )


def _log(project: Project) -> Path:
    return project.folder / "rasa.log"


def _told(project: Project) -> str:
    lines = _log(project).read_text("utf-8", errors="replace").splitlines()
    return "\n".join(["Rasa failed. Its last lines:", *lines[-_LAST_LINES:]])
