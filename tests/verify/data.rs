//! Files: what NumPy, ONNX and safetensors wrote is read right, and what lies is refused.
//!
//! Bytes come from Python (numpy 2.4, ml_dtypes 0.6, onnx 1.23, safetensors 0.8) by the line
//! above each; never from our own writers.
#![allow(clippy::unwrap_used)]

use convproof::Error;
use convproof::data::{Array, ElementType, MAX_BYTES, ReadOptions, Values, list_arrays, read_array, read_npy};
use proptest::prelude::*;

/// A `.npy` file as NumPy saves it: header padded to 64 bytes.
fn npy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}");
    [&b"\x93NUMPY\x01\x00v\x00"[..], format!("{header:<117}\n").as_bytes(), data].concat()
}

fn rule<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().rule()
}

/// np.save(f, np.arange(1, 7, dtype='<i2').reshape(2, 3))
const I2: &[u8] = b"\x93NUMPY\x01\x00v\x00{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }                                                          \n\x01\x00\x02\x00\x03\x00\x04\x00\x05\x00\x06\x00";

#[test]
fn numpy_files_are_read() {
    let expected = Array::new(vec![2, 3], Values::I16(vec![1, 2, 3, 4, 5, 6])).unwrap();
    assert_eq!(read_npy(I2).unwrap(), expected);
    assert_eq!(npy("'<i2'", "False", "(2, 3)", &I2[128..]), I2);
    // np.asfortranarray of the same
    let fortran = npy("'<i2'", "True", "(2, 3)", b"\x01\x00\x04\x00\x02\x00\x05\x00\x03\x00\x06\x00");
    assert_eq!(read_npy(&fortran).unwrap(), expected);
    // np.asfortranarray(np.arange(12, dtype='u1').reshape(2, 3, 2))
    let cube = npy("'|u1'", "True", "(2, 3, 2)", b"\x00\x06\x02\x08\x04\n\x01\x07\x03\x09\x05\x0b");
    assert_eq!(read_npy(&cube).unwrap(), Array::new(vec![2, 3, 2], Values::U8((0..12).collect())).unwrap());
    // np.array([0.5, -2], dtype='>f4')
    let big = npy("'>f4'", "False", "(2,)", b"?\x00\x00\x00\xc0\x00\x00\x00");
    assert_eq!(read_npy(&big).unwrap().values(), &Values::F32(vec![0.5, -2.0]));
    // np.asfortranarray(np.arange(1, 7, dtype='>i4').reshape(2, 3))
    let both = b"\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x02\x00\x00\x00\x05\x00\x00\x00\x03\x00\x00\x00\x06";
    let both = read_npy(&npy("'>i4'", "True", "(2, 3)", both)).unwrap();
    assert_eq!(both.values(), &Values::I32(vec![1, 2, 3, 4, 5, 6]));
    // np.array([1.5, -3], dtype=ml_dtypes.bfloat16)
    let brain = read_npy(&npy("'<V2'", "False", "(2,)", b"\xc0?@\xc0")).unwrap();
    assert_eq!((brain.element_type(), brain.show(0), brain.show(1)), (ElementType::Bf16, "3/2".into(), "-3".into()));
    // np.zeros((0, 3), dtype='<f8'); np.array(True)
    assert!(read_npy(&npy("'<f8'", "False", "(0, 3)", b"")).unwrap().is_empty());
    assert_eq!(read_npy(&npy("'|b1'", "False", "()", b"\x01")).unwrap().values(), &Values::Bool(vec![true]));
}

#[test]
fn all_versions_of_the_header_are_read() {
    // np.lib.format.write_array(f, np.array([0.5, -2], dtype='<f4'), version=(2, 0))
    let two = [&b"\x93NUMPY\x02\x00t\x00\x00\x00"[..], &npy("'<f4'", "False", "(2,)", b"")[10..126], b"\n"];
    let two = [&two.concat()[..127], b"\n\x00\x00\x00?\x00\x00\x00\xc0"].concat();
    assert_eq!(read_npy(&two).unwrap().values(), &Values::F32(vec![0.5, -2.0]));
    let mut three = two.clone();
    three[6] = 3;
    assert_eq!(read_npy(&three).unwrap(), read_npy(&two).unwrap());
    three[6] = 4;
    assert_eq!(rule(read_npy(&three)), "F2");
}

