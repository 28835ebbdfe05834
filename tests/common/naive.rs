//! The definition once more, as loops over everything: what verdicts and diagnoses are held against.
//!
//! Nothing of the crate is used here. All lengths speak of the transposed convolution.

/// One axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ax {
    pub i: i64,
    pub k: i64,
    pub s: i64,
    pub d: i64,
    pub pb: i64,
    pub pe: i64,
    pub a: i64,
}

impl Ax {
    pub fn out(&self) -> i64 {
        self.s * (self.i - 1) + self.d * (self.k - 1) + 1 - self.pb - self.pe + self.a
    }
}

/// A geometry: batch, channels of the transposed convolution's input and output, groups, axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Geo {
    pub n: i64,
    pub ci: i64,
    pub co: i64,
    pub g: i64,
    pub axes: Vec<Ax>,
}

/// One product: row-major indices of the input cell, the output cell and the tap that meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meet {
    pub input: usize,
    pub output: usize,
    pub tap: usize,
}

fn index(shape: &[i64], at: &[i64]) -> usize {
    let flat = shape.iter().zip(at).fold(0, |flat, (length, p)| flat * length + p);
    usize::try_from(flat).unwrap()
}

/// All positions of a box, row-major.
pub fn all(shape: &[i64]) -> Vec<Vec<i64>> {
    let mut found = vec![Vec::new()];
    for &length in shape {
        found = found.iter().flat_map(|p| (0..length).map(move |n| [&p[..], &[n]].concat())).collect();
    }
    found
}

impl Geo {
    pub fn new(axes: &[[i64; 7]], [n, ci, co, g]: [i64; 4]) -> Geo {
        let axes = axes.iter().map(|&[i, k, s, d, pb, pe, a]| Ax { i, k, s, d, pb, pe, a }).collect();
        Geo { n, ci, co, g, axes }
    }

    fn shape(&self, outer: [i64; 2], length: impl Fn(&Ax) -> i64) -> Vec<i64> {
        outer.into_iter().chain(self.axes.iter().map(length)).collect()
    }

    pub fn input(&self) -> Vec<i64> {
        self.shape([self.n, self.ci], |a| a.i)
    }

    pub fn output(&self) -> Vec<i64> {
        self.shape([self.n, self.co], Ax::out)
    }

    pub fn weight(&self) -> Vec<i64> {
        self.shape([self.ci, self.co / self.g], |a| a.k)
    }

    /// Every product, found by trying all inputs and all taps.
    pub fn meets(&self) -> Vec<Meet> {
        let (per_in, per_out) = (self.ci / self.g, self.co / self.g);
        let (inputs, taps, outputs) = (self.input(), self.weight(), self.output());
        let mut found = Vec::new();
        for [n, ci, co] in all(&[self.n, self.ci, self.co]).into_iter().map(|p| [p[0], p[1], p[2]]) {
            if ci / per_in != co / per_out {
                continue;
            }
            for i in all(&inputs[2..]) {
                for t in all(&taps[2..]) {
                    let o: Vec<i64> =
                        self.axes.iter().enumerate().map(|(x, a)| a.s * i[x] + a.d * t[x] - a.pb).collect();
                    if self.axes.iter().zip(&o).all(|(a, &o)| (0..a.out()).contains(&o)) {
                        found.push(Meet {
                            input: index(&inputs, &[&[n, ci], &i[..]].concat()),
                            output: index(&outputs, &[&[n, co], &o[..]].concat()),
                            tap: index(&taps, &[&[ci, co % per_out], &t[..]].concat()),
                        });
                    }
                }
            }
        }
        found
    }

    pub fn sums(&self, cells: &[i64], add: impl Fn(&Meet) -> (usize, i64)) -> Vec<i64> {
        let mut sums = vec![0; usize::try_from(cells.iter().product::<i64>()).unwrap()];
        for meet in self.meets() {
            let (cell, product) = add(&meet);
            sums[cell] += product;
        }
        sums
    }

    /// `y = Cᵀx`.
    pub fn tconv(&self, x: &[i64], w: &[i64]) -> Vec<i64> {
        self.sums(&self.output(), |m| (m.output, x[m.input] * w[m.tap]))
    }

    /// `y = Cx`, from the other side.
    pub fn conv(&self, x: &[i64], w: &[i64]) -> Vec<i64> {
        self.sums(&self.input(), |m| (m.input, x[m.output] * w[m.tap]))
    }

    /// The weight's gradient from an input and an output of the transposed convolution.
    pub fn taps(&self, input: &[i64], output: &[i64]) -> Vec<i64> {
        self.sums(&self.weight(), |m| (m.tap, input[m.input] * output[m.output]))
    }

