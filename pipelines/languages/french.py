"""French."""

from pipelines.languages.language import Language

# What may stand before a question, the words that part what is compared, and what ends the second of the two.
_GREETED = (
    r"^\W{0,3}(?:(?:et|mais|alors|donc|du coup|sinon|bonjour|bonsoir|salut|coucou|svp|stp|dis|dites|euh)\b\W{1,3}){0,2}"
)
# "Can you tell me", "does anyone know", "I would like to know": what is asked for stands behind.
_POLITE = (
    r"(?:(?:(?:est[- ]ce qu(?:e |['’]))?(?:tu|vous|on|qui|quelqu['’]un) (?:peu[xt]|pouvez|pourrai[st]|pourriez)"
    r"|(?:peux|pouvez|pourrais|pourriez|peut)[- ](?:tu|vous|on)|sauri(?:ez|ons)[- ]vous)(?: (?:me|nous)\b| m['’])?"
    r" ?(?:dire|expliquer|indiquer|montrer|préciser|rappeler)"
    r"|(?:est[- ]ce qu(?:e |['’]))?(?:qui|quelqu['’]un|tu|vous) (?:sait|sais|savez|saurait|saurais|sauriez)"
    r"|(?:sais|saurais)[- ]tu|(?:savez|sauriez)[- ]vous|(?:je ne|je|on ne) (?:sais|sait|comprends?) (?:pas|plus)"
    r"|(?:j['’]aimerais|je (?:voudrais|veux|souhaite(?:rais)?|cherche à)) (?:bien )?(?:savoir|comprendre)"
    r"|(?:dis|dites|explique[sz]?|montre[sz]?|indique[sz]?)(?:[- ](?:moi|nous))?),? "
)
_START = rf"{_GREETED}(?:{_POLITE})?"
_ARTICLE = (
    r"(?:(?:utiliser|prendre|choisir)\s+)?(?:[ld]['’]\s?(?:une?\s+)?|de l['’]\s?|(?:de la|les?|la|une?|des|du|de|ce"
    r"|cette|ces)\s+)?"
)
_ONE, _OTHER = _ARTICLE + r"(?P<one>\S.{0,60}?)", _ARTICLE + r"(?P<other>\S.{0,60}?)"
_TAIL = (
    r"(?=\s+(?:pour|dans|en|sur|quand|lorsqu|si|avec|chez|niveau|au niveau|lequel|laquelle|svp|stp|s['’]il|concrètement"
    r"|exactement|je|on|du coup|au juste|(?:que|quoi) (?:choisir|prendre|utiliser|préférer)|(?:est|sont|serait) (?:le "
    r"|la |les )?(?:mieux|meilleure?s?|préférable|plus))\b|\s{0,3}[,;:?!(]|\s[–—-]\s|\W{0,3}$)"
)
# "docker ou podman ?", and nothing else but a purpose: names of one or two words. Without its accent, "où" is "ou".
_NO_SIDE = (
    r"(?!(?:où|oui|non|si|plus|vrai|faux|gratuite?|payante?|avant|après|obligatoire|possible|existe|est|sur|sous|avec"
    r"|sans|dans|en"
    r"|pour|par|chez|à|de|mais|savoir|sais|sait|trouver|dire|voir|dis|montre\w{0,2}|je|tu|il|elle|on|nous|vous|pas|bien"
    r"|sinon|moins|autres?|alors|se|peut|puis|doit|faut|télécharger|cliquer|mettre|placer|sim|não|mais|menos|melhor"
    r"|com|sem|para|seja|então)\b)"
)
_SIDE = rf"{_NO_SIDE}[\w.#+/-]{{1,30}}(?: (?!(?:ou|pour)\b)[\w.#+/-]{{1,20}})?"
_SHORT_ARTICLE = r"(?:l['’]|(?:les?|la|une?|des|utiliser|choisir|prendre) )?"
_AIM = r"(?: pour [^?]{1,40})?\W*$"
_ASKS_WHICH = (
    r"lequel|laquelle|lesquel(?:le)?s|(?:que|quoi) (?:choisir|prendre|utiliser|préférer)"
    r"|(?:dois|doit|devrais|devrait|faut)[- ](?:je|on|il)\b.{0,20}? (?:choisir|prendre|utiliser|préférer|opter)"
    r"|(?:je|on|il) (?:dois|doit|devrais|faut) (?:choisir|prendre|utiliser|préférer)"
    r"|quand (?:est-ce qu['’e] ?)?(?:je |on |il )?(?:dois |doit |faut )?(?:faut-il |dois-je |doit-on )?"
    r"(?:utiliser|choisir|préférer|prendre)|(?:vaut|vaudrait)[- ]il mieux|mieux vaut|il vaut mieux"
    r"|qu['’]est[- ]ce qui est (?:le )?(?:mieux|plus)|c['’]est quoi le (?:mieux|meilleur)|quel(?:le)? est (?:le|la) "
    r"(?:mieux|meilleure?)"
    r"|(?:je|on) (?:prends?|choisi[st]|utilise) (?:quoi|lequel|laquelle)"
)
# "La différence", "la valeur par défaut": asks for a property of a thing, not for what it is.
_NO_TERM = (
    r"(?!\s+(?:les?\s+|la\s+|l['’]|une?\s+)?(?:différences?|valeurs?|commandes?|tailles?|ports?|versions?"
    r"|meilleure?s?|mieux"
    r"|syntaxe|étapes|avantages|inconvénients|limites?|comment|pourquoi|quand|combien)\b)"
)
_UNSET = (
    r"mets?|mettez|configure[sz]?|précise[sz]?|spécifie[sz]?|indique[sz]?|renseigne[sz]?|change[sz]?|définis|définit"
    r"|donne[sz]?"
    r"|passe[sz]?|choisi[st]|touche[sz]?|écri[st]|fais|fait|règle[sz]?"
)
# Verbs by which a task is told, where the ending alone would take English words and nouns.
_TASKS = (
    r"faire|mettre|remettre|permettre|rendre|lire|écrire|construire|produire|réduire|résoudre|joindre|étendre|attendre"
    r"|suivre|traduire|inclure|exclure|comprendre|prendre|apprendre|connaître|inscrire|introduire|répondre|transmettre"
    r"|(?!fichier|dossier|premier|dernier|clavier|papier|calendrier|atelier|métier|number|parser|header|marker"
    r"|delimiter"
    r"|filter|after|over|under|power|server|user|order|folder|character|either|other|whether)\w{2,20}(?:er|oir"
    r"|[^aeéoiu]ir)"
)
_FRENCH_WORDS = (
    r"(?:les?|la|une?|des|du|mon|ma|mes|son|sa|ses|ce|cet|cette|ces|plusieurs|tous|toutes|deux|en|dans|avec|sans|sur"
    r"|aux?|par|pour|de)\b|[ld]['’]"
)