#[test]
fn numpy_files_that_lie_are_refused() {
    for length in 0..I2.len() {
        let rule = rule(read_npy(&I2[..length]));
        assert!(rule == "F2" || rule == "F3", "{length} bytes: {rule}");
    }
    assert_eq!(rule(read_npy(&[I2, b"\0"].concat())), "F3");
    // More elements than memory, or than 64 bits count.
    for shape in ["(4611686018427387904,)", "(18446744073709551615, 18446744073709551615)", "(3, 3)", "(2, 2)"] {
        assert_eq!(rule(read_npy(&npy("'<i2'", "False", shape, &I2[128..]))), "F3", "{shape}");
    }
    assert_eq!(rule(read_npy(&npy("'<i2'", "False", "(-2, 3)", &I2[128..]))), "F2");
    // The length of the header: beyond the file, beyond the limit, within the header.
    for (length, expected) in [(u32::MAX, "F3"), (65537, "F3"), (20, "F2")] {
        let bytes = [&b"\x93NUMPY\x02\x00"[..], &length.to_le_bytes(), &vec![b' '; 70000]].concat();
        assert_eq!(rule(read_npy(&bytes)), expected, "{length}");
    }
    for descr in ["'<c8'", "'|O'", "[('a', '<f4')]", "'<U1'", "'<M8[s]'", "'|V4'", "'<f16'"] {
        assert_eq!(rule(read_npy(&npy(descr, "False", "(1,)", b"\0\0\0\0\0\0\0\0"))), "F4", "{descr}");
    }
    // np.array([2**64 - 1], dtype='<u8'): odd and beyond 2^63; its even neighbour is read.
    assert_eq!(rule(read_npy(&npy("'<u8'", "False", "(1,)", &[255; 8]))), "F4");
    assert_eq!(read_npy(&npy("'>u8'", "False", "()", b"\xff\xff\xff\xff\xff\xff\xff\xfe")).unwrap().len(), 1);
}

#[test]
fn raw_files_need_type_and_shape() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bin");
    std::fs::write(&path, [0x00, 0x3c, 0x00, 0xc0]).unwrap();
    let path = path.to_str().unwrap();
    let with = |element, shape: &[usize]| ReadOptions {
        element_type: Some(element),
        shape: Some(shape.to_vec()),
        ..ReadOptions::default()
    };
    let halves = read_array(path, &with(ElementType::F16, &[2, 1])).unwrap();
    assert_eq!((halves.show(0), halves.show(1)), ("1".into(), "-2".into()));
    assert_eq!(rule(read_array(path, &with(ElementType::F16, &[3]))), "F3");
    let error = read_array(path, &ReadOptions::default()).unwrap_err();
    let place = format!("{path}: F6: cannot tell what this file holds (.bin)");
    assert!(error.to_string().starts_with(&place), "{error}");
    assert_eq!(rule(read_array(path, &ReadOptions { limit: 3, ..with(ElementType::F16, &[2]) })), "F3");
    assert_eq!(rule(read_array("no/such.npy", &ReadOptions::default())), "F1");
    assert_eq!(rule(list_arrays(path, MAX_BYTES)), "F6");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_of_a_numpy_file_never_panic(at in 0..I2.len(), bit in 0..8u8) {
        let mut bytes = I2.to_vec();
        bytes[at] ^= 1 << bit;
        let _ = read_npy(&bytes);
    }
}

#[cfg(not(feature = "npz"))]
#[test]
fn a_build_without_archives_says_so() {
    for locator in ["it.npz:x", "it.safetensors:x"] {
        let error = read_array(locator, &ReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains("this build lacks the feature npz"), "{error}");
        assert_eq!(error.rule(), "F6");
    }
}

#[cfg(feature = "npz")]
mod archives {
    use std::io::{Cursor, Write};

    use super::*;
    use convproof::data::{npz, safetensors};
    use zip::write::{SimpleFileOptions, ZipWriter};

    /// np.savez_compressed(f, x=np.arange(1, 7, dtype='<i2').reshape(2, 3))
    const NPZ: &[u8] = b"PK\x03\x04-\x00\x00\x00\x08\x00\x00\x00!\x00\xf6\xbd4L\xff\xff\xff\xff\xff\xff\xff\xff\x05\x00\x14\x00x.npy\x01\x00\x10\x00\x8c\x00\x00\x00\x00\x00\x00\x00R\x00\x00\x00\x00\x00\x00\x00\x9b\xec\x17\xea\x1b\x10\xc9\xc8P\xc6P\xad\x9e\x92Z\x9c\x5c\xa4n\xa5\xa0n\x93i\xa4\xae\xa3\xa0\x9e\x96_TR\x94\x98\x17\x9f_\x94\x92\n\x12wK\xcc)N\x05\x8a\x17g$\x16\xa4\x02\xf9\x1aF:\n\xc6\x9a:\n\xb5\nd\x03.F\x06&\x06f\x06\x16\x06V\x066\x06\x00PK\x01\x02-\x03-\x00\x00\x00\x08\x00\x00\x00!\x00\xf6\xbd4LR\x00\x00\x00\x8c\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00x.npyPK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x003\x00\x00\x00\x89\x00\x00\x00\x00\x00";

