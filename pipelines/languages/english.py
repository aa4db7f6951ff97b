"""English."""

from pipelines.languages.language import Language

ENGLISH = Language(
    name="english",
    code="en",
    openers=("and|but|so|or|then|also|ok|okay|what about|how about|what if|how so|how come|really|such as|like what"),
    pointers=(
        "its?|they|them|their|theirs|he|him|his|she|hers?|these|those|this|ones?|else|another|other"
        "|others|same|similar|again|more|previous|above|former|latter|instead|besides|(first|second"
        "|third|last) (one|step|point|option)|(in|after|before|of|for|with|about|on|do|does|did|like"
        r"|than|explain|mean|is|was|were) that|that (one|case|mean|work|way|time|period|happen\w*|year"
        "|end|go|help|cause|change|affect)"
    ),
    asks=(
        "who|whose|whom|what|when|where|why|which|how|is|are|was|were|do|does|did|can|could|should"
        "|would|will|has|have|may|must|explain|describe|show|list|tell|give|compare|define|write"
    ),
    articles="the",
    tasks=(
        r"please|can|could|you|me|explain\w*|describe|clarify|elaborate|summari[sz]e|summary|simplify"
        r"|translate|rephrase|paraphrase|expand|meaning|means?|understand|tell|say\w*|give|show"
        "|examples?|detail(s|ed)?|simple|simpler|simply|easy|easier|plain|short|briefly|other words"
        "|words|terms|language|english|(the )?(highlighted|selected|marked|above|quoted) (text|part"
        "|passage|sentence|code|words?|lines?|paragraph)"
    ),
    leans=(
        "it|its|this|these|that|those|they|them|their|he|she|his|her|such|here|there|then|otherwise"
        "|however|also|but|and|so|instead|both|the (former|latter|same)"
    ),
    asks_definition=(
        "what(?:['’]?s| is| are| was| does| do)|define|explain(?: to me)?(?: what)?|describe"
        "|tell me (?:about|what)|who(?:['’]?s| is)"
    ),
    determiners="an?|the|each|every|some",
    copulas="is|are|means?|refers? to|stands? for|lets?|allows?|provides?|describes?|represents?",
    naming="called|known as|referred to as|named",
    kinds={
        "comparison": r"\b(differences?|differs?|compared?|comparison|versus|vs)\b",
        "value": r"\bdefaults?\b|\b(what|which|allowed|possible|valid|accepted|supported) values?\b",
        "code": (
            r"\bcode (for|to|example|sample|snippet)s?\b|\b(sample|example) code\b|\bsnippets?\b"
            r"|\bexamples? of\b|\bshow me\b|\bsyntax\b|\bcommands?\b"
        ),
        "number": (
            r"\bhow (many|much|long|old|far|tall|large|big|high|often|fast|deep|wide|heavy)\b"
            r"|\bhow .{0,40}\bmany\b|\b(what|which) (percent|percentage|number|amount|portion|fraction"
            r"|age|port|version|size)\b"
        ),
        "date": (
            r"\bwhen (did|was|were|is|will|has|had)\b|\b(what|which) (year|date|day|month|century|decade"
            r"|time)\b|^when (?!should|do i|can i|to|would|must)|\bin (what|which) .{0,20}(year"
            r"|century)\b"
        ),
        "how_to": (
            r"\bhow (do|does|can|could|to|should|would|must|might)\b|\bsteps? (to|for)\b|\b(set ?up"
            r"|install|configure|enable)\b"
        ),
        "person": r"\bwho(se|m)?\b|\b(what|which) (person|people|man|woman)\b",
        "place": r"\bwhere\b|\b(what|which) (city|country|state|place|location|region)\b",
        "reason": r"\bwhy\b|\breasons?\b|\bwhat (caused|causes)\b",
        "list": (
            r"\b(list|steps|types|kinds|options|advantages|benefits|features|components|requirements"
            "|prerequisites|rules|ways|principles|differences|parameters|methods|modules|topics"
            r"|objectives)\b"
        ),
        "definition": r"^what('s| is| are| does)\b.{1,60}$|\bmean(s|ing)?\b|\bdefin(e|ition)\b|\bstands? for\b",
    },
    negations=frozenset(
        ["not", "no", "never", "none", "neither", "nor", "cannot", "without", "n't", "nothing", "nobody", "nowhere"]
    ),
    abbreviations=(
        "e.g eg i.e ie etc vs cf max min approx incl excl avg viz resp al esp dept inc ltd mr mrs ms dr prof sr jr st"
    ),
    before_numbers="ch|eq|eqs|fig|figs|no|nos|vol|sec|sect|app|art|p|pp|ed|est|tel|ver|v|para|pt|ref|refs|tab|ex",
    quoted="**Quoted from the documentation:**",
    nothing_quoted="**Nothing in the documentation can be quoted in answer to this**",
    greetings=(
        "hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|hi there"
        "|hello there|hey there|what'?s up|yo"
    ),
    thanks=(
        "thanks?|thank you|thx|ty|cheers|many thanks|thanks a (?:lot|bunch)|thank you (?:so"
        "|very) much|much appreciated|appreciate it|(?:that|this) (?:was|is) (?:very |really "
        "|so )?(?:helpful|great|useful)|great|awesome|perfect|nice|cool|ok(?:ay)?|got it|bye"
        "|goodbye|see you"
    ),
    about_assistant=(
        "(?:who|what) are you|what(?:'?s| is) your name|are you (?:a |an )?(?:bot|robot|human|ai"
        r"|real|chatgpt|gpt|person|machine|chatbot)[\w ]*|who (?:made|built|created) you"
        "|introduce yourself|what (?:can|do) you (?:do|know|help(?: me)?(?: with)?)(?: for me)?"
        "|what can i ask(?: you)?|how (?:can|do) (?:you help(?: me)?|i use (?:you"
        "|this(?: chat(?:bot)?)?)|you work)|help(?: me)?|can you help(?: me)?|i need help"
    ),
    hello="Hello! Ask me anything about this documentation.",
    welcome="You are welcome. Ask whenever something else is unclear.",
    introduction=("I answer questions from this documentation, and show for each sentence the section it comes from."),
    examples="For example:",
    example_question="What does the documentation say about “{}”?",
    refusal="The documentation does not answer this. The closest sections are listed below.",
)
