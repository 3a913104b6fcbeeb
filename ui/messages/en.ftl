### Every sentence Signet shows: in its windows and in its notifications.
### A trouble's value says what happened; its .remedy says what one can do.

app-name = Signet

## Notifications

notify-accepted = “{ $subject }” is on its way.
notify-bounced = “{ $subject }” did not reach everybody. Open the outbox to see why.
notify-failed = “{ $subject }” could not be sent. Open the outbox to see why.
notify-waiting-account = “{ $subject }” waits, because something is the matter with the mailbox. Open the outbox to see what.
notify-unconfirmed = It is not certain that “{ $subject }” was sent. Open the outbox to decide.
notify-left-one = One message waits. It goes on when Signet runs again.
notify-left-many = { $count } messages wait. They go on when Signet runs again.
notify-waiting-sign-in = “{ $subject }” waits until you sign in again.

## The main window

back = Back
views = Views
home = Card
outbox = Outbox
settings = Settings
inspector = Inspector
cancel = Cancel
save = Save
refresh = Refresh
close = Close
close-notice = Close this notice
signed-in = Signed in as { $name }
signed-out = Signed out

copy = Copy: { $what }
copy-done = Copied: { $what }
copy-failed = Could not be copied: { $what }

## Welcome

welcome-title = Sign in, see your card, send mail
welcome-lead = Your browser opens Microsoft’s own sign-in page. Your password never passes through Signet.
welcome-accounts = With a work or school account, or a personal account
sign-in-microsoft = Sign in with Microsoft
try-sandbox = Try the sandbox tenant
try-sandbox-hint = A make-believe tenant on this computer: sign in and send mail, and nothing leaves it.

registration-title = Before you sign in to Microsoft
registration-why = Signet needs a client id, so that Microsoft knows which app is asking. Getting one takes three steps and costs nothing.
registration-step-app = In the Microsoft Entra admin center, choose “App registrations”, then “New registration”. Name it, and choose who may sign in.
registration-step-redirect = Under “Authentication”, choose “Allow public client flows”, which signing in with a code needs, and add the platform “Mobile and desktop applications” with these redirect URIs:
registration-step-client-id = Copy the “Application (client) ID” from the overview page and paste it here:
open-portal = Open the admin center
open-register-help = Microsoft’s guide
client-id = Client id
client-id-shape = 00000000-0000-0000-0000-000000000000
client-id-first = A client id is needed first. The three steps are below.
redirect-uri = Redirect URI
redirect-uris = Redirect URIs

## Settings

settings-registration = Registration with Microsoft
settings-managed = Your organization has set these. They cannot be changed here.
settings-saved = Saved
settings-set-by-environment = An environment variable has set this.
settings-set-by-managed = Your organization has set this.
settings-sending = Sending
undo-send = Undo after “Send”
undo-send-seconds = { $seconds ->
    [0] Off: mail leaves at once
   *[other] { $seconds } seconds
}
undo-send-hint = For so long a message can be taken back before it leaves.
settings-signature = Signature
signature-of = Below mail from { $address }
signature-hint = Plain text. It stands below each new message, where it can be changed or deleted.
signature-from-card = Use my card
settings-mail-program = Mail links
mail-program-signet = Signet opens when you click a mail address, on a web page or elsewhere.
mail-program-other = Another program opens when you click a mail address, or none.
mail-program-packaged-chosen = Signet opens when you click a mail address. The package that brought Signet manages this; choose another program in your desktop’s settings.
mail-program-packaged = Another program opens when you click a mail address, or none. The package that brought Signet manages this; choose Signet in your desktop’s settings, among the default programs.
mail-program-system = Your system’s own settings say which program opens mail addresses.
mail-program-take = Make Signet the program for mail links
mail-program-give-back = Give mail links back
mail-program-give-back-hint = The program that opened them before does so again.
settings-look = Look and notifications
theme = Colors
theme-system = As the desktop
theme-light = Light
theme-dark = Dark
theme-hint = High contrast, where the desktop asks for it, always wins.
notifications = Notifications
notifications-all = Everything that becomes of a message
notifications-needed = Only what needs you
notifications-none = None
notifications-hint = The outbox tells everything in any case.
settings-keychain = Where your sign-in is kept
settings-inspector-hint = For developers and support: what Signet asks of Microsoft, what was answered, and what it may do.
settings-open-inspector = Open the inspector
client-id-hint = The “Application (client) ID” of the registration.
tenant = Tenant
tenant-hint = “common” lets any account sign in; “organizations” work or school accounts only. Otherwise the tenant’s id or domain.
redirect-uri-hint = The registration must carry both, under “Mobile and desktop applications”. The second is for desktops that cannot open Signet from the browser.
sign-in-method = How the browser comes back
sign-in-method-automatic = Automatic
sign-in-method-scheme = It opens Signet
sign-in-method-loopback = It answers through a port of this computer
sign-in-method-device-code = Not at all: sign in with a code, on any device
drafts-in-mailbox = Keep drafts in my mailbox too
drafts-in-mailbox-hint = While you write, the recipients, subject and text are copied to the Drafts folder of your mailbox, so that you can go on writing in Outlook. Attached files stay on this computer until you send. For this Signet asks once whether it may read and write your mail. It reads only its own drafts and messages, and reports about them.
sign-in-method-hint = “Automatic” takes the first of the other three that works here.