    /// safetensors.numpy.save({'x': the same, 'b': np.array([True, False])})
    const SAFETENSORS: &[u8] = b"x\x00\x00\x00\x00\x00\x00\x00{\"x\":{\"dtype\":\"I16\",\"shape\":[2,3],\"data_offsets\":[0,12]},\"b\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[12,14]}}       \x01\x00\x02\x00\x03\x00\x04\x00\x05\x00\x06\x00\x01\x00";

    fn zipped(members: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read_all(bytes: &[u8], limit: u64) -> Result<Vec<Array>, Error> {
        let mut archive = npz::Archive::new("it.npz", bytes.to_vec(), limit)?;
        archive.names().iter().map(|name| archive.read(name)).collect()
    }

    #[test]
    fn a_deflated_archive_is_read() {
        let expected = read_npy(I2).unwrap();
        assert_eq!(read_all(NPZ, MAX_BYTES).as_deref(), Ok(std::slice::from_ref(&expected)));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.npz");
        std::fs::write(&path, NPZ).unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(read_array(path, &ReadOptions::default()).unwrap(), expected);
        assert_eq!(read_array(&format!("{path}:x"), &ReadOptions::default()).unwrap(), expected);
        let error = read_array(&format!("{path}:y"), &ReadOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), format!("{path}: y: F5: array 'y' is missing; it holds x"));
        assert_eq!(list_arrays(path, MAX_BYTES).unwrap(), ["x"]);
        assert_eq!(rule(read_array(path, &ReadOptions { limit: 100, ..ReadOptions::default() })), "F3");
    }

