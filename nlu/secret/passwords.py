"""Passwords: words that mix letters with digits or signs, letters told one by one, told words."""

import re
from collections.abc import Iterator
from functools import cache

from nlu.keyboard import syllable
from nlu.normalise import fold, plain
from nlu.secret.candidate import Candidate, Kind, Views
from nlu.secret.lists import password_word, stands_in
from nlu.secret.numbers import is_id, number, people_in, units
from nlu.secret.spoken import digit_values
from nlu.words import strings

_BANK_ACCOUNT = re.compile(r"\d{3}[a-z]{1,2}\d{7,10}")
_CERTIFICATE = re.compile(r"(?:[a-z]{4}-)?[0-9a-z]{5}-?[0-9a-z]{5}")
_TOKEN = re.compile(r"[^\s,;\0]+")
_ADDRESS = re.compile(
    r"(?:https?:|www\.|\S+@\S+\.[a-z]{2,}|\S+\.(?:vn|com|net|org|gov)(?:/|$)|zalo\.me/)",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"[@#$%^&*_!+=?~]")
_BORDER = "\"'“”‘’()[]{}<>«»,;:"


def tokens(views: Views) -> Iterator[Candidate]:
    """Find words that mix letters with digits or signs, as passwords and codes do."""
    for word in _TOKEN.finditer(views.shown):
        start, text = _unlabelled(word)
        end = start + len(text)
        at = start + _length_of_owner(views.flat, start, text)
        told = list(_in_address(start, text))
        if told:
            yield from told
        elif at > start:
            yield number(views.shown, " " * at + views.flat[at:], at, end)
        elif _is_mixed(text) and not _is_typed(views.flat[start:end], views.keyed[start:end]):
            yield Candidate(start, end, "token", text, _token_form(text))


def _unlabelled(word: re.Match[str]) -> tuple[int, str]:
    """A word without marks around it and without what announces it ("pass:"), and where it is."""
    start = word.start() + len(word[0]) - len(word[0].lstrip(_BORDER))
    text = word[0].strip(_BORDER)
    label = re.match(r"[^\W\d_]+[:=]+(?=\S{4})", text)
    if label is not None and not text.startswith("http"):
        start += label.end()
        text = text[label.end() :]
    return start, text.rstrip("?" if text.endswith("?") else ".,;…").rstrip(_BORDER)


def _length_of_owner(flat: str, start: int, text: str) -> int:
    """Letters before a number that only say whose it is ("otp482913"); 0 where there are none."""
    glued = re.match(r"([a-z]+)[\-.:=_]?(?=[0-9]{3,}$)", plain(text))
    told = re.search(r"(?:[:=]|\bla) ?$", flat[max(0, start - 4) : start])
    return glued.end() if glued is not None and glued[1] in _owners() and not told else 0


def _in_address(start: int, text: str) -> Iterator[Candidate]:
    """Phones and IDs that an address is made of: "zalo.me/0912345678"."""
    if not _ADDRESS.match(text):
        return
    for run in people_in(text):
        kind: Kind = "id_number" if is_id(run[0]) else "personal"
        yield Candidate(start + run.start(), start + run.end(), "digits", run[0], kind)


def _is_mixed(text: str) -> bool:
    letter = any(char.isalpha() for char in text)
    digit = any(char.isdigit() for char in text)
    return len(text) >= 4 and letter and (digit or bool(_SPECIAL.search(text[:-1].lstrip("@#"))))


def _is_typed(typed: str, read: str) -> bool:
    """Whether its digits are but accents of a keyboard that was off: "khau63", "hoai2"."""
    lone = re.fullmatch(r"([a-z]+)\d", typed)
    if lone is not None and syllable(lone[1]):
        return True
    return typed != read and typed.isalnum() and not re.search(r"\d{3}", typed)


def _token_form(text: str) -> Kind | None:
    folded = plain(text)
    if _ADDRESS.match(text) or re.fullmatch(r"[^\W\d_]+(?:[/&+\-][^\W\d_]+)+", text):
        return "none"
    if _BANK_ACCOUNT.fullmatch(folded):
        return "personal"
    if _model().fullmatch(folded) or re.fullmatch(r"\d{1,3}-[a-z]+", folded):
        return "none"
    begun = re.match(r"[\d.,:/]+", folded)
    if begun is not None:
        if _is_measure(folded[begun.end() :]):
            return "none"
        if folded.endswith(("otp", "nhap", "la")) and begun.end() >= 4:
            return None
    upper = folded == text.lower() and text.isupper()
    if (
        _CERTIFICATE.fullmatch(folded)
        and upper
        and any(char.isdigit() for char in text)
        and "-" in text
    ):
        return "none"
    if _is_strong(text):
        return "password"
    return None


def _is_measure(rest: str) -> bool:
    """Whether what stands behind digits makes an amount or a time of them: "k", "h30"."""
    unit = re.match(r"[a-z]+", rest)
    return (
        unit is not None
        and unit[0] in units() | {"h", "g", "x", "am", "pm", "s", "p"}
        and re.fullmatch(r"[a-z]+\d{0,4}(?:/[a-z]+)?!?", rest) is not None
    )


def _is_strong(text: str) -> bool:
    """Whether nothing but a password is written so: "Hoa@1965"."""
    body = text.rstrip("!?.")
    return (
        6 <= len(text) <= 40
        and not text.startswith(("@", "#", "+"))
        and re.search(r"[A-Za-z]{2}", text) is not None
        and re.search(r"\d{2}", text) is not None
        and re.search(
            r"[A-Za-z0-9][@#$^*!_+%&][A-Za-z0-9]", body + ("!x" if text.endswith("!") else "")
        )
        is not None
        and not re.search(r"[/=?:]", body)
        and re.fullmatch(r"\d+%\S*|[A-Za-z&]+\d*_?\d*", body.removesuffix("!")) is None
    ) or bool(re.fullmatch(r"[A-Z][a-z]+\d{2,8}!", text))


