# The words of the reader's side in Dutch, with “je”.

## Dates (CLDR, long)

date = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year }
moment = { $date } { $time }

## Every page

skip = Naar de inhoud
search = Zoeken
search-this-site = Zoeken op deze site
feed = Feed
private = Privé
breadcrumbs = Kruimelpad
breadcrumbs-home = Start
pager = Meer pagina’s
pager-newer = ← Nieuwere
pager-older = Oudere →
pager-previous = ← Vorige
pager-next = Meer →
list-empty = Hier zijn geen pagina’s.
list-empty-yet = Hier zijn nog geen pagina’s.
list-all = Alle pagina’s: { $title }
menu = Menu
menu-below = Onder { $title }
section-pages = In deze sectie
section-all = Alle pagina’s van deze sectie
cards-pages = { $count ->
    [one] { $count } pagina
   *[other] { $count } pagina’s
}
cards-many = meer dan { $count } pagina’s
cards-all = Alle pagina’s, nieuwste eerst

## Who is signed in

who = Aanmelding
who-signed-in = Aangemeld als { $name }
who-edit = Deze pagina bewerken
who-panel = Beheer
who-account = Account
sign-in = Aanmelden
sign-out = Afmelden
sign-in-to-read = Meld je aan: misschien kun je hem dan lezen
signed-out-now = Je bent afgemeld.
signed-out-browser = Je browser stuurt je naam en wachtwoord niet meer naar deze site.
notice-not-accepted = De verzonden naam en het wachtwoord gelden hier niet. Je ziet daarom wat iedereen mag zien.
notice-not-verified = Je naam en wachtwoord kunnen nu niet worden gecontroleerd. Je ziet daarom wat iedereen mag zien.

## A page

page-draft = Concept: niet gepubliceerd.
page-continue-editing = Verder bewerken
page-scheduled = Deze pagina wordt gepubliceerd op { $date }. Tot dan ziet alleen de redactie haar.
page-receipts = Deze pagina heeft leesbevestigingen: de redactie ziet wanneer je haar voor het eerst en het laatst opende.
page-ended = Deze pagina was gepubliceerd tot { $moment }. Nu ziet alleen de redactie haar.
share-until = Deze pagina is voor je open via een link, tot { $moment }.
share-draft = Dit is een concept, open via een link tot { $moment }. Het kan nog veranderen.
page-updated = bijgewerkt op { $date }
page-edit = Bewerken
page-below = Subpagina’s
page-contents = Op deze pagina
page-minutes = { $minutes } min leestijd
page-around = Vorige en volgende pagina
page-previous = Vorige
page-next = Volgende

## Search

search-how = Typ een of meer woorden in het veld hierboven. De zoekfunctie vindt pagina’s die ze allemaal in titel, samenvatting of tekst hebben.
search-results = Resultaten voor “{ $query }”, de beste eerst
search-nothing = Geen resultaten voor “{ $query }”.
search-no-word = Geen resultaten: de zoekopdracht bevat geen woord. Typ letters of cijfers.
search-only-excludes = Geen resultaten: de zoekopdracht sluit alleen woorden uit. Voeg een woord toe om te vinden.
search-help-word = Een woord vindt ook langere woorden die ermee beginnen. Hoofdletters en accenten maken niet uit.
search-help-phrase-example = twee woorden
search-help-phrase = vindt precies deze woordgroep.
search-help-without-example = woord
search-help-without = laat pagina’s met dit woord weg.

## The account

