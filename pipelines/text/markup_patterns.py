"""The patterns of markdown in a streaming answer, and how much may be held back for them."""

import re
import string

# How much may be held back before a construct counts as plain text, in characters.
MAX_LABEL = 400
MAX_TARGET = 2_000
MAX_TAG = 400
MAX_INLINE_CODE = 1_000
MAX_MARKER = 80
MAX_PREFIX = 60
MAX_SPACES = 40  # before a marker

LINE_PREFIX = re.compile(r"[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*")
PREFIX_OPEN = re.compile(r"[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*(?:[-*+]|[0-9]{1,9}[.)]?|`{1,2}|~{1,2})?$")
LIST_MARK = re.compile(r"[ \t]*([-*+]|([0-9]{1,9})[.)])[ \t]+")
FENCE_RUN = re.compile(r"`{3,}|~{3,}")
SPECIAL = re.compile(
    rf"[ \t]{{0,{MAX_SPACES}}}[\[【]|!\[|\]|~|`|\\|<|\n|(?<![A-Za-z0-9])(?:https?://|ftp://|www\.)",
    re.IGNORECASE,
)
MAY_BE_SPECIAL = re.compile(
    rf"(?:[ \t]{{1,{MAX_SPACES}}}|!|"
    r"(?<![A-Za-z0-9])(?:h|ht|htt|https?|https?:|https?:/|f|ft|ftp|ftp:|ftp:/|w|ww|www))$",
    re.IGNORECASE,
)
IDS = r"(?:sources?|passages?|refs?|documents?)?[ \t:]*\^?[0-9]{1,9}(?:[ \t]*(?:,|;|&|and|-|–|—)[ \t]*\^?[0-9]{1,9})*"
MARKER = re.compile(rf"\[[ \t]*({IDS})[ \t]*\]|【[ \t]*({IDS})(?::[0-9]+)?(?:†[^】\n]{{0,60}})?[ \t]*】", re.IGNORECASE)
MAY_BE_MARKER = re.compile(
    r"\[[ \t]*[a-z]{0,9}[ \t:]*[0-9 \t,;&\-–—^]*(?:and?[0-9 \t,;&\-–—^]*|a[0-9 \t]*)*$|【[^】\n]*$", re.IGNORECASE
)
ID_OR_RANGE = re.compile(r"([0-9]+)(?:[ \t]*[-–—][ \t]*\^?([0-9]+))?")
LABEL = re.compile(r"!?\[(?:[^\[\]\n<`\\]|\\[^\n]|`[^`\n]+`)*")
TARGET = re.compile(
    r"\([ \t]*(<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)"
    r"(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*\)"
)
URL_HEAD = re.compile(r"<|https?:|ftp:|www\.|/|#|\.", re.IGNORECASE)
MAY_BE_URL_TARGET = re.compile(
    r"\([ \t]*(?:(?:<|https?:|ftp:|www\.|/|#|\.)[^\n]*|h|ht|htt|https?|f|ft|ftp|w|ww|www)?$", re.IGNORECASE
)
URL = re.compile(r"[^\s<>\[\]`|\"\\]+")
URL_TAIL = re.compile(r"[.,;:!?'*_~]+$")
SCHEME = re.compile(r"(?:(?:https?|ftp)://|www\.)+", re.IGNORECASE)
AUTOLINK = re.compile(r"<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>", re.IGNORECASE)
TAG_START = re.compile(r"<[A-Za-z/!?]")
PUNCTUATION = frozenset(string.punctuation)  # what a backslash escapes, CommonMark 2.4
PLACEHOLDER = re.compile(r"<([A-Za-z][\w.-]*)>")
HTML_NAME = re.compile(
    r"a|abbr|acronym|address|applet|area|article|aside|audio|b|base|basefont|bdi|bdo|bgsound|big|"
    r"blink|blockquote|body|br|button|canvas|caption|center|cite|code|col|colgroup|command|content|"
    r"data|datalist|dd|del|details|dfn|dialog|dir|div|dl|dt|element|em|embed|fieldset|figcaption|"
    r"figure|font|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hgroup|hr|html|i|"
    r"iframe|image|img|input|ins|isindex|kbd|keygen|label|legend|li|link|listing|main|map|mark|"
    r"marquee|math|menu|menuitem|meta|meter|multicol|nav|nextid|nobr|noembed|noframes|noscript|"
    r"object|ol|optgroup|option|output|p|param|picture|plaintext|portal|pre|progress|q|rb|rp|rt|"
    r"rtc|ruby|s|samp|script|search|section|select|shadow|slot|small|source|spacer|span|strike|"
    r"strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|"
    r"tr|track|tt|u|ul|var|video|wbr|xmp",
    re.IGNORECASE,
)
