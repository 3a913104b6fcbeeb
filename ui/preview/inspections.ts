/** Samples of what the inspector may be told. */
import type { ClaimView, InspectionView, PermissionView, RequestView } from "../src/bindings";

const NOW_MS = Date.now();
const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

function request(number: number, path: string, more: Partial<RequestView> = {}): RequestView {
  return {
    number,
    to: "graph",
    method: "GET",
    address: `https://graph.microsoft.com/v1.0${path}`,
    content_type: null,
    client_request_id: `2f4b1b54-7c2f-4be0-9d0a-3c1f6d0a7e${String(number).padStart(2, "0")}`,
    request_id: `8d0f9f4c-5f0e-4b7a-a5f3-1f7a9b1d5c${String(number).padStart(2, "0")}`,
    status: 200,
    failure: null,
    at_ms: NOW_MS - (40 - number) * 9 * SECOND_MS,
    took_ms: 40 + number * 7,
    again: null,
    ...more,
  };
}

const sent = { method: "POST", content_type: "text/plain", status: 202 } as const;
const requests: RequestView[] = [
  request(30, "/me/sendMail", sent),
  request(29, "/me/sendMail", { ...sent, status: 503, again: { kind: "earlier_attempt", attempt: 2 } }),
  request(28, "/me/sendMail", { ...sent, status: null, failure: "inspector-connection-lost", request_id: null, took_ms: 30_012 }),
  request(27, "/me/messages/…YjsT5e/send", { method: "POST", status: 202, again: { kind: "token_refused" } }),
  request(26, "/me/messages/…YjsT5e/send", { method: "POST", status: 401 }),
  request(25, "", { to: "upload", method: "PUT", address: "https://outlook.office.com/", client_request_id: null, content_type: "application/octet-stream", took_ms: 2210 }),
  request(24, "", {
    to: "authority",
    method: "POST",
    address: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    content_type: "application/x-www-form-urlencoded",
  }),
  request(23, "/$batch", { method: "POST", content_type: "application/json" }),
  ...Array.from({ length: 22 }, (_, at) => request(22 - at, "/me/messages?$filter=…&$select=id,isDraft,internetMessageId&$top=10")),
];

function permission(scope: string, why: string, more: Partial<PermissionView> = {}): PermissionView {
  return { scope, why, granted: true, optional: false, unused: false, ...more };
}

const permissions: PermissionView[] = [
  permission("openid", "permission-openid"),
  permission("profile", "permission-profile"),
  permission("offline_access", "permission-offline-access"),
  permission("User.Read", "permission-user-read"),
  permission("Mail.Send", "permission-mail-send", { optional: true }),
  permission("Mail.ReadWrite", "permission-mail-read-write", { optional: true, granted: false }),
  permission("Calendars.Read", "permission-not-asked", { unused: true }),
];

function claim(name: string, value: string, about: string | null = `claim-${name.replaceAll("_", "-")}`): ClaimView {
  return { name, value, about, at_ms: null };
}

const claims: ClaimView[] = [
  claim("aud", "6f1e1c84-0b0e-4a5c-9d0e-5a4d0b0c0001"),
  { ...claim("exp", String(Math.floor(NOW_MS / SECOND_MS) + 3600)), at_ms: NOW_MS + HOUR_MS },
  claim("extension_shoe_size", "42", null),
  claim("iss", "https://login.microsoftonline.com/5e1f0000-1843-4000-8000-000000000001/v2.0"),
  claim("name", "Ada Lovelace-Núñez"),
  claim("oid", "ada00000-1843-4000-8000-000000000001"),
  claim("preferred_username", "ada@signet.example"),
  claim("tid", "5e1f0000-1843-4000-8000-000000000001"),
  claim("uti", "kQ0yAAAAAAAAAAAAAAAAAA", "claim-internal"),
];

const profile = JSON.stringify({
  "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(id,displayName)/$entity",
  businessPhones: ["+44 20 7946 0101"],
  displayName: "Ada Lovelace-Núñez",
  id: "ada00000-1843-4000-8000-000000000001",
  jobTitle: "Principal Engineer",
  mail: "ada@signet.example",
});

export const inspections: Record<string, InspectionView> = {
  whole: { account: { permissions, claims, token_expires_at_ms: NOW_MS + HOUR_MS + 4 * SECOND_MS, profile }, requests },
  "left-alone": {
    account: {
      permissions: permissions.map((one) => ({ ...one, granted: true, unused: one.optional })),
      claims,
      token_expires_at_ms: NOW_MS - SECOND_MS,
      profile,
    },
    requests,
  },
  bare: { account: { permissions, claims: [], token_expires_at_ms: null, profile: null }, requests: [] },
};
