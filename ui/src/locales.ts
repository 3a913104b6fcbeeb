/** The language the words are in. */
export const LANGUAGE = "en";

/** Dates and numbers as the person's own region writes them, where it shares the language. */
export const LOCALES = [...navigator.languages.filter((locale) => locale.startsWith(`${LANGUAGE}-`)), LANGUAGE];