FRENCH = Language(
    name="french",
    code="fr",
    common=(
        "le la les est sont un une des du de et ou ne pas pour sur avec que qui ce cette il elle au aux en "
        "dans par comment pourquoi quand où quel quelle quels quelles je tu nous vous on peut se sa son mon "
        "ma mes si entre faire a ai combien dois faut avez jusqu'à sans"
    ),
    openers=(
        r"et|mais|alors|donc|du coup|sinon|dans ce cas|qu['’]en est|quid|par exemple|comme quoi|ok|d['’]accord|ah bon"
        r"|ou (?:alors|bien|sinon|encore|plutôt|avec|sans|pour|les?|la|une?)|pourquoi pas|vraiment|c['’]est-à-dire|et "
        r"si"
    ),
    pointers=(
        r"il|elle|ils|elles|leurs?|lui|celui|celle|ceux|celles|ceci|cela|ça|ces?|cet|cette|autres?|même|plus|encore"
        r"|celui-ci|celui-là|celle-ci|celle-là|là-dedans|dedans|là-dessus|dessus|précédente?s?|ci-dessus|premi(?:er"
        r"|ère)"
        r"|deuxième|second|seconde|dernier|dernière|en question|pareil|idem"
    ),
    asks=(
        r"qui|que|quoi|qu['’]\w+|quand|où|pourquoi|comment|combien|quel\w*|lequel|laquelle|lesquel\w*|est|es|sont"
        r"|peut|peux"
        r"|puis|pouvez|faut|dois|doit|devrait|existe|y a|a-t-on|ai|as|avez|c['’]est quoi|à quoi|de quoi|avec quoi"
        r"|explique\w*"
        r"|décri\w*|donne\w*|montre\w*|dis|dites|compare\w*|défini\w*|liste\w*"
    ),
    articles="le|la|les",
    tasks=(
        r"s['’]il (?:te|vous) pla[iî]t|svp|stp|peux-tu|pouvez-vous|tu peux|explique\w*|expliquer|clarifie\w*"
        r"|précise\w*|signifie"
        r"|veut dire|exemples?|résume\w*|résumé|tradui\w*|texte|reformule\w*|simplifie\w*|détails?|détaille\w*"
        r"|simplement"
        r"|plus simple|en bref|autres mots|mots|termes|français|montre\w*|donne\w*"
    ),
    leans=r"il|elle|ils|elles|cela|ça|ceci|celui-ci|celle-ci|ceux-ci|celles-ci|ces|ce dernier|cette dernière|mais"
    r"|ainsi|en effet",
    asks_definition=(
        r"(?:qu['’ ]?est[- ]ce (?:que c['’]est(?: qu(?:e|['’]une?))?|qu['’]une?|que)|kesako|késako"
        r"|c['’ ]?est (?:quoi|koi)|c (?:quoi|koi)|(?:ça )?(?:signifie|veut dire) quoi|que (?:signifie(?:nt)?|ve(?:u"
        r"|ule)nt dire"
        r"|veut dire|désigne(?:nt)?)|(?:qu['’]est[- ]ce que )(?:signifie|veut dire)|qu['’]entend-on par"
        r"|qu['’]appelle[- ]t[- ]on"
        r"|(?:à|a) quoi (?:ça )?ser(?:t|vent)|ça sert à quoi"
        r"|(?:définis|définissez|définir|décris|décrivez|explique|expliquez)(?:[- ](?:moi|nous))?(?: ce qu['’]est| ce "
        r"que sont)?"
        r"|(?:parle|parlez)[- ]moi (?:de|du|des))" + _NO_TERM
    ),
    defines_behind=(
        r",?\s?\b(?:c['’ ]?est (?:quoi|koi)|c (?:quoi|koi)|qu['’]est[- ]ce que c['’]est|(?:ça )?(?:veut dire"
        r"|signifie) quoi"
        r"|(?:ça |cela )?(?:sert|servent) à quoi|à quoi ça sert|kesako|késako|ça veut dire quoi)"
    ),
    determiners="un|une|le|la|les|des",
    copulas=(
        "est|sont|signifie|désigne|désignent|représente|représentent|permet|permettent|fournit|décrit|veut dire"
        "|correspond à|sert à"
    ),
    naming="appelée?s?|nommée?s?|dénommée?s?|connue?s? sous le nom de|désignée?s? par",
    kinds={
        "comparison": (
            # To compare two files is a task, to compare one thing with another is not.
            r"\bdifférences?\b|\bcomparaisons?\b"
            r"|\bcomparatifs?\b|\bcomparée?s? (?:à|aux?|avec)\b"
            r"|\bcompar(?:e[rz]?|ons|ent)\b(?! (?:deux|plusieurs|des|mes|ces)\b)"
            r"(?=[^?]{4,80}\b(?:et|vs)\b|(?! une?\b)[^?]{4,60}\b(?:avec|aux?|à(?! l))\b)|\bdiffère\b"
            r"|\bdiffèrent (?:de|du|des|d['’]|l['’]un)|\bdifférente?s? "
            r"(?:de|du|des|d['’])"
            r"|\b(?:(?:vaut|vaudrait)[- ]il mieux|il vaut mieux|mieux vaut|plutôt)\b[^?]{2,60}\bou\b(?! (?:pas|non"
            r"|bien)\b)"
            r"|\b(?:est|serait)(?:[- ](?:ce|il))? (?:le |la )?(?:mieux|meilleure?|préférable"
            r"|plus \w{3,20})\b[^?]{1,60}\bou\b(?! (?:pas"
            r"|non)\b)"
            r"|\b(?:lequel|laquelle|lesquel(?:le)?s)\b (?:choisir|prendre|utiliser|préférer|est|dois|faut|sont|des "
            r"deux)"
            r"|\bou\b[^?]{1,60}[,:;?–—-]\W{0,3}(?:lequel|laquelle|quoi|que choisir|que prendre|qu['’]utiliser"
            r"|qu['’]est[- ]ce qui est|c['’]est quoi le|quel est le m)"
            r"|\b(?:dois|doit|devrais|devrait|faut|prends?|choisi[st])[- ](?:je|on|il)\b[^?]{2,80}\bou\b(?! (?:pas"
            r"|non|est-ce|bien)\b)"
            r"|\b(?:je|on|il) (?:dois|doit|devrais|faut|prends?) (?:utiliser |choisir |prendre "
            r")?[^?]{2,60}\bou\b(?! (?:pas|non|bien)\b)[^?]{2,60}\?"
            rf"|{_GREETED}{_SHORT_ARTICLE}{_SIDE} ou (?:bien )?{_SHORT_ARTICLE}{_SIDE}{_AIM}"
            r"|\S ou (?!(?:est|sont|se|puis|peut|trouve\w*|faut|dois|mettre|aller)\b)[^?]{1,40}\b(?:est|sont|serait|va"
            r"|marche|fonctionne) (?:le |la |les )?(?:mieux|meilleure?s?|préférable|plus (?!que\b)\w{3,20})\b"
            r"|\b(?:que|quoi) (?:choisir|prendre|préférer)\b[^?]{1,60}\bou\b(?! (?:pas|non)\b)"
            r"|\bentre\b[^?]{1,60}\bet\b[^?]{1,40}\b(?:lequel|laquelle|(?:que|quoi) (?:choisir|prendre|utiliser"
            r"|préférer)"
            r"|(?:choisi[st]|prends?|utilise) quoi)\b"
            r"|\bquand\b[^?]{0,30}\b(?:utiliser|utilise|choisir|préférer|prendre"
            r"|employer)\b[^?]{1,60}\b(?:plutôt qu(?:e\b"
            r"|['’])|au lieu d)"
            r"|\b(?:choisir|hésite|hésiter|trancher|préférer) entre\b|\bpar rapport (?:à|aux?)\b"
            r"|\bqu['’]est[- ]ce qui (?:distingue|différencie|change entre)\b|\ben quoi\b[^?]{1,60}\bdisting"
        ),
        "value": (
            r"\bpar défaut\b|\bvaleurs? (?:initiales?|standard|de base|prédéfinies?|d['’]origine|implicites?)\b"
            r"|\bsi (?:(?:je|on|l['’]on|tu|vous|nous) (?:ne |n['’])?|j['’]|n['’])(?:y |l['’]|les? |la |en )?"
            rf"(?:{_UNSET}) (?:rien|pas|aucune?|à rien|jamais)\b"
            r"|\bsi (?:je|on|l['’]on|tu|vous) (?:les? |la |l['’])?laisse[sz]?\b.{1,40}\bvide\b|\bsi (?:j['’]|on |vous "
            r")omet"
            r"|\bsans rien (?:configurer|préciser|mettre|changer|indiquer|spécifier)\b"
        ),
        "code": (
            r"(?<!par )(?<!deux )(?<!trois )(?<!quatre )(?<!cinq )\bexemples?\b|(?<!ligne de )\bcommande\b(?! en ligne)"
            r"|\bquelle (?:est l['’ae] ?)?(?:instruction|requête|syntaxe)\b"
            r"|\b(?:code|script|snippet|requête|extrait|instruction) (?:pour|permettant|qui permet|à utiliser)\b"
            r"|\b(?:bout|morceau|extrait) de code\b|\bmontre[sz]?[- ](?:moi|nous)\b(?! comment)|\bsyntaxe\b"
        ),
        "number": (
            r"\bcombien\b"
            r"|\b(?:quel(?:le)?s? (?:(?:est|sont|était|sera) )?|c['’]est quoi )(?:la |le |les |l['’])?(?:\w{3,12} "
            r")?(?:tailles?|durées?"
            r"|ports?|versions?|nombres?|pourcentages?|limites? (?:de|du|d['’]|max)|longueurs?|largeurs?|hauteurs?"
            r"|quantités?|délais?"
            r"|fréquences?|âge|prix|coûts?|vitesses?|proportions?|espace disque|résolutions?|débits?|poids"
            r"|capacités?|températures?|distances?|profondeurs?|altitudes?|pressions?|tensions?|puissances?|densités?"
            r"|masses?|superficies?|épaisseurs?)\b"
            r"|\b(?:taille|longueur|durée|nombre|limite) (?:max|min)(?:imale?|imum|i)?\b"
            r"|\bjusqu['’]à combien\b|\bà partir de quelle version\b"
        ),
        "date": (
            _START + r"quand (?:est[- ]ce qu(?:e |['’])(?!je|j['’]|on|il faut|tu|vous|nous)"
            r"|(?:a|ont|est|sont|sera|seront|était|fut|furent|sort|sortira|aura|commence|finit|date|arrive"
            r"|débute|se termine|expire|eut|naquit|mourut|éclata|débuta|commença|tomba|prit|parut)\b(?![- ]ce)"
            r"|(?:les? |la |l['’])[\w' -]{1,50}\b(?:a|ont|est|sont|sera|seront)[- ](?:t[- ])?(?:il|elle)s?\b)"
            r"|\bquand (?:a été|ont été|est sortie?|sortira|sera)\b|\b(?:depuis|c['’]est|jusqu['’]à|pour) quand\b|\S "
            r"quand\W*$"
            r"|\bquelle (?:est la )?(?:année|date)\b|\bquel (?:jour|mois|siècle)\b"
            r"|\bdate de (?:sortie|publication|création|parution|fin|naissance)\b"
        ),
        "how_to": (
            rf"(?:{_START}|\b)comment (?!se fait|ça se fait|(?:s['’]appell|se nomm)e(?:nt)?\b"
            r"|(?:puis-je |peut-on |je (?:peux |fais pour )|on (?:peut |fait pour )|faire pour )?"
            r"(?:savoir|connaître|voir|vérifier|trouver) (?:combien|quel|la version|le port|la valeur|la taille))"
            r"(?:(?:puis|peut|peux|pourrai|dois|doit|devrai|faut|faudrait|est-ce|est ce|faire|se|s['’]|ça|cela|je"
            r"|j['’]|tu|vous|nous"
            r"|l['’]|les? |la |une? |mes? |mon |ma |fonctionne|marche|utilise|procéder|ne (?:pas|plus)|bien "
            r"(?:utiliser|faire)|y |n['’]"
            r"|on (?:fait|peut|doit|met|configure|installe|crée|ajoute|supprime|utilise|active|désactive|lance|trouve"
            r"|gère|sait"
            r"|définit|écrit|modifie|récupère|enlève|passe|affiche|envoie|s['’]|se|y|en|les?|la|l['’]|devrait"
            r"|pourrait|ouvre|démarre"
            rf"|arrête|accède|vérifie|exporte|importe|appelle|change (?:de|les?|la|mon|ma|un)))\b|(?:{_TASKS}|fait-on"
            r"|modifier|exporter|dit-on|écrit-on"
            r"|importer|filtrer)\b(?! (?:a|the|on|in|at|is|for|my|text|style|or|and|to)\b)"
            # "Comment est calculé", "comment sont faites": behind the verb a participle.
            r"|(?:est|sont) (?!notre\b|votre\b|cette\b|comme\b)\w{3,20}(?:[éiu]|it|is)e?s?\b)"
            r"|\b(?:fait|fais|faites|faire|procède|s['’]y prend) comment\b|\bça (?:marche|fonctionne) comment\b"
            r"|\b(?:que|quoi) faire\b|\bque (?:dois-je|faut-il|puis-je|doit-on|peut-on) faire\b"
            r"|\bqu['’]est[- ]ce que (?:je|on) (?:fais|dois faire|peux faire|fait)\b|\bcomment s['’]y prendre\b"
            r"|\b(?:étapes|procédure|marche à suivre|démarche|tuto(?:riel)?) (?:pour|d['’]|de)\b|\bmarche à suivre\b"
            r"|\b(?:moyen|façon|manière|méthode) (?:de|d['’]|pour) ?\w"
            # "Je dois payer ?" asks whether.
            rf"|{_START}(?:je (?:veux|voudrais|souhaite|souhaiterais|cherche (?:à|comment)|n['’]arrive pas à"
            r"|peux pas"
            r"|ne peux pas|n['’]arrive plus à)|j['’](?:aimerais|essaie d|essaye d)|(?:je dois|j['’]ai besoin d|(?:il )?"
            r"(?:me )?faudrait|besoin d(?:e|['’]))(?![^?]{0,200}\?\W*$))"
            r"(?! ?(?:bien )?(?:savoir|comprendre) (?:combien|quel|pourquoi|si|quand|ce|où|qui|à quoi))"
            rf"|{_START}(?:ne (?:pas|plus) )?(?:{_TASKS}) (?:automatiquement |plusieurs )?(?:{_FRENCH_WORDS})"
        ),
        "person": (
            _START + r"(?:par |de |à |avec |pour |chez )?qui\b|\b(?:par|grâce à) qui\b|\bc['’]est qui\b|\bqui "
            r"(?:est-ce qui|a créé|a écrit)\b"
            r"|\bquel(?:le)?s? (?:est |sont )?(?:l['’]|les |la |le )?(?:auteur|développeur|créateur|mainteneur"
            r"|responsable|personne)s?\b"
        ),
        "place": (
            rf"{_START}(?:d['’])?où\b(?! (?:alors|bien|sinon|encore|plutôt)\b)"
            r"|\boù (?:se|s['’]|est|sont|puis-je|peut-on|trouver|faut-il|dois-je|doit-on|mettre|placer|est-ce)\b"
            r"|\b(?:est|sont|va|vont|met|trouve|trouvent|mets|fichiers?|logs?|config) où\W*$|\bà quel endroit\b"
            r"|\b(?:dans|sur|de) quel(?:le)?s? (?:dossier|répertoire|emplacement|endroit|menu|section|onglet|page"
            r"|ville|pays|région)s?\b"
        ),
        "reason": (
            rf"(?:{_START}|\b)pourquoi\b|\bpour quelles? raisons?\b|\b(?:quelle est|connaître) la (?:raison|cause)\b"
            r"|\bl(?:a|es) raisons?\b|\bles causes\b|\bà cause de quoi\b|\bcomment (?:se fait[- ]il|ça se fait"
            r"|cela se fait)\b"
            r"|\bd['’]où vien(?:t|nent) (?:(?:cet|cette|ces?|les?|l['’]|mon|mes|ma) ?)?(?:erreur|problème|message|bug"
            r"|bogue"
            r"|panne|plantage|échec|lenteur|alerte)"
            r"|\bqu['’]est[- ]ce qui (?:provoque|cause|explique|fait qu)|\bpourkoi\b"
            rf"|{_START}pq (?:les?|la|ça|il|elle|c['’]|on|je|j['’]|mon|ma|est|mes)\b"
        ),
        "list": (
            r"\bquel(?:le)?s (?:sont|autres)\b"
            rf"|{_GREETED}(?:avantages|inconvénients|étapes|types|fonctionnalités|caractéristiques|limitations"
            r"|(?:le )?pour et (?:le )?contre)\b"
            rf"|{_START}(?:cite[rz]?|nomme[rz]?|mentionne[rz]?|liste[rz]?|donne[rz]?) (?:au moins |les )?(?:deux|trois"
            r"|quatre|cinq|six|dix|\d{1,2}|quelques|plusieurs)\b|\b(?:citez|nommez|mentionnez) (?:les|des)\b"
            # What is needed for something, what is inside.
            r"|\bde quoi (?:ai-je|a-t-on|avons-nous|aurai-je|(?:j['’]ai|on a)) (?:\w{3,9} )?besoin\b"
            r"|\b(?:que |qu['’]est[- ]ce qu['’]il (?:me )?|qu['’])(?:faut(?:-il)?|faudrait(?:-il)?) (?:avoir )?pour\b"
            rf"|{_START}qu(?:e |['’]est[- ]ce que )contien(?:t|nent)\b"
            r"|\bqu(?:['’]y a-t-il|['’]est[- ]ce qu['’]il y a|['’]est[- ]ce que contient) (?:dans|à l['’]intérieur)\b"
            r"|\bquel(?:le)?s (?:\w{3,12} )?(?:valeurs|options|paramètres|formats|champs|types|arguments|attributs"
            r"|méthodes|fonctions"
            r"|outils|langues|langages|plateformes|systèmes|navigateurs|modules|extensions|plugins|rôles|droits"
            r"|permissions"
            r"|événements|niveaux|modes|états|commandes|étapes|avantages|inconvénients|limites|limitations"
            r"|fonctionnalités|prérequis"
            r"|variables|bases|bibliothèques|alternatives|règles|sortes|genres|moyens|propriétés|composants|fichiers"
            r"|réglages"
            r"|conditions|protocoles|distributions|services|ressources)\b"
            r"|\blistes? (?:des|de|complète|d['’])|\bénum[eè]re|\bdonne[sz]?[- ]moi (?:la liste|tou(?:te)?s)\b"
            r"|\by a[- ]t[- ]il (?:d['’]autres|plusieurs|comme)\b|\bquoi comme\b|\b(?:il|qu['’]il) y a comme\b"
            r"|\bquelles? sortes? de\b|\bquels? (?:types?|genres?) (?:de|d['’])"
            r"|\b(?:les|des) (?:étapes|avantages|inconvénients|prérequis|fonctionnalités|types|options|limites) (?:de"
            r"|du|des|d['’]|pour)"
            r"|\bpr[ée]requis\b|\btou(?:te)?s les (?:options|valeurs|paramètres|commandes|formats|types)\b"
        ),
        "definition": (
            r"\bqu['’ ]?est[- ]ce qu(?:e\b|['’])(?! ?(?:je|j['’]|tu|on|vous|nous|il faut|se passe)\b)|\bc['’ ]?est "
            r"(?:quoi|koi)\b"
            r"|\bc (?:quoi|koi)\b|\bk[eé]sako\b|\b(?:veut|veulent|vouloir|veux) dire\b|\bsignifi(?:e|ent|cation)\b"
            r"|\bdéfini(?:s|tion|ssez)\b|\bà quoi (?:ça |cela )?(?:ser(?:t|vent)|correspond)|\bser(?:t"
            r"|vent)[^?]{0,60} à quoi\b"
            r"|\bqu['’](?:entend-on|appelle-t-on)\b|\bintérêt (?:de|du|d['’])|\brôle (?:de|du|d['’])"
            r"|\bexplique[rz]?(?:[- ](?:moi|nous))?\b(?! (?:comment|pourquoi)\b)"
            rf"|{_START}(?:ce qu['’]est|ce que (?:sont|signifi|c['’]est))|{_GREETED}décri(?:s|vez|re)(?:[- ](?:moi"
            rf"|nous))?\b"
            r"(?! (?:comment|pourquoi)\b)"
            r"|\bquel(?:le)? est (?:le but|l['’](?:objectif|utilité)|la (?:finalité|fonction d)|le rôle)"
            r"|\ben quoi consiste"
            rf"|\bquels? rôles? (?:jou|rempli|tien)|{_START}que (?:fait|font)\b(?![- ](?:on|je|il|elle|tu|vous))"
        ),
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
    asking=(
        "qui que quoi quand où pourquoi comment combien quel quelle quels quelles lequel laquelle est-ce "
        "qu'est-ce c'est svp stp plaît bonjour expliquer explique explication dire dis dites montrer montre "
        "donner donne exemple exemples différence différences différent comparer utiliser utilise utilisation "
        "veux veut voudrais aimerais souhaite cherche besoin faut faudrait devoir dois doit pouvoir peux peut "
        "puis pouvez façon manière moyen possible bon bonne bien mieux meilleur meilleure signifie veulent sert "
        "servir servent défaut exactement simplement rapidement concrètement juste vraiment faire fait fais "
        "marche fonctionne sais choisir prendre existe alors donc sinon aussi aide comprendre"
    ),
    reasons=(
        r"parce qu(?:e|['’])|car|puisqu(?:e|['’])|comme|en raison|à cause|grâce à|afin d|afin qu|pour qu(?:e|['’])"
        r"|pour éviter|pour ne pas"
        r"|de sorte qu|de façon à|de manière à|sinon|sans quoi|donc|c['’]est pourquoi|c['’]est pour (?:ça|cela)|par "
        r"conséquent"
        r"|en conséquence|ainsi|raisons?|dû à|due à|dus à|provoqu\w{1,6}|caus(?:e|é|ée|ent|er)|empêch\w{1,5}|évit(?:e"
        r"|er|ent|ant)"
        r"|entraîn\w{1,5}|vu qu|étant donné|permet(?:tent)? d"
    ),
    numbers=(
        "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|vingt|trente|cent|cents|mille|millions?"
        "|milliards?"
        "|moitié|demi|demie|(?:un|deux) tiers|quart|double|triple|douzaines?|dizaines?|centaines?|milliers?"
        "|deux fois|une fois|pour cent"
    ),
    months="janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    compares=(
        rf"\b(?:différencie|distingue|sépare)(?:nt|r|z)?\s+{_ONE}\s+(?:et|(?:de|des|du)(?=\s)"
        rf"|(?=d['’]))\s*{_OTHER}{_TAIL}",
        rf"\b(?:entre|compare[rz]?|comparaison|comparatif|différences? (?=de))\s+{_ONE},?\s+(?:et|ou|vs\.?|versus"
        rf"|avec|à)\s+{_OTHER}{_TAIL}",
        rf"\b(?:en quoi|comment|pourquoi)\s+(?:est-ce qu(?:e\s+|['’]))?{_ONE}\s+(?:diffère|diffèrent|se "
        r"distingue(?:nt)?|sont|est)"
        r"(?:[- ]t?-?(?:il|elle)s?)?(?:\s+différente?s?)?"
        rf"\s+(?:de|des|du|(?=d['’]))\s*{_OTHER}{_TAIL}",
        r"\b(?:dois|doit|devrais|devrait|faut|vaut|vaudrait|prends?|choisi[st])[- ](?:je|on|il)\s+(?:(?:mieux"
        r"|plutôt)\s+)?"
        rf"(?:(?:utiliser|choisir|prendre|préférer|opter pour)\s+)?{_ONE},?\s+ou\s+(?:bien\s+"
        rf"|plutôt\s+)?{_OTHER}{_TAIL}",
        r"\b(?:je|on|il)\s+(?:dois|doit|devrais|faut|vaut|prends?|choisi[st])\s+(?:(?:mieux|plutôt)\s+)?"
        rf"(?:(?:utiliser|choisir|prendre|préférer)\s+)?{_ONE},?\s+ou\s+(?:bien\s+|plutôt\s+)?{_OTHER}{_TAIL}",
        r"\b(?:lequel|laquelle|qu['’]est[- ]ce qui|que|quoi|c['’]est quoi)\b[^,:]{1,60}[,:]\s{0,3}"
        rf"{_ONE},?\s+ou\s+(?:bien\s+)?{_OTHER}{_TAIL}",
        r"\b(?:est|serait|vaut)\s+(?:le\s+|la\s+)?(?:mieux|meilleure?|préférable|plus\s\w{3,20})\W{1,3}(?:d['’]|de\s+)?"
        rf"{_ONE},?\s+ou\s+(?:bien\s+)?{_OTHER}{_TAIL}",
        rf"{_START}{_ONE}\s+(?:vs\.?|versus|contre|(?:par rapport|comparée?s?) (?:à|aux?))\s+{_OTHER}{_TAIL}",
        rf"\b(?:que|quoi)\s+(?:choisir|prendre|préférer)\W{{1,3}}{_ONE},?\s+ou\s+(?:bien\s+)?{_OTHER}{_TAIL}",
        r"\b(?:utiliser|utilise|choisir|préférer|prendre|employer)\s+"
        rf"{_ONE}\s+(?:plutôt\s+que\s+|plutôt\s+qu['’]|au\s+lieu\s+(?:de\s+|d['’])){_OTHER}{_TAIL}",
        rf"{_START}{_ONE}\s+ou\s+(?:bien\s+|plutôt\s+)?{_OTHER}\s{{0,2}}[,:;?–—-]\s{{0,2}}(?:lequel|laquelle|que|quoi"
        r"|qu['’]|c['’]est|quel"
        r"|je|on|il|pour)",
        rf"{_START}(?:est[- ]ce\s+qu(?:e\s+|['’]))?{_ONE}\s+ou\s+(?:bien\s+)?{_OTHER}\s+(?:est|sont|serait|que|quoi)\s+"
        r"(?:le\s+|la\s+|les\s+)?(?:mieux|meilleure?s?|préférable|plus|choisir|prendre|utiliser|préférer)\b",
        rf"{_GREETED}{_SHORT_ARTICLE}(?P<one>{_SIDE}) ou (?:bien )?{_SHORT_ARTICLE}(?P<other>{_SIDE}){_AIM}",
    ),
    asks_which=_ASKS_WHICH,
)
