//! The device code grant, under both of its names. Source: "OAuth 2.0 device
//! authorization grant", authenticating the user; RFC 8628 §3.4 and §3.5.

use super::super::aadsts::{
    DEVICE_CODE_EXPIRED, DEVICE_CODE_WRONG, DEVICE_DECLINED, DEVICE_PENDING, DEVICE_TOO_FAST,
};
use super::super::issue::Issue;
use super::super::refusal::Refusal;
use super::request::TokenRequest;
use super::{client, code};
use crate::back_channel::{Device, Poll};
use crate::directory::Tenancy;
use crate::origin::Origin;
use crate::world::World;

/// What the device code in the request is worth, and uses it up once somebody
/// approved it. MSAL Python sends it as `code` as well.
pub fn redeem<'a>(world: &World, request: &TokenRequest<'a>) -> Result<Issue<'a>, Refusal> {
    client::check_origin(request, false)?;
    let device_code = match request.form.get("device_code") {
        Some(code) if !code.is_empty() => code,
        _ => request
            .form
            .get("code")
            .filter(|code| !code.is_empty())
            .ok_or_else(|| Refusal::missing("device_code"))?,
    };
    let fits = |device: &Device| {
        let cloud = Origin(device.issuer.clone()).served_cloud();
        device.client_id.eq_ignore_ascii_case(request.client_id)
            && request.check_cloud(cloud.graph_host()).is_ok()
            && Tenancy::parse(&device.tenant).is_some_and(|asked| asked.same_as(request.tenancy))
    };
    let devices = &world.back_channel.devices;
    let fact = match devices.poll(device_code, world.clock.now_ms(), fits) {
        Poll::Approved(grant) => return code::granted(world, request, *grant, false),
        Poll::Pending => &DEVICE_PENDING,
        Poll::TooFast => &DEVICE_TOO_FAST,
        Poll::Declined => &DEVICE_DECLINED,
        Poll::Expired => &DEVICE_CODE_EXPIRED,
        Poll::Unknown => &DEVICE_CODE_WRONG,
    };
    Err(Refusal::from(fact))
}
