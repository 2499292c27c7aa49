//! `report.html` in headless Chromium: no script errors, nothing wider than the window, readable in dark and in light.
//!
//! Chromium is looked for in the path, or named by `BUCKETLAW_CHROMIUM`; without one the test says so and checks nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Folder, LAW_OTHER, LAW_OWNER, Server, run, target};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// The worst contrast of text that is still readable (WCAG 2.1, large text and parts of the page).
const CONTRAST: f64 = 3.0;

/// Runs inside the page: uses the filter, and tells its parent what it sees.
const PROBE: &str = include_str!("probe.js");

fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("BUCKETLAW_CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

#[test]
fn the_page_works_in_a_browser() {
    let Some(chromium) = chromium() else {
        println!("skipped: there is no Chromium here; install one, or name it with BUCKETLAW_CHROMIUM");
        return;
    };
    let folder = Folder::new("page");
    let law = Server::law(&["--repeal", "LOCK-DEL-003/compliance", "--repeal", "VER-DEL-003"]);
    let toml = target(&law.url, LAW_OWNER, LAW_OTHER, "");
    let file = folder.file("target.toml", &toml).display().to_string();
    let out = folder.0.display().to_string();
    let arguments = [
        "test",
        "--target",
        &file,
        "--out",
        &out,
        "LOCK-DEL-*",
        "VER-DEL-*",
    ];
    let ran = run(&folder.0, LAW_OWNER, &arguments);
    assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
    let page = std::fs::read_to_string(folder.0.join("report.html")).unwrap();
    for (scheme, dark) in [("light", false), ("dark", true)] {
        for width in [400, 1600] {
            let seen = look(&chromium, &folder, &page, width, dark);
            let at = format!("{scheme}, {width} pixels: {seen}");
            assert_eq!(seen["errors"], Value::Array(Vec::new()), "{at}");
            assert_eq!(seen["dark"], dark, "{at}");
            assert_eq!(seen["inner"], width, "{at}");
            assert!(
                seen["width"].as_u64().unwrap() <= width,
                "it is wider than the window: {at}"
            );
            assert!(seen["findings"].as_u64().unwrap() > 0, "{at}");
            assert!(
                seen["filtered"].as_u64().unwrap() < seen["rows"].as_u64().unwrap(),
                "{at}"
            );
            assert!(seen["contrast"].as_f64().unwrap() >= CONTRAST, "{at}");
        }
    }
}

/// Opens the page in a frame of this width, and returns what the probe saw.
fn look(chromium: &Path, folder: &Folder, page: &str, width: u64, dark: bool) -> Value {
    let query = "@media (prefers-color-scheme: dark)";
    assert!(page.contains(query));
    let page = page
        .replace(query, if dark { "@media all" } else { "@media not all" })
        .replace("color-scheme: light dark", if dark { "color-scheme: dark" } else { "color-scheme: light" })
        .replacen("<style>", "<script>window.errors = []; addEventListener('error', (e) => errors.push(e.message));</script><style>", 1)
        .replace("</body>", &format!("<script>{PROBE}</script></body>"));
    let framed = page.replace('&', "&amp;").replace('"', "&quot;");
    let host = format!(
        "<!doctype html><meta charset=utf-8><title>waiting</title><body style='margin:0'>\
         <script>addEventListener('message', (e) => {{ document.title = e.data; }});</script>\
         <iframe style='border:0;width:{width}px;height:3000px' srcdoc=\"{framed}\"></iframe>"
    );
    let host = folder.file("host.html", &host);
    let profile = folder.0.join(format!("profile-{width}-{dark}"));
    let output = Command::new(chromium)
        .env("HOME", &folder.0)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args([
            "--window-size=1700,1200",
            "--virtual-time-budget=10000",
            "--dump-dom",
        ])
        .arg(format!("file://{}", host.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let title = dom
        .split("<title>")
        .nth(1)
        .and_then(|rest| rest.split("</title>").next());
    let title = title
        .unwrap_or_default()
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    serde_json::from_str(&title)
        .unwrap_or_else(|error| panic!("{error}: {title}\n{}", String::from_utf8_lossy(&output.stderr)))
}
