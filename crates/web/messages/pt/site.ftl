# The words of the reader's side in Portuguese, impersonal where possible, otherwise with “você”.

## Dates (CLDR, long)

date = { $day } de { $month ->
    [1] janeiro
    [2] fevereiro
    [3] março
    [4] abril
    [5] maio
    [6] junho
    [7] julho
    [8] agosto
    [9] setembro
    [10] outubro
    [11] novembro
   *[12] dezembro
} de { $year }
moment = { $date }, { $time }

## Every page

skip = Ir para o conteúdo
search = Pesquisar
search-this-site = Pesquisar neste site
feed = Feed
private = Privada
breadcrumbs = Trilha de navegação
breadcrumbs-home = Início
pager = Mais páginas
pager-newer = ← Mais recentes
pager-older = Mais antigas →
pager-previous = ← Anterior
pager-next = Mais →
list-empty = Não há páginas aqui.
list-empty-yet = Ainda não há páginas aqui.
list-all = Todas as páginas: { $title }
menu = Menu
menu-below = Abaixo de { $title }
section-pages = Nesta seção
section-all = Todas as páginas desta seção
cards-pages = { $count ->
    [one] { $count } página
   *[other] { $count } páginas
}
cards-many = mais de { $count } páginas
cards-all = Todas as páginas, as mais recentes primeiro

## Who is signed in

who = Sessão
who-signed-in = Sessão iniciada como { $name }
who-edit = Editar esta página
who-panel = Administração
who-account = Conta
sign-in = Entrar
sign-out = Sair
sign-in-to-read = Entre: talvez você possa lê-la
signed-out-now = Você saiu.
signed-out-browser = O navegador não envia mais seu nome nem sua senha a este site.
notice-not-accepted = O nome e a senha enviados não são válidos aqui, por isso é mostrado o que todos podem ver.
notice-not-verified = No momento não é possível verificar o nome e a senha, por isso é mostrado o que todos podem ver.

## A page

page-draft = Rascunho: não publicado.
page-continue-editing = Continuar a edição
page-scheduled = Esta página será publicada em { $date }. Até lá, só a redação a vê.
page-receipts = Esta página tem confirmação de leitura: a redação vê quando você a abriu pela primeira e pela última vez.
page-ended = Esta página esteve publicada até { $moment }. Agora só a redação a vê.
share-until = Esta página está aberta para você por um link, até { $moment }.
share-draft = Isto é um rascunho, aberto por um link até { $moment }. Ainda pode mudar.
page-updated = atualizada em { $date }
page-edit = Editar
page-below = Subpáginas
page-contents = Nesta página
page-minutes = { $minutes } min de leitura
page-around = Página anterior e seguinte
page-previous = Anterior
page-next = Seguinte

## Search

search-how = Digite uma ou mais palavras no campo acima. A pesquisa encontra as páginas que têm todas elas no título, no resumo ou no texto.
search-results = Resultados para “{ $query }”, os melhores primeiro
search-nothing = Nenhum resultado para “{ $query }”.
search-no-word = Nenhum resultado: a pesquisa não contém palavras. Digite letras ou algarismos.
search-only-excludes = Nenhum resultado: a pesquisa só exclui palavras. Acrescente uma palavra a encontrar.
search-help-word = Uma palavra encontra também palavras mais longas que começam por ela. Maiúsculas e acentos não importam.
search-help-phrase-example = duas palavras
search-help-phrase = encontra exatamente esta expressão.
search-help-without-example = palavra
search-help-without = deixa de fora as páginas com esta palavra.

## The account

