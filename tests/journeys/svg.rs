//! A screen as a picture: every cell at its place, so that no font of the reader's moves a column.

use std::fmt::Write;
use std::path::PathBuf;

const CELL: (f32, f32) = (9.0, 20.0);
const BACK: &str = "#1b1f27";
const FRONT: &str = "#d7dae0";

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screens")
}

/// Writes a screen to `target/screens/NAME.svg`.
pub fn write(name: &str, screen: &vt100::Screen) {
    std::fs::create_dir_all(folder()).unwrap();
    std::fs::write(folder().join(format!("{name}.svg")), picture(screen)).unwrap();
}

fn colour(colour: vt100::Color, otherwise: &str) -> String {
    const SIXTEEN: [&str; 16] = [
        "#2e3440", "#d06c75", "#8fbf7f", "#d8b56a", "#2f5f9e", "#b48ead", "#5fb3b3", "#d7dae0", "#7a828e",
        "#e08080", "#a3d39c", "#ebcb8b", "#6f9fd8", "#c9a0dc", "#7fd0d0", "#ffffff",
    ];
    match colour {
        vt100::Color::Idx(n) if n < 16 => SIXTEEN[usize::from(n)].to_owned(),
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        _ => otherwise.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A screen as SVG.
pub fn picture(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (width, height) = (f32::from(columns) * CELL.0, f32::from(rows) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" font-size=\"15\" \
         font-family=\"'BIZ UDGothic','Noto Sans Mono CJK JP','MS Gothic',monospace\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{BACK}\"/>\n",
        width + 20.0,
        height + 20.0
    );
    for row in 0..rows {
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column) else { continue };
            if cell.is_wide_continuation() {
                continue;
            }
            let cells = if cell.is_wide() { 2.0 } else { 1.0 };
            let (mut front, mut back) = (colour(cell.fgcolor(), FRONT), colour(cell.bgcolor(), BACK));
            if cell.inverse() {
                std::mem::swap(&mut front, &mut back);
            }
            let (x, y) = (10.0 + f32::from(column) * CELL.0, 10.0 + f32::from(row) * CELL.1);
            if back != BACK {
                let (wide, high) = (CELL.0 * cells + 0.3, CELL.1 + 0.3);
                writeln!(
                    out,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{high}\" fill=\"{back}\"/>"
                )
                .unwrap();
            }
            let text = cell.contents();
            if text.trim().is_empty() {
                continue;
            }
            let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
            let line = if cell.underline() { " text-decoration=\"underline\"" } else { "" };
            let length = CELL.0 * cells - 0.5;
            writeln!(
                out,
                "<text x=\"{x}\" y=\"{}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\" \
                 fill=\"{front}\"{weight}{line}>{}</text>",
                y + 15.5,
                escaped(text)
            )
            .unwrap();
        }
    }
    let texts: Vec<String> = screen.rows(0, columns).map(|line| escaped(line.trim_end())).collect();
    // The same screen as text, for those who search the picture or cannot see it.
    writeln!(out, "<desc>{}</desc>\n</svg>", texts.join("\n")).unwrap();
    out
}
