"""Sentences, claims, words and small talk in Urdu, Arabic, Hindi, Chinese and Japanese."""

import random

import pytest

from pipelines.answering.small_talk import small_talk
from pipelines.grounding.claims import ClaimParser, DraftClaim
from pipelines.grounding.evidence import lex, number_of
from pipelines.grounding.verifier import ClaimToVerify, LexicalVerifier
from pipelines.languages.known import LANGUAGES, language_of
from pipelines.text.bm25 import Bm25Encoder
from pipelines.text.boundaries import sentence_spans
from pipelines.text.definitions import asked_term
from pipelines.text.quotable import quotable_units
from pipelines.text.words import Words
from tests.support.passages import build_passage

OTHERS = ("urdu", "arabic", "hindi", "chinese", "japanese")
SENTENCES = {
    "urdu": [
        "روبوٹ آپریٹنگ سسٹم ۲۰۰۷ میں شروع ہوا۔",
        "نوڈ ایک چھوٹا پروگرام ہے!",
        "کیا یہ مفت ہے؟",
        "ورژن 2.5 کی فائل config.yaml اہم ہے۔",
    ],
    "arabic": [
        "بدأ نظام تشغيل الروبوت عام ٢٠٠٧.",
        "العقدة برنامج صغير!",
        "هل هو مجاني؟",
        "الإصدار 3.5 متاح، إلخ. والملف config.yaml مهم.",
    ],
    "hindi": [
        "रोबोट ऑपरेटिंग सिस्टम २००७ में शुरू हुआ।",
        "नोड एक छोटा प्रोग्राम है!",
        "क्या यह मुफ़्त है?",
        "डॉ. शर्मा ने संस्करण 2.5 की फ़ाइल लिखी।",
    ],
    "chinese": [
        "机器人操作系统始于2007年。",
        "节点是一个小程序！",
        "它是免费的吗？",
        "版本3.5已经发布，文件config.yaml很重要。",
    ],
    "japanese": [
        "ロボットOSは2007年に始まった。",
        "ノードは小さなプログラムです！",
        "無料で使えますか？",
        "バージョン3.5とconfig.yamlが重要です。",
    ],
}  # fmt: skip


def joined(language: str) -> str:
    return ("" if language in ("chinese", "japanese") else " ").join(SENTENCES[language])


@pytest.mark.parametrize("language", OTHERS)
class TestSentences:
    def test_they_end_at_the_stops_of_the_script(self, language: str) -> None:
        text = joined(language)
        spans = list(sentence_spans(text, language))
        assert [text[start:end].strip() for start, end in spans] == SENTENCES[language]
        assert "".join(text[start:end] for start, end in spans) == text

    def test_whatever_language_the_corpus_is_in(self, language: str) -> None:
        text = " ".join(SENTENCES[language][:3])
        assert [text[start:end].strip() for start, end in sentence_spans(text)] == SENTENCES[language][:3]

    def test_they_can_be_quoted_and_questions_cannot(self, language: str) -> None:
        units = quotable_units(joined(language), language)
        assert [unit.text for unit in units] == SENTENCES[language]
        assert [unit.flaw < 0.3 for unit in units] == [True, True, False, True]

    @pytest.mark.parametrize("seed", range(4))
    def test_claims_of_an_answer_however_it_is_cut(self, language: str, seed: int) -> None:
        stops = "。！？।۔؟.!?"
        answer = "".join(
            f"{one[:-1]}[{number}]{one[-1]}" if one[-1] in stops else one
            for number, one in enumerate(SENTENCES[language], 1)
        )
        if language not in ("chinese", "japanese"):
            answer = " ".join(f"{one} [{number}]" for number, one in enumerate(SENTENCES[language], 1))
        parser, chance, parts = ClaimParser(["1", "2", "3", "4"], language=language), random.Random(seed), []
        while answer:
            size = chance.randint(1, 9)
            parts += parser.feed(answer[:size])
            answer = answer[size:]
        parts += parser.finish()
        claims = [part for part in parts if isinstance(part, DraftClaim)]
        assert [claim.text for claim in claims] == SENTENCES[language]
        assert [claim.ids for claim in claims] == [("1",), ("2",), ("3",), ("4",)]
        assert [claim.checkable for claim in claims] == [True, True, False, True]

    async def test_a_verbatim_claim_is_supported_and_another_number_is_not(self, language: str) -> None:
        verifier, passage = LexicalVerifier(language), build_passage(joined(language))
        said = SENTENCES[language][0]
        asked = SENTENCES[language][2]
        digits = [char for char in said if char.isdigit()]
        wrong = said.replace("".join(digits), "".join(digits[:-1]) + chr(ord(digits[-1]) + 1))
        claims = [ClaimToVerify(one, (passage,)) for one in (said, wrong)]
        right, changed = await verifier.verify(claims, asked)
        assert wrong != said
        assert (right.status, changed.status == "supported") == ("supported", False)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("arabic", "١٢", "12"),
        ("arabic", "مُتَغَيِّر", "متغير"),
        ("arabic", "متغـــير", "متغير"),
        ("urdu", "۱۲", "12"),
        ("urdu", "كتاب", "کتاب"),
        ("urdu", "\u200fکتاب\u200f", "کتاب"),
        ("hindi", "१२", "12"),
        ("hindi", "फ़ाइल", "फाइल"),
        ("hindi", "क\u094d\u200dष", "क\u094dष"),
    ],
)
def test_one_word_in_two_spellings_is_one_stem(language: str, one: str, other: str) -> None:
    assert Words(language).stems(one) == Words(language).stems(other)
    assert len(Words(language).stems(one)) == 1
    assert Bm25Encoder(language).encode_query(one) == Bm25Encoder(language).encode_query(other)