    #[test]
    fn one_of_several_must_be_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("two.npz");
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        std::fs::write(&path, zipped(&[("w.npy", I2), ("x.npy", I2), ("readme.txt", b"")], options)).unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(list_arrays(path, MAX_BYTES).unwrap(), ["w", "x"]);
        assert_eq!(rule(read_array(path, &ReadOptions::default())), "Q4");
        assert_eq!(read_array(&format!("{path}:w"), &ReadOptions::default()).unwrap().shape(), [2, 3]);
    }

    #[test]
    fn truncated_archives_are_refused() {
        for length in 0..NPZ.len() {
            assert!(read_all(&NPZ[..length], MAX_BYTES).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_bomb_is_not_inflated() {
        let zeros = [&npy("'|u1'", "False", "(16777216,)", b"")[..], &vec![0; 1 << 24]].concat();
        let bomb = zipped(&[("x.npy", &zeros)], SimpleFileOptions::default());
        assert!(bomb.len() < 1 << 16);
        assert_eq!(rule(read_all(&bomb, 1 << 20)), "F3");
        assert_eq!(read_all(&bomb, 1 << 25).unwrap()[0].len(), 1 << 24);
        // The directory says 100 bytes, so no more than 101 are inflated.
        let mut lie = bomb.clone();
        let directory = lie.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        lie[directory + 24..directory + 28].copy_from_slice(&100u32.to_le_bytes());
        assert_eq!(rule(read_all(&lie, 1 << 20)), "F2");
        // It says more than there is.
        lie[directory + 24..directory + 28].copy_from_slice(&0x0200_0000u32.to_le_bytes());
        assert!(read_all(&lie, MAX_BYTES).is_err());
    }

    #[test]
    fn a_directory_of_billions_is_not_allocated() {
        // A zip64 end of directory that claims as many members as the file has bytes.
        let claimed = 40_000_000u64;
        let mut bytes = vec![0; 40_000_000];
        let end = bytes.len() as u64;
        bytes.extend([b"PK\x01\x02".as_slice(), &[0; 42]].concat());
        let locator = bytes.len() as u64;
        bytes.extend(b"PK\x06\x06");
        bytes.extend(44u64.to_le_bytes());
        bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for field in [claimed, claimed, 46, end] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend(b"PK\x06\x07\0\0\0\0");
        bytes.extend(locator.to_le_bytes());
        bytes.extend([1, 0, 0, 0]);
        bytes.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
        assert_eq!(rule(npz::Archive::new("it.npz", bytes, MAX_BYTES)), "F2");
    }

    #[test]
    fn encrypted_and_unknown_members_are_refused() {
        let directory = NPZ.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        let mut encrypted = NPZ.to_vec();
        encrypted[6] |= 1;
        encrypted[directory + 8] |= 1;
        assert_eq!(rule(read_all(&encrypted, MAX_BYTES)), "F2");
        let mut method = NPZ.to_vec();
        method[8] = 12;
        method[directory + 10] = 12;
        assert_eq!(rule(read_all(&method, MAX_BYTES)), "F2");
    }

    #[test]
    fn safetensors_are_read() {
        let archive = safetensors::Archive::new("it", SAFETENSORS.to_vec()).unwrap();
        assert_eq!(archive.names(), ["b", "x"]);
        assert_eq!(archive.read("x").unwrap(), read_npy(I2).unwrap());
        assert_eq!(archive.read("b").unwrap().values(), &Values::Bool(vec![true, false]));
        assert_eq!(archive.read("y").unwrap_err().to_string(), "it: y: F5: tensor 'y' is missing; it holds b, x");
    }

    #[test]
    fn safetensors_that_lie_are_refused() {
        for length in 0..SAFETENSORS.len() {
            let bytes = SAFETENSORS[..length].to_vec();
            assert_eq!(rule(safetensors::Archive::new("it", bytes)), "F2", "{length} bytes");
        }
        let header = |header: &str, data: &[u8]| {
            let length = (header.len() as u64).to_le_bytes();
            let bytes = [&length, header.as_bytes(), data].concat();
            safetensors::Archive::new("it", bytes)?.read("x").map(|array| array.len())
        };
        assert_eq!(header(r#"{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, &[1, 2]), Ok(2));
        for (text, expected) in [
            (r#"{"x":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}}"#, "F2"),
            (r#"{"x":{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}}"#, "F2"),
            (r#"{"x":{"dtype":"U8","shape":[4294967296,4294967296,2],"data_offsets":[0,2]}}"#, "F2"),
            (r#"{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,99999999999]}}"#, "F2"),
            (r#"{"x":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}"#, "F4"),
            (r#"{"x":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#, "F2"),
            (r#"{"x":"#, "F2"),
        ] {
            assert_eq!(rule(header(text, &[1, 2])), expected, "{text}");
        }
        let lie = [&u64::MAX.to_le_bytes()[..], b"{}"].concat();
        assert_eq!(rule(safetensors::Archive::new("it", lie)), "F2");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn flipped_bits_never_panic(at in 0..NPZ.len(), bit in 0..8u8) {
            let mut bytes = NPZ.to_vec();
            bytes[at] ^= 1 << bit;
            let _ = read_all(&bytes, 1 << 20);
            let mut bytes = SAFETENSORS.to_vec();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            if let Ok(archive) = safetensors::Archive::new("it", bytes) {
                let _ = archive.names().iter().map(|name| archive.read(name)).collect::<Vec<_>>();
            }
        }
    }
}

#[cfg(feature = "onnx")]
mod models {
    use super::*;
    use convproof::data::onnx::{Model, read_tensor};

    /// numpy_helper.from_array(np.array([[0.5, -2]], dtype='<f4'), 'x').SerializeToString()
    const PB: &[u8] = b"\x08\x01\x08\x02\x10\x01B\x01xJ\x08\x00\x00\x00?\x00\x00\x00\xc0";

    /// helper.make_model, opset 11, of one node
    /// make_node('ConvTranspose', ['X', 'W'], ['Y'], strides=[2, 1], auto_pad='SAME_UPPER', group=1, alpha=0.5)
    /// with the input X of shape ['N', 1, 3], the output Y without a shape,
    /// the initializer W = np.array([[[1, 2]]], dtype='<f4')
    const MODEL: &[u8] = b"\x08\x08\x12\x00:\xa5\x01\nd\n\x01X\n\x01W\x12\x01Y\x22\x0dConvTranspose*\x0f\n\x05alpha\x15\x00\x00\x00?\xa0\x01\x01*\x19\n\x08auto_pad\x22\nSAME_UPPER\xa0\x01\x03*\x0c\n\x05group\x18\x01\xa0\x01\x02*\x10\n\x07strides@\x02@\x01\xa0\x01\x07\x12\x01g*\x15\x08\x01\x08\x01\x08\x02\x10\x01B\x01WJ\x08\x00\x00\x80?\x00\x00\x00@Z\x18\n\x01X\x12\x13\n\x11\x08\x01\x12\x0d\n\x03\x12\x01N\n\x02\x08\x01\n\x02\x08\x03b\x09\n\x01Y\x12\x04\n\x02\x08\x01B\x04\n\x00\x10\x0b";

    #[test]
    fn tensors_are_read() {
        let (name, array) = read_tensor(PB).unwrap();
        assert_eq!(name, "x");
        assert_eq!(array, Array::new(vec![1, 2], Values::F32(vec![0.5, -2.0])).unwrap());
        // helper.make_tensor('h', TensorProto.FLOAT16, [2], [1.5, -2.0]).SerializeToString()
        let (_, half) = read_tensor(b"\x08\x02\x10\n*\x05\x80|\x80\x80\x03B\x01h").unwrap();
        assert_eq!((half.element_type(), half.show(0), half.show(1)), (ElementType::F16, "3/2".into(), "-2".into()));
        // The same with TensorProto.BFLOAT16
        let (_, brain) = read_tensor(b"\x08\x02\x10\x10*\x05\xc0\x7f\x80\x80\x03B\x01h").unwrap();
        assert_eq!(
            (brain.element_type(), brain.show(0), brain.show(1)),
            (ElementType::Bf16, "3/2".into(), "-2".into())
        );
    }

    #[test]
    fn models_are_read() {
        let model = Model::parse(MODEL).unwrap();
        assert_eq!((model.opset, model.nodes.len(), model.outputs.len()), (11, 1, 1));
        let node = &model.nodes[0];
        assert_eq!((node.op_type.as_str(), node.domain.as_str()), ("ConvTranspose", ""));
        assert_eq!((&node.inputs[..], &node.outputs[..]), (&["X".to_owned(), "W".into()][..], &["Y".to_owned()][..]));
        let attributes = serde_json::json!({"alpha": 0.5, "auto_pad": "SAME_UPPER", "group": 1, "strides": [2, 1]});
        assert_eq!(serde_json::Value::Object(node.attributes.clone()), attributes);
        assert_eq!(model.inputs[0].name, "X");
        assert_eq!(model.inputs[0].shape, Some(vec![None, Some(1), Some(3)]));
        assert_eq!(model.outputs[0].shape, None);
        assert_eq!(model.initializers["W"], Array::new(vec![1, 1, 2], Values::F32(vec![1.0, 2.0])).unwrap());
    }

    #[test]
    fn truncated_messages_are_refused() {
        for length in 0..PB.len() {
            assert!(read_tensor(&PB[..length]).is_err(), "{length} bytes");
        }
        for length in 0..MODEL.len() {
            assert!(Model::parse(&MODEL[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn sizes_that_lie_are_refused() {
        // dims: 2^62, -1; raw_data of 2^40 bytes that are not there; nesting without end.
        let wide = b"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x40\x10\x01J\x08\x00\x00\x00?\x00\x00\x00\xc0";
        assert_eq!(rule(read_tensor(wide)), "F3");
        let negative = b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x01J\x04\x00\x00\x00?";
        assert_eq!(rule(read_tensor(negative)), "F2");
        assert_eq!(rule(read_tensor(b"\x08\x01\x10\x01J\x80\x80\x80\x80\x80\x20\x00")), "F2");
        assert_eq!(rule(Model::parse(&[0x3b; 4096])), "F2");
        // Four million nodes of two bytes each, which would take a hundred times as many in memory.
        let nodes = b"\x0a\x00".repeat(1 << 22);
        let graph = [b":\x80\x80\x80\x04".as_slice(), nodes.as_slice()].concat();
        let error = Model::parse(&graph).unwrap_err().to_string();
        assert!(error.ends_with("got 4194304"), "{error}");
        // As many attributes in one node.
        let node = [b":\x85\x80\x80\x04\x0a\x80\x80\x80\x04".as_slice(), b"*\x00".repeat(1 << 22).as_slice()].concat();
        let error = Model::parse(&node).unwrap_err().to_string();
        assert!(error.ends_with("got 4194305"), "{error}");
        assert_eq!(rule(Model::parse(b"")), "F5");
        assert_eq!(rule(Model::parse(b"\x08\x08B\x04\n\x00\x10\x0b")), "F5");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn flipped_bits_never_panic(at in 0..MODEL.len(), bit in 0..8u8) {
            let mut bytes = MODEL.to_vec();
            bytes[at] ^= 1 << bit;
            let _ = Model::parse(&bytes);
            let mut bytes = PB.to_vec();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let _ = read_tensor(&bytes);
        }
    }
}
