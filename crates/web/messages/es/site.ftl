# The words of the reader's side in Spanish, impersonal where possible, otherwise with “tú”.

## Dates (CLDR, long)

date = { $day } de { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
} de { $year }
moment = { $date }, { $time }

## Every page

skip = Ir al contenido
search = Buscar
search-this-site = Buscar en este sitio
feed = Canal
private = Privada
breadcrumbs = Ruta de navegación
breadcrumbs-home = Inicio
pager = Más páginas
pager-newer = ← Más recientes
pager-older = Más antiguas →
pager-previous = ← Anterior
pager-next = Más →
list-empty = Aquí no hay páginas.
list-empty-yet = Aquí todavía no hay páginas.
list-all = Todas las páginas: { $title }
menu = Menú
menu-below = Bajo { $title }
section-pages = En esta sección
section-all = Todas las páginas de esta sección
cards-pages = { $count ->
    [one] { $count } página
   *[other] { $count } páginas
}
cards-many = más de { $count } páginas
cards-all = Todas las páginas, las más recientes primero

## Who is signed in

who = Sesión
who-signed-in = Sesión iniciada como { $name }
who-edit = Editar esta página
who-panel = Administración
who-account = Cuenta
sign-in = Iniciar sesión
sign-out = Cerrar sesión
sign-in-to-read = Inicia sesión: quizá puedas leerla
signed-out-now = Has cerrado la sesión.
signed-out-browser = El navegador ya no envía tu nombre ni tu contraseña a este sitio.
notice-not-accepted = El nombre y la contraseña enviados no son válidos aquí, así que se muestra lo que puede ver todo el mundo.
notice-not-verified = En este momento no se pueden comprobar tu nombre y tu contraseña, así que se muestra lo que puede ver todo el mundo.

## A page

page-draft = Borrador: sin publicar.
page-continue-editing = Seguir editando
page-scheduled = Esta página se publicará el { $date }. Hasta entonces solo la ve la redacción.
page-receipts = Esta página tiene confirmación de lectura: la redacción ve cuándo la abriste por primera y por última vez.
page-ended = Esta página estuvo publicada hasta el { $moment }. Ahora solo la ve la redacción.
share-until = Esta página está abierta para ti mediante un enlace, hasta el { $moment }.
share-draft = Esto es un borrador, abierto mediante un enlace hasta el { $moment }. Aún puede cambiar.
page-updated = actualizada el { $date }
page-edit = Editar
page-below = Subpáginas
page-contents = En esta página
page-minutes = { $minutes } min de lectura
page-around = Página anterior y siguiente
page-previous = Anterior
page-next = Siguiente

## Search

search-how = Escribe una o más palabras en el campo de arriba. La búsqueda encuentra las páginas que las contienen todas en el título, el resumen o el texto.
search-results = Resultados de «{ $query }», primero los mejores
search-nothing = No hay resultados para «{ $query }».
search-no-word = Sin resultados: la búsqueda no contiene ninguna palabra. Escribe letras o cifras.
search-only-excludes = Sin resultados: la búsqueda solo excluye palabras. Añade una palabra que encontrar.
search-help-word = Una palabra encuentra también palabras más largas que empiezan por ella. No importan las mayúsculas ni los acentos.
search-help-phrase-example = dos palabras
search-help-phrase = encuentra exactamente esta frase.
search-help-without-example = palabra
search-help-without = descarta las páginas con esta palabra.

## The account