settings-network = Network
proxy = Proxy
proxy-system = The system’s
ca-file = Certificates trusted beside the system’s
ca-file-none = None
network-hint = “proxy” and “ca_file” in the settings file say otherwise. They hold from the next start.
settings-data = Where your data lies
folder-config = Settings and signatures
folder-data = Drafts, outbox and history
folder-cache = Cards
folder-open = Open folder
folder-open-which = Open folder: { $which }
export-everything = Export everything…
export-everything-hint = Drafts and outbox as JSON, cards, signatures and settings, in a folder of your choice. Your sign-in is not among them.
exported = Exported to { $folder }
delete-everything = Delete everything…
delete-everything-hint = Signs every account out, and erases all of this from this computer.
delete-title = Delete everything?
delete-unsent = { $count ->
    [0] No message waits to be sent.
    [one] One message waits to be sent. It will not be:
   *[other] { $count } messages wait to be sent. They will not be:
}
delete-what = Every account is signed out. Drafts, outbox, history, cards, signatures and settings are erased from this computer, and what is written in open windows is lost. What was sent stays in your mailbox.
delete-confirm = Delete everything
deleted-everything = Everything was deleted.

persistence-store = In { $name }. You stay signed in when Signet is closed.
persistence-session-only = This computer offers no keyring, so your sign-in is kept only until Signet is closed. Nothing of it is written to a file.
persistence-waiting = Waiting for your keyring. If it asks for its password, unlock it to go on.

config-faults = { $count ->
    [one] A setting needs your attention.
   *[other] { $count } settings need your attention.
}
config-source-settings = (Settings)
config-source-environment = (Environment variable)
config-source-managed = (Set by your organization)
config-client-id = The client id is not one. It looks like 00000000-0000-0000-0000-000000000000.
config-tenant = The tenant is neither “common”, “organizations” or “consumers”, nor an id, nor a domain.
config-authority = The sign-in address is not an address that begins with https://.
config-graph = The address of Microsoft Graph is not one that begins with https://.
config-sign-in = “sign_in” is none of automatic, scheme, loopback and device-code.
config-proxy = “proxy” is not the address of a proxy. It looks like http://proxy.example:8080, without a name or password.
config-undo-send = “undo_send” is not a number of seconds from 0 to 60.
config-drafts-in-mailbox = “drafts_in_mailbox” is neither true nor false.
config-theme = “theme” is none of system, light and dark.
config-notifications = “notifications” is none of all, needed and none.
config-ca-file = “ca_file” does not name a file with certificates by its whole path.
config-graph-elsewhere = The addresses of sign-in and of Microsoft Graph belong to different clouds. Nobody can sign in until they fit.
config-file = The settings file { $path } cannot be understood at line { $line }. It was left as it is.
config-unreadable = The settings file { $path } cannot be read.
config-unknown-key = “{ $key }” is not a setting that Signet knows.
config-not-text = “{ $key }” must be text.
config-not-saved = The settings could not be written.

## Signing in

signing-in-sign-in = Continue in your browser
signing-in-renew = Sign in again in your browser
signing-in-consent = Allow Signet to send mail
signing-in-attach = Allow Signet to save drafts in your mailbox
signing-in-keep = Allow Signet to keep your drafts
signing-in-look = Allow Signet to look for your message
signing-in-preparing = Asking Microsoft for its sign-in page…
signing-in-redeeming = Finishing the sign-in…
signing-in-browser = { $cloud ->
    [sandbox] The sandbox tenant’s sign-in page has opened in your browser. What comes next:
   *[microsoft] Microsoft’s sign-in page has opened in your browser. What comes next:
}
signing-in-next = What comes next there:
signing-in-step-account = Choose your account and sign in. The first time, you are asked what Signet may do.
signing-in-step-consent = You are asked whether Signet may send mail as you. Choose “Accept”.
signing-in-step-attach = A message with large files, or one that Outlook is to send later, is first saved as a draft in your mailbox. For that you are asked whether Signet may read and write your mail. Choose “Accept”. Signet reads only its own drafts and messages, and reports about them. From then on it saves every message as a draft first, so that it can find out whether it was sent.
signing-in-step-look = You are asked whether Signet may read and write your mail. Choose “Accept”. Signet reads only its own drafts and messages, and reports about them. From then on it saves every message as a draft first, so that it can find out whether it was sent.
signing-in-step-keep = You are asked whether Signet may read and write your mail. Choose “Accept”. Signet reads only its own drafts and messages, and reports about them. From then on it also saves every message as a draft first, so that it can find out whether it was sent.
signing-in-step-confirm = If the page asks “Are you trying to sign in to Signet?”, choose “Continue”.
signing-in-step-return = If the browser asks whether it may open Signet, allow it. You are then back here.
time-left = Time left: { $left }
signing-in-step-return-loopback = When the browser says that you can close the tab, come back here.
sign-in-no-scheme = This desktop cannot open Signet from the browser, so the browser answers through a port of this computer.
sign-in-no-port = This desktop cannot open Signet from the browser and no port of this computer is free, so you sign in with a code.
signing-in-code = Sign in with a code
signing-in-code-open = On this computer or any other device, open this page:
signing-in-code-enter = Enter this code there, and sign in:
signing-in-code-return = Signet goes on by itself as soon as you have signed in. Never enter a code that somebody else has sent you.
copy-code = Copy code
open-code-page = Open the page
use-code = Use a code instead
use-browser = Use the browser on this computer
open-again = Open again
sign-in-address-title = Nothing happened?
sign-in-address-hint = Open this address in any browser on this computer.
sign-in-address = Address of the sign-in page

loopback-finished = Signing in
loopback-finished-next = You can close this tab and go back to Signet.
loopback-refused = Not signed in
loopback-refused-next = Close this tab and go back to Signet, which says why.
loopback-unexpected = Nothing to do here
loopback-unexpected-next = No sign-in is waiting for this page. You can close this tab.

## What can go wrong

trouble-cancelled = The sign-in was cancelled.
    .remedy = Nothing has changed. You can sign in whenever you like.
trouble-declined = Signet was not given the permission it asked for.
    .remedy = Sign in again and choose “Accept” to give it.
trouble-admin-consent = Your organization lets only an administrator approve Signet.
    .remedy = Send your administrator a note; once it is approved, sign in again.
trouble-consent-required = Signet needs your permission for this.
    .remedy = Sign in again, and Microsoft will ask you for it.
