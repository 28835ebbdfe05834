#!/usr/bin/env python3
"""Reads every format of `convproof matrix` with the programs that read it, for a handful of geometries.

    pip install numpy scipy sympy typst
    python formats.py CONVPROOF [--keep FOLDER]

What an array, a table or a formula holds must be the matrix of the definition, o = s·i + d·t − p on every
axis, which is worked out here from the numbers below alone. Documents must be read without an error:
LaTeX by pdflatex with nothing overfull, Typst by its compiler, SVG and HTML by a parser and, where
there is chromium, by a browser without a word on its console. What is not there is skipped, visibly.
One line per thing that is wrong; exit status 1 if there is one.
"""

import argparse
import concurrent.futures
import csv
import html.parser
import io
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from fractions import Fraction

import numpy
import scipy.io
import scipy.sparse
import sympy
import typst

# spec; axes (input, kernel, stride, dilation, begin, end, output padding) of the transposed convolution;
# its channels, groups, batch; a weight or none.
CASES = [
    ("conv i4x4 k3x3", [(2, 3, 1, 1, 0, 0, 0)] * 2, (1, 1, 1, 1), None),
    ("tconv i2x3 k3x2 s2x1 p1:0x0:1 a1x0", [(2, 3, 2, 1, 1, 0, 1), (3, 2, 1, 1, 0, 1, 0)], (1, 1, 1, 1), None),
    ("tconv i2 k2 c4:2 g2 n2", [(2, 2, 1, 1, 0, 0, 0)], (4, 2, 2, 2), None),
    ("conv i11 k3 s2 p1 d2", [(5, 3, 2, 2, 1, 1, 0)], (1, 1, 1, 1), None),
    ("tconv i3 k3 s2 p-1:1", [(3, 3, 2, 1, -1, 1, 0)], (1, 1, 1, 1), [Fraction(-1, 2), Fraction(0), Fraction(3)]),
    ("conv i3x3 k2x2", [(2, 2, 1, 1, 0, 0, 0)] * 2, (1, 1, 1, 1), [Fraction(1, 3), Fraction(2), Fraction(-1), Fraction(5, 7)]),
]

LATEX = r"""\documentclass{article}
\usepackage[papersize={60cm,40cm},margin=1cm]{geometry}
\usepackage{amsmath}
%s
\pagestyle{empty}
\begin{document}
%s
\end{document}
"""

problems = []


def wrong(what, problem):
    problems.append(f"formats: {what}: {problem}")


def cells(spec, axes, outer):
    """The cells of the two sides, of the transposed convolution: (n, c, positions…), row-major."""
    c_in, c_out, _, batch = outer
    lengths = [s * (i - 1) + d * (k - 1) + 1 - b - e + a for i, k, s, d, b, e, a in axes]
    inputs = itertools.product(range(batch), range(c_in), *(range(axis[0]) for axis in axes))
    outputs = itertools.product(range(batch), range(c_out), *map(range, lengths))
    return list(inputs), list(outputs)


def definition(spec, axes, outer):
    """C (conv) or its transpose (tconv): tap numbers from 1, and 0 where there is none."""
    c_in, c_out, groups, _ = outer
    inputs, outputs = cells(spec, axes, outer)
    per_group, kernel = c_out // groups, [axis[1] for axis in axes]
    matrix = numpy.zeros((len(inputs), len(outputs)), dtype=int)
    for (row, (n, ci, *i)), (col, (m, co, *o)) in itertools.product(enumerate(inputs), enumerate(outputs)):
        if n != m or ci // (c_in // groups) != co // per_group:
            continue
        taps = []
        for (_, k, s, d, begin, _, _), i, o in zip(axes, i, o):
            t, rest = divmod(o + begin - s * i, d)
            if rest == 0 and 0 <= t < k:
                taps.append(t)
        if len(taps) == len(axes):
            index = numpy.ravel_multi_index((ci, co % per_group, *taps), (c_in, per_group, *kernel))
            matrix[row, col] = index + 1
    return matrix if spec.startswith("conv") else matrix.T


