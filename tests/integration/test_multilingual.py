"""Questions in other languages than the pages, end to end: found by local/e5-small, quoted, or refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from pipelines.bootstrap import CorpusResources, open_resources
from pipelines.events import Failed, Finished
from pipelines.languages.known import language_by_code
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
