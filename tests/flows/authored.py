"""Reads a reply back into what it was made of: the proof that every word sent was authored.

    authored = Authored(content, operator="Phường Thử")
    authored.reply(text, said=["nhắc tôi 8 giờ mai uống thuốc"])   True or False

A reply is authored when it is, from its first letter to its last, a row of pieces, each either a
sentence of `data/locales` with its places filled or a text of the content that stands by itself.
What may fill a place is as narrow as the place: `{do}` takes what a step says to do, `{title}` a
title, `{n}` digits. Only `{subject}`, `{name}`, `{list}`, `{question}`, `{words}` and a group's
title take what a person wrote, and then nothing but words of that person, in her order. A place
that is not listed in `_places` is a KeyError: a new one must say here what may stand in it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from string import Formatter

from flows.answering import ADDRESS
from flows.content import Content
from flows.lesson import Howto

JOINTS = (" ", "\n", "\n\n")
"""What the flows put between two pieces."""
PAGES = ("page.", "lesson_page.", "certificate_page.", "poster_sheet.")
"""Sentences that stand on pages and are in no reply."""
LABELS = "intent."
"""Names of intents: each may be a label, none is a piece of a reply."""

Ends = Iterator[int]
Reader = Callable[[str, int, tuple[str, ...]], Ends]
"""Where a piece that begins here may end; the person's own words as third."""


_REASONS = ("tip.why_", "ticket.lost_")
"""Sections of words for why something did not arrive."""