account = Je account
account-who = Je bent { $name } ({ $role ->
    [reader] lezer
    [editor] redacteur
   *[admin] beheerder
}).
account-password = Mijn wachtwoord wijzigen
account-present = Huidig wachtwoord
account-new = Nieuw wachtwoord
account-again = Nieuw wachtwoord herhalen
account-new-help = Minstens { $min } tekens. Meerdere woorden werken goed.
account-next = Je browser vraagt om het nieuwe wachtwoord.
account-differ = De twee nieuwe wachtwoorden verschillen. Typ tweemaal hetzelfde.
account-wrong = Dit is niet je huidige wachtwoord.
account-too-many = Te veel onjuiste wachtwoorden. Er is niets gewijzigd. { $seconds ->
    [one] Probeer het over { $seconds } seconde opnieuw.
   *[other] Probeer het over { $seconds } seconden opnieuw.
}
account-changed-meanwhile = Je wachtwoord is intussen gewijzigd, daarom is deze wijziging niet opgeslagen. Meld je opnieuw aan.
account-reads = Pagina’s die je kunt lezen: { $count }
account-forgotten = Huidig wachtwoord vergeten?
account-no-colours = De kleuren zijn die van het systeem, licht of donker.
password-empty = Een wachtwoord mag niet leeg zijn.
password-control = Een wachtwoord mag geen besturingstekens bevatten.
password-short = Te kort: gebruik minstens { $min } tekens.
password-long = Hoogstens { $max } bytes; dit heeft er { $bytes }. Een letter buiten ASCII telt voor 2 tot 4 bytes.
password-name = Het wachtwoord mag niet je naam zijn.
password-app = Een wachtwoord mag niet met { $prefix } beginnen, want zo beginnen app-wachtwoorden.
password-common = Dit is een van de meest gebruikte wachtwoorden, die bij aanvallen het eerst worden geprobeerd. Kies een ander.
app-passwords = App-wachtwoorden
app-passwords-what = Met een app-wachtwoord leest een script of app onder je naam wat jij mag lezen. Het opent het beheer niet en wijzigt niets.
app-password-made = Het nieuwe app-wachtwoord ‘{ $name }’
app-password-made-help = Het wordt maar één keer getoond. Kopieer het voordat je deze pagina verlaat. Het werkt met je naam:
app-password-name = Naam
app-password-name-help = Wat het gebruikt, bijvoorbeeld: nachtelijke back-up
app-password-below = Alleen pagina’s onder
app-password-below-help = Een pad zoals /clients. Zonder pad opent het elke pagina die je mag lezen.
app-password-valid = Geldig
app-password-days = { $days ->
    [one] { $days } dag
   *[other] { $days } dagen
}
app-password-no-end = zonder einde
app-password-make = App-wachtwoord maken
app-password-end = Beëindigen
app-password-end-one = ‘{ $name }’ beëindigen
app-password-end-all = Alle app-wachtwoorden beëindigen
app-password-until = tot { $date }
app-password-over = beëindigd op { $date }
app-password-used = laatst gebruikt op { $date }
app-password-unused = nog niet gebruikt
app-password-wrong-name = Een naam heeft 1 tot { $max } tekens op één regel.
app-password-wrong-below = Dat is geen pad van een pagina, zoals /clients.
app-password-wrong-days = Kies hoelang het geldig is.
app-password-taken = Je hebt al een app-wachtwoord met deze naam.
app-password-made-already = Dit formulier is al verzonden en heeft een app-wachtwoord gemaakt, dat één keer is getoond. Er is geen ander gemaakt. Heb je het niet gekopieerd, beëindig het dan hieronder en maak een nieuw.
app-password-many = Je hebt { $max } app-wachtwoorden. Beëindig er een dat niet wordt gebruikt.
account-end-app-passwords = { $count ->
    [one] Ook mijn app-wachtwoord beëindigen
   *[other] Ook mijn { $count } app-wachtwoorden beëindigen
}
join = Kies een wachtwoord voor { $name }
join-once = Deze link werkt één keer. Log daarna in met deze naam en het nieuwe wachtwoord.
join-submit = Wachtwoord instellen
join-gone = Hij is al gebruikt, vervangen door een nieuwere, of verlopen.
colours = Kleuren
colours-choice = { $choice ->
    [light] Licht
    [dark] Donker
   *[system] Systeem
}
form-problems = Er is niets opgeslagen. Nog te verbeteren:

## Errors

