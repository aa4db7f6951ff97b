"""The closed sets of words, each once: tables check them, schemas document them, the pipelines speak in them.

A set is a `Literal`, so that types and JSON schemas know it; its values, in their order, are the tuple beside it.
A new value of a stored set needs a migration of its CHECK constraint, and a test holds the two together.
"""

from typing import Literal, get_args

# A page: its standing as a source, what it is written in, where it came from and what became of it.
Quality = Literal["peer_reviewed", "preprint", "official", "book", "blog", "unknown"]
QUALITIES: tuple[Quality, ...] = get_args(Quality)
DocumentStatus = Literal["pending", "indexed", "failed"]
DOCUMENT_STATUSES: tuple[DocumentStatus, ...] = get_args(DocumentStatus)
PageFormat = Literal["markdown", "html", "pdf", "answer"]  # the last: an answer that was written over the API
PAGE_FORMATS: tuple[PageFormat, ...] = get_args(PageFormat)
DocumentOrigin = Literal["source", "upload"]
DOCUMENT_ORIGINS: tuple[DocumentOrigin, ...] = get_args(DocumentOrigin)

# An ingestion of a corpus, and what it does to one page.
RunStatus = Literal["running", "done", "failed", "abandoned"]
RUN_STATUSES: tuple[RunStatus, ...] = get_args(RunStatus)
RunEnd = Literal["done", "failed", "abandoned"]
PageAction = Literal["added", "changed", "pipeline_changed", "removed"]

# A conversation: who speaks, how the answer and each of its sentences stand.
Role = Literal["user", "assistant"]
ROLES: tuple[Role, ...] = get_args(Role)
AnswerStatus = Literal["answered", "partial", "refused", "interrupted", "social"]
ANSWER_STATUSES: tuple[AnswerStatus, ...] = get_args(AnswerStatus)
ClaimStatus = Literal["supported", "partial", "unsupported", "not_checkable", "not_evaluated"]
CLAIM_STATUSES: tuple[ClaimStatus, ...] = get_args(ClaimStatus)
GroundingPolicy = Literal["flag", "strict", "off"]  # of unsupported sentences: flagged, left out, not looked for
# How the page of a source is now: its text is that which was cited from, another one, or the page is gone.
PageState = Literal["as_cited", "changed", "gone"]
CollectionState = Literal["active", "kept", "gone"]  # of the vectors that a recorded answer was made from

# What of the pages a question is answered from: what the reader selected, their page, a section of it, or all of them.
Scope = Literal["selection", "page", "section", "all"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

# Whom an answer is for: the languages (ISO 639-1) that fixed words are there in, and how much a reader knows.
LanguageCode = Literal["en", "de", "fr", "es", "it", "pt", "nl", "ru", "ur", "ar", "hi", "zh", "ja"]
LANGUAGE_CODES: tuple[LanguageCode, ...] = get_args(LanguageCode)
Level = Literal["beginner", "practitioner", "expert"]
LEVELS: tuple[Level, ...] = get_args(Level)

# What a reader thinks of an answer.
Rating = Literal["up", "down"]
RATINGS: tuple[Rating, ...] = get_args(Rating)
FeedbackReason = Literal["incorrect", "not_what_i_asked", "slow_or_buggy", "style_or_tone", "safety_or_legal", "other"]
FEEDBACK_REASONS: tuple[FeedbackReason, ...] = get_args(FeedbackReason)

# The tables of insights that are given as CSV.
InsightsTable = Literal["unanswered", "resolved", "curated", "cited", "never_cited", "feedback", "days", "weeks"]

# Who asks, and what they may.
CallerRole = Literal["reader", "writer", "owner"]
CALLER_ROLES: tuple[CallerRole, ...] = get_args(CallerRole)  # each may do what those before it may
CallerKind = Literal["anonymous", "visitor", "user", "api_key", "local"]
BudgetShare = Literal["all", "anonymous", "visitor", "user", "api_key"]  # whose answers a daily budget counts
BUDGET_SHARES: tuple[BudgetShare, ...] = get_args(BudgetShare)

# Why a page of the source is not in the index: its site does not show it (`partial`: it is a
# part of other pages), another one stands for it, or it is blank.
LeftOutReason = Literal["draft", "unlisted", "partial", "noindex", "redirect", "duplicate", "empty", "edition"]
LEFT_OUT_REASONS: tuple[LeftOutReason, ...] = get_args(LeftOutReason)
