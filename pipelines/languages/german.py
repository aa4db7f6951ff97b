"""German."""

from pipelines.languages.language import Language

# Parts of the patterns of questions. Readers also write "ae" for "ä", and "ss" for "ß".
_OPENING = r"^(?:(?:und|aber|also|ok|okay|bitte|hallo|hi|hey|moin|sag mal|frage|dann)\b[,!:]?\s)?"
_MEASURES = (
    "(?:viel(?:e[nmrs]?)?|lange?|gro(?:ß|ss)e?r?|hoch|oft|h(?:ä|ae)ufig|alt|schnell|weit|tief|breit|schwer|stark|teuer"
    "|sp(?:ä|ae)t|hei(?:ß|ss)t|hei(?:ß|ss)en|nennt|sieht|kommt|steht|w(?:ä|ae)re|gut|ist|sind|war)\\b"
)
_QUESTION_WORDS = (
    # Those of Dutch as well, which has some of the verbs below.
    "wieviele?|hoe|hoeveel|waar|waarom|waarmee|wanneer|welke?|wat|kan|kun|moet|mag|zijn|is"
    "|wie|was|wer|wen|wem|wo|wann|warum|wieso|weshalb|welche?[nmrs]?|woran|womit|wof(?:ü|ue)r|wozu|wodurch|worin|woher"
    "|kann|kannst|k(?:ö|oe)nn\\w{1,4}|darf|muss|m(?:ü|ue)ss\\w{1,4}|soll\\w{0,3}|ist|sind|wird|werden|w(?:ü|ue)rde\\w?"
    "|hat|haben|gibt|l(?:ä|ae)sst|lassen|wenn|ob|in|mit|f(?:ü|ue)r|bei|an|auf|unter|aus|von|zu|welcher|unterschied"
)
_DOING = (
    "(?:l(?:ö|oe)schen|entfernen|hinzuf(?:ü|ue)gen|anlegen|erstellen|(?:ver)?(?:ä|ae)ndern|bearbeiten|umbenennen"
    "|verschieben|kopieren|(?:de)?installieren|einrichten|konfigurieren|(?:de)?aktivieren|(?:ein|aus|ab|um)schalten"
    "|(?:neu)?starten|stoppen|beenden|(?:ö|oe)ffnen|schlie(?:ß|ss)en|(?:ab)?speichern|(?:ex|im)portieren"
    "|(?:hoch|herunter|runter|nach)?laden|einf(?:ü|ue)gen|(?:ein|aus)blenden|anzeigen|verhindern|vermeiden|ignorieren"
    "|(?:ü|ue)berspringen|testen|(?:ü|ue)?(?:ber)?pr(?:ü|ue)fen|verbinden|trennen|senden|schicken|abfragen"
    "|(?:aus)?lesen|schreiben|(?:zur(?:ü|ue)ck)?setzen|einstellen|festlegen|umwandeln|konvertieren|drucken|teilen"
    "|zusammenf(?:ü|ue)hren|sortieren|filtern|suchen|finden|ersetzen|machen|wiederherstellen|aktualisieren|updaten"
    "|nutzen|verwenden|benutzen|einbinden|ausf(?:ü|ue)hren|drehen|skalieren|zuschneiden|freistellen|verlinken|(?:ü"
    "|ue)bersetzen|deployen|debuggen)"
)
_USING = (
    "(?:nehmen|verwenden|benutzen|nutzen|w(?:ä|ae)hlen|einsetzen|bevorzugen|kaufen|installieren|lernen|lieber|besser)"
)
_ARTICLE = r"(?:(?:de[rmns]|die|das|eine?[rmns]?)\s)?"
_ONE, _OTHER = rf"{_ARTICLE}(?P<one>[^?]{{1,60}}?)", rf"{_ARTICLE}(?P<other>[^?]{{1,60}}?)"
_END = (
    r"(?=\s(?:f(?:ü|ue)r|in|im|bei|beim|wenn|unter|auf|am|hinsichtlich|bez(?:ü|ue)glich|und wann|genau|eigentlich)\b"
    r"|\s?[,;:?!.–—]\s|\s-\s|\W*$)"
)

