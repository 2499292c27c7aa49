//! STS: the one action that tells a caller who it is.

use crate::authz::Caller;
use crate::error::{ApiError, Code};
use crate::exchange::{Outcome, Query, Reply};
use crate::query_protocol::{STS, finish};

/// Carries out a call and gives its answer, also when that is a refusal.
#[must_use]
pub fn answer(caller: &Caller, parameters: &Query, request_id: &str) -> Reply {
    perform(caller, parameters, request_id).unwrap_or_else(|error| STS.error(&error, request_id))
}

fn perform(caller: &Caller, parameters: &Query, request_id: &str) -> Outcome {
    let identity = caller.account().zip(caller.arn());
    let (account, arn) = identity.ok_or_else(|| ApiError::new(Code::MissingAuthenticationToken))?;
    match STS.action(parameters)? {
        // It needs no permission and no policy can deny it.
        "GetCallerIdentity" => {
            let mut writer = STS.answer("GetCallerIdentityResponse");
            writer.open("GetCallerIdentityResult");
            writer
                .text("Arn", arn)
                .text("UserId", caller.user_id())
                .text("Account", account.to_string())
                .close();
            Ok(finish(writer, request_id))
        }
        // Not InvalidAction: STS has more actions than this server.
        action => Err(ApiError::with_message(
            Code::NotImplemented,
            format!("The action {action} is not implemented."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authz::AccountId;
    use crate::exchange::ReplyBody;

    fn ask(caller: &Caller, action: &str) -> (u16, String) {
        let parameters = Query(vec![
            ("Action".to_owned(), action.to_owned()),
            ("Version".to_owned(), "2011-06-15".to_owned()),
        ]);
        let reply = answer(caller, &parameters, "id");
        let ReplyBody::Bytes(bytes) = reply.body else {
            panic!("a document")
        };
        (
            reply.status.as_u16(),
            String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    #[test]
    fn callers_learn_who_they_are() {
        let root = Caller::Root {
            account: AccountId::parse("111122223333").unwrap(),
        };
        let (status, document) = ask(&root, "GetCallerIdentity");
        assert_eq!(status, 200);
        assert!(
            document.contains(
                "<Arn>arn:aws:iam::111122223333:root</Arn><UserId>111122223333</UserId><Account>111122223333</Account>"
            ),
            "{document}"
        );
        assert_eq!(ask(&Caller::Anonymous, "GetCallerIdentity").0, 403);
        assert_eq!(ask(&root, "AssumeRole").0, 501);
    }
}
