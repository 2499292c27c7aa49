//! A session with one endpoint: its identities, and how requests are addressed, signed and sent.

use bucketlaw_model::program::Via;
use bucketlaw_model::request::Caller;

use crate::lower::{Principals, Service, iam_request};
use crate::suite::stand_in::Lacking;
use crate::wire::sign::{Credentials, Signer};
use crate::wire::{Client, Exchange, Failure, RawRequest, RawResponse};

mod travel;

pub(crate) use travel::has_conditions_in_query;

/// An identity of the target: its key, and how policies name it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The access key.
    pub credentials: Credentials,
    /// The ARN or account by which a policy names it.
    pub principal: String,
    /// The name of an IAM user.
    pub user_name: String,
    /// Whether it administers the whole store, so that it is no stranger in the buckets of other accounts.
    pub operator: bool,
}

impl Identity {
    /// The root user of an account, as policies name it.
    #[must_use]
    pub fn root(account: &str, credentials: Credentials) -> Identity {
        Identity {
            credentials,
            principal: format!("arn:aws:iam::{account}:root"),
            user_name: String::new(),
            operator: false,
        }
    }
}

/// Where the page after a page of ListBuckets begins, if there is one.
#[must_use]
pub fn next_page_of_buckets(page: &RawResponse) -> Option<String> {
    let root = page.xml().ok().filter(|_| page.status == 200)?;
    let token = root.text_of("ContinuationToken")?;
    (!token.is_empty()).then(|| token.to_owned())
}

/// How buckets are named in requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// In the path.
    Path,
    /// In the Host header.
    Virtual,
}

/// An endpoint with the identities that programs use.
#[derive(Debug)]
pub struct Session {
    /// The client.
    pub client: Client,
    /// The region for signatures and new buckets.
    pub region: String,
    /// How buckets are named.
    pub addressing: Addressing,
    /// The root or administrator of the account that owns the buckets.
    pub owner: Identity,
    /// Whether the owner is the account's root user, whom some rules are about.
    pub owner_is_root: bool,
    /// Whether the identity of the second account is its root user.
    pub other_is_root: bool,
    /// An IAM user in the owner's account without policies.
    pub user: Option<Identity>,
    /// An identity of a second account that may do everything in its own account.
    pub other: Option<Identity>,
    /// Whether users can be made through the target's IAM API.
    pub iam: bool,
    /// Whether the target takes bucket policies with the action `s3:*`.
    pub wildcards: bool,
    /// Milliseconds by which the target's clock is ahead of ours.
    pub skew: i64,
}

/// Why IAM did not make a user: in words, and the failure if a request got no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoUser(pub String, pub Option<Failure>);

impl Session {
    /// An endpoint of ours, with the root users of two accounts and IAM.
    #[must_use]
    pub fn of_roots(client: Client, [owner, other]: [Identity; 2]) -> Session {
        Session {
            client,
            region: "us-east-1".to_owned(),
            addressing: Addressing::Path,
            owner,
            owner_is_root: true,
            other_is_root: true,
            user: None,
            other: Some(other),
            iam: true,
            wildcards: true,
            skew: 0,
        }
    }

    /// What the target lacks of what programs ask for.
    #[must_use]
    pub fn lacking(&self) -> Lacking {
        Lacking {
            user: self.user.is_none() && !self.iam,
            iam: !self.iam,
            other: self.other.is_none(),
            wildcard: !self.wildcards,
        }
    }

    /// The identity of a caller; `None` for anonymous callers and identities that the target lacks.
    #[must_use]
    pub fn identity(&self, caller: Caller) -> Option<&Identity> {
        match caller {
            Caller::Owner => Some(&self.owner),
            Caller::User => self.user.as_ref(),
            Caller::Other => self.other.as_ref(),
            Caller::Anonymous => None,
        }
    }

    /// The principals as policies of the target name them.
    #[must_use]
    pub fn principals(&self) -> Principals {
        let principal =
            |identity: Option<&Identity>| identity.map(|one| one.principal.clone()).unwrap_or_default();
        Principals {
            account: self.owner.principal.clone(),
            other: principal(self.other.as_ref()),
            user: principal(self.user.as_ref()),
            user_name: self
                .user
                .as_ref()
                .map(|user| user.user_name.clone())
                .unwrap_or_default(),
        }
    }

    /// Addresses, signs and sends a request, as nobody when there are no credentials.
    ///
    /// # Errors
    /// When no response came back.
    pub fn send(
        &self,
        request: RawRequest,
        credentials: Option<&Credentials>,
        service: Service,
    ) -> Result<Exchange, Failure> {
        self.client
            .exchange(&self.prepare(request, credentials, service, None))
    }

