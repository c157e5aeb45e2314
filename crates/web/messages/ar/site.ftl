# The words of the reader's side in Arabic, impersonal where possible.

## Dates (CLDR, long)

date = { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }
moment = { $date }، { $time }

## Every page

skip = الانتقال إلى المحتوى
search = بحث
search-this-site = البحث في هذا الموقع
feed = خلاصة
private = خاصة
breadcrumbs = مسار التنقل
breadcrumbs-home = الرئيسية
pager = صفحات أخرى
pager-newer = → الأحدث
pager-older = الأقدم ←
pager-previous = → السابق
pager-next = المزيد ←
list-empty = لا توجد صفحات هنا.
list-empty-yet = لا توجد صفحات هنا بعد.
list-all = كل الصفحات: { $title }
menu = القائمة
menu-below = تحت { $title }
section-pages = في هذا القسم
section-all = كل صفحات هذا القسم
cards-pages = { $count ->
    [zero] لا صفحات
    [one] صفحة واحدة
    [two] صفحتان
    [few] { $count } صفحات
    [many] { $count } صفحة
   *[other] { $count } صفحة
}
cards-many = أكثر من { $count } صفحة
cards-all = كل الصفحات، الأحدث أولًا

## Who is signed in

who = تسجيل الدخول
who-signed-in = تم تسجيل الدخول باسم { $name }
who-edit = تحرير هذه الصفحة
who-panel = لوحة التحكم
who-account = الحساب
sign-in = تسجيل الدخول
sign-out = تسجيل الخروج
sign-in-to-read = سجّل الدخول: قد تتمكن من قراءتها
signed-out-now = لقد سجّلت الخروج.
signed-out-browser = لم يعد المتصفح يرسل اسمك وكلمة مرورك إلى هذا الموقع.
notice-not-accepted = الاسم وكلمة المرور المرسلان غير صالحين هنا، لذلك يظهر ما يمكن للجميع رؤيته.
notice-not-verified = يتعذر التحقق من الاسم وكلمة المرور حاليًا، لذلك يظهر ما يمكن للجميع رؤيته.

## A page

page-draft = مسودة: غير منشورة.
page-continue-editing = متابعة التحرير
page-scheduled = ستُنشر هذه الصفحة في { $date }. وحتى ذلك الحين لا يراها إلا المحررون.
page-receipts = لهذه الصفحة إشعارات قراءة: يرى المحررون وقت فتحها أول مرة وآخر مرة.
page-ended = كانت هذه الصفحة منشورة حتى { $moment }. والآن لا يراها إلا المحررون.
share-until = هذه الصفحة مفتوحة لك عبر رابط حتى { $moment }.
share-draft = هذه مسودة مفتوحة عبر رابط حتى { $moment }. وقد تتغير بعد.
page-updated = آخر تحديث في { $date }
page-edit = تحرير
page-below = الصفحات الفرعية
page-contents = في هذه الصفحة
page-minutes = قراءة { $minutes } د
page-around = الصفحة السابقة والتالية
page-previous = السابق
page-next = التالي

## Search

search-how = اكتب كلمة أو أكثر في الحقل أعلاه. يعثر البحث على الصفحات التي تحتوي عليها كلها في العنوان أو الملخص أو النص.
search-results = نتائج البحث عن «{ $query }»، الأفضل أولًا
search-nothing = لا توجد نتائج للبحث عن «{ $query }».
search-no-word = لا نتائج: لا يحتوي البحث على كلمة. اكتب حروفًا أو أرقامًا.
search-only-excludes = لا نتائج: البحث يستبعد كلمات فقط. أضف كلمة للعثور عليها.
search-help-word = تعثر الكلمة أيضًا على الكلمات الأطول التي تبدأ بها. لا فرق بين الحروف الكبيرة والصغيرة ولا أثر لعلامات التشكيل اللاتينية.
search-help-phrase-example = كلمتان معًا
search-help-phrase = تعثر على هذه العبارة تمامًا.
search-help-without-example = كلمة
search-help-without = تستبعد الصفحات التي تحتوي على هذه الكلمة.

## The account

