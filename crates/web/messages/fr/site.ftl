# The words of the reader's side in French, with “vous”.

## Dates (CLDR, long)

date = { $day } { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }
moment = { $date }, { $time }

## Every page

skip = Aller au contenu
search = Rechercher
search-this-site = Rechercher sur ce site
feed = Flux
private = Privé
breadcrumbs = Fil d’Ariane
breadcrumbs-home = Accueil
pager = Autres pages
pager-newer = ← Plus récentes
pager-older = Plus anciennes →
pager-previous = ← Précédent
pager-next = Suite →
list-empty = Il n’y a pas de pages ici.
list-empty-yet = Il n’y a pas encore de pages ici.
list-all = Toutes les pages : { $title }
menu = Menu
menu-below = Sous { $title }
section-pages = Dans cette section
section-all = Toutes les pages de cette section
cards-pages = { $count ->
    [one] { $count } page
   *[other] { $count } pages
}
cards-many = plus de { $count } pages
cards-all = Toutes les pages, les plus récentes d’abord

## Who is signed in

who = Connexion
who-signed-in = Connecté en tant que { $name }
who-edit = Modifier cette page
who-panel = Administration
who-account = Compte
sign-in = Se connecter
sign-out = Se déconnecter
sign-in-to-read = Connectez-vous : vous pourrez peut-être la lire
signed-out-now = Vous êtes déconnecté.
signed-out-browser = Votre navigateur n’envoie plus votre nom ni votre mot de passe à ce site.
notice-not-accepted = Le nom et le mot de passe envoyés ne sont pas valables ici : vous voyez ce que tout le monde peut voir.
notice-not-verified = Votre nom et votre mot de passe ne peuvent pas être vérifiés pour le moment : vous voyez ce que tout le monde peut voir.

## A page

page-draft = Brouillon : non publié.
page-continue-editing = Poursuivre la rédaction
page-scheduled = Cette page sera publiée le { $date }. D’ici là, seule la rédaction la voit.
page-receipts = Cette page a des accusés de lecture : la rédaction voit quand vous l’avez ouverte pour la première et la dernière fois.
page-ended = Cette page était publiée jusqu’au { $moment }. Désormais, seule la rédaction la voit.
share-until = Cette page vous est ouverte par un lien, jusqu’au { $moment }.
share-draft = Ceci est un brouillon, ouvert par un lien jusqu’au { $moment }. Il peut encore changer.
page-updated = mise à jour le { $date }
page-edit = Modifier
page-below = Sous-pages
page-contents = Sur cette page
page-minutes = { $minutes } min de lecture
page-around = Page précédente et page suivante
page-previous = Précédent
page-next = Suivant

## Search

search-how = Saisissez un ou plusieurs mots dans le champ ci-dessus. La recherche trouve les pages dont le titre, le résumé ou le texte les contiennent tous.
search-results = Résultats pour « { $query } », les meilleurs d’abord
search-nothing = Aucun résultat pour « { $query } ».
search-no-word = Aucun résultat : la recherche ne contient pas de mot. Saisissez des lettres ou des chiffres.
search-only-excludes = Aucun résultat : la recherche ne fait qu’exclure des mots. Ajoutez un mot à trouver.
search-help-word = Un mot trouve aussi les mots plus longs qui commencent par lui. Les majuscules et les accents ne comptent pas.
search-help-phrase-example = deux mots
search-help-phrase = trouve exactement cette expression.
search-help-without-example = mot
search-help-without = écarte les pages qui contiennent ce mot.

## The account

