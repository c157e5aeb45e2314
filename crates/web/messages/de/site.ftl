# The words of the reader's side in German: neutral, without “du” and “Sie”.

## Dates (CLDR, long)

date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
moment = { $date }, { $time }

## Every page

skip = Zum Inhalt springen
search = Suchen
search-this-site = Diese Website durchsuchen
feed = Feed
private = Privat
breadcrumbs = Brotkrumen
breadcrumbs-home = Start
pager = Weitere Seiten
pager-newer = ← Neuere
pager-older = Ältere →
pager-previous = ← Zurück
pager-next = Weiter →
list-empty = Hier gibt es keine Seiten.
list-empty-yet = Hier gibt es noch keine Seiten.
list-all = Alle Seiten: { $title }
menu = Menü
menu-below = Unter { $title }
section-pages = In diesem Bereich
section-all = Alle Seiten dieses Bereichs
cards-pages = { $count ->
    [one] { $count } Seite
   *[other] { $count } Seiten
}
cards-many = mehr als { $count } Seiten
cards-all = Alle Seiten, die neuesten zuerst

## Who is signed in

who = Anmeldung
who-signed-in = Angemeldet als { $name }
who-edit = Diese Seite bearbeiten
who-panel = Verwaltung
who-account = Konto
sign-in = Anmelden
sign-out = Abmelden
sign-in-to-read = Anmelden: Danach ist sie vielleicht lesbar
signed-out-now = Die Abmeldung ist erfolgt.
signed-out-browser = Der Browser sendet dieser Website Name und Passwort nicht mehr.
notice-not-accepted = Der gesendete Name und das Passwort gelten hier nicht. Zu sehen ist deshalb nur, was alle sehen dürfen.
notice-not-verified = Name und Passwort lassen sich im Moment nicht prüfen. Zu sehen ist deshalb nur, was alle sehen dürfen.

## A page

page-draft = Entwurf: nicht veröffentlicht.
page-continue-editing = Weiter bearbeiten
page-scheduled = Diese Seite wird am { $date } veröffentlicht. Bis dahin sieht sie nur die Redaktion.
page-receipts = Diese Seite hat Lesebestätigungen: Die Redaktion sieht, wann sie zum ersten und zum letzten Mal geöffnet wurde.
page-ended = Diese Seite war bis { $moment } veröffentlicht. Jetzt sieht sie nur die Redaktion.
share-until = Diese Seite ist für Sie über einen Link offen, bis { $moment }.
share-draft = Dies ist ein Entwurf, für Sie über einen Link offen bis { $moment }. Er kann sich noch ändern.
page-updated = aktualisiert am { $date }
page-edit = Bearbeiten
page-below = Unterseiten
page-contents = Auf dieser Seite
page-minutes = { $minutes } Min. Lesezeit
page-around = Vorige und nächste Seite
page-previous = Zurück
page-next = Weiter

## Search

search-how = Ein oder mehrere Wörter in das Feld oben eingeben. Gefunden werden Seiten, die alle Wörter in Titel, Zusammenfassung oder Text enthalten.
search-results = Ergebnisse für „{ $query }“, die besten zuerst
search-nothing = Keine Ergebnisse für „{ $query }“.
search-no-word = Kein Treffer: Die Suche enthält kein Wort. Bitte Buchstaben oder Ziffern eingeben.
search-only-excludes = Kein Treffer: Die Suche schließt nur Wörter aus. Bitte ein gesuchtes Wort ergänzen.
search-help-word = Ein Wort findet auch längere Wörter, die damit beginnen. Groß- und Kleinschreibung und Akzente spielen keine Rolle.
search-help-phrase-example = zwei Wörter
search-help-phrase = findet genau diese Wortfolge.
search-help-without-example = Wort
search-help-without = lässt Seiten mit diesem Wort aus.

## The account

