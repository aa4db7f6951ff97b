"""Questions to begin with."""

from app.schemas.bodies import StrictBody


class SuggestionBody(StrictBody):
    """A question, and the section that its answer cites."""

    text: str
    url: str


class SuggestionsBody(StrictBody):
    """Questions that the pages answer, in the order to show them in."""

    corpus: str
    questions: list[SuggestionBody]
