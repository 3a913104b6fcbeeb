//! The sentence a device shows, in the language of `mkt`.

/// Language, what precedes the address, what stands between address and code,
/// what ends the sentence.
const SENTENCES: &[(&str, [&str; 3])] = &[
    (
        "en",
        [
            "To sign in, open the page ",
            " in a web browser and enter the code ",
            " to authenticate.",
        ],
    ),
    (
        "de",
        [
            "Öffnen Sie zum Anmelden die Seite ",
            " in einem Webbrowser und geben Sie den Code ",
            " ein.",
        ],
    ),
    (
        "fr",
        [
            "Pour vous connecter, ouvrez la page ",
            " dans un navigateur web et entrez le code ",
            ".",
        ],
    ),
    (
        "es",
        [
            "Para iniciar sesión, abra la página ",
            " en un explorador web y escriba el código ",
            ".",
        ],
    ),
    (
        "it",
        [
            "Per accedere, aprire la pagina ",
            " in un Web browser e immettere il codice ",
            ".",
        ],
    ),
    (
        "nl",
        [
            "Open de pagina ",
            " in een webbrowser om u aan te melden en voer de code ",
            " in.",
        ],
    ),
    (
        "pt",
        [
            "Para entrar, abra a página ",
            " em um navegador da Web e insira o código ",
            ".",
        ],
    ),
    (
        "ja",
        [
            "サインインするには、Web ブラウザーでページ ",
            " を開き、コード ",
            " を入力してください。",
        ],
    ),
];

/// The message in the language asked for, or in English.
pub fn message(market: Option<&str>, uri: &str, user_code: &str) -> String {
    let language = market
        .and_then(|market| market.split(['-', '_']).next())
        .unwrap_or_default();
    let [before, between, after] = SENTENCES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(language))
        .or_else(|| SENTENCES.first())
        .map_or(["", " ", ""], |(_, parts)| *parts);
    format!("{before}{uri}{between}{user_code}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_page_and_code_in_the_language_asked_for() {
        for (market, start) in [
            (None, "To sign in"),
            (Some("en-GB"), "To sign in"),
            (Some("de-AT"), "Öffnen Sie"),
            (Some("FR"), "Pour vous"),
            (Some("xx"), "To sign in"),
            (Some(""), "To sign in"),
        ] {
            let text = message(market, "https://a.example/b", "ABC");
            assert!(text.starts_with(start), "{market:?}: {text}");
            assert!(text.contains("https://a.example/b") && text.contains("ABC"));
        }
    }
}
