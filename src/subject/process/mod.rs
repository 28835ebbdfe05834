//! A subject in a child process, asked by lines of JSON and files of arrays.
