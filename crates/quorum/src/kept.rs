//! What protects a cluster is kept as it is, for Apache Kafka to enforce: ACLs, SCRAM credentials and delegation tokens are
//! shown to whoever reads the metadata log, and changed by nobody until Ottla enforces them. The codes are those of an Apache
//! controller without an authorizer, and without a key for tokens.

use crate::listener::ControllerEndpoint;
use crate::refusal::refusal;
use api::Request;
use base::ErrorCode;
use net::Pipelining;
use protocol::{ApiKey, Cursor, DecodeError};

/// APIs that would change it.
pub(crate) const APIS: [ApiKey; 6] = [
    ApiKey::CreateAcls,
    ApiKey::DeleteAcls,
    ApiKey::AlterUserScramCredentials,
    ApiKey::CreateDelegationToken,
    ApiKey::RenewDelegationToken,
    ApiKey::ExpireDelegationToken,
];

/// Refuses such a change.
pub(crate) fn refuse_change(_: &ControllerEndpoint, request: Request<'_>) -> Result<Pipelining, DecodeError> {
    let (api, version) = (request.api, request.version);
    protocol::decode_request(api, version, &mut Cursor::new(request.body))?;
    let (error, message) = why(api);
    match refusal(api, version, request.body, error, Some(message)) {
        Ok(body) => request.responder.send_body(&body),
        Err(error) => {
            tracing::error!(%api, %error, "a refusal cannot be encoded");
            request.responder.close();
        }
    }
    Ok(Pipelining::Hold)
}

fn why(api: ApiKey) -> (ErrorCode, &'static str) {
    match api {
        ApiKey::CreateAcls | ApiKey::DeleteAcls => {
            (ErrorCode::SecurityDisabled, "Ottla does not enforce ACLs yet: this controller keeps them as they are.")
        }
        ApiKey::AlterUserScramCredentials => {
            (ErrorCode::SecurityDisabled, "Ottla has no SCRAM yet: this controller keeps the credentials as they are.")
        }
        _ => (ErrorCode::DelegationTokenAuthDisabled, "Ottla has no delegation tokens yet."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse, CreateAclsRequest, CreateAclsResponse,
        CreateDelegationTokenResponse, Message, alter_user_scram_credentials_request as scram, create_acls_request,
    };

    #[test]
    fn every_part_of_a_change_is_answered() {
        let creation = create_acls_request::AclCreation::default;
        let request = CreateAclsRequest { creations: vec![creation(), creation()], ..Default::default() };
        let body = request.to_bytes(ApiKey::CreateAcls.max_version()).unwrap();
        let answer = refusal(ApiKey::CreateAcls, 3, &body, ErrorCode::SecurityDisabled, Some("why")).unwrap();
        let answer = CreateAclsResponse::decode(&mut Cursor::new(&answer), 3).unwrap();
        let codes: Vec<i16> = answer.results.iter().map(|result| result.error_code).collect();
        assert_eq!(codes, [54, 54]);
        assert_eq!(answer.results[0].error_message.as_deref(), Some("why"));

        let deletion = |name: &'static str| scram::ScramCredentialDeletion { name: name.into(), ..Default::default() };
        let upsertion =
            |name: &'static str| scram::ScramCredentialUpsertion { name: name.into(), ..Default::default() };
        let request = AlterUserScramCredentialsRequest {
            deletions: vec![deletion("bob"), deletion("bob")],
            upsertions: vec![upsertion("alice")],
            ..Default::default()
        };
        let body = request.to_bytes(0).unwrap();
        let api = ApiKey::AlterUserScramCredentials;
        let answer = refusal(api, 0, &body, ErrorCode::SecurityDisabled, Some("why")).unwrap();
        let answer = AlterUserScramCredentialsResponse::decode(&mut Cursor::new(&answer), 0).unwrap();
        let users: Vec<(&str, i16)> = answer.results.iter().map(|one| (&*one.user, one.error_code)).collect();
        assert_eq!(users, [("alice", 54), ("bob", 54)]);
    }

    #[test]
    fn every_api_has_a_refusal_that_can_be_read() {
        for api in APIS {
            for version in api.min_version()..=api.max_version() {
                let (error, message) = why(api);
                let empty = match api {
                    ApiKey::CreateAcls => CreateAclsRequest::default().to_bytes(version).unwrap(),
                    ApiKey::DeleteAcls => protocol::DeleteAclsRequest::default().to_bytes(version).unwrap(),
                    _ => AlterUserScramCredentialsRequest::default().to_bytes(0).unwrap(),
                };
                assert!(refusal(api, version, &empty, error, Some(message)).is_ok(), "{api} {version}");
            }
        }
        let answer =
            refusal(ApiKey::CreateDelegationToken, 3, &[], ErrorCode::DelegationTokenAuthDisabled, None).unwrap();
        assert_eq!(CreateDelegationTokenResponse::decode(&mut Cursor::new(&answer), 3).unwrap().error_code, 61);
    }
}
