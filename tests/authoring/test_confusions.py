"""Topics that mix are found from the phrases alone, and each phrase with its file and line."""

from pathlib import Path

from bot.authoring.confusions import Misread, Pair, heard_by, misread, pairs
from bot.authoring.located import Located, entry, located, named
from bot.authoring.similar import grouped, overlapping
from nlu.engine import Engine
from nlu.phrases import Label, Phrase
from tests.talk import COURSE

LANTERN = Label("howto", "phone/lantern")
CAMERA = Label("howto", "phone/camera")
GREET = Label("greet", None)


def phrases(**lines: list[str]) -> list[Located]:
    labels = {"lantern": LANTERN, "camera": CAMERA, "greet": GREET}
    found: list[Located] = []
    for name, texts in lines.items():
        file = Path(f"{name}.yml")
        found += [Located(Phrase(t, labels[name]), file, n) for n, t in enumerate(texts, start=4)]
    return found


CLEAR = {
    "lantern": [f"bật đèn pin {word}" for word in ("lên", "đi", "giùm", "sáng", "tối", "nhanh")],
    "camera": [f"chụp hình {word}" for word in ("nét", "đẹp", "mờ", "lại", "rõ", "chân dung")],
    "greet": ["xin chào", "chào bạn", "chào cô", "chào máy", "chào nha", "chào bác"],
}


def silent(*_round: int) -> None: ...


def nobody(_phrase: Phrase) -> bool:
    return False


def test_phrases_stand_where_they_are_said_to(tmp_path: Path) -> None:
    for one in located(COURSE):
        line = one.file.read_text("utf-8").splitlines()[one.line - 1]
        assert line.strip() == f"- {one.phrase.text}"


def test_phrases_that_are_told_apart_are_no_confusion() -> None:
    assert misread(phrases(**CLEAR), nobody, silent) == []


def test_a_phrase_under_the_wrong_topic_is_named_with_its_place_and_its_lure() -> None:
    wrong = {**CLEAR, "camera": [*CLEAR["camera"], "đèn pin"]}
    found = misread(phrases(**wrong), nobody, silent)
    assert [(one.located.where, one.read_as) for one in found] == [("camera.yml:10", LANTERN)]
    assert found[0].lure.phrase.label == LANTERN
    assert pairs(found) == [Pair(CAMERA, LANTERN, tuple(found))]


def test_every_phrase_is_judged_once_by_a_model_without_it() -> None:
    told: list[tuple[int, int, int]] = []
    misread(phrases(**CLEAR), nobody, lambda *round_: told.append(round_))
    assert [one[0] for one in told] == [1, 2]
    assert sum(judged for _, _, judged in told) == 18
    assert all(learned + judged == 18 for _, learned, judged in told)


def test_a_label_of_few_phrases_is_never_left_without_any() -> None:
    few = {**CLEAR, "greet": ["xin chào", "chào bạn"]}
    assert misread(phrases(**few), nobody, silent) == []


def test_a_cry_for_help_that_a_screen_hears_is_not_misread(engine: Engine) -> None:
    danger = Label("emergency.danger", None)
    heard = [Located(Phrase("bật đèn pin, nhà đang cháy", danger), Path("d.yml"), 4)]
    more = [Located(Phrase(f"cứu {who}", danger), Path("d.yml"), 5) for who in ("tôi", "bà")]
    every = [*phrases(**CLEAR), *heard, *more]
    found = misread(every, heard_by(engine), silent)
    assert "d.yml:4" in [one.located.where for one in misread(every, nobody, silent)]
    assert "d.yml:4" not in [one.located.where for one in found]


def test_pairs_that_mix_most_come_first_in_whichever_direction() -> None:
    lines = phrases(**CLEAR)
    one, other, third = (lines[at] for at in (0, 6, 12))
    found = [
        Misread(third, LANTERN, one),
        Misread(one, CAMERA, other),
        Misread(other, LANTERN, one),
    ]
    assert [(named(pair.one), named(pair.other), len(pair.misread)) for pair in pairs(found)] == [
        ("phone/camera", "phone/lantern", 2),
        ("greet", "phone/lantern", 1),
    ]


def test_a_label_has_the_name_of_its_entry_in_the_files() -> None:
    assert (entry(LANTERN), entry(GREET)) == ("ask_howto/phone.lantern", "greet")


def test_texts_that_are_alike_are_put_together() -> None:
    texts = ["hoa don tien dien", "xin chao", "tra tien dien", "dong tien dien o dau"]
    assert grouped(texts)[0] == [0, 2, 3]
    assert grouped(["mot minh"]) == [[0]]
    assert grouped([]) == []


def test_texts_that_are_nearly_the_same_overlap() -> None:
    ones = ["quen mat khau vneid roi", "bat den pin"]
    others = ["bat den pin", "quen mat khau vneid roi a", "chup hinh"]
    assert overlapping(ones, others, least=0.85) == [(0, 1), (1, 0)]
    assert overlapping(ones, others, least=0.99) == [(1, 0)]
