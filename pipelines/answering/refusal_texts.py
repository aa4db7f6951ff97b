"""What a refusal says, by the language of the corpus. The closest sections are named beside it."""

REFUSALS = {
    "english": "The documentation does not answer this. The closest sections are listed below.",
    "german": "Die Dokumentation beantwortet das nicht. Die nächstliegenden Abschnitte stehen unten.",
    "french": "La documentation ne répond pas à cette question. Les sections les plus proches figurent ci-dessous.",
    "spanish": "La documentación no responde a esto. Abajo figuran las secciones más cercanas.",
    "italian": "La documentazione non risponde a questa domanda. Le sezioni più vicine sono elencate sotto.",
    "portuguese": "A documentação não responde a isto. As secções mais próximas estão indicadas abaixo.",
    "dutch": "De documentatie beantwoordt dit niet. De dichtstbijzijnde secties staan hieronder.",
    "russian": "В документации нет ответа на этот вопрос. Ближайшие разделы перечислены ниже.",
}


def refusal_text(language: str) -> str:
    """The refusal in the language of the corpus, English where there is none."""
    return REFUSALS.get(language, REFUSALS["english"])