@cache
def _model() -> re.Pattern[str]:
    """Things with a number that stand beside "mật khẩu" too: "iphone12", "windows11"."""
    names = "|".join(sorted({fold(name) for name in strings("secrets", "models")}))
    return re.compile(rf"(?:{names})-?\d{{1,3}}[a-z]{{0,5}}|[a-z]\d{{1,2}}[a-z]?|\d[a-z]")


@cache
def _owners() -> frozenset[str]:
    return frozenset(strings("secrets", "glued"))


def spelled(views: Views) -> Iterator[Candidate]:
    """A password told letter by letter: "chữ h hoa rồi o a rồi a còng rồi một chín sáu lăm"."""
    for row in _spelling().finditer(views.keyed):
        signs = len(re.findall(r"a cong|a moc|thang|cham|gach|hoa|thuong", row[0]))
        letters = len(re.findall(r"\b[a-z]\b", row[0]))
        if letters >= 4 or (signs and signs + letters >= 3):
            before = views.keyed[max(0, row.start() - 80) : row.start()]
            if password_word().search(before):
                yield Candidate(*row.span(), "words", row[0], "password")


@cache
def _spelling() -> re.Pattern[str]:
    digit = "|".join(sorted(map(re.escape, digit_values()), key=len, reverse=True))
    item = (
        rf"(?:(?:dau )?(?:a cong|a moc|cham than|cham|thang|sao|gach (?:duoi|ngang))"
        rf"|(?:chu )?[a-z](?: (?:in )?hoa| thuong)?|(?:viet|chu|in) hoa|chu thuong"
        rf"|\d{{1,8}}|{digit})"
    )
    joint = r"[ ,.]{1,3}(?:(?:roi|voi|toi|xong|tiep|la|den|them|sau do|cong)[ ,]{1,2}){0,2}"
    return re.compile(
        rf"(?<![a-z0-9])(?:chu )?{item}(?![a-z0-9])(?:{joint}{item}(?![a-z0-9])){{2,40}}"
    )


def told_words(views: Views) -> Iterator[Candidate]:
    """Words without a digit that are told as a password: "mật khẩu là hoahong"."""
    for told in password_word().finditer(views.keyed):
        rest = views.keyed[told.end() : told.end() + 90]
        stop = re.search(r"[!?;\n]|\.(?=\s|$)", rest)
        clause = rest[: stop.start()] if stop else rest
        word = _single().match(clause)
        if word is not None and not _known(word["word"]):
            start = told.end() + word.start("word")
            yield Candidate(start, start + len(word["word"]), "token", word["word"])
        yield from _phrase(views.shown, views.keyed, told.end(), clause)


def _phrase(shown: str, keyed: str, offset: int, clause: str) -> Iterator[Candidate]:
    said = _said().match(clause)
    if said is None:
        return
    words = list(re.finditer(r"[a-z0-9]+", clause[said.end() :]))
    kept: list[re.Match[str]] = []
    for word in words[:5]:
        between = clause[said.end() + (kept[-1].end() if kept else 0) : said.end() + word.start()]
        typed = shown[offset + said.end() + word.start() : offset + said.end() + word.end()].lower()
        apart = between.strip(" " if kept else " \"'")
        again = kept and password_word().match(keyed, offset + said.end() + word.start())
        if apart or again or stands_in(typed, "phrase_ends" if kept else "phrase_stops"):
            break
        kept.append(word)
    if len(kept) >= 2 or (
        kept and re.match(r"\s*[\"“”']", clause[said.end() - 1 : said.end() + 1])
    ):
        start = offset + said.end() + kept[0].start()
        end = offset + said.end() + kept[-1].end()
        if re.search(r"[a-z]", keyed[start:end]):
            yield Candidate(start, end, "words", keyed[start:end])


@cache
def _belonging() -> str:
    words = {fold(word) for word in strings("secrets", "belongs")}
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


@cache
def _single() -> re.Pattern[str]:
    """One word that is told, at once or with what it is: "là tên con gái tôi thuhang"."""
    what = (
        "chu|ten|con|chau|vo|chong|gai|trai|toi|tui|em|me|ba|may|cho|dat|viet|noi|ngoai|ong|be|ut"
        "|chi|anh|co|cu|dau"
    )
    told = rf"(?:\s*[:=]+\s*|\s+la(?:\s*[:=]\s*|\s+)(?:(?:{what})\s+){{0,5}}|\s+(?:is|est)\s+)"
    return re.compile(
        rf"(?: (?:{_belonging()}))*{told}[\"'“”]?(?P<word>[a-z]{{5,24}})(?![a-z0-9'’])"
    )


@cache
def _said() -> re.Pattern[str]:
    return re.compile(
        rf"(?: (?:{_belonging()}))*(?:\s*[:=]+\s*"
        r"|\s+(?:la|is|est|de la|dat la)(?:\s*[:=]\s*|\s+(?:chu\s+)?))[\"']?"
    )


def _known(word: str) -> bool:
    return syllable(word) or word in _no_password() or re.fullmatch(r"(.)\1*", word) is not None


@cache
def _no_password() -> frozenset[str]:
    return frozenset(fold(word) for word in strings("secrets", "no_password"))