trouble-redirect-uri = Microsoft does not know this app’s redirect URI.
    .remedy = Add the redirect URI shown in Settings to the registration, under “Mobile and desktop applications”.
trouble-unknown-client = Microsoft does not know an app with this client id.
    .remedy = Check the client id, and that the registration is in the tenant you sign in to.
trouble-tenant-not-found = Microsoft does not know this tenant.
    .remedy = Check the tenant in Settings.
trouble-own-tenant = This app belongs to one organization and cannot be used by everybody.
    .remedy = Enter that organization’s tenant in Settings in place of the common one.
trouble-name-tenant = Microsoft could not tell which organization is meant.
    .remedy = Enter its tenant in Settings, or sign in with a whole address.
trouble-other-cloud = This app or account lives in another national cloud of Microsoft’s.
    .remedy = Signet’s settings file can name that cloud’s sign-in address and its Microsoft Graph.
trouble-declare-permission = The registration does not declare a permission that Signet asks for.
    .remedy = Add the delegated permissions User.Read, Mail.Send and Mail.ReadWrite to the registration.
trouble-came-twice = Microsoft’s answer came twice, and the second one was dropped.
    .remedy = Sign in again if you are not signed in.
trouble-device-code = The code was not entered in time, or it was not the right one.
    .remedy = Try again, and you will get a new one.
trouble-clock = { $minutes ->
    [one] This computer’s clock is off by a minute, so the sign-in cannot be trusted.
   *[other] This computer’s clock is off by { $minutes } minutes, so the sign-in cannot be trusted.
}
    .remedy = Set the clock, then try again.
trouble-offline = The service cannot be reached from this computer.
    .remedy = Check your network, then try again.
trouble-no-answer = The sign-in service does not answer.
    .remedy = Check your network, then try again in a few minutes.
trouble-server-down = Microsoft’s service has a problem of its own.
    .remedy = Try again in a few minutes.
trouble-request-loop = Microsoft’s service was asked the same thing many times in a few minutes, so Signet has stopped asking.
    .remedy = Wait five minutes, then try again.
trouble-unreadable-answer = The service’s answer could not be understood.
    .remedy = Something in between may have changed it: a proxy, or a network that wants you to log in first. Then try again.
trouble-id-token = The sign-in came with a proof that does not hold.
    .remedy = It was dropped. Try again; if this happens twice, tell your administrator.
trouble-no-port = No port of this computer is free for the answer of the browser.
    .remedy = Try again. If it stays so, choose another way under “How the browser comes back” in Settings.
trouble-timed-out = The sign-in took too long and was ended.
    .remedy = Try again when you are ready.
trouble-interaction-required = Microsoft wants you to sign in again.
    .remedy = Your card and your mail stay here meanwhile.
trouble-sign-in-as-usual = It is time to sign in again, as your organization wants it from time to time.
    .remedy = Nothing is wrong. Your card and your mail stay here meanwhile.
trouble-choose-account = Microsoft could not tell which of your accounts is meant.
    .remedy = Sign in again and choose the account on the page.
trouble-change-password = Your password has expired.
    .remedy = Sign in again, and Microsoft’s page will ask you for a new one.
trouble-register-verification = Your organization wants a second proof that it is you, and none is set up yet.
    .remedy = Sign in again and finish setting up verification on Microsoft’s page.
trouble-verify = Your organization wants a second proof that it is you.
    .remedy = Sign in again and verify yourself on Microsoft’s page.
trouble-confirm-application = Microsoft wants to be sure that you meant to sign in to Signet.
    .remedy = Sign in again and confirm it on the page.
trouble-meet-policy = Your organization’s rules ask for more than this sign-in had.
    .remedy = Sign in again. If this comes back, send the details below to your administrator.
trouble-managed-device = Your organization lets you sign in only from a device that it manages.
    .remedy = Use such a device, or ask your help desk to enroll this one. Trying again helps only after that.
trouble-not-assigned = Your organization has not assigned Signet to you.
    .remedy = Ask your administrator to assign you to the app, then try again.
trouble-account-does-not-fit = This account cannot be used here.
    .remedy = Sign in with another account: a work or school account of this organization, or a personal one, as the registration allows.
trouble-account-disabled = This account is disabled, or locked for a while.
    .remedy = Your organization’s help desk can tell you why. You can sign in with another account.
trouble-other-account = You signed in as { $got }, but { $expected } was meant.
    .remedy = Nothing has changed. You can go on with { $got } beside { $expected }, or sign in again and choose { $expected }.
trouble-other-authority = The settings name another sign-in service than the one your account came from.
    .remedy = Sign in again, or set the settings back.
trouble-browser = Your browser could not be opened.
    .remedy = Copy this address and open it in any browser on this computer:
trouble-sandbox-start = The sandbox tenant could not be started.
    .remedy = Another program may be using its place. Try again.
trouble-keyring-locked = Your keyring is locked.
    .remedy = Unlock it: your sign-in is kept in it.
trouble-account-not-kept = You are signed in, but your account could not be noted down for the next start.
    .remedy = Make sure that the disk has room and that you may write to Signet’s data folder, then sign in again.
trouble-permission-not-kept = What you chose holds until Signet is closed, but it could not be noted down for the next start.
    .remedy = Make sure that the disk has room and that you may write to Signet’s data folder, then choose it again.
trouble-outbox-set-aside = The outbox was damaged and has been set aside. What could be read of it is here.
    .remedy = Look through the outbox and your drafts. The damaged file is kept at { $path }.
trouble-outbox-damaged = The outbox is damaged, so nothing more is sent from it.
    .remedy = Close Signet and open it again: what can be read is saved then, and the damaged file is kept.
trouble-accounts-set-aside = The list of accounts was damaged and has been set aside.
    .remedy = Sign in again. Your mail is not touched.
trouble-outbox = The outbox could not be opened, so mail can be neither kept nor sent.
    .remedy = Close Signet and open it again. Nothing in it was changed.
