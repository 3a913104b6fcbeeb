//! The few lines between building a request and reading its answer: token, sending, one fresh token.

use std::sync::Arc;
use std::time::Instant;

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use message::{Attachment, Message};
use reqwest::Request;
use secrecy::{ExposeSecret, SecretString};
use tracing::debug;
use uuid::Uuid;

use crate::add_attachment::{self, AttachOutcome};
use crate::base_url::BaseUrl;
use crate::class::{Class, Operation};
use crate::create_message::{self, CreateOutcome};
use crate::create_upload_session::{self, UploadSession};
use crate::delete_message;
use crate::error::{GraphError, Unreachable};
use crate::exchange::{Again, Exchange, Observer, To};
use crate::find_by_key::{self, Found, LookError, Place};
use crate::find_report;
use crate::get_mail_tips::{self, MailTips};
use crate::immutable_id;
use crate::list_attachments;
use crate::outgoing::Stamp;
use crate::profile::{self, Profile};
use crate::send_mail::{self, NotSent, SendOutcome, Why};
use crate::send_message;
use crate::token::{Rejected, TokenError, TokenSource};
use crate::transport::{self, Limits};
use crate::upload::{self, Written};

mod keeping;

/// Microsoft Graph for one account.
#[derive(Clone)]
pub struct Graph {
    http: reqwest::Client,
    base: BaseUrl,
    tokens: Arc<dyn TokenSource>,
    observer: Option<Observer>,
    /// Why what is asked from here was asked before, where it was.
    again: Option<Again>,
}

/// No answer could be had: no token, or no connection.
pub(crate) enum Failure {
    Token(TokenError),
    Unreachable(Unreachable),
}

impl From<Failure> for GraphError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Token(error) => error.into(),
            Failure::Unreachable(why) => Self::Unreachable(why),
        }
    }
}

impl Graph {
    /// Graph at `base`, with tokens from `tokens`.
    ///
    /// The client must follow no redirects, since a token belongs to one host, and should bound the connection phase
    /// (`connect_timeout`): a connection that cannot be made then proves that a message was not sent, whereas an
    /// overall time limit proves nothing.
    #[must_use]
    pub fn new(http: reqwest::Client, base: BaseUrl, tokens: Arc<dyn TokenSource>) -> Self {
        Self {
            http,
            base,
            tokens,
            observer: None,
            again: None,
        }
    }

    /// The same, with somebody who hears of each request when it has ended.
    #[must_use]
    pub fn observed_by(self, observer: Observer) -> Self {
        let observer = Some(observer);
        Self { observer, ..self }
    }

    /// The same for one attempt of its caller's, counted from 1, which the observer is told beyond the first.
    #[must_use]
    pub fn at_attempt(&self, attempt: u32) -> Self {
        let again = (attempt > 1).then_some(Again::EarlierAttempt { attempt });
        Self {
            again,
            ..self.clone()
        }
    }

    /// The card: `/me`, photo and manager in one round trip.
    ///
    /// `photo_etag` is the ETag of the photo that is already there; an unchanged one comes back as `Part::Unknown`.
    ///
    /// # Errors
    /// When there is no token, no answer, or nothing about the person in it. Photo and manager never fail the card.
    pub async fn profile(&self, photo_etag: Option<&str>) -> Result<Profile, GraphError> {
        let request = profile::request(&self.base, photo_etag);
        match self
            .ask(
                profile::SCOPES,
                &request,
                profile::LIMITS,
                profile::read,
                refused_read,
            )
            .await
        {
            Ok(read) => read,
            Err(failure) => Err(failure.into()),
        }
    }

    /// Submits a message once, stamped with the outbox's key. `contents` are the attachments' bytes in their order.
    ///
    /// Never repeats what may have been taken over. A refused token is a definite no, so exactly then the request goes
    /// out a second time, with a fresh one.
    pub async fn send_mail(
        &self,
        message: &Message,
        key: &str,
        contents: Vec<Vec<u8>>,
    ) -> SendOutcome {
        match send_mail::request(&self.base, message, key, contents) {
            Ok(request) => self.submit(&request).await,
            Err(fault) => SendOutcome::NotSent(fault),
        }
    }

    /// Whether drafts can be made and mail be looked for, by what is granted. Nobody is asked.
    pub async fn is_sure(&self) -> bool {
        let scopes = [
            create_message::SCOPES,
            find_by_key::SCOPES,
            send_mail::SCOPES,
        ]
        .concat();
        self.tokens.is_granted(&scopes).await
    }