account = Sua conta
account-who = Sessão iniciada como { $name } ({ $role ->
    [reader] leitura
    [editor] redação
   *[admin] administração
}).
account-password = Alterar minha senha
account-present = Senha atual
account-new = Nova senha
account-again = Repetir a nova senha
account-new-help = No mínimo { $min } caracteres. Várias palavras funcionam bem.
account-next = O navegador pedirá a nova senha.
account-differ = As duas novas senhas são diferentes. Digite a mesma duas vezes.
account-wrong = Esta não é a sua senha atual.
account-too-many = Senhas erradas demais. Nada foi alterado. { $seconds ->
    [one] Tente de novo em { $seconds } segundo.
   *[other] Tente de novo em { $seconds } segundos.
}
account-changed-meanwhile = Sua senha foi alterada nesse meio-tempo, por isso esta alteração não foi salva. Entre de novo.
account-reads = Páginas que você pode ler: { $count }
account-forgotten = Esqueceu a senha atual?
account-no-colours = As cores são as do sistema, claras ou escuras.
password-empty = Uma senha não pode ser vazia.
password-control = Uma senha não pode conter caracteres de controle.
password-short = Curta demais: use no mínimo { $min } caracteres.
password-long = No máximo { $max } bytes; esta tem { $bytes }. Uma letra fora do ASCII ocupa de 2 a 4 bytes.
password-name = A senha não pode ser o seu nome.
password-app = Uma senha não pode começar com { $prefix }, porque as senhas de aplicativo começam assim.
password-common = Esta é uma das senhas mais comuns, as primeiras testadas em um ataque. Escolha outra.
app-passwords = Senhas de aplicativo
app-passwords-what = Com uma senha de aplicativo, um script ou aplicativo lê com o seu nome o que você pode ler. Ela não abre a administração e não altera nada.
app-password-made = A nova senha de aplicativo “{ $name }”
app-password-made-help = Ela é mostrada só uma vez. Copie-a antes de sair desta página. Ela funciona com o seu nome:
app-password-name = Nome
app-password-name-help = O que a usa, por exemplo: backup noturno
app-password-below = Somente páginas abaixo de
app-password-below-help = Um caminho como /clients. Sem caminho, ela abre todas as páginas que você pode ler.
app-password-valid = Válida
app-password-days = { $days ->
    [one] { $days } dia
   *[other] { $days } dias
}
app-password-no-end = sem fim
app-password-make = Criar uma senha de aplicativo
app-password-end = Encerrar
app-password-end-one = Encerrar “{ $name }”
app-password-end-all = Encerrar todas as senhas de aplicativo
app-password-until = até { $date }
app-password-over = encerrada em { $date }
app-password-used = último uso em { $date }
app-password-unused = ainda não usada
app-password-wrong-name = Um nome tem de 1 a { $max } caracteres em uma linha.
app-password-wrong-below = Esse não é o caminho de uma página, como /clients.
app-password-wrong-days = Escolha por quanto tempo ela é válida.
app-password-taken = Você já tem uma senha de aplicativo com este nome.
app-password-made-already = Este formulário já foi enviado e criou uma senha de aplicativo, que foi mostrada uma única vez. Nenhuma outra foi criada. Se você não a copiou, encerre-a abaixo e crie outra.
app-password-many = Você tem { $max } senhas de aplicativo. Encerre uma que não é usada.
account-end-app-passwords = { $count ->
    [one] Encerrar também a minha senha de aplicativo
   *[other] Encerrar também as minhas { $count } senhas de aplicativo
}
join = Escolha uma senha para { $name }
join-once = Este link funciona uma vez. Depois, entre com este nome e a nova senha.
join-submit = Definir a senha
join-gone = Já foi usado, um mais novo o substituiu ou o prazo terminou.
colours = Cores
colours-choice = { $choice ->
    [light] Claras
    [dark] Escuras
   *[system] Sistema
}
form-problems = Nada foi salvo. A corrigir:

## Errors