trouble-outbox-not-writable = Signet may not write to its data folder, so mail can be neither kept nor sent.
    .remedy = Give your user account the right to write there, then open Signet again.
trouble-outbox-on-network = Signet’s data folder is on another computer, where a crash could lose or double your mail. So mail can be neither kept nor sent.
    .remedy = Ask whoever looks after this computer to move the folder that XDG_DATA_HOME names to its own disk. Then open Signet again.
trouble-outbox-disk-full = The disk is full, so mail can be neither kept nor sent.
    .remedy = Make some room, then open Signet again.
trouble-outbox-busy = Another program is holding the outbox.
    .remedy = Close the other copy of Signet, then open this one again.
trouble-outbox-newer = The outbox was written by a newer version of Signet.
    .remedy = Use the newer version. Nothing in it was changed.
trouble-tokens-left = You are signed out, but your keyring did not let go of the sign-in.
    .remedy = You can remove the entry called Signet in your keyring yourself.
trouble-files-left = You are signed out, but a file with your card could not be removed.
    .remedy = Check that your user account may write to its cache folder.
trouble-browser-session-left = You are signed out here, but the browser may still be signed in.
    .remedy = Open your account's page in the browser and sign out there.
trouble-browser-not-opened = You are signed out here, but the browser could not be opened.
    .remedy = To sign out there too, open { $address } yourself.
trouble-no-client-id = A client id is needed first.
    .remedy = Enter it in Settings, or try the sandbox tenant.
trouble-misconfigured = The registration with Microsoft does not fit this app.
    .remedy = In the registration, use the platform “Mobile and desktop applications” and allow public client flows; then check the settings here.
trouble-blocked = Your organization’s rules do not let you sign in here.
    .remedy = Your help desk can tell you what is missing, such as a managed device.
trouble-tls = The connection to the service is not safe, so it was not used.
    .remedy = A proxy or a wrong clock can be the reason. Check them, then try again.
trouble-throttled = Microsoft asks Signet to slow down.
    .remedy = Try again in a few minutes.
trouble-other = Something went wrong.
    .remedy = Try again.

trouble-code = Code: { $value }
trouble-correlation = Correlation id: { $value }
trouble-trace = Trace id: { $value }

action-try-again = Try again
action-sign-in-again = Sign in again
action-continue-with-other = Go on with { $got } too
action-open-settings = Open settings
action-admin-note = Copy a note for your administrator
action-copy-address = Copy the address
action-copy-details = Copy the details
admin-note =
    I would like to use Signet, a desktop app that signs in with Microsoft, shows one’s own card and sends mail. Our tenant lets only an administrator approve it.
    It asks for these delegated permissions and no others: { $permissions }.
    With them it can act for whoever is signed in, and for nobody else: openid, profile and offline_access keep me signed in, User.Read shows my own card, Mail.Send sends the mail that I write, and Mail.ReadWrite lets it make sure that each message is sent once, and keep my drafts in my mailbox: it is asked for only when I want that, and reads nothing but the application’s own drafts and messages, and reports about them.
    To approve it for our organization, open this link as an administrator: { $link }
    Client id: { $client }
    Microsoft’s answer was: { $code }, correlation id { $correlation }

## The card

card-loading = Your card is being fetched
card-refreshing = Refreshing…
card-as-of = As of { DATETIME($when, dateStyle: "medium", timeStyle: "short") }
card-line = { $label }: { $value }
card-share = Share
card-save = Save as vCard…
card-file = vCard
card-saved = Card saved
card-code = Show QR code
card-code-title = Your card as a QR code
card-code-what = Point a phone’s camera at it, and you are among its contacts. It holds:
card-code-image = QR code with the card of { $name }
card-copy = Copy as text
card-attach = Attach to a mail
field-mail = Mail
field-phone-business = Phone
field-phone-mobile = Mobile phone
field-office = Office
field-manager = Manager
manager-open = Show the card of { $name }
sandbox-account = Sandbox account
sandbox-mailbox = Sandbox mailboxes
write-mail = Write a mail
send-test-mail = Send a test mail
account-menu = Account: { $name }
account-list = Accounts
account-needs-person = Sign in again
account-personal = Personal account
account-home = Work or school account
account-guest = Guest in tenant { $tenant }
account-add = Add another account
account-add-sandbox = Add a sandbox account
sign-out = Sign out { $address }
sign-out-in-browser = Sign out { $address } here and in the browser

sign-out-title = Sign out { $address }: what about your mail?
sign-out-unfinished = { $count ->
    [one] One message in the outbox is not finished.
   *[other] { $count } messages in the outbox are not finished.
}
sign-out-question = Kept mail waits on this computer until you sign in again. Drafts stay in any case.
sign-out-keep = Keep mail
sign-out-erase = Erase mail

## The outbox

outbox-empty = Nothing is on its way.
outbox-mail = Not finished
outbox-idle = Nothing is on its way, and nothing needs you.
outbox-send-all = Send all now
outbox-drafts = Drafts
outbox-history = Sent and cancelled
history-search = Search what was sent
history-search-hint = Subject or recipient
history-clear = Clear the search
history-nothing = Nothing found
history-nothing-what = No message has all of these words in its subject or its recipients.
history-found = { $count ->
    [0] Nothing found
    [one] One message found
   *[other] { $count } messages found
}
history-row = { $subject }, { $recipients }, { $state }
history-loading = A message that is being fetched
day-today = Today
day-yesterday = Yesterday
day = { DATETIME($when, dateStyle: "full") }
outbox-under-way = { $count ->
    [one] (one message not finished)
   *[other] ({ $count } messages not finished)
}
moment = { DATETIME($when, dateStyle: "medium", timeStyle: "short") }
clock = { DATETIME($when, timeStyle: "medium") }
moment-today = { DATETIME($when, timeStyle: "short") }
next-attempt = Next attempt: { DATETIME($when, timeStyle: "medium") }
subject-none = (no subject)
recipients-none = No recipient yet
recipients-one = To { $first }
recipients-more = { $count ->
    [one] To { $first } and one other
   *[other] To { $first } and { $count } others
}
attachment-count = { $count ->
    [one] One attachment
   *[other] { $count } attachments
}
request-id = Request id
message-id = Message-ID
server-code = Code

