"""Records what a real Rasa server answers, for the replay in `test_rasa.py`.

    python -m tests.understanding.rasa.record

Needs a model (`make rasa`). Each answer is one file beside this one: what was asked, the status,
the type and the body, byte for byte.
"""

import json
from pathlib import Path

import httpx

from bot.rasa.project import Project
from bot.rasa.tool import Server, serving

HERE = Path(__file__).parent
PROJECT = Project(Path("var/rasa"))
PORT = 5057
PARSE = ("POST", "/model/parse")
STATUS = ("GET", "/status")
QUESTION = '{"text": "quet ma qr tra tien lam sao"}'


def main() -> None:
    """Ask a server with a model, then one without."""
    with serving(PROJECT, PORT) as server:
        record(server, "question", *PARSE, QUESTION)
        record(server, "status", *STATUS, "")
        record(server, "nowhere", "GET", "/nowhere", "")
        record(server, "not_understood", *PARSE, '{"words": "quet ma"}')
    with serving(PROJECT, PORT, models=PROJECT.whole) as server:
        record(server, "question_without_model", *PARSE, QUESTION)
        record(server, "status_without_model", *STATUS, "")


def record(server: Server, name: str, method: str, path: str, given: str) -> None:
    """Ask once and write the answer down."""
    answer = httpx.request(method, server.url + path, content=given, timeout=30)
    recorded = {
        "asked": f"{method} {path}",
        "status": answer.status_code,
        "type": answer.headers["content-type"],
        "body": answer.text,
    }
    text = json.dumps(recorded, ensure_ascii=False, indent=1)
    (HERE / f"{name}.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
