"""Dutch."""

from pipelines.languages.language import Language

# Parts of the patterns of questions.
_OPENING = r"^(?:(?:en|maar|dus|ok|oké|okay|hallo|hoi|hey|vraagje|zeg|dan)\b[,!:]?\s)?"
_MEASURES = (
    "(?:veel|lange?|gro(?:ot|te)|ho(?:og|ge)|vaak|oud|snel|ver|diep|breed|zwaar|duur|heet|heten|noemt?|laat|zit|komt"
    "|kan het|ziet|is|goed|sterk)\\b"
)
_QUESTION_WORDS = (
    # Those of German as well, which has some of the verbs below.
    r"wieviele?|warum|wieso|wann|womit|woran|wof(?:ü|ue)r|welche[nmrs]?|wo|wer|was|kann|muss|soll\w{0,2}|darf|wird"
    r"|sind|mit|hoe|wat|wie|waar|waarom|wanneer|welke?|hoeveel|waarmee|waarvoor|waarin|waardoor|kan|kun|kunnen|mag"
    r"|moet|moeten|is|zijn|wordt|worden|heeft|hebben|als|of|in|met|voor|op|van|uit|naar|bij|zal|zou|verschil|aan"
)
_DOING = (
    "(?:verwijderen|toevoegen|aanmaken|maken|(?:ver)?wijzigen|veranderen|aanpassen|bewerken|hernoemen|verplaatsen"
    "|kopi(?:ë|e)ren|(?:de)?installeren|instellen|configureren|(?:de)?activeren|inschakelen|uitschakelen|uitzetten"
    "|aanzetten|starten|herstarten|stoppen|afsluiten|openen|sluiten|opslaan|exporteren|importeren|laden|uploaden"
    "|downloaden|invoegen|verbergen|tonen|weergeven|voorkomen|vermijden|negeren|overslaan|testen|controleren|verbinden"
    "|versturen|sturen|ophalen|lezen|schrijven|zetten|resetten|omzetten|converteren|afdrukken|delen|samenvoegen"
    "|sorteren|filteren|zoeken|vinden|vervangen|herstellen|bijwerken|updaten|gebruiken|uitvoeren|draaien|schalen"
    "|bijsnijden|splitsen|vertalen|debuggen)"
)
_ARTICLE = r"(?:(?:de|het|een)\s)?"
_ONE, _OTHER = rf"{_ARTICLE}(?P<one>[^?]{{1,60}}?)", rf"{_ARTICLE}(?P<other>[^?]{{1,60}}?)"
_USING = "(?:gebruiken|nemen|kiezen|kopen|pakken|leren|installeren|toepassen|inzetten)"
_END = r"(?=\s(?:voor|in|bij|als|onder|op|wanneer|qua|precies|eigenlijk)\b|\s?[,;:?!.–—]\s|\s-\s|\W*$)"