account = Tu cuenta
account-who = Sesión iniciada como { $name } ({ $role ->
    [reader] lectura
    [editor] redacción
   *[admin] administración
}).
account-password = Cambiar mi contraseña
account-present = Contraseña actual
account-new = Contraseña nueva
account-again = Repetir la contraseña nueva
account-new-help = Al menos { $min } caracteres. Varias palabras van bien.
account-next = El navegador pedirá la contraseña nueva.
account-differ = Las dos contraseñas nuevas son distintas. Escribe dos veces la misma.
account-wrong = Esta no es tu contraseña actual.
account-too-many = Demasiadas contraseñas incorrectas. No se ha cambiado nada. { $seconds ->
    [one] Inténtalo de nuevo en { $seconds } segundo.
   *[other] Inténtalo de nuevo en { $seconds } segundos.
}
account-changed-meanwhile = Tu contraseña se cambió entretanto, así que este cambio no se ha guardado. Inicia sesión de nuevo.
account-reads = Páginas que puedes leer: { $count }
account-forgotten = ¿Has olvidado la contraseña actual?
account-no-colours = Los colores son los del sistema, claros u oscuros.
password-empty = Una contraseña no puede estar vacía.
password-control = Una contraseña no puede contener caracteres de control.
password-short = Demasiado corta: usa al menos { $min } caracteres.
password-long = Como máximo { $max } bytes; esta tiene { $bytes }. Una letra fuera de ASCII ocupa de 2 a 4 bytes.
password-name = La contraseña no puede ser tu nombre.
password-app = Una contraseña no puede empezar por { $prefix }, porque así empiezan las contraseñas de aplicación.
password-common = Esta es una de las contraseñas más comunes, las primeras que se prueban en un ataque. Elige otra.
app-passwords = Contraseñas de aplicación
app-passwords-what = Con una contraseña de aplicación, un script o una aplicación lee con tu nombre lo que tú puedes leer. No abre la administración y no cambia nada.
app-password-made = La nueva contraseña de aplicación «{ $name }»
app-password-made-help = Solo se muestra una vez. Cópiala antes de salir de esta página. Funciona con tu nombre:
app-password-name = Nombre
app-password-name-help = Qué la usa, por ejemplo: copia nocturna
app-password-below = Solo páginas bajo
app-password-below-help = Una ruta como /clients. Sin ruta abre todas las páginas que puedes leer.
app-password-valid = Válida
app-password-days = { $days ->
    [one] { $days } día
   *[other] { $days } días
}
app-password-no-end = sin fin
app-password-make = Crear una contraseña de aplicación
app-password-end = Terminar
app-password-end-one = Terminar «{ $name }»
app-password-end-all = Terminar todas las contraseñas de aplicación
app-password-until = hasta el { $date }
app-password-over = terminada el { $date }
app-password-used = último uso el { $date }
app-password-unused = sin usar todavía
app-password-wrong-name = Un nombre tiene de 1 a { $max } caracteres en una línea.
app-password-wrong-below = Esa no es la ruta de una página, como /clients.
app-password-wrong-days = Elige cuánto tiempo es válida.
app-password-taken = Ya tienes una contraseña de aplicación con este nombre.
app-password-made-already = Este formulario ya se envió y creó una contraseña de aplicación, que se mostró una sola vez. No se creó otra. Si no la copiaste, termínala abajo y crea otra.
app-password-many = Tienes { $max } contraseñas de aplicación. Termina una que no se use.
account-end-app-passwords = { $count ->
    [one] Terminar también mi contraseña de aplicación
   *[other] Terminar también mis { $count } contraseñas de aplicación
}
join = Elige una contraseña para { $name }
join-once = Este enlace sirve una sola vez. Después, inicia sesión con este nombre y la contraseña nueva.
join-submit = Establecer la contraseña
join-gone = Ya se usó, otro más nuevo lo sustituyó o ha caducado.
colours = Colores
colours-choice = { $choice ->
    [light] Claros
    [dark] Oscuros
   *[system] Sistema
}
form-problems = No se ha guardado nada. Por corregir:

## Errors