account = Votre compte
account-who = Vous êtes { $name } ({ $role ->
    [reader] lecture
    [editor] rédaction
   *[admin] administration
}).
account-password = Changer mon mot de passe
account-present = Mot de passe actuel
account-new = Nouveau mot de passe
account-again = Nouveau mot de passe, à nouveau
account-new-help = Au moins { $min } caractères. Plusieurs mots conviennent bien.
account-next = Votre navigateur demandera le nouveau mot de passe.
account-differ = Les deux nouveaux mots de passe diffèrent. Saisissez deux fois le même.
account-wrong = Ce n’est pas votre mot de passe actuel.
account-too-many = Trop de mots de passe erronés. Rien n’a été modifié. { $seconds ->
    [one] Réessayez dans { $seconds } seconde.
   *[other] Réessayez dans { $seconds } secondes.
}
account-changed-meanwhile = Votre mot de passe a été changé entre-temps ; cette modification n’a pas été enregistrée. Reconnectez-vous.
account-reads = Pages que vous pouvez lire : { $count }
account-forgotten = Mot de passe actuel oublié ?
account-no-colours = Les couleurs sont celles du système, claires ou sombres.
password-empty = Un mot de passe ne peut pas être vide.
password-control = Un mot de passe ne peut pas contenir de caractères de contrôle.
password-short = Trop court : utilisez au moins { $min } caractères.
password-long = Au plus { $max } octets ; celui-ci en a { $bytes }. Une lettre hors ASCII en prend de 2 à 4.
password-name = Le mot de passe ne peut pas être votre nom.
password-app = Un mot de passe ne peut pas commencer par { $prefix } : les mots de passe d’application commencent ainsi.
password-common = Ce mot de passe est l’un des plus courants, essayés en premier lors d’attaques. Choisissez-en un autre.
app-passwords = Mots de passe d’application
app-passwords-what = Avec un mot de passe d’application, un script ou une application lit sous votre nom ce que vous pouvez lire. Il n’ouvre pas l’administration et ne modifie rien.
app-password-made = Le nouveau mot de passe d’application « { $name } »
app-password-made-help = Il n’est affiché qu’une fois. Copiez-le avant de quitter cette page. Il s’emploie avec votre nom :
app-password-name = Nom
app-password-name-help = Ce qui l’emploie, par exemple : sauvegarde de nuit
app-password-below = Seulement les pages sous
app-password-below-help = Un chemin comme /clients. Sans chemin, il ouvre toutes les pages que vous pouvez lire.
app-password-valid = Valable
app-password-days = { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
app-password-no-end = sans fin
app-password-make = Créer un mot de passe d’application
app-password-end = Mettre fin
app-password-end-one = Mettre fin à « { $name } »
app-password-end-all = Mettre fin à tous les mots de passe d’application
app-password-until = jusqu’au { $date }
app-password-over = terminé le { $date }
app-password-used = dernier emploi le { $date }
app-password-unused = pas encore employé
app-password-wrong-name = Un nom a de 1 à { $max } caractères sur une ligne.
app-password-wrong-below = Ce n’est pas le chemin d’une page, comme /clients.
app-password-wrong-days = Choisissez la durée de validité.
app-password-taken = Vous avez déjà un mot de passe d’application de ce nom.
app-password-made-already = Ce formulaire a déjà été envoyé et a créé un mot de passe d’application, affiché une seule fois. Aucun autre n’a été créé. Si vous ne l’avez pas copié, mettez-y fin ci-dessous et créez-en un autre.
app-password-many = Vous avez { $max } mots de passe d’application. Mettez fin à l’un de ceux qui ne servent pas.
account-end-app-passwords = { $count ->
    [one] Mettre fin aussi à mon mot de passe d’application
   *[other] Mettre fin aussi à mes { $count } mots de passe d’application
}
join = Choisir un mot de passe pour { $name }
join-once = Ce lien ne sert qu’une fois. Ensuite, connectez-vous avec ce nom et le nouveau mot de passe.
join-submit = Définir le mot de passe
join-gone = Il a déjà servi, un lien plus récent l’a remplacé, ou son délai est passé.
colours = Couleurs
colours-choice = { $choice ->
    [light] Claires
    [dark] Sombres
   *[system] Système
}
form-problems = Rien n’a été enregistré. À corriger :

## Errors

error-request = Requête { $id }
error-home = Aller à la page d’accueil
error-panel = Aller à l’administration
error-again = Réessayer
error-switch = Se connecter sous un autre nom
error-bad-request = Requête incorrecte
error-unauthorized = Connectez-vous pour lire cette page
error-unauthorized-message = Connectez-vous pour lire cette page.
error-unauthorized-who = Les noms et les mots de passe sont attribués par l’exploitant de ce site.
error-rejected = Non connecté
error-rejected-message = Ce nom et ce mot de passe n’ont pas fonctionné.
error-rejected-capitals = Les majuscules comptent.
error-contact = Pas encore de mot de passe, ou mot de passe oublié ?
error-signed-out = Déconnecté
error-signed-out-message = Si votre navigateur demande maintenant un nom et un mot de passe, choisissez « Annuler » : il oublie alors les anciens.
error-signed-out-browser = Avec l’authentification Basic, c’est le navigateur qui retient le mot de passe, pas ce site. S’il l’envoie encore, fermez le navigateur.
error-forbidden = Accès refusé
error-forbidden-page = Vous êtes connecté en tant que { $name }, qui ne peut pas lire cette page.
error-forbidden-panel = Vous êtes connecté en tant que { $name } ({ $role ->
    [reader] lecture
    [editor] rédaction
   *[admin] administration
}), qui ne peut pas ouvrir cette page.
error-forbidden-https = Ce site n’affiche les pages privées qu’en HTTPS. Utilisez l’adresse en https://.
error-forbidden-form = Ce formulaire a été envoyé depuis un autre site ; rien n’a été modifié.
error-forbidden-app-password = Un mot de passe d’application ouvre des pages, pas l’administration.
error-forbidden-limit = Ce mot de passe d’application est limité à une partie du site. Il y ouvre les pages privées que { $name } peut lire.
error-stale-form = Renvoyer ce formulaire
error-stale-form-message = Le formulaire était ouvert depuis plus d’un jour, votre mot de passe a été changé entre-temps, ou un autre site l’a envoyé. Rien n’a été modifié.
resend-kept = Ce que vous avez saisi se trouve ci-dessous. Vous pouvez le copier ou le renvoyer.
resend-secrets = Les mots de passe ne sont pas conservés : saisissez-les de nouveau.
resend-again = Renvoyer
error-not-found = Page introuvable
error-not-found-message = Il n’y a pas de page à cette adresse.
error-not-found-check = Vérifiez l’adresse, ou recherchez la page.
error-gone = Ce lien n’est plus valable
error-gone-who = Demandez-en un nouveau à la personne qui vous l’a envoyé.
error-ended = Ce lien n’est plus valable
error-ended-message = Il ouvrait une page jusqu’au { $moment }.
error-ended-ask = Demandez un nouveau lien à la personne qui vous l’a envoyé.
error-method = Méthode non autorisée
error-method-message = Cette adresse ne répond qu’à { $methods }.
error-timeout = Trop lent
error-timeout-message = La suite de la requête n’est pas arrivée à temps.
error-timeout-again = Renvoyez-la.
error-conflict = Non effectué
error-unchanged = Rien n’a été modifié.
error-partly-saved = Enregistré en partie seulement
error-partly-saved-reload = Une partie a déjà été enregistrée. Revenez en arrière et rechargez la page pour la voir.
error-too-large = Trop volumineux
error-too-large-message = { $bytes ->
    [one] Une requête peut avoir au plus { $bytes } octet.
   *[other] Une requête peut avoir au plus { $bytes } octets.
}
error-too-large-back = Revenez en arrière : votre navigateur a peut-être gardé votre saisie.
error-address = Adresse trop longue
error-address-message = Cette adresse est plus longue que celle de toute page.
error-media-type = Type de média non pris en charge
error-media-type-message = Envoyez un formulaire en application/x-www-form-urlencoded (multipart/form-data).
error-unprocessable = Impossible
error-unprocessable-back = Revenez en arrière pour réessayer.
error-too-many = Trop de tentatives
error-too-many-message = Trop de noms et de mots de passe erronés sont venus de votre réseau ou pour ce nom.
error-too-many-wait = Réessayez dans { $wait }.
error-too-many-uploads = Trop d’envois
error-too-many-uploads-message = Deux de vos fichiers sont déjà en cours d’envoi. Attendez que l’un d’eux soit terminé.
error-headers = En-tête trop grand
error-headers-message = Les champs d’en-tête de cette requête sont trop nombreux ou trop longs.
error-busy = Occupé
error-busy-message = Le serveur est occupé. Réessayez dans quelques secondes.
error-no-room-message = Trop de grandes requêtes sont en cours, de votre réseau ou au total.
error-no-room-wait = Attendez quelques secondes, revenez en arrière et réessayez : votre navigateur a gardé votre saisie.
error-unavailable = Hors service
error-unavailable-message = La base de données du site ne répond pas. Réessayez dans un moment.
error-not-saved = Non enregistré
error-not-saved-message = La base de données du site ne peut pas être modifiée pour le moment.
error-not-saved-back = Revenez en arrière : votre navigateur a peut-être gardé votre saisie. Renvoyez-la dans un moment ; si cela se reproduit, prévenez l’exploitant de ce site.
error-in-doubt = Peut-être enregistré
error-in-doubt-message = La connexion à la base de données du site a été perdue pendant l’enregistrement. Il a peut-être eu lieu ; rechargez la page pour le voir.
error-in-doubt-again = Le formulaire d’une page peut être renvoyé : il retrouve ce qu’il a enregistré.
error-no-space = Plus d’espace
error-internal = Un problème est survenu
error-internal-message = L’erreur vient de ce site, pas de vous. Réessayez ; si cela se reproduit, prévenez son exploitant.

## Link previews and blocks of code

preview-private = Une page privée de { $site }
code-copy = Copier
code-copy-name = Copier ce code
code-copied = Copié

## Beside a text

alert-note = Remarque
alert-tip = Conseil
alert-important = Important
alert-warning = Avertissement
alert-caution = Attention
heading-link = Lien vers le titre « { $title } »
task-done = fait
task-open = à faire
picture-elsewhere = Image d’une autre page
