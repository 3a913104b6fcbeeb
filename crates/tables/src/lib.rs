//! Tables in Markdown whose rows name the tests that keep them.
//!
//! A crate writes down what it owes (a page of a protocol, a list of features, of
//! threats) and its own test says which columns the table has; a row that names a
//! test nobody runs is a problem. Meant for tests alone.

use std::fs;
use std::path::Path;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// File and line, for whoever has to mend it.
    pub place: String,
    /// As many as there are columns.
    pub cells: Vec<String>,
}

/// The rows of every table in `file` whose head is `columns`. Adds to `problems`
/// what is no such table or no such row.
pub fn rows(file: &Path, columns: &[&str], problems: &mut Vec<String>) -> Vec<Row> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let Ok(text) = fs::read_to_string(file) else {
        problems.push(format!("{name} cannot be read"));
        return Vec::new();
    };
    let mut rows = Vec::new();
    let mut headed = false;
    for (number, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", number + 1);
        if !line.trim_start().starts_with('|') {
            headed = false;
            continue;
        }
        let cells = cells(line);
        if !headed {
            headed = true;
            if cells != columns {
                problems.push(format!("{place}: the columns are not {columns:?}"));
            }
            continue;
        }
        if cells.iter().all(|cell| cell.trim_matches('-').is_empty()) {
            continue;
        }
        if cells.len() == columns.len() {
            rows.push(Row { place, cells });
        } else {
            problems.push(format!("{place}: {} cells", cells.len()));
        }
    }
    if rows.is_empty() {
        problems.push(format!("{name}: no rows"));
    }
    rows
}

/// A bar within a cell is written `\|`, as Markdown asks.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim().replace("\\|", "\u{0}");
    let inner = line.trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner
        .split('|')
        .map(|cell| cell.trim().replace('\u{0}', "|"))
        .collect()
}

/// The names in a cell: in backticks, or separated by commas.
pub fn names(cell: &str) -> Vec<String> {
    let names: Vec<String> = if cell.contains('`') {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    } else {
        cell.split(',').map(|name| name.trim().to_owned()).collect()
    };
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

/// Whether every test that a cell names is there: `path::test`, the path from
/// `root`. Says which is not.
pub fn check_tests(root: &Path, cell: &str) -> Result<(), String> {
    let names = names(cell);
    if names.is_empty() {
        return Err("names no test".to_owned());
    }
    names.iter().try_for_each(|name| check_test(root, name))
}

fn check_test(root: &Path, name: &str) -> Result<(), String> {
    let (path, test) = name
        .split_once("::")
        .ok_or_else(|| format!("{name:?} is not of the form file::test"))?;
    // A unit test may be named with its module, a parametrised one with its case.
    let test = test.rsplit("::").next().unwrap_or(test);
    let test = test.split_once('[').map_or(test, |(test, _)| test);
    let text =
        fs::read_to_string(root.join(path)).map_err(|_| format!("no file {path} for {name:?}"))?;
    let end = Path::new(path).extension().and_then(|end| end.to_str());
    let there = match end {
        Some("rs") => has_rust_test(&text, test),
        Some("py") => has_python_test(&text, test),
        Some("js" | "mjs") => has_node_test(&text, test),
        _ => false,
    };
    if there {
        Ok(())
    } else {
        Err(format!("{path} has no test {test:?}"))
    }
}

/// A function of that name under a test attribute.
fn has_rust_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.iter().enumerate().any(|(number, line)| {
        (line.starts_with(&format!("fn {name}(")) || line.starts_with(&format!("async fn {name}(")))
            && lines
                .iter()
                .take(number)
                .rev()
                .take_while(|above| above.starts_with('#') || above.starts_with("//"))
                .any(|above| above.starts_with("#[test]") || above.starts_with("#[tokio::test"))
    })
}

fn has_python_test(text: &str, name: &str) -> bool {
    name.starts_with("test_")
        && text
            .lines()
            .any(|line| line.trim().starts_with(&format!("def {name}(")))
}

fn has_node_test(text: &str, name: &str) -> bool {
    ["test", "it"]
        .iter()
        .flat_map(|call| ['"', '\'', '`'].map(|quote| format!("{call}({quote}{name}{quote}")))
        .any(|start| text.lines().any(|line| line.trim().starts_with(&start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_counts_only_if_it_is_run() {
        for (text, name, expected) in [
            ("#[test]\nfn a() {}", "a", true),
            ("#[tokio::test]\nasync fn a() {}", "a", true),
            ("#[test]\n/// RFC.\nfn a() {}", "a", true),
            ("fn a() {}", "a", false),
            ("#[test]\nfn ab() {}", "a", false),
            ("#[test]\nfn b() {}\nfn a() {}", "a", false),
        ] {
            assert_eq!(has_rust_test(text, name), expected, "{text}");
        }
        assert!(has_python_test("def test_a(x):", "test_a"));
        assert!(!has_python_test("def test_ab():", "test_a"));
        assert!(has_node_test("test(\"a b\", async () => {", "a b"));
        assert!(!has_node_test("// test(\"a b\"", "a b"));
        assert_eq!(cells(r"| a | b \| c | d | e |"), ["a", "b | c", "d", "e"]);
        assert_eq!(names("`a.rs`, `b.rs`"), ["a.rs", "b.rs"]);
    }
}