class Authored:
    """All that may be said with this content."""

    def __init__(self, content: Content, *, operator: str = "", language: str = "vi") -> None:
        # What a translation lacks is said in Vietnamese.
        own = content.locales[language].sentences  # pyright: ignore[reportArgumentType]
        sentences = {**content.locales["vi"].sentences, **own}
        self._sentences = {
            key: list(_parts(text)) for key, text in sentences.items() if not key.startswith(PAGES)
        }
        self._operator = operator
        texts = _Texts(content.spoken_in(language))  # pyright: ignore[reportArgumentType]
        self._standing = _one_of(texts.titles | texts.whys | texts.tips | texts.cards)
        self._labels = _one_of(
            texts.titles | texts.topics | texts.options | texts.card_titles | texts.wards
        )
        self._read: dict[str, Reader] = self._places(texts, list(sentences))
        self._keys = [key for key in self._sentences if not key.startswith(LABELS)]

    def reply(self, text: str, said: Iterable[str] = ()) -> bool:
        """Whether the whole text is a row of authored pieces."""
        own = tuple(said)
        seen: set[int] = set()
        waiting = [0]
        while waiting:
            start = waiting.pop()
            for end in self._pieces(text, start, own):
                if end == len(text):
                    return True
                for joint in JOINTS:
                    onward = end + len(joint)
                    if text.startswith(joint, end) and onward not in seen:
                        seen.add(onward)
                        waiting.append(onward)
        return False

    def label(self, text: str, said: Iterable[str] = ()) -> bool:
        """Whether this is one whole label: a sentence, a title or an option's text."""
        own = tuple(said)
        ends = [*self._labels(text, 0, own)]
        for key in self._sentences:
            ends += self._sentence(key, text, 0, own)
        return len(text) in ends

    def _pieces(self, text: str, start: int, own: tuple[str, ...]) -> Ends:
        yield from self._standing(text, start, own)
        for key in self._keys:
            yield from (end for end in self._sentence(key, text, start, own) if end > start)

    def _sentence(self, key: str, text: str, start: int, own: tuple[str, ...]) -> Ends:
        ends = {start}
        for literal, place in self._sentences[key]:
            ends = {end + len(literal) for end in ends if text.startswith(literal, end)}
            if not ends:
                return
            if place is not None:
                read = self._read[place]
                ends = {after for end in ends for after in read(text, end, own)}
        yield from ends

    def _any(self, *keys: str) -> Reader:
        def read(text: str, start: int, own: tuple[str, ...]) -> Ends:
            for key in keys:
                yield from self._sentence(key, text, start, own)

        return read

    def _with_note(self, text: str, start: int, own: tuple[str, ...]) -> Ends:
        """A person's words, and perhaps what came with them and was not passed on."""
        notes = self._any(*(f"ticket.with_{kind}" for kind in ("photo", "video", "voice", "file")))
        for end in _own_words(text, start, own):
            yield end
            if text.startswith(" ", end):
                yield from notes(text, end + 1, own)

    def _places(self, texts: "_Texts", sentences: list[str]) -> dict[str, Reader]:
        digits = _pattern(r"\d{1,4}")
        code = _pattern(r"[0-9A-Z]{10}")
        titles = _one_of(texts.titles | texts.topics)
        weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        return {
            "you": _either(self._any("person.you"), _one_of(set(ADDRESS.values()))),
            "operator": _either(self._any("first.trial"), _one_of({self._operator} - {""})),
            "do": _one_of(texts.dos),
            "see": _one_of(texts.sees),
            "help": _one_of(texts.stucks),
            "way": _one_of(texts.ways),
            "say": _one_of(texts.facts),
            "place": _one_of(texts.places),
            "scam": _one_of(texts.scams),
            "things": _one_of(texts.befores),
            "title": _numbered(titles),
            "topics": _joined(titles, "; "),
            "must": _joined(titles, "», «"),
            "publishers": _joined(_one_of(texts.publishers), ", "),
            "checked": _pattern(r"\d\d/\d\d/\d{4}"),
            "reviewed": self._any("howto.reviewed", "howto.not_reviewed"),
            "device": self._any("howto.device_iphone", "person_help.android"),
            "ward": _either(self._any("person_help.ward"), _one_of(texts.wards)),
            "ask": _one_of(texts.asks),
            "why": _one_of(texts.whys),
            "text": _one_of(texts.options),
            "order": _joined(_one_of(texts.options), " → "),
            "example": _pattern(r"[A-E](?: [A-E]){2,4}"),
            **dict.fromkeys(("n", "count", "need", "have", "days", "day", "hour"), digits),
            "minute": _pattern(r"\d\d"),
            "code": code,
            "who": self._any("person_help.staff_of"),
            "former": _one_of(texts.formers),
            "question": _own_words,
            "words": self._with_note,
            "when": self._any("when.at", "when.at_lunar"),
            "time": self._any("when.hour", "when.hour_minute"),
            "weekday": self._any(*(f"when.{day}" for day in weekdays)),
            "date": _pattern(r"\d{1,2}/\d{1,2}/\d{4}"),
            "lunar": _either(_pattern(r"\d{1,2}/\d{1,2}"), _pattern(r"\d{1,2}/\d{1,2} nhuận")),
            "repeat": self._any(
                *(f"when.{k}" for k in ("daily", "weekly", "monthly")), "when.lunar_monthly"
            ),
            "group": _either(_titled, self._any("group.untitled")),
            "groups": _joined(_either(_titled, self._any("group.untitled")), ", "),
            "size": self._any("group.size", "group.size_at_least", "group.size_unknown"),
            "line": self._any("group.line", "group.line_pasted", "tip.elsewhere"),
            "wards": _joined(_one_of(texts.wards), ", "),
            "channel": self._any(*(key for key in sentences if key.startswith("channel."))),
            "today": _one_of(texts.todays),
            "occasion": _one_of(texts.occasions),
            "url": _pattern(r"https://[a-z.]+/\w+"),
            "bot": _either(*_CALLED, self._any("group.name")),
            "reason": self._any(*(key for key in sentences if key.startswith(_REASONS))),
            "subject": _own_words,
            "name": _own_words,
            "list": _joined(_either(_own_words, _holder(code)), "; "),
        }


_KNOWN: dict[tuple[int, str, str], tuple[Content, Authored]] = {}


def of_language(content: Content, language: str = "vi", operator: str = "") -> Authored:
    """One reader a content, kept while the content lives."""
    key = (id(content), language, operator)
    if key not in _KNOWN:
        _KNOWN[key] = (content, Authored(content, operator=operator, language=language))
    return _KNOWN[key][1]