GERMAN = Language(
    name="german",
    code="de",
    common=(
        "der die das ist sind war ein eine einen einem einer und oder nicht für auf mit dass es als von zu "
        "im in den dem des wie was warum wann wo welche welcher welches wer kann ich du wir man sich auch "
        "bei nach über wird werden hat haben muss gibt mein wenn zwischen viel viele habe bis aus noch nur "
        "ohne meinen meine woran"
    ),
    openers=(
        "und|aber|oder|also|dann|auch|sondern|ok|okay|was ist mit|was ist denn mit|was ist dann|wie sieht es"
        "|wie ist es mit|wie steht es|wie schaut es|wie siehts|zum beispiel|zb|z\\. ?b|was wenn|was, wenn|was aber"
        "|und wenn|nur wenn|wirklich|echt|inwiefern|wieso nicht|(?:warum|wieso|weshalb|wozu|wie|wo|wann)(?: nicht"
        "| denn| das| genau)?\\W*$"
    ),
    pointers=(
        r"sie|ihn|ihm|ihnen|ihre?[nmrs]?|seine?[nmrs]?|dies\w*|jene\w*|davon|dafür|damit|dabei|darin"
        r"|dazu|darauf|dort|das|andere\w*|weitere\w*|mehr|noch|er|deren|dessen|denen|daran|daraus|danach|davor|dagegen"
        r"|darüber|darunter|dadurch|daher|dahin|hier(?:mit|von|zu|bei|für|durch)|stattdessen|sonst|solche\w*|sowas"
        r"|so (?:etwas|was)|nochmals?|noch ?mal|wieder|erstere\w*|letztere\w*|beide[nrs]?|obige\w*|vorherige\w*"
        r"|(?:der|die|das)selben?|gleiche\w*|ähnliche\w*|ersteres|genauso|ebenso|fuer das|ohne das"
        r"|(?<!gibt )(?<!geht )(?<!ist )es(?! (?:gibt|geht|möglich|moeglich|sinnvoll|nötig|ratsam))"
    ),
    asks=(
        r"wer|wie|was|wann|wo|warum|welche\w*|kann|ist|sind|gibt|wieso|weshalb|weswegen|wen|wem|wessen|woher|wohin"
        r"|womit|woran|worin|wofür|wofuer|wozu|wodurch|worauf|wovon|worum|wieviele?|kannst|könn\w*|koenn\w*|darf|muss"
        r"|müss\w*|soll\w*|hat man|wird|werden|läuft|lässt|laesst|geht|gibts|gehört|braucht|brauche|erklär\w*|zeig\w*"
        r"|nenn\w*|sag\w*|beschreib\w*|vergleich\w*|unterstützt|funktioniert"
    ),
    articles="der|die|das",
    tasks=(
        r"erklär\w*|erläuter\w*|bedeute\w*|beispiel\w*|einfach\w*|worten|bitte|zusammenfass\w*"
        r"|übersetz\w*|text"
    ),
    leans=(
        r"dies\w*|es|sie|er|das (?:ist|sind|war|bedeutet|heißt|wird|kann|hat|geht|gilt|liegt|macht|sorgt|führt)"
        r"|damit|dadurch|dabei|dazu|davon|dafür|daher|danach|darin|darauf|deshalb|deswegen|darum|dann|dort|hier"
        r"|hier(?:bei|zu|durch|mit|für)|außerdem|zudem|jedoch|allerdings|trotzdem|aber|und|auch|stattdessen|beide"
        r"|letztere\w*|erstere\w*|ihre?|seine?|andernfalls|ansonsten|sonst|solche\w*|somit|folglich"
    ),
    asks_definition=(
        r"was (?:ist|sind|war|bedeutet|bedeuten|hei(?:ß|ss)t|meint|macht|tut)(?: eigentlich| denn| genau| überhaupt"
        r"| nochmal| bitte)?|was (?:versteht man|versteht ihr|verstehe ich) unter|was ist gemeint mit|was (?:meint"
        r"|meinst du mit)|erkl(?:ä|ae)re?(?: mir| uns)?(?: bitte| kurz| mal)?(?:,? was)?|definiere|definition von"
        r"|bedeutung von|wof(?:ü|ue)r steht|wie definiert man|beschreibe?(?: mir)?(?: bitte)?"
        r"|kannst du (?:mir )?(?:bitte )?erklären,? was|was zum (?:teufel|henker|geier) (?:ist|sind)"
    ),
    determiners="ein|eine|einen|der|die|das|den|dem",
    copulas="ist|sind|bedeutet|heißt|bezeichnet|bezeichnen|steht für|ermöglicht|stellt|beschreibt|erlaubt|dient",
    naming="genannt|bezeichnet als|als|auch bekannt als",
    kinds={
        # "Lieber A oder B", "A oder B, was ist besser?", "welche soll ich nehmen: A oder B?"
        "comparison": (
            r"\b(?:unterschiede?n?|unterscheide\w*|vergleiche?\w{0,2}|verglichen|im gegensatz zu\w?)\b"
            r"|\b(?:soll(?:te|ten|en)?|nehme|nimmt|verwende|nutze|benutze) (?:ich|man|wir) [^?]{1,80}\boder\b"
            r"(?! (?:nicht|so|doch|auch|gar)\b)|\b(?:besser|lieber|eher|empfehlenswerter|sinnvoller)(?: f(?:ü"
            r"|ue)r [^?,:]{1,30})?[,:]? [^?]{1,60}\boder\b(?! (?:nicht|so|doch|auch)\b)"
            r"|\S oder \S[^?]{0,60}[,:;–—-] ?(?:was|welche[nmrs]?|wann)\b|^(?:was|welche[nmrs]?"
            r"|wann)\b[^?,:]{2,60}[,:] ?[^?]{1,60}\boder\b(?! (?:nicht|so)\b)"
            r"|^(?!ja |nein )[\w.#+/-]{1,30} oder (?!nicht|so\b|doch|was\b)[\w.#+/-]{1,30}(?: f(?:ü"
            r"|ue)r [^?]{1,30})?\W*$|^wann (?:nehm|nimm|verwend|benutz|nutz|brauch|soll)\w* [^?]{2,80}\b(?:statt"
            r"|anstatt|anstelle|und wann)\b"
        ),
        "value": (
            r"\b(?:standard(?:wert|einstellung|m(?:ä|ae)(?:ß|ss)ig|vorgabe)\w{0,3}|voreinstellung(?:en)?"
            r"|voreingestellt\w*|vorgabe(?:wert)?\w{0,2}|defaultwert\w*|vorbelegung|von haus aus|ab werk)\b"
            r"|\bwelchen wert (?:hat|haben|nimmt)\b|\bwas ist standard\b|\bwenn (?:ich|man|wir|du) (?:(?:gar|da"
            r"|dort) )?nichts "
            r"(?:angeb|eingeb|einstell|setz|konfigurier|(?:ä|ae)nder|sag|schreib|mach|ausw(?:ä|ae)hl|w(?:ä|ae)hl|(?:ü"
            r"|ue)bergeb)|\bwenn (?:ich|man|wir|du) [^?]{1,50}\bnicht (?:angeb|setz|einstell|konfigurier|(?:ü"
            r"|ue)bergeb|definier|mitgeb)"
            r"\w{1,3}\b|\bwenn (?:ich|man|wir|du) [^?]{1,50}\b(?:wegl(?:a|ä|ae)ss\w{1,2}|leer ?l(?:a|ä|ae)ss\w{1,2})"
        ),
        "code": (
            r"(?<!zum )\bbeispiele?\b|\bbeispiel-?code\b|\bcode-?(?:beispiel|schnipsel)\w{0,2}"
            r"|(?<!bedeutet der )\bbefehle?s?\b|\bkommandos?\b|\bcode (?:f(?:ü|ue)r|zum|um)\b|\bschreibweise\b"
            r"|\bzeige? mir\b|^(?:eine? )?(?:abfrage|query) (?:f(?:ü|ue)r|um|zum)\b"
        ),
        "number": (
            r"\bwie ?viel(?:e[nmrs]?)?\b|\bwie (?:lange?|gro(?:ß|ss)\w?|hoch|oft|h(?:ä|ae)ufig|alt|schnell|weit|tief"
            r"|breit|schwer|stark|teuer)\b|\bwelche[mnrs]? (?:[\w-]+ )?(?:[\w.]+-)?(?:port|version|gr(?:ö|oe)(?:ß|ss)e"
            r"|anzahl|prozentsatz|anteil|l(?:ä|ae)nge)\b|\b(?:maximale|minimale|h(?:ö|oe)chste)n? (?:gr(?:ö|oe)(?:ß"
            r"|ss)e|anzahl|l(?:ä|ae)nge|dauer|zahl)\b|\bwas kostet\b|\banzahl (?:der|von|an)\b|\bab welcher version\b"
        ),
        "date": (
            r"\b(?:ab|bis|seit) wann\b|\b(?:welche[mnrs]?) (?:jahr|datum|tag|monat|jahrhundert|jahrzehnt|uhrzeit)e?s?\b"
            r"|\bum (?:wie ?viel|welche) uhr\b|\bwann (?:war|waren|wurde|wurden|erschien|erscheint|kam|kommt|ist|sind"
            r"|wird|werden|hat|haben|findet|endet|beginnt|begann)\b(?! (?:es )?(?:besser|sinnvoll|ratsam|n(?:ö|oe)tig))"
            rf"|{_OPENING}wann (?!soll|nehm|nimm|verwend|benutz|nutz|brauch|w(?:ä|ae)hl|lohnt|muss|m(?:ü|ue)ss|kann"
            rf"|darf|setz"
            r"|w(?:ü|ue)rd|(?:ist|w(?:ä|ae)re) (?:es|\w+ (?:besser|sinnvoll)))"
        ),
        "how_to": (
            rf"{_OPENING}wie (?:(?:kann|k(?:ö|oe)nn\w{{1,4}}|muss|m(?:ü|ue)ss\w{{1,4}}|soll\w{{0,3}}|darf|wird|werden?"
            rf"|l(?:ä|ae)sst"
            r"|lassen|funktionier\w{1,3}|geht|gehe|mache?n?|macht|installier\w{1,3}|verhinder\w{1,2}|vermeide\w?"
            r"|am besten)\b"
            rf"|(?!{_MEASURES})[\w-]{{2,30}} (?:ich|man|wir|du|ihr)\b|(?!{_MEASURES})[^?]{{2,60}}\b{_DOING}\W*$)"
            r"|^(?:zeige?|erkl(?:ä|ae)re?|sage?|verrate?|beschreibe?|kannst du (?:mir )?(?:sagen|zeigen|erkl(?:ä"
            r"|ae)ren))(?: mir| uns)?(?: bitte| mal| kurz)?,? wie (?:ich|man|wir|du|das)\b"
            r"|^was (?:tun|muss|mache?|macht|kann|soll\w{0,2}) (?:(?:ich|man|wir) )?(?:da |dann |hier )?(?:tun|machen"
            r"|(?:ä|ae)ndern|einstellen|dagegen|gegen|bei|wenn)\b|^was (?:tun|mache? (?:ich|man)),? wenn\b"
            rf"|{_OPENING}ich (?:m(?:ö|oe)chte|will|w(?:ü|ue)rde gerne?|versuche|muss|wollte)\b"
            r"|\bschritte? (?:zum|zur|um)\b|\banleitung (?:zum|zur|f(?:ü|ue)r|um)\b|\bwie geht das\b"
            r"|\bgibt e?s (?:eine|irgendeine|ne|einen) (?:(?:einfache[nr]?|andere[nr]?) )?(?:m(?:ö|oe)glichkeit|weg"
            r"|methode)\b"
            # A task alone: "Ebene löschen", "Python unter Windows installieren".
            rf"|^(?:bitte )?(?!(?:{_QUESTION_WORDS})\b)[^?,]{{2,60}}\s{_DOING}\W*$|^{_DOING} (?:von|unter|mit|auf|in"
            rf"|ohne)\b"
            r"|^(?:installiere|l(?:ö|oe)sche|entferne|erstelle|konfiguriere|(?:de)?aktiviere|(?:ä|ae)ndere|f(?:ü|ue)ge"
            r"|richte) (?:eine?[nmrs]?|de[nmr]|die|das|mein\w{0,2}|alle|mir|bitte)\b"
            r"|^(?:kann|k(?:ö|oe)nn\w{1,4}|darf|muss|soll\w{0,2}|l(?:ä|ae)sst) [^?]{1,80}\b(?:installieren|einrichten"
            r"|konfigurieren)\b"
        ),
        "person": (
            rf"{_OPENING}wer (?!of\b|is\b|and\b|for\b)\w|\b(?:von|mit|bei|an|f(?:ü|ue)r) we[nm]\b|^we[nm] \w|\bwessen\b"
            r"|\bwelche[rnms]? (?:person|leute|mensch|mann|frau|autor|entwickler)(?:en|in)?\b"
        ),
        "place": (
            rf"{_OPENING}wo\b(?! liegt (?:der|das) (?:fehler|problem))"
            r"|\bwo (?:finde|findet|ist|liegt|steht|sind|speicher\w{1,2}|werden|wird|kann|gibt|bekomme|stelle|sehe)\b"
            r"|\bwohin\b|^woher\b(?! kommt)|\ban welche[rn] stelle\b|\b(?:in|aus) welche[mnrs]? (?:ordner|verzeichnis"
            r"|land|stadt|ort|men(?:ü|ue)|abschnitt|kapitel|region)\b"
        ),
        "reason": (
            rf"\b(?:warum|wieso|weshalb|weswegen)\b|\bworan (?:kann|k(?:ö|oe)nnte )?.{{0,20}}\b(?:liegt|liegen)\b"
            rf"|{_OPENING}wie kommt(?: es|s| das)\b|{_OPENING}wie kann es sein\b|^woher kommt\b|\bwodurch\b"
            r"|\b(?:der|aus welchem|welchen|einen) grund\b|\bgr(?:ü|ue)nde\b|\bursachen?\b|\bwas verursacht\b"
            r"|^wozu (?:muss|soll)\w{0,2}\b|^was soll das\b"
        ),
        "list": (
            r"\b(?:welche[nrs]?|alle|m(?:ö|oe)gliche|erlaubte|g(?:ü|ue)ltige|verf(?:ü|ue)gbare|unterst(?:ü"
            r"|ue)tzte)\b[^?]{0,40}"
            r"\b(?:optionen|werte|formate|felder|parameter|argumente|attribute|eigenschaften|einstellungen|befehle"
            r"|plugins|module|arten|typen|schritte|funktionen|methoden|events|ereignisse|level|stufen|modi|sprachen"
            r"|datenbanken|plattformen|bibliotheken|werkzeuge|tools|alternativen|dateien|ordner|versionen|backends"
            r"|voraussetzungen|rechte|rollen)\b|\b(?:welche|was f(?:ü|ue)r) (?:[\w-]+ ){0,3}(?:gibt es|gibts|geh(?:ö"
            r"|oe)ren|sind|werden|stehen|existieren|muss ich|kann ich|kann man|unterst(?:ü|ue)tzt|kennt|brauche ich)\b"
            r"|\bwas f(?:ü|ue)r (?:arten|typen|optionen|m(?:ö|oe)glichkeiten)"
            r"|\barten von\b|\b(?:vorteile|nachteile|voraussetzungen|anforderungen|auflistung|(?:ü|ue)berblick"
            r"|schritte)\b|\bliste (?:der|von|aller|mit)\b|\bm(?:ö|oe)glichkeiten\b|\bz(?:ä|ae)hle? .{0,40}\bauf\b"
            r"|^nenne?\b(?! man)|^was (?:brauche|ben(?:ö|oe)tige) ich\b|^was wird unterst(?:ü|ue)tzt\b"
        ),
        "definition": (
            rf"{_OPENING}was (?:ist|sind|war|bedeute[tn]|hei(?:ß|ss)t|meint|macht|tut|bewirkt|bringt|versteht man)\b"
            r"|\bwas\b[^?]{1,60}\b(?:bedeutet|hei(?:ß|ss)t)\b|\bbedeutung (?:von|des|der)\b|\bdefini(?:tion|ere)\b"
            r"|^erkl(?:ä|ae)re?(?: mir| uns)?(?: bitte| mal| kurz)?,? (?!wie|warum|wieso|weshalb)\w"
            r"|\b(?:wof(?:ü|ue)r|f(?:ü|ue)r was) (?:steht|ist|sind|braucht|brauche|wird|werden|dient|nutzt|verwendet"
            r"|benutzt|gut)\b|\bwozu (?:dient|dienen|ist|sind|braucht|brauche|gibt|wird|werden|gut|verwendet|benutzt"
            r"|das|der|die)\b|\bwas (?:ist|sind)(?: eigentlich| denn)? (?:das|ein|eine)\b|\bwie nennt man\b"
            r"|\bwas soll .{1,40} sein\W*$"
        ),
    },
    negations=frozenset(["nicht", "kein", "keine", "keinen", "keiner", "keines", "nie", "niemals", "ohne"]),
    abbreviations=(
        "z.b u.a d.h bzw ca inkl exkl ggf usw vgl evtl max min zzgl abzgl etc sog u.u z.t o.ä hr fr dr prof "
        "bspw u.s.w s.o s.u i.d.r i.a i.allg u.v.m m.e mind zw einschl ausschl entspr mwst str st ff d.i bez "
        "jh"
    ),
    before_numbers="nr|abb|kap|abs|art|s|tel|bd|tab|ziff",
    quoted="**Aus der Dokumentation zitiert:**",
    nothing_quoted="**In der Dokumentation steht nichts, was sich hierzu zitieren lässt**",
    greetings="hallo|hi|hey|moin|servus|guten (?:morgen|tag|abend)|grüß (?:gott|dich)|grüezi",
    thanks=(
        "danke|vielen dank|danke (?:schön|sehr|dir)|besten dank|herzlichen dank|super|prima|toll"
        "|tschüss|auf wiedersehen"
    ),
    about_assistant=(
        "(?:wer|was) bist du|wer sind sie|wie heißt du|bist du (?:ein )?(?:bot|mensch"
        r"|roboter)[\w ]*|was kannst du(?: alles)?|was können sie|hilfe|wie (?:funktionierst"
        "|hilfst) du(?: mir)?|kannst du mir helfen"
    ),
    hello="Hallo! Fragen Sie mich alles zu dieser Dokumentation.",
    welcome="Gern geschehen. Fragen Sie, wenn noch etwas unklar ist.",
    called="Ich bin {}.",
    introduction=(
        "Ich beantworte Fragen aus dieser Dokumentation und zeige zu jedem Satz den Abschnitt, aus dem er stammt."
    ),
    examples="Zum Beispiel:",
    example_question="Was sagt die Dokumentation über „{}“?",
    refusal="Die Dokumentation beantwortet das nicht. Die nächstliegenden Abschnitte stehen unten.",
    capitals_are_names=False,
    opposites=(
        "über/unter vor/nach oben/unten alle/einige immer/manchmal mehr/weniger mindestens/höchstens "
        "größer/kleiner höher/niedriger vorher/nachher erster/letzter innen/außen innerhalb/außerhalb mit/ohne "
        "aktiviert/deaktiviert aktivieren/deaktivieren erlaubt/verboten erlauben/verbieten öffnen/schließen "
        "erhöhen/verringern maximal/minimal automatisch/manuell lokal/entfernt öffentlich/privat wahr/falsch "
        "ein/aus starten/stoppen hinzufügen/entfernen gleich/verschieden erforderlich/optional synchron/asynchron "
        "schneller/langsamer neu/alt"
    ),
    denying=("vermeiden verhindern fehlen scheitern statt stattdessen außer unmöglich kaum selten ausschließen"),
    denying_prefixes="(?:un|nicht-?|de|in)",
    before_objects=(
        "der die das den dem des ein eine einen einem einer in an auf mit von zu für aus bei nach über unter vor"
    ),
    joins="und|aber|oder|sondern|während|obwohl|weil|wobei|die|der|das",
    contrasts="aber|sondern|während|obwohl",
    product=(
        "es|das hier|(?:das|dieses|euer|ihr) (?:tool|werkzeug|produkt|programm|projekt|paket)"
        "|(?:die|diese|eure) (?:software|app|anwendung|bibliothek)"
    ),
    defines_behind=(
        r"[,:–—-]? ?was (?:ist|bedeutet|hei(?:ß|ss)t|soll|macht)(?: denn| eigentlich)? (?:das|er|sie|es)(?: genau"
        r"| sein)?|[,:–—-]? ?(?:wof(?:ü|ue)r|wozu)(?: ist das| dient das)?(?: gut)?|bedeutung|erkl(?:ä|ae)rung"
        r"|erkl(?:ä|ae)rt|bedeutet was"
    ),
    asking=(
        "wie was wer wen wem wessen wo wann warum wieso weshalb weswegen welche welcher welches welchen welchem woher "
        "wohin womit woran worin wofür wofuer wozu wodurch wovon worauf wieviel wieviele viel viele bitte erkläre "
        "erklär erklären erklaeren zeig zeige zeigen sag sage sagen nenne nennen beschreibe beispiel beispiele "
        "unterschied unterschiede vergleich benutzen benutze benutzt verwenden verwende verwendet nutzen nutze "
        "brauche braucht brauchen möchte moechte will wollen würde gerne gern weg möglichkeit möglich moeglich geht "
        "gehen gibt gut besser best beste besten bedeutet bedeuten heißt heisst gemeint standardmäßig kann kannst "
        "können koennen könnte soll sollte sollen muss müssen darf machen mache macht tun genau einfach schnell "
        "eigentlich denn mal doch halt eben überhaupt irgendwie ungefähr funktioniert funktionieren verstehe versteht "
        "wissen weiß weiss jemand hilfe danke hallo"
    ),
    reasons=(
        r"weil|denn|da (?:sonst|andernfalls|ansonsten)|aufgrund|auf grund|wegen|deshalb|deswegen|daher|darum|damit"
        r"|sodass|so dass|andernfalls|ansonsten|sonst|anderenfalls|grund|gr(?:ü|ue)nden?|ursachen?|verursach\w{1,3}"
        r"|verhinder[nt]|vermeide[nt]|vermieden|zu vermeiden|dadurch|hierdurch|wodurch|somit|folglich|infolge|f(?:ü"
        r"|ue)hrt zu|liegt daran|liegt an|dank|aus diesem grund|um .{1,80}? zu|zum schutz|dient dazu|um zu"
    ),
    numbers=(
        "eins|zwei|drei|vier|f(?:ü|ue)nf|sechs|sieben|acht|neun|zehn|elf|zw(?:ö|oe)lf|dutzende?|hunderte?|tausende?"
        "|million(?:en)?|milliarden?|h(?:ä|ae)lfte|halbe[nrs]?|drittel|viertel|prozent|einmal|zweimal|dreimal|doppelt"
        "|ein einzige[rs]?"
    ),
    months="januar|j(?:ä|ae)nner|februar|m(?:ä|ae)rz|april|mai|juni|juli|august|september|oktober|november|dezember",
    compares=(
        rf"\bunterschiede?n?:? (?:zwischen |von |bei )?{_ONE}\s(?:und|vs\.?|versus|zu[mr]?|oder)\s{_OTHER}{_END}",
        rf"\bzwischen {_ONE} und {_OTHER}\s(?:der|ein|einen|den|die|f(?:ü|ue)r ein)\s(?:\w{{1,20}} )?unterschiede?\b",
        rf"\bunterscheide[tn] (?:sich )?(?:denn |eigentlich )?{_ONE}\s(?:von|vo[mn])\s{_OTHER}{_END}",
        rf"\bunterscheiden (?:sich )?(?:denn |eigentlich )?{_ONE}\sund\s{_OTHER}{_END}",
        rf"\bvergleiche?n? (?:bitte |mir |mal |zwischen |von )?{_ONE}\s(?:mit|und|vs\.?|zu)\s{_OTHER}{_END}",
        rf"^(?:was ist |wie ist |wie gut ist |ist )?{_ONE}\s(?:im (?:vergleich|gegensatz) zu[mr]?"
        rf"|verglichen mit)\s{_OTHER}{_END}",
        rf"^(?:was|welche[nmrs]?|wann)\b[^?,:]{{2,60}}[,:;–—-]\s?{_ONE},? oder (?:besser |lieber "
        rf"|eher )?{_OTHER}{_END}",
        rf"\b(?:soll(?:te|ten|en)?|nehme|nimmt|verwende|nutze|benutze) (?:ich|man|wir) (?:(?:besser|lieber|eher|nun"
        rf"|jetzt|da) )*{_ONE},? oder (?:besser |lieber |eher )?{_OTHER}(?:\s{_USING}\b|{_END})",
        rf"\b(?:besser|lieber|eher|sinnvoller)(?: f(?:ü|ue)r [^?,:]{{1,30}})?[,:]? {_ONE},? oder (?:besser |lieber "
        rf"|doch )?{_OTHER}{_END}",
        rf"\bwann (?:nehm|nimm|verwend|benutz|nutz|brauch)\w{{1,3}} (?:ich|man|wir) {_ONE},? (?:und )?(?:wann|statt"
        rf"|anstatt|anstelle(?: von)?) {_OTHER}{_END}",
        rf"^{_ONE},? oder (?:besser |lieber |doch )?{_OTHER}\s?[,:;–—-]\s?(?:was|welche[nmrs]?|wann|wo|wie)\b",
        rf"^{_ONE}\s(?:vs\.?|versus)\s{_OTHER}\s?(?:[,:;–—-] ?(?:was|welche[nmrs]?|wann)|f(?:ü|ue)r|beim?|wenn)\b",
        r"^(?P<one>[\w.#+/-]{1,30}) oder (?!nicht|so\b|doch|was\b)(?P<other>[\w.#+/-]{1,30})(?: f(?:ü"
        r"|ue)r [^?]{1,30})?\W*$",
    ),
    asks_which=(
        rf"\b(?:(?:soll(?:te|ten|en)?|nehme|nimmt|verwende|nutze|benutze) (?:ich|man|wir) [^?]{{1,80}}\boder\b"
        rf"|soll(?:te|ten|en)? (?:ich|man|wir) [^?]{{0,80}}?\b{_USING}|wann (?:nehm|nimm|verwend|benutz|nutz|brauch"
        rf"|soll)\w{{1,3}}"
        r"|was ist (?:besser|sinnvoller|empfehlenswerter|schneller)|welche[nrs]? (?:von|der) (?:beiden|denen|diesen)"
        r"|welche[nrs]? "
        r"(?:ist|w(?:ä|ae)re) (?:besser|sinnvoller|zu empfehlen)|was (?:nehme|w(?:ä|ae)hle|nutze|verwende|empfiehlst"
        r"|empfehlt|empfiehlt)|(?:lieber|besser|eher) [^?]{1,60}\boder)\b"
    ),
)
