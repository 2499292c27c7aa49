//! Real clients, boto3 and the aws-cli, drive the reference server through versioning and Object Lock.
//!
//! The test makes its own virtual environment below the target directory and keeps it for the next run; the versions
//! stand in `clients/requirements.txt`. Without Python it fails, unless `BUCKETLAW_SKIP_CLIENTS` is set. The scripts in
//! `clients/` may be run by hand too: they take the endpoint and the keys from the environment.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

/// Setting it, to anything, skips these tests.
const SKIP: &str = "BUCKETLAW_SKIP_CLIENTS";
const ACCOUNT: &str = "111122223333";
const ACCESS_KEY: &str = "AKIDCLIENTS000000000";
const SECRET: &str = "the-secret-of-the-clients-test";
/// How long the package index may take.
const INSTALL_TIME: Duration = Duration::from_secs(300);
/// How long a script may take before it counts as stuck; each needs about a quarter of this.
const SCRIPT_TIME: Duration = Duration::from_secs(120);

type Outcome<T> = Result<T, String>;

#[test]
fn boto3_through_versioning_and_object_lock() -> Outcome<()> {
    run_against_a_server("boto3", "python", "versioning_and_lock.py")
}

#[test]
fn aws_cli_through_versioning_and_object_lock() -> Outcome<()> {
    run_against_a_server("aws-cli", "bash", "versioning_and_lock.sh")
}

/// Runs a script of `clients/` by a program against a server of its own, and fails with the script's output.
fn run_against_a_server(name: &str, program: &str, script: &str) -> Outcome<()> {
    if env::var_os(SKIP).is_some() {
        return Ok(());
    }
    let programs = virtual_environment()?;
    let folder = scratch().join(name);
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let server = Server::start(&folder.join("data"))?;
    let mut command = Command::new(program);
    command.arg(sources().join(script)).current_dir(&folder);
    set_environment(&mut command, &programs, &folder, &server.endpoint)?;
    run(command, &folder.join("output"), SCRIPT_TIME).map_err(|error| format!("{script}: {error}"))
}

/// Gives a script nothing of the caller's own AWS configuration, no proxy, and the programs of the environment first.
fn set_environment(command: &mut Command, programs: &Path, home: &Path, endpoint: &str) -> Outcome<()> {
    let foreign = |name: &str| {
        let name = name.to_ascii_uppercase();
        name.starts_with("AWS_")
            || name.starts_with("BOTO")
            || name.starts_with("PYTHON")
            || name.ends_with("_PROXY")
    };
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(foreign) {
            command.env_remove(&name);
        }
    }
    let inherited = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(
        [programs.to_owned()]
            .into_iter()
            .chain(env::split_paths(&inherited)),
    )
    .map_err(|error| format!("PATH cannot be extended: {error}"))?;
    command
        .env("PATH", path)
        .env("HOME", home)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    Ok(())
}

/// A running reference server; dropping it ends it.
struct Server {
    child: Child,
    endpoint: String,
}

impl Server {
    /// Starts the built program on a free loopback port and waits until it says where it listens.
    fn start(data: &Path) -> Outcome<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bucketlaw"))
            .args(["serve", "--listen", "127.0.0.1:0", "--account"])
            .arg(format!("{ACCOUNT}:{ACCESS_KEY}:{SECRET}"))
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the server does not start: {error}"))?;
        let stdout = child.stdout.take();
        // Made first, so that a server that says something else is ended too.
        let mut server = Self {
            child,
            endpoint: String::new(),
        };
        let mut line = String::new();
        if let Some(stdout) = stdout {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(|error| format!("the server's output cannot be read: {error}"))?;
        }
        let endpoint = line.trim().strip_prefix("listening on ");
        server.endpoint = endpoint
            .ok_or_else(|| format!("the server does not listen: {line:?}"))?
            .to_owned();
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its data is thrown away, so it need not end in good order; an error says that it ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder of the programs of the virtual environment, which the first test to ask makes for both.
fn virtual_environment() -> Outcome<PathBuf> {
    static MADE: OnceLock<Outcome<PathBuf>> = OnceLock::new();
    MADE.get_or_init(make_virtual_environment).clone()
}

/// Makes the virtual environment, unless an earlier run finished one with the same requirements.
fn make_virtual_environment() -> Outcome<PathBuf> {
    let (folder, requirements) = (scratch().join("venv"), sources().join("requirements.txt"));
    let programs = folder.join("bin");
    let stamp = folder.join("requirements.txt");
    let wanted = fs::read(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    if fs::read(&stamp).is_ok_and(|made| made == wanted) && programs.join("aws").exists() {
        return Ok(programs);
    }
    remove(&folder)?;
    fs::create_dir_all(scratch()).map_err(|error| format!("cannot make {}: {error}", scratch().display()))?;
    let log = scratch().join("install.log");
    let advice =
        |error| format!("{error}\npython3 with venv and pip is needed here; {SKIP}=1 skips this test");
    let arguments = [OsStr::new("-m"), OsStr::new("venv"), folder.as_os_str()];
    run(python("python3", &arguments), &log, INSTALL_TIME).map_err(advice)?;
    let mut arguments = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ]
    .map(OsStr::new)
    .to_vec();
    arguments.push(requirements.as_os_str());
    run(python(programs.join("python"), &arguments), &log, INSTALL_TIME).map_err(advice)?;
    // Last, so that an environment that was left half made is made again.
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(programs)
}

/// A Python with arguments.
fn python(program: impl AsRef<OsStr>, arguments: &[&OsStr]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Runs a command until it ends, or ends it at the deadline; a failure carries what it wrote.
fn run(mut command: Command, log: &Path, limit: Duration) -> Outcome<()> {
    let output = File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
    let errors = output
        .try_clone()
        .map_err(|error| format!("{}: {error}", log.display()))?;
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn();
    let mut child = child.map_err(|error| format!("{name} does not start: {error}"))?;
    let ended = wait(&mut child, limit).map_err(|error| format!("{name}: {error}"))?;
    let how = match ended {
        Some(status) if status.success() => return Ok(()),
        Some(status) => status.to_string(),
        None => format!("not done within {} s", limit.as_secs()),
    };
    Err(format!(
        "{name}: {how}\n{}",
        fs::read_to_string(log).unwrap_or_default()
    ))
}

/// Waits for a child until the limit, then ends it; `None` says that it had to be ended.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Removes a folder that an earlier run left.
fn remove(folder: &Path) -> Outcome<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if folder.exists() => Err(format!("cannot remove {}: {error}", folder.display())),
        _ => Ok(()),
    }
}

/// The scripts.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join("clients")
}

/// Where the virtual environment, the servers' data and the output go.
fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients")
}
