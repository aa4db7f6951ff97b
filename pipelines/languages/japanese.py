"""Japanese."""

from pipelines.languages.language import Language

JAPANESE = Language(
    name="japanese",
    code="ja",
    folded=True,
    letters="\u3041-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    openers="では\\w{0,20}|じゃあ\\w{0,20}|それで\\w{0,20}|でも\\w{0,20}|また\\w{0,20}|例えば|たとえば",
    # Words stand in one run: what is around them belongs to the match.
    pointers="\\w{0,20}(?:それら?|これら?|あれ|その|この|彼|彼女|他の|別の|もっと|前者|後者)\\w{0,20}",
    asks="\\w{0,40}(?:何|誰|いつ|どこ|なぜ|どうして|どう|どの|どれ|いくつ|ですか|ますか)\\w{0,20}",
    articles="",
    tasks="\\w{0,6}(?:説明|要約|翻訳|例を|簡単に|どういう意味)\\w{0,10}",
    leans="(?:それ|これ|その|この|しかし|また|そのため|ただし)\\w{0,40}",
    asks_definition="定義",
    defines_behind="とは(?:何(?:です)?か?|なん(?:です)?か?|どういう(?:もの|意味)ですか)?|って何(?:ですか)?|は何ですか",
    determiners="一つの|この",
    copulas="とは|は",
    naming="と呼ばれ|という",
    kinds={
        "comparison": "違い|比較|異な",
        "value": "デフォルト|既定値|初期値",
        "code": "コード|コマンド|例",
        "number": "いくつ|何個|何週|何人|どれくらい|どのくらい",
        "date": "いつ|何年|何日",
        "how_to": "どうやって|どのように|方法|するには",
        "person": "誰|だれ",
        "place": "どこ",
        "reason": "なぜ|どうして|理由",
        "list": "一覧|手順|種類|どんな",
        "definition": "とは|って何|は何ですか",
    },
    negations=frozenset(["ない", "ません", "無", "不", "非", "未"]),
    abbreviations="",
    before_numbers="図|表|第",
    quoted="**ドキュメントからの引用：**",
    nothing_quoted="**この質問への答えとして引用できるものはドキュメントにありません**",
    greetings="こんにちは|こんばんは|おはよう(?:ございます)?|やあ|どうも|ハロー|もしもし",
    thanks="ありがとう(?:ございま(?:す|した))?|どうもありがとう(?:ございます)?|感謝します|助かりました|すごい|素晴らしい|了解(?:です)?|さようなら|またね",
    about_assistant=(
        "(?:あなた|君)は(?:誰|だれ|何)(?:です)?か?|お?名前は(?:何ですか)?|あなたは(?:ロボット|ボット|人間)ですか"
        "|何が?でき(?:ます|る)か?|何ができますか|ヘルプ|助けて(?:ください)?"
    ),
    hello="こんにちは。このドキュメントについて何でも質問してください。",
    welcome="どういたしまして。ほかにも分からないことがあれば質問してください。",
    called="{}です。",
    introduction="このドキュメントをもとに質問に答え、文ごとに出典の節を示します。",
    examples="例えば：",
    example_question="ドキュメントには「{}」について何と書いてありますか？",
    refusal="ドキュメントにはこの質問の答えがありません。近い節を下に示します。",
    capitals_are_names=False,
)
