# The words of the reader's side in Polish, impersonal.

## Dates (CLDR, long)

date = { $day } { $month ->
    [1] stycznia
    [2] lutego
    [3] marca
    [4] kwietnia
    [5] maja
    [6] czerwca
    [7] lipca
    [8] sierpnia
    [9] września
    [10] października
    [11] listopada
   *[12] grudnia
} { $year }
moment = { $date }, { $time }

## Every page

skip = Przejdź do treści
search = Szukaj
search-this-site = Szukaj w tej witrynie
feed = Kanał
private = Prywatna
breadcrumbs = Ścieżka nawigacji
breadcrumbs-home = Start
pager = Więcej stron
pager-newer = ← Nowsze
pager-older = Starsze →
pager-previous = ← Wstecz
pager-next = Dalej →
list-empty = Nie ma tu stron.
list-empty-yet = Nie ma tu jeszcze stron.
list-all = Wszystkie strony: { $title }
menu = Menu
menu-below = Poniżej: { $title }
section-pages = W tej sekcji
section-all = Wszystkie strony tej sekcji
cards-pages = { $count ->
    [one] { $count } strona
    [few] { $count } strony
    [many] { $count } stron
   *[other] { $count } strony
}
cards-many = ponad { $count } stron
cards-all = Wszystkie strony, od najnowszej

## Who is signed in

who = Logowanie
who-signed-in = Zalogowano jako { $name }
who-edit = Edytuj tę stronę
who-panel = Panel
who-account = Konto
sign-in = Zaloguj się
sign-out = Wyloguj się
sign-in-to-read = Zaloguj się: być może zdołasz ją przeczytać
signed-out-now = Wylogowano.
signed-out-browser = Przeglądarka nie wysyła już nazwy ani hasła do tej witryny.
notice-not-accepted = Wysłana nazwa i hasło nie są tu ważne, dlatego widać to, co mogą zobaczyć wszyscy.
notice-not-verified = Nazwy i hasła nie można teraz sprawdzić, dlatego widać to, co mogą zobaczyć wszyscy.

## A page

page-draft = Szkic: nieopublikowany.
page-continue-editing = Kontynuuj edycję
page-scheduled = Ta strona zostanie opublikowana { $date }. Do tego czasu widzi ją tylko redakcja.
page-receipts = Ta strona ma potwierdzenia odczytu: redakcja widzi, kiedy otwarto ją po raz pierwszy i ostatni.
page-ended = Ta strona była opublikowana do { $moment }. Teraz widzi ją tylko redakcja.
share-until = Ta strona jest dla Ciebie otwarta przez link, do { $moment }.
share-draft = To jest szkic, otwarty przez link do { $moment }. Może się jeszcze zmienić.
page-updated = zaktualizowano { $date }
page-edit = Edytuj
page-below = Podstrony
page-contents = Na tej stronie
page-minutes = { $minutes } min czytania
page-around = Poprzednia i następna strona
page-previous = Poprzednia
page-next = Następna

## Search

search-how = Wpisz jedno lub więcej słów w polu powyżej. Wyszukiwarka znajduje strony, które mają je wszystkie w tytule, streszczeniu lub tekście.
search-results = Wyniki dla „{ $query }”, najlepsze na początku
search-nothing = Brak wyników dla „{ $query }”.
search-no-word = Brak wyników: zapytanie nie zawiera słowa. Wpisz litery lub cyfry.
search-only-excludes = Brak wyników: zapytanie tylko wyklucza słowa. Dodaj słowo do znalezienia.
search-help-word = Słowo znajduje też dłuższe słowa, które się od niego zaczynają. Wielkość liter i znaki diakrytyczne nie mają znaczenia.
search-help-phrase-example = dwa słowa
search-help-phrase = znajduje dokładnie to wyrażenie.
search-help-without-example = słowo
search-help-without = pomija strony z tym słowem.

## The account