account = حسابك
account-who = تم تسجيل الدخول باسم { $name } ({ $role ->
    [reader] قارئ
    [editor] محرر
   *[admin] مدير
}).
account-password = تغيير كلمة المرور
account-present = كلمة المرور الحالية
account-new = كلمة المرور الجديدة
account-again = تكرار كلمة المرور الجديدة
account-new-help = { $min } أحرف على الأقل. عدة كلمات معًا خيار جيد.
account-next = سيطلب المتصفح كلمة المرور الجديدة.
account-differ = كلمتا المرور الجديدتان مختلفتان. اكتب الكلمة نفسها مرتين.
account-wrong = هذه ليست كلمة المرور الحالية.
account-too-many = كلمات مرور خاطئة كثيرة. لم يتغير شيء. { $seconds ->
    [zero] حاول مرة أخرى الآن.
    [one] حاول مرة أخرى بعد ثانية واحدة.
    [two] حاول مرة أخرى بعد ثانيتين.
    [few] حاول مرة أخرى بعد { $seconds } ثوانٍ.
    [many] حاول مرة أخرى بعد { $seconds } ثانية.
   *[other] حاول مرة أخرى بعد { $seconds } ثانية.
}
account-changed-meanwhile = تغيرت كلمة المرور في هذه الأثناء، لذلك لم يُحفظ هذا التغيير. سجّل الدخول من جديد.
account-reads = الصفحات التي يمكنك قراءتها: { $count }
account-forgotten = هل نسيت كلمة المرور الحالية؟
account-no-colours = الألوان إما ألوان النظام أو فاتحة أو داكنة.
password-empty = لا يمكن أن تكون كلمة المرور فارغة.
password-control = لا يمكن أن تحتوي كلمة المرور على محارف تحكم.
password-short = قصيرة جدًا: استخدم { $min } أحرف على الأقل.
password-long = { $max } بايتًا على الأكثر؛ وهذه فيها { $bytes }. الحرف خارج ASCII يشغل من 2 إلى 4 بايتات.
password-name = لا يمكن أن تكون كلمة المرور هي الاسم نفسه.
password-app = لا يمكن أن تبدأ كلمة المرور بـ { $prefix }، لأن كلمات مرور التطبيقات تبدأ بها.
password-common = هذه من أكثر كلمات المرور شيوعًا، وهي أول ما يُجرَّب في الهجمات. اختر غيرها.
app-passwords = كلمات مرور التطبيقات
app-passwords-what = بكلمة مرور تطبيق يقرأ برنامج أو تطبيق باسمك ما يمكنك قراءته. لا تفتح لوحة الإدارة ولا تغيّر شيئًا.
app-password-made = كلمة مرور التطبيق الجديدة «{ $name }»
app-password-made-help = تُعرض مرة واحدة فقط. انسخها قبل مغادرة هذه الصفحة. تعمل مع اسمك:
app-password-name = الاسم
app-password-name-help = ما الذي يستخدمها، مثل: النسخ الاحتياطي الليلي
app-password-below = الصفحات تحت هذا المسار فقط
app-password-below-help = مسار مثل /clients. بدونه تفتح كل صفحة يمكنك قراءتها.
app-password-valid = صالحة لمدة
app-password-days = { $days ->
    [zero] { $days } يوم
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
app-password-no-end = بلا نهاية
app-password-make = إنشاء كلمة مرور تطبيق
app-password-end = إنهاء
app-password-end-one = إنهاء «{ $name }»
app-password-end-all = إنهاء كل كلمات مرور التطبيقات
app-password-until = حتى { $date }
app-password-over = انتهت في { $date }
app-password-used = آخر استخدام في { $date }
app-password-unused = لم تُستخدم بعد
app-password-wrong-name = للاسم من 1 إلى { $max } حرفًا في سطر واحد.
app-password-wrong-below = هذا ليس مسار صفحة مثل /clients.
app-password-wrong-days = اختر مدة الصلاحية.
app-password-taken = لديك كلمة مرور تطبيق بهذا الاسم.
app-password-made-already = أُرسل هذا النموذج من قبل وأنشأ كلمة مرور تطبيق عُرضت مرة واحدة. لم تُنشأ كلمة أخرى. إذا لم تنسخها فأنهِها في الأسفل وأنشئ غيرها.
app-password-many = لديك { $max } كلمة مرور تطبيق. أنهِ واحدة لا تُستخدم.
account-end-app-passwords = { $count ->
    [zero] إنهاء كلمات مرور تطبيقاتي أيضًا
    [one] إنهاء كلمة مرور تطبيقي أيضًا
    [two] إنهاء كلمتي مرور تطبيقاتي أيضًا
    [few] إنهاء كلمات مرور تطبيقاتي الـ{ $count } أيضًا
    [many] إنهاء كلمات مرور تطبيقاتي الـ{ $count } أيضًا
   *[other] إنهاء كلمات مرور تطبيقاتي الـ{ $count } أيضًا
}
join = اختر كلمة مرور لـ { $name }
join-once = يعمل هذا الرابط مرة واحدة. بعد ذلك سجّل الدخول بهذا الاسم وكلمة المرور الجديدة.
join-submit = تعيين كلمة المرور
join-gone = استُخدم من قبل، أو حلّ محله رابط أحدث، أو انتهت مدته.
colours = الألوان
colours-choice = { $choice ->
    [light] فاتحة
    [dark] داكنة
   *[system] النظام
}
form-problems = لم يُحفظ شيء. يلزم تصحيح ما يلي:

## Errors

error-request = الطلب { $id }
error-home = الانتقال إلى الصفحة الرئيسية
error-panel = الانتقال إلى لوحة التحكم
error-again = المحاولة مرة أخرى
error-switch = تسجيل الدخول باسم آخر
error-bad-request = طلب غير صالح
error-unauthorized = سجّل الدخول لقراءة هذه الصفحة
error-unauthorized-message = سجّل الدخول لقراءة هذه الصفحة.
error-unauthorized-who = يمنح مشغّل هذا الموقع الأسماء وكلمات المرور.
error-rejected = لم يتم تسجيل الدخول
error-rejected-message = هذا الاسم وكلمة المرور غير صحيحين.
error-rejected-capitals = حالة الأحرف مهمة.
error-contact = ليست لديك كلمة مرور بعد، أو نسيتها؟
error-signed-out = تم تسجيل الخروج
error-signed-out-message = إذا طلب المتصفح الآن اسمًا وكلمة مرور فاختر «إلغاء»: عندئذ ينسى القديمين.
error-signed-out-browser = في مصادقة Basic يحتفظ المتصفح بكلمة المرور لا هذا الموقع. إذا استمر في إرسالها فأغلق المتصفح.
error-forbidden = لا يوجد وصول
error-forbidden-page = تم تسجيل الدخول باسم { $name }: لا يمكن لهذا الحساب قراءة هذه الصفحة.
error-forbidden-panel = تم تسجيل الدخول باسم { $name } ({ $role ->
    [reader] قارئ
    [editor] محرر
   *[admin] مدير
}): لا يمكن لهذا الحساب فتح هذه الصفحة.
error-forbidden-https = يعرض هذا الموقع الصفحات الخاصة عبر HTTPS فقط. استخدم العنوان الذي يبدأ بـ https://.
error-forbidden-form = أُرسل هذا النموذج من موقع آخر، لذلك لم يتغير شيء.
error-forbidden-app-password = تفتح كلمة مرور التطبيق الصفحات، لا لوحة الإدارة.
error-forbidden-limit = كلمة مرور التطبيق هذه محدودة بجزء من الموقع. تفتح فيه الصفحات الخاصة التي يمكن لـ { $name } قراءتها.
error-stale-form = إرسال هذا النموذج من جديد
error-stale-form-message = بقي النموذج مفتوحًا أكثر من يوم، أو تغيرت كلمة المرور في هذه الأثناء، أو أرسله موقع آخر. لم يتغير شيء.
resend-kept = ما كتبته موجود أدناه. يمكنك نسخه أو إرساله من جديد.
resend-secrets = لا تُحفظ كلمات المرور: اكتبها من جديد.
resend-again = إرسال من جديد
error-not-found = الصفحة غير موجودة
error-not-found-message = لا توجد صفحة في هذا العنوان.
error-not-found-check = تحقق من خلو العنوان من الأخطاء، أو ابحث عن الصفحة.
error-gone = لم يعد هذا الرابط يعمل
error-gone-who = اطلب رابطًا جديدًا ممن أرسله إليك.
error-ended = انتهت صلاحية هذا الرابط
error-ended-message = كان يفتح صفحة حتى { $moment }.
error-ended-ask = اطلب رابطًا جديدًا ممن أرسله إليك.
error-method = الطريقة غير مسموح بها
error-method-message = لا يستجيب هذا العنوان إلا لـ { $methods }.
error-timeout = بطيء جدًا
error-timeout-message = لم تصل بقية الطلب في الوقت المناسب.
error-timeout-again = أرسله من جديد.
error-conflict = لم يُنفَّذ
error-unchanged = لم يتغير شيء.
error-partly-saved = حُفظ جزء فقط
error-partly-saved-reload = حُفظ جزء من هذا بالفعل. ارجع إلى الصفحة السابقة وأعد تحميلها لرؤيته.
error-too-large = كبير جدًا
error-too-large-message = { $bytes ->
    [zero] لا يمكن أن يحتوي الطلب على أي بايت.
    [one] الحد الأقصى للطلب بايت واحد.
    [two] الحد الأقصى للطلب بايتان.
    [few] الحد الأقصى للطلب { $bytes } بايتات.
    [many] الحد الأقصى للطلب { $bytes } بايتًا.
   *[other] الحد الأقصى للطلب { $bytes } بايت.
}
error-too-large-back = ارجع إلى الصفحة السابقة: ربما ما زال المتصفح يحتفظ بما كتبته.
error-address = العنوان طويل جدًا
error-address-message = هذا العنوان أطول من عنوان أي صفحة.
error-media-type = نوع الوسائط غير مدعوم
error-media-type-message = يُرسل النموذج بصيغة application/x-www-form-urlencoded (multipart/form-data).
error-unprocessable = هذا غير ممكن
error-unprocessable-back = ارجع إلى الصفحة السابقة للمحاولة من جديد.
error-too-many = محاولات كثيرة جدًا
error-too-many-message = وردت أسماء وكلمات مرور خاطئة كثيرة من شبكتك أو لهذا الاسم.
error-too-many-wait = حاول مرة أخرى بعد { $wait }.
error-too-many-uploads = عمليات رفع كثيرة جدًا
error-too-many-uploads-message = يجري رفع ملفين لك بالفعل. انتظر حتى ينتهي أحدهما.
error-headers = الترويسة كبيرة جدًا
error-headers-message = حقول ترويسة هذا الطلب كثيرة جدًا أو طويلة جدًا.
error-busy = مشغول
error-busy-message = الخادم مشغول. حاول مرة أخرى بعد بضع ثوانٍ.
error-no-room-message = هناك طلبات كبيرة كثيرة قيد التنفيذ، من شبكتك أو إجمالًا.
error-no-room-wait = انتظر بضع ثوانٍ ثم ارجع وحاول مرة أخرى: ما زال المتصفح يحتفظ بما كتبته.
error-unavailable = خارج الخدمة
error-unavailable-message = قاعدة بيانات الموقع لا تستجيب. حاول مرة أخرى بعد قليل.
error-not-saved = لم يُحفظ
error-not-saved-message = لا يمكن الكتابة في قاعدة بيانات الموقع الآن.
error-not-saved-back = ارجع إلى الصفحة السابقة: ربما ما زال المتصفح يحتفظ بما كتبته. أرسله من جديد بعد قليل؛ وإن تكرر ذلك فأبلغ مشغّل هذا الموقع.
error-in-doubt = ربما حُفظ
error-in-doubt-message = انقطع الاتصال بقاعدة بيانات الموقع أثناء الحفظ. ربما تم الحفظ؛ أعد تحميل الصفحة للتأكد.
error-in-doubt-again = يمكن إرسال نموذج الصفحة من جديد: فهو يتعرف على ما حفظه.
error-no-space = لا توجد مساحة كافية
error-internal = حدث خطأ ما
error-internal-message = الخطأ من هذا الموقع لا منك. حاول مرة أخرى؛ وإن تكرر ذلك فأبلغ مشغّله.

## Link previews and blocks of code

preview-private = صفحة خاصة من { $site }
code-copy = نسخ
code-copy-name = نسخ هذه الشيفرة
code-copied = تم النسخ

## Beside a text

alert-note = ملاحظة
alert-tip = نصيحة
alert-important = مهم
alert-warning = تحذير
alert-caution = انتباه
heading-link = رابط إلى العنوان «{ $title }»
task-done = تم
task-open = لم يتم
picture-elsewhere = صورة من صفحة أخرى