    /// Makes a draft of a message, stamped. `contents` are the attachments' bytes in their order;
    /// `None` where they are attached afterwards.
    pub async fn create_message(
        &self,
        message: &Message,
        stamp: Stamp<'_>,
        contents: Option<Vec<Vec<u8>>>,
    ) -> CreateOutcome {
        let request = match create_message::request(&self.base, message, stamp, contents) {
            Ok(request) => request,
            Err(fault) => return CreateOutcome::NotSent(fault),
        };
        let refused = |outcome: &CreateOutcome| match outcome {
            CreateOutcome::Rejected(error) => refusal(error, Operation::Send),
            CreateOutcome::Created { .. }
            | CreateOutcome::NotSent(_)
            | CreateOutcome::Unclear { .. } => None,
        };
        let (scopes, limits) = (create_message::SCOPES, create_message::LIMITS);
        match self
            .ask(scopes, &request, limits, create_message::read, refused)
            .await
        {
            Ok(CreateOutcome::Rejected(error))
                if error.class(Operation::Send) == Class::Refresh =>
            {
                CreateOutcome::NotSent(signed_out(&error))
            }
            Ok(outcome) => outcome,
            Err(failure) => create_message::failed(failure),
        }
    }

    /// The names of what is attached to a draft.
    ///
    /// # Errors
    /// When it is not known.
    pub async fn attachments(&self, draft: &str) -> Result<Vec<String>, AttachOutcome> {
        let request = list_attachments::request(&self.base, draft);
        let limits = list_attachments::LIMITS;
        self.on_draft(draft, &request, limits, list_attachments::read)
            .await
    }

    /// Attaches a file of less than [`UPLOAD_BYTES_MIN`](crate::UPLOAD_BYTES_MIN) to a draft.
    pub async fn add_attachment(
        &self,
        draft: &str,
        attachment: &Attachment,
        contents: Vec<u8>,
    ) -> AttachOutcome {
        let request = match add_attachment::request(&self.base, draft, attachment, contents) {
            Ok(request) => request,
            Err(fault) => return AttachOutcome::NotSent(fault),
        };
        let read = |answer: &http::Response<Vec<u8>>| Err(add_attachment::read(answer));
        let done: Result<(), _> = self
            .on_draft(draft, &request, send_mail::LIMITS, read)
            .await;
        done.err().unwrap_or(AttachOutcome::Attached)
    }

    /// Asks where a large file of a draft may be written to.
    ///
    /// # Errors
    /// When there is no such place.
    pub async fn create_upload_session(
        &self,
        draft: &str,
        attachment: &Attachment,
    ) -> Result<UploadSession, AttachOutcome> {
        let request = create_upload_session::request(&self.base, draft, attachment)
            .map_err(AttachOutcome::NotSent)?;
        let read = |answer: &http::Response<Vec<u8>>| {
            create_upload_session::read(&self.base, attachment, answer)
        };
        self.on_draft(draft, &request, send_mail::LIMITS, read)
            .await
    }

    /// Writes the bytes where the session stands, at most [`RANGE_BYTES_MAX`](crate::RANGE_BYTES_MAX) of them. No token
    /// goes along.
    pub async fn upload(&self, session: &mut UploadSession, range: Vec<u8>) -> Written {
        let end = session.next.saturating_add(range.len() as u64);
        let Some(request) = upload::request(session, range) else {
            return Written::Ended;
        };
        let told = outline(&request);
        let started = Instant::now();
        let answer = transport::exchange(&self.http, request, upload::LIMITS).await;
        self.tell(Exchange::new(To::Upload, &told, &answer, started.elapsed()));
        match answer {
            Ok(answer) => upload::read(session, end, &answer),
            Err(why) => Written::Not(upload::failed(why)),
        }
    }

    /// Does something to a draft, with a token.
    async fn on_draft<T>(
        &self,
        draft: &str,
        request: &Request,
        limits: Limits,
        read: impl Fn(&http::Response<Vec<u8>>) -> Result<T, AttachOutcome>,
    ) -> Result<T, AttachOutcome> {
        if !immutable_id::is_sound(draft) {
            return Err(AttachOutcome::Gone);
        }
        let refused = |read: &Result<T, AttachOutcome>| match read {
            Err(AttachOutcome::Rejected(error)) => refusal(error, Operation::Send),
            Ok(_) | Err(_) => None,
        };
        let scopes = add_attachment::SCOPES;
        match self.ask(scopes, request, limits, read, refused).await {
            Ok(Err(AttachOutcome::Rejected(error)))
                if error.class(Operation::Send) == Class::Refresh =>
            {
                Err(AttachOutcome::NotSent(signed_out(&error)))
            }
            Ok(read) => read,
            Err(failure) => Err(add_attachment::failed(failure)),
        }
    }