error-request = Solicitud { $id }
error-home = Ir a la página de inicio
error-panel = Ir a la administración
error-again = Intentar de nuevo
error-switch = Iniciar sesión con otro nombre
error-bad-request = Solicitud incorrecta
error-unauthorized = Inicia sesión para leer esta página
error-unauthorized-message = Inicia sesión para leer esta página.
error-unauthorized-who = Los nombres y las contraseñas los da quien administra este sitio.
error-rejected = Sesión no iniciada
error-rejected-message = Ese nombre y esa contraseña no han funcionado.
error-rejected-capitals = Las mayúsculas cuentan.
error-contact = ¿Aún sin contraseña, o la has olvidado?
error-signed-out = Sesión cerrada
error-signed-out-message = Si el navegador pide ahora un nombre y una contraseña, pulsa «Cancelar»: así olvida los anteriores.
error-signed-out-browser = Con la autenticación Basic es el navegador quien guarda la contraseña, no este sitio. Si la sigue enviando, cierra el navegador.
error-forbidden = Sin acceso
error-forbidden-page = La sesión es de { $name }, que no puede leer esta página.
error-forbidden-panel = La sesión es de { $name } ({ $role ->
    [reader] lectura
    [editor] redacción
   *[admin] administración
}), que no puede abrir esta página.
error-forbidden-https = Este sitio solo muestra las páginas privadas por HTTPS. Usa la dirección con https://.
error-forbidden-form = Este formulario se envió desde otro sitio, así que no se ha cambiado nada.
error-forbidden-app-password = Una contraseña de aplicación abre páginas, no la administración.
error-forbidden-limit = Esta contraseña de aplicación está limitada a una parte del sitio. Allí abre las páginas privadas que { $name } puede leer.
error-stale-form = Enviar de nuevo este formulario
error-stale-form-message = El formulario estuvo abierto más de un día, tu contraseña se cambió entretanto o lo envió otro sitio. No se ha cambiado nada.
resend-kept = Lo que escribiste está abajo. Puedes copiarlo o enviarlo de nuevo.
resend-secrets = Las contraseñas no se guardan: escríbelas de nuevo.
resend-again = Enviar de nuevo
error-not-found = Página no encontrada
error-not-found-message = No hay ninguna página en esta dirección.
error-not-found-check = Comprueba si hay un error en la dirección o busca la página.
error-gone = Este enlace ya no sirve
error-gone-who = Pide uno nuevo a quien te lo envió.
error-ended = Este enlace ya no es válido
error-ended-message = Abría una página hasta el { $moment }.
error-ended-ask = Pide un enlace nuevo a quien te lo envió.
error-method = Método no permitido
error-method-message = Esta dirección solo responde a { $methods }.
error-timeout = Demasiado lento
error-timeout-message = El resto de la solicitud no llegó a tiempo.
error-timeout-again = Envíala de nuevo.
error-conflict = No se ha hecho
error-unchanged = No se ha cambiado nada.
error-partly-saved = Solo se guardó una parte
error-partly-saved-reload = Una parte ya se guardó. Vuelve atrás y recarga la página para verla.
error-too-large = Demasiado grande
error-too-large-message = { $bytes ->
    [one] Una solicitud puede tener como máximo { $bytes } byte.
   *[other] Una solicitud puede tener como máximo { $bytes } bytes.
}
error-too-large-back = Vuelve atrás: quizá el navegador conserve lo que escribiste.
error-address = Dirección demasiado larga
error-address-message = Esta dirección es más larga que la de cualquier página.
error-media-type = Tipo de contenido no admitido
error-media-type-message = Un formulario se envía como application/x-www-form-urlencoded (multipart/form-data).
error-unprocessable = No es posible
error-unprocessable-back = Vuelve atrás para intentarlo de nuevo.
error-too-many = Demasiados intentos
error-too-many-message = Hubo demasiados nombres y contraseñas incorrectos desde tu red o para este nombre.
error-too-many-wait = Inténtalo de nuevo en { $wait }.
error-too-many-uploads = Demasiadas subidas
error-too-many-uploads-message = Ya se están subiendo dos archivos tuyos. Espera a que termine uno de ellos.
error-headers = Cabecera demasiado grande
error-headers-message = Los campos de cabecera de esta solicitud son demasiados o demasiado largos.
error-busy = Ocupado
error-busy-message = El servidor está ocupado. Inténtalo de nuevo en unos segundos.
error-no-room-message = Hay demasiadas solicitudes grandes en curso, desde tu red o en total.
error-no-room-wait = Espera unos segundos, vuelve atrás e inténtalo de nuevo: el navegador conserva lo que escribiste.
error-unavailable = Fuera de servicio
error-unavailable-message = La base de datos del sitio no responde. Inténtalo de nuevo en un momento.
error-not-saved = No guardado
error-not-saved-message = Ahora no se puede escribir en la base de datos del sitio.
error-not-saved-back = Vuelve atrás: quizá el navegador conserve lo que escribiste. Envíalo de nuevo en un momento; si vuelve a ocurrir, avisa a quien administra este sitio.
error-in-doubt = Quizá guardado
error-in-doubt-message = Se perdió la conexión con la base de datos del sitio mientras se guardaba. Puede que se haya guardado; recarga la página para verlo.
error-in-doubt-again = El formulario de una página se puede enviar de nuevo: reconoce lo que ya guardó.
error-no-space = Sin espacio
error-internal = Algo ha fallado
error-internal-message = El error es del sitio, no tuyo. Inténtalo de nuevo; si vuelve a ocurrir, avisa a quien lo administra.

## Link previews and blocks of code

preview-private = Una página privada de { $site }
code-copy = Copiar
code-copy-name = Copiar este código
code-copied = Copiado

## Beside a text

alert-note = Nota
alert-tip = Consejo
alert-important = Importante
alert-warning = Advertencia
alert-caution = Precaución
heading-link = Enlace al título «{ $title }»
task-done = hecho
task-open = pendiente
picture-elsewhere = Imagen de otra página
