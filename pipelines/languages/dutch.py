"""Dutch."""

from pipelines.languages.language import Language

# Parts of the patterns of questions.
_HAIL = r"(?:(?:en|maar|dus|ok|oké|okay|hallo|hoi|hey|vraagje|zeg|dan)\b[,!:]?\s)?"
_OPENING = f"^{_HAIL}"
_MEASURES = (
    "(?:veel|lange?|gro(?:ot|te)|ho(?:og|ge)|vaak|oud|snel|ver|diep|breed|zwaar|duur|heet|heten|noemt?|laat|zit|komt"
    "|kan het|ziet|is|goed|sterk)\\b"
)
_QUESTION_WORDS = (
    # Those of German as well, which has some of the verbs below.
    r"wieviele?|warum|wieso|wann|womit|woran|wof(?:ü|ue)r|welche[nmrs]?|wo|wer|was|kann|muss|soll\w{0,2}|darf|wird"
    r"|sind|mit|hoe|wat|wie|waar|waarom|wanneer|welke?|hoeveel|waarmee|waarvoor|waarin|waardoor|kan|kun|kunnen|mag"
    r"|moet|moeten|is|zijn|wordt|worden|heeft|hebben|als|of|in|met|voor|op|van|uit|naar|bij|zal|zou|verschil|aan"
    r"|hoelang|weet|hat|haben|gibt|l(?:ä|ae)sst"
)
_DOING = (
    "(?:verwijderen|toevoegen|aanmaken|maken|(?:ver)?wijzigen|veranderen|aanpassen|bewerken|hernoemen|verplaatsen"
    "|kopi(?:ë|e)ren|(?:de)?installeren|instellen|configureren|(?:de)?activeren|inschakelen|uitschakelen|uitzetten"
    "|aanzetten|starten|herstarten|stoppen|afsluiten|openen|sluiten|opslaan|exporteren|importeren|laden|uploaden"
    "|downloaden|invoegen|verbergen|tonen|weergeven|voorkomen|vermijden|negeren|overslaan|testen|controleren|verbinden"
    "|versturen|sturen|ophalen|lezen|schrijven|zetten|resetten|omzetten|converteren|afdrukken|delen|samenvoegen"
    "|sorteren|filteren|zoeken|vinden|vervangen|herstellen|bijwerken|updaten|gebruiken|uitvoeren|draaien|schalen"
    "|bijsnijden|splitsen|vertalen|debuggen|opzeggen|annuleren|vernieuwen|verlengen|spiegelen|bestellen|betalen"
    "|aanvragen|aanmelden|afmelden|inloggen|uitloggen|registreren|blokkeren|deblokkeren|beveiligen|versleutelen"
    "|berekenen|oplossen|bewaken|migreren|formatteren|groeperen|selecteren|vergroten|verkleinen|vergelijken)"
)
# "Fout bij opslaan" names a mishap, "bestand opslaan" a task. Those of German as well, which has some of the verbs.
_NO_NOUN = (
    "(?<!bij )(?<!met )(?<!het )(?<!tijdens )(?<!na )(?<!beim )(?<!zum )(?<!vom )(?<!am )(?<!dem )(?<!mit )(?<!nach )"
    "(?<!vor )"
)
_WHERE = r"(?: (?:op|in|met|voor|onder|na|naar|van|uit|via|zonder|bij)\b[^?,]{1,40})?"
_ARTICLE = r"(?:(?:de|het|een)\s)?"
_ONE, _OTHER = rf"{_ARTICLE}(?P<one>[^?]{{1,60}}?)", rf"{_ARTICLE}(?P<other>[^?]{{1,60}}?)"
_USING = "(?:gebruiken|nemen|kiezen|kopen|pakken|leren|installeren|toepassen|inzetten)"
# Found with the verbs of asking only.
_BETTER = (
    "(?:beter|slechter|sneller|trager|veiliger|makkelijker|gemakkelijker|handiger|lichter|zwaarder|goedkoper|duurder"
    "|kleiner|groter|stabieler|effici(?:ë|e)nter|moderner|flexibeler|populairder|robuuster|praktischer|zinvoller"
    "|nieuwer|ouder|hoger|simpeler|geschikter|\\w{2,20}(?:ig|lijk|baar|zaam)er)"
)
_END = (
    r"(?=\s(?:voor|in|bij|als|onder|op|wanneer|qua|precies|eigenlijk)\b"
    rf"|\s(?:moeten )?(?:{_USING}|{_BETTER})\b|\s(?:wat|welke?) (?:is|moet|kan|zal|zou)\b"
    r"|\s?[,;:?!.–—]\s|\s-\s|\W*$)"
)
# To compare as a task: "hoe vergelijk ik twee bestanden", "kan ik mappen vergelijken".
_TASK = (
    rf"(?!{_HAIL}(?:hoe|waarmee|waar|waarom|wanneer|kan (?!je\b|jij\b|u\b)|kunnen|mag|moet|wordt|worden)\b)"
    r"(?![^?]{0,80}\b(?:twee|meerdere|alle)\b)"
)
# "Kunt u mij vertellen ...", "weet iemand ...", "ik wil weten ...", "leg eens uit ...".
_TELL = (
    rf"{_OPENING}(?:(?:kunt|kun|kan|zou|wil|weet|wie (?:weet|kan)|ik (?:wil|wou|wilde|zou|moet))"
    r"(?: (?:u|je|jij|jullie|mij|me|ons|iemand|iemand hier|eens|even|graag|alsjeblieft|kunnen|misschien|willen"
    r"|toevallig|ook)){0,5}(?: (?:vertellen|zeggen|uitleggen|laten zien|tonen|beschrijven|weten|begrijpen|snappen))?"
    r"|(?:laat|leg|vertel|toon|zeg|beschrijf|omschrijf|verklaar)(?: (?:me|mij|ons|eens|even|uit|zien)){0,4}),? "
)

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
    copulas="is|zijn|verstaat men|verstaan we|betekent|betekenen|verwijst naar|staat voor|beschrijft|biedt",
    naming="genoemd|bekend als|aangeduid als",
    kinds={
        # "Moet ik A of B gebruiken", "A of B, wat is beter?", "welke: A of B?"; "verschillende" are several.
        "comparison": (
            r"\b(?:verschil(?:len|t)?|in tegenstelling tot|in vergelijking|vergeleken (?:met|bij)"
            r"|(?:het|welk) onderscheid tussen)\b|^vergelijking\b(?! (?:van )?(?:twee|meerdere))"
            r"|\bvergelijking (?:van|tussen|met)\b(?! twee)|\bvergelijk(?:ing)?\W*$"
            rf"|^{_TASK}[^?]{{0,80}}?\bvergelijk(?:en|t)?\b[^?]{{1,80}}?\b(?:met|en|vs)\b"
            rf"|^{_TASK}[^?]{{1,60}}\b(?:met|en|vs\.?) [^?]{{1,60}}\bvergelijken\b"
            # "Wat is sneller, A of B", "is A of B beter", "A of B wat moet ik kiezen"; "A of B" alone may be English.
            r"|\b(?:wat|wie|welke?(?: [\w.-]{2,30}){0,2}) (?:is|zijn|zou|werkt|draait|start|laadt|gaat)"
            rf"(?: (?:nou|nu|eigenlijk|dan|het))? {_BETTER}\b(?! dan\b)(?: (?:voor|bij|in|op|om) [^?,:]{{1,30}})?[,:]?"
            r" [^?]{1,60}\bof\b(?! (?:niet|zo|gelijk)\b)"
            r"|^(?:is|zijn|zou) (?!het (?:ook )?\w+er |hij |zij |ze )[^?]{1,60}\bof\b"
            rf"(?! (?:is|moet|kan|gaat|zijn|mag|heb|heeft)\b) [^?]{{1,40}}\b{_BETTER}\b"
            r"|\b(?:kan|kun|kunnen) (?:ik|je|we|men) (?:beter|liever|het best|het beste) [^?]{1,80}\bof\b(?! niet\b)"
            rf"|\S of \S[^?]{{0,40}} (?:wat|welke?) [^?]{{0,40}}\b(?:{_BETTER}|{_USING})\W*$"
            r"|\btussen [^?]{1,60} en [^?]{1,60}\bkiezen\b|\b(?:kies|kiezen)\b[^?]{0,20}\btussen [^?]{1,60} en\b"
            # Two names and what shows that "of" is "or".
            r"|^[\w.#+/-]{1,30} of [\w.#+/-]{1,30} (?:voor|bij) [^?]{1,30}$|^[\w.#+/-]{1,30} of (?:toch|liever"
            r"|beter) [^?]{1,30}$"
            rf"|^[\w.#+/-]{{1,30}} of [\w.#+/-]{{1,30}} (?:{_USING}|{_BETTER})\W*$"
            r"|\b(?:moet|moeten|zal|zou|gebruik|kies|neem) (?:ik|je|we|men)(?: beter| liever)? [^?]{1,80}\bof\b"
            rf"(?! niet\b)[^?]{{1,60}}\b{_USING}\b"
            r"|\b(?:gebruik|kies|neem) (?:ik|je|we|men)(?: het)? (?:beter|best|liever) [^?]{1,80}\bof\b(?! niet\b)"
            r"|\b(?:wat|welke?) is (?:beter|sneller|handiger)(?: voor [^?,:]{1,30})?[,:]? [^?]{1,60}\bof\b"
            r"|^(?:beter|liever) [^?]{1,60}\bof\b(?! niet\b)|\S of \S[^?]{0,60}[,:;–—-] ?(?:wat|welke?|wanneer)\b"
            r"|^(?:wat|welke?|wanneer)\b[^?,:]{2,60}[,:] ?[^?]{1,60}\bof\b(?! niet\b)"
            r"|^wanneer (?:gebruik|kies|neem|moet)\w* [^?]{2,80}\b(?:in plaats van|en wanneer)\b"
        ),
        "value": (
            # Any compound: "standaardpoort", "standaardwachtwoord".
            r"\bstandaard(?:waarden?|instelling(?:en)?)?\b|(?<!een )\bstandaard-?(?!is|en\b|afwijking|bibliotheek|fout"
            r"|vorm|model|uitvoer|invoer|deviatie|werk|norma|software|lib|procedure|taal)\w{3,30}\b"
            r"|\bvoorinstelling(?:en)?\b|\bvooraf ingesteld\b|\bbeginwaarde\b|\bwelke waarde (?:heeft|krijgt)\b"
            r"|\bals (?:ik|je|men|we|u) (?:er )?niets (?:instel|opgeef|doe|invul|verander|aanpas|zet|kies|zeg|meegeef"
            r"|configureer)|\bals (?:ik|je|men|we|u) [^?]{1,50}\bniet (?:instel|opgeef|zet|meegeef|configureer|invul"
            r"|specificeer)t?\b|\bals (?:ik|je|men|we|u) [^?]{1,50}\b(?:weglaat|leeg ?laat|leeglaat)\b"
        ),
        "code": (
            # "Noem drie voorbeelden" asks for a list, and so does one of commands.
            rf"^(?!{_HAIL}(?:noem|benoem|som)\b)[\s\S]{{0,300}}?\bvoorbeeld(?:en|code|je|jes)?\b"
            r"|\bcodevoorbeeld(?:en)?\b"
            r"|(?<!lijst van )(?<!lijst met )(?<!overzicht van )(?<!van alle )(?<!met alle )(?<!^alle )"
            r"\bcommando['’]?s?\b|\bcode (?:voor|om)\b"
            r"|\b(?:welke|de) opdracht (?:voor|om|is|gebruik|moet)\b|\blaat (?:me|mij|eens) [^?]{0,30}\bzien\b"
            r"|\bsyntaxis\b|^(?:een )?query (?:voor|om|die)\b"
        ),
        "number": (
            r"\bhoeveel\b|\bhoelang\b|\bhoe (?:veel|lang|groot|grote?|hoog|hoge|vaak|oud|snel|ver|diep|breed|zwaar"
            r"|duur|sterk)\b|\b(?:welke?|wat is de) (?:[\w-]+ )?(?:poort|versie|\w{0,20}grootte|aantal|percentage"
            r"|lengte|omvang|temperatuur|afstand|hoogte|diepte|breedte|snelheid|gewicht|leeftijd|prijs|termijn|limiet"
            r"|bovengrens)\b|\bwat is het (?:[\w-]{1,20} )?(?:maximum|minimum)\b|\bwat kost(?:en|te)?\b|\b(?:maximum"
            r"|minimum)leeftijd\b|\b(?:maxim(?:ale|aal|um)|minim(?:ale|aal|um)|grootste|hoogste"
            r"|toegestane) \w{0,20}(?:grootte|aantal|lengte|duur|hoogte|breedte|diepte|snelheid|resolutie|leeftijd"
            r"|gewicht|temperatuur|hoeveelheid)\b|\bvanaf welke versie\b|\baantal\b"
        ),
        "date": (
            r"\b(?:sinds|vanaf|tot) wanneer\b|\bwelk(?:e)? (?:jaar|datum|dag|maand|eeuw)\b|\bhoe laat\b"
            r"|\bwanneer (?:was|waren|werd|werden|is|zijn|komt|kwam|verscheen|begint|begon|eindigt)\b"
            r"(?! (?:het )?(?:beter|handig|verstandig|slim|nuttig|nodig))"
            rf"|(?:{_OPENING}|{_TELL})wanneer (?!moet|kan|kun|gebruik|kies|neem|zou|heb|pas|is het|zet|mag)"
        ),
        "how_to": (
            # But for a number that is only to be found out: "hoe zie ik welke versie ik heb".
            rf"{_OPENING}hoe (?!{_MEASURES})(?!(?:kan|kun|zie|weet|kom|vind|controleer|check|bepaal) (?:ik|je|men|we|u)"
            r" [^?]{0,30}?(?:welke? (?:[\w.-]{1,20} )?(?:[\w.-]{1,20})?(?:versie|poort|grootte)|hoe ?veel)\b)\w"
            rf"|{_TELL}hoe (?!{_MEASURES})\w|^wat (?:moet|kan|doe|te doen)(?: ik| je| we)?(?: er"
            r"| dan| hier)? ?(?:doen|aan|aanpassen|instellen|als|bij|tegen)\b"
            rf"|{_OPENING}ik (?:wil|zou graag|probeer|moet|wou|wilde)\b"
            r"(?! (?:\w+ ){0,2}(?:weten|begrijpen|snappen),? (?:w\w+|ho\w+|of)\b)"
            r"|\bstappen (?:om|voor)\b|\bhandleiding (?:voor|om)\b"
            # Not to be able to asks how, but for where it says why.
            rf"|{_OPENING}(?![^?]*\b(?:waarom|hoezo|waardoor|waar"
            r"|hoe komt)\b)(?:ik kan (?:[\w-]{1,30} ){0,5}(?:niet|geen)\b"
            r"|(?:het|dat|dit) lukt (?:me|mij|ons) (?:\w+ ){0,2}niet\b|het lukt niet\b"
            r"|ik krijg (?!(?:\w+ ){0,3}(?:\w*fout\w*|\w*melding|error)\b)[^?]{1,60}\bniet\b)"
            r"|\b(?:is|bestaat) er een (?:(?:makkelijke|andere|eenvoudige) )?(?:manier|mogelijkheid)\b"
            # A task alone: "laag verwijderen", "python op windows installeren".
            rf"|^(?:graag )?(?!(?:{_QUESTION_WORDS})\b)[^?,]{{2,60}}\s{_NO_NOUN}{_DOING}{_WHERE}\W*$|^{_DOING} (?:van"
            r"|op|met|onder|zonder)\b"
            r"|^(?:installeer|verwijder|configureer|activeer|voeg|schakel|pas|stel|wijzig|maak) (?:een|de|het|mijn"
            r"|alle)\b|^(?:kan|kun|kunnen|mag|moet) [^?]{1,80}\b(?:installeren|instellen|configureren|inschakelen)\b"
        ),
        "person": (
            rf"(?:{_OPENING}|{_TELL})wie (?:is|zijn|was|waren|heeft|hebben|kan(?!n)(?! (?:mij|me|ons|iemand)\b)|mag"
            r"|maakte?|maken|schreef|schrijft|beheert|onderhoudt"
            r"|ontwikkelt|ontwikkelde|bedacht|gebruikt|begon|zit|werkt|moet|bezit|betaalt)\b"
            r"|\b(?:door|aan|met) wie\b|\bvan wie (?:is|zijn|komt)\b|\bwiens\b|\bwelke (?:persoon|personen|mensen"
            r"|auteurs?)\b"
        ),
        "place": (
            rf"{_OPENING}waar\b(?![^?]{{0,80}}\b(?:voor|toe|aan|om|over|mee)\W*$)(?! (?:ligt|komt) (?:het|dat"
            r"|dit) (?:aan|door))"
            rf"|{_TELL}waar (?!\w+ [^?]{{0,80}}\b(?:voor|toe|aan|om|over|mee)\W*$)\w"
            r"|\bwaar (?:vind|vinden|staat|staan|is|zijn|wordt|worden|kan ik)\b(?![^?]{0,80}\b(?:voor|toe|aan|om|over"
            r"|mee)\W*$)|\bwaarheen\b|\bwaarvandaan\b|\b(?:in|uit) welke? (?:map|directory|land|stad|locatie|plaats"
            r"|regio|menu|hoofdstuk)\b"
        ),
        "reason": (
            rf"\bwaarom\b|\bhoezo\b|{_OPENING}hoe komt (?:het|dat|dit)\b|{_OPENING}hoe kan het(?: zijn)? dat\b"
            r"|\bwaardoor\b"
            r"|\bom welke reden(?:en)?\b|\b(?:de|een|welke) redenen?\b|\boorza(?:ak|ken)\b|\bwat veroorzaakt(?:e|en)?\b"
            r"|\bwat leidde\b[^?]{1,40}\btot\b|^(?:beargumenteer|motiveer)\b"
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
            r"|\bsom .{0,40}\bop\b|^(?:be)?noem (?!je\b)\w|^wat (?:heb (?:ik|je)|hebben we|heeft men) [^?]{0,40}nodig\b"
            r"|^wat (?:zit er (?:allemaal )?in|bevat(?:ten)?|omvat(?:ten)?|hoort (?:er )?bij)\b|^waaruit bestaa(?:t"
            r"|n)\b|^(?:overzicht|alle) (?:van )?(?:alle )?commando['’]?s?\b|^wat wordt ondersteund\b"
        ),
        "definition": (
            rf"{_OPENING}wat (?:is|zijn|was|betekent|betekenen|houdt|doet|doen)\b|\bwat\b[^?]{{1,60}}\bbetekent\b"
            rf"|{_TELL}wat (?!te\b)[^?]{{1,60}} (?:is|zijn|doet|doen|betekent|inhoudt)\W*$"
            rf"|{_OPENING}(?:beschrijf|omschrijf|verklaar)(?: (?:me|mij|eens|even|kort))* (?!hoe|waarom)\w"
            r"|^leg (?!(?:\w+ )?(?:hoe|waarom))(?:[^\s?]{1,30} ){1,6}uit\W*$"
            r"|^welke? (?:rol|doel|functie|taak|betekenis) (?:heeft|hebben|speel|dien|vervul)\w*\b"
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
        r"omdat|aangezien|doordat|(?<=, )want(?! to\b)|vanwege|wegens|door middel van|dankzij|daardoor|hierdoor"
        r"|waardoor|daarom|dus|zodat|opdat|om te|om .{1,80}? te|(?<!iets )(?<!niets )(?<!iemand )anders(?! (?:gezegd"
        r"|dan|gesteld|geformuleerd)\b)|redenen?|oorza(?:ak|ken)|veroorzaak\w{0,2}|veroorzaken|voorkom(?:t|en)?"
        r"|te vermijden|vermijdt|als gevolg van|ten gevolge van|met als gevolg|leidt tot|bijgevolg|derhalve|namelijk"
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
        rf"\bvergelijk(?:ing|en)? (?:(?:eens|even|mij|me|tussen|van) ){{0,3}}{_ONE}\s(?:met|en|vs\.?)\s{_OTHER}{_END}",
        rf"^(?:wat is |hoe is |is )?{_ONE}\s(?:in vergelijking (?:met|tot)|vergeleken met"
        rf"|in tegenstelling tot)\s{_OTHER}{_END}",
        rf"^(?:wat|welke?|wanneer)\b[^?,:]{{2,60}}[,:;–—-]\s?{_ONE},? of (?:beter |liever )?{_OTHER}{_END}",
        r"\b(?:moet|moeten|zal|zou|gebruik|kies|neem) (?:ik|je|we|men) (?:(?:nu|het|beter|best|liever|eerder) )*"
        rf"{_ONE},? of (?:beter |liever |toch )?{_OTHER}(?:\s(?:moeten )?{_USING}\b|{_END})",
        rf"\b(?:liever|{_BETTER})(?! dan\b)(?: voor [^?,:]{{1,30}})?[,:]? {_ONE},? of (?:beter |liever "
        rf"|toch )?{_OTHER}{_END}",
        rf"\bwanneer (?:gebruik|kies|neem)\w{{0,2}} (?:ik|je|we|men) {_ONE},? (?:en wanneer"
        rf"|in plaats van) {_OTHER}{_END}",
        rf"^{_ONE},? of (?:beter |liever |toch )?{_OTHER}\s?[,:;–—-]\s?(?:wat|welke?|wanneer)\b",
        rf"^(?:is|zijn|zou) {_ONE},? of {_OTHER} [^?]{{0,20}}?{_BETTER}\b",
        rf"^{_ONE},? of {_OTHER} (?:wat|welke?) [^?]{{0,40}}?\b(?:{_BETTER}|{_USING})$",
        rf"\btussen {_ONE} en {_OTHER}\skiezen\b",
        rf"^{_TASK}{_ONE} (?:met|en|vs\.?) {_OTHER} vergelijken\b",
        r"^(?P<one>[\w.#+/-]{1,30}) of (?:toch |liever |beter )(?P<other>[\w.#+/-]{1,30})$",
        r"^(?P<one>[\w.#+/-]{1,30}) of (?P<other>[\w.#+/-]{1,30}) (?:voor|bij) [^?]{1,30}$",
        rf"^(?P<one>[\w.#+/-]{{1,30}}) of (?P<other>[\w.#+/-]{{1,30}}) (?:{_USING}|{_BETTER})$",
        rf"^{_ONE}\s(?:vs\.?|versus)\s{_OTHER}\s?(?:[,:;–—-] ?(?:wat|welke?|wanneer)|voor|bij)\b",
    ),
    asks_which=(
        rf"\b(?:(?:moet|moeten|zal|zou) (?:ik|je|we|men) [^?]{{0,80}}?\b{_USING}|(?:gebruik|kies|neem) (?:ik|je|we"
        r"|men)(?: het)? "
        r"(?:beter|best|liever)|wanneer (?:gebruik|kies|neem)(?:t|en)? (?:ik|je|we|men)|wat is aan te raden"
        rf"|wat is {_BETTER}(?! dan\b)|is [^?]{{1,60}} of [^?]{{1,60}}? {_BETTER}|\S of \S[^?]{{0,40}} (?:wat"
        r"|welke?) moet"
        r"|kan (?:ik|je|we) (?:beter|liever|het beste?)|tussen [^?]{1,60} en [^?]{1,60} kiezen|welke? (?:van (?:de"
        r"|deze) (?:twee|beide)|is (?:beter|sneller|handiger|aan te raden))|welke? (?:moet|kan|kies|neem|gebruik) ik"
        r"|wat (?:kies|neem|gebruik) ik)\b"
    ),
)