account = Konto
account-who = Zalogowano jako { $name } ({ $role ->
    [reader] czytanie
    [editor] redakcja
   *[admin] administracja
}).
account-password = Zmień hasło
account-present = Obecne hasło
account-new = Nowe hasło
account-again = Powtórz nowe hasło
account-new-help = Co najmniej { $min } znaków. Dobrze sprawdza się kilka słów.
account-next = Przeglądarka zapyta o nowe hasło.
account-differ = Nowe hasła różnią się od siebie. Wpisz dwa razy to samo.
account-wrong = To nie jest obecne hasło.
account-too-many = Zbyt wiele błędnych haseł. Niczego nie zmieniono. { $seconds ->
    [one] Spróbuj ponownie za { $seconds } sekundę.
    [few] Spróbuj ponownie za { $seconds } sekundy.
    [many] Spróbuj ponownie za { $seconds } sekund.
   *[other] Spróbuj ponownie za { $seconds } sekundy.
}
account-changed-meanwhile = Hasło zmieniono w międzyczasie, dlatego tej zmiany nie zapisano. Zaloguj się ponownie.
account-reads = Strony, które możesz czytać: { $count }
account-forgotten = Nie pamiętasz obecnego hasła?
account-no-colours = Kolory mogą być systemowe, jasne lub ciemne.
password-empty = Hasło nie może być puste.
password-control = Hasło nie może zawierać znaków sterujących.
password-short = Za krótkie: użyj co najmniej { $min } znaków.
password-long = Co najwyżej { $max } bajty; to hasło ma { $bytes }. Litera spoza ASCII zajmuje od 2 do 4 bajtów.
password-name = Hasłem nie może być nazwa użytkownika.
password-app = Hasło nie może zaczynać się od { $prefix }, bo tak zaczynają się hasła aplikacji.
password-common = To jedno z najpopularniejszych haseł, które przy atakach sprawdza się najpierw. Wybierz inne.
app-passwords = Hasła aplikacji
app-passwords-what = Z hasłem aplikacji skrypt lub aplikacja czyta pod Twoją nazwą to, co wolno czytać Tobie. Nie otwiera panelu i niczego nie zmienia.
app-password-made = Nowe hasło aplikacji „{ $name }”
app-password-made-help = Jest pokazywane tylko raz. Skopiuj je przed opuszczeniem tej strony. Działa z Twoją nazwą:
app-password-name = Nazwa
app-password-name-help = Co go używa, na przykład: nocna kopia
app-password-below = Tylko strony poniżej
app-password-below-help = Ścieżka, na przykład /clients. Bez niej otwiera każdą stronę, którą możesz czytać.
app-password-valid = Ważne
app-password-days = { $days ->
    [one] { $days } dzień
    [few] { $days } dni
    [many] { $days } dni
   *[other] { $days } dnia
}
app-password-no-end = bez końca
app-password-make = Utwórz hasło aplikacji
app-password-end = Zakończ
app-password-end-one = Zakończ „{ $name }”
app-password-end-all = Zakończ wszystkie hasła aplikacji
app-password-until = do { $date }
app-password-over = zakończone { $date }
app-password-used = ostatnio użyte { $date }
app-password-unused = jeszcze nieużyte
app-password-wrong-name = Nazwa ma od 1 do { $max } znaków w jednym wierszu.
app-password-wrong-below = To nie jest ścieżka strony, taka jak /clients.
app-password-wrong-days = Wybierz, jak długo jest ważne.
app-password-taken = Masz już hasło aplikacji o tej nazwie.
app-password-made-already = Ten formularz został już wysłany i utworzył hasło aplikacji, które pokazano jeden raz. Nie utworzono kolejnego. Jeśli nie zostało skopiowane, zakończ je poniżej i utwórz nowe.
app-password-many = Masz { $max } haseł aplikacji. Zakończ jedno, które nie jest używane.
account-end-app-passwords = { $count ->
    [one] Zakończ też moje hasło aplikacji
    [few] Zakończ też moje { $count } hasła aplikacji
    [many] Zakończ też moje { $count } haseł aplikacji
   *[other] Zakończ też moje { $count } hasła aplikacji
}
join = Wybierz hasło dla { $name }
join-once = Ten link działa jeden raz. Potem zaloguj się tą nazwą i nowym hasłem.
join-submit = Ustaw hasło
join-gone = Został już użyty, zastąpił go nowszy albo minął jego czas.
colours = Kolory
colours-choice = { $choice ->
    [light] Jasne
    [dark] Ciemne
   *[system] Systemowe
}
form-problems = Niczego nie zapisano. Do poprawienia:

## Errors

