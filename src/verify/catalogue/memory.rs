//! Tensors read or written as if their axes lay in memory in another order.

use std::ops::Range;

use crate::tensor::{flatten, unflatten};
use crate::verify::operand::Operand;

/// The same memory, read as if the axes stood in this order.
pub(super) fn reread(tensor: &Operand, memory: &[usize]) -> Operand {
    let mut read = tensor.clone();
    read.shape = memory.iter().map(|&axis| tensor.shape[axis]).collect();
    let place = |axis| memory.iter().position(|&a| a == axis).unwrap_or(axis);
    read.permuted(&(0..memory.len()).map(place).collect::<Vec<_>>())
}

pub(super) fn exchanged(n: usize, last: usize) -> usize {
    if n == 0 {
        last
    } else if n == last {
        0
    } else {
        n
    }
}

/// Where each cell stands if it is written to memory with the first and last axes exchanged.
pub(super) fn stored_exchanged(shape: &[usize]) -> Vec<usize> {
    let last = shape.len() - 1;
    let mut memory = shape.to_vec();
    memory.swap(2, last);
    let of = |cell| {
        let mut at = unflatten(shape, cell);
        at.swap(2, last);
        flatten(&memory, &at)
    };
    (0..shape.iter().product()).map(of).collect()
}

pub(super) fn order_exchanged(rank: Range<usize>) -> Vec<usize> {
    let mut order: Vec<usize> = rank.collect();
    let last = order.len() - 1;
    order.swap(2, last);
    order
}

pub(super) fn transposed(tensor: &Operand) -> Operand {
    tensor.permuted(&order_exchanged(0..tensor.shape.len()))
}

pub(super) fn reread_exchanged(tensor: &Operand) -> Operand {
    reread(tensor, &order_exchanged(0..tensor.shape.len()))
}

/// The first and the last spatial axis exchanged, if there are two of one length.
pub(super) fn axes_exchanged(tensor: &Operand) -> Option<Operand> {
    let last = tensor.shape.len() - 1;
    (last > 2 && tensor.shape[2] == tensor.shape[last]).then(|| transposed(tensor))
}