state-held = Leaves in a moment
state-scheduled = To be sent later
state-scheduled-detail = It leaves on { DATETIME($when, dateStyle: "full", timeStyle: "short") }. If Signet is not running then, it leaves the next time Signet runs.
state-queued = Waiting its turn
state-sending = Being sent
state-checking = Being looked for
state-attaching = Attaching files
state-attaching-detail = { $bytes } of { $of } are in your mailbox.
state-checking-sign-in = Signet will look for it once you have signed in again.
state-checking-detail = No clear answer came, so Signet looks for it in your mailbox. It is not sent again unless it is seen there as a draft that was not sent.
state-accepted = Accepted for delivery
state-deferred = Outlook sends it later
state-deferred-detail = It leaves on { DATETIME($when, dateStyle: "full", timeStyle: "short") }, even when this computer is off. Until then it lies among the drafts in your mailbox, and only Outlook can take it back.
state-bounced = Came back
state-bounced-detail = It seems not to have reached everybody. A report in your inbox says: “{ $report }”
state-sent = Sent
state-waiting-network = Waiting for the network or the mail server
state-waiting-sign-in = Waiting until you sign in again
state-waiting-consent = Waiting for your permission to send mail
state-waiting-drafts = Waiting for your permission to save it as a draft
state-waiting-mailbox-full = Waiting for room in your mailbox
state-waiting-paused = Waiting until Outlook lets you send again
state-waiting-blocked = Waiting until Microsoft lets you send again
waiting-mailbox-full = Your mailbox is full, so Outlook cannot keep what you send. Make room there, then send it.
waiting-paused = Outlook has paused sending from this account. Open your Inbox in a browser and confirm the account there, or wait until tomorrow.
waiting-blocked = Microsoft has blocked sending from this account. Its help pages say how that is lifted.
state-unconfirmed = Not certain whether it was sent
state-unconfirmed-detail = { $why } It may have been sent. Signet does not send it again by itself.
state-failed = Not sent
state-cancelled = Cancelled before it was sent
state-damaged = Cannot be read
state-damaged-detail = This entry was damaged on disk. Whether it was sent is not known. What can still be read of it can be edited.

unconfirmed-timed-out = No answer came in time.
unconfirmed-connection-lost = The connection broke off before the answer came.
unconfirmed-throttled = The server answered that it has too much to do, which does not say what became of the message.
unconfirmed-server-failed = The server answered that something went wrong on its side.
unconfirmed-unexpected-answer = The server’s answer does not say what became of the message.
unconfirmed-interrupted = Signet ended while it was being sent.
unconfirmed-attempt-lost = Something in Signet broke off while it was being sent.
unconfirmed-recovered = It was read back from a damaged outbox, whose last steps may be missing.
unconfirmed-not-found = Signet has looked for it in your mailbox for half an hour and could not tell whether it was sent.
unconfirmed-earlier = It was not sent this time. An earlier try may have sent it; that is not known.
unconfirmed-not-answered = Your mailbox could not be looked through for most of a day.
unconfirmed-cannot-look = Signet could not look for it in your mailbox.
unconfirmed-other = No answer came that can be trusted.

act-cancel = Cancel
act-retry = Send now
act-check = Find out
act-again = Send again…
act-edit = Edit
act-discard = Discard…
act-remove = Remove from list
act-on = { $act }: { $subject }

again-title = Send it again?
again-what = It is not certain whether “{ $subject }” was sent.
again-twice = If it was, everyone it is addressed to will get it twice.
again-look = Your Sent Items folder, or a recipient, can tell.
again-confirm = Send it again anyway
discard-title = Discard it?
discard-what = “{ $subject }” and its attachments will be erased from this computer.
discard-confirm = Discard

failed-rejected = The mail server refused the message.
failed-forbidden = This account may not send mail with Signet.
failed-recipients = The mail server refused a recipient’s address.
failed-no-mailbox = This account has no mailbox to send from.
failed-send-as-denied = This account may not send from that address.
failed-too-many-recipients = The message has more recipients than the mail server takes at once. Send it to fewer at a time.
failed-kept-out = Your organization keeps Signet out of your mailbox.
failed-too-large = The message is too large to be sent.
failed-too-large-file = The message is too large to be sent: on its way it has { $bytes }. The largest file is “{ $name }” with { $largest }. Leave files out, or send a link to them.
failed-too-large-text = The message is too large to be sent: on its way it has { $bytes }. Nothing is attached, so its text must become shorter.
failed-not-taken-over = The mail server did not take the message over, however often it was asked. It is among the drafts in your mailbox.
failed-draft-changed = Its draft in your mailbox was changed or removed while files were being attached to it. Trying again makes another one.
failed-no-answer = The mail server kept failing for a day while Signet tried to put the message into your mailbox. It was not sent.
failed-attachment = An attachment’s copy on this computer is missing or was changed.
failed-other = The message could not be sent.

## The inspector

inspector-lead = For developers and support: what Signet asks of Microsoft, what was answered, and what it may do. No token is shown here, nor anything that you have written.
inspector-requests = Requests
inspector-requests-hint = The last ones since Signet started, newest first. They are kept in memory alone. Ids are shortened, and what may be personal in an address is shown as “…”.
inspector-no-requests = Nothing has been asked since Signet started.
inspector-request = Request
inspector-status = Status
inspector-duration = Duration
inspector-time = Time
inspector-none = None
inspector-took = { NUMBER($ms) } ms
inspector-more = { $count ->
    [one] Show one older request
   *[other] Show { $count } older requests
}
inspector-to = Sent to
inspector-to-graph = Microsoft Graph
inspector-to-upload = The place for a large file
inspector-to-authority = The sign-in server
inspector-address = Address
inspector-client-request-id = Client request id
inspector-copy-request-id = Copy request id
inspector-curl = The request for curl
inspector-copy-curl = Copy as curl
inspector-again-token = It was asked again because Graph refused the access token. This time it bore a fresh one.
inspector-again-attempt = This is attempt { NUMBER($attempt) } to send the message. The requests before it show what became of the earlier ones.
inspector-not-connected = No connection could be made, so nothing was sent.
inspector-timed-out = No answer came in time.
inspector-connection-lost = The connection broke off before the answer came.
inspector-no-answer = No answer came.

