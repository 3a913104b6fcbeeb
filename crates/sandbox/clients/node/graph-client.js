// Microsoft's Graph client, pointed at a sandbox through the options it has for that.

import { Client } from "@microsoft/microsoft-graph-client";

export function graphClient(sandbox, accessToken) {
  return Client.init({
    authProvider: (done) => done(null, accessToken),
    baseUrl: `${sandbox.https}/`,
    customHosts: new Set([new URL(sandbox.https).hostname]),
  });
}
