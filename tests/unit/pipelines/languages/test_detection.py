import json

import pytest

from pipelines.answering.refusal import asks_in_other_language
from pipelines.languages.detection import in_other_script, language_in
from pipelines.languages.known import LANGUAGES
from tests.load.bench_golden import GOLDEN

QUESTIONS = {
    "english": "How do I install the package on Windows?",
    "german": "Wie installiere ich das Paket unter Windows?",
    "french": "Comment est-ce que je peux installer le paquet sur Windows ?",
    "spanish": "¿Cómo puedo instalar el paquete en Windows?",
    "italian": "Come posso installare il pacchetto su Windows?",
    "portuguese": "Como é que eu posso instalar o pacote no Windows?",
    "dutch": "Hoe kan ik het pakket op Windows installeren?",
    "russian": "Как установить пакет на Windows?",
    "urdu": "میں ونڈوز پر پیکج کیسے انسٹال کروں؟",
    "arabic": "كيف أثبت الحزمة على ويندوز؟",
    "hindi": "मैं Windows पर पैकेज कैसे इंस्टॉल करूँ?",
    "chinese": "如何在 Windows 上安装这个软件包？",
    "japanese": "Windows にパッケージをインストールするにはどうすればよいですか？",
}


@pytest.mark.parametrize("name", list(LANGUAGES))
def test_every_language_is_told_by_a_question(name: str) -> None:
    found = language_in(QUESTIONS[name])
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "text", ["", "   ", "123", "cors", "useState hook", "```\nwie ist das\n```", "FastAPI Redux", "?!"]
)
def test_what_does_not_tell_its_language(text: str) -> None:
    assert language_in(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("`npm run build` 之后怎么部署？", "chinese"),
        ("Was bedeutet der Fehler `cannot read the value of the store`?", "german"),
        ("यह config.yaml फ़ाइल किस लिए है?", "hindi"),
        ("नोड", "hindi"),
    ],
)
def test_code_and_names_in_latin_letters_do_not_decide(text: str, name: str) -> None:
    found = language_in(text)
    assert found is not None
    assert found.name == name


_ELSEWHERE = {
    "gimp-de": "german",
    "handbook-fr": "french",
    "handbook-es": "spanish",
    "handbook-ru": "russian",
    "handbook-zh": "chinese",
    "reference-ja": "japanese",
}


@pytest.mark.parametrize(("name", "language"), _ELSEWHERE.items())
def test_no_question_of_a_site_in_another_language_is_taken_for_one_in_a_third(name: str, language: str) -> None:
    rows = [json.loads(line) for line in (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    others = [row["question"] for row in rows if asks_in_other_language(row["question"], language)]
    assert others == []


def test_no_english_question_of_the_golden_sets_is_taken_for_another_language() -> None:
    asked = [
        json.loads(line)["question"]
        for path in GOLDEN.glob("*.jsonl")
        if path.stem not in ("crosslanguage", *_ELSEWHERE)
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    found = [language_in(question) for question in asked]
    assert len(asked) > 400
    assert {language.name for language in found if language} == {"english"}
    assert sum(language is None for language in found) < 0.2 * len(found)  # "cors", "useState": they do not tell


def test_the_questions_in_other_languages_are_told_apart() -> None:
    rows = [json.loads(line) for line in (GOLDEN / "crosslanguage.jsonl").read_text(encoding="utf-8").splitlines()]
    told = [(found := language_in(row["question"])) is not None and found.code == row["language"] for row in rows]
    assert sum(told) >= 0.95 * len(told)


@pytest.mark.parametrize(
    ("text", "expected", "told"),
    [
        ("環境変数 設定方法", "japanese", "japanese"),
        ("環境変数 設定方法", None, "chinese"),
        ("约翰・史密斯是谁？他做什么", None, "chinese"),
        ("環境変数の設定方法を教えてください", "chinese", "japanese"),
        ("什么是中间件？", "japanese", "chinese"),
        ("如何使用？", "japanese", "chinese"),
        ("中間件是什麼？怎麼用", "japanese", "chinese"),
        ("認証", "japanese", "japanese"),
        ("Что такое Київ и зачем он нужен?", None, "russian"),
        ("این تنظیمات", "urdu", "urdu"),
        ("میں پروگرام کیسے انسٹال کروں؟", None, "urdu"),
        ("كيف أستخدم گوگل في هذا المشروع", "arabic", "arabic"),
        ("كيف أستخدم گوگل في هذا المشروع", None, "arabic"),
    ],
)
def test_letters_of_a_name_do_not_decide(text: str, expected: str | None, told: str) -> None:
    found = language_in(text, expected)
    assert found is not None
    assert found.name == told


@pytest.mark.parametrize(
    "text",
    [
        "Hur kan jag byta en nyckel?",
        "Hvordan kan jeg oprette en side?",
        "Cum pot să creez o pagină în site?",
        "Com puc crear una pàgina amb els meus textos?",
        "Jak się nazywa ta strona i czy jest nowa?",
        "چگونه می‌توانم برنامه را نصب کنم؟",
        "Як встановити програму на комп'ютер?",
        "Що таке проміжне програмне забезпечення?",
        "Как да инсталирам това?",
    ],
)
def test_languages_that_are_not_known_are_not_taken_for_their_neighbours(text: str) -> None:
    assert language_in(text) is None


@pytest.mark.parametrize(
    ("text", "language", "other"),
    [
        ("چگونه می‌توانم برنامه را نصب کنم؟", "english", True),
        ("Як встановити програму?", "german", True),
        ("Як встановити програму?", "russian", False),
        ("What does `метод` do?", "english", False),
        ("環境変数の設定方法", "japanese", False),
        ("How do I install it?", "hindi", False),
    ],
)
def test_what_script_a_question_is_in(text: str, language: str, other: bool) -> None:
    assert in_other_script(text, language) is other
