"""One thing broken, one fault: the right file, line, field and kind, and nothing else."""

import pytest

from bot.author import Author
from tests.content_check.conftest import Course

HOWTO = "howto/phone/scan_qr.yaml"
QUIZ = "quiz/phone/scan_qr.yaml"
TIPS = "tips/phone/scan_qr.yaml"
TOPICS = "topics.yaml"
LONG = " ".join(["chữ"] * 21) + "."


ENGLISH = """\
title: Scan a QR code
for: Beginners
before: [A phone with internet]
cost: It costs nothing.
steps:
  - {id: open, do: Tap the square., see: The camera opens., stuck: Look at the top.}
  - {id: aim, do: Point it at the code., see: A name appears., stuck: Wipe the lens.}
"""
ENGLISH_ITEM = """\
- id: poster
  ask: A poster promises a gift. What now?
  options:
    - {text: Scan it, why: It may open a false page.}
    - {text: No, why: Right.}
"""


def test_a_course_without_a_fault_has_none(course: Course) -> None:
    assert course.found() == []


BROKEN = [
    # the format of a file
    (HOWTO, "    see: Màn hình hiện khung máy ảnh.\n", "", 13, "steps[0].see", "missing"),
    (HOWTO, "see: Màn hình hiện khung máy ảnh.", "see:", 15, "steps[0].see", "missing"),
    (HOWTO, "reviewed: false", "reviewed: chưa", 7, "reviewed", "bool_parsing"),
    (HOWTO, "checked: 2026-11-20", "checked: hôm qua", 5, "checked", "date_from_datetime_parsing"),
    (HOWTO, "check_every: 120d", "check_every: ba tháng", 6, "check_every", "time_delta_parsing"),
    (HOWTO, "owner:", "ower: x\nowner:", 4, "ower", "extra_forbidden"),
    (HOWTO, "owner:", "topic: phone/scan_qr\nowner:", 4, "topic", "known_by_path"),
    (HOWTO, "confidence: medium", "confidence: low", 25, "steps[1].confidence", "literal_error"),
    (HOWTO, "url: \"https", "url: \"xa://", 11, "sources.thu.url", "string_pattern_mismatch"),
    (HOWTO, "sources: [thu]\n    confidence: medium", "sources: [the]\n    confidence: medium",
     24, "steps[1].sources", "rule_sources"),
    (HOWTO, "- id: aim", "- id: open", 12, "steps", "rule_steps_id"),
    (HOWTO, "title: Quét mã QR", "title: Quét mã QR\ntitle: Hai", 2, "", "repeated_key"),
    (HOWTO, "before: [Điện", "before: [[Điện", 4, "", "yaml"),
    (QUIZ, "      why: Giờ không liên quan tới tiền.\n", "", 25, "items[1].options[1].why",
     "missing"),
    (QUIZ, "difficulty: 3", "difficulty: 4", 47, "items[3].difficulty", "less_than_equal"),
    (QUIZ, "answer: [1]", "answer: [2]", 12, "items[0].answer", "rule_answer_range"),
    (QUIZ, "answer: [1]", "answer: [0, 1]", 12, "items[0].answer", "rule_answer_count"),
    (QUIZ, "- id: name", "- id: poster", 16, "items[1].id", "repeated_id"),
    (TIPS, "item: name", "item: Tên Câu", 4, "tips[0].item", "string_pattern_mismatch"),
    (TOPICS, "    need: gọi được con cháu\n", "", 6, "phone.video_call.need", "missing"),
    ("rubric.yaml", "days: 2", "days: 0", 5, "rules[0].days", "greater_than_equal"),
    ("wards.csv", "phường,Phường", "thị trấn,Phường", 2, "kind", "literal_error"),
    # what files promise each other
    (QUIZ, "competence: \"0.1\"", "competence: \"9.9\"", 3, "items[0].competence",
     "unknown_competence"),
    (QUIZ, "sources: [thu]", "sources: [the]", 13, "items[0].sources[0]", "unknown_source"),
    (QUIZ, "answer: [1, 0, 2]", "answer: [0, 1, 2]", 41, "items[2].answer", "in_order_already"),
    (QUIZ, "ask: Xếp thứ tự khi quét mã.", "ask: Tờ giấy ở trạm xe có mã «nhận quà». Nên làm gì?",
     36, "items[2].ask", "repeated_item"),
    (QUIZ, "use: practice", "use: test", 1, "", "not_half"),
    (TIPS, "item: name", "item: gone", 4, "tips[0].item", "unknown_item"),
    (HOWTO, "short: true", "short: true\nnext: phone/video_call", 9, "next", "unknown_next"),
    (HOWTO, "short: true", "short: true\nnext: phone/scan_qr", 9, "next", "next_is_itself"),
    ("rubric.yaml", "must: [phone/scan_qr]", "must: [phone/other]", 3, "rules[0].must[0]",
     "unknown_topic"),
    ("framework.yaml", "[phone/scan_qr]", "[phone/video_call]", 17, "test_areas", "not_one_area"),
    # questions that can be guessed, or teach the wrong thing
    (QUIZ, "why: Mã lạ có", "why: Đúng, mã lạ có", 9, "items[0].options[0].why",
     "reason_against_key"),
    (QUIZ, "why: Đúng, tên phải", "why: Tên phải", 24, "items[1].options[0].why",
     "reason_against_key"),
    (QUIZ, "  doing: true\n", "", 1, "", "few_doing"),
    (QUIZ, "  doing: true\n", "  doing: true\n  shows: scam\n", 1, "", "few_genuine"),
    (QUIZ, "tried: 0", "tried: 5", 14, "items[0].tried", "not_tried"),
    (QUIZ, "ask: Quét hoài mà máy không nhận mã. Nên thử gì trước?",
     "ask: Quét mã trả tiền xong xem gì trước khi bấm trả!", 49, "items[3].ask", "repeated_item"),
    (QUIZ, "text: Lau ống kính", f"text: Lau ống{' nghiêng' * 15}", 53,
     "items[3].options[1].text", "long_label"),
    # one action a step
    (HOWTO, "do: Bấm hình ô vuông", "do: Mở Zalo rồi bấm hình ô vuông", 14, "steps[0].do",
     "two_actions"),
    (HOWTO, "do: Đưa khung vào giữa mã, giữ", "do: Đưa khung vào giữa mã. Chụp hình, giữ", 20,
     "steps[1].do", "two_actions"),
    # facts that may be said
    (HOWTO, "stuck: Lau ống kính,", "stuck: Gọi 1900 1234,", 22, "steps[1].stuck", "not_a_value"),
    (HOWTO, "stuck: Lau ống kính,", "stuck: Trả 20.000 đồng,", 22, "steps[1].stuck",
     "not_a_value"),
    (HOWTO, "stuck: Lau ống kính,", "stuck: Trước 31/3,", 22, "steps[1].stuck", "not_a_value"),
    (HOWTO, "stuck: Lau ống kính,", "stuck: Mất 10%,", 22, "steps[1].stuck", "not_a_value"),
    (HOWTO, "stuck: Lau ống kính,", "stuck: Gọi {police},", 22, "steps[1].stuck", "unknown_value"),
    (HOWTO, "[Điện thoại có mạng]", "[Có 2 điện thoại]", 3, "before[0]", "number_without_source"),
    (QUIZ, "why: Giờ không", "why: Gọi 0912 345 678 nha, giờ không", 26,
     "items[1].options[1].why", "not_a_value"),
    (HOWTO, "stuck: Lau ống kính,", "stuck: Mở vneid-moi.com,", 22, "steps[1].stuck",
     "unofficial_link"),
    ("values.yaml", "check_by: 2030-01-01", "check_by: mai mốt", 4, "hotline.check_by",
     "date_from_datetime_parsing"),
    # prose
    (HOWTO, "stuck: Lau ống kính,", "stuck: Lau ốnh kính,", 22, "steps[1].stuck", "typo"),
    (HOWTO, "stuck: Lau ống kính, đưa ra xa một gang tay.", f"stuck: {LONG}", 22,
     "steps[1].stuck", "long_sentence"),
    (HOWTO, "stuck: Mở Cài đặt, tìm Zalo", "stuck: Mở Cài đặt, khoá Zalo", 27,
     "steps[1].iphone.stuck", "tone"),
    (QUIZ, "text: Lau ống kính", "text: Lau o\u0302\u0301ng kính", 53, "items[3].options[1].text",
     "not_composed"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "field", "kind"), BROKEN, ids=[f"{b[5]}-{b[4]}" for b in BROKEN]
)
def test_a_fault_is_named_where_it_stands(
    course: Course, file: str, old: str, new: str, line: int, field: str, kind: str
) -> None:
    course.replace(file, old, new)
    assert course.found() == [(file, line, field, kind)]
    author = Author.load(course.data)
    assert f"fault.{kind}" in author.sentences
    assert "{" not in author.faults(course.faults())