error-request = Solicitação { $id }
error-home = Ir para a página inicial
error-panel = Ir para a administração
error-again = Tentar de novo
error-switch = Entrar com outro nome
error-bad-request = Solicitação inválida
error-unauthorized = Entre para ler esta página
error-unauthorized-message = Entre para ler esta página.
error-unauthorized-who = Nomes e senhas são fornecidos por quem administra este site.
error-rejected = Sessão não iniciada
error-rejected-message = Esse nome e essa senha não funcionaram.
error-rejected-capitals = Maiúsculas contam.
error-contact = Ainda sem senha, ou esqueceu?
error-signed-out = Sessão encerrada
error-signed-out-message = Se o navegador pedir agora um nome e uma senha, escolha “Cancelar”: assim ele esquece os antigos.
error-signed-out-browser = Na autenticação Basic, quem guarda a senha é o navegador, não este site. Se ele continuar a enviá-la, feche o navegador.
error-forbidden = Sem acesso
error-forbidden-page = A sessão é de { $name }, que não pode ler esta página.
error-forbidden-panel = A sessão é de { $name } ({ $role ->
    [reader] leitura
    [editor] redação
   *[admin] administração
}), que não pode abrir esta página.
error-forbidden-https = Este site só mostra páginas privadas por HTTPS. Use o endereço com https://.
error-forbidden-form = Este formulário foi enviado por outro site, por isso nada foi alterado.
error-forbidden-app-password = Uma senha de aplicativo abre páginas, não a administração.
error-forbidden-limit = Esta senha de aplicativo é limitada a uma parte do site. Nela, abre as páginas privadas que { $name } pode ler.
error-stale-form = Enviar este formulário de novo
error-stale-form-message = O formulário ficou aberto por mais de um dia, sua senha foi alterada nesse meio-tempo ou outro site o enviou. Nada foi alterado.
resend-kept = O que você digitou está abaixo. Você pode copiar ou enviar de novo.
resend-secrets = As senhas não são guardadas: digite-as de novo.
resend-again = Enviar de novo
error-not-found = Página não encontrada
error-not-found-message = Não há página neste endereço.
error-not-found-check = Verifique se há um erro no endereço ou pesquise a página.
error-gone = Este link já não funciona
error-gone-who = Peça um novo a quem o enviou.
error-ended = Este link já não é válido
error-ended-message = Ele abria uma página até { $moment }.
error-ended-ask = Peça um novo link a quem o enviou.
error-method = Método não permitido
error-method-message = Este endereço só responde a { $methods }.
error-timeout = Lento demais
error-timeout-message = O resto da solicitação não chegou a tempo.
error-timeout-again = Envie de novo.
error-conflict = Não foi feito
error-unchanged = Nada foi alterado.
error-partly-saved = Só uma parte foi salva
error-partly-saved-reload = Uma parte já foi salva. Volte e recarregue a página para vê-la.
error-too-large = Grande demais
error-too-large-message = { $bytes ->
    [one] Uma solicitação pode ter no máximo { $bytes } byte.
   *[other] Uma solicitação pode ter no máximo { $bytes } bytes.
}
error-too-large-back = Volte: talvez o navegador ainda tenha o que você digitou.
error-address = Endereço longo demais
error-address-message = Este endereço é mais longo que o de qualquer página.
error-media-type = Tipo de mídia não suportado
error-media-type-message = Um formulário é enviado como application/x-www-form-urlencoded (multipart/form-data).
error-unprocessable = Não é possível
error-unprocessable-back = Volte para tentar de novo.
error-too-many = Tentativas demais
error-too-many-message = Houve nomes e senhas errados demais a partir da sua rede ou para este nome.
error-too-many-wait = Tente de novo em { $wait }.
error-too-many-uploads = Envios a mais
error-too-many-uploads-message = Já estão a ser enviados dois ficheiros seus. Aguarde até que um deles termine.
error-headers = Cabeçalho grande demais
error-headers-message = Os campos de cabeçalho desta solicitação são numerosos ou longos demais.
error-busy = Ocupado
error-busy-message = O servidor está ocupado. Tente de novo em alguns segundos.
error-no-room-message = Há solicitações grandes demais em andamento, da sua rede ou no total.
error-no-room-wait = Aguarde alguns segundos, volte e tente de novo: o navegador ainda tem o que você digitou.
error-unavailable = Fora de serviço
error-unavailable-message = O banco de dados do site não responde. Tente de novo em um momento.
error-not-saved = Não foi salvo
error-not-saved-message = No momento não é possível gravar no banco de dados do site.
error-not-saved-back = Volte: talvez o navegador ainda tenha o que você digitou. Envie de novo em um momento; se acontecer outra vez, avise quem administra este site.
error-in-doubt = Talvez tenha sido salvo
error-in-doubt-message = A conexão com o banco de dados do site se perdeu durante a gravação. Talvez tenha sido salvo; recarregue a página para ver.
error-in-doubt-again = O formulário de uma página pode ser enviado de novo: ele reconhece o que já salvou.
error-no-space = Sem espaço
error-internal = Algo deu errado
error-internal-message = O erro é do site, não seu. Tente de novo; se acontecer outra vez, avise quem o administra.

## Link previews and blocks of code

preview-private = Uma página privada de { $site }
code-copy = Copiar
code-copy-name = Copiar este código
code-copied = Copiado

## Beside a text

alert-note = Nota
alert-tip = Dica
alert-important = Importante
alert-warning = Aviso
alert-caution = Cuidado
heading-link = Ligação para o título “{ $title }”
task-done = feito
task-open = por fazer
picture-elsewhere = Imagem de outra página
