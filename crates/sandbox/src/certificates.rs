//! The throwaway certificate authority, and the certificates it gives out.
//!
//! Its key is made at start, never written down and gone with the process. Its
//! certificate is bound to the names that this run serves (name constraints,
//! RFC 5280 §4.2.1.10), so that whoever trusts it trusts it for nothing else.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
    date_time_ymd,
};
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::{CertifiedKey, SigningKey};
use tokio_rustls::rustls::{self, ServerConfig};

use crate::clock::Clock;
use crate::clouds;
use crate::guard::lock;

/// How many days certificates are good for: longer than any run, and as short as
/// the strictest clients want them.
const VALID_DAYS: i64 = 90;
/// How long a line of PEM is (RFC 7468 §2).
const PEM_LINE: usize = 64;

/// A certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// By the maker of certificates.
    #[error("a certificate cannot be made")]
    Make(#[from] rcgen::Error),
    /// By the TLS stack.
    #[error("TLS refuses its own certificate")]
    Tls(#[from] rustls::Error),
    /// The machine's clock is beyond what a certificate can say.
    #[error("the machine's clock shows an impossible date")]
    Clock,
}

/// A certificate authority of this run alone, and what it signed so far.
#[derive(Debug)]
pub struct Certificates {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    leaf_key: KeyPair,
    signing_key: Arc<dyn SigningKey>,
    provider: Arc<CryptoProvider>,
    valid: Validity,
    loopback: Arc<CertifiedKey>,
    /// By name; bounded by the names there are.
    named: Mutex<HashMap<&'static str, Arc<CertifiedKey>>>,
}

impl Certificates {
    /// Makes the authority and loopback's certificate. Elliptic curves, because
    /// such keys are made in microseconds.
    pub fn new(with_stand_ins: bool) -> Result<Self, CertificateError> {
        let valid = Validity::from_now()?;
        let authority_key = KeyPair::generate()?;
        let parameters = authority(valid, with_stand_ins);
        let certificate = parameters.self_signed(&authority_key)?;
        let issuer = Issuer::new(parameters, authority_key);
        let leaf_key = KeyPair::generate()?;
        let provider = Arc::new(default_provider());
        let signing_key = provider
            .key_provider
            .load_private_key(PrivateKeyDer::Pkcs8(leaf_key.serialize_der().into()))?;
        let loopback = CertifiedKey::new(
            vec![leaf(
                &issuer,
                &leaf_key,
                valid,
                "localhost",
                loopback_names()?,
            )?],
            Arc::clone(&signing_key),
        );
        Ok(Self {
            issuer,
            pem: pem(certificate.der()),
            leaf_key,
            signing_key,
            provider,
            valid,
            loopback: Arc::new(loopback),
            named: Mutex::default(),
        })
    }

    /// The authority's certificate in PEM, for a client to trust. Never the key.
    pub fn authority_pem(&self) -> &str {
        &self.pem
    }

    /// TLS for loopback: the same certificate whatever name is asked.
    pub fn for_loopback(self: &Arc<Self>) -> Result<Arc<ServerConfig>, CertificateError> {
        self.config(Resolver {
            certificates: Arc::clone(self),
            host: None,
        })
    }

    /// TLS for a connection to `host`, one of the names the proxy leads here.
    pub fn for_stand_in(
        self: &Arc<Self>,
        host: &'static str,
    ) -> Result<Arc<ServerConfig>, CertificateError> {
        self.config(Resolver {
            certificates: Arc::clone(self),
            host: Some(host),
        })
    }

    /// Only HTTP/1.1 is offered: a fault cuts a connection, and with HTTP/2 it
    /// would cut the requests beside its own.
    fn config(&self, resolver: Resolver) -> Result<Arc<ServerConfig>, CertificateError> {
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(resolver));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// The certificate of a stand-in name, made when it is first asked for.
    fn named(&self, host: &'static str) -> Option<Arc<CertifiedKey>> {
        let mut named = lock(&self.named);
        if let Some(known) = named.get(host) {
            return Some(Arc::clone(known));
        }
        let name = SanType::DnsName(host.try_into().ok()?);
        let certificate = leaf(&self.issuer, &self.leaf_key, self.valid, host, vec![name]).ok()?;
        let made = Arc::new(CertifiedKey::new(
            vec![certificate],
            Arc::clone(&self.signing_key),
        ));
        named.insert(host, Arc::clone(&made));
        Some(made)
    }
}

/// Chooses the certificate by the name that the client asks for (SNI, RFC 6066
/// §3), or the host of the tunnel if it asks for none.
#[derive(Debug)]
struct Resolver {
    certificates: Arc<Certificates>,
    host: Option<&'static str>,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let Some(host) = self.host else {
            return Some(Arc::clone(&self.certificates.loopback));
        };
        let name = match hello.server_name() {
            Some(name) => clouds::stand_in(name)?,
            None => host,
        };
        self.certificates.named(name)
    }
}