inspector-token = Access token
inspector-token-hint = With it Signet proves to Microsoft Graph that it may act for you. Shortly before it ends, Signet fetches a new one without asking you.
inspector-token-none = None has been needed since Signet started.
inspector-token-over = It has ended. Signet fetches a new one when it next needs one.
inspector-token-until = It ends at { $when }.

inspector-permissions = Permissions
permission-granted = Granted
permission-not-granted = Not granted
permission-granted-unused = Granted, and not used
permission-ask = Ask for it
permission-ask-for = Ask for { $scope }
permission-use = Use it
permission-use-of = Use { $scope }
permission-used = Signet uses { $scope } again.
permission-left = Signet no longer uses { $scope }.
permission-stop-hint = Where you switch a permission off, Signet goes on as if you had never granted it, until you allow it again. Microsoft still has it noted down as granted: only you can take it back, on Microsoft’s own page about your apps.
permission-take-back = Take permissions back at Microsoft
permission-openid = Lets you sign in, and tells Signet which account is yours.
permission-profile = Tells Signet your name and sign-in name.
permission-offline-access = Keeps you signed in, so that you are not asked every hour.
permission-user-read = Shows your own card, your photo and, where your organization allows it, your manager.
permission-mail-send = Sends the mail that you write.
permission-mail-read-write = Saves each message as a draft in your mailbox first, so that Signet can find out whether it was sent, attaches large files, lets Outlook send later, keeps your drafts there if you like, and asks Outlook what is known of a recipient. Signet reads only its own drafts and messages, and reports about them.
permission-not-asked = Signet does not ask for it and does not use it. Your organization, or an earlier version, may have.

inspector-claims = ID token
inspector-claims-hint = What Microsoft told Signet about you when you last signed in. Signet has checked its signature.
inspector-claims-none = Nothing is known of it yet. It is kept from your next sign-in on.
claim-acct = Whether you are a member of the tenant (0) or a guest (1).
claim-at-hash = A hash of the access token that came with it, so that the two cannot be parted.
claim-aud = For which app it was made: Signet’s client id.
claim-auth-time = When you last proved who you are.
claim-email = Your mail address, as the directory has it. It may change, and nobody has checked it.
claim-exp = When it ends.
claim-family-name = Your family name.
claim-given-name = Your given name.
claim-groups = The groups you belong to, or that there are too many to list.
claim-iat = When it was made.
claim-idp = Who vouched for you, where that was not the tenant itself.
claim-internal = For Microsoft’s own use; an app is to ignore it.
claim-iss = Who made it, and for which tenant.
claim-login-hint = What the sign-in server calls you, so that you need not choose your account again.
claim-name = Your name, to be shown.
claim-nbf = From when on it holds.
claim-nonce = A number that Signet made up for this one sign-in, so that an old answer cannot be used again.
claim-oid = You, in this tenant, for every app. With the tenant’s id, Signet knows your account by it.
claim-preferred-username = Your sign-in name, to be shown. It may change, so no account is known by it.
claim-roles = The roles you were given in this app.
claim-sid = The session in your browser, to be named when you sign out there.
claim-sub = You, for this app alone.
claim-tid = The tenant that signed you in.
claim-upn = Your user principal name in the directory.
claim-ver = The version of the token’s form.

inspector-profile = Profile
inspector-profile-hint = What Microsoft Graph last said of you, under “/me”.
inspector-profile-none = Microsoft Graph has not said anything of you since Signet started.

## Writing a mail

compose-title = New message
compose-title-of = { $subject } – { $to }
compose-from = From
compose-from-nobody = Nobody is signed in. Your draft is kept; sign in to send it.
field-to = To
field-cc = Cc
field-bcc = Bcc
field-subject = Subject
compose-body = Message
compose-send = Send
compose-send-hint = Send (Ctrl+Enter)
compose-sending = Handing the message to the outbox…
compose-held = { $seconds ->
    [one] Your message leaves in one second
   *[other] Your message leaves in { $seconds } seconds
}
compose-held-hint = You can undo it until then. Closing this window changes nothing.
compose-first-time = { $count ->
    [one] It is your first message to this address. Is it the right one?
   *[other] It is your first message to these addresses. Are they the right ones?
}
compose-undo = Undo
compose-undo-hint = Undo (Ctrl+Z)
compose-undone = Not sent. The message is open again.
compose-not-undone = It could not be taken back just now.
compose-later = Send later… (Ctrl+Shift+Enter)
compose-attach = Attach
compose-attach-hint = Attach files (Ctrl+Shift+A)
compose-discard = Discard draft
compose-discard-title = Discard this draft?
compose-discard-what = What you wrote and attached will be erased from this computer.
compose-saved = Draft saved
compose-saving = Saving the draft…
compose-unsaved = The draft could not be saved. It is tried again.
compose-close-anyway = Close without saving
compose-faults = { $count ->
    [one] Not sent yet: one thing needs your attention.
   *[other] Not sent yet: { $count } things need your attention.
}
check-recipients-title = Send it although it will not reach everybody?
check-recipients-what = Outlook says:
check-recipients-mend = Change it
twin-changed = This draft was changed in Outlook.
twin-changed-what = Here you see your version. Both are kept until you choose.
twin-keep-mine = Keep mine
twin-take-theirs = Take Outlook’s
twin-kept-mine = Your version takes the place of the one in Outlook.
twin-taken = You see Outlook’s version now.
twin-undone = Your version is back.
twin-gone = This draft is no longer among the drafts in your mailbox. It was sent, moved or deleted there; here it is kept.
check-subject-title = Send without a subject?
check-subject-what = The subject is what people see of a message before they open it.
check-subject-mend = Add a subject
check-attachments-title = Did you forget a file?
check-attachments-what = You wrote “{ $word }”, but nothing is attached.
check-attachments-mend = Add a file
check-alike-title = Is that the right address?
check-alike-what = “{ $typed }” looks like “{ $other }”, to whom you have written.
check-alike-public = “{ $typed }” looks like “{ $other }”.
check-alike-mend = Use { $other }
check-anyway = Send anyway
# Whole words, between commas, that say that a file comes with the message. Capitals do not matter.
check-attachments-words = attached, attachment, attachments, attaching, i attach, we attach, enclosed, i enclose, we enclose

