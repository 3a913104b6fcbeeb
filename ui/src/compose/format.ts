/** What the toolbar offers. */
export type Format = "bold" | "italic" | "underline" | "bullets" | "numbers" | "quote" | "link" | "picture" | "clear";
