# The words of the reader's side in Italian, impersonal where possible, otherwise with “tu”.

## Dates (CLDR, long)

date = { $day } { $month ->
    [1] gennaio
    [2] febbraio
    [3] marzo
    [4] aprile
    [5] maggio
    [6] giugno
    [7] luglio
    [8] agosto
    [9] settembre
    [10] ottobre
    [11] novembre
   *[12] dicembre
} { $year }
moment = { $date }, { $time }

## Every page

skip = Vai al contenuto
search = Cerca
search-this-site = Cerca in questo sito
feed = Feed
private = Privata
breadcrumbs = Percorso
breadcrumbs-home = Home
pager = Altre pagine
pager-newer = ← Più recenti
pager-older = Meno recenti →
pager-previous = ← Precedente
pager-next = Altre →
list-empty = Qui non ci sono pagine.
list-empty-yet = Qui non ci sono ancora pagine.
list-all = Tutte le pagine: { $title }
menu = Menu
menu-below = Sotto { $title }
section-pages = In questa sezione
section-all = Tutte le pagine di questa sezione
cards-pages = { $count ->
    [one] { $count } pagina
   *[other] { $count } pagine
}
cards-many = più di { $count } pagine
cards-all = Tutte le pagine, dalla più recente

## Who is signed in

who = Accesso
who-signed-in = Accesso effettuato come { $name }
who-edit = Modifica questa pagina
who-panel = Amministrazione
who-account = Account
sign-in = Accedi
sign-out = Esci
sign-in-to-read = Accedi: forse potrai leggerla
signed-out-now = Hai effettuato l’uscita.
signed-out-browser = Il browser non invia più il tuo nome e la tua password a questo sito.
notice-not-accepted = Il nome e la password inviati qui non sono validi: si vede ciò che possono vedere tutti.
notice-not-verified = Al momento non è possibile verificare nome e password: si vede ciò che possono vedere tutti.

## A page

page-draft = Bozza: non pubblicata.
page-continue-editing = Continua a modificare
page-scheduled = Questa pagina sarà pubblicata il { $date }. Fino ad allora la vede solo la redazione.
page-receipts = Questa pagina ha la conferma di lettura: la redazione vede quando l’hai aperta la prima e l’ultima volta.
page-ended = Questa pagina è stata pubblicata fino al { $moment }. Ora la vede solo la redazione.
share-until = Questa pagina è aperta per te tramite un link, fino al { $moment }.
share-draft = Questa è una bozza, aperta tramite un link fino al { $moment }. Può ancora cambiare.
page-updated = aggiornata il { $date }
page-edit = Modifica
page-below = Sottopagine
page-contents = In questa pagina
page-minutes = { $minutes } min di lettura
page-around = Pagina precedente e successiva
page-previous = Precedente
page-next = Successiva

## Search

search-how = Scrivi una o più parole nel campo in alto. La ricerca trova le pagine che le contengono tutte nel titolo, nel riassunto o nel testo.
search-results = Risultati per «{ $query }», prima i migliori
search-nothing = Nessun risultato per «{ $query }».
search-no-word = Nessun risultato: la ricerca non contiene parole. Scrivi lettere o cifre.
search-only-excludes = Nessun risultato: la ricerca esclude soltanto parole. Aggiungi una parola da trovare.
search-help-word = Una parola trova anche parole più lunghe che iniziano così. Maiuscole e accenti non contano.
search-help-phrase-example = due parole
search-help-phrase = trova esattamente questa frase.
search-help-without-example = parola
search-help-without = esclude le pagine con questa parola.

## The account

