"""What the two bot platforms have in common: `/bot<token>/<method>`, one envelope, recorded calls.

A call passes: token, parameters, the fault that waits for it, the method, the answer. `calls`
keeps all of them in order. A platform gives `methods` (name -> function) and, where it answers
differently, overrides what is below.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import unquote, urlsplit

from tests.emulators import parameters
from tests.emulators.faults import ACCEPTED, Fault, Faults
from tests.emulators.parameters import NotTextError, Parameters, Upload
from tests.emulators.server import Answer, CutError, Request, Served

Account = TypeVar("Account")

_PATH = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[^/]+)/?")


class RefusedError(Exception):
    """The platform says no. `extra` is what stands beside the description."""

    def __init__(
        self, code: int, description: str, *, status: int | None = None, **extra: Any
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status or code
        self.extra = extra


@dataclass(kw_only=True)
class Call:
    """One call that a client made."""

    method: str
    token: str
    parameters: dict[str, Any]
    """As they came: texts from a form, typed values from JSON."""
    files: dict[str, Upload] = field(default_factory=dict)
    at: datetime
    fault: str | None = None
    """The kind of the fault it met."""
    status: int | None = None
    """The HTTP status; None when the connection was cut."""
    answer: dict[str, Any] | None = None
    """What was decided, also when the client never heard it; None when a fault came first."""

    @property
    def chat(self) -> str:
        """The chat it was for; "" where a method has none."""
        return str(self.parameters.get("chat_id", ""))


class BotApi(Served, Generic[Account]):
    """A platform of bots: `accounts` by token, `faults` to come, `calls` so far."""

    def __init__(self, clock: Callable[[], datetime], *, port: int = 0) -> None:
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.faults = Faults()
        self.calls: list[Call] = []
        self.idle_at_once = False
        """A poll that finds nothing answers at once, so that no test waits."""
        super().__init__(port=port)

    def stop(self) -> None:
        self.faults.clear()
        super().stop()

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    def account(self, account: Account | None = None) -> Account:
        """The account meant: the one given, or the only one there is."""
        if account is not None:
            return account
        (only,) = self.accounts.values()
        return only

    def method(self, name: str) -> Callable[[Account, Parameters], Any] | None:
        """The function of a method, None when the platform has no such one."""
        raise NotImplementedError

    def answer(self, request: Request) -> Answer:
        """See the module's words."""
        path = _PATH.fullmatch(unquote(urlsplit(request.target).path))
        if path is None:
            return self.refuse(RefusedError(404, "Not Found"))
        try:
            given = parameters.read(request)
        except (NotTextError, ValueError) as error:
            return self.refuse(self.unreadable(error))
        call = Call(
            method=path["method"],
            token=path["token"],
            parameters=given.values,
            files=given.files,
            at=self.clock(),
        )
        with self.lock:
            self.calls.append(call)
            self.lock.notify_all()
            fault = self.faults.take(call.method, call.chat)
        answer = self._meet(call, given, fault)
        call.status = answer.status
        return answer

    def _meet(self, call: Call, given: Parameters, fault: Fault | None) -> Answer:
        call.fault = fault.kind if fault else None
        if fault is not None and fault.kind not in ACCEPTED:
            return self._wrong(fault)
        answer = self._perform(call, given)
        call.answer = json.loads(answer.body)
        if fault is not None and fault.kind == "cut_after":
            raise CutError
        if fault is not None:
            fault.released.wait()
        return answer

    def _perform(self, call: Call, given: Parameters) -> Answer:
        try:
            account = self.accounts.get(call.token)
            if account is None:
                raise RefusedError(401, "Unauthorized")
            method = self.method(call.method)
            if method is None:
                raise RefusedError(404, "Not Found")
            with self.lock:
                result = method(account, given)
                self.lock.notify_all()
        except RefusedError as refused:
            return self.refuse(refused)
        except json.JSONDecodeError as error:
            return self.refuse(self.unreadable(error))
        return self.accept(result)

    def _wrong(self, fault: Fault) -> Answer:
        match fault.kind:
            case "flood":
                return self.refuse(self.flooded(fault.retry_after))
            case "internal":
                return self.refuse(RefusedError(500, "Internal Server Error"))
            case "bad_gateway":
                return self.page(502)
            case "gateway_timeout":
                return self.page(504)
            case "wall":
                return self.page(403)
            case "unauthorized":
                return self.page(401)
            case "refused":
                return self.refuse(RefusedError(500, "Internal error", status=200))
            case _:
                raise CutError

    def until(self, ready: Callable[[], bool], seconds: float = 10) -> bool:
        """Wait until something is so, looked at after whatever happens here; False if in vain."""
        with self.lock:
            return self.lock.wait_for(ready, timeout=seconds)

    def wait(self, ready: Callable[[], bool], seconds: float) -> None:
        """Hold a poll, which has the lock, until something is there, the time is up, or `stop`."""
        if not self.idle_at_once:
            self.lock.wait_for(lambda: self.closing or ready(), timeout=seconds)

    def flooded(self, retry_after: int | None) -> RefusedError:
        """How this platform says "too many"."""
        raise NotImplementedError

    def unreadable(self, error: ValueError) -> RefusedError:
        """How this platform says that it can't read the body."""
        return RefusedError(400, "Bad Request")

    def accept(self, result: Any) -> Answer:
        """A good answer; None has no `result` at all."""
        body = {"ok": True} if result is None else {"ok": True, "result": result}
        return _json(200, body)

    def refuse(self, refused: RefusedError) -> Answer:
        """A bad answer in the platform's envelope."""
        body = {"ok": False, "error_code": refused.code, "description": refused.description}
        return _json(refused.status, body | refused.extra)

    def page(self, status: int) -> Answer:
        """What a machine in front of the platform answers: HTML."""
        words = f"<html><head><title>{status} {HTTPStatus(status).phrase}</title></head></html>"
        return Answer(status=status, body=words.encode(), type="text/html")


def _json(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status=status, body=json.dumps(body, ensure_ascii=False).encode())
