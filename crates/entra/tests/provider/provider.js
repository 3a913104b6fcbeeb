// An OpenID provider that nobody here wrote, as it comes but for one native client and the flows that it may use.
// It says its issuer in the line that begins with "issuer " and ends with its standard input.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "signet",
        client_name: "Signet",
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: ["http://localhost", "io.github.signetmail://auth"],
        grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        response_types: ["code"],
      },
    ],
    scopes: ["openid", "offline_access", "mail.send"],
    claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: `Name of ${sub}`, preferred_username: `${sub}@id.example` }),
    }),
    // What a native client needs to know of the person stands in the ID token.
    conformIdTokenClaims: false,
    features: { deviceFlow: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    pkce: { required: () => true },
    rotateRefreshToken: true,
  });
  server.on("request", provider.callback());
  console.log(`issuer ${issuer}`);
});
process.stdin.on("end", () => process.exit()).resume();