    /// Sends a draft, once, with the care of [`Graph::send_mail`].
    pub async fn send_message(&self, id: &str) -> SendOutcome {
        match immutable_id::is_sound(id) {
            true => self.submit(&send_message::request(&self.base, id)).await,
            // It came from a disk that lies. What it stands for may have been sent.
            false => SendOutcome::Unclear {
                why: Why::UnexpectedAnswer,
                status: None,
                retry_after: None,
                request_id: None,
            },
        }
    }

    /// Looks for what bears a key: in every folder, and then among the drafts where there is no more than drafts.
    ///
    /// A draft that is not among the drafts was thrown away, or is being sent just now: it is looked for again, and is
    /// nothing only where it still is a draft.
    ///
    /// # Errors
    /// When it is not known what is there.
    pub async fn find_by_key(&self, key: &str) -> Result<Found, LookError> {
        let found = self.find_in(Place::Everywhere, key).await?;
        if !is_unsubmitted(&found) {
            return Ok(found);
        }
        let among_drafts = self.find_in(Place::Drafts, key).await?;
        if among_drafts != Found::Nothing {
            return Ok(among_drafts);
        }
        match self.find_in(Place::Everywhere, key).await? {
            found if is_unsubmitted(&found) => Ok(Found::Nothing),
            // It was there a moment ago.
            Found::Nothing => Err(LookError::Unclear { retry_after: None }),
            found @ (Found::Sent { .. } | Found::Draft { .. }) => Ok(found),
        }
    }

    async fn find_in(&self, place: Place, key: &str) -> Result<Found, LookError> {
        let request = find_by_key::request(&self.base, place, key);
        let (scopes, limits) = (find_by_key::SCOPES, find_by_key::LIMITS);
        match self
            .ask(
                scopes,
                &request,
                limits,
                |answer| find_by_key::read(answer, key),
                refused_read,
            )
            .await
        {
            Ok(read) => Ok(read?),
            Err(failure) => Err(find_by_key::failed(failure)),
        }
    }

    /// What a report says that answers the message with this Message-ID: it could not be delivered to somebody.
    ///
    /// # Errors
    /// When it is not known whether there is one.
    pub async fn find_report(&self, message_id: &str) -> Result<Option<String>, LookError> {
        let request = find_report::request(&self.base, message_id);
        let (scopes, limits) = (find_report::SCOPES, find_report::LIMITS);
        match self
            .ask(scopes, &request, limits, find_report::read, refused_read)
            .await
        {
            Ok(read) => Ok(read?),
            Err(failure) => Err(find_by_key::failed(failure)),
        }
    }

    /// What Outlook says of recipients: of those that it answers about, in several requests where there are many. Nothing
    /// where no permission that allows to ask is granted: nobody is asked for one.
    ///
    /// # Errors
    /// When there is no token or no answer. What came of earlier requests is then lost too.
    pub async fn mail_tips(&self, addresses: &[String]) -> Result<Vec<MailTips>, GraphError> {
        let mut tips = Vec::new();
        let Some(scopes) = self.tips_scopes().await else {
            return Ok(tips);
        };
        let asked = addresses.get(..message::RECIPIENTS_MAX);
        for some in asked
            .unwrap_or(addresses)
            .chunks(get_mail_tips::ADDRESSES_MAX)
        {
            let request = get_mail_tips::request(&self.base, some);
            let (limits, read) = (get_mail_tips::LIMITS, get_mail_tips::read);
            let read = self.ask(scopes, &request, limits, read, refused_read).await;
            tips.extend(read.map_err(GraphError::from)??);
        }
        Ok(tips)
    }

