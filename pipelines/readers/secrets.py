"""Keys and tokens that a page shows: whoever published them by mistake is warned before they are embedded and quoted.

Only patterns that a vendor's own form makes certain are looked for; guesses by entropy or by words such as `password`
would find one on every page that explains one, as would the tokens of JSON that such pages show.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

# Nothing shorter is a key; most lines of prose have no such run and cost no more than this search.
_CANDIDATE = re.compile(r"[\w+/=.:-]{20,}|PRIVATE KEY")
# The patterns cost more than linear time on text that is made to cost it: a longer line is searched in parts, which
# overlap by the length of the longest key.
_WINDOW, _OVERLAP = 1_200, 200
_MAX_FOUND = 20
_KEY_BODY = re.compile(r"[-\s]*[A-Za-z0-9+/=]{40}")
_PLACEHOLDER = re.compile(r"example|sample|dummy|your|xxxx|1234567890|abcdefghij", re.IGNORECASE)
_MIN_DISTINCT = 8


def find_secrets(text: str, source: str | None = None) -> list[str]:
    """A warning for each secret of the text, with its line and never with itself.

    Lines are those of the file where `source`, its text, has the secret as it is shown, else those of the text.
    """
    warnings: dict[str, None] = {}
    for start, kind, secret in _found(text):
        place = source.find(secret) if source is not None else -1
        if source is not None and place >= 0:
            line = f"line {source.count(chr(10), 0, place) + 1}"
        else:
            line = f"line {text.count(chr(10), 0, start) + 1} of its text"
        warnings[f"{line} shows what looks like a secret ({kind}), which answers would quote"] = None
        if len(warnings) == _MAX_FOUND:
            break
    return list(warnings)


def _found(text: str) -> Iterator[tuple[int, str, str]]:
    """Where the line of a secret starts, of which kind it is, and the secret."""
    start = 0
    for line in text.splitlines(keepends=True):
        if _CANDIDATE.search(line):
            for place in range(0, len(line), _WINDOW):
                window = line[place : place + _WINDOW + _OVERLAP]
                yield from (
                    (start, kind, secret) for kind, secret in _in(window) if _is_real(secret, text, start + place)
                )
        start += len(line)


def _in(window: str) -> Iterator[tuple[str, str]]:
    """Their kinds and themselves: the whole of what a pattern matches, which the detectors themselves do not give."""
    for detector in _detectors():
        for pattern in detector.denylist:
            for match in pattern.finditer(window):
                yield detector.secret_type, match[0]


def _is_real(secret: str, text: str, start: int) -> bool:
    if "PRIVATE KEY" in secret or secret.startswith("PuTTY"):
        # The head alone says nothing: pages explain what it looks like.
        after = text.find(secret, start) + len(secret)
        return _KEY_BODY.match(text, after) is not None
    return len(set(secret)) >= _MIN_DISTINCT and not _PLACEHOLDER.search(secret)


@cache
def _detectors() -> tuple[Any, ...]:
    # Loaded with the first line that could hold a secret: they bring an HTTP client, which takes a third of a second.
    from detect_secrets.plugins import (
        aws,
        azure_storage_key,
        github_token,
        gitlab_token,
        mailchimp,
        npm,
        openai,
        private_key,
        pypi_token,
        sendgrid,
        slack,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )

    return (
        aws.AWSKeyDetector(),
        azure_storage_key.AzureStorageKeyDetector(),
        github_token.GitHubTokenDetector(),
        gitlab_token.GitLabTokenDetector(),
        mailchimp.MailchimpDetector(),
        npm.NpmDetector(),
        openai.OpenAIDetector(),
        private_key.PrivateKeyDetector(),
        pypi_token.PypiTokenDetector(),
        sendgrid.SendGridDetector(),
        slack.SlackDetector(),
        square_oauth.SquareOAuthDetector(),
        stripe.StripeDetector(),
        telegram_token.TelegramBotTokenDetector(),
        twilio.TwilioKeyDetector(),
    )
