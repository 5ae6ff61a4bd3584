"""Reading an answer to choices: "2.", "số hai", "cái thứ 2", "B nha con", an option in its words.

    read        one position of a list, counted from 0
    own_words   the same, but only where nothing is said beside an option's own words
    read_order  all letters of a list in some order
    none        whether all of the options are turned down
    misses      whether one is named that the list does not have

Quiz options are lettered and ways on are numbered, so a letter answers no numbered list and a
number no lettered one: a late "1" marks no question. What merely holds a number ("2 triệu",
"2 ngày nữa", a long sentence) is no choice. Told in other words, an option is taken only where the
words that it alone holds are said and little else; a question, a story and a denial are no answer.
The words stand in `data/nlu/words/choice.yaml`.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

from nlu.keyboard import retyped
from nlu.normalise import compose, fold
from nlu.spelling import expand
from nlu.words import mapping, numbers, strings, table

_LONGEST = 200
"""Characters; a longer text is told, not chosen (an option's whole text may be long)."""
_MOST_WORDS = 60
_MOST_TOLD = 24
"""Words in which an option may be told otherwise than it is written."""
_LONGEST_PHRASE = 6
"""Words of the longest phrase of the tables."""
_LONGEST_NAME = 3
"""Words that a number, a letter or a place has, what introduces it left out."""
_OWN = 3
"""Words: so many of an option's first ones are its own, whatever they would mean elsewhere."""
_SAID = 0.7
"""What share of the words said must be an option's, where letters stand before the options; every
one where numbers do, for other wishes are heard there too."""
_SAID_WITH_LETTER = 0.3
_BARE = 0.8
"""What a word without its accents counts: alone it may be another word."""
_LEAST = 0.9
_ENOUGH = 1.5
"""Distinguishing words that must be said where others are, too."""
_OF_ONESELF = 0.6
"""What share of an option a sentence about oneself must hold."""
_LEAD = 0.5
"""What the second option may hold of what the best does."""
_WORD = re.compile(r"[^\W_]+")
_GLUED = re.compile(r"([^\W\d_]+)([0-9])")
_EVERYTHING = 26
_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_ONE_TONE = str.maketrans({"\u0303": "\u0309"})
"""The south says hỏi and ngã alike, and many write them so."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as typed, and what is compared of it."""

    folded: str
    shape: str
    """Without its tone."""
    tone: str

    @property
    def bare(self) -> bool:
        """Whether it was typed without any accent."""
        return not self.tone and self.shape == self.folded

    def fits(self, written: "_Word") -> bool:
        """Whether the written word may be meant: an accent may be missing, none may be another."""
        if self.folded != written.folded:
            return False
        if self.bare:
            return True
        if self.tone and self.tone != written.tone:
            return False
        if len(self.shape) != len(self.folded) or len(written.shape) != len(self.folded):
            return True
        return all(
            typed == letter or typed == fold(letter) == "d"
            for typed, letter in zip(self.shape, written.shape, strict=True)
        )


Words = tuple[_Word, ...]
Phrases = dict[tuple[str, ...], tuple[tuple[_Word, ...], ...]]
"""Phrases by their folded words."""


def read(
    text: str, options: Sequence[str], *, lettered: bool, in_other_words: bool = True
) -> int | None:
    """Give the position (from 0) that is meant, or None where the text names none or several."""
    if len(text) > _LONGEST:
        return None
    for words in _readings(text):
        fits = set(_by_name(words, options, lettered=lettered))
        fits |= set(_by_beginning(words, options, lettered=lettered))
        fits |= set(_by_truth(words, options))
        if fits:
            return fits.pop() if len(fits) == 1 else None
    if expand(text) != fold(text):
        spelled = _read_words(expand(text))
        fits = set(
            _by_beginning(spelled, [_expanded(option) for option in options], lettered=lettered)
        )
        if fits:
            return fits.pop() if len(fits) == 1 else None
    if none(text):
        ways_out = [at for at, option in enumerate(options) if none(option)]
        return ways_out[0] if len(ways_out) == 1 else None
    return _by_words(text, options, lettered=lettered) if in_other_words else None


def own_words(text: str, options: Sequence[str], *, lettered: bool) -> int | None:
    """Give the option whose words these are, from its first one on, with no word of another.

    "Đã bị lừa chuyển tiền" may be an option or a cry for help: with "tôi" or "rồi" it is the cry.
    """
    words = _read_words(text)
    if len(text) > _LONGEST or not words:
        return None
    fits = {
        at
        for at, option in enumerate(map(_read_words, options))
        for said in (words, _behind_name(words, at, len(options), lettered=lettered))
        if said and _begins(said, option) and (len(said) >= min(_OWN, len(option)))
    }
    return fits.pop() if len(fits) == 1 else None


def none(text: str) -> bool:
    """Whether it turns down all of the options: "không phải cái nào trong đó", "ý tôi khác"."""
    if len(text) > _LONGEST:
        return False
    return any(map(_turns_down, {expand(text), fold(text)}))


def _turns_down(folded: str) -> bool:
    words = tuple(map(_word, folded.split()[:_MOST_WORDS]))
    return any(
        pattern.fullmatch(" ".join(word.folded for word in words[start:end]))
        for start in _starts(words, "before")
        for end in _ends(words, ("after",))
        if start < end
        for pattern in _none_patterns()
    )


def misses(text: str, *, lettered: bool) -> bool:
    """Whether one is clearly named that no such list has: "số hai" where letters stand, "câu K"."""
    if len(text) > _LONGEST:
        return False
    words = _read_words(text)
    return any(
        core.introduced
        and _named(core.words, _EVERYTHING, introduced=True, lettered=kind) is not None
        for kind in (lettered, not lettered)
        for core in _cores(words)
    )


def read_order(text: str, count: int) -> tuple[int, ...] | None:
    """Give all `count` positions in the order told ("B A C", "bac"), or None."""
    letters: list[str] = []
    for word in _without_fillers(_typed_words(text)):
        if not word.isascii() or not word.isalpha():
            return None
        letters.extend(word.lower())
    order = tuple(ord(letter) - ord("a") for letter in letters)
    return order if sorted(order) == list(range(count)) and count > 1 else None


# Words


def _typed_words(text: str) -> list[str]:
    """The words with their accents: "ạ" is no letter A."""
    return _WORD.findall(unicodedata.normalize("NFKC", compose(text)).lower())


def _readings(text: str) -> Iterator[Words]:
    """The words as typed, then with the number taken off that sticks to its word ("câu2")."""
    typed = _read_words(text)
    yield typed
    apart = _GLUED.sub(_unglued, compose(text).lower())
    if apart != compose(text).lower():
        yield _read_words(apart)


def _unglued(match: re.Match[str]) -> str:
    return f"{match[1]} {match[2]}" if (fold(match[1]),) in _phrases("naming") else match[0]


@lru_cache(maxsize=512)
def _read_words(text: str) -> tuple[_Word, ...]:
    """The words, with what a keyboard left in them taken off; none of a text with too many."""
    typed = _typed_words(text)
    if len(typed) > _MOST_WORDS:
        return ()
    folded = [fold(word) for word in typed]
    repaired = retyped(folded)
    return tuple(
        _word(word if meant == was or was in _known() else meant)
        for word, was, meant in zip(typed, folded, repaired, strict=True)
    )


@lru_cache(maxsize=512)
def _expanded(text: str) -> str:
    """The text spelled out, without its accents; with them where nothing was short in it."""
    spelled = expand(text)
    return text if spelled == fold(text) else spelled


@lru_cache(maxsize=4096)
def _word(typed: str) -> _Word:
    apart = unicodedata.normalize("NFD", typed.lower())
    tone = "".join(char for char in apart if char in _MARKS).translate(_ONE_TONE)
    shape = unicodedata.normalize("NFC", "".join(char for char in apart if char not in _MARKS))
    return _Word(folded=fold(typed), shape=shape, tone=tone)


def _fit(said: Words, written: Words) -> bool:
    return len(said) == len(written) and all(
        one.fits(other) for one, other in zip(said, written, strict=True)
    )


def _begins(said: Words, option: Words) -> bool:
    return len(said) <= len(option) and _fit(said, option[: len(said)])


@lru_cache(maxsize=8192)
def _is_one_of(said: Words, key: str) -> bool:
    """Whether it is a phrase of that list; a letter that is an option's must have its accent."""
    phrases = _phrases(key).get(tuple(word.folded for word in said), ())
    if len(said) == 1 and len(said[0].folded) == 1 and said[0].bare and key != "after":
        phrases = tuple(one for one in phrases if one[0].bare or said[0].folded > "h")
    return any(_fit(said, written) for written in phrases)


def _starts(words: Words, *keys: str) -> list[int]:
    """Where a naming may begin: at the first word, or behind phrases of these lists."""
    reached = [0]
    for start in reached:
        for end in range(start + 1, min(start + _LONGEST_PHRASE, len(words) - 1) + 1):
            if end not in reached and any(_is_one_of(words[start:end], key) for key in keys):
                reached.append(end)
    return reached


def _ends(words: Words, keys: Sequence[str]) -> list[int]:
    """Where it may end: at the last word, or before phrases of these lists."""
    reached = [len(words)]
    for end in reached:
        for start in range(end - 1, max(end - _LONGEST_PHRASE, 1) - 1, -1):
            if start not in reached and any(_is_one_of(words[start:end], key) for key in keys):
                reached.append(start)
    return reached


@dataclass(frozen=True, slots=True)
class _Core:
    """What may be the naming itself."""

    words: Words
    whole: Words
    """With what introduces it."""
    introduced: bool
    politely: bool
    """Whether nothing but politeness follows: what asks back names no place."""


def _cores(words: Words) -> Iterator[_Core]:
    politely = set(_ends(words, ("after",)))
    ends = _ends(words, ("after", "after_asking"))
    for start in _starts(words, "before", "naming"):
        namings = [
            begin
            for begin in range(max(0, start - _LONGEST_PHRASE), start)
            if _is_one_of(words[begin:start], "naming")
        ]
        for end in ends:
            if 0 < end - start <= _LONGEST_NAME:
                yield _Core(
                    words=words[start:end],
                    whole=words[min(namings, default=start) : end],
                    introduced=bool(namings),
                    politely=end in politely,
                )


# Named by number, letter or place


def _by_name(words: Words, options: Sequence[str], *, lettered: bool) -> Iterator[int]:
    """Positions named, alone or together with words of that very option."""
    count = len(options)
    written = [_read_words(option) for option in options]
    for core in _cores(words):
        position = _named(core.words, count, introduced=core.introduced, lettered=lettered)
        if position is None and core.politely:
            position = _placed(core.words, count, introduced=core.introduced)
        part = core.introduced and any(_holds(option, core.whole) for option in written)
        if position is not None and not part:  # "muc 2" may be "mức 2", said of two options
            yield position
    for position in range(count):
        rest = _behind_name(words, position, count, lettered=lettered)
        if not rest:
            continue
        if (
            any(
                _begins(rest[:end], _read_words(options[position]))
                for end in _ends(rest, ("after",))
            )
            or _closest(rest, options, share=_SAID_WITH_LETTER, least=_LEAST) == position
        ):
            yield position


def _behind_name(words: Words, position: int, count: int, *, lettered: bool) -> Words:
    """The words behind the name of that position, where the text begins with it."""
    for start in _starts(words, "before", "naming"):
        for length in range(1, _LONGEST_NAME + 1):
            name = words[start : start + length]
            if (
                len(name) == length
                and _named(name, count, introduced=start > 0, lettered=lettered) == position
            ):
                return words[start + length :]
    return ()


def _named(core: Words, count: int, *, introduced: bool, lettered: bool) -> int | None:
    value = _ordinal(core)
    if value is None and len(core) <= 2:
        value = _letter(core, introduced) if lettered else _number(core, introduced)
    return value - 1 if value is not None and 1 <= value <= count else None


def _number(core: Words, introduced: bool) -> int | None:
    if len(core) != 1:
        return None
    word = core[0]
    if re.fullmatch(r"0?[0-9]{1,2}", word.folded):
        return int(word.folded)
    return _number_word(word, introduced)


def _number_word(word: _Word, introduced: bool) -> int | None:
    for written, value in _values("numbers"):
        if word.fits(written[0]):
            only_after = any(word.fits(other[0]) for other in _listed("only_after"))
            return None if only_after and not introduced else value
    return None


def _ordinal(core: Words) -> int | None:
    """ "thứ hai", "thứ 2", "second": a place, whatever stands before the options."""
    if len(core) == 1:
        return next((n for written, n in _values("ordinals") if core[0].fits(written[0])), None)
    sign = _word(cast("str", table("choice")["ordinal_sign"]))
    if len(core) == 2 and core[0].fits(sign):
        return _number(core[1:], introduced=True)
    return None


def _letter(core: Words, introduced: bool) -> int | None:
    """A letter with no accent on it, for "ạ" and "à" are politeness; or the letter's name."""
    if len(core) == 1 and core[0].bare and re.fullmatch(r"[a-z]", core[0].folded):
        return ord(core[0].folded) - ord("a") + 1
    for said, letter in mapping("choice", "letters").items():
        written = _read_words(said)
        if not _fit(core, written):
            continue
        if introduced or said not in strings("choice", "letters_in_full") or not core[0].bare:
            return ord(letter) - ord("a") + 1
    return None


def _placed(core: Words, count: int, *, introduced: bool) -> int | None:
    """Position named by its place in the list."""
    if _is_one_of(core, "first"):
        return 0
    if _is_one_of(core, "last"):
        return count - 1
    if _is_one_of(core, "before_last"):
        return count - 2 if count > 2 else None
    if _is_one_of(core, "middle"):
        return count // 2 if count % 2 == 1 else None
    if introduced and count == 2:
        for position, key in enumerate(("first_of_two", "last_of_two")):
            if _is_one_of(core, key):
                return position
    return None


# Named by the words of an option


def _by_beginning(words: Words, options: Sequence[str], *, lettered: bool) -> Iterable[int]:
    """Positions whose option the text is, or begins: a whole option first, then what is longest."""
    starts = _starts(words, "before", "naming")
    told = [words[start:end] for start in starts for end in _ends(words, ("after",)) if start < end]
    written = [_read_words(option) for option in options]
    whole = [at for at, option in enumerate(written) if any(_fit(said, option) for said in told)]
    if whole:
        return whole
    begun = {
        at: max(
            (len(s) for s in told if _tells(s, lettered=lettered) and _begins(s, option)),
            default=0,
        )
        for at, option in enumerate(written)
    }
    longest = max(begun.values(), default=0)
    return [at for at, length in begun.items() if length == longest > 0]


def _tells(said: Words, *, lettered: bool) -> bool:
    """Whether so few words tell anything: no letter or number alone, no word of its own meaning."""
    if lettered and _is_one_of(said, "not_alone"):
        return False
    word = said[0].folded if said else ""
    return len(said) > 1 or (len(word) > 1 and not word.isdigit())


def _by_truth(words: Words, options: Sequence[str]) -> Iterator[int]:
    """The position of «Đúng» or «Sai», where these two are the options."""
    if len(options) != 2:
        return
    truths = [_truth(_read_words(option)) for option in options]
    if None in truths or truths[0] == truths[1]:
        return
    for start in _starts(words, "before", "naming"):
        for end in _ends(words, ("after",)):
            said = _truth(words[start:end])
            if said is not None:
                yield truths.index(said)


def _truth(words: Words) -> str | None:
    groups = cast("dict[str, list[str]]", table("choice")["truths"])
    for name, phrases in groups.items():
        if any(_fit(words, _read_words(phrase)) for phrase in phrases):
            return name
    return None


def _by_words(text: str, options: Sequence[str], *, lettered: bool) -> int | None:
    """The option told in other words, where a good share of them are its own."""
    if "?" in text:
        return None
    share, least = (_SAID, _ENOUGH) if lettered else (1.0, 1.0)
    words = _read_words(text)
    if len(words) > _MOST_TOLD or _is_one_of(words, "not_alone"):
        return None
    if any(_behind_name(words, at, len(options), lettered=lettered) for at in range(len(options))):
        return None  # what is named and what is told do not agree
    found = _closest(words, options, share=share, least=least)
    forms = [_expanded(option) for option in options]
    if found is None and (expand(text) != fold(text) or forms != list(options)):
        spelled = _read_words(_expanded(text))
        found = _closest(spelled, forms, share=share, least=least)
    return found


def _closest(said: Words, options: Sequence[str], *, share: float, least: float) -> int | None:
    """The option that holds most of what was said, by words that the others do not hold.

    `share` is how much of what was said must be the option's, `least` how many of its
    distinguishing words must be said; all that was said may be one such word.
    """
    denied = any(_is_one_of((word,), "denying") for word in said)
    tags = ("tags", "tags_of_denial") if denied else ("tags",)
    start = max(_starts(said, "opening"))
    ends = (min(_ends(said, tags)), min(_ends(said, (*tags, "after"))))
    written = [_read_words(option) for option in options]
    found = (_closest_to(said[start:end], written, share=share, least=least) for end in ends)
    return next((at for at in found if at is not None), None)


def _closest_to(
    words: Words, written: Sequence[Words], *, share: float, least: float
) -> int | None:
    weights = _weights(written)
    told = [_Told.of(words, option, weights) for option in written]
    order = sorted(range(len(told)), key=lambda at: -told[at].weight)
    if not order:
        return None
    best = told[order[0]]
    second = told[order[1]].weight if len(order) > 1 else 0.0
    if best.weight < _LEAST or second > best.weight * _LEAD or best.share < share:
        return None
    if best.weight < least and best.share < 1.0:
        return None
    option = written[order[0]]
    of_oneself = _is_one_of(words[:1], "self") and not _holds(option, words[:1])
    if of_oneself and best.of_option < _OF_ONESELF:
        return None
    return None if _is_no_answer(words, option) else order[0]


@dataclass(frozen=True, slots=True)
class _Told:
    """How much of an option was said, and how much of what was said is the option's."""

    weight: float
    share: float
    of_option: float

    @classmethod
    def of(cls, words: Words, option: Words, weights: dict[str, float]) -> "_Told":
        held: set[int] = set()
        if not all(_is_filler(word) or _is_one_of((word,), "not_alone") for word in words):
            held = {at for at, other in enumerate(option) if not _carries_nothing(other)}
        denied = next((at for at, w in enumerate(option) if _is_one_of((w,), "denying")), None)
        if denied is not None and not any(_is_one_of((w,), "denying") for w in words):
            held -= set(range(denied, len(option)))
        met: dict[int, float] = {}
        hits = misses = 0
        for word in words:
            at = next((n for n in sorted(held) if _means(word, option[n])), None)
            if at is not None and word.bare and not option[at].bare and _is_filler(word):
                continue  # "toi" may be a word of the option ("tới"), and says nothing if it is not
            if at is not None:
                hits += at not in met
                met[at] = 1.0 if option[at].bare or not word.bare else _BARE
            elif not _is_filler(word):
                misses += 1
        total = sum(weights[option[at].folded] for at in held)
        weight = sum(weights[option[at].folded] * sure for at, sure in met.items())
        return cls(
            weight=weight,
            share=hits / (hits + misses) if hits else 0.0,
            of_option=weight / total if total else 0.0,
        )


def _weights(options: Sequence[Words]) -> dict[str, float]:
    """How well each word of the options tells them apart: 1 is in one of them, 0 in all."""
    held = [{word.folded for word in option} for option in options]
    count = len(options)
    if count < 2:
        return {word: 1.0 for words in held for word in words}
    return {
        word: math.log(count / sum(word in other for other in held)) / math.log(count)
        for words in held
        for word in words
    }


def _means(word: _Word, other: _Word) -> bool:
    if word.fits(other):
        return True
    alike = _alike().get(word.folded, ())
    return any(word.fits(said) and meant.fits(other) for said, meant in alike)


def _carries_nothing(word: _Word) -> bool:
    """Whether a word of an option tells nothing: a function word, a lone letter or small number."""
    short = len(word.folded) == 1 or (word.folded.isdigit() and len(word.folded) < 3)
    return short or _is_one_of((word,), "common")


def _is_filler(word: _Word) -> bool:
    return any(_is_one_of((word,), key) for key in ("common", "told", "denying"))


def _is_no_answer(words: Words, option: Words) -> bool:
    """Whether a question is asked, a story told, or denied what the option says."""
    denied = any(_is_one_of((word,), "denying") for word in words)
    if denied and not any(_is_one_of((word,), "denying") for word in option):
        return True
    for end in _ends(words, ("after",)):
        if _is_one_of(words[end - 1 : end], "happened_at_end") and not words[end - 1].fits(
            option[-1]
        ):
            return True
    return any(
        _is_one_of(words[n : n + length], key) and not _holds(option, words[n : n + length])
        for key in ("asking", "happened")
        for length in (1, 2)
        for n in range(len(words) - length + 1)
    )


def _holds(option: Words, said: Words) -> bool:
    return any(_fit(said, option[n : n + len(said)]) for n in range(len(option)))


def _without_fillers(typed: list[str]) -> list[str]:
    """Words of an order that are letters; fillers longer than a letter are left out."""
    fillers = {word for phrase in _phrases("order_fillers") for word in phrase}
    return [
        word
        for word in typed
        if not (fold(word) in fillers and (len(word) > 1 or not word.isascii()))
    ]


# Tables


@cache
def _listed(key: str) -> tuple[tuple[_Word, ...], ...]:
    return tuple(tuple(map(_word, _typed_words(phrase))) for phrase in strings("choice", key))


@cache
def _known() -> frozenset[str]:
    """Words of other languages that look like what a keyboard leaves ("last")."""
    keys = ("first", "last", "before_last", "middle", "naming", "before", "after")
    named = {word.folded for key in keys for phrase in _listed(key) for word in phrase}
    return frozenset(named | {fold(word) for word in numbers("choice", "ordinals")})


@cache
def _phrases(key: str) -> Phrases:
    found: Phrases = {}
    for written in _listed(key):
        folded = tuple(word.folded for word in written)
        found[folded] = (*found.get(folded, ()), written)
    return found


@cache
def _values(key: str) -> tuple[tuple[tuple[_Word, ...], int], ...]:
    return tuple(
        (tuple(map(_word, _typed_words(said))), value)
        for said, value in numbers("choice", key).items()
    )


@cache
def _alike() -> dict[str, tuple[tuple[_Word, _Word], ...]]:
    found: dict[str, tuple[tuple[_Word, _Word], ...]] = {}
    for said, meant in mapping("choice", "alike").items():
        found[fold(said)] = (*found.get(fold(said), ()), (_word(said), _word(meant)))
    return found


@cache
def _none_patterns() -> tuple[re.Pattern[str], ...]:
    parts = mapping("choice", "none_parts")
    patterns: list[re.Pattern[str]] = []
    for written in strings("choice", "none"):
        filled = written
        for name, words in parts.items():
            filled = filled.replace(f"{{{name}}}", words)
        patterns.append(re.compile(filled))
    return tuple(patterns)
