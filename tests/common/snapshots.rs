//! Where snapshots live and what their header says: `snapshots/<folder>/<spec>[.word].snap`.

use convproof::Spec;

/// Asserts a snapshot in `snapshots/<folder>/`, named by the spec and, if not empty, a word.
///
/// `what` describes it in the file's header.
pub fn assert_page(folder: &str, spec: &Spec, word: &str, what: &str, page: &str) {
    let name = match word {
        "" => spec.file_name(),
        word => format!("{}.{word}", spec.file_name()),
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/").to_owned() + folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(format!("{spec}: {what}"));
    settings.bind(|| insta::assert_snapshot!(name, page));
}
