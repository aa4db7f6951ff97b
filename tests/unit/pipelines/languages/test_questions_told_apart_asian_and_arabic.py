"""Questions that look like one of another kind, in Japanese, Chinese, Urdu, Hindi and Arabic."""

import re
import time

import pytest

from pipelines.answering.compared_sides import compared_sides
from pipelines.answering.question_kinds import QuestionKind, has_cue, question_kind
from pipelines.languages.known import LANGUAGES
from pipelines.languages.scripts import unaccented

# Of each kind, also what only resembles another: "compare" as a task, "still" for "or", "for ten" for a count.
KINDS: dict[str, dict[QuestionKind, list[str]]] = {
    "japanese": {
        "comparison": [
            "docker か podman", "docker か podman ?", "DockerかPodmanどっちがいい？",
            "リストとタプルを比較してください", "性能比較を教えて", "ReactとVueの比較",
            "プロセスとスレッドの区別を述べよ", "JavaとKotlinを比べるとどちらが速い？",
            "リストとタプルの違いを説明してください", "useMemoの代わりにuseCallbackを使うのはいつですか",
            "クラスではなく関数を使うのはどんなとき？", "RESTとGraphQLはどう異なりますか", "リストかタプルか？",
            "どんなときに useCallback ではなく useMemo を使いますか", "Vue は React と比べて速いですか",
            "以前のバージョンと比較して何が変わりましたか",
        ],
        "code": [
            "useEffectの例を見せて", "一覧を表示するコマンドは？", "二つのファイルを比較するコマンドは？",
        ],
        "number": [
            "水の沸点は", "水の沸点は何度ですか", "鉄の融点を教えて", "プランはいくらですか", "月額いくらでしょうか",
            "料金はいくらですか？", "価格はいくら", "水は何度で沸騰しますか", "ライセンスは何円ですか",
            "インストールにいくらかかりますか",
        ],
        "date": [
            "いつまで使えますか", "いつから使えますか", "この版はいつまで使えるのですか",
        ],
        "how_to": [
            "ファイルを比較するには？", "二つのファイルを比較する方法", "二つのブランチを比較したい",
            "どうやって画像を比較しますか", "インストール方法を説明してください",
            "どなたかインストール方法を教えてください", "どなたか設定の仕方わかりますか", "ログインできません",
            "ファイルを開けないんですが",
        ],
        "person": [
            "担当者はどなたですか", "著者は誰ですか",
        ],
        "reason": [
            "何がメモリリークを引き起こしますか", "何が原因でビルドが失敗しますか", "遅延を引き起こすのは何ですか",
            "なぜ失敗するのか説明してください", "なぜログインできないのですか", "ログインできない原因",
        ],
        "list": [
            "手順を説明してください", "例を三つ挙げよ", "哺乳類の例を3つ挙げてください", "コマンド一覧",
            "コマンドの一覧を見せて", "使えるコマンドのリスト",
        ],
        "definition": [
            "光合成を説明してください", "クロージャを簡単に説明せよ", "仮想メモリの概念を説明しなさい",
            "誰かクロージャとは何か教えて", "比較演算子とは何ですか", "列挙型とは", "虚数について述べよ",
        ],
        "other": [
            "使えるか不明か", "ファイルを比較できますか", "大文字と小文字を区別しますか",
            "大文字と小文字は区別されますか", "日付を比べることはできますか", "いつ使うべきですか",
            "いつまで待てばいいですか", "いくらでも追加できますか", "いくらか残っていますか",
            "異なるバージョンを同時に使えますか", "この機能はWindowsでは使えませんか",
            "日付は記録されない場合がありますか", "APIキーを説明欄に書いても良いか",
        ],
    },
    "chinese": {
        "comparison": [
            "docker還是podman", "docker还是podman？", "列表还是元组？", "docker 还是 podman 好",
            "mysql 或 postgres？", "react 和 vue 怎么选", "MySQL 与 PostgreSQL 如何选择？", "http与https的异同",
            "进程与线程的异同点是什么", "react或vue哪个更好", "npm 和 yarn 选哪个", "比较一下 GET 和 POST",
            "试比较冒泡排序与快速排序", "如何区分进程和线程", "npm和yarn比较",
            "什么时候用 useMemo 而不是 useCallback", "什么时候应该用接口而不用抽象类", "Redux比Context好在哪里",
            "mysql 比 postgres 快多少", "Vue 和 React 如何选择？", "A 比 B 好多少", "进程对比线程",
            "微服务还是单体？", "生产环境用 docker 还是 podman 比较好", "什么时候应该用接口而不用抽象类？",
            "http和https的异同点", "对比进程和线程", "可变 vs 不可变", "会话vs连接",
        ],
        "code": [
            "给我一个例子", "用哪个命令列出分支", "列表的代码示例", "创建分支的命令是什么",
        ],
        "how_to": [
            "怎么选字体和颜色", "怎么选择语言", "如何比较两个文件", "怎么对比两个版本", "如何用 diff 比较两个分支",
            "谁知道怎么安装插件", "有谁知道怎么重置密码", "解释器怎么安装", "命令行怎么打开", "如何选择数据库",
            "第一行和第二行怎么选中", "怎么把列表和元组合并", "我无法登录", "无法连接到服务器", "没办法打开文件",
        ],
        "person": [
            "谁开发了这个库", "谁维护这个项目", "谁会收到通知邮件", "谁能访问这个仓库",
        ],
        "place": [
            "谁知道配置文件在哪里", "说明书在哪里",
        ],
        "reason": [
            "什么导致构建失败", "是什么引起了内存泄漏", "什么原因会导致超时", "导致报错的原因",
            "为什么用 Redis 而不用 MySQL", "为什么还是红色？", "为什么我无法登录",
        ],
        "list": [
            "列举三个例子", "请举出三个哺乳动物的例子", "命令列表", "所有命令的清单", "列出所有命令", "有哪些命令",
        ],
        "definition": [
            "简述虚拟内存", "请简述 TCP 的概念", "论述封建制度的形成", "描述光合作用", "谁能告诉我什么是互斥锁",
            "能不能解释一下什么是闭包", "解释一下虚拟内存",
        ],
        "other": [
            "删除了还是不行", "重启还是不行", "还是不行", "重启之后还是报错", "按钮还是没反应", "可以比较两个文件吗",
            "能对比两个文件的内容吗", "程序区分大小写吗", "文件名区分大小写吗", "这会导致数据丢失吗",
            "mysql比postgres快吗", "Vue比React好吗", "删除操作会导致什么后果", "解释器崩溃", "安装还是失败？",
            "页面还是打不开呢", "支持对比文件吗", "可以用docker或podman吗", "不能为空吗",
        ],
    },
    "urdu": {
        "comparison": [
            "docker یا podman", "docker یا podman؟", "لسٹ یا ٹپل؟", "mysql یا postgres کون تیز ہے",
            "ایک tcp اور udp میں فرق", "tcp اور udp کا موازنہ کریں", "کیا فرق ہے tcp اور udp میں",
            "useMemo کی بجائے useCallback کب استعمال کریں", "کون سا بہتر چلتا ہے، npm یا yarn",
            "ssh یا telnet میں سے کیا زیادہ محفوظ ہے",
        ],
        "code": [
            "createSlice کی مثالیں دکھائیں", "فہرست دیکھنے کی کمانڈ کیا ہے", "ایک مثال دکھائیں",
        ],
        "number": [
            "کس درجہ حرارت پر پانی ابلتا ہے", "پرو پلان کی قیمت کیا ہے", "لائسنس کی فیس کیا ہے",
        ],
        "how_to": [
            "دو فائلوں کا موازنہ کیسے کریں", "مجھے دو فائلوں کا موازنہ کرنا ہے", "زبان بدلنی ہے",
            "مجھے فائل حذف کرنی ہے", "کسی کو پتہ ہے کیسے انسٹال کریں", "لاگ ان نہیں ہو رہا",
        ],
        "person": [
            "اس پروجیکٹ کو کون سنبھالتا ہے", "یہ سرور کون چلاتا ہے", "اسے کون بناتا ہے؟",
        ],
        "place": [
            "کنفگ فائل کہاں رکھنی ہے",
        ],
        "reason": [
            "آلودگی کے اسباب", "بلڈ فیل ہونے کے اسباب کیا ہیں", "ناکامی کی وجوہات بتائیں",
        ],
        "list": [
            "تین مثالیں دیں", "ممالیہ کی تین مثالیں لکھیں", "کمانڈ کی فہرست", "تمام کمانڈز کی فہرست دکھائیں",
            "توانائی کی اقسام",
        ],
        "definition": [
            "فوٹو سنتھیسز کی وضاحت کریں", "ضیائی تالیف کی تعریف کریں", "جمہوریت پر نوٹ لکھیں", "عمل تنفس بیان کریں",
            "کون بتا سکتا ہے کہ mutex کیا ہے",
        ],
        "other": [
            "ہاں یا نہیں", "کیا میں یہ استعمال کر سکتا ہوں یا نہیں", "کیا میں docker یا podman استعمال کر سکتا ہوں؟",
            "کیا میں دو فائلوں کا موازنہ کر سکتا ہوں", "اس سے کوئی فرق نہیں پڑتا",
            "کیا مجھے سرور دوبارہ شروع کرنا ہے؟",
        ],
    },
    "hindi": {
        "comparison": [
            "docker या podman", "docker या podman?", "लिस्ट या टपल?",
            "ssh या telnet में से क्या ज़्यादा सुरक्षित है", "mysql या postgres कौन तेज़ है",
            "mysql और postgres में कौन सा तेज़ है", "GET और POST की तुलना करें", "क्या अंतर है A और B में",
            "क्या फ़र्क है लिस्ट और टपल में?", "अंतर बताइए: माइटोसिस और मीओसिस",
            "useMemo की जगह useCallback कब इस्तेमाल करें", "कौन सा बेहतर चलता है, npm या yarn",
            "list aur tuple me kya antar hai", "GET aur POST me kya fark hai",
            "difference kya hai list aur tuple me", "कोशिका और ऊतक में अंतर बताइए और उदाहरण दीजिए",
        ],
        "code": [
            "createSlice का एक उदाहरण दीजिए", "सूची देखने की कमांड क्या है", "एक उदाहरण दिखाओ",
        ],
        "number": [
            "किस तापमान पर पानी उबलता है", "पानी का क्वथनांक क्या है", "प्रो प्लान की कीमत क्या है",
            "लाइसेंस का मूल्य क्या है", "फ़ीस क्या है", "मुझे जानना है कितने उपयोगकर्ता हैं",
        ],
        "date": [
            "version 2 kab release hua", "kab aaya ye version",
        ],
        "how_to": [
            "दो फ़ाइलों की तुलना कैसे करें", "फ़ाइलों में अंतर कैसे देखें", "मुझे दो फ़ाइलों की तुलना करनी है",
            "भाषा बदलनी है", "मुझे फ़ाइल डिलीट करनी है", "मुझे अपने नोट्स हटाने हैं",
            "किसी को पता है कैसे इंस्टॉल करें", "लॉगिन नहीं हो रहा",
        ],
        "person": [
            "इस प्रोजेक्ट को कौन मेंटेन करता है", "यह सर्वर कौन चलाता है", "इसे कौन बनाता है?",
        ],
        "place": [
            "config file kahan hai", "log file kaha milegi",
        ],
        "reason": [
            "प्रदूषण के कारण", "प्रदूषण के कारण क्या हैं", "बिल्ड फेल होने के कारण बताइए", "लॉगिन क्यों नहीं हो रहा",
        ],
        "list": [
            "तीन उदाहरण लिखिए", "स्तनधारियों के तीन उदाहरण दीजिए", "ऊर्जा के प्रकार", "ऊर्जा के प्रकार लिखिए",
            "कौन से फ़ॉर्मेट चलते हैं", "कमांड की सूची", "सभी कमांड की लिस्ट", "कमांडों की सूची दिखाओ",
            "कौन से विकल्प उपलब्ध हैं",
        ],
        "definition": [
            "प्रकाश संश्लेषण का वर्णन करें", "ऑस्मोसिस को परिभाषित कीजिए", "ऊर्जा की व्याख्या कीजिए",
            "टिप्पणी लिखिए: लोकतंत्र", "कौन बता सकता है कि mutex क्या है", "अंतरिक्ष क्या है",
            "अंतरराष्ट्रीयकरण क्या है?", "समय अंतराल क्या है",
        ],
        "other": [
            "हाँ या नहीं", "क्या मैं इसे इस्तेमाल कर सकता हूँ या नहीं",
            "क्या मैं docker या podman इस्तेमाल कर सकता हूँ?", "क्या मैं दो फ़ाइलों की तुलना कर सकता हूँ",
            "इससे क्या फ़र्क पड़ता है", "त्रुटि के कारण बंद हो गया", "इससे कोई फ़र्क नहीं पड़ता",
            "क्या मुझे सर्वर रीस्टार्ट करना है?", "config के कारण सर्वर बंद हो गया",
        ],
    },
    "arabic": {
        "comparison": [
            "docker ام podman", "docker أم podman؟", "docker او podman ؟", "القائمة أم الصف؟",
            "ما الأفضل mysql أم postgres", "افضل mysql ام postgres", "أيهما أسرع mysql أم postgres",
            "ما الأسرع mysql أم postgres؟", "لماذا mysql أسرع من postgres", "قارن بين القائمة والصف",
            "مقارنة بين TCP و UDP", "متى أستخدم useMemo بدلا من useCallback", "متى نستخدم docker بدلاً من podman؟",
            "أيهما أكثر أمانا ssh أم telnet",
        ],
        "value": [
            "ما هي كلمة المرور الافتراضية", "كلمة المرور الافتراضية؟", "ما اسم المستخدم الافتراضي",
            "ما هو المتصفح الافتراضي",
        ],
        "code": [
            "اعطني مثالا", "أعطني مثالاً على hook",
        ],
        "number": [
            "ما عدد المستخدمين", "عدد المحاولات المسموح بها؟", "ما درجة حرارة غليان الماء", "ما سعر الاشتراك",
            "عند أي درجة حرارة يغلي الماء؟",
        ],
        "how_to": [
            "كيف أقارن ملفين", "كيف أقارن بين ملفين؟", "كيف يمكنني مقارنة ملفين", "اريد مقارنة ملفين",
            "اشرح كيف يعمل المحرك", "لا استطيع تسجيل الدخول", "لا أستطيع فتح الملف", "لا يمكنني الدخول إلى حسابي",
            "لا اقدر أن أحذف الحساب", "كيف أثبت الحزمة خطوة بخطوة", "هل يعرف أحد كيف أثبت الإضافة",
            "ما أفضل طريقة لحذف ملف أو مجلد", "كيف أعيد كلمة المرور الافتراضية", "اشرح كيف أثبت البرنامج",
        ],
        "person": [
            "من يدير المشروع", "من مؤسس الشركة", "من يطور هذا البرنامج؟", "من يعرف مؤلف الكتاب", "من رئيس التحرير",
        ],
        "place": [
            "اين قائمة الاعدادات",
        ],
        "reason": [
            "ما الذي يسبب تسرب الذاكرة", "ما الذي يؤدي إلى فشل البناء؟", "علل سبب فشل البناء", "علل: السماء زرقاء",
            "اشرح لماذا يفشل البناء",
        ],
        "list": [
            "عدد ثلاثة أنواع من الثدييات", "عدد مراحل الانقسام", "عدد خصائص الحديد", "اذكر ثلاثة أمثلة",
            "قائمة الأوامر", "قائمة جميع الأوامر", "ما هي قائمة الخيارات", "خطوات التثبيت", "ما هي خطوات التثبيت",
            "ما خطوات إنشاء مشروع؟",
        ],
        "definition": [
            "ما الهدف من الإعدادات", "ما هو الهدف من هذا المشروع؟", "ما الغرض من middleware", "ما غرض هذا الفصل",
            "ما الغاية من الاختبارات", "ما هدف المشروع", "ما دور الخادم في النظام", "صف عملية التمثيل الضوئي",
            "عرف المصطلح", "وضح مفهوم الذاكرة الافتراضية", "اشرح مفهوم الذاكرة", "ما هي البيئة الافتراضية؟",
            "ما هي الذاكرة الافتراضية", "ما هو الواقع الافتراضي؟", "ما هي الآلة الافتراضية",
            "ما هو الخادم الافتراضي الخاص", "ما هي القائمة المنسدلة", "هل يمكنك أن تشرح لي ما هو mutex",
            "صف لي عملية البناء", "ما الفائدة من التخزين المؤقت", "هل يعرف أحدكم ما هو mutex",
        ],
        "other": [
            "هل mysql أسرع من postgres", "هل Vue أفضل من React؟", "نعم أم لا", "هل يمكنني استخدام docker أو podman؟",
            "هل أستطيع حذف الملف أم لا؟", "هل يمكنني مقارنة ملفين؟", "هل يمكن مقارنة الملفات؟",
            "هل يختلف السعر حسب البلد؟", "من فضلك", "صف في الجدول لا يظهر",
        ],
    },
}  # fmt: skip
SIDES = [
    ("docker か podman", "docker", "podman"),
    ("docker か podman ?", "docker", "podman"),
    ("DockerかPodmanどっちがいい？", "Docker", "Podman"),
    ("リストとタプルを比較してください", "リスト", "タプル"),
    ("RESTとGraphQLはどう異なりますか", "REST", "GraphQL"),
    ("リストかタプルか？", "リスト", "タプル"),
    ("クラスではなく関数を使うのはどんなとき？", "クラス", "関数"),
    ("useMemoの代わりにuseCallbackを使うのはいつですか", "useMemo", "useCallback"),
    ("docker還是podman", "docker", "podman"),
    ("docker还是podman？", "docker", "podman"),
    ("列表还是元组？", "列表", "元组"),
    ("docker 还是 podman 好", "docker", "podman"),
    ("mysql 或 postgres？", "mysql", "postgres"),
    ("react 和 vue 怎么选", "react", "vue"),
    ("MySQL 与 PostgreSQL 如何选择？", "MySQL", "PostgreSQL"),
    ("http与https的异同", "http", "https"),
    ("进程与线程的异同点是什么", "进程", "线程"),
    ("react或vue哪个更好", "react", "vue"),
    ("npm 和 yarn 选哪个", "npm", "yarn"),
    ("比较一下 GET 和 POST", "GET", "POST"),
    ("试比较冒泡排序与快速排序", "冒泡排序", "快速排序"),
    ("Vue 和 React 如何选择？", "Vue", "React"),
    ("进程对比线程", "进程", "线程"),
    ("微服务还是单体？", "微服务", "单体"),
    ("什么时候用 useMemo 而不是 useCallback", "useMemo", "useCallback"),
    ("什么时候应该用接口而不用抽象类？", "接口", "抽象类"),
    ("可变 vs 不可变", "可变", "不可变"),
    ("会话vs连接", "会话", "连接"),
    ("docker یا podman", "docker", "podman"),
    ("docker یا podman؟", "docker", "podman"),
    ("لسٹ یا ٹپل؟", "لسٹ", "ٹپل"),
    ("mysql یا postgres کون تیز ہے", "mysql", "postgres"),
    ("ایک tcp اور udp میں فرق", "tcp", "udp"),
    ("tcp اور udp کا موازنہ کریں", "tcp", "udp"),
    ("کیا فرق ہے tcp اور udp میں", "tcp", "udp"),
    ("useMemo کی بجائے useCallback کب استعمال کریں", "useMemo", "useCallback"),
    ("کون سا بہتر چلتا ہے، npm یا yarn", "npm", "yarn"),
    ("ssh یا telnet میں سے کیا زیادہ محفوظ ہے", "ssh", "telnet"),
    ("docker या podman", "docker", "podman"),
    ("docker या podman?", "docker", "podman"),
    ("लिस्ट या टपल?", "लिस्ट", "टपल"),
    ("ssh या telnet में से क्या ज़्यादा सुरक्षित है", "ssh", "telnet"),
    ("mysql या postgres कौन तेज़ है", "mysql", "postgres"),
    ("mysql और postgres में कौन सा तेज़ है", "mysql", "postgres"),
    ("GET और POST की तुलना करें", "GET", "POST"),
    ("क्या अंतर है A और B में", "A", "B"),
    ("क्या फ़र्क है लिस्ट और टपल में?", "लिस्ट", "टपल"),
    ("कोशिका और ऊतक में अंतर बताइए और उदाहरण दीजिए", "कोशिका", "ऊतक"),
    ("अंतर बताइए: माइटोसिस और मीओसिस", "माइटोसिस", "मीओसिस"),
    ("useMemo की जगह useCallback कब इस्तेमाल करें", "useMemo", "useCallback"),
    ("कौन सा बेहतर चलता है, npm या yarn", "npm", "yarn"),
    ("list aur tuple me kya antar hai", "list", "tuple"),
    ("docker ام podman", "docker", "podman"),
    ("docker أم podman؟", "docker", "podman"),
    ("docker او podman ؟", "docker", "podman"),
    ("القائمة أم الصف؟", "القائمة", "الصف"),
    ("ما الأفضل mysql أم postgres", "mysql", "postgres"),
    ("افضل mysql ام postgres", "mysql", "postgres"),
    ("أيهما أسرع mysql أم postgres", "mysql", "postgres"),
    ("ما الأسرع mysql أم postgres؟", "mysql", "postgres"),
    ("قارن بين القائمة والصف", "القائمة", "الصف"),
    ("أيهما أكثر أمانا ssh أم telnet", "ssh", "telnet"),
    ("متى أستخدم useMemo بدلا من useCallback", "useMemo", "useCallback"),
]  # fmt: skip
# What stands in a sentence that answers, and what only looks so.
CUES: list[tuple[QuestionKind, str, str, bool]] = [
    ("number", "hindi", "सर्वर तीन बार कोशिश करता है।", True),
    ("number", "hindi", "एक फ़ाइल बनाई जाती है।", False),
    ("number", "urdu", "سرور تین بار کوشش کرتا ہے۔", True),
    ("number", "urdu", "ایک فائل بنائی جاتی ہے۔", False),
    ("reason", "hindi", "त्रुटि पुराने संस्करण के कारण आती है।", True),
    ("reason", "hindi", "लॉग देखने के लिए यह पृष्ठ खोलें।", False),
    ("definition", "hindi", "नोड एक छोटा प्रोग्राम है।", True),
    ("definition", "hindi", "नोड को पहले चालू करें।", False),
    ("definition", "urdu", "نوڈ ایک چھوٹا پروگرام ہے۔", True),
    ("definition", "urdu", "نوڈ کو پہلے چالو کریں۔", False),
]
_LONG = {
    "chinese": ("比较 ", "a和b", "列出", "还是", "对比我", "什么时候用", "谁", "命令", "例"),
    "japanese": ("aと", "を比較", "ではなく", "いつ", "か", "ない ", "と比べ", "を説明"),
    "arabic": ("أم ", "متى ", "أفضل ", "قارن و", "أستخدم أو ", "مثلة ", "ما ", "a أو "),
    "hindi": ("या ", "और ", "तुलना ", "कौन ", "कब ", "अंतर ", "नहीं कर ", "की जगह "),
    "urdu": ("یا ", "اور ", "موازنہ ", "کون ", "کب ", "فرق ", "نہیں کر ", "کی جگہ "),
}


@pytest.mark.parametrize(
    ("kind", "question"),
    [(kind, one) for of_one in KINDS.values() for kind, questions in of_one.items() for one in questions],
)
def test_what_a_reader_waits_for(kind: QuestionKind, question: str) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize(("question", "one", "other"), SIDES)
def test_what_a_question_compares(question: str, one: str, other: str) -> None:
    assert compared_sides(question) == (one, other)


@pytest.mark.parametrize(("kind", "language", "sentence", "holds"), CUES)
def test_what_answers_a_kind_of_question(kind: QuestionKind, language: str, sentence: str, holds: bool) -> None:
    assert has_cue(kind, sentence, "", language) == holds


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in _LONG.items() for text in texts])
def test_no_pattern_takes_long(name: str, text: str) -> None:
    language, asked = LANGUAGES[name], (text * 500)[:500]
    patterns = [*language.kinds.values(), *language.compares, language.asks_which, language.reasons]
    compiled = [re.compile(unaccented(pattern), re.IGNORECASE) for pattern in patterns]
    started = time.perf_counter()
    for pattern in compiled:
        pattern.search(asked)
    assert time.perf_counter() - started < 0.5