@pytest.mark.parametrize(
    ("language", "text", "words"), [("hindi", "रोबोट क्या है और कैसे", 1), ("urdu", "روبوٹ كيا ہے اور کیسے", 1)]
)
def test_words_that_everybody_says_do_not_count(language: str, text: str, words: int) -> None:
    assert len(Words(language).stems(text)) == words
    assert len(Bm25Encoder(language).encode_document(text).indices) == words


def test_words_of_indic_scripts_stay_whole() -> None:
    assert len(Words("hindi").stems("स्थापना आवश्यकताएँ")) == 2
    assert lex("नोड की स्थापना २० बार", "hindi").words == ("नोड", "की", "स्थापना", "20", "बार")
    assert number_of(lex("٣٫٥", "arabic").words[0]) == "3.5"


@pytest.mark.parametrize("language", ["chinese", "japanese"])
def test_runs_without_white_space_are_searched_by_pairs(language: str) -> None:
    words = Words(language)
    question, passage = ("发布节点", "节点已经发布") if language == "chinese" else ("更新手順", "手順を更新する")
    assert len(set(words.stems(question)) & set(words.stems(passage))) == 2


def test_languages_of_which_nothing_is_folded_are_encoded_as_ever() -> None:
    assert "spelling" not in Bm25Encoder("english").params
    assert Bm25Encoder("hindi").params["spelling"] == 2  # those in which accents may be left away are at 3
    english = Bm25Encoder("english")
    assert english.encode_query("१२") != english.encode_query("12")


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("german", "ändern", "aendern"),
        ("german", "Größe", "Groesse"),
        ("german", "Büro", "buro"),
        ("french", "réseau", "reseau"),
        ("french", "déplacer", "deplacer"),
        ("spanish", "configuración", "configuracion"),
        ("portuguese", "configuração", "configuracao"),
        ("italian", "modalità", "modalita"),
        ("russian", "ещё пароль счётчика", "еще пароль счетчика"),
    ],
)
def test_a_word_that_is_typed_without_its_accents_is_the_same(language: str, one: str, other: str) -> None:
    assert Words(language).stems(one) == Words(language).stems(other) != ()
    assert Bm25Encoder(language).encode_query(one) == Bm25Encoder(language).encode_query(other)


