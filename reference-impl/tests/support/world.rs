//! A server with two accounts and one bucket, and the people who use it.

use bucketlaw_server::authz::AccountId;
use bucketlaw_server::serve::{AccountSpec, Options, Running, start};
use tempfile::TempDir;

use crate::client::{Credentials, Reply, Request};

pub(crate) const OWNER: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";
pub(crate) const IAM: &str = "2010-05-08";

/// A server with two accounts and one bucket `bkt` of the first.
pub(crate) struct World {
    runtime: tokio::runtime::Runtime,
    running: Option<Running>,
    _folder: TempDir,
    pub(crate) owner: Credentials,
    pub(crate) other: Credentials,
}

impl World {
    pub(crate) fn new(name: &str) -> Self {
        let folder = TempDir::with_prefix(format!("bucketlaw-{name}-")).unwrap();
        let owner = Credentials::new("AKIAOWNEROWNEROWNER1", "owner/secret+owner/secret+owner/secret+1");
        let other = Credentials::new("AKIAOTHEROTHEROTHER1", "other/secret+other/secret+other/secret+1");
        let spec = |id, credentials: &Credentials| AccountSpec {
            id: AccountId::parse(id).unwrap(),
            key: Some((credentials.id.clone(), credentials.secret.clone())),
        };
        let options = Options {
            data: folder.path().to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            accounts: vec![spec(OWNER, &owner), spec(OTHER, &other)],
            domains: Vec::new(),
            region: "us-east-1".to_owned(),
            test_clock: None,
            admin_socket: None,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let running = runtime
            .block_on(start(options))
            .map_err(|error| error.to_string())
            .unwrap();
        let world = Self {
            runtime,
            running: Some(running),
            _folder: folder,
            owner,
            other,
        };
        assert_eq!(world.owner("PUT", "/bkt", "").status, 200);
        world
    }

    pub(crate) fn send(&self, credentials: Option<&Credentials>, request: Request) -> Reply {
        request.send(self.running.as_ref().unwrap().address, credentials)
    }

    /// A request of the owner's root user.
    pub(crate) fn owner(&self, method: &str, target: &str, body: &str) -> Reply {
        self.send(Some(&self.owner), Request::new(method, target).body(body))
    }

    /// A request of anybody; gives the status and the error code.
    pub(crate) fn ask(&self, credentials: Option<&Credentials>, method: &str, target: &str) -> (u16, String) {
        let reply = self.send(credentials, Request::new(method, target));
        (reply.status, reply.element("Code"))
    }

    pub(crate) fn iam(&self, credentials: &Credentials, parameters: &[(&str, &str)]) -> Reply {
        self.send(Some(credentials), Request::form("iam", IAM, parameters))
    }

    /// Makes a user with an access key in the account of a root user.
    pub(crate) fn user(&self, root: &Credentials, name: &str) -> Credentials {
        assert_eq!(
            self.iam(root, &[("Action", "CreateUser"), ("UserName", name)])
                .status,
            200
        );
        let key = self.iam(root, &[("Action", "CreateAccessKey"), ("UserName", name)]);
        Credentials::new(&key.element("AccessKeyId"), &key.element("SecretAccessKey"))
    }

    /// Gives a user one policy.
    pub(crate) fn allow(&self, root: &Credentials, user: &str, effect: &str, action: &str, resource: &str) {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}]}}"#
        );
        let name = format!("{effect}-{}", action.replace([':', '*'], "-"));
        let parameters = [
            ("Action", "PutUserPolicy"),
            ("UserName", user),
            ("PolicyName", &name),
            ("PolicyDocument", &text),
        ];
        let reply = self.iam(root, &parameters);
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    /// Puts a bucket policy of one statement for each (effect, principal, action, resource).
    pub(crate) fn policy(&self, statements: &[(&str, &str, &str, &str)]) -> Reply {
        let statements: Vec<String> = statements.iter().map(statement).collect();
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        );
        self.owner("PUT", "/bkt?policy", &text)
    }

    /// Lifts Block Public Access.
    pub(crate) fn lift(&self) {
        assert_eq!(self.owner("DELETE", "/bkt?publicAccessBlock", "").status, 204);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// The text of a statement.
pub(crate) fn statement((effect, principal, action, resource): &(&str, &str, &str, &str)) -> String {
    format!(
        r#"{{"Effect":"{effect}","Principal":{principal},"Action":"{action}","Resource":"arn:aws:s3:::{resource}"}}"#
    )
}