account = Il tuo account
account-who = Accesso effettuato come { $name } ({ $role ->
    [reader] lettura
    [editor] redazione
   *[admin] amministrazione
}).
account-password = Cambia la mia password
account-present = Password attuale
account-new = Nuova password
account-again = Ripeti la nuova password
account-new-help = Almeno { $min } caratteri. Più parole vanno bene.
account-next = Il browser chiederà la nuova password.
account-differ = Le due nuove password sono diverse. Scrivi due volte la stessa.
account-wrong = Questa non è la tua password attuale.
account-too-many = Troppe password errate. Nulla è stato modificato. { $seconds ->
    [one] Riprova tra { $seconds } secondo.
   *[other] Riprova tra { $seconds } secondi.
}
account-changed-meanwhile = Nel frattempo la tua password è stata cambiata, quindi questa modifica non è stata salvata. Accedi di nuovo.
account-reads = Pagine che puoi leggere: { $count }
account-forgotten = Hai dimenticato la password attuale?
account-no-colours = I colori sono quelli del sistema, chiari o scuri.
password-empty = Una password non può essere vuota.
password-control = Una password non può contenere caratteri di controllo.
password-short = Troppo corta: usa almeno { $min } caratteri.
password-long = Al massimo { $max } byte; questa ne ha { $bytes }. Una lettera fuori da ASCII ne occupa da 2 a 4.
password-name = La password non può essere il tuo nome.
password-app = Una password non può iniziare con { $prefix }, perché così iniziano le password per le app.
password-common = È una delle password più comuni, le prime a essere provate in un attacco. Scegline un’altra.
app-passwords = Password per le app
app-passwords-what = Con una password per le app uno script o un’app legge con il tuo nome ciò che puoi leggere tu. Non apre l’amministrazione e non modifica nulla.
app-password-made = La nuova password per le app «{ $name }»
app-password-made-help = Viene mostrata una sola volta. Copiala prima di lasciare questa pagina. Funziona con il tuo nome:
app-password-name = Nome
app-password-name-help = Che cosa la usa, per esempio: copia notturna
app-password-below = Solo pagine sotto
app-password-below-help = Un percorso come /clients. Senza percorso apre tutte le pagine che puoi leggere.
app-password-valid = Valida
app-password-days = { $days ->
    [one] { $days } giorno
   *[other] { $days } giorni
}
app-password-no-end = senza fine
app-password-make = Crea una password per le app
app-password-end = Termina
app-password-end-one = Termina «{ $name }»
app-password-end-all = Termina tutte le password per le app
app-password-until = fino al { $date }
app-password-over = terminata il { $date }
app-password-used = ultimo uso il { $date }
app-password-unused = non ancora usata
app-password-wrong-name = Un nome ha da 1 a { $max } caratteri su una riga.
app-password-wrong-below = Non è il percorso di una pagina, come /clients.
app-password-wrong-days = Scegli per quanto tempo è valida.
app-password-taken = Hai già una password per le app con questo nome.
app-password-made-already = Questo modulo è già stato inviato e ha creato una password per le app, mostrata una sola volta. Non ne è stata creata un’altra. Se non l’hai copiata, terminala qui sotto e creane una nuova.
app-password-many = Hai { $max } password per le app. Terminane una che non è usata.
account-end-app-passwords = { $count ->
    [one] Termina anche la mia password per le app
   *[other] Termina anche le mie { $count } password per le app
}
join = Scegli una password per { $name }
join-once = Questo link vale una sola volta. Poi accedi con questo nome e la nuova password.
join-submit = Imposta la password
join-gone = È già stato usato, uno più recente lo ha sostituito oppure è scaduto.
colours = Colori
colours-choice = { $choice ->
    [light] Chiari
    [dark] Scuri
   *[system] Sistema
}
form-problems = Nulla è stato salvato. Da correggere:

## Errors