/// From yesterday, for a client whose clock is behind, on.
#[derive(Debug, Clone, Copy)]
struct Validity {
    from: (i32, u8, u8),
    until: (i32, u8, u8),
}

impl Validity {
    fn from_now() -> Result<Self, CertificateError> {
        let now = Timestamp::from_millisecond(Clock::default().now_ms())
            .map_err(|_| CertificateError::Clock)?
            .to_zoned(TimeZone::UTC);
        let day = |days: i64| {
            let date = now
                .checked_add(days.days())
                .map_err(|_| CertificateError::Clock)?;
            let number = |part: i8| u8::try_from(part).map_err(|_| CertificateError::Clock);
            Ok::<_, CertificateError>((
                i32::from(date.year()),
                number(date.month())?,
                number(date.day())?,
            ))
        };
        Ok(Self {
            from: day(-1)?,
            until: day(VALID_DAYS)?,
        })
    }

    fn hold_for(self, parameters: &mut CertificateParams) {
        let (year, month, day) = self.from;
        parameters.not_before = date_time_ymd(year, month, day);
        let (year, month, day) = self.until;
        parameters.not_after = date_time_ymd(year, month, day);
    }
}

fn authority(valid: Validity, with_stand_ins: bool) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    valid.hold_for(&mut parameters);
    parameters
        .distinguished_name
        .push(DnType::CommonName, "Sandbox tenant, throwaway authority");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let mut permitted = vec![
        GeneralSubtree::DnsName("localhost".to_owned()),
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv4Addr::LOCALHOST.into(), 32)),
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(
            Ipv6Addr::LOCALHOST.into(),
            128,
        )),
    ];
    if with_stand_ins {
        let names = clouds::stand_in_hosts().into_iter();
        permitted.extend(names.map(|host| GeneralSubtree::DnsName(host.to_owned())));
    }
    parameters.name_constraints = Some(NameConstraints {
        permitted_subtrees: permitted,
        excluded_subtrees: Vec::new(),
    });
    parameters
}

fn leaf(
    issuer: &Issuer<'static, KeyPair>,
    key: &KeyPair,
    valid: Validity,
    name: &str,
    names: Vec<SanType>,
) -> Result<CertificateDer<'static>, rcgen::Error> {
    let mut parameters = CertificateParams::default();
    valid.hold_for(&mut parameters);
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.subject_alt_names = names;
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Strict checkers (Python 3.13) want the link to the authority's key.
    parameters.use_authority_key_identifier_extension = true;
    Ok(parameters.signed_by(key, issuer)?.der().clone())
}

fn loopback_names() -> Result<Vec<SanType>, rcgen::Error> {
    Ok(vec![
        SanType::DnsName("localhost".try_into()?),
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ])
}

/// RFC 7468: base64 in lines between two marks.
fn pem(certificate: &CertificateDer<'_>) -> String {
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for (index, character) in STANDARD.encode(certificate).chars().enumerate() {
        if index > 0 && index % PEM_LINE == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END CERTIFICATE-----\n");
    text
}