def column_major(spec, axes, outer, matrix):
    """The same with the first spatial axis of every cell fastest."""
    def order(all):
        return sorted(range(len(all)), key=lambda n: (*all[n][:2], *reversed(all[n][2:])))

    inputs, outputs = map(order, cells(spec, axes, outer))
    rows, cols = (inputs, outputs) if spec.startswith("conv") else (outputs, inputs)
    return matrix[numpy.ix_(rows, cols)]


def numbers(matrix, weight):
    """The matrix with the weight's values: rows of fractions."""
    return [[weight[tap - 1] if tap else Fraction(0) for tap in row] for row in matrix.tolist()]


class Program:
    """The program that is asked, and the folder of what it writes."""

    def __init__(self, path, folder):
        self.path, self.folder, self.count = path, folder, 0

    def write(self, suffix, spec, weight=None, *options):
        self.count += 1
        place = self.folder / f"{self.count:03}{suffix}"
        words = [self.path, "matrix", *spec.split(), "--output", str(place), *options]
        if weight:
            words.append("--weight=" + " ".join(map(str, weight)))
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            wrong(" ".join(words[1:]), done.stderr.strip())
            return None
        return place


def same(place, spec, got, expected):
    if place is not None and got != expected:
        wrong(f"{place.name} of {spec}", "it is not the matrix of the definition")


