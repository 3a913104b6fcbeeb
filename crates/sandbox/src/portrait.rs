//! The photo of those who have one, drawn here: a face in front of an evening
//! sky. Shapes are filled by their distance to a pixel, so edges are smooth.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, OnceLock};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{Rgb, RgbImage};

use crate::guard::lock;

/// The side of the picture as it is drawn, Graph's largest size.
pub const LARGEST: u32 = 648;
/// Sharp enough, and small: real photos of this size have some 60 KB.
const JPEG_QUALITY: u8 = 90;

/// How far from an edge its exact distance still matters: a few pixels.
const NEAR: f32 = 0.01;

/// The picture is the same for every sandbox of a process, so it is drawn once.
static DRAWN: OnceLock<RgbImage> = OnceLock::new();

type Colour = [f32; 3];

const SKY_TOP: Colour = [38.0, 62.0, 120.0];
const SKY_BOTTOM: Colour = [240.0, 178.0, 142.0];
const SKIN: Colour = [232.0, 184.0, 152.0];
const SHADE: Colour = [208.0, 152.0, 122.0];
const HAIR: Colour = [58.0, 36.0, 30.0];
const DRESS: Colour = [112.0, 44.0, 84.0];
const COLLAR: Colour = [244.0, 236.0, 226.0];
const DARK: Colour = [44.0, 30.0, 28.0];
const LIPS: Colour = [176.0, 74.0, 78.0];
const WHITE: Colour = [250.0, 248.0, 244.0];
const SUN: Colour = [255.0, 226.0, 178.0];

/// Pictures by size, drawn once.
#[derive(Default)]
pub struct Portraits {
    encoded: Mutex<HashMap<u32, Arc<[u8]>>>,
}

impl Portraits {
    /// Draws before anybody asks, so that the first card need not wait.
    pub fn draw_ahead(&self) {
        self.jpeg(LARGEST);
    }

    /// The picture as JPEG with sides of `size` pixels. Callers ask for one of
    /// Graph's nine sizes, which bounds what is kept.
    pub fn jpeg(&self, size: u32) -> Arc<[u8]> {
        if let Some(known) = lock(&self.encoded).get(&size) {
            return Arc::clone(known);
        }
        let drawn = DRAWN.get_or_init(draw);
        let bytes: Arc<[u8]> = if size == LARGEST {
            encode(drawn).into()
        } else {
            encode(&resize(drawn, size, size, FilterType::CatmullRom)).into()
        };
        lock(&self.encoded).insert(size, Arc::clone(&bytes));
        bytes
    }
}

fn encode(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    if let Err(error) = picture.write_with_encoder(encoder) {
        tracing::error!(%error, "the photo could not be encoded");
    }
    bytes.into_inner()
}

fn draw() -> RgbImage {
    let side = LARGEST as f32;
    RgbImage::from_fn(LARGEST, LARGEST, |x, y| {
        let (x, y) = ((x as f32 + 0.5) / side, (y as f32 + 0.5) / side);
        let mut colour = mix(SKY_TOP, SKY_BOTTOM, y.powf(1.2));
        for (distance, fill) in shapes(x, y) {
            colour = mix(colour, fill, (0.5 - distance * side).clamp(0.0, 1.0));
        }
        Rgb(colour.map(|channel| channel as u8))
    })
}

/// Every shape from back to front: its distance to the point, and its colour.
fn shapes(x: f32, y: f32) -> [(f32, Colour); 20] {
    let mirrored = 0.5 + (x - 0.5).abs();
    let face = ellipse(x, y, 0.5, 0.42, 0.165, 0.21);
    let fringe = ellipse(x, y, 0.5, 0.30, 0.175, 0.115);
    let parting = ellipse(x, y, 0.56, 0.43, 0.15, 0.17);
    [
        (ellipse(x, y, 0.80, 0.66, 0.12, 0.12), SUN),
        (ellipse(x, y, 0.5, 0.40, 0.235, 0.255), HAIR),
        (ellipse(mirrored, y, 0.655, 0.56, 0.075, 0.16), HAIR),
        (ellipse(x, y, 0.5, 1.08, 0.40, 0.36), DRESS),
        (ellipse(x, y, 0.5, 0.735, 0.135, 0.085), COLLAR),
        (ellipse(x, y, 0.5, 0.72, 0.105, 0.065), SHADE),
        (ellipse(x, y, 0.5, 0.62, 0.075, 0.13), SHADE),
        (ellipse(mirrored, y, 0.665, 0.44, 0.022, 0.04), SHADE),
        (face, SKIN),
        (fringe.max(-parting).max(face - 0.02), HAIR),
        (
            ellipse(mirrored, y, 0.59, 0.485, 0.035, 0.022),
            [236.0, 172.0, 146.0],
        ),
        (ellipse(mirrored, y, 0.568, 0.405, 0.029, 0.017), WHITE),
        (ellipse(mirrored, y, 0.568, 0.405, 0.0145, 0.0155), DARK),
        (ellipse(mirrored, y, 0.572, 0.400, 0.0045, 0.0045), WHITE),
        (brow(mirrored, y), HAIR),
        (ellipse(x, y, 0.5, 0.475, 0.018, 0.012), SHADE),
        (ellipse(x, y, 0.5, 0.462, 0.016, 0.012), SKIN),
        (smile(x, y), LIPS),
        (ellipse(mirrored, y, 0.668, 0.495, 0.009, 0.009), SUN),
        (ellipse(x, y, 0.5, 0.80, 0.014, 0.014), SUN),
    ]
}

/// An approximate signed distance to an ellipse, exact enough for its edge.
fn ellipse(x: f32, y: f32, centre_x: f32, centre_y: f32, radius_x: f32, radius_y: f32) -> f32 {
    let (x, y) = (x - centre_x, y - centre_y);
    // Most points lie far from most shapes; the square root is for the others.
    if x.abs() > radius_x + NEAR || y.abs() > radius_y + NEAR {
        return NEAR;
    }
    let scaled = (x / radius_x).hypot(y / radius_y);
    let slope = (x / (radius_x * radius_x)).hypot(y / (radius_y * radius_y));
    if slope == 0.0 {
        -radius_x.min(radius_y)
    } else {
        scaled * (scaled - 1.0) / slope
    }
}

/// A thin arc over each eye.
fn brow(x: f32, y: f32) -> f32 {
    let outer = ellipse(x, y, 0.568, 0.385, 0.042, 0.026);
    let inner = ellipse(x, y, 0.568, 0.393, 0.044, 0.026);
    outer.max(-inner)
}

/// The lower of two arcs, as a crescent.
fn smile(x: f32, y: f32) -> f32 {
    let lower = ellipse(x, y, 0.5, 0.528, 0.056, 0.034);
    let upper = ellipse(x, y, 0.5, 0.512, 0.066, 0.030);
    lower.max(-upper)
}

fn mix(under: Colour, over: Colour, share: f32) -> Colour {
    std::array::from_fn(|channel| {
        let pick = |colour: Colour| colour.get(channel).copied().unwrap_or_default();
        pick(under) + (pick(over) - pick(under)) * share
    })
}