error-request = Żądanie { $id }
error-home = Przejdź do strony głównej
error-panel = Przejdź do panelu
error-again = Spróbuj ponownie
error-switch = Zaloguj się pod inną nazwą
error-bad-request = Nieprawidłowe żądanie
error-unauthorized = Zaloguj się, aby przeczytać tę stronę
error-unauthorized-message = Zaloguj się, aby przeczytać tę stronę.
error-unauthorized-who = Nazwy i hasła przydziela operator tej witryny.
error-rejected = Nie zalogowano
error-rejected-message = Ta nazwa i to hasło nie zadziałały.
error-rejected-capitals = Wielkość liter ma znaczenie.
error-contact = Nie masz jeszcze hasła albo go nie pamiętasz?
error-signed-out = Wylogowano
error-signed-out-message = Jeśli przeglądarka zapyta teraz o nazwę i hasło, wybierz „Anuluj”: wtedy zapomni poprzednie.
error-signed-out-browser = Przy uwierzytelnianiu Basic hasło pamięta przeglądarka, a nie ta witryna. Jeśli nadal je wysyła, zamknij przeglądarkę.
error-forbidden = Brak dostępu
error-forbidden-page = Zalogowano jako { $name }: to konto nie może czytać tej strony.
error-forbidden-panel = Zalogowano jako { $name } ({ $role ->
    [reader] czytanie
    [editor] redakcja
   *[admin] administracja
}): to konto nie może otworzyć tej strony.
error-forbidden-https = Ta witryna pokazuje strony prywatne tylko przez HTTPS. Użyj adresu z https://.
error-forbidden-form = Ten formularz wysłano z innej witryny, dlatego niczego nie zmieniono.
error-forbidden-app-password = Hasło aplikacji otwiera strony, a nie panel.
error-forbidden-limit = To hasło aplikacji jest ograniczone do części witryny. Tam otwiera strony prywatne, które może czytać { $name }.
error-stale-form = Wyślij ten formularz ponownie
error-stale-form-message = Formularz był otwarty dłużej niż dobę, hasło zmieniono w międzyczasie albo wysłała go inna witryna. Niczego nie zmieniono.
resend-kept = To, co wpisano, jest poniżej. Można to skopiować lub wysłać ponownie.
resend-secrets = Hasła nie są zachowywane: wpisz je ponownie.
resend-again = Wyślij ponownie
error-not-found = Nie znaleziono strony
error-not-found-message = Pod tym adresem nie ma strony.
error-not-found-check = Sprawdź, czy w adresie nie ma błędu, albo wyszukaj stronę.
error-gone = Ten link już nie działa
error-gone-who = Poproś o nowy osobę, która go przysłała.
error-ended = Ten link już nie działa
error-ended-message = Otwierał stronę do { $moment }.
error-ended-ask = Poproś o nowy link osobę, która go przysłała.
error-method = Niedozwolona metoda
error-method-message = Ten adres odpowiada tylko na { $methods }.
error-timeout = Zbyt wolno
error-timeout-message = Reszta żądania nie dotarła na czas.
error-timeout-again = Wyślij je ponownie.
error-conflict = Nie wykonano
error-unchanged = Niczego nie zmieniono.
error-partly-saved = Zapisano tylko część
error-partly-saved-reload = Część została już zapisana. Wróć i odśwież stronę, aby ją zobaczyć.
error-too-large = Zbyt duże
error-too-large-message = { $bytes ->
    [one] Żądanie może mieć co najwyżej { $bytes } bajt.
    [few] Żądanie może mieć co najwyżej { $bytes } bajty.
    [many] Żądanie może mieć co najwyżej { $bytes } bajtów.
   *[other] Żądanie może mieć co najwyżej { $bytes } bajta.
}
error-too-large-back = Wróć: przeglądarka być może nadal ma wpisany tekst.
error-address = Zbyt długi adres
error-address-message = Ten adres jest dłuższy niż adres jakiejkolwiek strony.
error-media-type = Nieobsługiwany typ danych
error-media-type-message = Formularz wysyła się jako application/x-www-form-urlencoded (multipart/form-data).
error-unprocessable = To niemożliwe
error-unprocessable-back = Wróć, aby spróbować ponownie.
error-too-many = Zbyt wiele prób
error-too-many-message = Z tej sieci lub dla tej nazwy nadeszło zbyt wiele błędnych nazw i haseł.
error-too-many-wait = Spróbuj ponownie za { $wait }.
error-too-many-uploads = Zbyt wiele przesyłanych plików
error-too-many-uploads-message = Dwa pliki są już przesyłane. Poczekaj, aż jeden z nich zostanie przesłany.
error-headers = Zbyt duży nagłówek
error-headers-message = Pola nagłówka tego żądania są zbyt liczne lub zbyt długie.
error-busy = Serwer zajęty
error-busy-message = Serwer jest zajęty. Spróbuj ponownie za kilka sekund.
error-no-room-message = Trwa zbyt wiele dużych żądań, z tej sieci lub łącznie.
error-no-room-wait = Odczekaj kilka sekund, wróć i spróbuj ponownie: przeglądarka nadal ma wpisany tekst.
error-unavailable = Przerwa w działaniu
error-unavailable-message = Baza danych witryny nie odpowiada. Spróbuj ponownie za chwilę.
error-not-saved = Nie zapisano
error-not-saved-message = W bazie danych witryny nie można teraz zapisywać.
error-not-saved-back = Wróć: przeglądarka być może nadal ma wpisany tekst. Wyślij go ponownie za chwilę, a jeśli to się powtórzy, powiadom operatora tej witryny.
error-in-doubt = Być może zapisano
error-in-doubt-message = Podczas zapisywania utracono połączenie z bazą danych witryny. Być może zapisano; odśwież stronę, aby to zobaczyć.
error-in-doubt-again = Formularz strony można wysłać ponownie: rozpozna to, co już zapisał.
error-no-space = Brak miejsca
error-internal = Coś poszło nie tak
error-internal-message = To błąd tej witryny. Spróbuj ponownie, a jeśli to się powtórzy, powiadom jej operatora.

## Link previews and blocks of code

preview-private = Prywatna strona witryny { $site }
code-copy = Kopiuj
code-copy-name = Kopiuj ten kod
code-copied = Skopiowano

## Beside a text

alert-note = Uwaga
alert-tip = Wskazówka
alert-important = Ważne
alert-warning = Ostrzeżenie
alert-caution = Ostrożnie
heading-link = Odnośnik do nagłówka „{ $title }”
task-done = zrobione
task-open = do zrobienia
picture-elsewhere = Obraz z innej strony