account = Konto
account-who = Angemeldet als { $name } ({ $role ->
    [reader] Leserecht
    [editor] Redaktion
   *[admin] Administration
}).
account-password = Passwort ändern
account-present = Aktuelles Passwort
account-new = Neues Passwort
account-again = Neues Passwort wiederholen
account-new-help = Mindestens { $min } Zeichen. Mehrere Wörter eignen sich gut.
account-next = Der Browser fragt danach nach dem neuen Passwort.
account-differ = Die beiden neuen Passwörter sind verschieden. Bitte zweimal dasselbe eingeben.
account-wrong = Das ist nicht das aktuelle Passwort.
account-too-many = Zu viele falsche Passwörter. Nichts wurde geändert. { $seconds ->
    [one] Nächster Versuch in { $seconds } Sekunde.
   *[other] Nächster Versuch in { $seconds } Sekunden.
}
account-changed-meanwhile = Das Passwort wurde inzwischen geändert, deshalb wurde diese Änderung nicht gespeichert. Bitte neu anmelden.
account-reads = Lesbare Seiten: { $count }
account-forgotten = Aktuelles Passwort vergessen?
account-no-colours = Als Farben gibt es nur System, Hell oder Dunkel.
password-empty = Ein Passwort darf nicht leer sein.
password-control = Ein Passwort darf keine Steuerzeichen enthalten.
password-short = Zu kurz: mindestens { $min } Zeichen verwenden.
password-long = Höchstens { $max } Bytes; dieses hat { $bytes }. Ein Buchstabe außerhalb von ASCII zählt 2 bis 4 Bytes.
password-name = Der eigene Name ist als Passwort nicht erlaubt.
password-app = Ein Passwort kann nicht mit { $prefix } beginnen, weil App-Passwörter so beginnen.
password-common = Dieses Passwort gehört zu den häufigsten, die bei Angriffen zuerst ausprobiert werden. Bitte ein anderes wählen.
app-passwords = App-Passwörter
app-passwords-what = Mit einem App-Passwort liest ein Skript oder eine App unter demselben Namen, was dieses Konto lesen darf. Es öffnet keine Verwaltung und ändert nichts.
app-password-made = Das neue App-Passwort „{ $name }“
app-password-made-help = Es wird nur einmal angezeigt. Bitte kopieren, bevor diese Seite verlassen wird. Es gilt zusammen mit dem Namen:
app-password-name = Name
app-password-name-help = Wofür es ist, zum Beispiel: nächtliche Sicherung
app-password-below = Nur Seiten unter
app-password-below-help = Ein Pfad wie /clients. Ohne Pfad öffnet es jede Seite, die dieses Konto lesen darf.
app-password-valid = Gültig
app-password-days = { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
}
app-password-no-end = ohne Ende
app-password-make = App-Passwort erstellen
app-password-end = Beenden
app-password-end-one = „{ $name }“ beenden
app-password-end-all = Alle App-Passwörter beenden
app-password-until = bis { $date }
app-password-over = beendet am { $date }
app-password-used = zuletzt benutzt am { $date }
app-password-unused = noch nicht benutzt
app-password-wrong-name = Ein Name hat 1 bis { $max } Zeichen in einer Zeile.
app-password-wrong-below = Das ist kein Pfad einer Seite wie /clients.
app-password-wrong-days = Bitte wählen, wie lange es gilt.
app-password-taken = Es gibt schon ein App-Passwort mit diesem Namen.
app-password-made-already = Dieses Formular wurde schon abgeschickt und hat ein App-Passwort erstellt, das einmal angezeigt wurde. Es wurde kein weiteres erstellt. Falls Sie es nicht kopiert haben, beenden Sie es unten und erstellen Sie ein neues.
app-password-many = Es gibt { $max } App-Passwörter. Bitte eines beenden, das nicht benutzt wird.
account-end-app-passwords = { $count ->
    [one] Auch mein App-Passwort beenden
   *[other] Auch meine { $count } App-Passwörter beenden
}
join = Passwort für { $name } wählen
join-once = Dieser Link gilt einmal. Danach mit diesem Namen und dem neuen Passwort anmelden.
join-submit = Passwort setzen
join-gone = Er wurde schon benutzt, ein neuerer hat ihn ersetzt, oder seine Zeit ist abgelaufen.
colours = Farben
colours-choice = { $choice ->
    [light] Hell
    [dark] Dunkel
   *[system] System
}
form-problems = Nichts wurde gespeichert. Bitte korrigieren:

## Errors

