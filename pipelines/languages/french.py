"""French."""

from pipelines.languages.language import Language

FRENCH = Language(
    name="french",
    code="fr",
    common=(
        "le la les est sont un une des du de et ou ne pas pour sur avec que qui ce cette il elle au aux en "
        "dans par comment pourquoi quand où quel quelle quels quelles je tu nous vous on peut se sa son mon "
        "ma mes si entre faire a ai combien dois faut avez jusqu'à sans"
    ),
    openers="et|mais|ou|alors|qu'en est|par exemple",
    pointers=(
        "il|elle|ils|elles|leurs?|lui|celui|celle|ceux|celles|ceci|cela|ça|ces?|cet|cette|autres?|même|plus|encore"
    ),
    asks=r"qui|que|quand|où|pourquoi|comment|quel\w*|est|peut",
    articles="le|la|les",
    tasks=r"explique\w*|expliquer|signifie|veut dire|exemple|résume\w*|tradui\w*|texte",
    leans="il|elle|ils|elles|cela|ces",
    asks_definition="qu['’]est[- ]ce qu(?:e|['’])|c['’]est quoi|définis|explique",
    determiners="un|une|le|la|les|des",
    copulas="est|sont|signifie|désigne",
    naming="appelée?s?|nommée?s?",
    kinds={
        "comparison": r"\b(différences?|compar\w*)\b",
        "value": r"\bpar défaut\b|\bquelles valeurs\b",
        "code": r"\bexemple\b",
        "number": r"\bcombien\b",
        "date": r"\bquand\b",
        "how_to": r"^comment\b",
        "person": r"^qui\b",
        "place": r"^où\b",
        "reason": r"^pourquoi\b",
        "definition": "^qu'est-ce",
    },
    negations=frozenset(["ne", "pas", "jamais", "aucun", "aucune", "sans"]),
    abbreviations=(
        "p.ex ex env max min etc cf c.-à-d m mme mlle dr av réf réfs vs approx ndlr st ste mm pr n.b i.e j.-c bd ltée"
    ),
    before_numbers="n|fig|chap|p|pp|art|tél|vol|éd",
    quoted="**Extraits de la documentation :**",
    nothing_quoted="**Rien dans la documentation ne peut être cité en réponse**",
    greetings="bonjour|salut|bonsoir|coucou|hello",
    thanks="merci|merci (?:beaucoup|bien)|super|parfait|génial|au revoir",
    about_assistant=(
        "qui (?:es-tu|êtes-vous|es tu|etes vous)|que (?:peux-tu|pouvez-vous) faire"
        "|qu'est-ce que tu (?:peux|sais) faire|aide|aidez-moi|aide-moi|comment (?:ça|cela) marche"
    ),
    hello="Bonjour ! Posez-moi toutes vos questions sur cette documentation.",
    welcome="Avec plaisir. N'hésitez pas si autre chose n'est pas clair.",
    called="Je suis {}.",
    introduction=(
        "Je réponds aux questions à partir de cette documentation, et j'indique pour chaque phrase "
        "la section d'où elle vient."
    ),
    examples="Par exemple :",
    example_question="Que dit la documentation sur « {} » ?",
    refusal="La documentation ne répond pas à cette question. Les sections les plus proches figurent ci-dessous.",
    opposites=(
        "avant/après dessus/dessous plus/moins tous/certains toujours/parfois premier/dernier avec/sans "
        "activer/désactiver activé/désactivé maximum/minimum augmenter/diminuer ouvrir/fermer ajouter/supprimer "
        "public/privé local/distant automatique/manuel vrai/faux même/différent obligatoire/facultatif "
        "inclure/exclure synchrone/asynchrone supérieur/inférieur permettre/interdire"
    ),
    denying="éviter empêcher échouer manquer plutôt impossible rarement sauf interdire exclure",
    denying_prefixes="(?:in|im|ir|il|dés?|non-?)",
    before_objects="le la les un une des ce cette ces de du à au aux en dans sur pour par avec",
    joins="et|mais|ou|donc|tandis que|bien que|alors que|qui|car",
    contrasts="mais|tandis que|bien que|alors que",
)