def arrays(program, spec, axes, outer, weight):
    """npy, npz, mtx, csv, json: the numbers themselves."""
    matrix = definition(spec, axes, outer)
    dense = matrix.tolist()
    name = re.compile(r"[w\[\],;]+")

    def tap(text):
        """The tap's number that a name means: w12 or w[ci,co;1,2]."""
        digits = list(text[1:]) if "[" not in text else name.sub(" ", text).split()
        kernel = [axis[1] for axis in axes]
        outside = (outer[0], outer[1] // outer[2])
        return int(numpy.ravel_multi_index([int(n) for n in digits], (*(outside if "[" in text else ()), *kernel))) + 1

    if place := program.write(".npy", spec):
        same(place, spec, numpy.load(place).tolist(), dense)
    if place := program.write(".npz", spec):
        same(place, spec, scipy.sparse.load_npz(place).toarray().tolist(), dense)
    for options, expected in [([], matrix), (["--column-major"], column_major(spec, axes, outer, matrix))]:
        if place := program.write(".mtx", spec, None, *options):
            same(place, spec, scipy.io.mmread(place).toarray().tolist(), expected.tolist())
        if place := program.write(".csv", spec, None, *options):
            rows = list(csv.reader(io.StringIO(place.read_text())))
            same(place, spec, [[tap(cell) if cell != "0" else 0 for cell in row] for row in rows], expected.tolist())
    if place := program.write(".json", spec):
        document = json.loads(place.read_text())
        got = numpy.zeros((document["rows"], document["cols"]), dtype=int)
        for row, col, index in document["entries"]:
            got[row, col] = index + 1
        same(place, spec, got.tolist(), dense)
        same(place, spec, [tap(text) for text in document["taps"]], list(range(1, len(document["taps"]) + 1)))
    if weight:
        exact = numbers(matrix, weight)
        if place := program.write(".json", spec, weight):
            document = json.loads(place.read_text())
            got = [[Fraction(0)] * document["cols"] for _ in range(document["rows"])]
            for row, col, value in document["entries"]:
                got[row][col] = Fraction(value)
            same(place, spec, got, exact)
        if place := program.write(".csv", spec, weight):
            got = [[Fraction(cell) for cell in row] for row in csv.reader(io.StringIO(place.read_text()))]
            same(place, spec, got, exact)
        if place := program.write(".mtx", spec, weight):
            common = re.search(r"common denominator (\d+)", place.read_text())
            got = scipy.io.mmread(place).toarray() / (int(common[1]) if common else 1)
            if not numpy.allclose(got, numpy.array(exact, dtype=float), rtol=1e-15, atol=0):
                wrong(place.name, "mtx is not the matrix")
        if all(value.denominator & (value.denominator - 1) == 0 for value in weight):
            for suffix, load in [(".npy", numpy.load), (".npz", lambda p: scipy.sparse.load_npz(p).toarray())]:
                if place := program.write(suffix, spec, weight):
                    same(place, spec, load(place).tolist(), [[float(value) for value in row] for row in exact])


def sources(program, spec, axes, outer, weight):
    """SymPy's source is run: the matrix, and the sums as the matrix times its input."""
    matrix, kernel = definition(spec, axes, outer), [axis[1] for axis in axes]
    single = outer[0] == outer[1] == outer[3] == 1
    shape = kernel if single else [outer[0], outer[1] // outer[2], *kernel]

    def names(letter, shape):
        digits = single and all(n <= 10 for n in shape)
        joined = ("" if digits else "_").join
        return [sympy.Symbol(letter + ("" if digits else "_") + joined(map(str, at))) for at in itertools.product(*map(range, shape))]

    for values in [None, weight] if weight else [None]:
        taps = names("w", shape) if values is None else [sympy.Rational(v.numerator, v.denominator) for v in values]
        expected = sympy.Matrix([[taps[tap - 1] if tap else 0 for tap in row] for row in matrix.tolist()])
        if place := program.write(".py", spec, values):
            made = {}
            exec(place.read_text(), made)
            same(place, spec, made.get("C", made.get("Ct")), expected)
        if place := program.write(".py", spec, values, "--product"):
            made = {}
            exec(place.read_text(), made)
            inputs, outputs = cells(spec, axes, outer)
            x = outputs if spec.startswith("conv") else inputs
            lengths = [max(at[n] for at in x) + 1 for n in range(len(x[0]))]
            x = sympy.Matrix(names("x", lengths[2:] if single else lengths))
            same(place, spec, sympy.expand(made["y"] - expected * x), sympy.zeros(expected.rows, 1))


# What a reader may ask for, of each kind of document.
LOOKS = [
    [], ["--labels"], ["--blocks"], ["--labels", "--blocks"], ["--zeros", "dot"], ["--zeros", "blank", "--labels"],
    ["--one-based", "--labels"], ["--column-major", "--labels"], ["--product"],
]
DELIMITERS = ["round", "square", "curly", "bar", "double-bar", "none"]


def documents(program):
    """All of LaTeX in few documents, Typst, SVG and HTML: paths by kind."""
    made = {".tex": [], ".typ": [], ".svg": [], ".html": []}
    for number, (spec, _, _, weight) in enumerate(CASES):
        looks = [(values, options) for values in ([None, weight] if weight else [None]) for options in LOOKS]
        for values, options in looks:
            for suffix in made:
                if suffix == ".svg" and "--product" in options or suffix in (".svg",) and "--zeros" in options:
                    continue
                made[suffix].append(program.write(suffix, spec, values, *options))
        for word in DELIMITERS if number % 2 == 0 else []:
            for blocks in [[], ["--blocks"]]:
                made[".tex"].append(program.write(".tex", spec, None, "--delimiters", word, *blocks))
                made[".tex"].append(program.write(".tex", spec, weight, "--labels", "--delimiters", word, *blocks))
                made[".typ"].append(program.write(".typ", spec, weight, "--delimiters", word, *blocks))
        made[".svg"].append(program.write(".svg", spec, weight, "--one-based"))
    return {suffix: [place for place in places if place] for suffix, places in made.items()}


def latex(places, folder):
    """One document with all that amsmath can do, one with the package nicematrix."""
    if not shutil.which("pdflatex"):
        print("skipped: there is no pdflatex")
        return 0
    texts = {place: place.read_text() for place in places}
    kinds = {"plain": [p for p in places if "Nice" not in texts[p]], "nice": [p for p in places if "Nice" in texts[p]]}
    if not subprocess.run(["kpsewhich", "nicematrix.sty"], capture_output=True).stdout:
        print(f"skipped: {len(kinds.pop('nice'))} with labels outside delimiters; there is no nicematrix.sty")
    for kind, all in kinds.items():
        package = r"\usepackage{nicematrix}" if kind == "nice" else ""
        pages = (f"% {place.name}\n\\[\n{texts[place]}\\]\n\\newpage" for place in all)
        (folder / f"{kind}.tex").write_text(LATEX % (package, "\n".join(pages)))
        # Once: a second run of nicematrix would place its delimiters, and takes long.
        words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{kind}.tex"]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, errors="replace")
        log = done.stdout
        if done.returncode:
            wrong(f"{kind}.tex", re.sub(r"\s+", " ", log[log.find("\n!"):][:300]))
        for line in re.findall(r"^(?:Overfull|Underfull|LaTeX Warning: (?!Label|There were)).*", log, re.M):
            wrong(f"{kind}.tex", line)
        if (pages := re.search(r"\((\d+) pages?", log)) is None or int(pages[1]) != len(all):
            wrong(f"{kind}.tex", f"{len(all)} pages were expected")
    return sum(map(len, kinds.values()))


def compile_typst(place):
    try:
        text = "#set page(width: auto, height: auto, margin: 1em)\n" + place.read_text()
        typst.compile(text.encode(), output=str(place.with_suffix(".typ.png")), format="png", ppi=100)
    except Exception as problem:  # whatever the compiler says
        wrong(place.name, str(problem))


class Page(html.parser.HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def pages(made):
    for place in made[".svg"]:
        try:
            xml.etree.ElementTree.parse(place)
        except xml.etree.ElementTree.ParseError as problem:
            wrong(place.name, problem)
    for place in made[".html"]:
        page = Page()
        page.feed(place.read_text())
        if page.open or page.wrong:
            wrong(place.name, f"elements left open {page.open}, closed out of order {page.wrong}")


def browse(places, folder):
    """One page that holds all others: whatever a browser says on its console is wrong."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        print("skipped: there is no chromium")
        return 0
    tag = {".svg": '<object type="image/svg+xml" data="{}"></object>', ".html": '<iframe src="{}"></iframe>'}
    all = "\n".join(tag[place.suffix].format(place.name) for place in places)
    (folder / "all.html").write_text(f"<!doctype html><title>all</title><link rel=icon href=data:,>{all}")
    profile = folder / "profile"
    words = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0"]
    words += [f"--user-data-dir={profile}", "--screenshot=" + str(folder / "all.png"), (folder / "all.html").as_uri()]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        print("skipped: chromium did not answer in a minute")
        return 0
    for line in re.findall(r".*CONSOLE.*", done.stderr):
        wrong("all.html", line)
    if not (folder / "all.png").exists():
        wrong("all.html", "chromium drew nothing")
    return len(places)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("program", type=os.path.abspath)
    options.add_argument("--keep", type=pathlib.Path, help="keep all files in this folder")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = options.keep or pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        program = Program(options.program, folder)
        for case in CASES:
            arrays(program, *case)
            sources(program, *case)
        read = program.count
        made = documents(program)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            compiled = [pool.submit(latex, made[".tex"], folder), pool.submit(browse, made[".svg"] + made[".html"], folder)]
            for place in made[".typ"]:
                compile_typst(place)
            pages(made)
            pdf, seen = (task.result() for task in compiled)
    print("\n".join(problems), end="\n" if problems else "")
    print(
        f"formats: {read} arrays, tables and sources are the matrix of the definition; {pdf} pages of LaTeX, "
        f"{len(made['.typ'])} of Typst, {len(made['.svg'])} of SVG, {len(made['.html'])} of HTML are well formed, "
        f"{seen} seen by a browser; {len(problems)} problems"
    )
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
