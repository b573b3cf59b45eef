//! A small drawn map of a guide: boxes in layers, each below what leads to it, joined by curves.

use std::collections::BTreeMap;

use super::outline::{OutlineStep, Way};
use super::words;

const BOX_WIDTH: usize = 152;
const BOX_HEIGHT: usize = 44;
const ACROSS: usize = 16;
const DOWN: usize = 36;

/// A drawn guide.
#[derive(Debug, Clone, Default)]
pub(crate) struct Map {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) boxes: Vec<MapBox>,
    /// The `d` of each curve.
    pub(crate) curves: Vec<String>,
}

/// One step on the map.
#[derive(Debug, Clone)]
pub(crate) struct MapBox {
    pub(crate) number: usize,
    pub(crate) kind: &'static str,
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) lines: Vec<(usize, String)>,
}

/// Draws an outline. The first step stands on top.
pub(crate) fn map(steps: &[OutlineStep]) -> Map {
    let layers = layers(steps);
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, layer) in layers.iter().enumerate() {
        rows.entry(*layer).or_default().push(at);
    }
    let widest = rows.values().map(Vec::len).max().unwrap_or(0);
    let width = widest * (BOX_WIDTH + ACROSS) + ACROSS;
    let mut corners = vec![(0, 0); steps.len()];
    for (depth, row) in rows.values().enumerate() {
        let taken = row.len() * (BOX_WIDTH + ACROSS) - ACROSS;
        let first = (width - taken) / 2;
        for (column, at) in row.iter().enumerate() {
            let y = ACROSS + depth * (BOX_HEIGHT + DOWN);
            corners[*at] = (first + column * (BOX_WIDTH + ACROSS), y);
        }
    }
    Map {
        width,
        height: rows.len() * (BOX_HEIGHT + DOWN) + ACROSS * 2 - DOWN,
        boxes: steps
            .iter()
            .zip(&corners)
            .map(|(step, corner)| map_box(step, *corner))
            .collect(),
        curves: curves(steps, &corners),
    }
}

/// The layer of each step: one below the lowest step that leads to it; ways back up do not count.
fn layers(steps: &[OutlineStep]) -> Vec<usize> {
    let mut layers = vec![0; steps.len()];
    let mut open = Vec::new();
    if !steps.is_empty() {
        descend(steps, 0, &mut open, &mut layers);
    }
    layers
}

fn descend(steps: &[OutlineStep], at: usize, open: &mut Vec<usize>, layers: &mut [usize]) {
    open.push(at);
    for next in targets(steps, at, |_| true) {
        if !open.contains(&next) && layers[next] <= layers[at] {
            layers[next] = layers[at] + 1;
            descend(steps, next, open, layers);
        }
    }
    open.pop();
}

/// Almost every instruction has a way out when it cannot be done; drawn, they would hide the rest.
fn drawn(way: &Way) -> bool {
    !way.out
}

fn targets(steps: &[OutlineStep], at: usize, wanted: impl Fn(&Way) -> bool) -> Vec<usize> {
    let ways = steps[at].ways.iter().filter(|way| wanted(way));
    let numbers = ways.map(|way| way.number);
    let mut targets = numbers
        .filter(|number| (1..=steps.len()).contains(number))
        .map(|number| number - 1)
        .collect::<Vec<_>>();
    targets.dedup();
    targets
}

fn map_box(step: &OutlineStep, (x, y): (usize, usize)) -> MapBox {
    let lines = two_lines(&step.short);
    let top = if lines.len() == 1 { 26 } else { 18 };
    MapBox {
        number: step.number,
        kind: step.kind,
        x,
        y,
        lines: lines
            .into_iter()
            .enumerate()
            .map(|(at, line)| (y + top + at * 16, line))
            .collect(),
    }
}

fn two_lines(text: &str) -> Vec<String> {
    const LETTERS: usize = 17;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > LETTERS {
            if lines.len() == 2 {
                if let Some(last) = lines.last_mut() {
                    last.push('…');
                }
                break;
            }
            lines.push(String::new());
        }
        if let Some(last) = lines.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(&words::cut(word, LETTERS));
        }
    }
    lines
}

fn curves(steps: &[OutlineStep], corners: &[(usize, usize)]) -> Vec<String> {
    let mut curves = Vec::new();
    for (at, from) in corners.iter().enumerate() {
        for next in targets(steps, at, drawn) {
            let to = corners[next];
            let (x1, x2) = (from.0 + BOX_WIDTH / 2, to.0 + BOX_WIDTH / 2);
            let curve = if to.1 > from.1 {
                let (y1, y2) = (from.1 + BOX_HEIGHT, to.1 - 5);
                let bend = (y2 - y1).div_ceil(2);
                format!("M{x1} {y1}C{x1} {} {x2} {} {x2} {y2}", y1 + bend, y2 - bend)
            } else {
                // A way back leaves and arrives at the side.
                let (x1, x2) = (from.0 + BOX_WIDTH, to.0 + BOX_WIDTH + 5);
                let (y1, y2) = (from.1 + BOX_HEIGHT / 2, to.1 + BOX_HEIGHT / 2);
                let side = x1.max(x2) + ACROSS;
                format!("M{x1} {y1}C{side} {y1} {side} {y2} {x2} {y2}")
            };
            curves.push(curve);
        }
    }
    curves
}
