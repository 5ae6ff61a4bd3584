"""The parameters of a call, however they were sent: query, JSON, form or multipart.

`read(request)` gives `Parameters`; its readers accept a value both as JSON ("chat_id": 5) and as
the text of a form ("chat_id=5"), as the two platforms do. A body that is no UTF-8, or that holds
half a surrogate pair, raises `NotTextError`.
"""

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.emulators.server import Request


class NotTextError(ValueError):
    """Strings must be UTF-8, whole characters only."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in a multipart body."""

    name: str
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a method was called with."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value as text; "" when it is absent."""
        value = self.values.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        """The value as a whole number; `default` when it is absent or none."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """Whether the value is a true one."""
        return self.text(name).lower() in {"true", "1"}

    def nested(self, name: str) -> Any:
        """The list or object; None when it is absent. ValueError when it is no JSON."""
        value = self.values.get(name)
        return json.loads(value) if isinstance(value, str) and value else value or None


def read(request: Request) -> Parameters:
    """All parameters of the request; those of the body win over those of the query."""
    query = dict(_pairs(urlsplit(request.target).query))
    parameters = _body(request.headers.get("content-type", ""), request.body)
    parameters = Parameters({**query, **parameters.values}, parameters.files)
    _refuse_half_characters(parameters.values)
    return parameters


def _body(content_type: str, body: bytes) -> Parameters:
    kind = content_type.split(";")[0].strip().lower()
    if not body:
        return Parameters()
    if kind == "multipart/form-data":
        return _multipart(content_type, body)
    if kind == "application/json":
        return Parameters(dict(json.loads(_utf8(body))))
    return Parameters(dict(_pairs(_utf8(body))))


def _pairs(encoded: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise NotTextError from error


def _multipart(content_type: str, body: bytes) -> Parameters:
    boundary = _header(content_type).get_param("boundary", "")
    values: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    for part in body.split(b"--" + str(boundary).encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        lines = dict(line.split(":", 1) for line in _utf8(head).split("\r\n"))
        headers = {name.strip().lower(): value.strip() for name, value in lines.items()}
        disposition = _header(headers.get("content-disposition", ""))
        name = str(disposition.get_param("name", ""))
        filename = disposition.get_param("filename")
        if filename is None:
            values[name] = _utf8(content)
        else:
            files[name] = Upload(str(filename), headers.get("content-type", ""), content)
    return Parameters(values, files)


def _header(value: str) -> Message:
    message = Message()
    message["Content-Type"] = value
    return message


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise NotTextError from error


def _refuse_half_characters(values: dict[str, Any]) -> None:
    """JSON can spell half a pair (`"\\ud83d"`), which no UTF-8 can."""
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotTextError from error
