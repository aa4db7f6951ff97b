"""English."""

from pipelines.languages.language import Language

ENGLISH = Language(
    name="english",
    code="en",
    common=(
        "the is are was were of to in a an and or not for on with that this it as by from be can how what "
        "why when where which who do does did i you we my your if there have has will would should"
    ),
    openers=("and|but|so|or|then|also|ok|okay|what about|how about|what if|how so|how come|really|such as|like what"),
    pointers=(
        "its?|they|them|their|theirs|he|him|his|she|hers?|these|those|this|ones?|else|another|other"
        "|others|same|similar|again|more|previous|above|former|latter|instead|besides|(first|second"
        "|third|last) (one|step|point|option)|(in|after|before|of|for|with|about|on|do|does|did|like"
        r"|than|explain|mean|is|was|were) that|that (one|case|mean|work|way|time|period|happen\w*|year"
        "|end|go|help|cause|change|affect)"
        "|(add|avoid|change|configure|delete|disable|do|enable|fix|limit|prevent|remove|repeat|run|set|skip|stop|turn"
        "|undo|use) that (for|in|at|on|with|by|from|to|too|back|off|again|please|then|now)"
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
        "what do (?:you|we|they|people) call|what(?:['’]?s| is| are| was| does| do)|define"
        "|explain(?: to me)?(?: what)?|describe|tell me (?:about|what)|who(?:['’]?s| is)"
    ),
    determiners="an?|the|each|every|some",
    copulas="is|are|means?|refers? to|stands? for|lets?|allows?|provides?|describes?|represents?",
    naming="called|known as|referred to as|named",
    kinds={
        "comparison": (
            r"\b(differences?|differs?|compared?|comparison|versus|vs)\b|\bwhat(?:['’]?s| is) (?:the )?different\b"
            r"|(?<!how )(?<!when )(?<!often )\b(?:do|must|shall|should) (?:i|one|we|you) (?:better |rather |really )?"
            r"(?:choose|pick|prefer|take|use)\b[^?]{2,60}\bor\b(?! (?:are|can|do|does|is|not|should)\b)"
            r"|\S or \S[^?]{0,40}[,:;–—-] ?(?:when (?:do|should|to)\b"
            r"|which\b(?! (?:are|makes|means|was|were)\b)"
            r"(?! is (?!best|better|faster|more|preferred|recommended|the\b)))"
        ),
        # "If I set nothing", "if I don't set the timeout", "if I leave it out": what holds then is the default.
        "value": (
            r"\bdefaults?\b"
            r"|\bif (?:i|one|we|you) (?:change|choose|configure|give|pass|say|set|specify) (?:none|nothing)\b"
            r"|\b(?:if|when) (?:i|one|we|you) (?:do not|don['’]?t|did not|didn['’]?t|never)"
            r" (?:change|configure|pass|say|set|specify)(?: (?:an?|any|my|the|your))?(?: [\w`.-]{1,40})?(?=\W*$|,)"
            r"|\b(?:if|when) (?:i|one|we|you) (?:leave|left|omit)\b.{1,40}\b(?:blank|empty|out|unset)\b"
        ),
        "code": (
            r"\bcode (for|to|example|sample|snippet)s?\b|\b(sample|example) code\b|\bsnippets?\b"
            r"|\bexamples? of\b|\bshow me\b|\bsyntax\b|\bcommands?\b(?! line)"
            r"|^(?:an? |the )?(?:query|statement) (?:for\b|(?:that|to|which) "
            r"(?:adds?|counts?|creates?|deletes?|finds?|gets?|inserts?|lists?|returns?|selects?|shows?|updates?)\b)"
        ),
        "number": (
            r"\bhow (many|much|long|old|far|tall|large|big|high|often|fast|deep|wide|heavy)\b"
            r"|\bhow .{0,40}\bmany\b|\b(what|which) (?:\w+ )?(percent|percentage|number|amount|portion|fraction"
            r"|age|port|version|size)\b"
        ),
        "date": (
            r"\bwhen (did|was|were|is|will|has|had)\b|\b(what|which) (year|date|day|month|century|decade|time)\b"
            r"(?! (?:fields?|filters?|formats?|librar\w+|objects?|pickers?|ranges?|types?|zones?)\b)"
            r"|^when (?!should|do i|can i|to|would|must)|\bin (what|which) .{0,20}(year"
            r"|century)\b"
        ),
        "how_to": (
            r"\bhow (do|does|can|could|to|should|would|must|might)\b|\bsteps? (to|for)\b|\b(set ?up"
            r"|install|configure|enable)\b|^comment out\b"
            # A task alone: "add a font on windows". What may be a noun ("block size") needs an object behind it.
            r"|^(?:(?:i )?(?:want|need|would like|try|am trying|trying) to |please |temporarily |automatically )?"
            r"(?:(?:add|avoid|connect|convert|create|declare|delete|disable|find|generate|get|hide|ignore|insert|make"
            r"|move|prevent|put|remove|rename|send|skip|turn|uninstall|write)\b(?![-(])(?! (?:access|ahead|and|are"
            r"|cascade|features|is|list|locks?|meaning|means?|methods?|modes?|of|or|order|semantics|signals?|streams?"
            r"|syntax|units|values?|vs|was)\b)"
            r"|(?:allow|apply|block|build|call|change|check|close|combine|copy|define|deploy|download|draw|edit|export"
            r"|handle|import|keep|limit|load|log|merge|open|pass|print|read|replace|restart|return|run|save|see|set"
            r"|share|show|split|start|stop|store|switch|test|update|upgrade|upload|use|wait|wrap) (?:a|an|all|another"
            r"|each|every|from|into|it|just|my|off|on|one|our|several|some|the|these|this|two|with|without)\b)"
        ),
        "person": r"\bwho(se|m)?\b|\b(what|which) (person|people|man|woman)\b",
        "place": r"\bwhere\b|\b(what|which) (city|country|state|place|location|region)\b",
        "reason": r"\bwhy\b|\bhow come\b|\breasons?\b|\bwhat (caused|causes)\b",
        "list": (
            r"\b(?:which|what|possible|allowed|accepted|valid|supported|available)\b.{0,30}\bvalues\b"
            r"|\b(?:which|what|all|other|any|supported|available)\b[^?]{0,30}\b(?:attributes|properties|fields|events"
            "|arguments|flags|formats|hooks|levels|modes|states|scripts|settings|commands|plugins|libraries|tools"
            r"|alternatives|providers|backends|databases|platforms|languages|categories|stages)\b"
            r"|\b(list|steps|types|kinds|options|advantages|benefits|features|components|requirements"
            "|prerequisites|rules|ways|principles|differences|parameters|methods|modules|topics"
            r"|objectives)\b"
        ),
        "definition": r"^what(['’]?s| is| are| does)\b.{1,60}$|\bmean(s|ing)?\b|\bdefin(e|ition)\b|\bstands? for\b",
    },
    negations=frozenset(
        ["not", "no", "never", "none", "neither", "nor", "cannot", "without", "n't", "nothing", "nobody", "nowhere"]
    ),
    abbreviations=(
        "e.g eg i.e ie etc vs cf max min approx incl excl avg viz resp al esp dept inc ltd mr mrs ms dr prof "
        "sr jr st corp bros univ assn intl qty misc ibid capt sgt blvd mt messrs dist vols sects "
        "mon tue tues wed thu thur thurs fri acct assoc govt std w.r.t a.k.a"
    ),
    before_numbers="ch|eq|eqs|fig|figs|no|nos|vol|sec|sect|app|art|p|pp|ed|est|tel|ver|v|para|pt|ref|refs|tab|ex|def|thm|lem|prop|cor|alg|rev|rel|chap|eqn|appx|iss|pg|pgs|ln|par|vers|spec",
    quoted="**Quoted from the documentation:**",
    nothing_quoted="**Nothing in the documentation can be quoted in answer to this**",
    greetings=(
        "hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|hi there"
        "|hello there|hey there|what'?s up|yo|how are you(?: doing)?(?: today)?"
    ),
    thanks=(
        "thanks?|thank you|thx|ty|cheers|many thanks|thanks a (?:lot|bunch)|thank you (?:so"
        "|very) much|much appreciated|appreciate it|(?:that|this) (?:was|is) (?:very |really "
        "|so )?(?:helpful|great|useful)|(?:that|this|it) (?:really )?helped(?: a lot)?"
        "|great|awesome|perfect|nice|cool|ok(?:ay)?|got it|bye"
        "|goodbye|see you"
    ),
    about_assistant=(
        "(?:who|what) are you|what(?:'?s| is) your name|are you (?:a |an )?(?:bot|robot|human|ai"
        r"|real|chatgpt|gpt|person|machine|chatbot)[\w ]*|who (?:made|built|created) you"
        "|who am i (?:talking|speaking|chatting) (?:to|with)"
        "|is this (?:a |an )?(?:bot|robot|human|ai|real person|machine|chatbot)"
        "|introduce yourself|what (?:can|do) you (?:do|know|help(?: me)?(?: with)?)(?: for me)?"
        "|what can i ask(?: you)?|how (?:can|do) (?:you help(?: me)?|i use (?:you"
        "|this(?: chat(?:bot)?)?)|you work)|help(?: me)?|can you help(?: me)?|i need help"
    ),
    hello="Hello! Ask me anything about this documentation.",
    welcome="You are welcome. Ask whenever something else is unclear.",
    called="I am {}.",
    introduction=("I answer questions from this documentation, and show for each sentence the section it comes from."),
    examples="For example:",
    example_question="What does the documentation say about “{}”?",
    opposites=(
        "above/below above/beneath over/under up/down upward/downward upper/lower top/bottom higher/lower high/low "
        "before/after prior/after earlier/later early/late previous/next preceding/following first/last "
        "former/latter begin/end beginning/end begins/ends start/end start/stop start/finish start/halt open/close "
        "opened/closed all/some all/few every/some all/any both/neither either/neither each/none always/sometimes "
        "always/rarely often/rarely usually/rarely frequently/seldom common/rare more/less more/fewer most/least "
        "many/few much/little maximum/minimum max/min maximal/minimal most/fewest greater/smaller greater/less "
        "larger/smaller bigger/smaller large/small big/small long/short longer/shorter wide/narrow deep/shallow "
        "thick/thin tall/short near/far fast/slow faster/slower quick/slow quickly/slowly strong/weak "
        "stronger/weaker hard/soft hard/easy easy/difficult simple/complex simpler/harder cheap/expensive "
        "cheaper/costlier light/heavy light/dark hot/cold warm/cool wet/dry full/empty new/old newer/older "
        "newest/oldest young/old modern/legacy current/former good/bad better/worse best/worst right/wrong "
        "correct/wrong left/right true/false truthy/falsy yes/no on/off in/out inside/outside within/outside "
        "internal/external inner/outer inbound/outbound incoming/outgoing input/output import/export "
        "upload/download push/pull send/receive sender/receiver read/write reader/writer get/set load/unload "
        "save/discard keep/discard keep/remove add/remove add/delete add/drop insert/delete create/delete "
        "create/destroy attach/detach mount/unmount connect/disconnect lock/unlock enable/disable enabled/disabled "
        "active/inactive allow/forbid allow/deny allow/block allow/prevent allow/prohibit permit/deny "
        "permit/forbid accept/reject grant/revoke include/exclude including/excluding inclusive/exclusive "
        "if/unless when/unless until/after because/despite with/without required/optional mandatory/optional "
        "necessary/optional needed/unneeded must/may must/might shall/may should/must only/also increase/decrease "
        "increase/reduce raise/lower rise/fall grow/shrink expand/shrink expand/collapse expand/contract "
        "improve/worsen gain/lose win/lose pass/fail succeed/fail success/failure successful/failed safe/dangerous "
        "secure/insecure public/private shared/private global/local local/remote client/server frontend/backend "
        "online/offline synchronous/asynchronous synchronously/asynchronously sync/async blocking/nonblocking "
        "static/dynamic statically/dynamically mutable/immutable constant/variable fixed/variable automatic/manual "
        "automatically/manually implicit/explicit implicitly/explicitly direct/indirect directly/indirectly "
        "serial/parallel sequential/parallel sequentially/concurrently eager/lazy eagerly/lazily "
        "ascending/descending horizontal/vertical horizontally/vertically row/column parent/child "
        "ancestor/descendant superset/subset singular/plural single/multiple one/many unique/duplicate "
        "same/different similar/different equal/different equal/unequal together/separately "
        "combined/separate everything/nothing something/nothing everyone/nobody everywhere/nowhere "
        "anything/nothing ever/never still/already visible/hidden show/hide shown/hidden present/absent "
        "positive/negative plus/minus gain/loss profit/loss advantage/disadvantage benefit/drawback pro/con "
        "strength/weakness buy/sell lend/borrow give/take forward/backward forwards/backwards front/back "
        "ahead/behind toward/away enter/leave enter/exit arrive/depart push/pop encode/decode encrypt/decrypt "
        "compress/decompress serialize/deserialize compile/decompile build/destroy major/minor temporary/permanent "
        "temporarily/permanently abstract/concrete formal/informal natural/artificial real/virtual "
        "physical/virtual actual/expected cause/prevent cause/result promote/inhibit promote/suppress "
        "activate/inhibit activate/suppress stimulate/inhibit stimulate/suppress upregulate/downregulate "
        "enhance/reduce enhance/impair enhance/diminish protect/expose confirm/refute agree/disagree "
        "support/oppose activate/deactivate register/deregister deprecated/supported allocate/deallocate "
        "have/lack has/lacks primary/secondary specific/general specifically/generally add/subtract multiply/divide "
        "first/second hardware/software digital/analog digital/analogue single/double whole/half open/shut well/badly "
        "source/sink source/target joint/separate here/there change/stay individual/common "
        "optional/obligatory find/lose"
    ),
    denying=(
        "unable avoid prevent without fail lack instead rather refuse deny forbid prohibit impossible absent missing "
        "exclude except unless hardly rarely seldom barely unlikely little few disable ignore omit skip stop free"
    ),
    denying_prefixes="(?:un|in|im|ir|il|dis|non|mis|mal)",
    turning_suffixes="ful/less",
    before_objects=(
        "a an the this that these those my your his her its our their any all some each every no both one two three "
        "of in on at to for from with by about into onto over under after before between through during without "
        "within against among across along around behind below above beside off out up down as per via until"
    ),
    refusal="The documentation does not answer this. The closest sections are listed below.",
    product=(
        r"it(?!['’]s (?:possible|necessary))|this(?=\W*$| (?:on|in|with|for|from|via|using|to|and|do|does|work|run|cost"
        r"|support|mean)\b)|(?:your|the|this) (?:tool|product|software)"
        r"|(?:your|this) (?:library|framework|package|project)"
        r"|your (?:app|application|program|platform|system|service)"
    ),
    synonyms=(
        "disable, deactivate, turn off, switch off; enable, activate, turn on, switch on;"
        "delete, remove, get rid of, uninstall;"
        "limitation, restriction, weakness, drawback, disadvantage, downside; advantage, strength, benefit, upside;"
        "error, exception; multiple, several, more than one; change, modify, alter, edit, adjust;"
        "cost, price, pricing, fee; create, creator, author, founder, built, made, who made, began;"
        "size, big, kb, mb, how big, how large; fast, performance, speed up, run faster; slow, lag, sluggish;"
        "stop, quit, terminate, shut down; start, launch; prerequisite, requirement, need to know;"
        "folder, directory; argument, parameter; return, respond, send back; picture, image, photo;"
        "split, divide, separate; check, verify, validate; example, sample; repository, repo; configuration, config;"
        "documentation, docs; environment, env; application, app; authentication, auth; database, db;"
        "submit, submission, hand in, turn in; due, deadline; prevent, avoid; fix, solution, solve, resolve, repair;"
        "weight, share; upgrade, migrate; refresh, reload, refetch; print, output, log; wrong, incorrect, mistake;"
        "hide, mask, redact; undo, revert, rollback, roll back, go back; maximum, limit;"
        "optional, mandatory, required, do i have to;"
        "default, set nothing, change nothing, say nothing, give nothing, configure nothing, pass nothing, set none,"
        "don't set, dont set, do not set, don't specify, don't change, don't pass, leave out, left out, if i omit,"
        "out of the box;"
        "concurrent, simultaneous, parallel, at once, at the same time;"
        "timeout, time out, never answers, never responds;"
        "crash, die, dies, killed; retry, try again, tries again, tried again; delay, pause; tiny, small, little;"
        "skip, exclude, omit, leave out, filter out; symlink, symbolic link;"
        "cancel, abort; command line, terminal, console; combine, merge, join; screen, monitor; allow, permit;"
        "browse, look through; leaked, compromised, stolen; login, sign in, signed in; logout, sign out, signed out;"
        "empty, blank; forbid, disallow, deny; schedule, cron, periodically, regularly;"
        "shortcut, hotkey, keybinding, key binding;"
        "owner, maintainer, who owns; popular, well known; vscode, vs code;"
        "licence, license; colour, color; behaviour, behavior; customise, customize; serialise, serialize;"
        "initialise, initialize; normalise, normalize; optimise, optimize; organise, organize; synchronise, synchronize"
    ),
    joins="and|but|or|so|yet|while|whereas|although|though|which|because",
    contrasts="but|while|whereas|although|though",
)
