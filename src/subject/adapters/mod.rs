//! Adapters: programs that speak the protocol of [`process`](super::process) for a framework.
//!
//! Those in Python run as subjects by their name; `convproof adapter NAME` prints one to be edited.

/// What is a framework's own, and the protocol, which is the same for all.
macro_rules! python {
    ($file:literal) => {
        concat!(include_str!($file), include_str!("protocol.py"))
    };
}

/// A program that speaks the protocol.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Adapter {
    /// The name that users type.
    pub name: &'static str,
    /// The name of its file. It is not that of the framework's module, which Python would take it for.
    pub file: &'static str,
    /// The dialect whose words it takes, if it runs by its name.
    pub dialect: Option<&'static str>,
    /// What it covers.
    pub covers: &'static str,
    /// The program.
    pub text: &'static str,
}

/// All adapters, by name.
pub static ADAPTERS: &[Adapter] = &[
    Adapter {
        name: "c",
        file: "subject.c",
        dialect: None,
        covers: "an example in C99: transposed convolutions of any rank, without a library",
        text: include_str!("subject.c"),
    },
    Adapter {
        name: "jax",
        file: "jax_subject.py",
        dialect: Some("jax"),
        covers: "lax.conv_transpose and lax.conv_general_dilated, with gradients",
        text: python!("jax.py"),
    },
    Adapter {
        name: "onnxruntime",
        file: "onnxruntime_subject.py",
        dialect: Some("onnxruntime"),
        covers: "Conv and ConvTranspose, without gradients",
        text: python!("onnxruntime.py"),
    },
    Adapter {
        name: "pytorch",
        file: "pytorch_subject.py",
        dialect: Some("pytorch"),
        covers: "F.conv{1,2,3}d, F.conv_transpose{1,2,3}d and the modules, with gradients",
        text: python!("pytorch.py"),
    },
    Adapter {
        name: "tensorflow",
        file: "tensorflow_subject.py",
        dialect: Some("tensorflow"),
        covers: "tf.nn.conv{1,2,3}d_transpose, with gradients",
        text: python!("tensorflow.py"),
    },
];

/// The adapter of this name.
pub fn find(name: &str) -> Option<&'static Adapter> {
    ADAPTERS.iter().find(|adapter| adapter.name == name)
}
