"""Questions in other languages than the pages, end to end: found by local/e5-small, quoted, or refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from pipelines.bootstrap import CorpusResources, Resources, open_resources
from pipelines.events import Failed, Finished
from pipelines.languages.known import language_by_code, language_of
from pipelines.splitting.e5_weights import E5_EMBEDDING
from pipelines.splitting.tokens import count_tokens
from pipelines.types import Answer, Question
from storage_config.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = {
    "oven.md": "# Oven\n\n## Temperature\n\nHeat the oven to 230 degrees before the bread goes in. Stone stays hot.\n",
    "dough.md": "# Dough\n\n## Resting\n\nLet the dough rest for twelve hours in the fridge. Cold dough is firm.\n",
    "flour.md": "# Flour\n\n## Kinds\n\nRye flour holds more water than wheat flour. Store flour in a dry place.\n",
}
TEMPERATURE = {
    "de": "Auf wie viel Grad muss ich den Ofen vorheizen?",
    "es": "¿A cuántos grados tengo que calentar el horno?",
    "hi": "ओवन को कितने डिग्री तक गर्म करना चाहिए?",
    "ur": "اوون کو کتنے ڈگری تک گرم کرنا چاہیے؟",
    "ar": "إلى كم درجة يجب أن أسخن الفرن؟",
    "zh": "烤箱要预热到多少度？",
    "ja": "オーブンは何度に温めますか？",
}
OFF_TOPIC = {
    "de": "Wer hat die letzte Wahl in Frankreich gewonnen?",
    "es": "¿Quién ganó las últimas elecciones en Francia?",
    "hi": "फ्रांस का पिछला चुनाव किसने जीता?",
    "ur": "فرانس کا پچھلا انتخاب کس نے جیتا؟",
    "ar": "من فاز في الانتخابات الأخيرة في فرنسا؟",
    "zh": "法国上次选举谁赢了？",
    "ja": "フランスの前回の選挙では誰が勝ちましたか？",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def corpus(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CorpusResources]:
    folder: Path = tmp_path_factory.mktemp("bakery")
    (folder / "docs").mkdir()
    for name, text in PAGES.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    config = folder / "footnoted.toml"
    config.write_text(
        '[corpora.bakery]\nsource = { kind = "markdown", path = "docs" }\nbase_url = "https://bakery.example"\n'
        f'embedding = "{E5_EMBEDDING}"\n',
        encoding="utf-8",
    )
    settings = Settings(config=config, data_dir=folder / "state", _env_file=None)
    async with open_resources(settings) as resources:
        bakery = resources.corpora["bakery"]
        await bakery.ingestion.ingest()
        yield bakery


async def ask(corpus: CorpusResources, text: str) -> Answer:
    async for event in corpus.engine.stream(Question(text)):
        assert not isinstance(event, Failed), event.error
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("the engine ended without an answer")


@pytest.mark.parametrize("code", list(TEMPERATURE))
async def test_a_question_is_answered_in_the_words_of_the_page(corpus: CorpusResources, code: str) -> None:
    answer = await ask(corpus, TEMPERATURE[code])
    assert answer.status == "answered"
    assert "Heat the oven to 230 degrees" in answer.text
    assert answer.sources[0].url == "https://bakery.example/oven.md#temperature"
    assert {claim.status for claim in answer.claims if claim.citations} == {"supported"}


@pytest.mark.parametrize("code", list(OFF_TOPIC))
async def test_what_the_pages_are_not_about_is_refused_in_the_reader_s_language(
    corpus: CorpusResources, code: str
) -> None:
    answer = await ask(corpus, OFF_TOPIC[code])
    language = language_by_code(code)
    assert language is not None
    assert (answer.status, answer.sources) == ("refused", ())
    assert answer.text == language.refusal


async def test_english_questions_are_answered_as_ever(corpus: CorpusResources) -> None:
    answer = await ask(corpus, "How long must the dough rest?")
    assert answer.status == "answered"
    assert "twelve hours" in answer.text
    assert (await ask(corpus, "Who won the last election in France?")).status == "refused"


async def test_chunks_are_counted_in_the_model_s_tokens(corpus: CorpusResources) -> None:
    assert corpus.spec.embedding == E5_EMBEDDING
    assert count_tokens("烤箱要预热到多少度？", E5_EMBEDDING) != count_tokens("烤箱要预热到多少度？")


OWN_PAGES = {
    "chinese": (
        [
            "# 烤箱\n\n面包放入之前，请把烤箱预热到230度。石板可以保持热量。\n",
            "# 面团\n\n把面团放在冰箱里静置十二个小时。\n",
        ],
        ("烤箱要预热到多少度？", "230度", "法国上次选举谁赢了？"),
    ),
    "japanese": (
        [
            "# オーブン\n\nパンを入れる前に、オーブンを230度に温めてください。\n",
            "# 生地\n\n生地を冷蔵庫で12時間休ませます。\n",
        ],
        ("オーブンは何度に温めますか？", "230度", "フランスの前回の選挙では誰が勝ちましたか？"),
    ),
    "hindi": (
        [
            "# ओवन\n\nब्रेड रखने से पहले ओवन को 230 डिग्री तक गर्म करें।\n",
            "# आटा\n\nगुंथे आटे को फ्रिज में बारह घंटे रखें।\n",
        ],
        ("ओवन को कितने डिग्री तक गर्म करना चाहिए?", "230 डिग्री", "फ्रांस का पिछला चुनाव किसने जीता?"),
    ),
    "urdu": (
        [
            "# اوون\n\nروٹی رکھنے سے پہلے اوون کو 230 ڈگری تک گرم کریں۔\n",
            "# آٹا\n\nگندھے آٹے کو فریج میں بارہ گھنٹے رکھیں۔\n",
        ],
        ("اوون کو کتنے ڈگری تک گرم کرنا چاہیے؟", "230 ڈگری", "فرانس کا پچھلا انتخاب کس نے جیتا؟"),
    ),
    "arabic": (
        [
            "# الفرن\n\nسخّن الفرن إلى 230 درجة قبل إدخال الخبز.\n",
            "# العجين\n\nاترك العجين في الثلاجة اثنتي عشرة ساعة.\n",
        ],
        ("إلى كم درجة يجب أن أسخن الفرن؟", "230 درجة", "من فاز في الانتخابات الأخيرة في فرنسا؟"),
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def corpora(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Resources]:
    folder: Path = tmp_path_factory.mktemp("bakeries")
    declared = ""
    for language, (pages, _) in OWN_PAGES.items():
        (folder / language).mkdir()
        for number, text in enumerate(pages):
            (folder / language / f"{number}.md").write_text(text, encoding="utf-8")
        declared += (
            f'[corpora.{language}]\nsource = {{ kind = "markdown", path = "{language}" }}\nlanguage = "{language}"\n'
            f'base_url = "https://bakery.example/{language}"\nembedding = "{E5_EMBEDDING}"\n'
        )
    (folder / "footnoted.toml").write_text(declared, encoding="utf-8")
    settings = Settings(config=folder / "footnoted.toml", data_dir=folder / "state", _env_file=None)
    async with open_resources(settings) as resources:
        for one in resources.corpora.values():
            await one.ingestion.ingest()
        yield resources


@pytest.mark.parametrize("language", list(OWN_PAGES))
async def test_pages_and_questions_in_one_language(corpora: Resources, language: str) -> None:
    asked, held, other = OWN_PAGES[language][1]
    answer = await ask(corpora.corpora[language], asked)
    assert answer.status == "answered"
    assert held in answer.text
    assert answer.text.startswith(language_of(language).quoted)
    assert {claim.status for claim in answer.claims if claim.citations} == {"supported"}
    refused = await ask(corpora.corpora[language], other)
    assert (refused.status, refused.text) == ("refused", language_of(language).refusal)
