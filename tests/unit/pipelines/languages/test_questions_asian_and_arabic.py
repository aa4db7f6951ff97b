"""What kind of answer readers wait for, and what they compare, in Japanese, Chinese, Urdu, Hindi and Arabic."""

import re

import pytest

from pipelines.answering.question_kinds import question_kind
from pipelines.languages.known import LANGUAGES
from pipelines.languages.scripts import unaccented

SPOKEN = ("japanese", "chinese", "urdu", "hindi", "arabic")
JAPANESE = [
    ("apt removeとpurgeどう違うの", "comparison"),
    ("リストとタプルの違いを教えてください", "comparison"),
    ("npm と yarn どっち使えばいい？", "comparison"),
    ("タイムアウトのデフォルト値は？", "value"),
    ("何も指定しないとどうなりますか", "value"),
    ("ログを表示するコマンドは何ですか？", "code"),
    ("ブランチを消すにはどのコマンドを使いますか？", "code"),
    ("useEffectのサンプルを見せて", "code"),
    ("どのファイルに書けばいいですか", "other"),
    ("リトライは何回まで？", "number"),
    ("アップロードできるサイズの上限は？", "number"),
    ("SIGKILLって何番", "number"),
    ("ビルドにどれくらいかかりますか", "number"),
    ("このライブラリには何個のモードがありますか", "number"),
    ("バージョン2はいつリリースされましたか", "date"),
    ("デフォルトのポートを変更するには？", "how_to"),
    ("タイムゾーンを変えたい", "how_to"),
    ("バイナリをcatしたら文字化けした 直し方", "how_to"),
    ("画像を削除する", "how_to"),
    ("プロキシ設定 変更", "how_to"),
    ("md5のチェックサムを作ってファイルが壊れてないか確認する", "how_to"),
    ("エラーが出たらどうすればいいですか", "how_to"),
    ("これ作ったの誰？", "person"),
    ("設定ファイルはどこにありますか", "place"),
    ("自動アップグレードがデフォルトでオフなのはなぜ", "reason"),
    ("なんで再起動しないといけないんですか", "reason"),
    ("どんなオプションがありますか？", "list"),
    ("インストールの手順を教えて", "list"),
    ("使える値は？", "list"),
    ("tmpfsとは", "definition"),
    ("ミドルウェアって何？", "definition"),
    ("スティッキービットって何のためにあるんですか", "definition"),
    ("PAMってどういう役割？", "definition"),
    ("このエラーの意味は？", "definition"),
    ("Windowsでも使うことはできますか", "other"),
    ("例外は再送出されますか", "other"),
    ("いつ useMemo を使うべきですか", "other"),
    ("入力の間違いは検出されますか", "other"),
]
CHINESE = [
    ("启动参数和节点参数有什么区别？", "comparison"),
    ("该用 npm 还是 yarn", "comparison"),
    ("GET 跟 POST 有啥不一样", "comparison"),
    ("列表和元组哪个更快", "comparison"),
    ("默认端口是多少？", "value"),
    ("不设置 timeout 会怎样", "value"),
    ("用哪个命令删除分支？", "code"),
    ("给我一个如何使用 hook 的例子", "code"),
    ("应该写在哪个文件里", "other"),
    ("有没有示例代码", "code"),
    ("最多能重试几次？", "number"),
    ("运行需要多少内存", "number"),
    ("构建要多久", "number"),
    ("2.0 是什么时候发布的", "date"),
    ("怎么修改默认端口", "how_to"),
    ("默认端口怎么改", "how_to"),
    ("如何在 Windows 上安装", "how_to"),
    ("编译失败了怎么办？", "how_to"),
    ("我想禁用日志", "how_to"),
    ("删除一个分支", "how_to"),
    ("有什么办法可以跳过测试", "how_to"),
    ("这个是谁写的", "person"),
    ("配置文件在哪里", "place"),
    ("为什么构建失败", "reason"),
    ("日志默认是关闭的，为什么？", "reason"),
    ("按钮怎么不显示", "reason"),
    ("支持哪些格式", "list"),
    ("部署的步骤", "list"),
    ("什么是中间件", "definition"),
    ("RTK Query 是用来做什么的？", "definition"),
    ("这个字段啥意思", "definition"),
    ("怎么理解闭包", "definition"),
    ("可以在不同的环境中运行吗", "other"),
    ("支持多重继承吗", "other"),
    ("什么时候该用 useMemo", "other"),
    ("性能怎么样", "other"),
    ("这段代码能在 Windows 上运行吗", "other"),
    ("save 方法会抛出异常吗", "other"),
]  # fmt: skip
URDU = [
    ("لسٹ اور ٹپل میں کیا فرق ہے؟", "comparison"),
    ("npm یا yarn کون سا بہتر ہے", "comparison"),
    ("ڈیفالٹ پورٹ کیا ہے؟", "value"),
    ("createSlice کی ایک چھوٹی مثال دکھائیں", "code"),
    ("برانچ حذف کرنے کی کمانڈ کیا ہے", "code"),
    ("کتنی میموری چاہیے؟", "number"),
    ("ورژن 2 کب جاری ہوا", "date"),
    ("ڈیفالٹ پورٹ کیسے تبدیل کریں؟", "how_to"),
    ("پیکج انسٹال کرنے کا طریقہ", "how_to"),
    ("اسے کس نے بنایا", "person"),
    ("کنفگ فائل کہاں ہوتی ہے", "place"),
    ("بلڈ کیوں فیل ہوتا ہے", "reason"),
    ("کون کون سے فارمیٹ سپورٹ ہوتے ہیں", "list"),
    ("JWT کیا ہوتا ہے، سمجھائیں", "definition"),
    ("مڈل ویئر کیا ہے؟", "definition"),
    ("useMemo کب استعمال کرنا چاہیے", "other"),
]
HINDI = [
    ("लिस्ट और टपल में क्या अंतर है?", "comparison"),
    ("npm या yarn कौन सा बेहतर है", "comparison"),
    ("डिफ़ॉल्ट पोर्ट क्या है?", "value"),
    ("सभी चल रहे नोड्स की सूची देखने की कमांड क्या है?", "code"),
    ("createSlice का एक उदाहरण दिखाओ", "code"),
    ("वर्कस्टेशन में कितनी RAM होनी चाहिए?", "number"),
    ("संस्करण 2 कब जारी हुआ", "date"),
    ("डिफ़ॉल्ट पोर्ट कैसे बदलें?", "how_to"),
    ("मुझे ब्रांच डिलीट करना है", "how_to"),
    ("package kaise install kare", "how_to"),
    ("इसे किसने बनाया", "person"),
    ("कॉन्फ़िग फ़ाइल कहाँ रहती है", "place"),
    ("rclpy.spin() क्यों ज़रूरी है?", "reason"),
    ("कौन कौन से फ़ॉर्मेट चलते हैं", "list"),
    ("URDF क्या होता है?", "definition"),
    ("फिजिकल एआई किसे कहते हैं?", "definition"),
    ("निरंतर एकीकरण क्या है", "definition"),
    ("क्या मैं इसे MacBook पर चला सकता हूँ?", "other"),
]
ARABIC = [
    ("ما الفرق بين القائمة والصف؟", "comparison"),
    ("هل أستخدم npm أم yarn؟", "comparison"),
    ("ما هي القيمة الافتراضية للمهلة؟", "value"),
    ("ماذا يحدث إذا لم أحدد المنفذ؟", "value"),
    ("اعطني مثال على hook", "code"),
    ("بأي أمر أحذف الفرع؟", "code"),
    ("كم من الوقت يحتفظ بالبيانات؟", "number"),
    ("متى صدر الإصدار الثاني؟", "date"),
    ("كيف أغير المنفذ الافتراضي؟", "how_to"),
    ("ما أفضل طريقة لاختبار المكونات؟", "how_to"),
    ("اريد حذف فرع", "how_to"),
    ("من كتب هذا الكتاب؟", "person"),
    ("اين يوجد ملف الإعدادات؟", "place"),
    ("لماذا يفشل البناء؟", "reason"),
    ("ليش ما يشتغل", "reason"),
    ("ما القيم التي يقبلها الوسيط scope؟", "list"),
    ("ما هي البيئة الافتراضية؟", "definition"),
    ("ما هي صيغة JSON Lines؟", "definition"),
    ("يعني ايه middleware", "definition"),
    ("هل يعمل على ويندوز؟", "other"),
]
COMPARED = [
    ("japanese", "apt removeとpurgeどう違うの", "apt remove", "purge"),
    ("japanese", "su と su -l の違いは", "su", "su -l"),
    ("japanese", "WaylandとX Windowって何が違う", "Wayland", "X Window"),
    ("japanese", "Pythonのリストとタプルの違いを教えてください", "リスト", "タプル"),
    ("japanese", "npm と yarn どっち使えばいい", "npm", "yarn"),
    ("japanese", "プロセスかスレッド、どちらを使うべきですか", "プロセス", "スレッド"),
    ("japanese", "useStateはuseReducerとどう違いますか", "useState", "useReducer"),
    ("japanese", "クラスを使うべきですか、それとも関数ですか", "クラスを使うべき", "関数"),
    ("japanese", "クラスvs関数", "クラス", "関数"),
    ("japanese", "値を渡すことと参照を渡すことの違い", "値を渡すこと", "参照を渡すこと"),
    ("japanese", "初心者には Vue と React のどちらがいいですか", "Vue", "React"),
    ("chinese", "启动参数（launch argument）和节点参数有什么区别", "启动参数（launch argument）", "节点参数"),
    ("chinese", "URDF 里 visual 和 collision 有什么不同", "visual", "collision"),
    ("chinese", "请问在 Python 中，列表与元组的区别是什么", "列表", "元组"),
    ("chinese", "Python中列表和元组的区别", "列表", "元组"),
    ("chinese", "中间件和路由的区别", "中间件", "路由"),
    ("chinese", "我该用 npm 还是 yarn", "npm", "yarn"),
    ("chinese", "A 好还是 B 好", "A", "B"),
    ("chinese", "进程和线程哪个更快", "进程", "线程"),
    ("chinese", "类vs函数", "类", "函数"),
    ("chinese", "比较一下 GET 和 POST", "GET", "POST"),
    ("chinese", "Redux比Context好在哪里", "Redux", "Context"),
    ("urdu", "لسٹ اور ٹپل میں کیا فرق ہے", "لسٹ", "ٹپل"),
    ("urdu", "npm یا yarn کون سا بہتر ہے", "npm", "yarn"),
    ("urdu", "Python میں لسٹ اور ٹپل کے درمیان فرق", "لسٹ", "ٹپل"),
    ("urdu", "GET بمقابلہ POST", "GET", "POST"),
    ("urdu", "میں npm استعمال کروں یا yarn", "npm", "yarn"),
    ("hindi", "लिस्ट और टपल में क्या अंतर है", "लिस्ट", "टपल"),
    ("hindi", "npm या yarn कौन सा बेहतर है", "npm", "yarn"),
    ("hindi", "Python में लिस्ट और टपल के बीच फ़र्क", "लिस्ट", "टपल"),
    ("hindi", "GET बनाम POST", "GET", "POST"),
    ("hindi", "GET POST से कैसे अलग है", "GET", "POST"),
    ("arabic", "ما الفرق بين القائمة والصف في بايثون", "القائمة", "الصف"),
    ("arabic", "ما الفرق بين GET و POST", "GET", "POST"),
    ("arabic", "هل أستخدم npm أم yarn", "npm", "yarn"),
    ("arabic", "كيف يختلف useState عن useReducer", "useState", "useReducer"),
    ("arabic", "أيهما أفضل Vue أم React للمبتدئين", "Vue", "React"),
]
ENGLISH = [
    ("How do I comment out a line?", "how_to"),
    ("What is a middleware?", "definition"),
    ("Why does the build fail?", "reason"),
    ("Which port does it use by default?", "value"),
    ("When was version 2 released?", "date"),
    ("Who wrote it?", "person"),
    ("Where is the config file stored?", "place"),
    ("What is the difference between a list and a tuple?", "comparison"),
    ("Show me an example of a hook", "code"),
    ("How many retries are there?", "number"),
    ("Which options does the command line take?", "list"),
    ("Can I use it with VS Code?", "other"),
    ("merge vs rebase", "comparison"),
    ("delete a branch", "how_to"),
    ("Is MATLAB supported?", "other"),
    ("What happens when the man page is missing?", "other"),
]


def sides(language: str, question: str) -> tuple[str, str] | None:
    asked = unaccented(question)
    patterns = (re.compile(unaccented(one), re.IGNORECASE) for one in LANGUAGES[language].compares)
    found = next((match for one in patterns if (match := one.search(asked))), None)
    return (found["one"], found["other"]) if found else None


@pytest.mark.parametrize(("question", "kind"), JAPANESE + CHINESE + URDU + HINDI + ARABIC)
def test_what_a_reader_waits_for(question: str, kind: str) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize(("question", "kind"), ENGLISH)
def test_english_questions_are_as_before(question: str, kind: str) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize(("language", "question", "one", "other"), COMPARED)
def test_what_a_question_compares(language: str, question: str, one: str, other: str) -> None:
    assert sides(language, question) == (one, other)


@pytest.mark.parametrize(("question", "_"), ENGLISH)
def test_no_side_is_found_in_an_english_question(question: str, _: str) -> None:
    assert [name for name in SPOKEN if sides(name, question)] == []