options = Options
options-chosen = Options of this message
option-remove = Remove { $what }
option-removed = Removed: { $what }
importance = Importance
importance-high = High importance
importance-normal = Normal importance
importance-low = Low importance
receipts = Receipts
receipt-read = Read receipt
receipt-delivery = Delivery receipt
reply-to = Answers go to…
reply-to-mark = Answers go to { $who }
reply-to-title = Where should answers go?
reply-to-address = Address
reply-to-what = Leave it empty, and answers come to you.
reply-to-set = Done
reply-to-change = Change where answers go
preview = See what exactly will be sent…
preview-title = What exactly will be sent
preview-reply-to = Answers go to
preview-files = Files
preview-file = { $name }, { $size }
preview-picture = { $name }, { $size }, in the text
preview-size = Size on its way
preview-bytes = { $bytes ->
    [one] About one byte
   *[other] About { $bytes } bytes
}
preview-about = About { $size } ({ $bytes } bytes)
preview-way = How it goes
preview-way-request = In one request, which sends it.
preview-way-draft = As a draft in your mailbox, which is sent then.
preview-way-uploads = As a draft in your mailbox. Its files are uploaded one by one, and it is sent then.
preview-looks = How it looks
preview-html = Its HTML
preview-text = As plain text
preview-text-what = For readers without HTML. Your mail server makes it from the formatted text; it says about this.

keys-title = Keys
keys-send = Send
keys-later = Send later
keys-attach = Attach files
keys-save = Save the draft
keys-close = Close and keep the draft
keys-undo-send = Undo, also sending
keys-next-area = To the next part of the window
keys-previous-area = To the part before
keys-bold = Bold
keys-italic = Italic
keys-underline = Underline
keys-link = Link
keys-numbers = Numbered list
keys-bullets = List
keys-quote = Quote
keys-indent = Further in
keys-outdent = Further out
keys-clear = Clear the formatting
keys-paste-text = Paste as text
keys-keys = Show the keys
key-control = Ctrl
key-shift = Shift
key-enter = Enter
key-space = Space

later-title = Send later
later-day = Day
later-time = Time
later-today = Today, { $date }
later-tomorrow = Tomorrow, { $date }
later-who = Who sends it
later-here = Signet, on this computer
later-server = Outlook, even when this computer is off
later-server-what = The message is handed to Outlook right away. After that only Outlook can take it back: until then it lies among the drafts in your mailbox.
later-what = Signet has to be running at that time. If it is not, the message leaves the next time Signet runs. Until then you can change it or take it back in the outbox.
later-send = Send later
compose-drop = Drop files to attach them
compose-editor-missing = The formatting editor could not be loaded. You can write plain text.

recipients-field = { $count ->
    [0] { $field }, no recipients
    [one] { $field }, one recipient
   *[other] { $field }, { $count } recipients
}
recipients-help = Left arrow goes to the recipients. There, Delete removes and Enter edits.
chip-remove = Remove { $who }
chip-removed = { $left ->
    [0] Removed { $who }, none left
   *[other] Removed { $who }, { $left } left
}
chip-added = { $count ->
    [one] Added { $who }
   *[other] Added { $count } recipients
}
chip-twice = { $who } is already there
chip-selected = { $who } selected. Press again to remove.
chip-faulty = { $who }: { $fault }
chip-alike = Looks like { $other }, to whom you have written
chip-alike-public = Looks like { $other }
chip-doubt = { $who }: { $doubt }
suggestions = Suggestions
suggestions-count = { $count ->
    [one] One suggestion. Down arrow goes to it.
   *[other] { $count } suggestions. Down arrow goes to them.
}
suggestion-forget = Suggest no more (Ctrl+Delete)
suggestion-forgotten = { $who } is suggested no more

tips = About the recipients
tips-restricted = You may not send to { $who }.
tips-full = { $count ->
    [one] The mailbox of { $who } is full.
   *[other] The mailboxes of { $who } are full.
}
tips-too-large = { $count ->
    [one] { $who } takes at most { $most }; this mail has { $size }.
   *[other] { $who } take at most { $most }; this mail has { $size }.
}
tips-away = { $who } is away: { $reply }
tips-away-until = { $who } is away until { DATETIME($until, dateStyle: "long") }: { $reply }
tips-moderated = A moderator decides on mail to { $who }.
tips-group = { $members ->
    [one] { $who } is a group of one person.
   *[other] { $who } is a group of { $members } people.
}
tips-group-outside = { $members ->
    [one] { $who } is a group of one person, who is outside your organization.
   *[other] { $outside ->
        [one] { $who } is a group of { $members } people, one of them outside your organization.
       *[other] { $who } is a group of { $members } people, { $outside } of them outside your organization.
    }
}
tips-outside = { $count ->
    [one] Outside your organization: { $who }
   *[other] Outside your organization: { $count } recipients
}
tips-note = { $who }: { $note }
tips-others = { $count ->
    [one] one other
   *[other] { $count } others
}
tips-more = { $count ->
    [one] Show one more
   *[other] Show { $count } more
}
tips-fewer = Show fewer

