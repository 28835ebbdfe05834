//! One page with a slider, two buttons and arrow keys; nothing is loaded from elsewhere.
//!
//! Without a script all frames stand below each other, the first on top.

use std::fmt;

use super::StepsView;
use super::layout::{LINE, Layout, MARGIN, Placed};
use super::pen::Pen;
use super::svg;
use crate::render::Out;
use crate::steps::Frame;

const STYLE: &str = "\
:root { color-scheme: light dark; background: #fff; color: #1b1b1b; }
body { margin: 1.5rem; font: 1rem/1.4 ui-monospace, Menlo, Consolas, monospace; }
h1 { font-size: 1.2rem; margin: 0; }
p { margin: 0.4rem 0 1rem; }
nav { display: none; gap: 0.8rem; align-items: center; margin-bottom: 1rem; }
.script nav { display: flex; }
.script figure:not(.shown) { display: none; }
button { font: inherit; padding: 0.2rem 0.8rem; }
input { flex: 1; max-width: 40rem; }
figure { margin: 0 0 2rem; }
figcaption { margin-bottom: 0.6rem; min-height: 2.8em; }
svg { display: block; max-width: 100%; height: auto; }
";

const DARK: &str = "\
@media (prefers-color-scheme: dark) { :root { background: #33343a; color: #ececec; } }
";

const SCRIPT: &str = "\
const frames = [...document.querySelectorAll('figure')];
const slider = document.querySelector('input');
const [previous, next] = document.querySelectorAll('button');
const show = (n) => {
  n = Math.max(1, Math.min(frames.length, n));
  frames.forEach((frame, at) => frame.classList.toggle('shown', at + 1 === n));
  slider.value = n;
  previous.disabled = n === 1;
  next.disabled = n === frames.length;
};
const now = () => Number(slider.value);
slider.addEventListener('input', () => show(now()));
previous.addEventListener('click', () => show(now() - 1));
next.addEventListener('click', () => show(now() + 1));
document.addEventListener('keydown', (event) => {
  if (event.target === slider || event.altKey || event.ctrlKey || event.metaKey) return;
  const to = { ArrowLeft: now() - 1, ArrowRight: now() + 1, Home: 1, End: frames.length }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  show(to);
});
show(1);
";

pub(super) fn page(view: &StepsView<'_>, frames: &[Frame], pen: &Pen<'_>, out: Out<'_>) -> fmt::Result {
    let layout = Layout::new(view, frames, pen);
    let (title, count) = (view.title(), frames.len());
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>")?;
    writeln!(out, "<style>\n{STYLE}{}{DARK}</style>", svg::STYLE)?;
    writeln!(out, "<script>document.documentElement.classList.add('script')</script>\n</head>\n<body>")?;
    writeln!(out, "<h1>{title}</h1>\n<p>{}</p>\n<nav>", view.about())?;
    writeln!(out, "<button type=\"button\" aria-label=\"previous frame\">◀</button>")?;
    writeln!(out, "<input type=\"range\" min=\"1\" max=\"{count}\" value=\"1\" aria-label=\"frame\">")?;
    writeln!(out, "<button type=\"button\" aria-label=\"next frame\">▶</button>\n</nav>\n<main aria-live=\"polite\">")?;
    // All equally high, so that nothing moves from frame to frame.
    let placed: Vec<Placed<'_>> = frames.iter().map(|frame| layout.place(frame)).collect();
    let high = placed.iter().map(|placed| placed.size.1).max().unwrap_or(0) + MARGIN;
    for (n, (frame, placed)) in frames.iter().zip(&placed).enumerate() {
        let shown = if n == 0 { " class=\"shown\"" } else { "" };
        let caption = view.caption(frame, pen);
        writeln!(out, "<figure{shown}>\n<figcaption>{}: {caption}</figcaption>", view.heading(frame))?;
        open(layout.width, high, out)?;
        writeln!(out, "<title>{}</title>", view.heading(frame))?;
        svg::draw(&layout, placed, [2, 4], pen, out)?;
        writeln!(out, "</svg>\n</figure>")?;
    }
    writeln!(out, "</main>")?;
    let height = svg::legend_height(&layout);
    if height > 0 {
        open(layout.width, height + LINE, out)?;
        writeln!(out, "<title>what the signs mean</title>")?;
        svg::legend(&layout, [2, 4], out)?;
        writeln!(out, "</svg>")?;
    }
    writeln!(out, "<script>\n{SCRIPT}</script>\n</body>\n</html>")
}

fn open(width: usize, height: usize, out: Out<'_>) -> fmt::Result {
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" {}>",
        svg::FONT
    )
}
