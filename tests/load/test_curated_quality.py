"""The benchmark of answers that owners wrote: a near miss never gets one, paraphrases often do."""

import pytest

from pipelines.providers.e5 import E5Embedding
from pipelines.providers.local_embedding import LocalEmbedding
from pipelines.providers.minilm import MiniLmEmbedding
from tests.load.bench_curated import cosines, match
from tests.support.models import model_folder


@pytest.mark.parametrize(("build", "least"), [(MiniLmEmbedding, 0.43), (E5Embedding, 0.29)])
async def test_near_misses_get_no_answer_of_another_question(build: type[LocalEmbedding], least: float) -> None:
    model = build(model_folder())  # type: ignore[call-arg, arg-type]
    found = await cosines(model)
    model.close()
    used = match(found, model.least_same_question)
    assert used.near_misses <= 0.01, used.wrongly
    assert used.paraphrases >= least
    # By the words alone fewer paraphrases are told, and no near miss either.
    words = match(found, None)
    assert words.near_misses == 0
    assert 0.15 < words.paraphrases < used.paraphrases