error-request = Verzoek { $id }
error-home = Naar de startpagina
error-panel = Naar het beheer
error-again = Opnieuw proberen
error-switch = Aanmelden als iemand anders
error-bad-request = Ongeldig verzoek
error-unauthorized = Meld je aan om deze pagina te lezen
error-unauthorized-message = Meld je aan om deze pagina te lezen.
error-unauthorized-who = Namen en wachtwoorden krijg je van de beheerder van deze site.
error-rejected = Niet aangemeld
error-rejected-message = Die naam en dat wachtwoord werkten niet.
error-rejected-capitals = Hoofdletters tellen mee.
error-contact = Nog geen wachtwoord, of vergeten?
error-signed-out = Afgemeld
error-signed-out-message = Als je browser nu om een naam en wachtwoord vraagt, kies dan ‘Annuleren’: hij vergeet dan de oude.
error-signed-out-browser = Bij Basic-authenticatie bewaart de browser het wachtwoord, niet deze site. Verstuurt hij het nog steeds, sluit dan de browser.
error-forbidden = Geen toegang
error-forbidden-page = Je bent aangemeld als { $name }, die deze pagina niet mag lezen.
error-forbidden-panel = Je bent aangemeld als { $name } ({ $role ->
    [reader] lezer
    [editor] redacteur
   *[admin] beheerder
}), die dit niet mag openen.
error-forbidden-https = Deze site toont privépagina’s alleen via HTTPS. Gebruik het adres met https://.
error-forbidden-form = Dit formulier is vanaf een andere site verzonden, daarom is er niets gewijzigd.
error-forbidden-app-password = Een app-wachtwoord opent pagina’s, niet het beheer.
error-forbidden-limit = Dit app-wachtwoord is beperkt tot een deel van de site. Daar opent het de privépagina’s die { $name } mag lezen.
error-stale-form = Dit formulier opnieuw verzenden
error-stale-form-message = Het formulier stond langer dan een dag open, je wachtwoord is intussen gewijzigd, of een andere site heeft het verzonden. Er is niets gewijzigd.
resend-kept = Wat je hebt getypt, staat hieronder. Je kunt het kopiëren of opnieuw verzenden.
resend-secrets = Wachtwoorden worden niet bewaard: typ ze opnieuw.
resend-again = Opnieuw verzenden
error-not-found = Pagina niet gevonden
error-not-found-message = Er is geen pagina op dit adres.
error-not-found-check = Controleer het adres op een typefout of zoek de pagina.
error-gone = Deze link werkt niet meer
error-gone-who = Vraag een nieuwe aan degene die hem stuurde.
error-ended = Deze link geldt niet meer
error-ended-message = Hij opende een pagina tot { $moment }.
error-ended-ask = Vraag een nieuwe link aan wie hem heeft gestuurd.
error-method = Methode niet toegestaan
error-method-message = Dit adres beantwoordt alleen { $methods }.
error-timeout = Te langzaam
error-timeout-message = De rest van het verzoek kwam niet op tijd aan.
error-timeout-again = Verzend het opnieuw.
error-conflict = Niet uitgevoerd
error-unchanged = Er is niets gewijzigd.
error-partly-saved = Slechts een deel is opgeslagen
error-partly-saved-reload = Een deel hiervan is al opgeslagen. Ga terug en herlaad de pagina om het te zien.
error-too-large = Te groot
error-too-large-message = { $bytes ->
    [one] Een verzoek mag hoogstens { $bytes } byte bevatten.
   *[other] Een verzoek mag hoogstens { $bytes } bytes bevatten.
}
error-too-large-back = Ga terug: misschien heeft je browser nog wat je typte.
error-address = Adres te lang
error-address-message = Dit adres is langer dan dat van welke pagina ook.
error-media-type = Mediatype niet ondersteund
error-media-type-message = Een formulier wordt verzonden als application/x-www-form-urlencoded (multipart/form-data).
error-unprocessable = Dat kan niet
error-unprocessable-back = Ga terug om het opnieuw te proberen.
error-too-many = Te veel pogingen
error-too-many-message = Er kwamen te veel onjuiste namen en wachtwoorden van je netwerk of voor deze naam.
error-too-many-wait = Probeer het over { $wait } opnieuw.
error-too-many-uploads = Te veel uploads
error-too-many-uploads-message = Er worden al twee bestanden van u geüpload. Wacht tot er één klaar is.
error-headers = Header te groot
error-headers-message = De headervelden van dit verzoek zijn te veel of te lang.
error-busy = Druk
error-busy-message = De server is druk. Probeer het over een paar seconden opnieuw.
error-no-room-message = Er lopen te veel grote verzoeken, van je netwerk of in totaal.
error-no-room-wait = Wacht een paar seconden, ga terug en probeer het opnieuw: je browser heeft nog wat je typte.
error-unavailable = Buiten werking
error-unavailable-message = De database van de site antwoordt niet. Probeer het zo meteen opnieuw.
error-not-saved = Niet opgeslagen
error-not-saved-message = Er kan nu niet in de database van de site worden geschreven.
error-not-saved-back = Ga terug: misschien heeft je browser nog wat je typte. Verzend het zo meteen opnieuw; gebeurt het weer, laat het dan de beheerder van deze site weten.
error-in-doubt = Misschien opgeslagen
error-in-doubt-message = De verbinding met de database van de site viel weg tijdens het opslaan. Misschien is het opgeslagen; herlaad de pagina om het te zien.
error-in-doubt-again = Het formulier van een pagina mag opnieuw worden verzonden: het herkent wat het al heeft opgeslagen.
error-no-space = Geen ruimte meer
error-internal = Er ging iets mis
error-internal-message = De fout ligt bij deze site, niet bij jou. Probeer het opnieuw; gebeurt het weer, laat het dan de beheerder weten.

## Link previews and blocks of code

preview-private = Een privépagina van { $site }
code-copy = Kopiëren
code-copy-name = Kopiëren: deze code
code-copied = Gekopieerd

## Beside a text

alert-note = Opmerking
alert-tip = Tip
alert-important = Belangrijk
alert-warning = Waarschuwing
alert-caution = Let op
heading-link = Link naar kop ‘{ $title }’
task-done = gedaan
task-open = niet gedaan
picture-elsewhere = Afbeelding van een andere pagina
