"""What is taught, counted: docs/content.md, written from the content so that it can't be wrong.

    report(content)   the page
    short_of(content) what the course still lacks against its own aims, a sentence each

Aims (the project's own): 700 items, 100 tips; a competence that is asked has 15 items; a part of a
test has 10 topics and 40 items kept for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from flows.content import Content
from flows.lesson import Item, topic_of
from nlu.understanding import Language

ITEMS, TIPS = 700, 100
A_COMPETENCE = 15
AN_AREA_TOPICS, AN_AREA_ITEMS = 10, 40


def short_of(content: Content) -> list[str]:
    """What is missing for the aims; empty when nothing is."""
    missing: list[str] = []
    if len(content.items) < ITEMS:
        missing.append(f"{len(content.items)} items of {ITEMS}")
    if len(content.tips) < TIPS:
        missing.append(f"{len(content.tips)} tips of {TIPS}")
    missing += [f"{slug}: no how-to" for slug in content.topics if slug not in content.howtos]
    told = {topic_of(key) for key in content.tips}
    missing += [f"{slug}: no tip" for slug in content.topics if slug not in told]
    counts = Counter(item.competence for item in content.items.values())
    for competence in content.framework.competences.values():
        if competence.asked and counts[competence.id] < A_COMPETENCE:
            missing.append(f"{competence.id}: {counts[competence.id]} items of {A_COMPETENCE}")
    for area in content.framework.test_areas:
        kept = sum(1 for item in _of(content, area.topics) if item.use == "test")
        if len(area.topics) < AN_AREA_TOPICS or kept < AN_AREA_ITEMS:
            missing.append(f"area {area.id}: {len(area.topics)} topics, {kept} test items")
    return missing


def report(content: Content) -> str:
    """The page, in Markdown."""
    parts = [
        *_head(content),
        *_areas(content),
        *_competences(content),
        *_items(content),
        *_languages(content),
        *_confidence(content),
        *_weak(content),
        *_topics(content),
    ]
    return "\n".join(parts) + "\n"


def _head(content: Content) -> Iterator[str]:
    steps = [step for howto in content.howtos.values() for step in howto.steps]
    yield "# What is taught"
    yield ""
    yield "Written by `bot docs` from `data/`, for authors and whoever answers for the content."
    yield ""
    yield f"- {len(content.topics)} topics, {len(content.howtos)} how-tos with {len(steps)} steps"
    yield f"- {len(content.items)} quiz items, half of each topic kept for tests"
    yield f"- {len(content.tips)} tips, {len(content.calendar.weeks)} weeks in the calendar"
    yield f"- {len(content.calendar.scams)} scams answered, {len(content.cards)} host cards"
    yield f"- {len(content.values)} named values (hotlines, fees, limits, deadlines)"
    tried = sum(1 for item in content.items.values() if item.tried)
    reviewed = sum(1 for howto in content.howtos.values() if howto.reviewed)
    yield f"- {tried} items were tried by people of the target group"
    yield f"- {reviewed} how-tos were reviewed by an official"
    lacking = short_of(content)
    yield "- short of its own aims: " + ("; ".join(lacking) if lacking else "nothing")
    yield ""


def _areas(content: Content) -> Iterator[str]:
    yield "## Parts of a test"
    yield ""
    yield "| area | topics | practice | test |"
    yield "|---|---|---|---|"
    for area in content.framework.test_areas:
        uses = Counter(item.use for item in _of(content, area.topics))
        topics = len(area.topics)
        yield f"| {area.id} {area.label} | {topics} | {uses['practice']} | {uses['test']} |"
    yield ""


def _competences(content: Content) -> Iterator[str]:
    by: defaultdict[str, list[Item]] = defaultdict(list)
    for item in content.items.values():
        by[item.competence].append(item)
    yield "## Competences and difficulty"
    yield ""
    yield "| competence | items | topics | easy | medium | hard |"
    yield "|---|---|---|---|---|---|"
    for one in content.framework.competences.values():
        if one.asked:
            items = by[one.id]
            levels = Counter(item.difficulty for item in items)
            topics = len({item.topic for item in items})
            yield (
                f"| {one.id} {one.label} | {len(items)} | {topics} "
                f"| {levels[1]} | {levels[2]} | {levels[3]} |"
            )
    yield ""
    yield "Not asked, and why:"
    yield ""
    for one in content.framework.competences.values():
        if not one.asked:
            yield f"- {one.id} {one.label}: {one.why_not}"
    yield ""


def _items(content: Content) -> Iterator[str]:
    items = content.items.values()
    kinds = Counter(item.kind for item in items)
    shown = Counter(item.shows for item in items if item.shows)
    doing = sum(1 for item in items if item.doing)
    yield "## Kinds of items"
    yield ""
    yield "- " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    yield f"- {doing} take being able to do the thing"
    yield f"- messages and calls shown: {shown['genuine']} genuine, {shown['scam']} scams"
    yield ""


def _languages(content: Content) -> Iterator[str]:
    yield "## Languages"
    yield ""
    yield "| language | how-tos | items | tips | sentences of the bot |"
    yield "|---|---|---|---|---|"
    for language, locale in content.locales.items():
        counts = _counts(content, language)
        yield f"| {language} | {counts[0]} | {counts[1]} | {counts[2]} | {len(locale.sentences)} |"
    yield ""


def _counts(content: Content, language: Language) -> tuple[int, int, int]:
    if language == "vi":
        return len(content.howtos), len(content.items), len(content.tips)
    words = content.words[language]
    return len(words.howtos), len(words.items), len(words.tips)


def _confidence(content: Content) -> Iterator[str]:
    yield "## How sure the steps are"
    yield ""
    yield "high: official, or two independent sources. medium: one source, or labels that move."
    yield ""
    yield "| domain | steps | high | medium |"
    yield "|---|---|---|---|"
    by: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for slug, howto in content.howtos.items():
        by[slug.partition("/")[0]].update(step.confidence for step in howto.steps)
    for domain, sure in [*by.items(), ("all", sum(by.values(), Counter[str]()))]:
        count = sum(sure.values())
        high, medium = _share(sure["high"], count), _share(sure["medium"], count)
        yield f"| {domain} | {count} | {high} | {medium} |"
    yield ""


def _weak(content: Content) -> Iterator[str]:
    yield "## What is weak, and why"
    yield ""
    for slug, howto in sorted(content.howtos.items()):
        if howto.short:
            yield f"- `{slug}` is short: {howto.short_why}"
    yield ""
    yield "Three quarters or more of their steps rest on one source or on labels that may move:"
    yield ""
    for slug, howto in sorted(content.howtos.items()):
        medium = sum(1 for step in howto.steps if step.confidence == "medium")
        if not howto.short and medium >= 0.75 * len(howto.steps):
            yield f"- `{slug}` ({medium} of {len(howto.steps)})"
    yield ""


def _topics(content: Content) -> Iterator[str]:
    yield "## Topics"
    yield ""
    yield "| topic | steps | high | sources | items | tips | checked | due |"
    yield "|---|---|---|---|---|---|---|---|"
    items = Counter(item.topic for item in content.items.values())
    tips = Counter(topic_of(key) for key in content.tips)
    for slug in content.topics:
        howto = content.howtos.get(slug)
        if howto is None:
            yield f"| {slug} | – | – | – | {items[slug]} | {tips[slug]} | – | – |"
            continue
        high = sum(1 for step in howto.steps if step.confidence == "high")
        due = howto.checked + howto.check_every
        short = " (short)" if howto.short else ""
        yield (
            f"| {slug}{short} | {len(howto.steps)} | {high} | {len(howto.sources)} "
            f"| {items[slug]} | {tips[slug]} | {howto.checked} | {due} |"
        )


def _of(content: Content, topics: list[str]) -> list[Item]:
    return [item for item in content.items.values() if item.topic in topics]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
