//! The card as a QR code, to be scanned from the screen.
//!
//! Modules are sent to the window as data; it draws them, and the margin around them. Source: ISO/IEC 18004.

use qrcode::{Color, EcLevel, QrCode};

use super::{Card, vcard};
use crate::views::CodeView;

/// Octets of the vCard in the code: as many as a code of 77 modules a side holds (version 15, level L). Each is then
/// still four pixels wide in the window, which a telephone sees at arm's length.
const OCTETS_MAX: usize = 520;

/// The code and what it holds; `None` where nothing can be drawn of it, which the limit above rules out.
///
/// A screen is neither dirty nor torn: the least correction gives the largest modules.
pub fn draw(card: &Card) -> Option<CodeView> {
    let (vcard, held) = vcard::compact(card, OCTETS_MAX);
    let code = QrCode::with_error_correction_level(vcard, EcLevel::L).ok()?;
    let module = |color: &Color| match color {
        Color::Dark => '1',
        Color::Light => '0',
    };
    let modules = code.to_colors();
    let rows = modules.chunks(code.width());
    Some(CodeView {
        rows: rows.map(|row| row.iter().map(module).collect()).collect(),
        holds: held
            .into_iter()
            .map(|property| property.value)
            .filter(|value| !value.is_empty())
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::samples::{ada, noor};

    /// Modules of the margin, and pixels of a module, as the window draws them.
    const QUIET: usize = 4;
    const SCALE: usize = 4;

    /// What a scanner not made here reads from the picture.
    fn scanned(code: &CodeView) -> String {
        let side = (code.rows.len() + 2 * QUIET) * SCALE;
        let dark = |x: usize, y: usize| {
            let module = |pixel: usize| (pixel / SCALE).checked_sub(QUIET);
            let row = module(y).and_then(|row| code.rows.get(row));
            let found = row.zip(module(x)).and_then(|(row, at)| row.chars().nth(at));
            found == Some('1')
        };
        let luma = |x, y| if dark(x, y) { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, luma);
        let grids = picture.detect_grids();
        let [grid] = grids.as_slice() else {
            panic!("{} codes were found", grids.len());
        };
        grid.decode().unwrap().1
    }

    fn check(card: &Card) {
        let code = draw(card).unwrap();
        assert!(code.rows.iter().all(|row| row.len() == code.rows.len()));
        assert!(code.rows.len() <= 77, "{} modules", code.rows.len());
        assert_eq!(scanned(&code), vcard::compact(card, OCTETS_MAX).0);
    }

    #[test]
    fn a_scanner_reads_the_vcard() {
        check(&noor());
        check(&ada());
        check(&Card {
            name: "山田 太郎 👩‍💻".repeat(20),
            title: Some("Ü".repeat(500)),
            company: Some("\u{5d0}".repeat(500)),
            ..ada()
        });
    }

    #[test]
    fn what_it_holds_is_told_in_words() {
        let expected = [
            "Ada Lovelace-Núñez",
            "ada@signet.example",
            "+44 20 7946 0101",
            "+44 7700 900101",
            "Principal Engineer; Analyst",
            "Signet, Example, Analytical Engines",
        ];
        assert_eq!(draw(&ada()).unwrap().holds, expected);
    }
}