error-request = Anfrage { $id }
error-home = Zur Startseite
error-panel = Zur Verwaltung
error-again = Erneut versuchen
error-switch = Mit anderem Namen anmelden
error-bad-request = Ungültige Anfrage
error-unauthorized = Zum Lesen dieser Seite anmelden
error-unauthorized-message = Zum Lesen bitte anmelden.
error-unauthorized-who = Namen und Passwörter vergibt, wer diese Website betreibt.
error-rejected = Nicht angemeldet
error-rejected-message = Dieser Name und dieses Passwort passen nicht.
error-rejected-capitals = Groß- und Kleinschreibung zählt.
error-contact = Noch kein Passwort oder Passwort vergessen?
error-signed-out = Abgemeldet
error-signed-out-message = Fragt der Browser jetzt nach Name und Passwort, bitte „Abbrechen“ wählen: Dann vergisst er die alten.
error-signed-out-browser = Bei der Basic-Anmeldung merkt sich der Browser das Passwort, nicht diese Website. Sendet er es weiterhin, hilft es, den Browser zu schließen.
error-forbidden = Kein Zugriff
error-forbidden-page = Angemeldet als { $name }: Dieses Konto darf diese Seite nicht lesen.
error-forbidden-panel = Angemeldet als { $name } ({ $role ->
    [reader] Leserecht
    [editor] Redaktion
   *[admin] Administration
}): Dieses Konto darf diese Seite nicht öffnen.
error-forbidden-https = Private Seiten zeigt diese Website nur über HTTPS. Bitte die Adresse mit https:// verwenden.
error-forbidden-form = Dieses Formular kam von einer anderen Website. Deshalb wurde nichts geändert.
error-forbidden-app-password = Ein App-Passwort öffnet Seiten, nicht die Verwaltung.
error-forbidden-limit = Dieses App-Passwort ist auf einen Teil der Website beschränkt. Dort öffnet es die privaten Seiten, die { $name } lesen darf.
error-stale-form = Formular erneut senden
error-stale-form-message = Das Formular war länger als einen Tag offen, das Passwort wurde inzwischen geändert, oder eine andere Website hat es gesendet. Nichts wurde geändert.
resend-kept = Was Sie eingegeben haben, steht unten. Sie können es kopieren oder erneut senden.
resend-secrets = Passwörter werden nicht aufbewahrt: Geben Sie sie erneut ein.
resend-again = Erneut senden
error-not-found = Seite nicht gefunden
error-not-found-message = Unter dieser Adresse gibt es keine Seite.
error-not-found-check = Bitte die Adresse auf Tippfehler prüfen oder nach der Seite suchen.
error-gone = Dieser Link gilt nicht mehr
error-gone-who = Einen neuen hat, wer diesen geschickt hat.
error-ended = Dieser Link gilt nicht mehr
error-ended-message = Er öffnete eine Seite bis { $moment }.
error-ended-ask = Bitte die Person, von der der Link kam, um einen neuen.
error-method = Methode nicht erlaubt
error-method-message = Diese Adresse beantwortet nur { $methods }.
error-timeout = Zu langsam
error-timeout-message = Der Rest der Anfrage ist nicht rechtzeitig angekommen.
error-timeout-again = Bitte erneut senden.
error-conflict = Nicht ausgeführt
error-unchanged = Nichts wurde geändert.
error-partly-saved = Nur ein Teil wurde gespeichert
error-partly-saved-reload = Ein Teil davon ist schon gespeichert. Nach dem Neuladen der vorigen Seite ist er zu sehen.
error-too-large = Zu groß
error-too-large-message = { $bytes ->
    [one] Eine Anfrage darf höchstens { $bytes } Byte haben.
   *[other] Eine Anfrage darf höchstens { $bytes } Bytes haben.
}
error-too-large-back = Auf der vorigen Seite hat der Browser die Eingaben vielleicht noch.
error-address = Adresse zu lang
error-address-message = Diese Adresse ist länger als die jeder Seite.
error-media-type = Medientyp nicht unterstützt
error-media-type-message = Ein Formular wird als application/x-www-form-urlencoded (multipart/form-data) gesendet.
error-unprocessable = Das geht nicht
error-unprocessable-back = Auf der vorigen Seite ist ein neuer Versuch möglich.
error-too-many = Zu viele Versuche
error-too-many-message = Aus diesem Netz oder für diesen Namen kamen zu viele falsche Anmeldungen.
error-too-many-wait = Neuer Versuch in { $wait } möglich.
error-too-many-uploads = Zu viele Uploads
error-too-many-uploads-message = Zwei Dateien werden schon hochgeladen. Bitte warten, bis eine davon fertig ist.
error-headers = Kopfzeilen zu groß
error-headers-message = Die Kopfzeilen dieser Anfrage sind zu viele oder zu lang.
error-busy = Ausgelastet
error-busy-message = Der Server ist ausgelastet. Bitte in ein paar Sekunden erneut versuchen.
error-no-room-message = Gerade laufen zu viele große Anfragen, aus diesem Netz oder insgesamt.
error-no-room-wait = Bitte ein paar Sekunden warten, zurückgehen und es erneut versuchen: Der Browser hat die Eingaben noch.
error-unavailable = Außer Betrieb
error-unavailable-message = Die Datenbank dieser Website antwortet nicht. Bitte gleich noch einmal versuchen.
error-not-saved = Nicht gespeichert
error-not-saved-message = In die Datenbank dieser Website kann gerade nicht geschrieben werden.
error-not-saved-back = Auf der vorigen Seite hat der Browser die Eingaben vielleicht noch. Bitte gleich noch einmal senden und, wenn es wieder geschieht, den Betrieb der Website benachrichtigen.
error-in-doubt = Vielleicht gespeichert
error-in-doubt-message = Beim Speichern ging die Verbindung zur Datenbank dieser Website verloren. Vielleicht wurde gespeichert; nach dem Neuladen der Seite ist es zu sehen.
error-in-doubt-again = Das Formular einer Seite darf erneut gesendet werden: Es erkennt, was es schon gespeichert hat.
error-no-space = Kein Platz mehr
error-internal = Etwas ist schiefgegangen
error-internal-message = Der Fehler liegt bei dieser Website. Bitte erneut versuchen und, wenn es wieder geschieht, ihren Betrieb benachrichtigen.

## Link previews and blocks of code

preview-private = Eine private Seite von { $site }
code-copy = Kopieren
code-copy-name = Diesen Code kopieren
code-copied = Kopiert

## Beside a text

alert-note = Hinweis
alert-tip = Tipp
alert-important = Wichtig
alert-warning = Warnung
alert-caution = Vorsicht
heading-link = Link zur Überschrift „{ $title }“
task-done = erledigt
task-open = offen
picture-elsewhere = Bild einer anderen Seite