def test_right_answers_that_always_stand_first_are_a_pattern(course: Course) -> None:
    text = (course.data / QUIZ).read_text("utf-8")
    swapped = text.replace(
        "text: Tên người nhận\n      why: Đúng, tên phải là của cửa hàng.\n"
        "    - text: Giờ trên điện thoại\n      why: Giờ không liên quan tới tiền.\n  answer: [0]",
        "text: Giờ trên điện thoại\n      why: Giờ không liên quan tới tiền.\n"
        "    - text: Tên người nhận\n      why: Đúng, tên phải là của cửa hàng.\n  answer: [1]",
    )
    assert swapped != text
    course.write(QUIZ, swapped)
    assert course.found() == [(QUIZ, 1, "", "same_position")]


def test_right_answers_that_are_longest_are_a_pattern(course: Course) -> None:
    course.replace(QUIZ, "text: Không quét", "text: Không quét, hỏi người đứng quầy trước")
    assert course.found() == []
    course.replace(QUIZ, "text: Tên người nhận", "text: Tên người nhận hiện trên màn hình")
    assert course.found() == [(QUIZ, 1, "", "right_longest")]


def test_a_topic_has_eight_items_unless_it_is_short(course: Course) -> None:
    course.replace(HOWTO, "short: true", "short: false")
    course.replace(HOWTO, "short_why: Bài thử.\n", "")
    assert course.found() == [(QUIZ, 1, "", "few_items")]