DUTCH = Language(
    name="dutch",
    code="nl",
    common=(
        "de het een is zijn was van en of niet voor op met dat dit als door te in er hoe wat waarom wanneer "
        "waar welke wie kan ik je jij wij we mijn wordt worden heeft hebben moet bij naar over tussen ook"
    ),
    openers=(
        "en|maar|dus|of|dan|ook|ok|oke|oké|okay|hoe zit|hoe staat|bijvoorbeeld|bv|wat als|en als|wat met|wat dan"
        "|wat betreft|echt|hoezo|zoals|waarom niet|(?:waarom|hoe|waar|wanneer)(?: niet| dan| dat| precies)?\\W*$"
    ),
    pointers=(
        r"hij|zij|ze|hem|haar|hun|deze|die|dit|dat|ander\w*|zelfde|meer|nog|ermee|ervan|hiervan"
        r"|daarvan|erop|erin|eraan|ervoor|erover|eruit|ernaar|daarmee|daarop|daarin|daaraan|daarvoor|daarover|daarna"
        r"|daarbij|daardoor|hiermee|hiervoor|hierin|hierop|hierbij|daar|hetzelfde|dezelfde|zulke?|zoiets|opnieuw"
        r"|nogmaals|nog eens|vorige|bovenstaande|eerstgenoemde|laatstgenoemde|beide|allebei|anders|in plaats daarvan"
        r"|soortgelijke?|vergelijkbare|(?:doe|werkt|is|kan|moet|gebruik|krijg|zet|maak|vind) (?:ik )?het(?= (?:ook"
        r"|niet|dan|weer|nog|in|op|met|voor|aan|uit)|\W*$)"
    ),
    asks=(
        r"wie|wat|waar|hoe|waarom|welke|kan|welk|wanneer|hoeveel|hoezo|waarmee|waarvoor|waardoor|waarin|waarop|waaruit"
        r"|waarvan|waaraan|kun|kunt|kunnen|mag|moet|moeten|zijn|wordt|worden|heeft|zal|zou|zullen|bestaat|werkt"
        r"|leg uit|toon|geef|vertel|laat zien|noem|beschrijf|vergelijk|ondersteunt"
    ),
    articles="de|het",
    tasks=(
        r"leg uit|uitleg\w*|uitleggen|betekent|betekenis|voorbeeld\w*|simpel\w*|eenvoudig\w*|makkelijk\w*|kort\w*"
        r"|gewone taal|woorden|alsjeblieft|alstublieft|graag|samenvat\w*|vat samen|vertaal\w*|herformuleer"
        r"|verduidelijk\w*|tekst|nederlands|andere woorden|meer details?|vertel|laat zien"
    ),
    leans=(
        "dit|dat|deze|hij|zij|ze|het is|het kan|het wordt|daarom|daarmee|daardoor|daarna|daarvoor|daarbij|daarvan"
        "|hierdoor|hiermee|hierbij|hiervoor|hierin|hierna|echter|maar|ook|anders|beide|zulke|zo|bovendien|daarnaast"
        "|vervolgens|dus|laatstgenoemde|eerstgenoemde|toch|in dat geval|in plaats daarvan"
    ),
    asks_definition=(
        r"wat (?:is|zijn|was|betekent|betekenen|doet|doen|houdt)(?: eigenlijk| precies| nou| dan)?|definieer"
        r"|definitie van|betekenis van|leg (?:me |mij |eens |even )?(?:eens |even )?uit(?:,? wat)?|wat versta(?:at men"
        r"|an we|an jullie|at u) onder|wat (?:bedoelen jullie|bedoel je|bedoelt men|wordt bedoeld"
        r"|wordt er bedoeld) met|beschrijf|vertel (?:me |mij )?(?:over|wat)|(?:kun|kan) je (?:me |mij )?uitleggen wat"
    ),
    determiners="een|de|het|elke|elk|iedere|ieder|sommige",
    copulas="is|zijn|betekent|betekenen|verwijst naar|staat voor|beschrijft|biedt",
    naming="genoemd|bekend als|aangeduid als",
    kinds={
        # "Moet ik A of B gebruiken", "A of B, wat is beter?", "welke: A of B?"; "verschillende" are several.
        "comparison": (
            r"\b(?:verschil(?:len|t)?|vergelijk(?:en|ing(?:en)?|t)?|vergeleken|in tegenstelling tot)\b"
            r"|\b(?:moet|moeten|zal|zou|gebruik|kies|neem) (?:ik|je|we|men)(?: beter| liever)? [^?]{1,80}\bof\b"
            rf"(?! niet\b)[^?]{{1,60}}\b{_USING}\b"
            r"|\b(?:gebruik|kies|neem) (?:ik|je|we|men)(?: het)? (?:beter|best|liever) [^?]{1,80}\bof\b(?! niet\b)"
            r"|\b(?:wat|welke?) is (?:beter|sneller|handiger)(?: voor [^?,:]{1,30})?[,:]? [^?]{1,60}\bof\b"
            r"|^(?:beter|liever) [^?]{1,60}\bof\b(?! niet\b)|\S of \S[^?]{0,60}[,:;–—-] ?(?:wat|welke?|wanneer)\b"
            r"|^(?:wat|welke?|wanneer)\b[^?,:]{2,60}[,:] ?[^?]{1,60}\bof\b(?! niet\b)"
            r"|^wanneer (?:gebruik|kies|neem|moet)\w* [^?]{2,80}\b(?:in plaats van|en wanneer)\b"
        ),
        "value": (
            r"\bstandaard(?:waarden?|instelling(?:en)?)?\b|\bvoorinstelling(?:en)?\b|\bvooraf ingesteld\b"
            r"|\bbeginwaarde\b|\bwelke waarde (?:heeft|krijgt)\b|\bals (?:ik|je|men|we|u) (?:er )?niets (?:instel"
            r"|opgeef|doe|invul|verander|aanpas|zet|kies|zeg|meegeef|configureer)"
            r"|\bals (?:ik|je|men|we|u) [^?]{1,50}\bniet (?:instel|opgeef|zet|meegeef|configureer|invul"
            r"|specificeer)t?\b|\bals (?:ik|je|men|we|u) [^?]{1,50}\b(?:weglaat|leeg ?laat|leeglaat)\b"
        ),
        "code": (
            r"\bvoorbeeld(?:en|code|je|jes)?\b|\bcodevoorbeeld(?:en)?\b|\bcommando['’]?s?\b|\bcode (?:voor|om)\b"
            r"|\b(?:welke|de) opdracht (?:voor|om|is|gebruik|moet)\b|\blaat (?:me|mij|eens) [^?]{0,30}\bzien\b"
            r"|\bsyntaxis\b|^(?:een )?query (?:voor|om|die)\b"
        ),
        "number": (
            r"\bhoeveel\b|\bhoe (?:veel|lang|groot|grote?|hoog|hoge|vaak|oud|snel|ver|diep|breed|zwaar|duur|sterk)\b"
            r"|\b(?:welke?|wat is de) (?:[\w-]+ )?(?:poort|versie|grootte|aantal|percentage|lengte|omvang)\b"
            r"|\bwat kost\b|\bmaxim(?:ale|um) (?:grootte|aantal|lengte|duur)\b|\bvanaf welke versie\b|\baantal\b"
        ),
        "date": (
            r"\b(?:sinds|vanaf|tot) wanneer\b|\bwelk(?:e)? (?:jaar|datum|dag|maand|eeuw)\b|\bhoe laat\b"
            r"|\bwanneer (?:was|waren|werd|werden|is|zijn|komt|kwam|verscheen|begint|begon|eindigt)\b"
            r"(?! (?:het )?(?:beter|handig|verstandig|slim|nuttig|nodig))"
            rf"|{_OPENING}wanneer (?!moet|kan|kun|gebruik|kies|neem|zou|heb|pas|is het|zet|mag)"
        ),
        "how_to": (
            rf"{_OPENING}hoe (?!{_MEASURES})\w"
            r"|^(?:laat|leg|vertel|toon|zeg|(?:kun|kan) je)(?: (?:me|mij|eens|even|uit|zien|uitleggen|vertellen|laten"
            r"|zeggen)){0,4},? hoe (?:ik|je|men|we|u|dit|dat)\b|^wat (?:moet|kan|doe|te doen)(?: ik| je| we)?(?: er"
            r"| dan| hier)? ?(?:doen|aan|aanpassen|instellen|als|bij|tegen)\b"
            rf"|{_OPENING}ik (?:wil|zou graag|probeer|moet|wou|wilde)\b|\bstappen (?:om|voor)\b|\bhandleiding (?:voor"
            rf"|om)\b"
            r"|\b(?:is|bestaat) er een (?:(?:makkelijke|andere|eenvoudige) )?(?:manier|mogelijkheid)\b"
            # A task alone: "laag verwijderen", "python op windows installeren".
            rf"|^(?:graag )?(?!(?:{_QUESTION_WORDS})\b)[^?,]{{2,60}}\s{_DOING}\W*$|^{_DOING} (?:van|op|met|onder"
            rf"|zonder)\b"
            r"|^(?:installeer|verwijder|configureer|activeer|voeg|schakel|pas|stel|wijzig|maak) (?:een|de|het|mijn"
            r"|alle)\b|^(?:kan|kun|kunnen|mag|moet) [^?]{1,80}\b(?:installeren|instellen|configureren|inschakelen)\b"
        ),
        "person": (
            rf"{_OPENING}wie (?:is|zijn|was|waren|heeft|hebben|kan(?!n)|mag|maakte?|maken|schreef|schrijft|beheert"
            rf"|onderhoudt"
            r"|ontwikkelt|ontwikkelde|bedacht|gebruikt|begon|zit|werkt|moet|bezit|betaalt)\b"
            r"|\b(?:door|aan|met) wie\b|\bvan wie (?:is|zijn|komt)\b|\bwiens\b|\bwelke (?:persoon|personen|mensen"
            r"|auteurs?)\b"
        ),
        "place": (
            rf"{_OPENING}waar\b(?![^?]{{0,80}}\b(?:voor|toe|aan|om|over|mee)\W*$)(?! (?:ligt|komt) (?:het|dat"
            rf"|dit) (?:aan|door))"
            r"|\bwaar (?:vind|vinden|staat|staan|is|zijn|wordt|worden|kan ik)\b(?![^?]{0,80}\b(?:voor|toe|aan|om|over"
            r"|mee)\W*$)|\bwaarheen\b|\bwaarvandaan\b|\b(?:in|uit) welke? (?:map|directory|land|stad|locatie|plaats"
            r"|regio|menu|hoofdstuk)\b"
        ),
        "reason": (
            rf"\bwaarom\b|\bhoezo\b|{_OPENING}hoe komt (?:het|dat|dit)\b|{_OPENING}hoe kan het(?: zijn)? dat\b"
            rf"|\bwaardoor\b"
            r"|\bom welke reden(?:en)?\b|\b(?:de|een|welke) redenen?\b|\boorza(?:ak|ken)\b|\bwat veroorzaakt\b"
            r"|\bwaaraan ligt\b|\bwaar ligt (?:het|dat|dit)\b|\bwaar komt (?:het|dat|dit) door\b"
        ),
        "list": (
            r"\b(?:welke|alle|mogelijke|toegestane|geldige|beschikbare|ondersteunde)\b[^?]{0,40}\b(?:opties|waard(?:en"
            r"|es)|formaten|velden|parameters|argumenten|attributen|eigenschappen|instellingen|commando['’]?s"
            r"|plug-?ins|modules|soorten|typen|types|stappen|functies|methoden|methodes|events|niveaus|modi|talen"
            r"|databases|platformen|bibliotheken|tools|alternatieven|bestanden|mappen|versies|vereisten|rechten"
            r"|rollen)\b|\bwelke (?:[\w-]+ ){0,3}(?:zijn er|bestaan|zijn|worden|horen|kan ik|kun je|moet ik|heb ik"
            r"|ondersteunt)\b|\bwat voor (?:soorten|opties|mogelijkheden|typen?)\b|\bsoorten\b|\b(?:voordelen|nadelen"
            r"|vereisten|benodigdheden|mogelijkheden|manieren|stappen|overzicht)\b|\blijst (?:van|met)\b"
            r"|\bsom .{0,40}\bop\b|^noem (?!je\b)\w|^wat heb ik (?:allemaal )?nodig\b|^wat wordt ondersteund\b"
        ),
        "definition": (
            rf"{_OPENING}wat (?:is|zijn|was|betekent|betekenen|houdt|doet|doen)\b|\bwat\b[^?]{{1,60}}\bbetekent\b"
            r"|\bbetekenis van\b|\bdefini(?:tie|eer)\b|^wat (?:versta\w{0,2}|bedoel\w{0,2}"
            r"|wordt)\b[^?]{0,20}\b(?:onder|bedoeld|met)\b|^waar (?:staat|is|zijn|dient|dienen"
            r"|gebruik)\b[^?]{1,60}\b(?:voor|toe)\W*$|\bwaarvoor (?:dient|dienen|is|zijn|gebruik\w?|staat|heb|wordt"
            r"|worden|moet)\b|\bwaartoe dient\b|^leg (?:me |mij |eens |even )*uit,? (?!hoe|waarom)\w|\bhoe noem(?:t"
            r"|en)? (?:je|men|we)\b|\bwat heb je aan\b|\bwat is het nut\b"
        ),
    },
    negations=frozenset(["niet", "geen", "nooit", "zonder"]),
    abbreviations=(
        "bijv bv o.a d.w.z ca max min enz incl excl dhr mevr dr m.b.t i.v.m evt resp m.a.w o.l.v a.u.b vgl zgn "
        "m.i.v n.a.v i.p.v"
    ),
    before_numbers="nr|fig|hfst|blz|art|tel",
    quoted="**Geciteerd uit de documentatie:**",
    nothing_quoted="**In de documentatie staat niets dat hierop te citeren is**",
    greetings="hallo|hoi|hey|goede(?:morgen|middag|navond)|goede (?:morgen|middag|avond)|dag",
    thanks="bedankt|dank (?:je|u)(?: wel)?|hartelijk dank|top|super|prima|tot ziens|doei",
    about_assistant=(
        "wie (?:ben je|bent u|ben jij)|wat (?:ben je|kun je(?: doen)?|kan je(?: doen)?)|hoe heet je"
        "|help|hulp|hoe werk je"
    ),
    hello="Hallo! Vraag me alles over deze documentatie.",
    welcome="Graag gedaan. Vraag gerust als er nog iets onduidelijk is.",
    called="Ik ben {}.",
    introduction=("Ik beantwoord vragen uit deze documentatie en laat bij elke zin zien uit welke sectie die komt."),
    examples="Bijvoorbeeld:",
    example_question="Wat zegt de documentatie over “{}”?",
    refusal="De documentatie beantwoordt dit niet. De dichtstbijzijnde secties staan hieronder.",
    defines_behind=(
        r"[,:–—-]? ?wat (?:is|zijn|betekent|doet|houdt)(?: eigenlijk| nou)? (?:dat|dit|het|die|ze)(?: precies"
        r"| eigenlijk| in)?|[,:–—-]? ?(?:waarvoor|waar is dat voor)|betekenis|uitleg|definitie|betekent wat"
    ),
    asking=(
        "hoe wat wie wiens waar waarom wanneer welke welk hoeveel hoezo waarmee waarvoor waardoor waarin waarop "
        "waaruit waaraan waarvan veel lang vaak alsjeblieft alstublieft aub graag uitleg uitleggen leg uit vertel "
        "vertellen zeg zeggen toon tonen zien laat laten geef noem beschrijf voorbeeld voorbeelden verschil "
        "verschillen vergelijk vergelijken gebruik gebruiken gebruikt wil willen zou nodig heb hebben moet moeten kan "
        "kun kunt kunnen mag mogen zal zullen manier manieren mogelijk mogelijkheid goed beter best beste betekent "
        "betekenen bedoeld bedoel standaard precies gewoon makkelijk eenvoudig simpel snel eigenlijk even eens nou "
        "toch wel dan ook ongeveer werkt werken doe doen doet maak maken krijg krijgen vind vinden weet weten iemand "
        "hulp help bedankt hallo bestaat gaat gaan heet"
    ),
    reasons=(
        r"omdat|aangezien|doordat|, want(?! to\b)|vanwege|wegens|door middel van|dankzij|daardoor|hierdoor|waardoor"
        r"|daarom|dus|zodat|opdat|om te|om .{1,80}? te|anders|redenen?|oorza(?:ak|ken)|veroorzaak\w{0,2}|veroorzaken"
        r"|voorkom(?:t|en)?|te vermijden|vermijdt|als gevolg van|ten gevolge van|met als gevolg|leidt tot|bijgevolg"
        r"|derhalve|namelijk"
    ),
    numbers=(
        "twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dozijn(?:en)?|honderd(?:en)?|duizend(?:en)?"
        "|miljoen(?:en)?|miljard(?:en)?|half|halve|helft|derde|kwart|procent|eenmaal|tweemaal|driemaal|(?:een|twee"
        "|drie) keer|dubbele?"
    ),
    months="januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    compares=(
        rf"\bverschil(?:len)?:? (?:tussen |van )?{_ONE}\s(?:en|vs\.?|versus|met|of)\s{_OTHER}(?: van elkaar)?{_END}",
        rf"\btussen {_ONE} en {_OTHER}\s(?:het|een)\s(?:\w{{1,20}} )?verschil\b",
        rf"\bverschilt (?:nou |eigenlijk )?{_ONE}\svan\s{_OTHER}{_END}",
        rf"\bverschillen (?:nou |eigenlijk )?{_ONE}\s(?:en|van)\s{_OTHER}(?: van elkaar)?{_END}",
        rf"\bvergelijk(?:ing|en)? (?:eens |tussen |van )?{_ONE}\s(?:met|en|vs\.?)\s{_OTHER}{_END}",
        rf"^(?:wat is |hoe is |is )?{_ONE}\s(?:in vergelijking (?:met|tot)|vergeleken met"
        rf"|in tegenstelling tot)\s{_OTHER}{_END}",
        rf"^(?:wat|welke?|wanneer)\b[^?,:]{{2,60}}[,:;–—-]\s?{_ONE},? of (?:beter |liever )?{_OTHER}{_END}",
        rf"\b(?:moet|moeten|zal|zou|gebruik|kies|neem) (?:ik|je|we|men) (?:(?:nu|het|beter|best|liever|eerder) )*"
        rf"{_ONE},? of (?:beter |liever |toch )?{_OTHER}(?:\s(?:moeten )?{_USING}\b|{_END})",
        rf"\b(?:beter|liever|sneller|handiger)(?: voor [^?,:]{{1,30}})?[,:]? {_ONE},? of (?:beter |liever "
        rf"|toch )?{_OTHER}{_END}",
        rf"\bwanneer (?:gebruik|kies|neem)\w{{0,2}} (?:ik|je|we|men) {_ONE},? (?:en wanneer"
        rf"|in plaats van) {_OTHER}{_END}",
        rf"^{_ONE},? of (?:beter |liever |toch )?{_OTHER}\s?[,:;–—-]\s?(?:wat|welke?|wanneer)\b",
        rf"^{_ONE}\s(?:vs\.?|versus)\s{_OTHER}\s?(?:[,:;–—-] ?(?:wat|welke?|wanneer)|voor|bij)\b",
    ),
    asks_which=(
        rf"\b(?:(?:moet|moeten|zal|zou) (?:ik|je|we|men) [^?]{{0,80}}?\b{_USING}|(?:gebruik|kies|neem) (?:ik|je|we"
        rf"|men)(?: het)? "
        r"(?:beter|best|liever)|wanneer (?:gebruik|kies|neem)(?:t|en)? (?:ik|je|we|men)|wat is (?:beter|sneller"
        r"|handiger|aan te raden)|welke? (?:van (?:de|deze) (?:twee|beide)|is (?:beter|sneller|handiger|aan te raden))"
        r"|welke? (?:moet|kan|kies|neem|gebruik) ik|wat (?:kies|neem|gebruik) ik)\b"
    ),
)
