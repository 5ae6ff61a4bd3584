"""Reading answers to choices."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import rehearsal
from flows.answering import answering, told_outright
from flows.content import Content
from flows.dialog import Dialog
from flows.replies import Act, Choice
from nlu.choice import misses, none, own_words, read, read_order
from nlu.normalise import fold
from nlu.spelling import expand
from nlu.understanding import Understanding

WAYS = ("Kích hoạt tài khoản VNeID", "Quên mật khẩu", "Không cái nào")
ANSWERS = ("Nhập mật khẩu", "Thoát ra", "Không làm gì")


@pytest.mark.parametrize(
    "text",
    [
        "2", "2.", "2)", "(2)", "②", "số hai", "so hai", "Số 2", "cái thứ 2", "cai thu hai",
        "câu 2", "chọn 2",
        "2 nha con", "dạ 2 ạ", "con chọn số 2", "hai", "số 2 đi", "Quên mật khẩu",
        "quen mat khau", "quên mật",
        "QUÊN", "2. Quên mật khẩu", "cái quên mật khẩu đó", "ở giữa",
    ],
)  # fmt: skip
def test_the_second_of_a_numbered_list(text: str) -> None:
    assert read(text, WAYS, lettered=False) == 1


@pytest.mark.parametrize(
    ("text", "position"), [("một", 0), ("dau tien", 0), ("cái cuối cùng", 2), ("thứ nhất", 0)]
)
def test_a_place_in_a_list(text: str, position: int) -> None:
    assert read(text, WAYS, lettered=False) == position


@pytest.mark.parametrize(
    "text",
    [
        "22", "2 triệu", "2 ngày nữa", "1022", "4", "0", "B", "b.", "tôi có 2 con", "1 2", "bà",
        "năm",
        "1 hoặc 2", "hôm nay tôi ra ngân hàng rút 2 triệu", "", "😀", "2 tiếng nữa nhắc tôi",
        "kích hoạt không",
    ],
)  # fmt: skip
def test_what_names_no_numbered_choice(text: str) -> None:
    assert read(text, WAYS, lettered=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "b",
        "b.",
        "B)",
        "đáp án b",
        "câu B",
        "B ạ",
        "dạ b",
        "b nha con",
        "con chọn B",
        "thoat ra",
        "Thoát",
    ],
)
def test_the_second_of_a_lettered_list(text: str) -> None:
    assert read(text, ANSWERS, lettered=True) == 1


@pytest.mark.parametrize(
    "text", ["2", "số hai", "1.", "ạ", "à", "đ", "D", "A hay B", "c ơi", "B hay là C"]
)
def test_what_names_no_lettered_choice(text: str) -> None:
    assert read(text, ANSWERS, lettered=True) is None


def test_words_that_fit_two_options_choose_none() -> None:
    options = ("Không quét", "Không biết", "Quét")

    assert read("không", options, lettered=True) is None
    assert read("không biết", options, lettered=True) == 1


def test_a_whole_option_wins_over_the_beginning_of_a_longer_one() -> None:
    assert read("quét ngay", ("Quét ngay kẻo hết quà", "Quét ngay"), lettered=True) == 1


def test_names_by_ear_are_options_too() -> None:
    assert read("vi en ai đi", ("VssID", "VNeID", "Zalo"), lettered=False) == 1


CALLER = ("Đọc mã cho họ kiểm tra", "Cúp máy, gọi lại ngân hàng", "Bấm vào đường link họ gửi")
MONEY = (
    "Dừng lại, không chuyển nữa",
    "Chuyển trước một nửa cho yên tâm",
    "Nhờ hàng xóm chuyển giùm",
)
DRAIN = ("Đứng gần quay phim", "Tránh xa và gọi 113", "Viết bài trên Facebook")
PLACE = ("Dán ngoài cửa cho dễ thấy", "Đặt dưới mặt kính bàn thu tiền", "Treo trên cây trước nhà")
MESSAGES = (
    "Con trai: tối nay con về ăn cơm.",
    "Ngân hàng: bấm link kẻo bị khóa thẻ.",
    "Trường học: sáng mai họp phụ huynh.",
    "Bưu điện: có thư, mời ra nhận.",
)
TRUTH = ("Đúng", "Sai")


@pytest.mark.parametrize(
    ("options", "text", "position"),
    [
        # a letter, with courtesy and doubt around it
        (CALLER, "b nha ad", 1),
        (CALLER, "b nghen con", 1),
        (CALLER, "ừ chắc là b", 1),
        (CALLER, "ờ chữ b", 1),
        (CALLER, "bác chọn chữ B", 1),
        (CALLER, "tui lấy b đó bây", 1),
        (CALLER, "dạ thưa, câu b ạ", 1),
        (CALLER, "theo tui là B", 1),
        (CALLER, "tui nghĩ là b", 1),
        (CALLER, "tui đoán b", 1),
        (CALLER, "đáp án đúng là B", 1),
        (CALLER, "câu trả lời là b", 1),
        (CALLER, "B mới đúng", 1),
        (CALLER, "b chớ sao", 1),
        (CALLER, "b chứ gì", 1),
        (CALLER, "a", 0),
        (CALLER, "A ạ", 0),
        (CALLER, "à a", 0),
        (CALLER, "à, b", 1),
        (CALLER, "c hả con", 2),
        (CALLER, "C, đúng không?", 2),
        (CALLER, "letter c please", 2),
        (CALLER, "answer b", 1),
        (CALLER, "la réponse c", 2),
        # the name of a letter
        (CALLER, "bê", 1),
        (CALLER, "be", 1),
        (CALLER, "câu bê nha", 1),
        (CALLER, "bê bò nghen", 1),
        (CALLER, "xê", 2),
        (CALLER, "chữ xê đó con", 2),
        (CALLER, "chu xe", 2),
        (CALLER, "cờ", 2),
        (MESSAGES, "đê", 3),
        (MESSAGES, "câu dê", 3),
        # a place
        (CALLER, "cái thứ hai nghen", 1),
        (CALLER, "đáp án thứ nhì", 1),
        (CALLER, "ý thứ ba", 2),
        (CALLER, "câu thứ 2", 1),
        (CALLER, "cái đầu", 0),
        (CALLER, "dòng trên cùng", 0),
        (CALLER, "câu trên hết", 0),
        (CALLER, "cái cuối", 2),
        (CALLER, "cai chot", 2),
        (CALLER, "chữ cái cuối", 2),
        (CALLER, "dòng dưới cùng đó em", 2),
        (CALLER, "cái ở giữa", 1),
        (MESSAGES, "áp chót", 2),
        (MESSAGES, "cái kế chót nha", 2),
        (MESSAGES, "tin nhắn thứ hai", 1),
        (MESSAGES, "tin đầu tiên", 0),
        (MESSAGES, "tin thu 2 la lua dao", 1),
        (CALLER, "the second one", 1),
        (CALLER, "the last one", 2),
        (CALLER, "la deuxième", 1),
        (CALLER, "le dernier", 2),
        (CALLER, "the third", 2),
        # what a keyboard leaves
        (CALLER, "caau b", 1),
        (CALLER, "cau b", 1),
        (CALLER, "ddaps ans b", 1),
        (CALLER, "chonj c", 2),
        (CALLER, "cái thứs hai", 1),
        (CALLER, "caái đầu tiên", 0),
        (CALLER, "d9o5c ma4 cho ho5 kie63m tra", 0),
        (CALLER, "cups masy, goij laij ngaan hangf", 1),
        # a letter with words of its option
        (CALLER, "B: cúp máy, gọi ngân hàng hỏi lại", 1),
        (CALLER, "b cup may", 1),
        (CALLER, "Câu C, bấm link", 2),
        (DRAIN, "b, tránh xa", 1),
        (PLACE, "c treo trên cây", 2),
        # an option's own words
        (CALLER, "Cúp máy", 1),
        (CALLER, "dạ, cúp máy nha con", 1),
        (CALLER, "tui thì cúp máy gọi lại ngân hàng", 1),
        (MONEY, "dừng lại, không chuyển nữa đâu", 0),
        (MONEY, "nhờ hàng xóm", 2),
        (MONEY, "cái chuyển trước một nửa đó", 1),
        (MESSAGES, "ngân hàng", 1),
        (MESSAGES, "cái tin của ngân hàng", 1),
        (MESSAGES, "tin con trai", 0),
        (MESSAGES, "buu dien", 3),
        # in other words
        (CALLER, "cúp máy rồi kêu lại ngân hàng", 1),
        (CALLER, "gọi lại ngân hàng chớ sao", 1),
        (CALLER, "bấm link họ gửi", 2),
        (CALLER, "bấm vô link", 2),
        (DRAIN, "né xa rồi kêu 113 liền", 1),
        (DRAIN, "goi 113 lien", 1),
        (DRAIN, "113", 1),
        (DRAIN, "viết trên facebook", 2),
        (DRAIN, "phải tránh xa chứ", 1),
        (PLACE, "để dưới mặt kiếng chỗ bàn thu tiền", 1),
        (PLACE, "duoi mat kinh", 1),
        (PLACE, "ngoài cửa", 0),
        (PLACE, "trên cây", 2),
        (MONEY, "nhờ hàng xóm chuyển", 2),
        # true or false
        (TRUTH, "đúng", 0),
        (TRUTH, "dung", 0),
        (TRUTH, "đúng rồi", 0),
        (TRUTH, "đúng gòi", 0),
        (TRUTH, "đúng bét luôn", 0),
        (TRUTH, "quá đúng", 0),
        (TRUTH, "chính xác", 0),
        (TRUTH, "true", 0),
        (TRUTH, "vrai", 0),
        (TRUTH, "a", 0),
        (TRUTH, "sai", 1),
        (TRUTH, "sai bét", 1),
        (TRUTH, "sai chớ", 1),
        (TRUTH, "sai chu", 1),
        (TRUTH, "sai be bét con ơi", 1),
        (TRUTH, "trật lất", 1),
        (TRUTH, "trat roi", 1),
        (TRUTH, "hổng đúng", 1),
        (TRUTH, "không đúng đâu", 1),
        (TRUTH, "dạ sai ạ", 1),
        (TRUTH, "false", 1),
        (TRUTH, "c'est faux", 1),
        (TRUTH, "B", 1),
    ],
)
def test_an_answer_to_a_lettered_question(
    options: tuple[str, ...], text: str, position: int
) -> None:
    assert read(text, options, lettered=True) == position


WISHES = ("Nối Wi-Fi ở nhà", "Xóa bớt hình cho nhẹ máy", "Gọi video cho con", "Ý khác")
LEVELS = ("Kích hoạt mức 2", "Đăng ký mức 2")
SCAMS = ("Đã bị lừa mất tiền", "Nhận biết tin nhắn giả")


@pytest.mark.parametrize(
    ("options", "text", "position"),
    [
        (WISHES, "cái thứ hai nghen", 1),
        (WISHES, "số hai đó bây", 1),
        (WISHES, "soos hai", 1),
        (WISHES, "so61 ba", 2),
        (WISHES, "số2", 1),
        (WISHES, "cau3", 2),
        (WISHES, "cái thứ 2 hả con", 1),
        (WISHES, "ờ thôi số 1 đi", 0),
        (WISHES, "tui bấm số 3", 2),
        (WISHES, "nút thứ ba", 2),
        (WISHES, "cái áp chót", 2),
        (WISHES, "2️⃣", 1),
        (WISHES, "number two please", 1),
        (WISHES, "le numéro 3", 2),
        (WISHES, "option one", 0),
        (WISHES, "la troisième", 2),
        (WISHES, "wifi", 0),
        (WISHES, "cái wifi đó con", 0),
        (WISHES, "xóa hình", 1),
        (WISHES, "video", 2),
        (WISHES, "gọi video", 2),
        (WISHES, "ý khác", 3),
        (WISHES, "không phải cái nào trong đó", 3),
        (WISHES, "ý tôi khác", 3),
        (LEVELS, "cái sau", 1),
        (LEVELS, "cái trước", 0),
        (LEVELS, "cái trên", 0),
        (LEVELS, "cái dưới nha", 1),
        (LEVELS, "kích hoạt", 0),
        (LEVELS, "đăng ký đó", 1),
        (SCAMS, "đã bị lừa", 0),
        (SCAMS, "da bi lua mat tien", 0),
        (SCAMS, "tin nhắn giả", 1),
    ],
)
def test_an_answer_to_a_numbered_list(options: tuple[str, ...], text: str, position: int) -> None:
    assert read(text, options, lettered=False) == position


@pytest.mark.parametrize(
    ("options", "text"),
    [
        # another question, though it holds words of an option
        (CALLER, "gọi ngân hàng số mấy"),
        (CALLER, "làm sao gọi lại ngân hàng"),
        (CALLER, "cúp máy rồi sao nữa?"),
        (CALLER, "bấm link có sao không"),
        (CALLER, "chỉ tui cách gọi ngân hàng"),
        (CALLER, "a cho hỏi ngân hàng mấy giờ mở cửa"),
        (CALLER, "nhắc tui gọi lại ngân hàng 3 giờ chiều"),
        (DRAIN, "113 là số gì"),
        (DRAIN, "đăng bài lên facebook làm sao"),
        (PLACE, "dán mã ngoài cửa được không"),
        (MONEY, "cho tôi hỏi cách chuyển tiền"),
        (WISHES, "làm sao xóa hình"),
        (WISHES, "gọi video cho con có tốn tiền không"),
        (WISHES, "nhắc tôi gọi video cho con"),
        (LEVELS, "kích hoạt mức 2 ở đâu"),
        (LEVELS, "muc 2"),
        (LEVELS, "mức 2"),
        # what came to pass, and no answer
        (CALLER, "tui lỡ bấm link rồi"),
        (CALLER, "đọc mã cho họ rồi"),
        (CALLER, "doc ma cho ho roi con oi"),
        (CALLER, "tôi vừa đọc mã cho họ"),
        (CALLER, "con tui đang bấm link"),
        (CALLER, "hồi nãy có người gọi xưng ngân hàng"),
        (MONEY, "tui chuyển một nửa rồi"),
        (MONEY, "bị lừa chuyển tiền rồi"),
        # denied
        (CALLER, "không chọn b"),
        (CALLER, "không phải a"),
        (CALLER, "đừng bấm link"),
        (CALLER, "không đọc mã"),
        (MONEY, "chuyển nữa"),
        # two of them, or unclear which
        (CALLER, "a hoặc c"),
        (CALLER, "a với b"),
        (CALLER, "b, đọc mã cho họ"),
        (CALLER, "đọc mã rồi cúp máy"),
        (LEVELS, "cái kia"),
        (WISHES, "cái sau"),
        (CALLER, "cái trên"),
        # other letters, numbers and words
        (CALLER, "số hai"),
        (CALLER, "2"),
        (CALLER, "câu d"),
        (CALLER, "cái thứ tư"),
        (CALLER, "be bé"),
        (CALLER, "bé"),
        (CALLER, "xe"),
        (CALLER, "có"),
        (CALLER, "bà ơi"),
        (CALLER, "c ơi"),
        (CALLER, "a ơi cho em hỏi"),
        (CALLER, "đau"),
        (CALLER, "cưới"),
        (WISHES, "2 triệu"),
        (WISHES, "hai đứa nhỏ"),
        (WISHES, "bà"),
        (WISHES, "số 7"),
        # greetings, thanks, other wishes
        (CALLER, "chào con"),
        (CALLER, "cảm ơn con nhiều nghe"),
        (CALLER, "hello bot"),
        (CALLER, "thôi"),
        (MONEY, "dừng"),
        (MONEY, "nghỉ chút đi"),
        (MONEY, "thôi dừng nha con"),
        (MONEY, "dừng ở đây thôi"),
        (MONEY, "dừng chơi đi"),
        (MONEY, "ngưng nha"),
        (("Cảm ơn khách, đưa hàng", "Chờ tiền vào tài khoản"), "cảm ơn con"),
        (CALLER, "cho tui gặp người thật"),
        (CALLER, "quên mật khẩu vneid"),
        (CALLER, "câu cuối rồi hả"),
        (CALLER, "câu này khó quá"),
        (CALLER, "không biết"),
        (TRUTH, "dừng"),
        (TRUTH, "đừng"),
        (TRUTH, "sai chỗ nào"),
        (TRUTH, "đúng không?"),
        (TRUTH, "trật là sao"),
        (TRUTH, "mấy cái này trật hết"),
        (CALLER, "ý tui khác"),
    ],
)
def test_what_chooses_nothing(options: tuple[str, ...], text: str) -> None:
    assert read(text, options, lettered=options not in (WISHES, LEVELS)) is None


@pytest.mark.parametrize(
    "text",
    [
        "không phải cái nào trong đó",
        "khong phai cai nao het",
        "hổng có cái nào hết trơn",
        "k cái nào đúng cả",
        "không cái nào",
        "chẳng cái nào đúng",
        "đều không phải",
        "ca hai deu khong phai",
        "không có cái tôi cần",
        "hông thấy cái tui hỏi",
        "mấy cái này trật hết",
        "mấy cái đó sai hết rồi",
        "ý tôi khác",
        "dạ ý khác ạ",
        "không, ý tui khác",
        "không phải ý đó",
        "tui hỏi cái khác",
        "việc khác",
        "không phải mấy cái này đâu",
        "cái nào cũng trật",
        "không có trong đó",
        "none of these",
        "none of them",
        "neither",
        "something else",
        "aucun des trois",
        "aucune",
        "rien de tout ça",
        "autre chose",
    ],
)
def test_all_options_turned_down(text: str) -> None:
    assert none(text)
    assert read(text, LEVELS, lettered=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "không",
        "không thấy nút đó",
        "không vô được cái nào trong mấy app ngân hàng",
        "tui hỏi cách đổi mật khẩu",
        "không phải, tui hỏi wifi",
        "cái nào cũng được",
        "cái nào đúng",
        "ý là sao",
        "điện thoại khác",
        "cả hai",
        "nothing works",
    ],
)
def test_what_turns_down_nothing(text: str) -> None:
    assert not none(text)


def test_an_option_of_its_own_is_the_way_out() -> None:
    assert read("không cái nào hết", WAYS, lettered=False) == 2
    assert read("không cái nào hết", ("Không cái nào", "Ý khác"), lettered=False) is None


@pytest.mark.parametrize(
    "text", ["Đã bị lừa", "da bi lua mat tien", "1. Đã bị lừa mất tiền", "đã bị lừa mất"]
)
def test_an_option_in_its_own_words(text: str) -> None:
    assert own_words(text, SCAMS, lettered=False) == 0


@pytest.mark.parametrize(
    "text",
    [
        "tôi đã bị lừa mất tiền",
        "đã bị lừa mất tiền rồi",
        "đã bị lừa mất tiền làm sao đây",
        "bị lừa mất tiền",
        "mất tiền",
        "đã bị",
        "1",
        "",
    ],
)
def test_a_cry_for_help_is_no_option(text: str) -> None:
    assert own_words(text, SCAMS, lettered=False) is None


@pytest.mark.parametrize(
    ("text", "lettered"),
    [("số hai", True), ("câu 2", True), ("câu B", False), ("cái thứ chín", False), ("số 9", False)],
)
def test_one_is_named_that_is_not_there(text: str, lettered: bool) -> None:
    assert misses(text, lettered=lettered)


@pytest.mark.parametrize(
    "text", ["hai", "2 triệu", "ba ơi", "câu hỏi", "số điện thoại", "a ơi", ""]
)
def test_none_is_named(text: str) -> None:
    assert not misses(text, lettered=True)
    assert not misses(text, lettered=False)


@pytest.mark.parametrize("word", ["con ", "cái số ", "a ", "không ", "ngân hàng "])
@pytest.mark.parametrize("options", [CALLER, MESSAGES])
def test_a_long_text_is_read_at_once(word: str, options: tuple[str, ...]) -> None:
    text = (word * 200)[:199] + "x"
    begun = time.perf_counter()
    read(text, options, lettered=True)
    own_words(text, options, lettered=True)
    none(text)
    misses(text, lettered=True)

    assert time.perf_counter() - begun < 1


@given(
    options=st.sampled_from([CALLER, MONEY, DRAIN, PLACE, MESSAGES, WISHES]),
    at=st.integers(0, 2),
    before=st.sampled_from(["", "dạ ", "ờ chắc là ", "câu ", "tui chọn "]),
    after=st.sampled_from(["", " nha", " nghen con", " ạ", " đó bây"]),
    bare=st.booleans(),
)
def test_a_whole_option_is_always_that_option(
    options: tuple[str, ...], at: int, before: str, after: str, bare: bool
) -> None:
    said = f"{before}{options[at].rstrip('.')}{after}"

    assert read(fold(said) if bare else said, options, lettered=True) == at


@given(text=st.text(max_size=60), lettered=st.booleans())
def test_a_choice_is_always_one_of_the_list(text: str, lettered: bool) -> None:
    assert read(text, WAYS, lettered=lettered) in {None, 0, 1, 2}


@given(position=st.integers(1, 6), mark=st.sampled_from(["", ".", ")", " nha", " ạ", "  "]))
def test_every_number_and_letter_is_read(position: int, mark: str) -> None:
    options = [f"Cách {name}" for name in ("lá", "hoa", "cây", "cỏ", "mây", "gió")]

    assert read(f"{position}{mark}", options, lettered=False) == position - 1
    assert read(f"{'ABCDEF'[position - 1]}{mark}", options, lettered=True) == position - 1


@pytest.mark.parametrize(
    "text",
    [
        "B A C",
        "b,a,c",
        "BAC",
        "b-a-c",
        "b rồi a rồi c",
        "đầu tiên b, sau đó a, cuối cùng c",
        "B > A > C ạ",
    ],
)
def test_an_order_of_letters(text: str) -> None:
    assert read_order(text, 3) == (1, 0, 2)


@pytest.mark.parametrize("text", ["2 1 3", "B A", "A A B", "bác", "A B C D", "", "không biết"])
def test_what_is_no_order(text: str) -> None:
    assert read_order(text, 3) is None


@given(order=st.permutations(range(5)))
def test_every_order_is_read(order: list[int]) -> None:
    assert read_order(" ".join("ABCDE"[at] for at in order), 5) == tuple(order)


def understood(text: str) -> Understanding:
    return Understanding(text=text, folded=expand(text), candidates=())


def open_list(*options: Choice) -> Dialog:
    """The dialog in which these options are open, numbered."""
    dialog = rehearsal.at_choice(["x"])
    assert dialog.choices is not None
    return replace(dialog, choices=replace(dialog.choices, options=options))


READINGS = open_list(
    Choice("Đã bị lừa chuyển tiền", Act("howto.open", "safety/already_scammed")),
    Choice("Nhận biết cuộc gọi lừa đảo", Act("howto.open", "safety/spot_scam_call")),
    Choice("Ý khác", Act("which.none")),
)


def test_an_option_told_outright_goes_before_an_emergency() -> None:
    said, later = understood("đã bị lừa"), rehearsal.AT + timedelta(days=3)

    told = told_outright(said, READINGS, at=rehearsal.AT)
    assert told is not None
    assert told.act == Act("howto.open", "safety/already_scammed")
    assert told_outright(said, READINGS, at=later) is None
    assert told_outright(understood("tôi bị lừa rồi"), READINGS, at=rehearsal.AT) is None
    assert told_outright(understood("đã bị lừa"), Dialog(), at=rehearsal.AT) is None


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("không phải cái nào trong đó", Act("which.none")),
        ("mấy cái đó trật hết", Act("which.none")),
        ("cái thứ chín", Act("unclear_choice")),
        ("câu b", Act("unclear_choice")),
        ("cuộc gọi lừa đảo", Act("howto.open", "safety/spot_scam_call")),
    ],
)
def test_what_a_list_of_readings_makes_of_it(content: Content, text: str, act: Act) -> None:
    meant = answering(understood(text), READINGS, content, at=rehearsal.AT)

    assert meant is not None
    assert meant.act == act


def test_without_a_way_out_it_is_asked_again(content: Content) -> None:
    dialog = rehearsal.at_choice(["Quét mã", "Tạo mã"])

    meant = answering(understood("không có cái tui cần"), dialog, content, at=rehearsal.AT)

    assert meant is not None
    assert meant.act == Act("unclear_choice")


def test_at_a_step_nothing_is_turned_down(content: Content) -> None:
    dialog = open_list(
        Choice("Xong, làm tiếp", Act("step.next")), Choice("Tôi bị vướng", Act("step.stuck"))
    )

    said = understood("không có cái nào hết")
    assert answering(said, dialog, content, at=rehearsal.AT) is None
    assert answering(understood("vướng"), dialog, content, at=rehearsal.AT) is None


def test_what_cannot_be_undone_is_chosen_only_exactly(content: Content) -> None:
    dialog = open_list(
        Choice("Dạ, xóa hết dữ liệu", Act("delete.confirm")), Choice("Giữ lại", Act("decline"))
    )

    assert answering(understood("dữ liệu hết"), dialog, content, at=rehearsal.AT) is None
    meant = answering(understood("số 2"), dialog, content, at=rehearsal.AT)
    assert meant is not None
    assert meant.act == Act("decline")


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("thứ hai", Act("reminder.change", "r")),
        ("8 giờ sáng", Act("reminder.change", "r")),
        ("cái thứ hai", Act("reminder.cancel", "r")),
        ("2", Act("reminder.cancel", "r")),
    ],
)
def test_a_day_is_no_place_in_the_list(content: Content, text: str, act: Act) -> None:
    dialog = open_list(
        Choice("Đổi giờ", Act("reminder.change", "r")),
        Choice("Bỏ lời nhắc này", Act("reminder.cancel", "r")),
    )

    meant = answering(understood(text), dialog, content, at=rehearsal.AT)

    assert meant is not None
    assert meant.act == act