def test_a_topic_without_howto_needs_a_place(course: Course) -> None:
    course.write(TOPICS, "phone:\n  scan_qr: {title: Quét, need: xem}\n  call:\n    title: Gọi\n"
                         "    need: gọi được\n")  # fmt: skip
    assert course.found() == [(TOPICS, 3, "phone.call.place", "no_place")]


def test_a_topic_nobody_listed_is_one_fault_a_file(course: Course) -> None:
    course.replace(TOPICS, "  scan_qr:", "  scan_code:")
    place = "place: {say: Hỏi tổ công nghệ., source: {title: Trang, publisher: Nhà, url: "
    source = '"https://example.org", read_on: 2026-11-20}}'
    course.replace(TOPICS, "need: mở", f"{place}{source}\n    need: mở")
    course.replace("rubric.yaml", "must: [phone/scan_qr]", "must: []")
    course.replace("framework.yaml", "[phone/scan_qr]", "[phone/scan_code]")
    assert course.found() == [(file, 1, "", "unknown_topic") for file in (HOWTO, QUIZ, TIPS)]


def test_a_message_longer_than_people_read_is_a_fault(course: Course) -> None:
    sentences = " ".join(["Bấm vào hình ô vuông rồi chờ một chút cho máy chạy xong."] * 30)
    course.replace(HOWTO, "see: Điện thoại hiện tên người nhận.", f"see: {sentences}")
    assert course.found() == [(HOWTO, 19, "steps[1]", "long_message")]


def test_a_sentence_the_code_says_must_be_there(course: Course) -> None:
    line = course.line("locales/vi.yaml", "greet:")
    course.replace("locales/vi.yaml", "greet:\n  hello:", "greet:\n  hallo:")
    assert ("locales/vi.yaml", line, "greet.hello", "no_sentence") in course.found()


def test_a_translation_has_the_same_places_to_fill(course: Course) -> None:
    course.write(
        "locales/fr.yaml",
        'greet:\n  hello: "Bonjour {you}."\n  bye: Au revoir.\nperson:\n  called: "Bien, {you}."\n',
    )
    assert [fault[1:] for fault in course.found() if fault[0] == "locales/fr.yaml"] == [
        (2, "greet.hello", "other_places"),
        (3, "greet.bye", "not_vietnamese"),
    ]