class _Texts:
    """The texts of the content by the place they may fill."""

    def __init__(self, content: Content) -> None:
        howtos, items = content.howtos.values(), content.items.values()
        self.titles = {howto.title for howto in howtos}
        self.topics = {topic.title for topic in content.topics.values()}
        self.places = {topic.place.say for topic in content.topics.values() if topic.place}
        self.dos = _of_steps(howtos, "do") | _of_steps(howtos, "say")
        self.sees = _of_steps(howtos, "see")
        self.stucks = _of_steps(howtos, "stuck")
        self.ways = _of_steps(howtos, "other_way")
        facts = [fact for h in howtos for fact in (h.hotline, h.cost, h.in_person) if fact]
        self.facts = {fact.say for fact in facts}
        self.scams = {scam for howto in howtos for scam in howto.scams}
        self.befores = {"; ".join(one.rstrip(".") for one in howto.before) for howto in howtos}
        self.publishers = {s.publisher for howto in howtos for s in howto.sources.values()}
        self.asks = {item.ask for item in items}
        self.options = {option.text for item in items for option in item.options}
        self.tips = {tip.text for tip in content.tips.values()}
        self.cards = {card.text for card in content.cards.values()}
        self.card_titles = {card.title for card in content.cards.values()}
        self.occasions = {week.occasion for week in content.calendar.weeks}
        self.todays = {tip.today for tip in content.tips.values()}
        called = [ward.called for ward in content.wards]
        self.wards = {one for name in called for one in (name, name[:1].upper() + name[1:])}
        units = [unit for ward in content.wards for unit in ward.formed_from]
        names = {unit.partition(" (")[0] for unit in units}
        districts = {unit.partition(" (")[2].rstrip(")") for unit in units} - {""}
        self.formers = names | {f"{name}, {one}" for name in names for one in districts}
        self.whys = {option.why for item in items for option in item.options}


def _of_steps(howtos: Iterable[Howto], name: str) -> set[str]:
    parts = [p for h in howtos for s in h.steps for p in (s, s.android, s.iphone) if p]
    return {text for part in parts if (text := getattr(part, name)) is not None}


def _parts(template: str) -> Iterator[tuple[str, str | None]]:
    for literal, place, _, _ in Formatter().parse(template):
        yield literal, place


def _one_of(texts: set[str]) -> Reader:
    by_head: dict[str, list[str]] = {}
    for text in texts:
        by_head.setdefault(text[:2], []).append(text)

    def read(text: str, start: int, own: tuple[str, ...]) -> Ends:
        for one in by_head.get(text[start : start + 2], ()):
            if text.startswith(one, start):
                yield start + len(one)

    return read


def _pattern(written: str) -> Reader:
    compiled = re.compile(written)

    def read(text: str, start: int, own: tuple[str, ...]) -> Ends:
        found = compiled.match(text, start)
        if found is not None:
            yield found.end()

    return read


def _either(*readers: Reader) -> Reader:
    def read(text: str, start: int, own: tuple[str, ...]) -> Ends:
        for one in readers:
            yield from one(text, start, own)

    return read


_CALLED = [_pattern(rf"@\w+(?: \w+){{{more}}}") for more in range(4)]
"""The name of an account, of one word to four."""


def _joined(reader: Reader, by: str) -> Reader:
    def read(text: str, start: int, own: tuple[str, ...]) -> Ends:
        for end in reader(text, start, own):
            yield end
            if text.startswith(by, end):
                yield from read(text, end + len(by), own)

    return read


def _numbered(titles: Reader) -> Reader:
    """A title, or one of several tips of it: `Quét mã QR (2)`."""
    number = _pattern(r" \(\d{1,2}\)")

    def read(text: str, start: int, own: tuple[str, ...]) -> Ends:
        for end in titles(text, start, own):
            yield end
            yield from number(text, end, own)

    return read


def _holder(code: Reader) -> Reader:
    """`name, code`, as the list of a person's records has it."""

    def read(text: str, start: int, own: tuple[str, ...]) -> Ends:
        for end in _own_words(text, start, own):
            if text.startswith(", ", end):
                yield from code(text, end + 2, own)

    return read


def _own_words(text: str, start: int, own: tuple[str, ...]) -> Ends:
    """Any row of words that one message of the person has in the same order."""
    line = re.compile(r"[^\n]*").match(text, start)
    stop = line.end() if line else start
    for end in range(start + 1, stop + 1):
        boundary = end == len(text) or not text[end].isalnum()
        if boundary and _said(text[start:end], own):
            yield end


def _titled(text: str, start: int, own: tuple[str, ...]) -> Ends:
    """A group's title as somebody wrote it, cut where it is long."""
    for end in _own_words(text, start, own):
        yield end
        for cut in ("…", " …"):
            if text.startswith(cut, end):
                yield end + len(cut)


@cache
def _said(words: str, own: tuple[str, ...]) -> bool:
    wanted = _words(words)
    return bool(wanted) and any(_within(wanted, _words(message)) for message in own)


def _words(text: str) -> Sequence[str]:
    return re.findall(r"\w+", text.casefold())


def _within(wanted: Sequence[str], message: Sequence[str]) -> bool:
    rest = iter(message)
    return all(word in rest for word in wanted)