error-request = Richiesta { $id }
error-home = Vai alla pagina iniziale
error-panel = Vai all’amministrazione
error-again = Riprova
error-switch = Accedi con un altro nome
error-bad-request = Richiesta non valida
error-unauthorized = Accedi per leggere questa pagina
error-unauthorized-message = Accedi per leggere questa pagina.
error-unauthorized-who = Nomi e password li assegna chi gestisce questo sito.
error-rejected = Accesso non effettuato
error-rejected-message = Questo nome e questa password non hanno funzionato.
error-rejected-capitals = Le maiuscole contano.
error-contact = Non hai ancora una password, o l’hai dimenticata?
error-signed-out = Uscita effettuata
error-signed-out-message = Se ora il browser chiede un nome e una password, premi «Annulla»: così dimentica quelli vecchi.
error-signed-out-browser = Con l’autenticazione Basic è il browser a conservare la password, non questo sito. Se la invia ancora, chiudi il browser.
error-forbidden = Accesso negato
error-forbidden-page = L’accesso è di { $name }, che non può leggere questa pagina.
error-forbidden-panel = L’accesso è di { $name } ({ $role ->
    [reader] lettura
    [editor] redazione
   *[admin] amministrazione
}), che non può aprire questa pagina.
error-forbidden-https = Questo sito mostra le pagine private solo tramite HTTPS. Usa l’indirizzo con https://.
error-forbidden-form = Questo modulo è stato inviato da un altro sito, quindi nulla è stato modificato.
error-forbidden-app-password = Una password per le app apre pagine, non l’amministrazione.
error-forbidden-limit = Questa password per le app è limitata a una parte del sito. Lì apre le pagine private che { $name } può leggere.
error-stale-form = Invia di nuovo questo modulo
error-stale-form-message = Il modulo è rimasto aperto più di un giorno, nel frattempo la tua password è stata cambiata, oppure lo ha inviato un altro sito. Nulla è stato modificato.
resend-kept = Quello che hai scritto è qui sotto. Puoi copiarlo o inviarlo di nuovo.
resend-secrets = Le password non vengono conservate: scrivile di nuovo.
resend-again = Invia di nuovo
error-not-found = Pagina non trovata
error-not-found-message = A questo indirizzo non c’è nessuna pagina.
error-not-found-check = Controlla che l’indirizzo non contenga errori, oppure cerca la pagina.
error-gone = Questo link non vale più
error-gone-who = Chiedine uno nuovo a chi te lo ha mandato.
error-ended = Questo link non è più valido
error-ended-message = Apriva una pagina fino al { $moment }.
error-ended-ask = Chiedi un nuovo link a chi te l’ha inviato.
error-method = Metodo non consentito
error-method-message = Questo indirizzo risponde solo a { $methods }.
error-timeout = Troppo lento
error-timeout-message = Il resto della richiesta non è arrivato in tempo.
error-timeout-again = Inviala di nuovo.
error-conflict = Non eseguito
error-unchanged = Nulla è stato modificato.
error-partly-saved = Salvato solo in parte
error-partly-saved-reload = Una parte è già stata salvata. Torna indietro e ricarica la pagina per vederla.
error-too-large = Troppo grande
error-too-large-message = { $bytes ->
    [one] Una richiesta può avere al massimo { $bytes } byte.
   *[other] Una richiesta può avere al massimo { $bytes } byte.
}
error-too-large-back = Torna indietro: forse il browser ha ancora ciò che hai scritto.
error-address = Indirizzo troppo lungo
error-address-message = Questo indirizzo è più lungo di quello di qualsiasi pagina.
error-media-type = Tipo di contenuto non supportato
error-media-type-message = Un modulo si invia come application/x-www-form-urlencoded (multipart/form-data).
error-unprocessable = Non è possibile
error-unprocessable-back = Torna indietro per riprovare.
error-too-many = Troppi tentativi
error-too-many-message = Ci sono stati troppi nomi e password errati dalla tua rete o per questo nome.
error-too-many-wait = Riprova tra { $wait }.
error-too-many-uploads = Troppi caricamenti
error-too-many-uploads-message = Due file sono già in caricamento. Attendi che uno di essi sia terminato.
error-headers = Intestazione troppo grande
error-headers-message = I campi di intestazione di questa richiesta sono troppi o troppo lunghi.
error-busy = Occupato
error-busy-message = Il server è occupato. Riprova tra qualche secondo.
error-no-room-message = Sono in corso troppe richieste grandi, dalla tua rete o in tutto.
error-no-room-wait = Attendi qualche secondo, torna indietro e riprova: il browser ha ancora ciò che hai scritto.
error-unavailable = Fuori servizio
error-unavailable-message = Il database del sito non risponde. Riprova tra un momento.
error-not-saved = Non salvato
error-not-saved-message = Al momento non si può scrivere nel database del sito.
error-not-saved-back = Torna indietro: forse il browser ha ancora ciò che hai scritto. Invialo di nuovo tra un momento; se succede ancora, avvisa chi gestisce questo sito.
error-in-doubt = Forse salvato
error-in-doubt-message = Durante il salvataggio si è persa la connessione con il database del sito. Forse è stato salvato; ricarica la pagina per vederlo.
error-in-doubt-again = Il modulo di una pagina si può inviare di nuovo: riconosce ciò che ha già salvato.
error-no-space = Spazio esaurito
error-internal = Qualcosa non ha funzionato
error-internal-message = L’errore è del sito, non tuo. Riprova; se succede ancora, avvisa chi lo gestisce.

## Link previews and blocks of code

preview-private = Una pagina privata di { $site }
code-copy = Copia
code-copy-name = Copia questo codice
code-copied = Copiato

## Beside a text

alert-note = Nota
alert-tip = Suggerimento
alert-important = Importante
alert-warning = Avviso
alert-caution = Attenzione
heading-link = Link al titolo «{ $title }»
task-done = fatto
task-open = da fare
picture-elsewhere = Immagine di un’altra pagina