    /// Addresses and signs a request, as nobody when there are no credentials, for the way that it takes. Waits until it may
    /// go ([`Client::pace`]).
    #[must_use]
    pub fn prepare(
        &self,
        mut request: RawRequest,
        credentials: Option<&Credentials>,
        service: Service,
        via: Option<Via>,
    ) -> RawRequest {
        // Before the request is signed, so that it is as young as it says.
        self.client.pace();
        let host = self.address(&mut request, service);
        request.headers.insert(0, ("Host".to_owned(), host.into_bytes()));
        if let Some(credentials) = credentials {
            let time = self.client.now() + self.skew;
            let signer = Signer::new(credentials.clone(), &self.region, service.name(), time);
            travel::sign(&signer, &mut request, via);
        }
        request
    }

    /// Moves the bucket into the Host header where the target wants it there, and returns the Host.
    fn address(&self, request: &mut RawRequest, service: Service) -> String {
        let endpoint = self.client.endpoint();
        if self.addressing == Addressing::Path || service != Service::S3 {
            return endpoint.authority();
        }
        let Some(rest) = request.target.strip_prefix('/').filter(|rest| !rest.is_empty()) else {
            return endpoint.authority();
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (bucket, after) = rest.split_at(end);
        let host = format!("{bucket}.{}", endpoint.authority());
        let slash = if after.starts_with('/') { "" } else { "/" };
        request.target = format!("{slash}{after}");
        host
    }

    /// Asks STS who a caller is: its ARN and its account. `None` where the target does not say.
    ///
    /// # Errors
    /// When no response came back.
    pub fn who_is(&self, credentials: &Credentials) -> Result<Option<(String, String)>, Failure> {
        let request = RawRequest::new("POST", "/")
            .with_header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .with_body("Action=GetCallerIdentity&Version=2011-06-15");
        let reply = self.send(request, Some(credentials), Service::Sts)?.response;
        let said = || {
            let root = reply.xml().ok().filter(|_| reply.status == 200)?;
            let arn = root.text_of("GetCallerIdentityResult/Arn")?;
            let account = root.text_of("GetCallerIdentityResult/Account")?;
            arn.starts_with("arn:")
                .then(|| (arn.to_owned(), account.to_owned()))
        };
        Ok(said())
    }

    /// Makes an IAM user with an access key and no policies.
    ///
    /// # Errors
    /// When the target has no IAM API or refuses.
    pub fn make_user(&self, name: &str) -> Result<Identity, NoUser> {
        let owner = Some(&self.owner.credentials);
        let ask = |action: &str| {
            let exchange = self.send(iam_request(action, &[("UserName", name)]), owner, Service::Iam);
            let exchange =
                exchange.map_err(|failure| NoUser(format!("{action}: {failure}"), Some(failure)))?;
            let status = exchange.response.status;
            if status != 200 {
                return Err(NoUser(format!("{action} answered {status}"), None));
            }
            exchange
                .response
                .xml()
                .map_err(|error| NoUser(format!("{action}: {error}"), None))
        };
        let user = ask("CreateUser")?;
        let key = ask("CreateAccessKey")?;
        let text = |root: &crate::wire::xml::Element, path: &str| {
            root.text_of(path)
                .map(str::to_owned)
                .ok_or_else(|| NoUser(format!("the reply has no {path}"), None))
        };
        Ok(Identity {
            principal: text(&user, "CreateUserResult/User/Arn")?,
            user_name: name.to_owned(),
            operator: false,
            credentials: Credentials {
                access_key: text(&key, "CreateAccessKeyResult/AccessKey/AccessKeyId")?,
                secret: text(&key, "CreateAccessKeyResult/AccessKey/SecretAccessKey")?,
                session_token: None,
            },
        })
    }

    /// Takes a user away again, with its key and its policy. What is not there is not missed.
    ///
    /// # Errors
    /// When no response came back.
    pub fn remove_user(&self, user: &Identity) -> Result<(), Failure> {
        let owner = Some(&self.owner.credentials);
        let name = ("UserName", user.user_name.as_str());
        for request in [
            iam_request("DeleteUserPolicy", &[name, ("PolicyName", "bucketlaw")]),
            iam_request(
                "DeleteAccessKey",
                &[name, ("AccessKeyId", &user.credentials.access_key)],
            ),
            iam_request("DeleteUser", &[name]),
        ] {
            self.send(request, owner, Service::Iam)?;
        }
        Ok(())
    }
}
