//! The files of the model lie on floors: no circle of files that take names from each other is larger than a few, so that
//! each can be read before what stands on it.
#![expect(clippy::unwrap_used, reason = "a test may fail where it expects something")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// How many files may take names from each other in a circle.
const MOST: usize = 5;

/// A module's path, as `access::refusal`; that of the crate is empty.
type Module = String;

/// Which modules each module takes names from.
type Uses = BTreeMap<Module, BTreeSet<Module>>;

/// The text of every file, by its module.
fn files(folder: &Path, above: &str, found: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let module = match (above, name) {
            ("", "lib") => String::new(),
            ("", name) => name.to_owned(),
            (above, name) => format!("{above}::{name}"),
        };
        if path.is_dir() {
            files(&path, &module, found);
        } else {
            found.insert(module, without_tests(&fs::read_to_string(&path).unwrap()));
        }
    }
}

/// A file without its comments, its texts and its tests, which may stand on anything.
fn without_tests(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\n").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// What is behind a `use`, up to the semicolon, as full paths: groups are written out.
fn imports(code: &str) -> Vec<String> {
    let mut imports = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let begins = code[..at].chars().last().is_none_or(char::is_whitespace);
        if let (true, Some((statement, _))) = (begins, code[at + 4..].split_once(';')) {
            write_out("", statement, &mut imports);
        }
    }
    imports
}

/// Writes `a::{b, c::d}` out as `a::b` and `a::c::d`.
fn write_out(before: &str, path: &str, found: &mut Vec<String>) {
    let path = path.trim();
    let Some((start, group)) = path.split_once('{') else {
        found.push(format!("{before}{path}"));
        return;
    };
    let before = format!("{before}{}", start.trim());
    let (mut depth, mut from) = (0, 0);
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                write_out(&before, &group[from..at], found);
                from = at + 1;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
}

/// The paths in the code: words joined by `::`.
fn paths(code: &str) -> impl Iterator<Item = &str> {
    let words = code.split(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == ':'));
    words
        .map(|word| word.trim_matches(':'))
        .filter(|word| word.contains("::"))
}

/// The full path of a name in a module, with the crate as its root; `None` for names of other crates.
fn rooted(module: &str, path: &str, children: &BTreeSet<String>) -> Option<String> {
    let (first, rest) = path.split_once("::").unwrap_or((path, ""));
    let above = module.rsplit_once("::").map_or("", |(above, _)| above);
    let join = |base: &str, rest: &str| match base {
        "" => rest.to_owned(),
        base => format!("{base}::{rest}"),
    };
    match first {
        "crate" => Some(rest.to_owned()),
        "self" => Some(join(module, rest)),
        "super" => Some(join(above, rest)),
        first if children.contains(first) => Some(join(module, path)),
        _ => None,
    }
}

/// Which modules each module takes names from, by its `use`s and by the paths in its code.
fn uses(files: &BTreeMap<Module, String>) -> Uses {
    // The file that a path leads to: its longest beginning that is a module.
    let file_of = |path: &str| {
        let mut path = path;
        loop {
            if files.contains_key(path) {
                return Some(path.to_owned());
            }
            path = path.rsplit_once("::")?.0;
        }
    };
    let of = |(module, code): (&Module, &String)| {
        let is_child = |other: &&Module| {
            other
                .rsplit_once("::")
                .map_or(module.is_empty(), |(above, _)| above == module)
        };
        let children: BTreeSet<String> = files
            .keys()
            .filter(is_child)
            .map(|child| child.rsplit("::").next().unwrap().to_owned())
            .collect();
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        let mut taken: Vec<String> = Vec::new();
        for import in imports(code) {
            let path = import.split(" as ").next().unwrap();
            let path = path.trim_end_matches("::self").trim_end_matches("::*");
            if let Some(rooted) = rooted(module, path, &children) {
                let name = rooted.rsplit("::").next().unwrap_or_default();
                known.insert(name.to_owned(), rooted.clone());
                taken.push(rooted);
            }
        }
        for path in paths(code) {
            let (first, rest) = path.split_once("::").unwrap();
            match known.get(first) {
                Some(of) => taken.push(format!("{of}::{rest}")),
                None => taken.extend(rooted(module, path, &children)),
            }
        }
        let others = taken.iter().filter_map(|path| file_of(path));
        let others = others.filter(|other| other != module && !other.is_empty());
        (module.clone(), others.collect())
    };
    let mut uses: Uses = files.iter().map(of).collect();
    // The root names every module, and none takes a name from it but what it hands on.
    uses.remove("");
    uses
}

/// All that a module takes names from, and what these do.
fn reached(uses: &Uses, from: &str) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut left = vec![from.to_owned()];
    while let Some(module) = left.pop() {
        for next in uses.get(&module).into_iter().flatten() {
            if reached.insert(next.clone()) {
                left.push(next.clone());
            }
        }
    }
    reached
}

/// The circles: modules each of which takes names from all others, if in several steps.
fn circles(uses: &Uses) -> BTreeSet<BTreeSet<Module>> {
    let all: BTreeMap<&Module, BTreeSet<Module>> = uses
        .keys()
        .map(|module| (module, reached(uses, module)))
        .collect();
    let reaches = |one: &Module, other: &Module| all.get(one).is_some_and(|reached| reached.contains(other));
    let circle = |module: &Module| {
        let back = uses
            .keys()
            .filter(|other| reaches(module, other) && reaches(other, module));
        back.cloned().collect::<BTreeSet<_>>()
    };
    let circles = uses.keys().map(circle);
    circles.filter(|circle| circle.len() > 1).collect()
}

fn of_the_model() -> Uses {
    let mut found = BTreeMap::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
    uses(&found)
}

#[test]
fn no_circle_of_files_is_large() {
    let circles = circles(&of_the_model());
    let large: Vec<_> = circles.iter().filter(|circle| circle.len() > MOST).collect();
    assert!(
        large.is_empty(),
        "files that take names from each other: {large:#?}"
    );
}

#[test]
fn words_and_names_lie_on_the_ground() {
    let uses = of_the_model();
    let chapters = ["access", "lock", "versioning", "clause", "law", "step", "planned"];
    for ground in ["words", "names", "cx", "reply", "state", "policy", "request"] {
        let reached = reached(&uses, ground);
        let above: Vec<_> = reached
            .iter()
            .filter(|module| chapters.contains(&module.split("::").next().unwrap()))
            .collect();
        assert!(above.is_empty(), "{ground} takes names from {above:?}");
    }
}

/// The reading of files sees groups, children, aliases and paths through an imported module.
#[test]
fn a_circle_is_found_however_it_is_written() {
    let file = |module: &str, code: &str| (module.to_owned(), without_tests(code));
    let files = BTreeMap::from([
        file("", "mod a; mod b; mod c;"),
        file("a", "use crate::{b::x, c::{y, z}};\nfn f() { x() }"),
        file("b", "mod inner;\nfn x() { inner::g() }"),
        file(
            "b::inner",
            "use crate::c;\nfn g() { c::h() }\n#[cfg(test)]\nmod tests { use crate::d::k; }",
        ),
        file("c", "// use crate::d;\nfn h() { crate::a::f() }"),
        file("d", "use super::a;"),
    ]);
    let uses = uses(&files);
    assert_eq!(uses["a"], ["b", "c"].map(str::to_owned).into());
    assert_eq!(uses["b"], ["b::inner".to_owned()].into());
    assert_eq!(uses["d"], ["a".to_owned()].into());
    let circle: BTreeSet<Module> = ["a", "b", "b::inner", "c"].map(str::to_owned).into();
    assert_eq!(circles(&uses), [circle].into());
}
