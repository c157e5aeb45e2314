# The words of the reader's side in English. Each key is in the file of every language, with the same arguments.
# No message contains < > & or ": templates put it into HTML as it is.

## Dates (CLDR, long)

date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
moment = { $date }, { $time }

## Every page

skip = Skip to content
search = Search
search-this-site = Search this site
feed = Feed
private = Private
breadcrumbs = Breadcrumbs
breadcrumbs-home = Home
pager = More pages
pager-newer = ← Newer
pager-older = Older →
pager-previous = ← Previous
pager-next = More →
list-empty = There are no pages here.
list-empty-yet = There are no pages here yet.
list-all = All pages: { $title }
menu = Menu
menu-below = Below { $title }
section-pages = In this section
section-all = All pages of this section
cards-pages = { $count ->
    [one] { $count } page
   *[other] { $count } pages
}
cards-many = more than { $count } pages
cards-all = All pages, newest first

## Who is signed in

who = You
who-signed-in = Signed in as { $name }
who-edit = Edit this page
who-panel = Panel
who-account = Account
sign-in = Sign in
sign-out = Sign out
sign-in-to-read = Sign in: you may be able to read it
signed-out-now = You are signed out.
signed-out-browser = Your browser no longer sends your name and password to this site.
notice-not-accepted = The name and password that were sent are not valid here, so this shows what everybody may see.
notice-not-verified = Your name and password cannot be verified at the moment, so this shows what everybody may see.

## A page

page-draft = Draft: not published.
page-continue-editing = Continue editing
page-scheduled = This page will be published on { $date }. Until then only editors see it.
page-receipts = This page has read receipts: its editors see when you first and last opened it.
page-ended = This page was published until { $moment }. Now only editors see it.
share-until = This page is open to you by a link, until { $moment }.
share-draft = This is a draft, open to you by a link until { $moment }. It may still change.
page-updated = updated { $date }
page-edit = Edit
page-below = Pages below this one
page-contents = On this page
page-minutes = { $minutes } min read
page-around = Previous and next page
page-previous = Previous
page-next = Next

## Search

search-how = Enter one or more words in the field above. The search finds pages whose title, summary or text have all of them.
search-results = Results for “{ $query }”, best first
search-nothing = No results for “{ $query }”.
search-no-word = No page matches: the search has no word. Write letters or digits.
search-only-excludes = No page matches: the search only excludes words. Add a word to find.
search-help-word = A word also finds longer words that begin with it. Capitals and accents do not matter.
search-help-phrase-example = two words
search-help-phrase = finds exactly this phrase.
search-help-without-example = word
search-help-without = leaves out pages with this word.

## The account

account = Your account
account-who = You are { $name } ({ $role ->
    [reader] reader
    [editor] editor
   *[admin] administrator
}).
account-password = Change my password
account-present = Current password
account-new = New password
account-again = New password again
account-new-help = At least { $min } characters. A few words work well.
account-next = Your browser will ask for the new password.
account-differ = The two new passwords differ. Type the same one twice.
account-wrong = That is not your current password.
account-too-many = Too many wrong passwords. Nothing was changed. { $seconds ->
    [one] Try again in { $seconds } second.
   *[other] Try again in { $seconds } seconds.
}
account-changed-meanwhile = Your password was changed meanwhile, so this change was not saved. Sign in again.
account-reads = Pages you can read: { $count }
account-forgotten = Current password forgotten?
account-no-colours = The colours must be system, light or dark.
password-empty = A password cannot be empty.
password-control = A password cannot contain control characters.
password-short = Too short: use at least { $min } characters.
password-long = At most { $max } bytes; this has { $bytes }. A letter outside ASCII takes 2 to 4 bytes.
password-name = The password cannot be the user’s name.
password-app = A password cannot begin with { $prefix }, because app passwords do.
password-common = This is one of the most common passwords, which attackers try first. Choose another.
app-passwords = App passwords
app-passwords-what = With an app password, a script or an app reads what you may read, under your name. It cannot open the panel or change anything.
app-password-made = The new app password “{ $name }”
app-password-made-help = It is shown only once. Copy it before you leave this page. It works with your name:
app-password-name = Name
app-password-name-help = What uses it, such as: nightly backup
app-password-below = Only pages below
app-password-below-help = A path such as /clients. Without one it opens every page that you may read.
app-password-valid = Valid for
app-password-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
app-password-no-end = without an end
app-password-make = Make an app password
app-password-end = End
app-password-end-one = End “{ $name }”
app-password-end-all = End all app passwords
app-password-until = until { $date }
app-password-over = ended on { $date }
app-password-used = last used on { $date }
app-password-unused = not used yet
app-password-wrong-name = A name has 1 to { $max } characters on one line.
app-password-wrong-below = That is not the path of a page, such as /clients.
app-password-wrong-days = Choose how long it is valid.
app-password-taken = You have an app password with this name.
app-password-made-already = This form was sent before and made an app password, which was shown once. No other one was made. If you did not copy it, end it below and make another.
app-password-many = You have { $max } app passwords. End one that is not used.
account-end-app-passwords = { $count ->
    [one] End my app password, too
   *[other] End my { $count } app passwords, too
}
join = Choose a password for { $name }
join-once = This link works once. Afterwards, sign in with this name and the new password.
join-submit = Set the password
join-gone = It was used already, a newer one took its place, or its time is over.
colours = Colours
colours-choice = { $choice ->
    [light] Light
    [dark] Dark
   *[system] System
}
form-problems = Nothing was saved. Please fix:

## Errors

error-request = Request { $id }
error-home = Go to the front page
error-panel = Go to the panel
error-again = Try again
error-switch = Sign in as someone else
error-bad-request = Bad Request
error-unauthorized = Sign in to read this page
error-unauthorized-message = Sign in to read this.
error-unauthorized-who = No account? Ask the operator of this site.
error-rejected = Not signed in
error-rejected-message = That name and password did not work.
error-rejected-capitals = Capitals count.
error-contact = No password yet, or forgotten?
error-signed-out = Signed out
error-signed-out-message = If your browser now asks for a name and a password, press Cancel: it then forgets the old ones.
error-signed-out-browser = With Basic authentication the browser keeps the password, not this site. If it still sends it, close the browser.
error-forbidden = You don’t have access
error-forbidden-page = You are signed in as { $name }, who may not read this page.
error-forbidden-panel = You are signed in as { $name } ({ $role ->
    [reader] reader
    [editor] editor
   *[admin] administrator
}), who may not open this.
error-forbidden-https = This site shows private pages only over HTTPS. Use the https:// address.
error-forbidden-form = This form was sent from another site, so nothing was changed.
error-forbidden-app-password = An app password opens pages, not the panel.
error-forbidden-limit = This app password is limited to a part of the site. There it opens the private pages that { $name } may read.
error-stale-form = Send this form again
error-stale-form-message = The form was open for more than a day, your password was changed meanwhile, or another site sent it. Nothing was changed.
resend-kept = What you typed is below. You can copy it, or send it again.
resend-secrets = Passwords are not kept: type them again.
resend-again = Send again
error-not-found = Page not found
error-not-found-message = There is no page at this address.
error-not-found-check = Check the address for a typing error, or search for the page.
error-gone = This link no longer works
error-gone-who = Ask whoever sent it to you for a new one.
error-ended = This link has ended
error-ended-message = It opened a page until { $moment }.
error-ended-ask = Ask whoever sent you the link for a new one.
error-method = Method not allowed
error-method-message = This address answers only { $methods }.
error-timeout = Too slow
error-timeout-message = The rest of the request did not arrive in time.
error-timeout-again = Send it again.
error-conflict = This was not done
error-unchanged = Nothing was changed.
error-partly-saved = Only a part was saved
error-partly-saved-reload = A part of this was saved already. Go back and reload the page to see it.
error-too-large = Too large
error-too-large-message = { $bytes ->
    [one] A request may have at most { $bytes } byte.
   *[other] A request may have at most { $bytes } bytes.
}
error-too-large-back = Go back: your browser may still have what you typed.
error-address = Address too long
error-address-message = This address is longer than the address of any page.
error-media-type = Unsupported media type
error-media-type-message = Send a form as application/x-www-form-urlencoded or, with a file, as multipart/form-data.
error-unprocessable = This cannot be done
error-unprocessable-back = Go back to try again.
error-too-many = Too many attempts
error-too-many-message = There were too many wrong names and passwords from your network or for this name.
error-too-many-wait = Try again in { $wait }.
error-too-many-uploads = Too many uploads
error-too-many-uploads-message = Two of your files are being uploaded already. Wait until one of them is done.
error-headers = Header too large
error-headers-message = This request has too many header fields, or they are too long.
error-busy = Busy
error-busy-message = The site is busy. Try again in a few seconds.
error-no-room-message = Too many large requests from your network, or from all visitors, are in progress.
error-no-room-wait = Wait a few seconds, then go back and try again: your browser still has what you typed.
error-unavailable = Temporarily unavailable
error-unavailable-message = The site is temporarily unavailable. Try again in a few seconds.
error-not-saved = Not saved
error-not-saved-message = The site’s database cannot be written now.
error-not-saved-back = Go back: your browser may still have what you typed. Send it again in a moment; if it happens again, tell the operator of this site.
error-in-doubt = Perhaps saved
error-in-doubt-message = The connection to the site’s database was lost while this was saved. It may have been saved; reload the page to see.
error-in-doubt-again = The form of a page may be sent again: it finds what it has saved.
error-no-space = No space left
error-internal = Something went wrong
error-internal-message = This is our fault, not yours. Try again; if it happens again, tell the operator of this site.

## Link previews and blocks of code

preview-private = A private page of { $site }
code-copy = Copy
code-copy-name = Copy this code
code-copied = Copied

## Beside a text

alert-note = Note
alert-tip = Tip
alert-important = Important
alert-warning = Warning
alert-caution = Caution
heading-link = Link to heading “{ $title }”
task-done = done
task-open = not done
picture-elsewhere = Picture of another page