    /// `tconv …` or `conv …`.
    pub fn spec(&self, kind: &str) -> String {
        let list = |f: &dyn Fn(&Ax) -> String| self.axes.iter().map(f).collect::<Vec<_>>().join("x");
        let conv = kind == "conv";
        let (length, channels) = if conv {
            (list(&|a| a.out().to_string()), [self.co, self.ci])
        } else {
            (list(&|a| a.i.to_string()), [self.ci, self.co])
        };
        let mut text = format!(
            "{kind} i{length} k{} s{} p{} d{} c{}:{} g{} n{}",
            list(&|a| a.k.to_string()),
            list(&|a| a.s.to_string()),
            list(&|a| format!("{}:{}", a.pb, a.pe)),
            list(&|a| a.d.to_string()),
            channels[0],
            channels[1],
            self.g,
            self.n
        );
        if !conv {
            text += &format!(" a{}", list(&|a| a.a.to_string()));
        }
        text
    }

    /// A weight brought to another layout, with its shape.
    pub fn weight_as(&self, w: &[i64], letters: &str, flipped: bool) -> (Vec<usize>, Vec<i64>) {
        let (per_in, per_out) = (self.ci / self.g, self.co / self.g);
        let kernel: Vec<i64> = self.axes.iter().map(|a| a.k).collect();
        let place = |group: i64, i: i64, o: i64, t: &[i64]| -> Vec<i64> {
            let of = |letter| match letter {
                'G' => vec![group],
                'I' => vec![group * per_in + i],
                'O' => vec![group * per_out + o],
                'i' => vec![i],
                'o' => vec![o],
                _ => t.to_vec(),
            };
            letters.chars().flat_map(of).collect()
        };
        let last: Vec<i64> = kernel.iter().map(|k| k - 1).collect();
        let shape: Vec<i64> = place(self.g - 1, per_in - 1, per_out - 1, &last).iter().map(|n| n + 1).collect();
        let mut out = vec![0; w.len()];
        for at in all(&self.weight()) {
            let mut t = at[2..].to_vec();
            if flipped {
                t = t.iter().zip(&kernel).map(|(t, k)| k - 1 - t).collect();
            }
            let to = place(at[0] / per_in, at[0] % per_in, at[1], &t);
            out[index(&shape, &to)] = w[index(&self.weight(), &at)];
        }
        (lengths(&shape), out)
    }
}

/// Data `[n, c, positions…]` brought to `NCS` or `NSC`, with its shape.
pub fn data_as(shape: &[i64], data: &[i64], letters: &str) -> (Vec<usize>, Vec<i64>) {
    let order = |at: &[i64]| -> Vec<i64> {
        let of = |letter| match letter {
            'N' => at[..1].to_vec(),
            'C' => at[1..2].to_vec(),
            _ => at[2..].to_vec(),
        };
        letters.chars().flat_map(of).collect()
    };
    let to = order(shape);
    let mut out = vec![0; data.len()];
    for at in all(shape) {
        out[index(&to, &order(&at))] = data[index(shape, &at)];
    }
    (lengths(&to), out)
}

pub fn lengths(shape: &[i64]) -> Vec<usize> {
    shape.iter().map(|&n| usize::try_from(n).unwrap()).collect()
}

/// A fixed sequence of numbers that look random (xorshift64*).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 20
    }

    /// `low ..= high`.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.next() % u64::try_from(high - low + 1).unwrap()).unwrap()
    }

    /// Non-zero integers of a shape, up to a magnitude.
    pub fn integers(&mut self, shape: &[i64], most: i64) -> Vec<i64> {
        let cells = usize::try_from(shape.iter().product::<i64>()).unwrap();
        (0..cells).map(|_| self.range(1, most) * [1, -1][usize::from(self.next().is_multiple_of(2))]).collect()
    }

    /// A small geometry with an output, of rank 1 or 2.
    pub fn geo(&mut self) -> Geo {
        loop {
            let rank = self.range(1, 2);
            let most = if rank == 1 { 6 } else { 3 };
            let axes: Vec<[i64; 7]> = (0..rank)
                .map(|_| {
                    let [i, k] = [self.range(1, most), self.range(1, most.min(4))];
                    let [s, d, pb, pe] = [self.range(1, 3), self.range(1, 2), self.range(-1, 3), self.range(-1, 3)];
                    [i, k, s, d, pb, pe, self.range(0, s - 1)]
                })
                .collect();
            let g = self.range(1, 2);
            let geo = Geo::new(&axes, [self.range(1, 2), g * self.range(1, 2), g * self.range(1, 2), g]);
            if geo.axes.iter().all(|a| a.out() > 0) {
                return geo;
            }
        }
    }
}