def test_words_that_say_nothing_say_nothing_without_accents_either() -> None:
    assert Words("german").stems("für fuer über ueber neue Quelle") == Words("german").stems("neue Quelle")
    assert len(Words("german").stems("neue Quelle")) == 2
    assert Words("spanish").stems("también tambien dónde donde") == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("你好！", "zh"), ("谢谢。", "zh"), ("你是谁？", "zh"), ("你好，谢谢", "zh"),
        ("こんにちは", "ja"), ("ありがとうございます。", "ja"), ("あなたは誰ですか？", "ja"),
        ("नमस्ते", "hi"), ("धन्यवाद!", "hi"), ("आप कौन हैं?", "hi"), ("आप क्या कर सकते हैं?", "hi"),
        ("السلام علیکم", "ur"), ("شکریہ۔", "ur"), ("آپ کون ہیں؟", "ur"),
        ("مرحبا", "ar"), ("شكرا", "ar"), ("من أنت؟", "ar"),
    ],
)  # fmt: skip
def test_small_talk_is_answered_in_its_own_language(text: str, code: str) -> None:
    reply = small_talk(text)
    assert reply is not None
    assert reply.language.code == code
    assert reply.text in (reply.language.hello, reply.language.welcome, reply.language.introduction)


@pytest.mark.parametrize(
    "text", ["你好怎么安装", "नमस्ते, इसे कैसे इंस्टॉल करें?", "شکریہ، اب انسٹال کیسے کروں؟", "ヘルプの書き方は"]
)
def test_a_question_behind_a_greeting_is_none(text: str) -> None:
    assert small_talk(text) is None


@pytest.mark.parametrize(
    ("question", "language", "term"),
    [
        ("什么是节点？", "chinese", "节点"), ("节点是什么？", "chinese", "节点"),
        ("ノードとは何ですか？", "japanese", "ノード"),
        ("नोड क्या है?", "hindi", "नोड"), ("نوڈ کیا ہے؟", "urdu", "نوڈ"), ("ما هي العقدة؟", "arabic", "العقدة"),
    ],
)  # fmt: skip
def test_questions_for_a_definition_name_their_term(question: str, language: str, term: str) -> None:
    assert asked_term(question, language) == frozenset(Words(language).stems(term)) != frozenset()


@pytest.mark.parametrize("name", list(LANGUAGES))
def test_every_language_says_all_that_readers_are_told(name: str) -> None:
    one = language_of(name)
    said = [one.hello, one.welcome, one.introduction, one.examples, one.refusal, one.quoted, one.nothing_quoted]
    assert all(said)
    assert len({*said}) == len(said)
    assert "{}" in one.example_question


@pytest.mark.parametrize(
    "claim",
    [
        "バックアップは毎晩このようにして取られていますので、後から戻すこともできます。",
        "通信は暗号化されていますので、ほとんどの場合は安全です。",
    ],
)
async def test_endings_that_every_sentence_has_support_no_claim(claim: str) -> None:
    passage = build_passage(
        "サーバーを起動する前に、設定ファイルに必要な値を書いておくことができます。書かれていない値については既定値が使われますので、"
        "ほとんどの場合はこのままで問題ありません。このようにしておくと、後からでも簡単に元の状態へ戻すことができます。"
    )
    (verdict,) = await LexicalVerifier("japanese").verify([ClaimToVerify(claim, (passage,))], "")
    assert verdict.status == "unsupported"
    assert verdict.score is not None
    assert verdict.score < 0.3


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("spanish", "configuración configuracion configuraciones configurar CONFIGURACIÓN"),
        ("spanish", "actualización actualizaciones actualizar"),
        ("spanish", "versión version versiones"),
        ("portuguese", "configuração configuracao configurações configuracoes configurar"),
        ("portuguese", "dependência dependencia dependências"),
        ("portuguese", "disponível disponivel"),
        ("french", "installée installee installer installées"),
        ("french", "activité activite activités"),
        ("french", "première premiere premier premières"),
        ("german", "ÄNDERN AENDERN ändern"),
    ],
)
def test_forms_of_a_word_are_one_stem_with_and_without_accents(language: str, forms: str) -> None:
    assert len({Words(language).stems(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("german", "für über könnte"),
        ("spanish", "éramos habrá estén"),
        ("portuguese", "terão será"),
        ("french", "étions à"),
    ],
)
def test_stop_words_with_accents_are_no_content(language: str, words: str) -> None:
    assert Words(language).stems(words) == ()


def test_the_encoders_of_locales_shape_the_fingerprint() -> None:
    german = Bm25Encoder("english").for_locale("de")
    assert german.params != Bm25Encoder("english").params