address-empty = There is no address.
address-no-at = An address has an @ in it.
address-several-ats = An address has only one @ in it.
address-no-local-part = Something is missing before the @.
address-bad-local-part = The part before the @ has a character or a dot that may not be there.
address-no-domain = Something is missing after the @.
address-bad-domain = The part after the @ is not a domain name.
address-domain-incomplete = The part after the @ is incomplete. Is an ending missing, such as .com?
address-space-inside = There is a space in it. Separate addresses with a comma.
address-unclosed-quote = A quotation mark is not closed.
address-unclosed-bracket = An angle bracket is not closed.
address-unclosed-comment = A parenthesis is not closed.
address-text-after-address = Something stands after the address. Separate addresses with a comma.
address-control-character = There is an invisible character in it that cannot be sent.
address-too-long = The address is too long.
address-name-too-long = The name is too long.
address-too-many = That is more than can be read at once. Paste fewer addresses.
address-other = This is not a mail address.

draft-no-recipient = Add at least one recipient.
draft-bad-address = “{ $text }” is not an address mail can be sent to.
draft-too-many-recipients = { $count } recipients are too many: { $max } are allowed.
draft-too-many-reply-to = Answers cannot go to { $count } addresses: { $max } are allowed.
draft-subject-too-long = The subject is too long: { $max } characters are allowed.
draft-body-too-long = The message is too long: it has { $bytes }, and { $max } can be sent.
draft-pictures-missing = { $count ->
    [one] A picture of the text is missing on this computer. Remove it, or insert it again.
   *[other] { $count } pictures of the text are missing on this computer. Remove them, or insert them again.
}
draft-attachments-too-large = The attachments have { $bytes } together. At most { $max } can be sent.
attachments-large = Many mailboxes take no more than { $most } in a mail. The largest file is “{ $name }” with { $size }.

attachments = { $count ->
    [one] One attachment, { $size }
   *[other] { $count } attachments, { $size }
}
attachment-remove = Remove { $name }
attachment-removed = Removed { $name }
attachment-added = { $count ->
    [one] One attachment
   *[other] { $count } attachments
}
attachment-folder = “{ $name }” is no file. Only files can be attached.
attachment-too-large = “{ $name }” is too large: up to { $max } can be attached.
attachment-unreadable = “{ $name }” cannot be read.
attachment-too-many = Those are too many files at once.

toolbar = Formatting
format-bold = Bold (Ctrl+B)
format-italic = Italic (Ctrl+I)
format-underline = Underline (Ctrl+U)
format-bullets = Bullets (Ctrl+Shift+8)
format-numbers = Numbering (Ctrl+Shift+7)
format-link = Link (Ctrl+K)
format-quote = Quote (Ctrl+Shift+9)
format-picture = Insert a picture
format-clear = Clear formatting (Ctrl+Space)
plain-text = Plain text
plain-text-on = Plain text. The formatting comes back if you switch before changing the text.
plain-text-off = With formatting
link-title = Link
link-address = Address
link-set = Set the link
link-remove = Remove the link
link-wrong = A link begins with https://, http:// or mailto:.

# The kind of file that a picker offers.
pictures = Pictures
picture-selected = A picture is selected.
picture-describe = Describe…
picture-describe-hint = Describe the picture (Enter or F2)
picture-remove = Remove
picture-title = Describe the picture
picture-words = Description
picture-words-why = It is read out to people who cannot see the picture, and shown where pictures are not loaded.
picture-set = Set the description
picture-added = { $count ->
    [one] One picture
   *[other] { $count } pictures
}
picture-removed = The picture is removed.
picture-unknown = Only PNG, JPEG, GIF and WebP pictures can stand in the text.
picture-too-large = The picture is too large for the text: up to { $max } can stand in it. Attach it as a file instead.
picture-attached = “{ $name }” is attached as a file: only PNG, JPEG, GIF and WebP pictures of up to { $max } can stand in the text.
pictures-in-text = { $count ->
    [one] One picture in the text, { $size }
   *[other] { $count } pictures in the text, { $size }
}
pictures-attach-title = Attach the pictures?
pictures-attach-what = { $count ->
    [one] Plain text shows no pictures. The picture is attached as a file instead.
   *[other] Plain text shows no pictures. The { $count } pictures are attached as files instead.
}
pictures-attach = Attach and continue
pasted-without-pictures = { $count ->
    [one] A picture was left out: it is on another computer or in a file, and would tell its owner who reads your mail. Copy the picture itself to paste it.
   *[other] { $count } pictures were left out: they are on another computer or in files, and would tell their owners who reads your mail. Copy a picture itself to paste it.
}

## When a command could not be carried out

command-folder = The folder could not be opened.
command-not-exported = Nothing could be exported to that folder.
command-not-deleted = Not everything could be deleted. Look into the folders named in Settings.
command-mail-program = The desktop did not change its program for mail links.
command-signature-too-long = The signature is too long: { $max } characters are allowed.
command-failed = That did not work.
    .remedy = Try again.
command-attaching = Files are still being attached. Send again in a moment.
command-not-signed-in = Nobody is signed in.
command-outbox = The outbox could not be written. Nothing was sent.
command-time-passed = That time has passed by now. Choose a later one.
command-too-late = It is already being sent.
command-cannot-look = Signet cannot look into your mailbox just now. Sign in, or try again in a moment.
command-may-have-been-sent = It may have been sent already. The outbox says what is known.
command-gone = It is no longer there.
command-disk-full = The disk is full. What was saved before is still there.
command-not-writable = Signet may not write to its data folder.
command-draft-too-large = The draft is too large to be saved.
command-no-window = The window could not be opened.
command-too-many-windows = Too many windows are open. Close one first.
command-card-not-saved = The card could not be saved there.
command-page = The page could not be opened.