    async fn tips_scopes(&self) -> Option<&'static [&'static str]> {
        for scopes in get_mail_tips::SCOPES {
            if self.tokens.is_granted(scopes).await {
                return Some(scopes);
            }
        }
        None
    }

    /// Removes a draft, if it still is one.
    ///
    /// # Errors
    /// When it is not known to be gone.
    pub async fn delete_draft(&self, id: &str) -> Result<(), GraphError> {
        if !immutable_id::is_sound(id) {
            return Ok(());
        }
        let scopes = delete_message::SCOPES;
        let ask = delete_message::ask(&self.base, id);
        let is_draft = self
            .ask(
                scopes,
                &ask,
                find_by_key::LIMITS,
                delete_message::is_draft,
                refused_read,
            )
            .await;
        if !is_draft.map_err(GraphError::from)?? {
            return Ok(());
        }
        let remove = delete_message::remove(&self.base, id);
        self.ask(
            scopes,
            &remove,
            find_by_key::LIMITS,
            delete_message::read,
            refused_read,
        )
        .await
        .map_err(GraphError::from)?
    }

    async fn submit(&self, request: &Request) -> SendOutcome {
        let refused = |outcome: &SendOutcome| match outcome {
            SendOutcome::Rejected(error) => refusal(error, Operation::Send),
            SendOutcome::Accepted { .. }
            | SendOutcome::NotSent(_)
            | SendOutcome::Unclear { .. } => None,
        };
        match self
            .ask(
                send_mail::SCOPES,
                request,
                send_mail::LIMITS,
                send_mail::read,
                refused,
            )
            .await
        {
            // Two tokens were refused: the message waits for the person, it has not failed.
            Ok(SendOutcome::Rejected(error)) if error.class(Operation::Send) == Class::Refresh => {
                SendOutcome::NotSent(signed_out(&error))
            }
            Ok(outcome) => outcome,
            Err(failure) => send_mail::failed(failure),
        }
    }

    /// Asks with a token; asks once more with a fresh one when `refused` finds the token refused, and with which
    /// claims.
    async fn ask<T>(
        &self,
        scopes: &[&str],
        request: &Request,
        limits: Limits,
        read: impl Fn(&http::Response<Vec<u8>>) -> T,
        refused: impl Fn(&T) -> Option<Challenge>,
    ) -> Result<T, Failure> {
        let token = self
            .tokens
            .access_token(scopes, None)
            .await
            .map_err(Failure::Token)?;
        let first = read(&self.exchange(request, &token, limits, self.again).await?);
        let Some(Challenge { claims }) = refused(&first) else {
            return Ok(first);
        };
        let rejected = Some(Rejected {
            token: &token,
            claims,
        });
        let fresh = self
            .tokens
            .access_token(scopes, rejected)
            .await
            .map_err(Failure::Token)?;
        let again = Some(Again::TokenRefused);
        let second = read(&self.exchange(request, &fresh, limits, again).await?);
        if let Some(Challenge { claims }) = refused(&second) {
            self.tokens.refused_again(scopes, claims).await;
        }
        Ok(second)
    }

    async fn exchange(
        &self,
        request: &Request,
        token: &SecretString,
        limits: Limits,
        again: Option<Again>,
    ) -> Result<http::Response<Vec<u8>>, Failure> {
        // Only a streamed body cannot be copied, and none is.
        let mut attempt = request
            .try_clone()
            .ok_or(Failure::Unreachable(Unreachable::NotConnected))?;
        let id = identify(attempt.headers_mut()).to_string();
        authorize(attempt.headers_mut(), token)?;
        let started = Instant::now();
        let answer = transport::exchange(&self.http, attempt, limits).await;
        self.tell(Exchange {
            client_request_id: Some(&id),
            again,
            ..Exchange::new(To::Graph, request, &answer, started.elapsed())
        });
        let path = request.url().path();
        match &answer {
            Ok(answer) => {
                debug!(path, client_request_id = %id, status = answer.status().as_u16(), "answered")
            }
            Err(why) => debug!(path, client_request_id = %id, %why, "no answer"),
        }
        answer.map_err(Failure::Unreachable)
    }

    fn tell(&self, exchange: Exchange<'_>) {
        if let Some(observer) = &self.observer {
            observer(&exchange);
        }
    }
}

/// A request without its body, which may be a range of a file.
fn outline(request: &Request) -> Request {
    let mut outline = Request::new(request.method().clone(), request.url().clone());
    outline.headers_mut().clone_from(request.headers());
    outline
}

fn refused_read<T>(read: &Result<T, GraphError>) -> Option<Challenge> {
    let error = read.as_ref().err()?;
    refusal(error, Operation::Read)
}

fn is_unsubmitted(found: &Found) -> bool {
    matches!(
        found,
        Found::Draft {
            submitted: false,
            ..
        }
    )
}

fn signed_out(error: &GraphError) -> NotSent {
    NotSent::SignInRequired {
        claims: error.claims().map(str::to_owned),
    }
}

/// A token was refused, perhaps with what the next one must say.
pub(crate) struct Challenge {
    claims: Option<String>,
}

fn refusal(error: &GraphError, operation: Operation) -> Option<Challenge> {
    let refused =
        matches!(error, GraphError::Unauthorized(_)) && error.class(operation) == Class::Refresh;
    refused.then(|| Challenge {
        claims: error.claims().map(str::to_owned),
    })
}

// A new name for every attempt, which Graph keeps in its records and sends back.
// Source: Graph, "Best practices for working with Microsoft Graph", reliability and support.
fn identify(headers: &mut HeaderMap) -> Uuid {
    let id = Uuid::new_v4();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert("client-request-id", value);
        headers.insert("return-client-request-id", HeaderValue::from_static("true"));
    }
    id
}

fn authorize(headers: &mut HeaderMap, token: &SecretString) -> Result<(), Failure> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
            Failure::Token(TokenError::Other("the token is no header value".to_owned()))
        })?;
    value.set_sensitive(true);
    headers.insert(AUTHORIZATION, value);
    Ok(())
}

#[cfg(test)]
mod tests;
