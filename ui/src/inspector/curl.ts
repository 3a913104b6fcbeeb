import type { RequestView } from "../bindings";

/**
 * A request as a line for a shell. The access token is no part of it: `$TOKEN` stands there for one's own, and so does the file
 * `body` for what was sent. What Signet has left out of the address is still `…`.
 */
export function curl({ method, address, to, content_type }: RequestView): string {
  const parts = [`curl --request ${method}`, quoted(address)];
  // Double quotes, so that the shell fills the token in.
  if (to === "graph") parts.push('--header "Authorization: Bearer $TOKEN"');
  if (content_type !== null) parts.push(`--header ${quoted(`Content-Type: ${content_type}`)}`, "--data-binary @body");
  return parts.join(" \\\n  ");
}

/** A word that a POSIX shell takes as it is: within single quotes only the quote itself means something. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