def test_a_competence_is_asked_once_a_topic_teaches_it(course: Course) -> None:
    course.replace("framework.yaml", ", asked: true", "")
    assert {fault[3] for fault in course.found()} == {"competence_not_asked"}


def test_an_old_name_stands_only_where_it_is_explained(course: Course) -> None:
    course.write("outdated.yaml", "- {name: quận, pattern: quận, now: 'phường, xã'}\n")
    course.replace(HOWTO, "stuck: Lau ống kính,", "stuck: Ra ủy ban quận,")
    assert course.found() == [(HOWTO, 22, "steps[1].stuck", "outdated")]
    course.replace(HOWTO, "stuck: Ra ủy ban quận,", "stuck: Ra ủy ban quận cũ,")
    assert course.found() == []


def test_a_link_under_an_official_host_may_be_told(course: Course) -> None:
    course.replace(HOWTO, "stuck: Lau ống kính,", "stuck: Mở hoi.example.gov.vn,")
    assert course.found() == []


def test_what_people_tried_is_counted_by_who_watched(course: Course) -> None:
    trial = "- {on: 2026-11-20, by: Tổ công nghệ, people: 5, items: ['phone/scan_qr:poster']}\n"
    course.write("trials.yaml", trial)
    assert course.found() == [(QUIZ, 14, "items[0].tried", "not_tried")]
    course.replace(QUIZ, "tried: 0", "tried: 5")
    assert course.found() == []


def test_filling_in_and_the_press_that_sends_it_are_one_action(course: Course) -> None:
    course.replace(HOWTO, "do: Đưa khung vào giữa mã, giữ", "do: Gõ số, rồi bấm «Gửi», giữ")
    assert course.found() == []


def test_a_translation_has_the_steps_and_options_of_the_vietnamese(course: Course) -> None:
    course.write(HOWTO.replace(".yaml", ".en.yaml"), ENGLISH)
    course.write(QUIZ.replace(".yaml", ".en.yaml"), ENGLISH_ITEM)
    assert course.found() == []
    course.replace(HOWTO.replace(".yaml", ".en.yaml"), "id: aim", "id: point")
    course.replace(QUIZ.replace(".yaml", ".en.yaml"), "    - {text: No, why: Right.}\n", "")
    assert [fault[3] for fault in course.found()] == ["other_steps", "too_short"]


def test_all_faults_are_told_at_once(course: Course) -> None:
    course.replace(HOWTO, "confidence: medium", "confidence: low")
    course.replace(QUIZ, "      why: Giờ không liên quan tới tiền.\n", "")
    course.replace(TIPS, "item: name", "item: gone")
    assert [fault[3] for fault in course.found()] == ["literal_error", "missing"]
    course.replace(QUIZ, "    - text: Giờ trên điện thoại\n",
                   "    - text: Giờ trên điện thoại\n      why: Giờ thì sao.\n")  # fmt: skip
    assert [fault[3] for fault in course.found()] == ["literal_error", "unknown_item"]


def test_files_that_are_not_there_or_not_named_so(course: Course) -> None:
    (course.data / "rubric.yaml").unlink()
    (course.data / TIPS).rename(course.data / "tips" / "scan_qr.yaml")
    assert course.found() == [
        ("rubric.yaml", 1, "", "no_file"),
        ("tips/scan_qr.yaml", 1, "", "file_name"),
    ]


def test_authors_read_file_line_field_and_what_to_write(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.replace(QUIZ, "      why: Giờ không liên quan tới tiền.\n", "")
    course.replace(QUIZ, "difficulty: 3", "difficulty: 4")
    monkeypatch.chdir(course.data.parent)
    assert Author.load(course.data).faults(course.faults()).splitlines() == [
        "data/quiz/phone/scan_qr.yaml:25  items[1].options[1].why: thiếu. "
        "Viết một câu: vì sao chọn vậy là đúng hoặc chưa đúng.",
        "data/quiz/phone/scan_qr.yaml:46  items[3].difficulty: phải từ 3 trở xuống.",
        "2 lỗi trong 1 tệp. Xem docs/content-guide.md, mục «Câu hỏi».",
    ]
